"""
Where facts, formulas and pages meet: the macros that pages call.

Each function of `Macros` is one macro. Its first line says what it prints.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Sequence
from datetime import date
from functools import cache
from html import escape
from typing import Any

from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.calculator import Calculator, Result
from calculators.kernel.evidence import Evidence
from calculators.kernel.facts import Facts
from calculators.kernel.request import read_request
from calculators.kernel.results import Option
from commands.ask import PLACE
from tools.book.validation import standings, summary
from tools.paths import ROOT
from tools.records import book as read_book
from tools.records import evidence as read_evidence
from tools.site.pictures import drawn, typeset
from views import glossary as glossary_view
from views import links, palette, text
from views.answer import bills
from views.answer.form import form, presets, query
from views.answer.html import answer as answer_html
from views.answer.page import dates, inputs_table, live_calculator
from views.answer.record import folded, take
from views.book import calendar as calendar_view
from views.book import prices as price_views
from views.book import vendors as vendor_views
from views.evidence import studies as evidence_view
from views.evidence.validation import Standing
from views.evidence.validation import validation as validation_html

GLOSSARY = ROOT / "includes" / "glossary.md"
MANIFEST = ROOT / "docs" / "assets" / "live" / "manifest.json"


@cache
def book() -> Book:
    """The book of facts as it stands in data/."""
    return read_book()


@cache
def findings() -> Evidence:
    """What others measured, as it stands in data/evidence/."""
    return read_evidence()


@cache
def published_cases() -> tuple[Standing, ...]:
    """What others published, and what we make of it."""
    return standings(book())


def facts(on: str = "") -> Facts:
    """The facts of that day, or of the site's own."""
    return book().on(date.fromisoformat(on) if on else book().day)


def asked(slug: str) -> Calculator:
    """The calculator that a page names. Raises ValueError with those that there are."""
    found: Calculator = _one(slug, "such calculator", CALCULATORS, slug)
    return found


def answered(slug: str, given: dict[str, Any]) -> tuple[Calculator, Facts, Result]:
    """A calculator's answer to inputs written in a page. Raises ValueError for a bad one."""
    return _answered(slug, tuple(sorted((name, str(value)) for name, value in given.items())))


@cache
def _answered(slug: str, given: tuple[tuple[str, str], ...]) -> tuple[Calculator, Facts, Result]:
    request = read_request(book(), asked(slug), dict(given))
    if faults := request.faults():
        raise ValueError(f"{slug}: {'; '.join(faults)}")
    calculator, on = request.calculator, request.facts
    return calculator, on, calculator.answer_to(on, request.reading)


def had(result: Result, slug: str = "") -> Option:
    """That option of an answer, or the best. Raises ValueError where it cannot be had."""
    if not slug and not result.best:
        raise ValueError(f"{result.slug}: every option is refused")
    options = {option.slug: option for option in result.options}
    option: Option = _one(result.slug, f"option '{slug}'", options, slug or result.best)
    if option.refused:
        raise ValueError(f"{result.slug}: {option.label} is refused: {option.refused}")
    return option


def kept(figure: str) -> str:
    """A figure that keeps the word after it on its line."""
    return figure.replace(" ", "\N{NO-BREAK SPACE}", 1)


