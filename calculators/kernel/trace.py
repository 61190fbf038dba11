"""
A formula's own arithmetic on floats, recorded once and replayed as straight code.

To explore, a formula is run thousands of times with other numbers. Most of such a run is not
arithmetic: options and line items are built, offers looked up, prompts put together. So the
formula is run once on numbers that write down what is done to them, and what they wrote is
compiled: the same operations in the same order, which give the same digits.

A comparison is written down with its outcome. Where another run comes to another outcome the
formula takes another path, and that run is left to the formula itself, or to the record of a run
that went that way. A formula that needs a number as a plain float cannot be recorded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

LONGEST = 3000  # operations in one record; more would take longer to compile than to run
MOST_PATHS = 24  # that are kept, the newest
PATIENCE = 12  # runs that no record fits, before the path of such a run is recorded too

Totals = dict[str, float | None]


class UntraceableError(Exception):
    """The formula does something with a number that cannot be written down."""


class _Tape:
    """What is done, one operation a line; what is done twice alike is written once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {"ceil": math.ceil, "floor": math.floor}
        self._known: dict[str, Traced] = {}
        self._guards: set[str] = set()

    def write(self, operation: str, value: float) -> Traced:
        known = self._known.get(operation)
        if known is None:
            if len(self.lines) == LONGEST:
                raise UntraceableError(f"more than {LONGEST} operations")
            known = Traced(self, f"t{len(self.lines)}", value)
            self.lines.append(f"{known.name} = {operation}")
            self._known[operation] = known
        return known

    def guard(self, condition: str, outcome: bool) -> bool:
        if condition not in self._guards:
            self._guards.add(condition)
            self.lines.append(f"if {'not ' if outcome else ''}({condition}): return None")
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

    def __init__(self, tape: _Tape, name: str, value: float) -> None:
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


def applied(function: Callable[..., float], *numbers: Any) -> Any:
    """
    What a function of floats gives for numbers in any reading, in their base units: a bare float.

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


@dataclass(frozen=True, slots=True)
class Path:
    """One way through a formula, compiled: its inputs in order, and the options that are floors."""

    code: CodeType
    constants: dict[str, Any]
    names: tuple[str, ...]
    floors: tuple[str, ...]

    def bound(self, given: Mapping[str, Any]) -> Callable[..., Totals | None]:
        """The code with these inputs where a call names no others; None where it does not fit."""
        values = tuple(given[name] for name in self.names)
        return FunctionType(self.code, self.constants, "path", values)


def record(formula: Callable[..., Any], given: Mapping[str, Any], facts: Any) -> Path:
    """The path that the formula takes with these inputs. Raises UntraceableError."""
    tape = _Tape()
    numbers = [name for name, value in given.items() if isinstance(value, int | float)]
    traced = {name: Traced(tape, name, float(given[name])) for name in numbers}
    options = formula(SimpleNamespace(**{**given, **traced}), facts)
    totals = [
        f"{option.slug!r}: {None if option.refused else tape.name(option.total)}"
        for option in options
    ]
    lines = [*tape.lines, f"return {{{', '.join(totals)}}}"]
    source = f"def path({', '.join(numbers)}):\n " + "\n ".join(lines)
    code = next(c for c in compile(source, "path", "exec").co_consts if isinstance(c, CodeType))
    floors = tuple(option.slug for option in options if option.floor)
    return Path(code, {**tape.constants, "__builtins__": {"abs": abs}}, tuple(numbers), floors)


@dataclass(slots=True)
class Traces:
    """The paths that are known of one formula, for one set of offers on one day."""

    paths: list[Path] = field(default_factory=list)
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
        self.paths.append(path)
        del self.paths[:-MOST_PATHS]
        return path
