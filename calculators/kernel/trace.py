"""
A formula's own arithmetic on floats, recorded once and replayed as straight code.

To explore, a formula is run thousands of times with other numbers. Most of such a run is not
arithmetic: options and line items are built, offers looked up, prompts put together. So the
formula is run once on numbers that write down what is done to them, and what they wrote is
compiled: the same operations in the same order, which give the same digits.

A comparison is written down with its outcome. Where another run comes to another outcome the
formula takes another path, and that run is left to the formula itself, or to the record of a run
that went that way. A formula that needs a number as a plain float cannot be recorded.

Where only a few inputs are to change, in thousands of runs, a record is compiled once more for
them: what does not depend on them is worked out once, and only the rest is run again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

LONGEST = 3000  # operations in one record; more would take longer to compile than to run
MOST_PATHS = 24  # that are kept, those that fitted last
PATIENCE = 12  # runs that no record fits, before the path of such a run is recorded too

Totals = dict[str, float | None]
Levels = tuple[tuple[str, ...], ...]
Nest = Callable[..., Any]
Step = tuple[str, str]  # a name and what it stands for; no name, and a condition that must hold

_NAME = re.compile(r"\b[A-Za-z_]\w*")


class UntraceableError(Exception):
    """The formula does something with a number that cannot be written down."""


class _Tape:
    """What is done, one operation a step; what is done twice alike is written once."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.constants: dict[str, Any] = {"ceil": math.ceil, "floor": math.floor}
        self._known: dict[str, Traced] = {}
        self._guards: set[str] = set()

    def write(self, operation: str, value: float) -> Traced:
        known = self._known.get(operation)
        if known is None:
            if len(self.steps) == LONGEST:
                raise UntraceableError(f"more than {LONGEST} operations")
            known = Traced(self, f"t{len(self.steps)}", value)
            self.steps.append((known.name, operation))
            self._known[operation] = known
        return known

    def guard(self, condition: str, outcome: bool) -> bool:
        if condition not in self._guards:
            self._guards.add(condition)
            self.steps.append(("", condition if outcome else f"not ({condition})"))
        return outcome

    def name(self, number: Any) -> str:
        """How a number is called in the code: a constant by all its digits."""
        if isinstance(number, Traced):
            return number.name
        if isinstance(number, float) and not math.isfinite(number):
            self.constants["inf"], self.constants["nan"] = math.inf, math.nan
        if isinstance(number, int | float):
            return repr(number) if number >= 0 else f"({number!r})"
        raise UntraceableError(f"{type(number).__name__} is not a number")


def _operator(sign: str, work: Callable[[Any, Any], Any], swapped: bool = False) -> Any:
    def operate(self: Traced, other: Any) -> Any:
        if not isinstance(other, Traced | int | float):
            return NotImplemented
        left, right = (other, self) if swapped else (self, other)
        name = self.tape.name
        value = work(_plain(left), _plain(right))
        return self.tape.write(f"{name(left)} {sign} {name(right)}", value)

    return operate


def _comparison(sign: str, work: Callable[[Any, Any], bool]) -> Any:
    def compare(self: Traced, other: Any) -> Any:
        if not isinstance(other, Traced | int | float):
            return NotImplemented
        condition = f"{self.name} {sign} {self.tape.name(other)}"
        return self.tape.guard(condition, work(self.value, _plain(other)))

    return compare


def _plain(number: Any) -> Any:
    return number.value if isinstance(number, Traced) else number


