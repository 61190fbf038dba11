"""
What a change of the data means, as tables for a review: `python -m tools.book.datadiff [REV]`.

Compares the price book in the working tree with that of a commit, `HEAD` unless told, and prints
Markdown: offers, prices, lifecycle, sources read again, and what else has changed. It reads the
text of the files and not their meaning, so that it works where either side breaks a rule.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from calculators.kernel.units import Quantity, UnitError
from tools.paths import ROOT
from tools.records import DataError, records

Record = Mapping[str, Any]
Row = tuple[str, ...]

# Fields of a block that are neither a price nor its proof.
BLOCK_WORDS = ("confidence", "dated", "note", "disputed")
NONE = "—"


class GitError(Exception):
    """The commit cannot be read; the message is git's."""


@dataclass
class Section:
    """One table; it is printed where it has rows."""

    title: str
    columns: Row
    rows: list[Row] = field(default_factory=list)


def git(root: Path, *command: str) -> str:
    """What git says. Raises GitError."""
    told = subprocess.run(
        ["git", "-C", str(root), *command], capture_output=True, encoding="utf-8", check=False
    )
    if told.returncode:
        raise GitError(told.stderr.strip())
    return told.stdout


def records_at(root: Path, revision: str) -> dict[str, Any]:
    """The records of `data/` in a commit. Raises GitError or DataError."""
    git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    listed = git(root, "ls-tree", "-r", "-z", "--name-only", revision, "--", "data")
    with tempfile.TemporaryDirectory() as scratch:
        for name in filter(lambda name: name.endswith(".yml"), listed.split("\0")):
            path = Path(scratch) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(git(root, "show", f"{revision}:{name}"), "utf-8")
        return records(Path(scratch) / "data")


def compare(old: Record, new: Record) -> list[Section]:
    """The tables of what differs between two sets of records."""
    added = Section("Offers added", ("Offer", "Name", "Kind", "Prices", "Since", "Source"))
    removed = Section("Offers removed", ("Offer", "Name", "Kind"))
    prices = Section("Prices", ("Offer", "Meter", "From", "To", "Since", "Source"))
    lifecycle = Section("Lifecycle", ("Offer", "Day", "From", "To", "Source"))
    other = Section("Other fields", ("Offer", "Field", "From", "To"))
    sources = Section("Sources", ("File", "Source", "Field", "From", "To"))
    before, after = _offers(old), _offers(new)
    for name in sorted({*before, *after}):
        if name not in before:
            added.rows += _added(name, *after[name])
        elif name not in after:
            offer = before[name][0]
            removed.rows.append((name, offer.get("name", ""), offer.get("kind", "")))
        else:
            was, now = before[name][0], after[name][0]
            cited = after[name][1]
            prices.rows += _prices(name, was, now, cited)
            lifecycle.rows += _lifecycle(name, was, now, cited)
            other.rows += _fields(name, was, now)
    for file in sorted({*old, *new}):
        sources.rows += _sources(file, old.get(file, {}), new.get(file, {}))
    return [added, removed, prices, lifecycle, other, sources]


def _offers(book: Record) -> dict[str, tuple[Record, Record]]:
    """Every offer with the sources of its file, by id."""
    return {
        name: (offer, record.get("sources", {}))
        for record in book.values()
        for name, offer in record.get("offers", {}).items()
    }


def _added(name: str, offer: Record, sources: Record) -> Iterator[Row]:
    """One row for each block of a new offer, or for the reason why it has no price."""
    head = (name, offer.get("name", ""), offer.get("kind", ""))
    if "not_published" in offer:
        why = f"not published: {offer['not_published']}"
        yield (*head, why, NONE, _cited(sources, offer.get("source", "")))
    for day, block in offer.get("rates", {}).items():
        told = ", ".join(f"{meter} {price}" for meter, price in _meters(block).items())
        yield (*head, told, _since(day, block), _cited(sources, block.get("source", "")))


def _prices(name: str, was: Record, now: Record, sources: Record) -> Iterator[Row]:
    old, new = was.get("rates", {}), now.get("rates", {})
    before = {day: earlier for earlier, day in pairwise(sorted(new))}
    for day in sorted({*old, *new}):
        if day not in new:
            yield from (
                (name, meter, price, NONE, f"{day}, removed from the history", NONE)
                for meter, price in _meters(old[day]).items()
            )
            continue
        # A new block is a change of the one before it; another one rewrites its own past.
        past = old[day] if day in old else new.get(before.get(day, ""), {})
        since = _since(day, new[day]) + (", corrected" if day in old else "")
        cited = _cited(sources, new[day].get("source", ""))
        if day not in old and "withdrawn" in new[day]:
            yield name, "all", "on sale", f"ends: {new[day]['withdrawn']}", since, cited
            continue
        for meter, first, then in _differing(_meters(past), _meters(new[day])):
            yield name, meter, first, then, since, cited


