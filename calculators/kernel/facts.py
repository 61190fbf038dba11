"""
The book of facts: what is on sale, at what price, from which day, and who says so.

A price is a dated block that holds until the next block. The same strict parser
reads the records in the build, in the tests and in the browser; it opens no file.
Asking for what is not there raises: a price is never guessed.
"""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any

from calculators.kernel import strict
from calculators.kernel.strict import FactsError, Place, Records
from calculators.kernel.trace import Traces
from calculators.kernel.units import HOURS_PER_MONTH, Number, Quantity

KINDS = (
    "inference",
    "embedding",
    "rerank",
    "tuning",
    "training",
    "store",
    "retrieval",
    "rental",
)
EVENTS = ("closed_to_new_customers", "training_ends", "notice")
FEEDS = ("genai-prices", "litellm")
CONFIDENCE = ("vendor page", "two feeds agree", "one secondary source")

# Every meter a block may have, by kind of offer, with the unit that its text must fit.
# A meter new to the book is added here first, with what it means in data/README.md.
_TOKENS = {
    "input": "USD/tok",
    "cached_input": "USD/tok",
    "cache_write": "USD/tok",
    "cache_write_1h": "USD/tok",
    "cache_write_12h": "USD/tok",
    "output": "USD/tok",
    "batch_input": "USD/tok",
    "batch_cached_input": "USD/tok",
    "batch_cache_write": "USD/tok",
    "batch_output": "USD/tok",
}
METERS: dict[str, dict[str, str]] = {
    "inference": _TOKENS
    | {
        "peak_input": "USD/tok",
        "peak_cached_input": "USD/tok",
        "peak_output": "USD/tok",
        "cache_storage": "USD/tok/h",
        "regional": "%",
    },
    "embedding": {"input": "USD/tok", "batch_input": "USD/tok", "regional": "%"},
    "rerank": {
        "input": "USD/tok",
        "search": "USD/search",
        "documents_per_search": "chunk/search",
    },
    "tuning": {
        "training": "USD/tok",
        "training_developer": "USD/tok",
        "training_hour": "USD/h",
        "validation": "USD/tok",
        "validation_once": "USD/tok",
        "minimum": "USD/run",
    }
    | _TOKENS
    | {
        "premium": "%",
        "regional": "%",
        "hosting": "USD/h",
        "adapter": "USD/month",
        "storage": "USD/B/month",
        "idle_deletion": "day",
    },
    "training": {
        "training": "USD/tok",
        "validation_once": "USD/tok",
        "input": "USD/tok",
        "output": "USD/tok",
    },
    "store": {
        "plan": "USD/month",
        "minimum": "USD/month",
        "storage": "USD/B/month",
        "storage_included": "B",
        "dimension": "USD/dim/month",
        "read": "",  # USD for what `read_size` counts: read units, or bytes
        "read_size": "",
        "read_floor": "",
        "read_large": "",  # the price beyond `read_large_above` of one search, and so on
        "read_large_above": "",
        "read_huge": "",
        "read_huge_above": "",
        "write": "",
        "write_size": "",
        "returned": "USD/B",
        "search": "USD/search",
        "node": "USD/h",
        "backup": "USD/B/month",
    },
    "retrieval": {
        "plan": "USD/month",
        "search": "USD/search",
        "searches_included": "search/month",
        "storage": "USD/B/month",
        "storage_daily": "USD/B/h",
        "storage_included": "B",
    },
    "rental": {"hour": "USD/h"},
}
# Undated figures of an offer, and the unit each is given in to a formula: a window holds the
# tokens of one request, and a vector has so many dimensions.
SIZES = {
    "adapters": "adapter",
    "cache_lifetime": "min",
    "cache_minimum": "tok",
    "context_window": "tok",
    "dimensions": "dim",
    "max_input": "tok",
    "memory": "B",
    "memory_binary": "B",
    "memory_factor": "%",
    "memory_link": "B",
    "memory_scalar": "B",
}
_PER = {
    "adapters": "/deployment",
    "cache_lifetime": "",
    "cache_minimum": "/request",
    "context_window": "/request",
    "dimensions": "/vector",
    "max_input": "/chunk",
    "memory": "",
    "memory_binary": "/vector",
    "memory_factor": "",
    "memory_link": "/vector",
    "memory_scalar": "/vector",
}

