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

A group whose cases have a `goal` is held to it, and each case to its tolerance; `missed` says why
the goal is not met, for as long as it is not. The goal is also what a group is counted under:
0.5 % vendors' bills, 10 % memory, 25 % training hours, 30 % serving, `digits` statistics.
`shape` is where the shape of a model was read, if not in the source.
`used` says what of the model was set with the group in view; without it the group is held out.
A bill at prices of its own day brings them along as `offers`, each with its kind, sizes and meters,
named by `given` like those of the book; `times` is a factor on ours, such as documents per bill.

`wrong` says why a published figure is not right; ours must then not agree with it.

The page about it is drawn by `views.evidence.validation`; what it draws is worked out here.
"""

from __future__ import annotations

import importlib
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any

import yaml

from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.calculator import Result
from calculators.kernel.meters import SIZES
from calculators.kernel.units import Quantity
from calculators.statistics.normal import quantile
from tools.paths import TESTS
from tools.records import TextLoader
from views.evidence.validation import GOALS, Checked, Goal, Group, Standing, Summary

VALIDATION = TESTS / "validation"


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
    used: str = ""
    shape: str = ""

    def __str__(self) -> str:
        return f"{self.slug}: {self.group}, {self.name}"

    def ours(self, book: Book) -> float:
        """Our figure, in the unit of the published one."""
        return self.worked(book)[0]

    def worked(self, book: Book) -> tuple[float, str]:
        """Our figure and its unit, which is '' for what a formula gives."""
        found, unit = (self._computed(), self.unit) if self.formula else self._answered(book)
        # What is turned into something else has no longer the calculator's unit.
        return found * float(Fraction(self.times)), unit if self.times == "1" else ""

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

    def result(self, book: Book) -> Result:
        """The calculator's answer to what is given."""
        on = self._priced(book).on(date.fromisoformat(self.on) if self.on else book.day)
        result = CALCULATORS[self.slug].answer(on, self.given)
        assert not result.reading.problems, result.reading.problems
        assert not result.reading.unknown, result.reading.unknown
        return result

    def _answered(self, book: Book) -> tuple[float, str]:
        result = self.result(book)
        where, _, what = self.answer.partition("/")
        option = next((option for option in result.options if option.slug == where), None)
        if option is not None:
            assert not option.refused, option.refused
            once = {item.label: cost for item, cost in option.once.items()}
            lines = {item.label: cost for item, cost in option.lines.items()}
            found = (lines | once)[what] if what else option.total
            unit = "USD" if what in once else result.unit
            return found.to(unit), unit
        table = next(table for table in result.tables if table.slug == where)
        rows = table.rows
        name, _, column = what.partition("/")
        named = (row for row in rows if str(row[0]).startswith(name))
        cell = (rows[int(name)] if name.isdigit() else next(named))[
            table.columns.index(column) if column in table.columns else int(column or 1)
        ]
        parts = cell if isinstance(cell, tuple) else (cell,)
        quantity = next(part for part in parts if isinstance(part, Quantity))
        unit = self.unit or quantity.factors[0].unit
        return quantity.to(unit), unit

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
        return self.error(ours) <= _share(self.tolerance)


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


def standings(book: Book) -> tuple[Standing, ...]:
    """Every calculator's groups, worked out: what the page shows."""
    found = []
    cases = published_cases()
    for slug, of_slug in groupby(cases, lambda case: case.slug):
        by_group: dict[str, list[Published]] = {}
        for case in of_slug:
            by_group.setdefault(case.group, []).append(case)
        groups = tuple(_group(name, of, book) for name, of in by_group.items())
        found.append(Standing(slug, CALCULATORS[slug].question, groups))
    return tuple(found)


def _group(name: str, cases: Sequence[Published], book: Book) -> Group:
    checked = tuple(_checked(case, book) for case in cases)
    figures = [one for one in checked if not one.wrong]
    goal = GOALS.get(cases[0].goal) or Goal("", cases[0].goal)
    errors = [_off(one, goal) for one in figures]
    return Group(
        name=name,
        cases=checked,
        median=statistics.median(errors) if errors else 0.0,
        worst=max(errors, default=0.0),
        goal=goal,
        met=_meets(goal, figures),
        missed=cases[0].missed,
        used=cases[0].used,
    )


def _meets(goal: Goal, figures: Sequence[Checked]) -> bool:
    """By all figures where exactness or each bill is asked for, else by the median error."""
    if not goal.within or not figures:
        return True
    if goal.within == "digits":
        return all(one.agrees for one in figures)
    judge = max if goal.each else statistics.median
    return judge(_off(one, goal) for one in figures) <= _share(goal.within)


def _off(one: Checked, goal: Goal) -> float:
    """How far off a figure is; a bill that rounds to the printed digits is not off at all."""
    return 0.0 if goal.each and one.tolerance == "digits" and one.agrees else abs(one.error)


def _checked(case: Published, book: Book) -> Checked:
    ours, unit = case.worked(book)
    figure = float(case.published)
    return Checked(
        name=case.name,
        published=case.published,
        unit=unit,
        ours=ours,
        error=(ours - figure) / abs(figure) if figure else ours,
        tolerance=case.tolerance,
        agrees=case.agrees(ours),
        source=case.source,
        url=case.url,
        basis=case.basis,
        shape=case.shape,
        note=case.note,
        wrong=case.wrong,
        # A case at prices of its own cannot be opened in the calculator.
        given=None
        if case.formula or case.offers
        else case.given | {"on": case.on or f"{book.day}"},
    )


def summary(found: Sequence[Standing]) -> tuple[Summary, ...]:
    """For each goal: its groups and cases, how far off they are, and how many meet it."""
    rows = []
    for goal in GOALS.values():
        groups = [group for one in found for group in one.groups if group.goal == goal]
        if not groups:
            continue
        rows.append(
            Summary(
                goal=goal,
                cases=sum(not case.wrong for group in groups for case in group.cases),
                groups=len(groups),
                meeting=sum(group.met for group in groups),
                median=statistics.median(group.median for group in groups),
                worst=max(group.worst for group in groups),
            )
        )
    return tuple(rows)


def _share(text: str) -> float:
    return float(text.removesuffix("%")) / 100
