"""
A patch of new dated blocks, where price lists have another price than the book, for review.

The book itself is not touched, and none of its lines is: a block and its source are added.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from calculators.kernel.book import Book
from calculators.kernel.meters import METERS, SIZES
from calculators.kernel.offers import Block, Offer
from calculators.kernel.units import Quantity
from tools.book.comparison import COMPARED, DIFFERS, Report
from tools.book.feeds import Feed, above
from tools.records import records


@dataclass(frozen=True, slots=True)
class Change:
    """New prices of one offer from `start` on, by figure, as the lists in `feeds` have them."""

    offer: Offer
    before: Block
    start: date
    first_seen: bool
    prices: dict[str, str]
    feeds: tuple[Feed, ...]


def propose(book: Book, report: Report, lists: Sequence[Feed], data: Path) -> str:
    """
    A patch with a new dated block for each offer whose price no list has as the book has it.

    Left out are differences that are explained or probably a slip of the list, whatever is not
    a price, prices that the book gives as a share of another offer's, and what a list said
    before the book's block began. Raises DataError.
    """
    changes = list(_changes(book, report, lists))
    patch: list[str] = []
    for file, record in records(data).items():
        old = text = (data / f"{file}.yml").read_text(encoding="utf-8")
        for change in changes:
            if change.offer.id in record["offers"]:
                text = _with_block(text, change, report.day)
        name = f"{data.name}/{file}.yml"
        lines = (side.splitlines(keepends=True) for side in (old, text))
        patch += difflib.unified_diff(next(lines), next(lines), f"a/{name}", f"b/{name}")
    return "".join(patch)


def _changes(book: Book, report: Report, lists: Sequence[Feed]) -> Iterator[Change]:
    told = [
        figure
        for figure in report.figures
        if figure.verdict == DIFFERS
        and not (figure.explained or figure.doubtful)
        and figure.book not in figure.feeds.values()
        and figure.figure.partition(" above ")[0] in _PRICES
    ]
    # Where the lists contradict each other too, the one released last is taken.
    newest = sorted(lists, key=lambda feed: feed.released or date.min, reverse=True)
    told.sort(key=lambda figure: (figure.offer, figure.day))
    for name, of_offer in groupby(told, key=lambda figure: figure.offer):
        offer = book.offer(name)
        prices: dict[str, str] = {}
        for day, of_day in groupby(of_offer, key=lambda figure: figure.day):
            said = {figure.figure: figure.feeds for figure in of_day}
            new = {f: next(x[n.name] for n in newest if n.name in x) for f, x in said.items()}
            agreed = [n for n in newest if all(said[f].get(n.name) == p for f, p in new.items())]
            before = offer.on(day)
            if not agreed or "premium" in before.meters:
                continue
            prices = prices | new  # a later change builds on an earlier one
            start = day
            if day == report.day:
                entry = agreed[0].entry(offer.feeds[agreed[0].name], day)
                start = entry.since if entry and entry.since else date.min
            known = start > before.start
            if not known:
                start = agreed[0].released or day
            following = (block.start for block in offer.blocks if block.start > before.start)
            if before.start < start < next(following, date.max):
                yield Change(offer, before, start, not known, prices, tuple(agreed))


_PRICES = frozenset(COMPARED) - {*SIZES, "ends", "regional"}


def _with_block(text: str, change: Change, today: date) -> str:
    """The text of a data file with the change's block, and its source, added."""
    feed = change.feeds[0]
    record = yaml.load(text, Loader=yaml.BaseLoader)
    named = f"{feed.title},"
    source = next(
        (k for k, s in record["sources"].items() if f"{s['title']},".startswith(named)), ""
    )
    key = feed.name if feed.name not in record["sources"] else feed.title.lower().replace(" ", "-")
    lines = text.splitlines()

    rates = _child(_child(_child(yaml.compose(text), "offers"), change.offer.id), "rates")
    marks = {node.value: node.start_mark for node, _ in rates.value}
    mark = marks[max(day for day in marks if day < change.start.isoformat())]
    at = _end(lines, mark.line, mark.column)
    old = record["offers"][change.offer.id]["rates"][change.before.start.isoformat()]
    lines[at:at] = [" " * mark.column + line for line in _block_lines(change, old, source or key)]

    if not source:
        # The sources stand above the offers, so that their lines are where they were.
        sources = _child(yaml.compose(text), "sources")
        marks = {node.value: node.start_mark for node, _ in sources.value}
        before = [mark for name, mark in marks.items() if name < key]
        column = sources.start_mark.column
        at = _end(lines, before[-1].line, column) if before else sources.start_mark.line
        entry = (
            f"{key}:",
            f"  title: {feed.title}, the price list in its package",
            f"  url: {feed.url}",
            f"  read: {feed.released or today}",
        )
        lines[at:at] = [" " * column + line for line in entry]
    return "\n".join(lines) + "\n"


def _child(node: yaml.Node | None, name: str) -> yaml.MappingNode:
    assert isinstance(node, yaml.MappingNode)
    found = next(value for key, value in node.value if key.value == name)
    assert isinstance(found, yaml.MappingNode)
    return found


def _end(lines: list[str], start: int, column: int) -> int:
    """The line after the last of what stands deeper than `column` under line `start`."""
    end = start + 1
    for number in range(start + 1, len(lines)):
        if lines[number].strip():
            if not lines[number].startswith(" " * (column + 1)):
                break
            end = number + 1
    return end


def _block_lines(change: Change, old: dict[str, Any], source: str) -> Iterator[str]:
    meters = METERS[change.offer.kind]
    yield f"{change.start}:"
    for meter, price in old.items():
        if meter in meters:
            yield f"  {meter}: {change.prices.get(meter, price)}"
    if "above" in old:
        yield "  above:"
        for limit, tier in old["above"].items():
            yield f"    {limit}:"
            tokens = Quantity.parse(limit).to("tok")
            for meter, price in tier.items():
                yield f"      {meter}: {change.prices.get(above(meter, tokens), price)}"
    both = len(change.feeds) > 1
    yield f"  source: {source}"
    yield f"  confidence: {'two feeds agree' if both else 'one secondary source'}"
    if change.first_seen:
        yield "  dated: first seen"
    titles = " and ".join(feed.title for feed in change.feeds)
    told = re.sub(r"From [^;]+; read the vendor's page\.", "", old.get("note", "")).strip()
    note = f"{told} From {titles}{'' if both else ' alone'}; read the vendor's page.".strip()
    yield f"  note: {json.dumps(note, ensure_ascii=False)}"