# What is written of things that have no price, by collection, and which figures each must have.
# An accelerator: peaks are of dense matrices, `reached` the best measured product of two of them,
# `link` what it sends to the others of its machine, `slot` what one without a link does. A model:
# the shape of its layers; those with a `window` or a fixed `state` are counted apart, the rest
# attend to everything.
SHEETS: dict[str, dict[str, str]] = {
    "accelerators": {
        "memory": "B",
        "bandwidth": "B/s",
        "bf16": "FLOP/s",
        "fp8": "FLOP/s",
        "fp4": "FLOP/s",
        "bf16_reached": "FLOP/s",
        "fp8_reached": "FLOP/s",
        "fp4_reached": "FLOP/s",
        "link": "B/s",
        "slot": "B/s",
    },
    "models": {
        "parameters": "parameter",
        "layers": "layer",
        "width": "dim",
        "feed_forward": "dim",
        "heads": "",
        "kv_heads": "",
        "head_width": "dim",
        "vocabulary": "",
        "tables": "",
        "latent": "dim",
        "window": "tok",
        "window_layers": "layer",
        "state": "dim",
        "state_layers": "layer",
        "dense_layers": "layer",
        "experts": "",
        "experts_active": "",
        "expert_width": "dim",
        "experts_shared": "",
    },
}
SHEET_NEEDS = {
    "accelerators": ("memory", "bf16"),
    "models": ("layers", "width", "heads", "head_width", "vocabulary", "tables"),
}
MODEL = "model"  # the kind of a choice among the models of the book, which are no offers

_MULTIPLIED = tuple(_TOKENS)

_ELSEWHERE = "stands in another file too; keep one"
MOST_TRACES = 64  # questions with other offers, whose formulas are kept recorded
MOST_DAYS = 8  # whose facts are kept looked up


class PriceError(LookupError):
    """What was asked for is not on sale, or has no published price, on that day."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read, and on which day."""

    title: str
    url: str
    read: date


@dataclass(frozen=True, slots=True)
class Tier:
    """Prices of a request whose prompt is longer than `above`."""

    above: Quantity
    meters: dict[str, Quantity]


@dataclass(frozen=True, slots=True)
class Block:
    """
    All meters that hold from `start` on; none of them once the offer is `withdrawn`.

    `disputed` says which other source has another figure, where one does.
    """

    start: date
    meters: dict[str, Quantity]
    tiers: tuple[Tier, ...]
    source: Source
    confidence: str
    note: str
    disputed: str
    withdrawn: str
    first_seen: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of one accelerator or one model, by the names of SHEETS."""

    id: str
    vendor: str
    name: str
    figures: dict[str, Quantity]
    source: Source
    note: str

    def open_to_newcomers(self, _day: date) -> bool:
        """Whether a newcomer may choose it: what is no offer is open to all."""
        return True


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event in an offer's life other than the end of its sale."""

    day: date
    event: str
    source: Source
    note: str


