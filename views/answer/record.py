"""
An answer to take away: a decision record in Markdown and rich text, and its data as files.

A record says what was decided at which prices, why not otherwise, what would change it, and the
link that gives the same figures again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from calculators.kernel.calculator import Calculator, Result
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field
from calculators.kernel.results import Option
from views import tables, text
from views.answer import citation, data, embed
from views.answer.document import (
    Block,
    Bullets,
    Code,
    Fence,
    Grid,
    Heading,
    Inline,
    Link,
    Matter,
    Paragraph,
    Strong,
    html,
    markdown,
)
from views.answer.form import query, worded

GUIDE = citation.GUIDE
# What a reader chooses from, by the word that stands in requests and on the command line.
VARIANTS = {
    "full": "whole record",
    "madr": "MADR",
    "paragraph": "short paragraph",
    "table": "table alone",
}
FILES = {"full": "Markdown", "csv": "CSV", "json": "JSON"}
FORMS = {**VARIANTS, **FILES, **citation.FORMS, **embed.FORMS}
SHOWN_FLIPS = 5

_PAGE = re.compile(r"https?://[^\s<>\"'()?#\\]{1,500}/")


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken: a file's name, media type and text, and rich text where there is some."""

    name: str
    media: str
    text: str
    html: str = ""


def take(
    calculator: Calculator, facts: Facts, result: Result, form: str = "full", page: str = ""
) -> Taken:
    """
    The answer in one of FORMS. `page` is the address of the calculator's page, if it
    is known. Raises KeyError for another form.
    """
    link = address(result, page)
    name = f"{result.slug}-{result.day}"
    if form == "csv":
        return Taken(f"{name}.csv", "text/csv", data.csv(result, link))
    if form == "json":
        whole = data.result(result) | {"link": link}
        shown = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
        return Taken(f"{name}.json", "application/json", shown)
    told = _Told(calculator, facts, result, link)
    if form in embed.FORMS:
        html_text = embed.frame(link, calculator.question, form)
        return Taken(f"{name}-{form}.html", "text/html", html_text, _typed(html_text))
    if form in citation.FORMS:
        ending = "bib" if form == "cite-bibtex" else "md" if form == "cite-markdown" else "txt"
        said = citation.cited(_work(told), form)
        rich = _typed(said) if form == "cite-bibtex" else html([_citation(told)])
        return Taken(f"{name}-{form}.{ending}", "text/plain", said, rich)
    blocks = _RECORDS[form](told)
    ending = "" if form == "full" else f"-{form}"
    return Taken(f"{name}{ending}.md", "text/markdown", markdown(blocks), html(blocks))


def folded(taken: Taken, top: str) -> str:
    """
    A record as HTML that a page shows folded: its headings are not the page's own, and its link
    starts at the site's root, to which `top` leads.
    """
    said = re.sub(r"<h([1-6])>(.*?)</h\1>", r'<p class="record__heading">\2</p>', taken.html)
    said = re.sub(
        "<table>.*?</table>",
        lambda found: tables.scrolled("Table of the record", found[0]),
        said,
        flags=re.DOTALL,
    )
    said = said.replace('href="calculators/', f'href="{escape(top)}calculators/')
    return (
        '<details class="record"><summary>The record, filled in</summary>'
        f'<div class="record__text">{said}</div></details>'
    )


def address(result: Result, page: str = "", part: str = "") -> str:
    """The link that gives this answer again, whole if the page's address is known."""
    place = page if _PAGE.fullmatch(page) else f"calculators/{result.slug}/"
    pinned = query(result.reading.given | {"on": result.day.isoformat()})
    return f"{place}?{pinned}" + (f"#{part}" if part else "")


@dataclass(frozen=True, slots=True)
class _Told:
    calculator: Calculator
    facts: Facts
    result: Result
    link: str

    @property
    def title(self) -> str:
        best = self.result.option(self.result.best).label if self.result.best else "Undecided"
        return f"{best}: {self.calculator.question}"

    @property
    def best(self) -> Option | None:
        return self.result.option(self.result.best) if self.result.best else None

    @property
    def others(self) -> list[Option]:
        return [option for option in self.result.options if option.slug != self.result.best]


