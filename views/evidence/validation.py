"""
The page about validation: how far our figures are from what others published.

What is worked out stands in `tools/book/validation.py`; here it is only shown. A part of the page
that has headings of its own is Markdown with HTML blocks, so that they get into the table of
contents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from views import tables, text
from views.answer.form import query
from views.book.offers import TOP


@dataclass(frozen=True, slots=True)
class Goal:
    """
    What is asked of a group: to be `within` a share, or `digits` for what is printed.

    By the median of its errors, or, where `each` says so, in every case.
    """

    title: str
    within: str
    each: bool = False


# A group is counted under the goal that its cases name.
GOALS = {
    goal.within: goal
    for goal in (
        Goal("Vendors' worked bills", "0.5 %", each=True),
        Goal("Statistics", "digits", each=True),
        Goal("Memory", "10 %"),
        Goal("Training hours", "25 %"),
        Goal("Serving throughput and times", "30 %"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A published figure beside ours; `error` is a share of the published one, with its sign."""

    name: str
    published: str
    unit: str
    ours: float
    error: float
    tolerance: str
    agrees: bool
    source: str
    url: str
    basis: str
    shape: str
    note: str
    wrong: str
    given: Mapping[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cases from one table or log. `used` says what was set with it in view."""

    name: str
    cases: tuple[Checked, ...]
    median: float
    worst: float
    goal: Goal
    met: bool
    missed: str
    used: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The groups of one calculator."""

    slug: str
    question: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """All groups of one goal; `median` is that of the medians of the groups."""

    goal: Goal
    cases: int
    groups: int
    meeting: int
    median: float
    worst: float


def validation(found: Sequence[Standing], rows: Sequence[Summary], part: str) -> str:
    """A part of the page: `answer`, `goals`, `misses`, `wrong` or `calculators`."""
    if part in ("answer", "goals"):
        return _answer(rows) if part == "answer" else _goals(rows)
    parts: dict[str, Callable[[Sequence[Standing]], str]] = {
        "misses": _misses,
        "wrong": _wrong,
        "calculators": _calculators,
    }
    return parts[part](found)


def _answer(rows: Sequence[Summary]) -> str:
    said = []
    for row in rows:
        title, within, cases = row.goal.title, row.goal.within, _cases(row.cases)
        if within == "digits":
            exact = row.meeting == row.groups
            said.append(f"{title}: {cases}, {'all' if exact else 'not all'} to the printed digit.")
        elif row.goal.each:
            said.append(f"{title}: {cases}, worst {_share(row.worst)}.")
        else:
            said.append(
                f"{title}: {cases} in {row.groups} groups, {_share(row.median)} off in the median "
                f"group; {row.meeting} groups are within {within}."
            )
    return " ".join(escape(one, quote=False) for one in said)


def _goals(rows: Sequence[Summary]) -> str:
    body = "".join(
        f'<tr><th scope="row">{escape(row.goal.title)}</th><td>{_asked(row.goal)}</td>'
        f'<td class="number">{row.cases}</td>'
        f'<td class="number">{row.meeting} of {row.groups}</td>'
        f'<td class="number">{_off(row, row.median)}</td>'
        f'<td class="number">{_off(row, row.worst)}</td>'
        f"<td>{_standing(row)}</td></tr>"
        for row in rows
    )
    heads = (
        ("Goal", ""),
        ("Asked", ""),
        ("Cases", "number"),
        ("Groups that meet it", "number"),
        ("Median of groups", "number"),
        ("Worst case", "number"),
        ("Met", ""),
    )
    return f'<section class="prices">{_table("Goals", heads, body)}</section>'


def _asked(goal: Goal) -> str:
    if goal.within == "digits":
        return "every printed digit"
    within = goal.within.replace(" ", "\N{NO-BREAK SPACE}")
    return f"each within {within}" if goal.each else f"median within {within}"


def _standing(row: Summary) -> str:
    if row.meeting == row.groups:
        return "yes"
    missed = row.groups - row.meeting
    groups = f"{missed} {'group' if missed == 1 else 'groups'}"
    if not row.goal.each and row.median <= float(row.goal.within.removesuffix("%")) / 100:
        return f'in the median; <a href="#misses">not in {groups}</a>'
    return f'<a href="#misses">not in {groups}</a>'


def _off(row: Summary, share: float) -> str:
    """How far off; nothing where every printed digit is met."""
    exact = row.goal.within == "digits" and row.meeting == row.groups
    return _share(0) if exact else _share(share)


def _misses(found: Sequence[Standing]) -> str:
    items = "".join(
        f'<dt><a href="#{_id(one.slug, group.name)}">{escape(group.name)}</a>: median '
        f"{_share(group.median)}, asked for {group.goal.within}</dt><dd>{escape(group.missed)}</dd>"
        for one in found
        for group in one.groups
        if group.missed
    )
    return f'<dl class="validation">{items}</dl>' if items else "<p>None.</p>"


def _wrong(found: Sequence[Standing]) -> str:
    body = "".join(
        f"<tr>{_named(one.slug, case)}"
        f'<td class="number">{_printed(case.published)} {escape(case.unit)}</td>'
        f'<td class="number">{_ours(case)} {escape(case.unit)}</td>'
        f'<td class="prices__source">{escape(case.wrong)}</td>'
        f'<td class="prices__source">{_source(case)}</td></tr>'
        for one in found
        for group in one.groups
        for case in group.cases
        if case.wrong
    )
    heads = (
        ("Figure", ""), ("Published", "number"), ("Right", "number"), ("Why", ""), ("Source", ""),
    )  # fmt: skip
    table = _table("Published figures that are wrong", heads, body)
    return f'<section class="prices">{table}</section>'


def _calculators(found: Sequence[Standing]) -> str:
    return "\n\n".join(_calculator(one) for one in found)


def _calculator(one: Standing) -> str:
    cases = sum(len(group.cases) for group in one.groups)
    learnt = any(group.used for group in one.groups)
    heads = [
        ("Group", "text"),
        ("Cases", "number"),
        ("Median error", "number"),
        ("Worst", "number"),
        ("Goal", "text"),
        ("Met", "text"),
    ]
    if learnt:
        heads.append(("Set from it", "text"))
    groups = "".join(_group_row(one.slug, group, learnt) for group in one.groups)
    heads_of_cases = (
        ("Case", "text"), ("Group", "text"), ("Published", "number"), ("Ours", "number"),
        ("Error", "number"), ("Tolerance", "number"), ("Source", "text"),
    )  # fmt: skip
    rows = "".join(_case_row(one.slug, group, case) for group in one.groups for case in group.cases)
    every = _table(f"Cases: {one.question}", heads_of_cases, rows, tables.search_box("cases"))
    # The blank lines are Markdown's: a heading, a paragraph, and then one block of HTML.
    return (
        f"### {one.question} {{ #{one.slug} }}\n\n"
        f"[The calculator](../calculators/{one.slug}.md) is checked against {_cases(cases)} in "
        f"{len(one.groups)} {'group' if len(one.groups) == 1 else 'groups'}.\n\n"
        '<section class="prices" data-search-exclude>'
        f"{_table(f'Groups: {one.question}', heads, groups)}"
        f'<details class="prices__fold"><summary>Every case ({cases})</summary>{every}</details>'
        "</section>"
    )


def _group_row(slug: str, group: Group, learnt: bool) -> str:
    goal = "printed digits" if group.goal.within == "digits" else group.goal.within
    met = ("yes" if group.met else '<a href="#misses">no</a>') if group.goal.within else ""
    exact = group.goal.within == "digits" and group.met
    median, worst = (0.0, 0.0) if exact else (group.median, group.worst)
    last = f"<td>{escape(group.used) or 'nothing'}</td>" if learnt else ""
    return (
        f'<tr id="{_id(slug, group.name)}"><th scope="row">{escape(group.name)}</th>'
        f'<td class="number" data-sort="{len(group.cases)}">{len(group.cases)}</td>'
        f'<td class="number" data-sort="{median:.5f}">{_share(median)}</td>'
        f'<td class="number" data-sort="{worst:.5f}">{_share(worst)}</td>'
        f"<td>{goal or 'none'}</td><td>{met}</td>{last}</tr>"
    )


def _case_row(slug: str, group: Group, case: Checked) -> str:
    tolerance = "printed digits" if case.tolerance == "digits" else case.tolerance
    bound = "0" if case.tolerance == "digits" else case.tolerance.removesuffix("%").strip()
    error = "wrong figure" if case.wrong else _signed(case)
    return (
        f"<tr>{_named(slug, case)}<td>{escape(group.name)}</td>"
        f'<td class="number" data-sort="{case.published}">{_printed(case.published)} '
        f"{escape(case.unit)}</td>"
        f'<td class="number" data-sort="{case.ours:.6g}">{_ours(case)} {escape(case.unit)}</td>'
        f'<td class="number" data-sort="{abs(case.error):.6f}">{error}</td>'
        f'<td class="number" data-sort="{bound}">{tolerance}</td>'
        f'<td class="prices__source">{_source(case)}</td></tr>'
    )


def _named(slug: str, case: Checked) -> str:
    name = escape(case.name)
    if case.given is not None:
        name = f'<a href="{escape(f"{TOP}calculators/{slug}/?{query(case.given)}")}">{name}</a>'
    note = f"<small>{escape(case.note)}</small>" if case.note else ""
    return f'<th scope="row" class="checked">{name}{note}</th>'


def _source(case: Checked) -> str:
    basis = "" if case.basis == "verified" else f" ({escape(case.basis)})"
    shape = f'; <a href="{escape(case.shape)}">shape</a>' if case.shape else ""
    return f'<a href="{escape(case.url)}">{escape(case.source)}</a>{basis}{shape}'


def _printed(figure: str) -> str:
    """A published figure with all the digits that were printed."""
    whole, point, decimals = figure.partition(".")
    return f"{int(whole):,}{point}{decimals}"


def _ours(case: Checked) -> str:
    """As many decimals as were printed, where that many count."""
    if case.wrong:
        return text.figures(case.ours, 4)
    return f"{case.ours:,.{len(case.published.partition('.')[2])}f}"


def _signed(case: Checked) -> str:
    if case.tolerance == "digits" and case.agrees:
        return "0"
    sign = "−" if case.error < 0 else "+"
    return f"{sign}{_share(abs(case.error))}"


def _share(share: float) -> str:
    """`0.2 %`, `14 %`, and 0 for what is equal but for the last digit of a float."""
    percent = share * 100
    if percent < 0.005:
        return "0\N{NO-BREAK SPACE}%"
    if percent < 0.1:
        return f"{percent:.2f}\N{NO-BREAK SPACE}%"
    return f"{percent:.{0 if percent >= 10 else 1}f}\N{NO-BREAK SPACE}%"


def _cases(count: int) -> str:
    return f"{count} {'case' if count == 1 else 'cases'}"


def _id(slug: str, name: str) -> str:
    return f"{slug}--{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}"


def _table(label: str, heads: Sequence[tuple[str, str]], body: str, above: str = "") -> str:
    head = "".join(tables.head(title, sort) for title, sort in heads)
    table = (
        f'<table class="prices__table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )
    return f"<price-table>{above}{tables.scrolled(label, table)}</price-table>"
