"""What a calculator's page ships does not grow with the book."""

from __future__ import annotations

from typing import Any

import pytest

from calculators import CALCULATORS
from calculators.kernel.book import Book
from tools.records import everything
from views.answer.form import form, lists
from views.answer.html import answer


@pytest.fixture(scope="module")
def books() -> tuple[Book, Book]:
    """The book, and one with every vendor's offers eight times over."""
    records: dict[str, Any] = everything()
    more: dict[str, Any] = {}
    for file, record in records.items():
        offers = record.get("offers", {}) if file.startswith("offers/") else {}
        copies = {
            f"{name}-copy-{n}": offer | {"name": f"{offer['name']} {n}"}
            for name, offer in offers.items()
            for n in range(7)
        }
        more[file] = record | {"offers": offers | copies} if offers else record
    return Book.parse(records), Book.parse(more)


@pytest.mark.parametrize("slug", CALCULATORS)
def test_a_calculator_s_page_does_not_grow_with_the_book(
    books: tuple[Book, Book], slug: str
) -> None:
    calculator = CALCULATORS[slug]
    shipped, listed = [], []
    for book in books:
        facts = book.on(book.day)
        result = calculator.answer(facts, {})
        shipped.append(form(calculator, facts, {}) + answer(calculator, facts, result))
        kept: dict[str, list[str]] = {field.name: [] for field in calculator.inputs.fields()}
        listed.append(sum(map(len, lists(calculator, facts, kept).values())))
    assert shipped[1] == shipped[0]
    chooses = any(field.kind == "inference" for field in calculator.inputs.fields())
    assert not chooses or listed[1] > 3 * listed[0]