def _full(told: _Told) -> list[Block]:
    result = told.result
    blocks: list[Block] = [
        Heading(1, told.title),
        Bullets(
            (
                (Strong("Status:"), " proposed"),
                (Strong("Prices of:"), f" {text.day(result.day)}"),
                (Strong("Link:"), " ", Link(told.link, told.link)),
            )
        ),
        Heading(2, "Decision"),
        Paragraph((text.sentence(result.headline),)),
        Heading(2, "Context"),
        *_context(told),
        Heading(2, "Options"),
        _options(told),
    ]
    if told.others:
        blocks += [
            Heading(2, "Rejected options"),
            Bullets(tuple(map(_rejected(told), told.others))),
        ]
    blocks += [Heading(2, "What would flip it"), *_flips(told)]
    if result.warnings or result.notices:
        blocks += [Heading(2, "Warnings"), Bullets(_warnings(told))]
    blocks += [Heading(2, "Assumptions"), _assumptions(told)]
    blocks += [Heading(2, "Prices and sources"), *_prices(told)]
    return [*blocks, Heading(2, "Citation"), _citation(told)]


def _madr(told: _Told) -> list[Block]:
    """The headings and metadata of MADR 4.0.0, whose template says what belongs where."""
    result = told.result
    blocks: list[Block] = [
        Matter((("status", '"proposed"'), ("date", ""), ("decision-makers", ""))),
        Heading(1, told.title),
        Heading(2, "Context and Problem Statement"),
        *_context(told),
        Heading(2, "Decision Drivers"),
        Bullets(
            (
                (f"What is {result.superlative}, in {text.unit_words(result.unit)}",),
                *(("Sensitivity to ", flip.field.label) for flip in result.flips[:3]),
            )
        ),
        Heading(2, "Considered Options"),
        Bullets(tuple((option.label,) for option in result.options)),
        Heading(2, "Decision Outcome"),
        _outcome(told),
    ]
    consequences = _consequences(told)
    if consequences:
        blocks += [Heading(3, "Consequences"), Bullets(consequences)]
    blocks += [Heading(3, "Confirmation"), *_flips(told)]
    blocks += [
        Paragraph(
            (
                "Before the decision is renewed, check what has moved: ",
                Code("python main.py check FILE"),
                " in a checkout of the guide.",
            )
        ),
        Heading(2, "Pros and Cons of the Options"),
    ]
    for option in result.options:
        blocks += [Heading(3, option.label), Bullets(_pros_and_cons(told, option))]
    blocks += [Heading(2, "More Information"), _citation(told), _options(told), *_prices(told)]
    return [*blocks, _assumptions(told)]


def _paragraph(told: _Told) -> list[Block]:
    result = told.result
    said = text.sentence(result.headline)
    if result.flips:
        said += f" It flips with {_flip(told, 0)}"
    given = _given(told)
    if given:
        said += f" Inputs: {'; '.join(given)}; the rest as the guide has it."
    said += f" Prices of {text.day(result.day)}: "
    return [Paragraph((said, Link(told.link, told.link)))]


def _table(told: _Told) -> list[Block]:
    said = f"{told.calculator.question} Prices of {text.day(told.result.day)}: "
    return [_options(told), Paragraph((said, Link(told.link, told.link)))]


_RECORDS: Mapping[str, Callable[[_Told], list[Block]]] = {
    "full": _full,
    "madr": _madr,
    "paragraph": _paragraph,
    "table": _table,
}


def _context(told: _Told) -> list[Block]:
    given = _given(told)
    said = f"{told.calculator.question} "
    if not given:
        return [Paragraph((f"{said}For the guide’s own case; every input stands below.",))]
    said += "These inputs differ from the guide’s own case; the others stand below."
    return [Paragraph((said,)), Bullets(tuple((one,) for one in given))]


def _given(told: _Told) -> list[str]:
    given = told.result.reading.given
    fields = told.calculator.inputs.fields()
    return [
        f"{field.label}: {_value(field, told.facts, given[field.name])}"
        for field in fields
        if field.name in given
    ]


def _value(field: Field, facts: Facts, value: str) -> str:
    """An input as a reader says it: `5M requests a month`, `60 requests a day`, `30 %`."""
    return " ".join(worded(field, facts, value)).strip()


def _options(told: _Told) -> Grid:
    result = told.result
    once = any(option.once for option in result.options)
    heads = ["Option", text.heading(result.unit)]
    if result.spreads:
        heads.append("10th to 90th percentile")
    if once:
        heads.append("Paid once")
    rows = []
    for option in result.options:
        row: list[Inline] = [(option.label,)]
        row.append(("–" if option.refused else text.amount(float(option.total), result.unit),))
        if result.spreads:
            found = result.spreads.get(option.slug)
            ends = (found.p10, found.p90) if found else ()
            row.append((" to ".join(map(text.quantity, ends)) or "–",))
        if once:
            paid = 0.0 if option.refused else float(option.total_once)
            row.append((text.money(paid) if paid else "–",))
        if option.slug == result.best:
            outcome: Inline = (Strong(f"chosen: {result.superlative}"),)
        else:
            outcome = (_against(told, option),)
        rows.append((*row, outcome))
    return Grid((*heads, "Outcome"), tuple(rows), frozenset(range(1, len(heads))))


