"""
Data files read strictly, with every fault that can be found in one run.

The parser stops at the first fault. Here what is at fault is taken out of a copy and the rest is
read again, so that one run names many; an offer, study or sheet that has a fault, or a file whose
head has one, is then kept from the other rules.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calculators.kernel.book import Book
from calculators.kernel.evidence import Evidence
from calculators.kernel.parsing import File, sheets_of
from calculators.kernel.strict import FactsError, Place
from tools.records import COLLECTIONS, EVIDENCE, REFERENCES, DataError, Lines, line_of, names, read

ALL = COLLECTIONS + REFERENCES + EVIDENCE
# In place of a source at fault, so that what names it can be read.
_SOURCE = {"title": "-", "url": "https://example.org/", "read": "2000-01-01"}


@dataclass(frozen=True)
class Fault:
    """
    What breaks a rule: the file from the root, what is wrong with the fix, and where.

    `line` is 0 for a whole file, and for what a data file holds at `place`, a path of keys.
    """

    file: str
    message: str
    line: int = 0
    place: Place = ()

    def at_line(self, lines: Lines) -> int:
        """The line of the fault, 0 for a whole file, given those of the places of data files."""
        return self.line or line_of(self.place, lines)

    def shown(self, lines: Lines) -> str:
        """`data/offers/acme.yml:8: offers › acme/large: add feeds`, on one line."""
        line = self.at_line(lines)
        field = f"{' › '.join(self.place[1:])}: " if self.place[1:] else ""
        return f"{self.file}:{f'{line}:' if line else ''} {field}{self.message}"


def at(place: Place, message: str) -> Fault:
    """A fault of the data file that the place begins with (`offers/openai`)."""
    return Fault(f"data/{place[0]}.yml", message, place=place)


@dataclass(frozen=True)
class Data:
    """
    The records of each file that keep the form, the line of each place, and the faults of the form.

    `sound` has the offers, sheets and studies without a fault.
    """

    sound: dict[str, Any]
    lines: Lines
    faults: tuple[Fault, ...]


def data(folder: Path) -> Data:
    """All files of the data folder."""
    records: dict[str, Any] = {}
    lines: Lines = {}
    faults: list[Fault] = []
    for name in names(folder, ALL):
        try:
            records[name], of_file = read(folder, name)
        except DataError as error:
            faults.append(Fault(error.file, error.message, error.line))
        else:
            lines |= of_file
    sound, of_form = strictly(records, unread=bool(faults))
    return Data(sound, lines, (*faults, *of_form))


def strictly(
    records: Mapping[str, Any], unread: bool = False
) -> tuple[dict[str, Any], list[Fault]]:
    """
    The sound part of these records, and every fault of their form.

    `unread` says that there are files whose records are not here.
    """
    sound: dict[str, Any] = {}
    faults: list[FactsError] = []
    for name, record in records.items():
        of_file = _faults(name, record)
        faults += of_file
        if not any(_of_the_head(fault.place) for fault in of_file):
            sound[name] = _without(record, {fault.place[:3] for fault in of_file})
    waiting = {fault.place[2] for fault in faults if len(fault.place) > 2}
    faults += _between_files(sound, waiting, unread or set(sound) != set(records))
    return sound, [at(fault.place, fault.message) for fault in faults]


def _collection(name: str) -> str:
    return name.partition("/")[0]


def _parse(name: str, record: Any) -> None:
    """Read one file by itself. Raises FactsError."""
    collection = _collection(name)
    if collection in EVIDENCE:
        Evidence.parse({name: record})
    elif collection in REFERENCES:
        list(sheets_of(collection, name, record))
    else:
        list(File(name, record).offers())


def _faults(name: str, record: Any) -> list[FactsError]:
    """
    The faults of one file, each found with those before it taken out.

    What surrounds a part that was taken out may now lack it: a fault of exactly that is no new one.
    """
    faults: list[FactsError] = []
    around: set[Place] = set()
    rest = record
    while True:
        try:
            _parse(name, rest)
        except FactsError as error:
            if error.place not in around:
                faults.append(error)
            rest = copy.deepcopy(record) if rest is record else rest
            if not _take_out(rest, error.place[1:]):
                return faults
            around.add(error.place[:-1])
        else:
            return faults


def _take_out(record: Any, path: Place) -> bool:
    """Take out what is at that path; whether there was something that can be taken out."""
    if not path or (len(path) == 1 and path[0] in ("vendor", "sources")):
        return False
    if path[0] == "sources":
        record["sources"][path[1]] = dict(_SOURCE)
        return True
    for key in path[:-1]:
        record = record[key]
    return bool(record.pop(path[-1], None) is not None)


def _of_the_head(place: Place) -> bool:
    """Whether a fault is of a file's head, so that nothing in it can be relied on."""
    return len(place) < 3 or place[1] == "sources"


def _without(record: Any, apart: set[Place]) -> Any:
    """A file without these offers, sheets or studies, given by the beginnings of their places."""
    for _, items, name in apart:
        rest = {key: value for key, value in record[items].items() if key != name}
        record = {**record, items: rest}
    return record


def _between_files(sound: dict[str, Any], waiting: set[str], unread: bool) -> list[FactsError]:
    """
    The faults that one file alone does not show; what has one is taken out of `sound`.

    A base that is not there is no fault where it is `waiting` to be mended, or in an unread file.
    """
    faults: list[FactsError] = []
    for parse, collections in (
        (Book.parse, COLLECTIONS + REFERENCES),
        (Evidence.parse, EVIDENCE),
    ):
        while part := {n: r for n, r in sound.items() if _collection(n) in collections}:
            try:
                parse(part)
            except FactsError as error:
                name, *path = error.place
                if not path:
                    faults.append(error)
                    break
                base = sound[name][path[0]][path[1]]["base"] if path[2:] == ["base"] else ""
                if not base or not (unread or base in waiting):
                    faults.append(error)
                waiting.add(path[1])
                sound[name] = _without(sound[name], {(name, path[0], path[1])})
            else:
                break
    return faults
