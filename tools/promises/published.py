"""
The links that must work for ever, tests/published-links.yml; `make fresh` adds new calculators.

For a calculator that tests/published-links.yml does not know: its own case and its first two
presets, at today's prices, with the total of the option that is best. Nothing is ever taken out.
"""

from __future__ import annotations

from collections.abc import Iterator

from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.calculator import Calculator
from tools.paths import TESTS
from tools.records import book as read_book
from views import text
from views.answer.html import figures
from views.answer.record import address

LINKS = TESTS / "published-links.yml"
PRESETS = 2


def entries(calculator: Calculator, book: Book) -> Iterator[str]:
    """The entries of a calculator that has none."""
    cases = [dict(preset.given) for preset in calculator.presets if preset.given]
    for given in ({}, *cases[:PRESETS]):
        result = calculator.answer(book.on(book.day), given)
        part = f"items-{result.best}"
        figure = figures(result)[part]
        link = address(result, part=part)
        yield f'- link: /{link}\n  figure: "{text.amount(figure.value, figure.unit)}"\n'


def _known(calculator: Calculator, written: str) -> bool:
    """Whether there are links to the calculator, under any name that it ever had."""
    slugs = (calculator.slug, *calculator.formerly)
    return any(f"calculators/{slug}/?" in written for slug in slugs)


def registry() -> str:
    """The registry with the links of new calculators added. Raises DataError."""
    written = LINKS.read_text("utf-8")
    new = [one for one in CALCULATORS.values() if not _known(one, written)]
    book = read_book() if new else None
    return written + "".join(e for one in new if book for e in entries(one, book))
