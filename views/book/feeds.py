"""
The price book as other people's tools read it: plain data for JSON and CSV, and its dates.

Pure functions of the book; `tools/site/api.py` writes what they return into the built site, and
`tools/book/schema.py` describes it. Dates are the book's own: nothing here reads a clock.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from calculators.kernel.book import Book
from calculators.kernel.meters import METERS, SIZES
from calculators.kernel.offers import Block, Offer, Source, Tier
from calculators.kernel.units import Quantity
from views import text

# Raised only when a field changes its meaning or goes; a new field is no new version.
VERSION = 1
LICENCE = "MIT"
STATUSES = ("on_sale", "announced", "ended", "not_published")
# Names of the calendar's events are made from this one, so it never changes.
NAMES = uuid.UUID("5d0f3a52-7f0e-4c0b-9a44-0c5f0a3b9e61")

COLUMNS = (
    "offer",
    "vendor",
    "name",
    "kind",
    "accelerator",
    "meter",
    "prompt_above_tok",
    "number",
    "unit",
    "worked_out_from",
    "since",
    "first_seen",
    "until",
    "confidence",
    "disputed",
    "source_title",
    "source_url",
    "source_read",
    "note",
)

HAPPENINGS = {
    "withdrawn": "End of sale at {}",
    "training_ends": "Training ends at {}",
    "closed_to_new_customers": "Closed to new customers at {}",
    "price": "New prices at {}",
    "notice": "Notice from {}",
}

Undated = Mapping[tuple[str, str], Source]


def undated(records: Mapping[str, Any]) -> dict[tuple[str, str], Source]:
    """Who says what stands outside the dated blocks: by offer, and `sizes` or `not_published`."""
    fields = {"facts_source": "sizes", "source": "not_published"}
    found = {}
    for record in records.values():
        for name, offer in record["offers"].items():
            for field, about in fields.items():
                if field in offer:
                    said = record["sources"][offer[field]]
                    read = date.fromisoformat(said["read"])
                    found[name, about] = Source(said["title"], said["url"], read)
    return found


# JSON.


def whole(book: Book, said: Undated) -> dict[str, Any]:
    """The whole book."""
    offers = [offer(book, one, said) for one in book.offers.values()]
    return _document(book, "schema/book.schema.json", {"offers": offers})


def vendors(book: Book) -> dict[str, list[Offer]]:
    """The offers of each vendor, by the name that ids begin with."""
    found: dict[str, list[Offer]] = {}
    for one in book.offers.values():
        found.setdefault(vendor_of(one), []).append(one)
    return dict(sorted(found.items()))


def vendor(book: Book, name: str, said: Undated) -> dict[str, Any]:
    """One vendor with all its offers."""
    offers = vendors(book)[name]
    content = {
        "vendor": name,
        "names": sorted({one.vendor for one in offers}),
        "offers": [offer(book, one, said) for one in offers],
    }
    return _document(book, "../schema/vendor.schema.json", content)


def one_offer(book: Book, one: Offer, said: Undated) -> dict[str, Any]:
    """One offer, as a document of its own."""
    return _document(book, "../../schema/offer.schema.json", {"offer": offer(book, one, said)})


def index(book: Book, files: list[str]) -> dict[str, Any]:
    """What there is: every file, and the offers by name."""
    offers = [
        {
            "id": one.id,
            "vendor": one.vendor,
            "name": one.name,
            "kind": one.kind,
            "status": status(one, book.day),
            "path": f"offers/{one.id}.json",
        }
        for one in book.offers.values()
    ]
    return _document(book, "schema/index.schema.json", {"files": files, "offers": offers})


def _document(book: Book, schema: str, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": schema,
        "schema_version": VERSION,
        "day": book.day.isoformat(),
        "licence": LICENCE,
    } | content


def vendor_of(one: Offer) -> str:
    """The name of a vendor's files, with which the ids of its offers begin."""
    return one.id.partition("/")[0]


def offer(book: Book, one: Offer, said: Undated) -> dict[str, Any]:
    """All that the book knows of an offer; every field is there, null where there is nothing."""
    return {
        "id": one.id,
        "vendor": one.vendor,
        "name": one.name,
        "kind": one.kind,
        "status": status(one, book.day),
        "current": _current(book, one),
        "base": one.base or None,
        "accelerator": one.accelerator or None,
        "sizes": {name: _number(size, SIZES[name]) for name, size in one.sizes.items()},
        "sizes_source": _source(said.get((one.id, "sizes"))),
        "not_published": one.not_published or None,
        "not_published_source": _source(said.get((one.id, "not_published"))),
        "blocks": [
            _block(block, until) for block, until in zip(one.blocks, _untils(one), strict=True)
        ],
        "lifecycle": [
            {
                "day": event.day.isoformat(),
                "event": event.event,
                "note": event.note,
                "source": _source(event.source),
            }
            for event in one.lifecycle
        ],
        "feeds": dict(one.feeds),
    }