class Traced:
    """A number that writes down what is done to it. `value` is what it is in this run."""

    __slots__ = ("name", "tape", "value")

    def __init__(self, tape: _Tape, name: str, value: Any) -> None:
        self.tape = tape
        self.name = name
        self.value = value

    __add__ = _operator("+", lambda a, b: a + b)
    __radd__ = _operator("+", lambda a, b: a + b, swapped=True)
    __sub__ = _operator("-", lambda a, b: a - b)
    __rsub__ = _operator("-", lambda a, b: a - b, swapped=True)
    __mul__ = _operator("*", lambda a, b: a * b)
    __rmul__ = _operator("*", lambda a, b: a * b, swapped=True)
    __truediv__ = _operator("/", lambda a, b: a / b)
    __rtruediv__ = _operator("/", lambda a, b: a / b, swapped=True)
    __pow__ = _operator("**", lambda a, b: a**b)
    __lt__ = _comparison("<", lambda a, b: a < b)
    __le__ = _comparison("<=", lambda a, b: a <= b)
    __gt__ = _comparison(">", lambda a, b: a > b)
    __ge__ = _comparison(">=", lambda a, b: a >= b)
    __eq__ = _comparison("==", lambda a, b: a == b)
    __ne__ = _comparison("!=", lambda a, b: a != b)

    def __neg__(self) -> Traced:
        return self.tape.write(f"-{self.name}", -self.value)

    def __abs__(self) -> Traced:
        return self.tape.write(f"abs({self.name})", abs(self.value))

    def __ceil__(self) -> Traced:
        return self.tape.write(f"ceil({self.name})", math.ceil(self.value))

    def __floor__(self) -> Traced:
        return self.tape.write(f"floor({self.name})", math.floor(self.value))

    def __getitem__(self, at: int) -> Traced:
        return self.tape.write(f"{self.name}[{at}]", self.value[at])  # of what was `applied`

    def __bool__(self) -> bool:
        return self.tape.guard(self.name, bool(self.value))

    def __format__(self, _: str) -> str:
        return "…"  # words of an option are not explored, only what it comes to

    def __float__(self) -> float:
        raise UntraceableError("a plain float is asked for")

    def __hash__(self) -> int:
        raise UntraceableError("a key is asked for")


def bare(number: Any) -> Any:
    """The number in base units without its unit, in any reading."""
    return number if isinstance(number, Traced) else float(number)


def recording(number: Any) -> bool:
    """Whether the formula is being recorded: then only what its options come to is of use."""
    return isinstance(number, Traced)


def applied(function: Callable[..., Any], *numbers: Any) -> Any:
    """
    What a function of floats gives for numbers in any reading, in their base units: a bare float,
    or a tuple of them.

    For arithmetic that a formula leaves to a function which branches on its own.
    """
    traced = next((number for number in numbers if isinstance(number, Traced)), None)
    if traced is None:
        return function(*map(float, numbers))
    tape = traced.tape
    name = f"f{len(tape.constants)}"
    name = next((known for known, one in tape.constants.items() if one is function), name)
    tape.constants[name] = function
    value = function(*(float(_plain(number)) for number in numbers))
    return tape.write(f"{name}({', '.join(map(tape.name, numbers))})", value)


@dataclass(slots=True, eq=False)
class Path:
    """
    One way through a formula: its steps, what its options are called in them, and those of them
    that are floors; its inputs in order, and the code for some of them changing.
    """

    steps: list[Step]
    totals: dict[str, str]
    floors: tuple[str, ...]
    names: tuple[str, ...]
    constants: dict[str, Any]
    codes: dict[Levels, CodeType] = field(default_factory=dict)  # of what has been asked for

    def bound(self, given: Mapping[str, Any]) -> Callable[..., Totals | None]:
        """The totals with these inputs where a call names no others; None where it does not fit."""
        code = self.codes.get(())
        if code is None:
            code = self.codes[()] = _function(self.names, _lines(self.steps, self.totals))
        values = tuple(given[name] for name in self.names)
        return FunctionType(code, self.constants, "path", values)

    def nested(self, levels: Levels, given: Mapping[str, Any]) -> Nest | None:
        """
        The costs, floors left out, as a function of the inputs of a level in their order, which
        for all but the last gives a function of the next: what depends on no later level is
        worked out once. None wherever the path does not fit with any value of a later level.
        """
        code = self.codes.get(levels)
        if code is None:
            code = self.codes[levels] = self._compiled(levels)
        nest = FunctionType(code, self.constants, "path")
        return tried(nest, *(given[name] for name in self.names))

    def _compiled(self, levels: Levels) -> CodeType:
        costs = {slug: name for slug, name in self.totals.items() if slug not in self.floors}
        found = {name: at for at, level in enumerate(levels, 1) for name in level}
        parts: list[list[Step]] = [[] for _ in (0, *levels)]
        for name, operation in _needed(self.steps, costs.values()):
            at = max((found.get(word, 0) for word in _NAME.findall(operation)), default=0)
            parts[at].append((name, operation))
            if name:
                found[name] = at
        lines = _lines(parts.pop(), costs)
        for level, steps in zip(reversed(levels), reversed(parts), strict=True):
            inner = [f"def deeper({', '.join(level)}):", *_indented(lines), "return deeper"]
            lines = [*_lines(steps), *inner]
        return _function(self.names, lines)