@dataclass(frozen=True, slots=True)
class Offer:
    """
    Something a vendor sells, with its whole price history.

    `feeds` is what independent price lists call it; `accelerator` what a rental rents.
    """

    id: str
    vendor: str
    name: str
    kind: str
    base: str
    sizes: dict[str, Quantity]
    blocks: tuple[Block, ...]
    lifecycle: tuple[Event, ...]
    not_published: str
    feeds: dict[str, str]
    accelerator: str

    def on(self, day: date) -> Block:
        """The block in force that day. Raises PriceError before the first and after the end."""
        if self.not_published:
            raise PriceError(f"{self.id} has no published price: {self.not_published}")
        at = bisect_right([block.start for block in self.blocks], day) - 1
        if at < 0:
            first = self.blocks[0].start
            raise PriceError(f"{self.id} has no known price before {first}, and none on {day}")
        block = self.blocks[at]
        if block.withdrawn:
            raise PriceError(f"{self.id} ended on {block.start}: {block.withdrawn}")
        return block

    def sold(self, day: date) -> bool:
        """Whether it has a price that day."""
        try:
            self.on(day)
        except PriceError:
            return False
        return True

    def ends(self) -> Block | None:
        """The block that ends its sale, where one is known."""
        return next((block for block in self.blocks if block.withdrawn), None)

    def event(self, name: str, day: date) -> Event | None:
        """The event of that name which has happened by that day."""
        return next((e for e in self.lifecycle if e.event == name and e.day <= day), None)

    def trainable(self, day: date) -> bool:
        """Whether anyone may still start a training job that day."""
        if self.kind != "tuning" or not self.sold(day) or self.event("training_ends", day):
            return False
        return "training" in self.on(day).meters

    def open_to_newcomers(self, day: date) -> bool:
        """Whether a new customer may buy it that day."""
        closed = self.event("closed_to_new_customers", day)
        return self.sold(day) and not closed and (self.kind != "tuning" or self.trainable(day))


def in_order(offer: Offer, block: Block) -> dict[str, Quantity]:
    """The block's meters in the order of METERS, whatever order they were written in."""
    return {meter: block.meters[meter] for meter in METERS[offer.kind] if meter in block.meters}


