"""
What moved between two days, price by price: the same question asked again at later prices.

The prices that differ are changed in turn, in the order in which the formula asks for them, and
the formula is run after each. So the effects add up to the whole difference: what a price does
depends on those changed before it only where they multiply or a minimum bill holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from calculators.kernel.explore import Formula
from calculators.kernel.facts import Facts, Rates
from calculators.kernel.inputs import Inputs
from calculators.kernel.meters import METERS
from calculators.kernel.offers import Block, Offer, PriceError, Source
from calculators.kernel.units import Quantity

LONG_PROMPTS = "long prompts"  # all prices beyond the thresholds of an offer, taken as one
_SMALL = 1e-12  # of the whole: below it a difference is the last digit of a float


@dataclass(frozen=True, slots=True)
class Change:
    """
    One price that differs: of which `offer` (its name) and `meter`, from what to what.

    `changed` is the day on which it became the one or, to a day before it, had been the other.
    `then` or `now` is None where the offer had no such price, and both are for `long prompts`.
    `effects` is what it adds to each option's total in base units, and `once` to what is paid once.
    """

    offer: str
    meter: str
    then: Quantity | None
    now: Quantity | None
    changed: date
    source: Source
    effects: Mapping[str, float]
    once: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Drift:
    """
    Totals of every option on two days (None where refused), and the changes of price between.

    `back` says that the second day is the earlier one.
    `rest` is what no price explains: an offer that began or ended, a date that was passed.
    """

    then: Mapping[str, float | None]
    now: Mapping[str, float | None]
    changes: tuple[Change, ...]
    rest: Mapping[str, float]
    back: bool


class _Between(Facts):
    """The facts of a day, some of its prices already those of another; as floats."""

    def __init__(self, then: Facts, now: Facts) -> None:
        super().__init__(then.book, then.day, floats=True)
        self.earlier, self.later = then, now
        self.moved: set[tuple[str, str]] = set()

    def _resolve(self, offer: Offer) -> Rates:
        then = self.earlier.rates(offer.id)
        mine = {meter for name, meter in self.moved if name == offer.id}
        if not mine:
            return then
        now = self.later.rates(offer.id)
        meters = dict(then.meters())
        for meter in mine - {LONG_PROMPTS}:
            meters.pop(meter, None)
            if meter in now:
                meters[meter] = now[meter]
        tiers = now.tiers() if LONG_PROMPTS in mine else then.tiers()
        return Rates(offer, self.day, meters, tiers)


def drift(formula: Formula, inputs: Inputs, then: Facts, now: Facts) -> Drift:
    """
    What the formula comes to on both days with the same inputs, which must be on sale on both.

    Facts are given in their reading as quantities.
    """
    given = inputs.floats()
    # Facts of their own, because what has been asked of them says which prices count.
    old = Facts(then.book, then.day, floats=True)
    new = Facts(now.book, now.day, floats=True)
    before, after = _totals(formula(given, old)), _totals(formula(given, new))
    moved: set[tuple[str, str]] = set()
    last = before
    changes = []
    for offer, meter in _differing(old, new):
        moved.add((offer.id, meter))
        between = _Between(old, new)
        between.moved = moved
        try:
            here = _totals(formula(given, between))
        except PriceError:  # a price that only the formula of the later day can do without
            continue
        effects, once = _effects(last, here, 0), _effects(last, here, 1)
        last = here
        if effects or once:
            changes.append(_change(offer, meter, then, now, effects, once))
    return Drift(
        then={slug: None if sums is None else sums[0] for slug, sums in before.items()},
        now={slug: None if sums is None else sums[0] for slug, sums in after.items()},
        changes=tuple(changes),
        rest=_effects(last, after, 0),
        back=now.day < then.day,
    )


_Totals = dict[str, tuple[float, float] | None]


def _totals(options: tuple[Any, ...]) -> _Totals:
    return {
        option.slug: None if option.refused else (float(option.total), float(option.total_once))
        for option in options
    }


def _effects(before: _Totals, after: _Totals, which: int) -> dict[str, float]:
    """By option, how much its total (0) or what is paid once (1) has grown, where it has."""
    found = {}
    for slug, sums in after.items():
        first = before.get(slug)
        if sums is None or first is None:
            continue
        grown = sums[which] - first[which]
        if abs(grown) > _SMALL * max(abs(sums[which]), abs(first[which])):
            found[slug] = grown
    return found


def _differing(old: Facts, new: Facts) -> list[tuple[Offer, str]]:
    """Offer and meter of every price that was asked for on either day and is another now."""
    found = []
    for name in dict.fromkeys((*old.asked(), *new.asked())):
        try:
            then, now = old.rates(name), new.rates(name)
        except PriceError:
            continue  # sold on one of the days only
        found += [
            (now.offer, meter)
            for meter in METERS[now.offer.kind]
            if then.get(meter, None) != now.get(meter, None)
        ]
        if then.tiers() != now.tiers():
            found.append((now.offer, LONG_PROMPTS))
    return found


def _change(
    offer: Offer,
    meter: str,
    then: Facts,
    now: Facts,
    effects: Mapping[str, float],
    once: Mapping[str, float],
) -> Change:
    block = _later(offer, meter, max(then, now, key=lambda facts: facts.day))
    before, after = (facts.rates(offer.id).get(meter, None) for facts in (then, now))
    return Change(offer.name, meter, before, after, block.start, block.source, effects, once)


def _later(offer: Offer, meter: str, now: Facts) -> Block:
    """The block that set the price: the offer's own, or that of the base it multiplies."""
    block = offer.on(now.day)
    if meter not in block.meters and offer.base and "premium" in block.meters:
        base = now.offer(offer.base).on(now.day)
        return max(block, base, key=lambda one: one.start)
    return block
