"""A formula recorded on floats: the same digits, another path where it branches, or none."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from calculators import CALCULATORS
from calculators.kernel import trace
from calculators.kernel.book import Book
from calculators.kernel.explore import Case
from calculators.kernel.items import Item
from calculators.kernel.results import Option
from calculators.kernel.trace import Traces, UntraceableError, applied, record
from calculators.kernel.units import Quantity

LINE = Item("line", "Line")
Formula = Callable[[Any, Any], tuple[Option, ...]]


def formula(work: Callable[[Any], Any]) -> Formula:
    """One option that comes to what `work` makes of the inputs."""
    return lambda given, _: (Option("it", "It", {LINE: work(given)}),)


def replayed(work: Callable[[Any], Any], before: dict[str, float], now: dict[str, float]) -> Any:
    """What the path recorded with some inputs says of others."""
    path = record(formula(work), before, None)
    return path.bound(before)(**now)


WORK: dict[str, Callable[[Any], Any]] = {
    "sums": lambda g: g.a + g.b * 3 - 1 / (g.a + 1),
    "signs": lambda g: (7 - g.a) / -g.b,
    "steps": lambda g: math.ceil(g.a / 3) + math.floor(g.b * 2.5) + abs(g.a - g.b),
    "powers": lambda g: 2.0 * g.a**2 + (0.1 + 0.2),
    "bounds": lambda g: max(g.a, g.b) + min(g.a, 4.0),
}


@pytest.mark.parametrize("name", WORK)
def test_a_path_gives_the_digits_of_its_formula(name: str) -> None:
    work = WORK[name]
    for a, b in ((1.7, 2.3), (1.1, 2.9), (0.1, 0.7)):
        expected = 0.0 + work(SimpleNamespace(a=a, b=b))
        assert replayed(work, {"a": 1.0, "b": 2.0}, {"a": a, "b": b}) == {"it": expected}


def test_another_outcome_of_a_comparison_is_another_path() -> None:
    def work(given: Any) -> Any:
        return given.a * 2 if given.a > 10 else given.a

    assert replayed(work, {"a": 20.0}, {"a": 30.0}) == {"it": 60.0}
    assert replayed(work, {"a": 20.0}, {"a": 5.0}) is None
    assert replayed(lambda g: g.a or 9.0, {"a": 1.0}, {"a": 0.0}) is None


def test_a_case_takes_the_paths_that_it_has_met() -> None:
    calls = []

    def stepped(given: Any, _: Any) -> tuple[Option, ...]:
        calls.append(given.a)
        refused = "too many" if given.a > 100 else ""
        return (
            Option("it", "It", {} if refused else {LINE: given.a * 2}, refused=refused),
            Option("least", "Least", {LINE: 1.0}, floor="for comparison"),
        )

    case = Case(stepped, SimpleNamespace(a=1.0), None)  # type: ignore[arg-type]
    assert [case.costs(a=float(a))["it"] for a in range(60)] == [2.0 * a for a in range(60)]
    assert len(calls) == 2, "once to record it, and once for the answer itself"
    assert [case.totals(a=200.0 + a) for a in range(60)] == [{"it": None, "least": 1.0}] * 60
    assert len(calls) < 2 + 2 * trace.PATIENCE
    assert case.costs(a=5.0) == {"it": 10.0}
    along = case.varying("a")
    assert [along(a) for a in (7.0, 300.0, 8.0)] == [{"it": 14.0}, {"it": None}, {"it": 16.0}]


def test_what_cannot_be_written_down_is_left_to_the_formula() -> None:
    for work in (lambda g: math.sqrt(g.a), lambda g: {g.a: 1.0}[g.a], lambda g: float(g.a)):
        with pytest.raises(UntraceableError):
            record(formula(work), {"a": 4.0}, None)
    traces = Traces()
    case = Case(formula(lambda g: math.sqrt(g.a)), SimpleNamespace(a=4.0), None, traces)  # type: ignore[arg-type]
    assert case.costs(a=9.0) == {"it": 3.0}
    assert traces.hopeless


def test_a_formula_that_loops_for_long_is_not_recorded() -> None:
    def work(given: Any) -> Any:
        total = given.a
        for i in range(trace.LONGEST + 1):
            total = total * (1 + i)
        return total

    with pytest.raises(UntraceableError, match="operations"):
        record(formula(work), {"a": 4.0}, None)


def test_a_function_of_floats_is_called_as_it_is() -> None:
    def work(given: Any) -> Any:
        return applied(math.hypot, given.a, 4.0) + applied(math.sqrt, given.a)

    assert replayed(work, {"a": 1.0}, {"a": 3.0}) == {"it": 5.0 + math.sqrt(3.0)}
    assert applied(math.sqrt, Quantity.of(2, "kB")) == math.sqrt(2000)


def test_what_does_not_change_is_worked_out_once() -> None:
    """The same digits, whichever inputs change and in how many levels."""

    def work(given: Any) -> Any:
        fixed = applied(math.sqrt, given.a) / 3 + given.a * 0.1
        return max(fixed * given.b, 0.3) + given.c / 7 - (given.b if given.c > 2 else given.a)

    given = {"a": 1.7, "b": 2.3, "c": 2.9}
    path = record(formula(work), given, None)
    values = {"b": 0.7, "c": 3.1}
    expected = {"it": 0.0 + work(SimpleNamespace(**given | values))}
    one, two = path.nested((("c", "b"),), given), path.nested((("b",), ("c",)), given)
    assert one
    assert two
    assert one(3.1, 0.7) == two(0.7)(3.1) == path.bound(given)(**values) == expected
    assert one(1.0, 0.7) is None, "the formula goes another way"
    assert two(0.7)(1.0) is None
    assert two(0.01) is None, "with no c does it go this way"
    assert path.nested((("b",),), given | {"c": 1.0}) is None


def test_a_step_that_fails_where_the_formula_does_not_come_to_it_is_no_fault() -> None:
    def work(given: Any) -> Any:
        return 1 / given.a if given.b > 1 else given.b

    case = Case(formula(work), SimpleNamespace(a=2.0, b=3.0), None)  # type: ignore[arg-type]
    assert case.varying("b")(4.0) == {"it": 0.5}
    other = Case(formula(work), SimpleNamespace(a=0.0, b=3.0), None, case.traces)  # type: ignore[arg-type]
    assert other.varying("b")(0.5) == {"it": 0.5}
    with pytest.raises(ZeroDivisionError):
        other.varying("b")(4.0)


def test_all_formulas_are_recorded(book: Book) -> None:
    """Else the speed of ranges and edits is lost and nothing else would say so."""
    facts = book.on(book.day)
    for slug, calculator in CALCULATORS.items():
        case = Case.of(calculator.formula, calculator.inputs.read({}, facts).inputs, facts)
        case.costs()
        assert case.traces.paths, f"{slug} asks for a plain float"
