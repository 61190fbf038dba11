"""
Reads `data/` into records in which every scalar is the text that stands in the file.

YAML's own guesses (`NO` as false, `10_000` as a number, dates) never happen, and
a key written twice is an error instead of a lost price. Positions are kept, so
that an error names the file and the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    """
    A fault in a data file, in one line: file, line, field and the fix.

    `file` is '' where no single file is at fault, and `line` 0 where no single line is.
    """

    def __init__(self, message: str, file: str = "", line: int = 0) -> None:
        where = f"{file}:{line}: " if line else f"{file}: " if file else ""
        super().__init__(where + message)
        self.message = message
        self.file = file
        self.line = line


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
        line = line_of(error.place, lines)
        field = " › ".join(error.place[1:])
        message = f"{field}: {error.message}" if field else error.message
        raise DataError(
            message, f"{data.name}/{error.place[0]}.yml" if line else "", line
        ) from None


def _read(data: Path, collections: tuple[str, ...]) -> tuple[dict[str, Any], Lines]:
    found: dict[str, Any] = {}
    lines: Lines = {}
    for name in names(data, collections):
        found[name], of_file = read(data, name)
        lines |= of_file
    return found, lines


def names(data: Path, collections: tuple[str, ...]) -> Iterator[str]:
    """The files of these collections, as `offers/openai`, sorted within each."""
    for collection in collections:
        yield from (f"{collection}/{p.stem}" for p in sorted((data / collection).glob("*.yml")))


def read(data: Path, name: str) -> tuple[Any, Lines]:
    """What one file holds, and the line of each of its places. Raises DataError."""
    lines: Lines = {}
    shown = f"{data.name}/{name}.yml"
    return _plain(_composed(data / f"{name}.yml", shown), (name,), lines, shown), lines


def line_of(place: tuple[str, ...], lines: Lines) -> int:
    """The line of a place, or of the nearest place around it; 0 where there is none."""
    around = (place[:length] for length in range(len(place), 0, -1))
    return next((lines[part] for part in around if part in lines), 0)


def _composed(path: Path, shown: str) -> yaml.Node:
    try:
        text = path.read_text(encoding="utf-8")
        try:
            node = yaml.compose(text, Loader=_QUICK_BASE)
        except yaml.YAMLError:  # the other loader says better what is wrong, and where
            node = yaml.compose(text, Loader=yaml.BaseLoader)
    except UnicodeDecodeError:
        raise DataError("is not UTF-8 text; save it as that", shown, 1) from None
    except yaml.reader.ReaderError as error:
        where = f"U+{error.character:04X}, letter {error.position + 1} of the file"
        raise DataError(f"take out {where}: no text holds it", shown, 1) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError(str(error.problem), shown, line) from None
    if node is None:
        raise DataError("the file is empty", shown, 1)
    return node


def _plain(node: yaml.Node, place: tuple[str, ...], lines: Lines, shown: str) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        record: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise DataError("a key is a word, and no list or mapping", shown, line)
            inner = (*place, key.value)
            if key.value in record:
                first = lines[inner]
                message = f"'{key.value}' stands twice (first on line {first}); keep one"
                raise DataError(message, shown, line)
            record[key.value] = _plain(value, inner, lines, shown)
            lines[inner] = line
        return record
    if isinstance(node, yaml.SequenceNode):
        return [_plain(v, (*place, str(i)), lines, shown) for i, v in enumerate(node.value)]
    return node.value
