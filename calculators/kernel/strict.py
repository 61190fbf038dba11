"""
Reading records strictly: what is missing, unknown or of another form is named by its place.

A record is what stands in a data file, all scalars text. A place is the path of keys to a field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from datetime import date
from typing import Any

from calculators.kernel.units import Quantity, UnitError, unit

Records = Mapping[str, Any]
Place = tuple[str, ...]


class FactsError(ValueError):
    """A record that breaks the form of the book. `place` is the path of keys to it."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{' › '.join(place)}: {message}")
        self.place = place
        self.message = message


def mapping(place: Place, value: Any) -> Records:
    """The value, which must hold fields."""
    if not isinstance(value, Mapping):
        raise FactsError(place, "should hold fields, each on its own line")
    return value


def keys(place: Place, record: Records, needed: Set[str], may: Set[str] = frozenset()) -> None:
    """All needed fields are there, and none besides those that may be."""
    for key in record:
        if key not in needed | may:
            known = ", ".join(sorted(needed | may))
            raise FactsError((*place, key), f"is not a field here; known are {known}")
    for key in sorted(needed - set(record)):
        raise FactsError(place, f"needs a field '{key}'")


def text(place: Place, record: Records, key: str) -> str:
    """A field that must be there with some text."""
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise FactsError(place, f"needs a field '{key}' with some text")
    return value


def text_if_any(place: Place, record: Records, key: str) -> str:
    """A field that may be left out, '' then; where it stands, it has some text."""
    return text(place, record, key) if key in record else ""


def one_of(place: Place, record: Records, key: str, known: Collection[str]) -> str:
    """A field whose text is one of those known."""
    value = text(place, record, key)
    if value not in known:
        raise FactsError((*place, key), f"'{value}' is not one of {', '.join(known)}")
    return value


def address(place: Place, record: Records) -> str:
    """The field `url`, an https address."""
    value = text(place, record, "url")
    if not value.startswith("https://"):
        raise FactsError((*place, "url"), f"'{value}' is not an https address")
    return value


def day(place: Place, written: Any) -> date:
    """A day, in the one form in which it also sorts as text."""
    try:
        found = date.fromisoformat(str(written))
    except ValueError:
        found = None
    if found is None or found.isoformat() != written:
        raise FactsError(place, f"'{written}' is not a date such as 2026-11-22")
    return found


def quantity(place: Place, written: Any, wanted: str) -> Quantity:
    """A number, not below zero, with a unit that fits the wanted one; any, where none is wanted."""
    try:
        found = Quantity.parse(str(written))
        if wanted and found.dims != unit(wanted).dims:
            found.to(wanted)
    except UnitError as error:
        hint = f"; write it in {wanted}" if wanted else ""
        raise FactsError(place, f"{error}{hint}") from None
    if found.value < 0:
        raise FactsError(place, f"'{written}' is below zero")
    return found
