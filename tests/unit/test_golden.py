"""Golden cases: the arithmetic, worked by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.calculator import Result
from calculators.kernel.units import Quantity
from tests.conftest import by_label
from tests.golden_cases import Golden, golden_cases


@pytest.mark.parametrize("case", golden_cases(), ids=str)
def test_a_case_worked_by_hand_comes_out(case: Golden, book: Book) -> None:
    facts = book.on(date.fromisoformat(case.on))
    result = CALCULATORS[case.slug].answer(facts, case.given)
    assert not result.reading.problems
    assert not result.reading.unknown
    for name, expected in case.expect.items():
        if name == "pairs":
            _pairs(result, expected)
        elif name == "split":
            _split(result, expected)
        else:
            _option(result, name, expected)


def _option(result: Result, slug: str, expected: dict[str, Any]) -> None:
    option = result.option(slug)
    assert option.refused == expected.get("refused", "")
    for what, items, unit in (("lines", option.lines, result.unit), ("once", option.once, "USD")):
        lines = by_label(items)
        for label, figure in expected.get(what, {}).items():
            assert lines[label].to(unit) == _close(figure), f"{slug}, {what}, {label}"
    if "total" in expected:
        assert option.total.to(result.unit) == _close(expected["total"])


def _pairs(result: Result, expected: dict[str, str]) -> None:
    rows = {row[0]: row[1] for row in result.tables[0].rows}
    for pair, figure in expected.items():
        found = rows[pair]
        if isinstance(found, Quantity):
            assert found.to("request/month") == _close(figure)
        else:
            assert found == figure


def _split(result: Result, expected: dict[str, str]) -> None:
    rows = next(table for table in result.tables if table.slug == "split").rows
    for row, figure in zip(rows[1:], (expected["model"], expected["method"]), strict=True):
        saved = row[2]
        assert isinstance(saved, Quantity)
        assert saved.value == _close(figure)


def _close(figure: str) -> object:
    return pytest.approx(float(figure.replace("_", "")), rel=1e-9, abs=1e-12)
