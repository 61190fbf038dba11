"""One file of the price book, read strictly: an error names file, field and the fix."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from calculators.kernel import strict
from calculators.kernel.meters import (
    CONFIDENCE,
    EVENTS,
    FEEDS,
    KINDS,
    METERS,
    PER,
    SHEET_NEEDS,
    SHEETS,
    SIZES,
)
from calculators.kernel.offers import Block, Event, Offer, Sheet, Source, Tier
from calculators.kernel.strict import FactsError, Place, Records
from calculators.kernel.units import Quantity


class File:
    """One file of the book: its vendor, its sources and its offers, parsed strictly."""

    def __init__(self, name: str, record: Any) -> None:
        self.place = (name,)
        record = strict.mapping(self.place, record)
        strict.keys(self.place, record, {"vendor", "sources", "offers"})
        self.vendor = strict.text(self.place, record, "vendor")
        self.sources = {
            key: self._source((*self.place, "sources", key), value)
            for key, value in strict.mapping((*self.place, "sources"), record["sources"]).items()
        }
        self._offers = strict.mapping((*self.place, "offers"), record["offers"])

    def offers(self) -> Iterator[Offer]:
        for key, value in self._offers.items():
            yield self._offer((*self.place, "offers", key), key, value)

    def _source(self, place: Place, record: Any) -> Source:
        record = strict.mapping(place, record)
        strict.keys(place, record, {"title", "url", "read"})
        return Source(
            title=strict.text(place, record, "title"),
            url=strict.address(place, record),
            read=strict.day((*place, "read"), record["read"]),
        )

    def source_of(self, place: Place, record: Records) -> Source:
        name = strict.text(place, record, "source")
        if name not in self.sources:
            message = f"'{name}' is not among the sources of this file: {', '.join(self.sources)}"
            raise FactsError((*place, "source"), message)
        return self.sources[name]

    def _offer(self, place: Place, name: str, record: Any) -> Offer:
        record = strict.mapping(place, record)
        kind = strict.one_of(place, record, "kind", KINDS)
        needed = {"name", "kind"}
        unpriced = "not_published" in record
        needed |= {"not_published", "source"} if unpriced else {"rates"}
        may = {"base", "lifecycle", "facts_source", "feeds", *SIZES}
        if kind == "rental":
            needed |= {"accelerator"}
        strict.keys(place, record, needed, may)
        feeds = strict.mapping((*place, "feeds"), record.get("feeds", {}))
        strict.keys((*place, "feeds"), feeds, set(), set(FEEDS))
        if unpriced:
            self.source_of(place, record)
        blocks = tuple(
            self._block((*place, "rates", day), kind, day, block)
            for day, block in strict.mapping((*place, "rates"), record.get("rates", {})).items()
        )
        if not unpriced and not blocks:
            raise FactsError((*place, "rates"), "has no dated block; add one or say not_published")
        for before, after in pairwise(blocks):
            if after.start <= before.start:
                day = after.start.isoformat()
                raise FactsError((*place, "rates", day), f"comes after {before.start}: sort blocks")
        premium = any("premium" in block.meters for block in blocks)
        if premium and "base" not in record:
            raise FactsError(place, "a premium needs a base offer to multiply")
        lifecycle = strict.mapping((*place, "lifecycle"), record.get("lifecycle", {}))
        sizes = {}
        for key in SIZES:
            if key in record:
                size = strict.quantity((*place, key), record[key], SIZES[key])
                sizes[key] = Quantity.of(size.to(SIZES[key]), SIZES[key] + PER[key])
        if sizes:
            if "facts_source" not in record:
                raise FactsError(place, f"{', '.join(sizes)} needs a facts_source")
            self.source_of(place, {"source": record["facts_source"]})
        return Offer(
            id=name,
            vendor=self.vendor,
            name=strict.text(place, record, "name"),
            kind=kind,
            base=strict.text_if_any(place, record, "base"),
            sizes=sizes,
            blocks=blocks,
            lifecycle=tuple(
                self._event((*place, "lifecycle", day), day, event)
                for day, event in lifecycle.items()
            ),
            not_published=strict.text_if_any(place, record, "not_published"),
            feeds={feed: strict.text((*place, "feeds"), feeds, feed) for feed in feeds},
            accelerator=strict.text_if_any(place, record, "accelerator"),
        )

    def _block(self, place: Place, kind: str, day: str, record: Any) -> Block:
        record = strict.mapping(place, record)
        start = strict.day(place, day)
        about = {"source", "confidence", "note", "disputed", "dated", "withdrawn", "above"}
        source = self.source_of(place, record)
        confidence = strict.one_of(place, record, "confidence", CONFIDENCE)
        if record.get("dated", "first seen") != "first seen":
            raise FactsError((*place, "dated"), "may only say 'first seen'; else leave it out")
        withdrawn = strict.text_if_any(place, record, "withdrawn")
        meters = self._meters(place, kind, record, about)
        if bool(withdrawn) == bool(meters):
            raise FactsError(place, "a block has prices or is withdrawn, and not both")
        longer = strict.mapping((*place, "above"), record.get("above", {}))
        tiers = tuple(
            self._tier((*place, "above", above), kind, above, tier)
            for above, tier in longer.items()
        )
        return Block(
            start=start,
            meters=meters,
            tiers=tiers,
            source=source,
            confidence=confidence,
            note=strict.text_if_any(place, record, "note"),
            disputed=strict.text_if_any(place, record, "disputed"),
            withdrawn=withdrawn,
            first_seen="dated" in record,
        )

    def _tier(self, place: Place, kind: str, above: str, record: Any) -> Tier:
        length = strict.quantity(place, above, "tok").to("tok")
        meters = self._meters(place, kind, strict.mapping(place, record), set())
        return Tier(Quantity.of(length, "tok/request"), meters)

    @staticmethod
    def _meters(place: Place, kind: str, record: Records, about: set[str]) -> dict[str, Quantity]:
        known = METERS[kind]
        for key in record:
            if key not in known and key not in about:
                names = ", ".join([*known, *sorted(about)])
                raise FactsError((*place, key), f"is not a field of {kind}; known are {names}")
        return {
            key: strict.quantity((*place, key), value, known[key])
            for key, value in record.items()
            if key in known
        }

    def _event(self, place: Place, day: str, record: Any) -> Event:
        record = strict.mapping(place, record)
        strict.keys(place, record, {"event", "source", "note"})
        event = strict.one_of(place, record, "event", EVENTS)
        source = self.source_of(place, record)
        return Event(strict.day(place, day), event, source, strict.text(place, record, "note"))


def sheets_of(collection: str, name: str, record: Any) -> Iterator[Sheet]:
    """What one file says of accelerators, or of models."""
    record = strict.mapping((name,), record)
    strict.keys((name,), record, {"vendor", "sources", collection})
    of_file = File(name, {"vendor": record["vendor"], "sources": record["sources"], "offers": {}})
    known = SHEETS[collection]
    needed = {"name", "source", *SHEET_NEEDS[collection]}
    for key, value in strict.mapping((name, collection), record[collection]).items():
        place = (name, collection, key)
        sheet = strict.mapping(place, value)
        strict.keys(place, sheet, needed, {"note", *known})
        yield Sheet(
            id=key,
            vendor=of_file.vendor,
            name=strict.text(place, sheet, "name"),
            figures={
                what: strict.quantity((*place, what), sheet[what], unit_text)
                for what, unit_text in known.items()
                if what in sheet
            },
            source=of_file.source_of(place, sheet),
            note=strict.text_if_any(place, sheet, "note"),
        )
