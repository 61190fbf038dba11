"""
Compare the book with independent price lists. `python -m tools.book.freshness [--help]`

Says for every vendor how many figures agree, shows each that does not and which side is newer,
what the lists have and the book lacks, and which sources were not read for long. It changes
nothing: `--propose` writes a patch for review. No clock is read; the day is the book's own,
or `--on`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tools.book import feeds
from tools.book.comparison import DIFFERS, NEW_MODELS, NO_BOOK, STALE, Figure, Report, compare
from tools.book.feeds import FeedError
from tools.book.proposal import propose
from tools.paths import DATA, ROOT
from tools.records import DataError, book

PROPOSAL = ROOT / "build" / "proposal.patch"

ISSUE = 60_000  # characters that the body of an issue may have, and a little room


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table with a sentence before it, or instead of it where there are no rows."""

    title: str
    text: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]


def sections(report: Report, names: Sequence[str]) -> Iterator[Section]:
    """The report as tables, for lists of these names."""
    lists = ", ".join(f"{title} ({day or 'release date unknown'})" for title, day in report.lists)
    yield Section(
        "Agreement",
        f"Figures in force on {report.day}, and announced changes, against {lists}.",
        ("vendor", "compared", "agree", "differ", "explained", "in no feed", "not in the book"),
        [tuple(str(value) for value in dataclasses.astuple(tally)) for tally in report.tallies],
    )
    differing = [figure for figure in report.figures if figure.verdict == DIFFERS]
    open_rows = [figure for figure in differing if not figure.explained]
    yield Section(
        "Differences to settle",
        "A price to correct, or a sentence to write under `disputed` that names the other figure."
        if open_rows
        else "None.",
        ("offer", "figure", "day", "book", *names, "newer", "remark"),
        [_row(figure, report, names, "") for figure in open_rows],
    )
    settled = [figure for figure in differing if figure.explained]
    yield Section(
        "Differences explained",
        "The book says why." if settled else "None.",
        ("offer", "figure", "day", "book", *names, "newer", "explained"),
        [_row(figure, report, names, figure.explained) for figure in settled],
    )
    lacking = [figure for figure in report.figures if figure.verdict == NO_BOOK]
    yield Section(
        "Figures that the book lacks",
        "The offer is in the book, the figure is not." if lacking else "None.",
        ("offer", "figure", "day", *names, "explained"),
        [
            (
                f.offer,
                f.figure,
                _on(f, report),
                *(f.feeds.get(name, "") for name in names),
                f.explained,
            )
            for f in lacking
        ],
    )
    yield Section(
        "New models",
        f"Of vendors in the book, at most {NEW_MODELS} each, newest first by their names."
        if report.new_models
        else "None.",
        ("vendor", "model", "input", "output", "since", "listed by"),
        [
            (m.vendor, m.model, m.input, m.output, str(m.since or ""), ", ".join(m.feeds))
            for m in report.new_models
        ],
    )
    yield Section(
        "Sources to read again",
        f"Not read in the {STALE.days} days before {report.day}, and a price rests on them."
        if report.old_sources
        else f"None: all were read in the {STALE.days} days before {report.day}.",
        ("vendor", "source", "read", "days ago", "address"),
        [(s.vendor, s.title, str(s.read), str(s.days), s.url) for s in report.old_sources],
    )
    if report.settled:
        yield Section(
            "Disputes that are over",
            "`disputed` stands in the block in force, and no list contradicts the book any more.",
            ("offer", "disputed"),
            list(report.settled),
        )
    if report.lost_keys:
        yield Section(
            "Names that a list does not know",
            "Correct them under `feeds`, or take them out.",
            ("offer", "list", "name"),
            list(report.lost_keys),
        )
    if report.unlisted:
        yield Section(
            "Offers compared with nothing",
            "They have no `feeds`; no list may know them.",
            ("vendor", "offer"),
            list(report.unlisted),
        )


def _row(figure: Figure, report: Report, names: Sequence[str], remark: str) -> tuple[str, ...]:
    if not remark:
        remark = "probably the feed" if figure.doubtful else figure.remark
    said = (figure.feeds.get(name, "") for name in names)
    return (
        figure.offer,
        figure.figure,
        _on(figure, report),
        figure.book,
        *said,
        figure.newer,
        remark,
    )


def _on(figure: Figure, report: Report) -> str:
    return "" if figure.day == report.day else figure.day.isoformat()


def as_text(parts: Iterable[Section]) -> str:
    """The tables in columns, for a terminal."""
    lines = []
    for part in parts:
        lines += [part.title, "=" * len(part.title), part.text, ""]
        if part.rows:
            table = [part.head, *part.rows]
            widths = [max(map(len, column)) for column in zip(*table, strict=True)]
            table.insert(1, tuple("-" * width for width in widths))
            for row in table:
                cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                lines.append("  ".join(cells).rstrip())
            lines.append("")
    return "\n".join(lines)


def as_markdown(parts: Iterable[Section], longest: int = 80) -> str:
    """The tables for an issue, with as many rows of each as let it fit into one."""
    parts = list(parts)
    text = _markdown(parts, longest)
    return as_markdown(parts, longest // 2) if len(text) > ISSUE and longest else text


def _markdown(parts: Iterable[Section], longest: int) -> str:
    lines = []
    for part in parts:
        lines += [f"## {part.title}", "", part.text, ""]
        if part.rows:
            lines += [_markdown_row(part.head), _markdown_row(("---",) * len(part.head))]
            # As code, a name from a list can neither format the page nor call anyone.
            lines += [
                _markdown_row([f"`{cell.replace('`', '')}`" if cell else "" for cell in row])
                for row in part.rows[:longest]
            ]
            lines.append("")
            if len(part.rows) > longest:
                more = len(part.rows) - longest
                lines += [f"And {more} more: `make freshness` shows all.", ""]
    return "\n".join(lines)


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def as_json(report: Report) -> str:
    """The whole report."""
    return json.dumps(dataclasses.asdict(report), default=str, ensure_ascii=False, indent=2)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.book.freshness", description="Compare the book with price lists."
    )
    parser.add_argument(
        "--feeds", type=Path, metavar="DIR", help="wheels that are here already; nothing is loaded"
    )
    parser.add_argument(
        "--on", type=date.fromisoformat, metavar="DAY", help="compare the prices of this day"
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="everything, for another program")
    shape.add_argument("--markdown", action="store_true", help="the body of an issue")
    parser.add_argument(
        "--propose", action="store_true", help="write a patch with new blocks for review"
    )
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("--patch", type=Path, default=PROPOSAL, help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    try:
        facts = book(given.data)
        folder = given.feeds
        if folder is None:
            folder = ROOT / "build" / "feeds"
            feeds.fetch(folder)
        lists = feeds.read(folder)
        report = compare(facts, lists, given.on or facts.day)
        if given.propose:
            patch = propose(facts, report, lists, given.data)
            given.patch.parent.mkdir(parents=True, exist_ok=True)
            given.patch.write_text(patch, encoding="utf-8")
            note = "Read it, then: git apply" if patch else "No price to propose, empty:"
            print(f"{note} {given.patch}", file=sys.stderr)
    except (DataError, FeedError) as error:
        print(error, file=sys.stderr)
        return 2
    if given.json:
        print(as_json(report))
        return 0
    parts = sections(report, [feed.name for feed in lists])
    print(as_markdown(parts) if given.markdown else as_text(parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
