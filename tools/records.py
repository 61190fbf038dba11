"""
Reads `data/` into records in which every scalar is the text that stands in the file.

YAML's own guesses (`NO` as false, `10_000` as a number, dates) never happen, and
a key written twice is an error instead of a lost price. Positions are kept, so
that an error names the file and the line.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml

from calculators.kernel.book import Book
from calculators.kernel.evidence import Evidence
from calculators.kernel.meters import SHEETS
from calculators.kernel.strict import FactsError
from tools.paths import DATA

COLLECTIONS = ("offers", "stores", "rentals")
REFERENCES = tuple(SHEETS)  # figures of things, with no price
EVIDENCE = ("evidence",)  # what others measured; calculators never ask for it

Parsed = TypeVar("Parsed")
Lines = dict[tuple[str, ...], int]


# What libyaml reads is ten times sooner there; not every installation has it.
_QUICK: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUICK_BASE: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class TextLoader(_QUICK):  # type: ignore[misc, valid-type]
    """Anchors and merges, and no guess at what a scalar means."""


TextLoader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in found if tag == "tag:yaml.org,2002:merge"]
    for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class DataError(ValueError):
    """A fault in a data file, said in one line: file, line, field and the fix."""


def records(data: Path = DATA) -> dict[str, Any]:
    """
    What is sold, by collection and file: `{"offers/openai": {...}}`, sorted. Raises DataError.
    """
    return _read(data, COLLECTIONS)[0]


def everything(data: Path = DATA) -> dict[str, Any]:
    """All records, those of references too: what `Book.parse` takes. Raises DataError."""
    return _read(data, COLLECTIONS + REFERENCES)[0]


def book(data: Path = DATA) -> Book:
    """The parsed book. Raises DataError naming file, line and field."""
    return _parsed(Book.parse, data, COLLECTIONS + REFERENCES)


def evidence(data: Path = DATA) -> Evidence:
    """The parsed studies. Raises DataError naming file, line and field."""
    return _parsed(Evidence.parse, data, EVIDENCE)


def studies(data: Path = DATA) -> dict[str, Any]:
    """The records of the studies, by file: what `Evidence.parse` takes. Raises DataError."""
    return _read(data, EVIDENCE)[0]


def _parsed(
    parse: Callable[[dict[str, Any]], Parsed], data: Path, collections: tuple[str, ...]
) -> Parsed:
    found, lines = _read(data, collections)
    try:
        return parse(found)
    except FactsError as error:
        place = next((p for p in _upwards(error.place) if p in lines), ())
        where = f"{data.name}/{error.place[0]}.yml:{lines[place]}: " if place else ""
        field = " › ".join(error.place[1:])
        said = f"{field}: {error.message}" if field else error.message
        raise DataError(f"{where}{said}") from None


def _read(data: Path, collections: tuple[str, ...]) -> tuple[dict[str, Any], Lines]:
    found: dict[str, Any] = {}
    lines: Lines = {}
    for collection in collections:
        for path in sorted((data / collection).glob("*.yml")):
            name = f"{collection}/{path.stem}"
            shown = f"{data.name}/{name}.yml"
            found[name] = _plain(_composed(path, shown), (name,), lines, shown)
    return found, lines


def _composed(path: Path, shown: str) -> yaml.Node:
    try:
        text = path.read_text(encoding="utf-8")
        try:
            node = yaml.compose(text, Loader=_QUICK_BASE)
        except yaml.YAMLError:  # the other loader says better what is wrong, and where
            node = yaml.compose(text, Loader=yaml.BaseLoader)
    except UnicodeDecodeError:
        raise DataError(f"{shown}:1: is not UTF-8 text; save it as that") from None
    except yaml.reader.ReaderError as error:
        where = f"U+{error.character:04X}, letter {error.position + 1} of the file"
        raise DataError(f"{shown}:1: take out {where}: no text holds it") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError(f"{shown}:{line}: {error.problem}") from None
    if node is None:
        raise DataError(f"{shown}:1: the file is empty")
    return node


def _plain(node: yaml.Node, place: tuple[str, ...], lines: Lines, shown: str) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        record: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise DataError(f"{shown}:{line}: a key is a word, and no list or mapping")
            inner = (*place, key.value)
            if key.value in record:
                first = lines[inner]
                raise DataError(
                    f"{shown}:{line}: '{key.value}' stands twice (first on line {first}); keep one"
                )
            record[key.value] = _plain(value, inner, lines, shown)
            lines[inner] = line
        return record
    if isinstance(node, yaml.SequenceNode):
        return [_plain(v, (*place, str(i)), lines, shown) for i, v in enumerate(node.value)]
    return node.value


def _upwards(place: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [place[:length] for length in range(len(place), 0, -1)]