def _against(told: _Told, option: Option) -> str:
    """Why an option was not chosen."""
    if option.refused:
        return f"cannot be had: {option.refused}"
    if option.floor:
        return option.floor
    if told.best is None:
        return "not compared"
    mine, least = float(option.total), float(told.best.total)
    more = f"{text.amount(mine - least, told.result.unit)} more"
    return f"{more} ({text.figures(100 * (mine / least - 1))} %)" if least > 0 else more


def _rejected(told: _Told) -> Callable[[Option], Inline]:
    return lambda option: (Strong(f"{option.label}:"), f" {_against(told, option)}")


def _flip(told: _Told, at: int) -> str:
    flip = told.result.flips[at]
    way = "above" if flip.at > flip.now else "below"
    winner = told.result.option(flip.winner).label
    return (
        f"{flip.field.label} {way} {text.quantity(flip.at)} (now {text.quantity(flip.now)}): "
        f"then {winner} is {told.result.superlative}."
    )


def _flips(told: _Told) -> list[Block]:
    result = told.result
    if not result.flips:
        said = f"No input by itself changes which is {result.superlative}."
        return [Paragraph((said if result.best else "No option can be had with these inputs.",))]
    return [Bullets(tuple((_flip(told, i),) for i in range(min(len(result.flips), SHOWN_FLIPS))))]


def _warnings(told: _Told) -> tuple[Inline, ...]:
    said: list[Inline] = [(text.sentence(warning),) for warning in told.result.warnings]
    for notice in told.result.notices:
        when = f"{text.day(notice.when)}, {notice.offer}: {notice.text} "
        said.append((when, Link("source", notice.source.url)))
    return tuple(said)


def _assumptions(told: _Told) -> Grid:
    given = told.result.reading.given
    rows = tuple(
        (
            (field.label,),
            (_value(field, told.facts, given.get(field.name, field.default)),),
            (Code(field.name),),
        )
        for field in told.calculator.inputs.fields()
    )
    return Grid(("Input", "Value", "In links"), rows)


def _prices(told: _Told) -> list[Block]:
    if not told.result.bases:
        return [Paragraph(("No price enters this answer.",))]
    rows = []
    for basis in told.result.bases:
        prices = "; ".join(
            f"{meter.replace('_', ' ')} {text.price(price)}"
            for meter, price in basis.prices.items()
        )
        since = f"{'first seen ' if basis.first_seen else ''}{basis.since}"
        source = Link(basis.source.title, basis.source.url)
        read = f", read {basis.source.read} ({basis.confidence})"
        rows.append(((basis.offer,), (prices,), (since,), (source, read)))
    return [Grid(("Offer", "List prices", "In force since", "Source"), tuple(rows))]


def _citation(told: _Told) -> Paragraph:
    return Paragraph(citation.linked(_work(told)))


def _work(told: _Told) -> citation.Work:
    result = told.result
    return citation.Work(
        told.calculator.question,
        told.link,
        told.facts.book.day,
        result.slug,
        prices=result.day,
    )


def _typed(said: str) -> str:
    """Text that is to be pasted as it is, for editors that take rich text."""
    return html([Fence(said)])


def _outcome(told: _Told) -> Paragraph:
    if told.best is None:
        return Paragraph(("No option can be had with these inputs.",))
    said = f'Chosen option: "{told.best.label}", because it is {told.result.superlative}. '
    return Paragraph((said + text.sentence(told.result.headline),))


def _consequences(told: _Told) -> tuple[Inline, ...]:
    if told.best is None:
        return ()
    total = text.amount(float(told.best.total), told.result.unit)
    unit = text.unit_words(told.result.unit)
    good = f"Good, because it is {told.result.superlative}: {total} (in {unit})."
    return ((good,), *(("Bad, because: ", *warning) for warning in _warnings(told)))


def _pros_and_cons(told: _Told, option: Option) -> tuple[Inline, ...]:
    if option.refused:
        return ((f"Bad, because it cannot be had: {option.refused}",),)
    total = text.amount(float(option.total), told.result.unit)
    said: list[Inline] = [(f"Neutral, because it comes to {total}.",)]
    if option.slug == told.result.best:
        said = [(f"Good, because it is {told.result.superlative}: {total}.",)]
    elif option.floor:
        said.append((f"Neutral, because it is shown {option.floor}.",))
    elif told.best is not None:
        said = [(f"Bad, because it comes to {total}: {_against(told, option)}.",)]
    paid = float(option.total_once)
    if paid:
        said.append((f"Neutral, because {text.money(paid)} is paid once.",))
    return tuple(said)