def tried(nest: Nest, *values: float) -> Nest | None:
    """
    What a function made of a path gives for a level that is not the last; None where a step fails
    that the formula comes to only where the path does not fit.
    """
    try:
        deeper: Nest | None = nest(*values)
    except (ArithmeticError, ValueError):
        return None
    return deeper


def _needed(steps: list[Step], wanted: Iterable[str]) -> list[Step]:
    """The steps without those that neither a wanted name nor a condition goes back to."""
    names, kept = set(wanted), []
    for name, operation in reversed(steps):
        if not name or name in names:
            names.update(_NAME.findall(operation))
            kept.append((name, operation))
    return kept[::-1]


def _lines(steps: Iterable[Step], totals: Mapping[str, str] | None = None) -> list[str]:
    """The steps as code, which returns the totals, if any."""
    lines = [
        f"{name} = {operation}" if name else f"if not ({operation}): return None"
        for name, operation in steps
    ]
    if totals is not None:
        lines.append(
            f"return {{{', '.join(f'{slug!r}: {name}' for slug, name in totals.items())}}}"
        )
    return lines


def _indented(lines: Iterable[str]) -> list[str]:
    return [f" {line}" for line in lines]


def _function(names: Iterable[str], lines: Iterable[str]) -> CodeType:
    """The code of a function of these names that does these lines."""
    source = "\n".join([f"def path({', '.join(names)}):", *_indented(lines)])
    return next(c for c in compile(source, "path", "exec").co_consts if isinstance(c, CodeType))


def record(formula: Callable[..., Any], given: Mapping[str, Any], facts: Any) -> Path:
    """The path that the formula takes with these inputs. Raises UntraceableError."""
    tape = _Tape()
    names = tuple(name for name, value in given.items() if isinstance(value, int | float))
    traced = {name: Traced(tape, name, float(given[name])) for name in names}
    options = formula(SimpleNamespace(**{**given, **traced}), facts)
    totals = {
        option.slug: "None" if option.refused else tape.name(option.total) for option in options
    }
    steps = _needed(tape.steps, totals.values())
    return Path(
        steps,
        totals,
        tuple(option.slug for option in options if option.floor),
        names,
        {**tape.constants, "__builtins__": {"abs": abs}},
    )


@dataclass(slots=True)
class Traces:
    """The paths that are known of one formula, for one set of offers on one day."""

    paths: list[Path] = field(default_factory=list)  # the one that fitted last comes first
    strangers: int = 0  # runs since the last record that took none of them
    hopeless: bool = False

    def met(self, formula: Callable[..., Any], given: Mapping[str, Any], facts: Any) -> Path | None:
        """Told of a run that no path fits; its own path, if it is worth recording."""
        self.strangers += 1
        if self.hopeless or (self.paths and self.strangers < PATIENCE):
            return None
        self.strangers = 0
        try:
            path = record(formula, given, facts)
        except UntraceableError:
            self.hopeless = True
            return None
        self.paths.insert(0, path)
        del self.paths[MOST_PATHS:]
        return path

    def fitted(self, path: Path) -> None:
        """Told which path fitted, so that it is tried first and kept longest."""
        if self.paths[0] is not path and path in self.paths:
            self.paths.remove(path)
            self.paths.insert(0, path)
