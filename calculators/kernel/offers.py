"""Something that a vendor sells, with its dated prices and the events of its life."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from calculators.kernel.meters import METERS
from calculators.kernel.units import Quantity


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
