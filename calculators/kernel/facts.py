"""
Everything on sale as it stands on one day, as quantities or as floats in base units.

Asking for what is not there raises: a price is never guessed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from calculators.kernel.meters import MODEL, MULTIPLIED
from calculators.kernel.offers import Block, Offer, PriceError, Source, in_order
from calculators.kernel.trace import Traces
from calculators.kernel.units import HOURS_PER_MONTH, Number, Quantity

if TYPE_CHECKING:
    from calculators.kernel.book import Book


MOST_TRACES = 64  # questions with other offers, whose formulas are kept recorded


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
                return {m: p * share if m in MULTIPLIED else p for m, p in meters.items()}

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
        self.sheets_of: dict[tuple[str, str], dict[str, Any]] = {}
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
        if key not in self.sheets_of:
            known = self.book.sheets.get(collection, {}).get(name)
            figures = known.figures if known else {}
            self.sheets_of[key] = {what: self._read(one) for what, one in figures.items()}
        return self.sheets_of[key]

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
            dear = {m: base[m] * premium for m in MULTIPLIED if m in base}
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