class Rates:
    """The meters of one offer on one day, as quantities or as floats in base units."""

    def __init__(
        self,
        offer: Offer,
        day: date,
        meters: dict[str, Any],
        tiers: tuple[tuple[Any, dict[str, Any]], ...] = (),
    ) -> None:
        self.offer = offer
        self._day = day
        self._meters = meters
        self._tiers = tiers
        self._regional: Rates | None = None

    def __contains__(self, meter: str) -> bool:
        return meter in self._meters

    def __getitem__(self, meter: str) -> Number:
        try:
            return self._meters[meter]  # type: ignore[no-any-return]
        except KeyError:
            raise PriceError(f"{self.offer.id} sells no {meter} on {self._day}") from None

    def get(self, meter: str, otherwise: Any = 0.0) -> Any:
        """The meter's price, or another where it is not sold."""
        return self._meters.get(meter, otherwise)

    def meters(self) -> Mapping[str, Any]:
        """Every price by its meter."""
        return self._meters

    def tiers(self) -> tuple[tuple[Any, dict[str, Any]], ...]:
        """For longer prompts: from which length (tok/request) on, and the prices that differ."""
        return self._tiers

    def first(self, *meters: str) -> Number:
        """The first of these meters that is sold: `first("cached_input", "input")`."""
        return self[next((meter for meter in meters if meter in self), meters[-1])]

    def at(self, prompt: Number) -> Rates:
        """The rates for a request with a prompt of that length (tok/request)."""
        meters = self._meters
        for above, tier in self._tiers:
            if prompt > above:
                meters = meters | tier
        return Rates(self.offer, self._day, meters) if meters is not self._meters else self

    def regional(self) -> Rates:
        """
        The rates where the region is chosen: every price of a token read or written at `regional`.

        Those of an offer that publishes no such price are its plain ones.
        """
        if "regional" not in self._meters:
            return self
        if self._regional is None:
            share = self._meters["regional"]

            def dear(meters: dict[str, Any]) -> dict[str, Any]:
                return {m: p * share if m in _MULTIPLIED else p for m, p in meters.items()}

            tiers = tuple((above, dear(tier)) for above, tier in self._tiers)
            self._regional = Rates(self.offer, self._day, dear(self._meters), tiers)
        return self._regional


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer's price of one offer rests on: since when it holds and who says so."""

    offer: str
    since: date
    first_seen: bool
    source: Source
    confidence: str
    note: str
    id: str
    prices: Mapping[str, Quantity]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader who uses an offer must know: `when` it happens, what, and who says so."""

    when: date
    offer: str
    text: str
    source: Source
    ends: bool = False


class Facts:
    """Everything in the book as it stands on one day; `floats()` is the same in base units."""

    def __init__(self, book: Book, day: date, floats: bool = False) -> None:
        self.book = book
        self.day = day
        self._floats = floats
        self._rates: dict[str, Rates] = {}
        # Exploring asks the same of the same facts thousands of times.
        self._numbers: dict[str, Any] = {}
        self._sizes: dict[tuple[str, str], Any] = {}
        self._days_left: dict[str, int | None] = {}
        self._on_sale: dict[str, list[Any]] = {}
        self._sheets: dict[tuple[str, str], dict[str, Any]] = {}
        self._trainable: dict[str, bool] = {}
        self._ahead: dict[tuple[str, ...], tuple[tuple[int, Facts], ...]] = {}
        self._traces: dict[tuple[Hashable, ...], Traces] = {}
        self._other: Facts | None = self if floats else None

    def floats(self) -> Facts:
        """The same facts as plain floats in base units."""
        if self._other is None:
            self._other = Facts(self.book, self.day, floats=True)
        return self._other

    def traces(self, key: tuple[Hashable, ...]) -> Traces:
        """What has been recorded on these facts of a formula and the offers that it was given."""
        if key not in self._traces:
            if len(self._traces) == MOST_TRACES:
                self._traces.clear()
            self._traces[key] = Traces()
        return self._traces[key]

    def number(self, text: str) -> Any:
        """A constant of a formula, such as `730 h/month`, in this reading."""
        if text not in self._numbers:
            self._numbers[text] = self._read(Quantity.parse(text))
        return self._numbers[text]

    def months(self, days: int) -> Any:
        """So many days as months of 730 hours, in this reading."""
        return self.number(f"{days * 24 / HOURS_PER_MONTH:.12f} month")

    def _read(self, quantity: Quantity) -> Any:
        return quantity.value if self._floats else quantity

    def offer(self, name: str) -> Offer:
        """The offer of that id. Raises PriceError with the nearest names where there is none."""
        return self.book.offer(name)

    def size(self, name: str, what: str) -> Any:
        """An undated figure of an offer, such as its `context_window`, or None if unknown."""
        if (name, what) not in self._sizes:
            offer = self.offer(name)
            if what not in offer.sizes and offer.base:
                offer = self.offer(offer.base)
            known = offer.sizes.get(what)
            self._sizes[name, what] = None if known is None else self._read(known)
        return self._sizes[name, what]

    def accelerator(self, name: str) -> dict[str, Any]:
        """The data sheet of `h100-sxm-80gb`, `memory` and `bf16` at least; empty if unknown."""
        return self._sheet("accelerators", name)

    def model(self, name: str) -> dict[str, Any]:
        """The shape of `llama-3.1-8b`, by the names of SHEETS; empty if unknown."""
        return self._sheet("models", name)

    def _sheet(self, collection: str, name: str) -> dict[str, Any]:
        key = (collection, name)
        if key not in self._sheets:
            known = self.book.sheets.get(collection, {}).get(name)
            figures = known.figures if known else {}
            self._sheets[key] = {what: self._read(one) for what, one in figures.items()}
        return self._sheets[key]

    def days_left(self, name: str) -> int | None:
        """Days until an offer, or the base whose prices it multiplies, ends; None if unknown."""
        if name not in self._days_left:
            ends = [end.start for end in (one.ends() for one in self._priced_by((name,))) if end]
            self._days_left[name] = (min(ends) - self.day).days if ends else None
        return self._days_left[name]

    def ahead(self, *names: str) -> tuple[tuple[int, Facts], ...]:
        """
        The facts as known price changes of these offers will make them: days from now, 0 first,
        and the facts from then on. What ends keeps its last price there.
        """
        if names not in self._ahead:
            lasting = self.book.lasting(self.day)
            blocks = [block for offer in self._priced_by(names) for block in offer.blocks]
            days = {b.start for b in blocks if b.start > self.day and not b.withdrawn}
            later = [((day - self.day).days, Facts(lasting, day, self._floats)) for day in days]
            later.sort(key=lambda item: item[0])
            self._ahead[names] = ((0, self), *later)
        return self._ahead[names]

    def trainable(self, name: str) -> bool:
        """Whether anyone may start a training job with the offer on this day."""
        if name not in self._trainable:
            self._trainable[name] = self.offer(name).trainable(self.day)
        return self._trainable[name]

    def rates(self, name: str) -> Rates:
        """The offer's prices on this day; a premium is applied to its base's prices."""
        if name not in self._rates:
            self._rates[name] = self._resolve(self.offer(name))
        return self._rates[name]

    def asked(self) -> tuple[str, ...]:
        """The ids of the offers whose prices have been asked for so far, in that order."""
        return tuple(self._rates)

    def _resolve(self, offer: Offer) -> Rates:
        block = offer.on(self.day)
        meters: dict[str, Any] = {key: self._read(value) for key, value in block.meters.items()}
        tiers = [
            (self._read(tier.above), {key: self._read(value) for key, value in tier.meters.items()})
            for tier in block.tiers
        ]
        if "premium" in meters:
            # A request's tier is that of the base model; so is each price, times the premium.
            base = self.rates(offer.base)
            premium = meters["premium"]
            dear = {m: base[m] * premium for m in _MULTIPLIED if m in base}
            meters = dear | meters
            tiers = [
                (above, {m: price * premium for m, price in tier.items()})
                for above, tier in base._tiers
            ]
        return Rates(offer, self.day, meters, tuple(tiers))

    def on_sale(self, kind: str) -> list[Any]:
        """What may be chosen of that kind on this day, by vendor and name: offers, or models."""
        if kind not in self._on_sale:
            if kind == MODEL:
                found: list[Any] = list(self.book.models.values())
            else:
                offers = self.book.offers.values()
                found = [o for o in offers if o.kind == kind and o.sold(self.day)]
            found.sort(key=lambda o: (o.vendor.lower(), o.name.lower(), o.id))
            self._on_sale[kind] = found
        return self._on_sale[kind]

    def _priced_by(self, names: tuple[str, ...]) -> list[Offer]:
        """These offers, each once, and the bases whose prices a premium multiplies."""
        found: dict[str, Offer] = {}
        for name in names:
            offer = self.offer(name)
            found[name] = offer
            if offer.sold(self.day) and "premium" in offer.on(self.day).meters:
                found[offer.base] = self.offer(offer.base)
        return list(found.values())

    def bases(self, *names: str) -> tuple[Basis, ...]:
        """Who says what these offers cost on this day, and since when it has held."""
        return tuple(
            Basis(
                o.name, b.start, b.first_seen, b.source, b.confidence, b.note, o.id, in_order(o, b)
            )
            for o, b in ((offer, offer.on(self.day)) for offer in self._priced_by(names))
        )

    def notices(self, *names: str) -> tuple[Notice, ...]:
        """What has closed, will close or will change its price among these offers."""
        notices = [n for offer in self._priced_by(names) for n in self._notices(offer)]
        return tuple(sorted(notices, key=lambda n: (n.when, n.offer)))

    def _notices(self, offer: Offer) -> Iterator[Notice]:
        for event in offer.lifecycle:
            yield Notice(event.day, offer.name, event.note, event.source)
        for block in offer.blocks:
            if block.start <= self.day:
                continue
            text = f"Ends. {block.withdrawn}" if block.withdrawn else _change(offer, block)
            yield Notice(block.start, offer.name, text, block.source, bool(block.withdrawn))

    def changes(self, *names: str) -> tuple[Notice, ...]:
        """Which of these offers will end or change their price after this day."""
        blocks = {(o.name, b.start) for o in self._priced_by(names) for b in o.blocks}
        found = self.notices(*names)
        return tuple(n for n in found if n.when > self.day and (n.offer, n.when) in blocks)


def _change(offer: Offer, block: Block) -> str:
    before = offer.blocks[offer.blocks.index(block) - 1]
    changes = []
    for meter, price in block.meters.items():
        old = before.meters.get(meter)
        if old is not None and old != price:
            new_text, old_text = (f"{q.factors[0].number:g}" for q in (price, old))
            unit_text = price.factors[0].unit.replace("/", " per ", 1)
            changes.append(f"{meter.replace('_', ' ')} from {old_text} to {new_text} {unit_text}")
    return "Price changes: " + "; ".join(changes) + "." if changes else "Price block changes."


@dataclass(frozen=True, slots=True)
class Book:
    """All offers with their histories. `day` is the newest day on which a source was read."""

    offers: dict[str, Offer]
    day: date
    sources: tuple[Source, ...] = field(default=())
    sheets: dict[str, dict[str, Sheet]] = field(default_factory=dict)
    _days: dict[date, Facts] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def accelerators(self) -> dict[str, Sheet]:
        """The data sheets of accelerators."""
        return self.sheets.get("accelerators", {})

    @property
    def models(self) -> dict[str, Sheet]:
        """The models whose shape is known."""
        return self.sheets.get("models", {})

    @classmethod
    def parse(cls, records: Records) -> Book:
        """
        The book in these records: `{"offers/openai": {vendor, sources, offers}, …}`, all
        scalars text. Raises FactsError at the first record that breaks the form.
        """
        offers: dict[str, Offer] = {}
        files: dict[str, str] = {}
        sources: list[Source] = []
        sheets: dict[str, dict[str, Sheet]] = {collection: {} for collection in SHEETS}
        for name, record in records.items():
            collection = name.partition("/")[0]
            if collection in SHEETS:
                for sheet in _sheets(collection, name, record):
                    if sheet.id in sheets[collection]:
                        raise FactsError((name, collection, sheet.id), _ELSEWHERE)
                    sheets[collection][sheet.id] = sheet
                continue
            of_file = _File(name, record)
            sources += of_file.sources.values()
            for offer in of_file.offers():
                if offer.id in offers:
                    raise FactsError((name, "offers", offer.id), _ELSEWHERE)
                offers[offer.id] = offer
                files[offer.id] = name
        for offer in offers.values():
            base = offers.get(offer.base)
            if offer.base and (base is None or base.kind != "inference"):
                message = f"'{offer.base}' is not an inference offer in the book"
                raise FactsError((files[offer.id], "offers", offer.id, "base"), message)
        if not sources:
            raise FactsError(("data",), "the book is empty: add a file under data/offers/")
        return cls(offers, max(source.read for source in sources), tuple(sources), sheets)

    def offer(self, name: str) -> Offer:
        """The offer of that id. Raises PriceError with the nearest names where there is none."""
        try:
            return self.offers[name]
        except KeyError:
            near = difflib.get_close_matches(name, self.offers, n=3, cutoff=0.5)
            hint = f"; did you mean {' or '.join(near)}" if near else ""
            raise PriceError(f"No offer '{name}' in the book{hint}") from None

    def on(self, day: date) -> Facts:
        """The facts as they stand on that day, with what has been looked up in them before."""
        if day not in self._days:
            if len(self._days) == MOST_DAYS:
                self._days.clear()
            self._days[day] = Facts(self, day)
        return self._days[day]

    def forget(self) -> None:
        """Drop what has been looked up in the facts of any day."""
        self._days.clear()

    def lasting(self, day: date) -> Book:
        """The same book in which nothing ends or closes after that day; prices still change."""
        offers = {
            name: replace(
                offer,
                blocks=tuple(b for b in offer.blocks if b.start <= day or not b.withdrawn),
                lifecycle=tuple(event for event in offer.lifecycle if event.day <= day),
            )
            for name, offer in self.offers.items()
        }
        return replace(self, offers=offers)


class _File:
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
                sizes[key] = Quantity.of(size.to(SIZES[key]), SIZES[key] + _PER[key])
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


def _sheets(collection: str, name: str, record: Any) -> Iterator[Sheet]:
    """What one file says of accelerators, or of models."""
    record = strict.mapping((name,), record)
    strict.keys((name,), record, {"vendor", "sources", collection})
    of_file = _File(name, {"vendor": record["vendor"], "sources": record["sources"], "offers": {}})
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