class Macros:
    """What pages may call, each by its name; one for each page builder."""

    def __init__(self, env: Any) -> None:
        self._env = links.Linked(env)

    def register(self) -> None:
        """Give the builder every macro, which are the public functions above `register`."""
        for name, macro in inspect.getmembers(self, inspect.ismethod):
            if not name.startswith("_") and name != "register":
                self._env.macro(macro)

    def _top(self) -> str:
        """The way from the page being rendered to the site's root."""
        return links.top(self._env.page.url)

    def calculator(self, slug: str, brief: str = "", **given: Any) -> str:
        """The form and its answer, worked out; a short one with the address of the whole one."""
        found, on, result = answered(slug, given)
        texts = result.reading.given
        return live_calculator(
            slug,
            live=manifest(),
            presets="" if brief else presets(found),
            form=form(found, on, texts, brief=bool(brief)),
            answer=answer_html(found, on, result, picture=drawn, brief=brief),
            example=f"{found.along}={found.field(found.along).default}",
            brief=brief,
        )

    def headline(self, slug: str, **given: Any) -> str:
        """The answer in one sentence."""
        return escape(text.sentence(answered(slug, given)[2].headline))

    def total(self, slug: str, option: str = "", **given: Any) -> str:
        """What an option, or the best one, comes to: dollars a month, cases, seconds."""
        result = answered(slug, given)[2]
        return kept(text.amount(float(had(result, option).total), result.unit))

    def best(self, slug: str, **given: Any) -> str:
        """The option that wins a case, by its name."""
        return escape(had(answered(slug, given)[2]).label)

    def item(self, slug: str, option: str, name: str, **given: Any) -> str:
        """One line item of an option, by its id, monthly or paid once."""
        result = answered(slug, given)[2]
        found = had(result, option)
        lines = {line.id: cost for line, cost in found.lines.items()}
        items = lines | {line.id: cost for line, cost in found.once.items()}
        unit = result.unit if name in lines else "USD"
        return text.amount(float(_one(slug, f"item '{name}' of {option}", items, name)), unit)

    def flip(self, slug: str, name: str, **given: Any) -> str:
        """The value of an input at which another option becomes the cheapest."""
        for found in answered(slug, given)[2].flips:
            if found.field.name == name:
                return kept(text.quantity(found.at))
        raise ValueError(f"{slug}: no value of {name} changes which option is cheapest")

    def cell(self, slug: str, table: str, row: str, column: str | int = 1, **given: Any) -> str:
        """One cell of a table under an answer, by its row's name and its column's, or place."""
        tables = {each.slug: each for each in answered(slug, given)[2].tables}
        shown = _one(slug, f"table '{table}'", tables, table)
        rows = {text.cell(cells[0]): cells for cells in shown.rows}
        cells = _one(slug, f"row '{row}' in {table}", rows, row)
        if isinstance(column, int):
            return escape(text.cell(cells[column]))
        columns = dict(zip(shown.columns, cells, strict=True))
        return escape(text.cell(_one(slug, f"column '{column}' in {table}", columns, column)))

    def rate(self, offer: str, meter: str, on: str = "") -> str:
        """One price, with its unit."""
        price: Any = facts(on).rates(offer)[meter]
        return text.price(price)

    def name(self, offer: str) -> str:
        """What an offer is called."""
        return escape(facts().offer(offer).name)

    def link(self, slug: str, **given: Any) -> str:
        """The query string of a case, with the site's day: `?requests=5M&on=…`."""
        texts = answered(slug, given)[2].reading.given
        return f"?{query(texts | {'on': str(given.get('on', book().day))})}"

    def record(self, slug: str, variant: str, **given: Any) -> str:
        """An answer as a decision record, in Markdown; for a fence, where it shows as it is."""
        return take(*answered(slug, given), variant, f"https://guide.example/{PLACE}{slug}/").text

    def decided(self, slug: str, variant: str = "full", **given: Any) -> str:
        """An answer as a decision record, folded, to read on the page."""
        return folded(take(*answered(slug, given), variant), self._top())

    def method(self, slug: str) -> str:
        """How a calculator works its answer out, in the words of its code."""
        return typeset(inspect.getdoc(asked(slug).formula) or "")

    def inputs(self, slug: str) -> str:
        """A table of a calculator's inputs."""
        return inputs_table(asked(slug), facts())

    def next_dates(self, count: int = 3) -> str:
        """The next events and price changes in the book."""
        return dates(facts(), count)

    def prices(self, kind: str) -> str:
        """A table of all offers of a kind."""
        return price_views.prices(facts(), kind)

    def span(self, kind: str, meter: str) -> str:
        """The cheapest and the dearest price of a meter."""
        return price_views.span(facts(), kind, meter)

    def vendor(self, slug: str) -> str:
        """What a vendor sells, what has ended and what the prices were."""
        return vendor_views.vendor(facts(), slug, drawn)

    def vendors(self) -> str:
        """A table of all vendors."""
        return vendor_views.vendors(facts())

    def bill(self, slug: str, option: str, only: Sequence[str] = (), **given: Any) -> str:
        """The line items of one option of a case, worked out; `only` those with these ids."""
        found, on, result = answered(slug, given)
        return bills.bill(found, on, result, option, only)

    def worked(self, offer: str, **case: str) -> str:
        """A month of an accelerator or of managed retrieval, or a training run, worked out."""
        return bills.worked(facts(), offer, case)

    def when(self, offer: str, event: str = "ends") -> str:
        """The day on which an offer ends, or on which another event in its life happens."""
        return calendar_view.when(facts(), offer, event)

    def calendar(self) -> str:
        """What closes or changes its price, day by day."""
        return calendar_view.calendar(facts())

    def approach(self, slug: str) -> str:
        """An approach by its name, in its colour."""
        return palette.tag(slug)

    def found(self, study: str, finding: str) -> str:
        """A figure that others measured, with its setting and its citation, for a sentence."""
        return evidence_view.found(findings(), study, finding, self._top())

    def cite(self, study: str) -> str:
        """The citation of a study alone: who, when, how far it was checked, who ran it."""
        return evidence_view.cite(findings(), study, self._top())

    def studies(self, topic: str) -> str:
        """A small table of what was measured on a topic."""
        return evidence_view.studies(findings(), topic, self._top())

    def evidence(self) -> str:
        """Everything in data/evidence/, in a table to sort and filter."""
        return evidence_view.everything(findings())

    def evidence_size(self) -> str:
        """How many studies and findings there are, and how many studies a vendor ran."""
        return evidence_view.size(findings())

    def api(self, path: str, words: str = "") -> str:
        """A link to a file under `api/v1/`, in words or by its path."""
        return links.api(path, words, self._top())

    def glossary(self) -> str:
        """Every term of the glossary, whose meanings also show as tooltips on all pages."""
        return glossary_view.glossary(GLOSSARY.read_text(encoding="utf-8"))

    def validation(self, part: str) -> str:
        """A part of the page about what others measured, worked out."""
        return validation_html(published_cases(), summary(published_cases()), part)

    def day(self) -> str:
        """The site's day in words."""
        return text.day(book().day)


def _one(slug: str, what: str, among: dict[str, Any], name: str) -> Any:
    """What has that name. Raises ValueError with the names that there are."""
    if name not in among:
        raise ValueError(f"{slug}: no {what}; there is {', '.join(among)}")
    return among[name]


def manifest() -> str:
    """
    Where the files of the browser's Python are, as JSON. Raises where they are not made.

    A build that makes them at the same time says what is to stand in their place.
    """
    if later := os.environ.get("CROSSOVER_MANIFEST"):
        return later
    if not MANIFEST.exists():
        raise FileNotFoundError("docs/assets/live/ has not been made: run `make build`")
    return json.dumps(json.loads(MANIFEST.read_text(encoding="utf-8")), separators=(",", ":"))
