"""
Reads the published measurements and works out ours; every scalar is the text in the file.

A case has a `group`, a `name`, who `published` what (`source`, `url`, and `basis`: how the figure
was read) and a `tolerance`: `digits` where ours must round to what is printed, or a share such as
`10 %`. Ours comes from `given` by one of two ways:

- `answer`: what to take from the calculator of the file's name, `same-cases` for the total of an
  option, `same-cases/Labelling` for one of its items, `other-formulas/1` for a row of a table,
  `rules/pgvector/3` for a column (by number or title) of the row that begins so; `unit` turns it
  into that of the paper;
- `formula`: a function under `calculators/` that gets the numbers, `statistics.proportions.wilson`
  or, where it returns several, `statistics.proportions.wilson/0`.

A group whose cases have a `goal` is held to it by its median error, and each case to its
tolerance; `missed` says why the goal is not met, for as long as it is not.
A bill at prices of its own day brings them along as `offers`, each with its kind, sizes and meters,
named by `given` like those of the book; `times` is a factor on ours, such as documents per bill.

`wrong` says why a published figure is not right; ours must then not agree with it.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from calculators import CALCULATORS
from calculators.kernel.facts import SIZES, Book
from calculators.kernel.units import Quantity
from calculators.statistics.normal import quantile
from tests.golden_cases import TextLoader

VALIDATION = Path(__file__).parent / "validation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published figure and how ours is worked out."""

    slug: str
    group: str
    name: str
    published: str
    tolerance: str
    source: str
    url: str
    basis: str
    given: dict[str, str]
    answer: str = ""
    formula: str = ""
    unit: str = ""
    on: str = ""
    offers: dict[str, dict[str, str]] = field(default_factory=dict)
    times: str = "1"
    note: str = ""
    wrong: str = ""
    goal: str = ""
    missed: str = ""

    def __str__(self) -> str:
        return f"{self.slug}: {self.group}, {self.name}"

    def ours(self, book: Book) -> float:
        """Our figure, in the unit of the published one."""
        found = self._computed() if self.formula else self._answered(self._priced(book))
        return found * float(Fraction(self.times))

    def _priced(self, book: Book) -> Book:
        """The book, and the offers that the case brings along."""
        if not self.offers:
            return book
        about = {"name", "kind", *SIZES}
        record = {
            "vendor": "Published",
            "sources": {"page": {"title": self.source, "url": self.url, "read": f"{book.day}"}},
            "offers": {
                name: {key: text for key, text in said.items() if key in about}
                | {"name": name}
                | ({"facts_source": "page"} if set(said) & set(SIZES) else {})
                | {
                    "rates": {
                        "2000-01-01": {key: text for key, text in said.items() if key not in about}
                        | {"source": "page", "confidence": "vendor page"}
                    }
                }
                for name, said in self.offers.items()
            },
        }
        own = Book.parse({"offers/published": record})
        return replace(book, offers=book.offers | own.offers)

    def _answered(self, book: Book) -> float:
        facts = book.on(date.fromisoformat(self.on) if self.on else book.day)
        result = CALCULATORS[self.slug].answer(facts, self.given)
        assert not result.reading.problems, result.reading.problems
        assert not result.reading.unknown, result.reading.unknown
        where, _, what = self.answer.partition("/")
        option = next((option for option in result.options if option.slug == where), None)
        if option is not None:
            assert not option.refused, option.refused
            found = (option.lines | option.once)[what] if what else option.total
            return found.to("USD" if what in option.once else result.unit)  # type: ignore[no-any-return]
        table = next(table for table in result.tables if table.slug == where)
        rows = table.rows
        name, _, column = what.partition("/")
        named = (row for row in rows if str(row[0]).startswith(name))
        cell = (rows[int(name)] if name.isdigit() else next(named))[
            table.columns.index(column) if column in table.columns else int(column or 1)
        ]
        parts = cell if isinstance(cell, tuple) else (cell,)
        quantity = next(part for part in parts if isinstance(part, Quantity))
        return quantity.to(self.unit or quantity.factors[0].unit)

    def _computed(self) -> float:
        path, _, place = self.formula.partition("/")
        module, _, function = path.rpartition(".")
        formula = getattr(importlib.import_module(f"calculators.{module}"), function)
        found: Any = formula(**{name: _number(text) for name, text in self.given.items()})
        return float(found[int(place)] if place else found)

    def error(self, ours: float) -> float:
        """How far ours is off, as a share of the published figure."""
        figure = float(self.published)
        return abs(ours - figure) / abs(figure) if figure else abs(ours)

    def agrees(self, ours: float) -> bool:
        """Whether ours is within the tolerance."""
        if self.tolerance == "digits":
            _, _, decimals = self.published.partition(".")
            return abs(ours - float(self.published)) <= 0.5000001 * 10.0 ** -len(decimals)
        return self.error(ours) <= float(self.tolerance.removesuffix("%")) / 100


def _number(text: str) -> int | float:
    """`81/263`, `0.05`, `30`, or `z 0.975` for the normal quantile of a share."""
    if text.startswith("z "):
        return quantile(float(text[2:]))
    number = Fraction(text)
    return int(number) if number.denominator == 1 else float(number)


def published_cases() -> list[Published]:
    """Every case of every calculator, in the order of the files."""
    return [
        Published(slug=path.stem, **case)
        for path in sorted(VALIDATION.glob("*.yml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=TextLoader)
    ]
