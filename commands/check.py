"""
Check the links to this guide in Markdown files: `python main.py check FILE…`.

Each link is worked out at the prices of its own day and at those of today. Three things may come
of it, and the worst of them is the exit code: 0, nothing to do (notes included); 1, the figure has
moved by more than the threshold, or another option wins; 2, a link that cannot be worked out.

A figure in the prose beside a link is not compared: the link says by itself what it stood for.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from calculators import find
from calculators.kernel.book import Book
from calculators.kernel.calculator import Calculator, Result
from calculators.kernel.drift import Change, Drift, drift
from calculators.kernel.request import DAY, read_day, read_request
from views import text
from views.answer.drift import moved, signed
from views.answer.form import parameters, query
from views.answer.html import figures
from views.answer.record import GUIDE

THRESHOLD = 5.0  # percent: less is within what three figures and a list price are good for
MOST_FAULTS = 5  # of one link that are listed
LONGEST = 4_000  # letters of one address
MOST_LINKS = 5_000  # of one run that are worked out

_PATH = re.compile(
    r"(?<![\w-])calculators/(?P<slug>[a-z0-9-]{1,64})/(?:index\.html)?(?P<rest>[?#][^\s<>\"']*)?"
)
_BEFORE = re.compile(r"[^\s<>\"'(\[]*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]")

NOTE, DRIFT, BAD = "note", "drift", "bad"
CODES = {"ok": 0, NOTE: 0, DRIFT: 1, BAD: 2}
RULES = {
    BAD: "The link cannot be worked out",
    DRIFT: "The figure behind the link has moved",
    NOTE: "The link works and could say more",
}
_LEVELS = {BAD: "error", DRIFT: "warning", NOTE: "note"}
_ANNOTATIONS = {BAD: "error", DRIFT: "warning", NOTE: "notice"}


@dataclass(frozen=True, slots=True)
class Place:
    """A link, and where it stands: lines and columns count from 1."""

    file: str
    line: int
    column: int
    link: str
    slug: str
    query: str
    part: str


@dataclass(slots=True)
class Verdict:
    """What came of a link: `then` and `now` are the figure that it stands for, in `unit`."""

    severity: str = "ok"
    messages: list[str] = field(default_factory=list)
    figure: str = ""
    unit: str = ""
    on: str = ""
    today: str = ""
    then: float | None = None
    now: float | None = None
    percent: float | None = None
    best_then: str = ""
    best_now: str = ""
    moved: list[dict[str, Any]] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    link_today: str = ""

    def say(self, severity: str, message: str) -> None:
        self.messages.append(message)
        self.severity = max(self.severity, severity, key=("ok", NOTE, DRIFT, BAD).index)


def links(file: str, content: str, site: str = "") -> Iterator[Place]:
    """
    Every link to a case of a calculator in a text: on any host, or relative.

    A link without a query or a part names no case. A slug that is none of ours is somebody
    else's, unless the link begins with `site`, the guide's own address.
    """
    for number, line in enumerate(content.splitlines(), 1):
        for match in _PATH.finditer(line):
            rest = _ended(match["rest"] or "")
            if not rest:
                continue
            before = _BEFORE.search(line, max(0, match.start() - 300), match.start())
            start = before.start() if before else match.start()
            link = line[start : match.start("rest")] + rest
            if not find(match["slug"]) and not (site and link.startswith(site)):
                continue
            # Only what HTML must write so: `&para` would be a sign, and `&parameters` is an input.
            search, _, part = rest.replace("&amp;", "&").partition("#")
            yield Place(
                file, number, start + 1, link, match["slug"], search.removeprefix("?"), part
            )


def _ended(rest: str) -> str:
    """The rest of an address without what belongs to the sentence or to Markdown around it."""
    rest = rest[:LONGEST]
    depth = 0
    for at, letter in enumerate(rest):
        depth += (letter == "(") - (letter == ")")
        if depth < 0 or letter in "]|`\\":
            rest = rest[:at]
            break
    return rest.rstrip(".,;:!*_")


def verdict(book: Book, place: Place, today: date, threshold: float = THRESHOLD) -> Verdict:
    """What a link says, then and today; moved further than `threshold` percent, it has drifted."""
    said = Verdict(today=today.isoformat())
    calculator = find(place.slug)
    if calculator is None:
        said.say(BAD, f"there is no calculator {place.slug}")
        return said
    given = parameters(place.query)
    when = given.get(DAY, "")
    request = read_request(book, calculator, given if when else {**given, DAY: f"{today}"})
    facts, reading, day = request.facts, request.reading, request.facts.day
    for fault in request.faults()[:MOST_FAULTS]:
        said.say(BAD, fault)
    if DAY not in request.problems:
        said.on = day.isoformat()
    if said.severity == BAD:
        return said
    said.renamed = dict(reading.renamed)
    if calculator.slug != place.slug:
        said.renamed[place.slug] = calculator.slug
    for old, new in said.renamed.items():
        said.say(NOTE, f"{old} is called {new} now; the link is read as that")
    said.link_today = f"calculators/{calculator.slug}/?{query(reading.given)}"
    if not when:
        said.say(NOTE, f"no day is named, so the figure moves with the prices: add on={today}")
    if when and day > book.day:
        said.say(NOTE, f"on={day} is later than this copy of the guide, read last on {book.day}")
    then = calculator.answer_to(facts, reading)
    again = calculator.inputs.read(reading.given, book.on(today))
    if again.problems:
        gone = " ".join(again.problems.values())
        said.say(DRIFT, f"there is no such answer on {text.day(today)}: {gone}")
        return said
    now = calculator.answer_to(book.on(today), again)
    found = drift(calculator.formula, reading.inputs, facts, book.on(today))
    _compare(said, calculator, place.part, then, now, found, threshold)
    return said


def _compare(
    said: Verdict,
    calculator: Calculator,
    part: str,
    then: Result,
    now: Result,
    found: Drift,
    threshold: float,
) -> None:
    part = calculator.moved.get(part, part)
    part = part if part in figures(then) else f"items-{then.best}"
    said.best_then, said.best_now = then.best, now.best
    if part not in figures(then):
        if now.best:
            said.say(DRIFT, f"nothing could be had then; now {now.option(now.best).label} can")
        return
    old, new = figures(then)[part], figures(now).get(part)
    said.figure, said.unit, said.then = old.label, old.unit, old.value
    said.now = new.value if new else None
    figure = f"{said.figure}: {text.amount(old.value, old.unit)} on {text.day(then.day)}"
    # A line item is a part of its option's total, and has the same prices behind it.
    touching = [one for one in found.changes if old.option in {*one.effects, *one.once}]
    said.moved = [_moved(one, old.option, then.unit, found.back) for one in touching]
    if said.now is None:
        said.say(DRIFT, f"{figure} is not to be had on {text.day(now.day)}")
    else:
        grown = said.now - old.value
        said.percent = 100 * grown / abs(old.value) if old.value else (100.0 if grown else 0.0)
        if abs(said.percent) > threshold:
            change = f"{'+' if grown > 0 else '−'}{text.figures(abs(said.percent))} %"
            price = text.amount(said.now, said.unit)
            said.say(DRIFT, f"{figure} is {price} on {text.day(now.day)} ({change})")
    if now.best != then.best and now.best:
        was, is_now = (one.option(one.best).label for one in (then, now))
        said.say(DRIFT, f"{now.superlative} was {was} and is {is_now} on {text.day(now.day)}")


def _moved(change: Change, slug: str, unit: str, back: bool) -> dict[str, Any]:
    effect = change.effects.get(slug, 0.0)
    once = change.once.get(slug, 0.0)
    shown = [signed(effect, unit)] if effect else []
    shown += [f"{signed(once, 'USD')} once"] if once else []
    return {
        "offer": change.offer,
        "meter": change.meter,
        "then": _price(change.then),
        "now": _price(change.now),
        "changed": change.changed.isoformat(),
        "source": change.source.url,
        "effect": effect,
        "effect_once": once,
        "said": f"{moved(change, back)}: {' and '.join(shown)}",
    }


def _price(price: Any) -> dict[str, Any] | None:
    if price is None:
        return None
    return {"number": price.factors[0].number, "unit": price.factors[0].unit}


def check(
    book: Book,
    files: Sequence[tuple[str, str]],
    today: date | None = None,
    threshold: float = THRESHOLD,
    site: str = "",
) -> list[tuple[Place, Verdict]]:
    """Every link in these files (name and content) with its verdict; each case worked out once."""
    known: dict[tuple[str, str, str], Verdict] = {}
    found: list[tuple[Place, Verdict]] = []
    for name, content in files:
        for place in links(name, content, site):
            case = (place.slug, place.query, place.part)
            if case not in known:
                if len(known) == MOST_LINKS:
                    over = Verdict()
                    over.say(BAD, f"more than {MOST_LINKS} links; check fewer files at a time")
                    return [*found, (place, over)]
                known[case] = verdict(book, place, today or book.day, threshold)
            found.append((place, known[case]))
    return found


def shown(value: str) -> str:
    """Text of a stranger on one line: what a terminal would obey is written out."""
    safe = _CONTROL.sub(lambda one: f"\\x{ord(one[0]):02x}", value)
    return safe.encode("utf-8", "backslashreplace").decode("utf-8")


def as_text(found: Sequence[tuple[Place, Verdict]]) -> str:
    """One line for each thing to know, and the prices that moved below it; the sum at the end."""
    lines = []
    for place, said in found:
        where = f"{place.file}:{place.line}:{place.column}"
        for message in said.messages:
            lines.append(shown(f"{where}: {said.severity}: {message}"))
        if said.severity == DRIFT:
            lines += [shown(f"    {one['said']}") for one in said.moved]
            lines.append(shown(f"    today: {said.link_today}"))
    counts = {name: sum(said.severity == name for _, said in found) for name in CODES}
    told = ", ".join(f"{counts[name]} {name}" for name in (BAD, DRIFT, NOTE) if counts[name])
    lines.append(f"{len(found)} links to {GUIDE} checked: {told or 'all as they were'}")
    return "\n".join(lines) + "\n"


def as_json(found: Sequence[tuple[Place, Verdict]]) -> str:
    """Everything, for a script."""
    whole = [asdict(place) | asdict(said) for place, said in found]
    return json.dumps({"schema_version": 1, "links": whole}, indent=2) + "\n"


def as_sarif(found: Sequence[tuple[Place, Verdict]]) -> str:
    """SARIF 2.1.0, as code scanning reads it."""
    results = [
        {
            "ruleId": said.severity,
            "level": _LEVELS[said.severity],
            "message": {"text": "; ".join([*said.messages, *(one["said"] for one in said.moved)])},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(place.file)},
                        "region": {
                            "startLine": place.line,
                            "startColumn": place.column,
                            "endColumn": place.column + len(place.link),
                        },
                    }
                }
            ],
        }
        for place, said in found
        if said.severity in _LEVELS
    ]
    rules = [{"id": name, "shortDescription": {"text": words}} for name, words in RULES.items()]
    return (
        json.dumps(
            {
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [
                    {
                        "tool": {"driver": {"name": f"{GUIDE} links", "rules": rules}},
                        "results": results,
                    }
                ],
            },
            indent=2,
        )
        + "\n"
    )


def _uri(file: str) -> str:
    return quote(Path(file).as_posix().encode("utf-8", "surrogateescape"), safe="/-._~")


def as_github(found: Sequence[tuple[Place, Verdict]]) -> str:
    """Annotations of GitHub's workflow commands."""
    lines = []
    for place, said in found:
        if said.severity in _ANNOTATIONS:
            words = "\n".join([*said.messages, *(one["said"] for one in said.moved)])
            lines.append(
                f"::{_ANNOTATIONS[said.severity]} file={_property(place.file)},line={place.line},"
                f"col={place.column},title={_property(RULES[said.severity])}::{_message(words)}"
            )
    return "\n".join([*lines, as_text(found).splitlines()[-1]]) + "\n"