def status(one: Offer, day: date) -> str:
    """Whether it can be bought that day: on_sale, announced, ended or not_published."""
    if one.not_published:
        return "not_published"
    if one.sold(day):
        return "on_sale"
    return "announced" if one.blocks[0].start > day and not one.blocks[0].withdrawn else "ended"


def _current(book: Book, one: Offer) -> dict[str, Any] | None:
    """What it costs on the book's day, a premium already applied to its base's prices."""
    if not one.sold(book.day):
        return None
    since, until = _term(book, one)
    return {
        "start": since.isoformat(),
        "until": until.isoformat() if until else None,
        "meters": {meter: _number(price) for meter, price in _prices(book, one).items()},
        "tiers": [
            {"above": _number(above, "tok"), "meters": {m: _number(q) for m, q in prices.items()}}
            for above, prices in _tiers(book, one)
        ],
    }


def _prices(book: Book, one: Offer) -> dict[str, Quantity]:
    rates: Any = book.on(book.day).rates(one.id)
    return {meter: rates[meter] for meter in METERS[one.kind] if meter in rates}


def _tiers(book: Book, one: Offer) -> Iterator[tuple[Quantity, dict[str, Quantity]]]:
    """What becomes dearer or cheaper above which length of prompt, premium applied."""
    rates: Any = book.on(book.day).rates(one.id)
    for tier in _base_of(book, one).on(book.day).tiers:
        longer = rates.at(tier.above + Quantity.of(1, "tok/request"))
        yield tier.above, {meter: longer[meter] for meter in tier.meters if meter in longer}


def _base_of(book: Book, one: Offer) -> Offer:
    """The offer whose prices a premium multiplies, or the offer itself where there is none."""
    return book.offers[one.base] if "premium" in one.on(book.day).meters else one


def _term(book: Book, one: Offer) -> tuple[date, date | None]:
    """From which day to which the prices of the book's day hold, those of a base included."""
    since, ends = [], []
    for priced in (one, _base_of(book, one)):
        block = priced.on(book.day)
        since.append(block.start)
        ends.append(_untils(priced)[priced.blocks.index(block)])
    return max(since), min((end for end in ends if end), default=None)


def _untils(one: Offer) -> list[date | None]:
    """The day on which each block is followed by the next."""
    return [*(after.start for after in one.blocks[1:]), *([None] if one.blocks else [])]


def _block(block: Block, until: date | None) -> dict[str, Any]:
    return {
        "start": block.start.isoformat(),
        "until": until.isoformat() if until else None,
        "first_seen": block.first_seen,
        "withdrawn": block.withdrawn or None,
        "meters": {meter: _number(price) for meter, price in block.meters.items()},
        "tiers": [_tier(tier) for tier in block.tiers],
        "source": _source(block.source),
        "confidence": block.confidence,
        "note": block.note or None,
        "disputed": block.disputed or None,
    }


def _tier(tier: Tier) -> dict[str, Any]:
    prices = {meter: _number(price) for meter, price in tier.meters.items()}
    return {"above": _number(tier.above, "tok"), "meters": prices}


def _source(source: Source | None) -> dict[str, str] | None:
    if source is None:
        return None
    return {"title": source.title, "url": source.url, "read": source.read.isoformat()}


def _number(quantity: Quantity, shown: str = "") -> dict[str, Any]:
    """A quantity in the unit in which it was published, or as another name of that unit."""
    first = quantity.factors[0]
    if len(quantity.factors) == 1:
        number = first.number
    else:  # a product of binary fractions: without the noise in its last digits
        number = float(f"{text.in_unit(quantity, first.unit):.12g}")
    return {
        "number": int(number) if number.is_integer() else number,
        "unit": shown or first.unit,
    }


# CSV.


def prices_csv(book: Book) -> str:
    """All prices of the book's day, one row for each meter and tier, lines ending in CRLF."""
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for one in book.offers.values():
        if one.sold(book.day):
            rows.writerows(_rows(book, one))
    return written.getvalue()


def _rows(book: Book, one: Offer) -> Iterator[list[str]]:
    block = one.on(book.day)
    since, until = _term(book, one)
    base = _base_of(book, one)
    priced = [("", _prices(book, one)), *((_cell(a, "tok"), p) for a, p in _tiers(book, one))]
    for above, prices in priced:
        for meter, price in prices.items():
            yield [
                one.id,
                one.vendor,
                one.name,
                one.kind,
                one.accelerator,
                meter,
                above,
                _cell(price),
                _number(price)["unit"],
                "" if base is one or (meter in block.meters and not above) else base.id,
                since.isoformat(),
                "yes" if block.first_seen else "no",
                until.isoformat() if until else "",
                block.confidence,
                block.disputed,
                block.source.title,
                block.source.url,
                block.source.read.isoformat(),
                block.note,
            ]