def _meters(block: Record) -> dict[str, str]:
    """The prices of a block as they are written, those of long prompts and its end included."""
    about = {"source", "above", *BLOCK_WORDS}
    found = {meter: price for meter, price in block.items() if meter not in about}
    for size, tier in block.get("above", {}).items():
        found |= {f"{meter} above {size}": price for meter, price in tier.items()}
    return found


def _differing(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """What differs, with both sides; another way to write the same number does not."""
    for key in [*was, *(key for key in now if key not in was)]:
        first, then = was.get(key, NONE), now.get(key, NONE)
        if first != then and _value(first) != _value(then):
            yield key, first, then


def _value(text: str) -> Quantity | str:
    try:
        return Quantity.parse(text)
    except UnitError:
        return text


def _lifecycle(name: str, was: Record, now: Record, sources: Record) -> Iterator[Row]:
    old, new = was.get("lifecycle", {}), now.get("lifecycle", {})
    for day in sorted({*old, *new}):
        first, then = _event(old.get(day)), _event(new.get(day))
        if first != then:
            cited = _cited(sources, new[day].get("source", "")) if day in new else NONE
            yield name, day, first, then, cited


def _event(event: Record | None) -> str:
    return f"{event.get('event', '')}: {event.get('note', '')}" if event else NONE


def _fields(name: str, was: Record, now: Record) -> Iterator[Row]:
    """Names, sizes, feeds and the words about a price."""
    for key, first, then in _differing(_flat(was), _flat(now)):
        yield name, key, first, then


def _flat(offer: Record) -> dict[str, str]:
    apart = {"rates", "lifecycle"}
    found: dict[str, str] = {}
    for key, value in offer.items():
        if isinstance(value, Mapping):
            if key not in apart:
                found |= {f"{key}: {inner}": text for inner, text in value.items()}
        else:
            found[key] = value
    for day, block in offer.get("rates", {}).items():
        words = (*BLOCK_WORDS, "source")
        found |= {f"{day}: {word}": block[word] for word in words if word in block}
    return found


def _sources(file: str, was: Record, now: Record) -> Iterator[Row]:
    old, new = was.get("sources", {}), now.get("sources", {})
    for name in sorted({*old, *new}):
        if name not in old:
            yield file, name, "added", NONE, _cited(new, name)
        elif name not in new:
            yield file, name, "removed", _cited(old, name), NONE
        else:
            for key, first, then in _differing(old[name], new[name]):
                yield file, name, "read again" if key == "read" else key, first, then


def _since(day: str, block: Record) -> str:
    return f"{day}, first seen" if "dated" in block else day


def _cited(sources: Record, name: str) -> str:
    """The source as a link with the day on which it was read."""
    if name not in sources:
        return name or NONE
    source = sources[name]
    title = source.get("title", name).replace("[", "(").replace("]", ")")
    return f"[{title}](<{source.get('url', '')}>), read {source.get('read', NONE)}"


def markdown(sections: Iterable[Section]) -> str:
    """The tables, or one sentence where nothing differs."""
    parts = []
    for section in sections:
        if section.rows:
            rows = [section.columns, ("---",) * len(section.columns), *section.rows]
            lines = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
            parts.append("\n".join([f"## {section.title}", "", *lines, ""]))
    return "\n".join(parts) or "No fact of the price book changes.\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def main(arguments: list[str], root: Path = ROOT) -> int:
    """0 with the tables, 2 with one line on what could not be read."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.book.datadiff", description="Print a change of the data as tables."
    )
    parser.add_argument("revision", nargs="?", default="HEAD", help="the commit to compare with")
    given = parser.parse_args(arguments)
    try:
        old = records_at(root, given.revision)
    except GitError as error:
        print(f"{given.revision}: {str(error) or 'is not a commit here'}", file=sys.stderr)
        return 2
    except DataError as error:
        print(f"{given.revision}: {error}", file=sys.stderr)
        return 2
    try:
        new = records(root / "data")
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    print(markdown(compare(old, new)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