def _message(words: str) -> str:
    lines = (shown(line) for line in words.split("\n"))
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(words: str) -> str:
    return shown(words).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


FORMATS = {"text": as_text, "json": as_json, "sarif": as_sarif, "github": as_github}


def main(arguments: Sequence[str], book: Book) -> int:
    """The command: prints what it found and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python main.py check",
        description="Check the links to this guide in Markdown files.",
        epilog="Exit: 0 nothing to do, 1 a figure has moved, 2 a bad link or file.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument(
        "--threshold",
        type=float,
        default=THRESHOLD,
        metavar="PERCENT",
        help=f"how far a figure may move (default {THRESHOLD:g})",
    )
    parser.add_argument("--on", default="", metavar="DAY", help="today, if not the guide's own day")
    parser.add_argument("--format", choices=FORMATS, default="text")
    options = parser.parse_args(list(arguments))
    facts, problems = read_day(book, options.on)
    if problems:
        print(f"{DAY}: {problems[DAY]}", file=sys.stderr)
        return CODES[BAD]
    files, unread = [], []
    for name in options.files:
        try:
            files.append((name, Path(name).read_text("utf-8", errors="replace")))
        except (OSError, ValueError) as error:
            unread.append(shown(f"{name}: {error}"))
    site = os.environ.get("SITE_URL", "")
    found = check(book, files, facts.day, options.threshold, site)
    print(FORMATS[options.format](found), end="")
    for line in unread:
        print(line, file=sys.stderr)
    return max([CODES[said.severity] for _, said in found] + [CODES[BAD]] * bool(unread) + [0])