def _cell(quantity: Quantity, shown: str = "") -> str:
    """A number without an exponent, as spreadsheets read it."""
    return format(Decimal(str(_number(quantity, shown)["number"])), "f")


# What happens on which day.


@dataclass(frozen=True, slots=True)
class Happening:
    """What one vendor does on one day, to one or more of its offers; `id` never changes."""

    day: date
    vendor: str
    what: str
    title: str
    lines: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def id(self) -> str:
        """A name that is the same in every build, whatever is said of the event."""
        return str(uuid.uuid5(NAMES, f"{self.day.isoformat()} {self.vendor} {self.what}"))

    @property
    def read(self) -> date:
        """The newest day on which one of its sources was read."""
        return max(source.read for source in self.sources)

    @property
    def text(self) -> str:
        """What happens to which offers, a line each, and then the sources."""
        cited = (f"{s.title}, read {s.read.isoformat()}: {s.url}" for s in self.sources)
        return "\n".join((*self.lines, *cited))

    @property
    def anchor(self) -> str:
        """Its day in the calendar page."""
        return f"d-{self.day.isoformat()}"


def happenings(book: Book) -> list[Happening]:
    """Every lifecycle event, end of sale and change of price in the book, by day."""
    single = sorted(
        (
            (day, vendor_of(one), what, one, told, source)
            for one in book.offers.values()
            for day, what, told, source in _of_offer(one)
        ),
        key=lambda e: (e[0], e[1], list(HAPPENINGS).index(e[2]), e[3].name.lower(), e[3].id),
    )
    found = []
    for (day, name, what), group in groupby(single, key=lambda e: e[:3]):
        events = list(group)
        told: dict[str, list[str]] = {}
        sources: dict[Source, None] = {}
        for _, _, _, one, line, source in events:
            told.setdefault(line, []).append(one.name)
            sources[source] = None
        names = list(dict.fromkeys(one.name for _, _, _, one, _, _ in events))
        heading = HAPPENINGS[what].format(events[0][3].vendor)
        lines = tuple(f"{'; '.join(of)}: {line}" for line, of in told.items())
        found.append(Happening(day, name, what, f"{heading}: {_few(names)}", lines, (*sources,)))
    return found


def _few(names: list[str]) -> str:
    """The names in a title: all of four, three of more."""
    if len(names) <= 4:
        return "; ".join(names)
    return f"{'; '.join(names[:3])} and {len(names) - 3} more"


def _of_offer(one: Offer) -> Iterator[tuple[date, str, str, Source]]:
    for event in one.lifecycle:
        yield event.day, event.event, event.note, event.source
    for block in one.blocks:
        if block.withdrawn:
            told = _first_seen(block.withdrawn, block)
            yield block.start, "withdrawn", told, block.source
    for before, after in pairwise(one.blocks):
        if not after.withdrawn and dearer_or_cheaper(before, after):
            yield after.start, "price", _first_seen(changes(before, after), after), after.source


def _first_seen(told: str, block: Block) -> str:
    return f"{told} First seen on this day." if block.first_seen else told


def dearer_or_cheaper(before: Block, after: Block) -> bool:
    """Whether a price differs; a meter that is new or no longer listed is no change of price."""
    pairs = [(before.meters, after.meters)]
    old = {tier.above: tier.meters for tier in before.tiers}
    pairs += [(old.get(tier.above, {}), tier.meters) for tier in after.tiers]
    return any(was[meter] != now[meter] for was, now in pairs for meter in was if meter in now)


def changes(before: Block, after: Block) -> str:
    """What a price block changes of the one before it, in a sentence."""
    told = list(_changes(before.meters, after.meters))
    old = {tier.above: tier.meters for tier in before.tiers}
    new = {tier.above: tier.meters for tier in after.tiers}
    for above in sorted({*old, *new}, key=float):
        size = f" above {text.plain(text.in_unit(above, 'tok/request'))} tok"
        told += _changes(old.get(above, {}), new.get(above, {}), size)
    sentence = "; ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}." if told else after.note or "Other terms."


def _changes(
    before: Mapping[str, Quantity], after: Mapping[str, Quantity], where: str = ""
) -> Iterator[str]:
    for meter in [*before, *(meter for meter in after if meter not in before)]:
        name = f"{meter.replace('_', ' ')}{where}"
        old, new = before.get(meter), after.get(meter)
        if old is None and new is not None:
            yield f"{name} is now listed at {text.factor(new.factors[0])}"
        elif old is not None and new is None:
            yield f"{name} is no longer listed"
        elif old is not None and new is not None and old != new:
            was, now = old.factors[0], new.factors[0]
            shown = text.plain(was.number) if was.unit == now.unit else text.factor(was)
            yield f"{name} from {shown} to {text.factor(now)}"
