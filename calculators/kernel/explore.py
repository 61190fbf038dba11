"""
Exploration, written once about any calculator: curve, crossing, sensitivity, flips, sampling.

All of it runs the calculator's own formula on floats in base units.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field, Inputs, Range
from calculators.kernel.results import Option
from calculators.kernel.units import unit

Formula = Callable[[Any, Facts], tuple[Option, ...]]
Costs = dict[str, float | None]
Grid = tuple[tuple[float, Costs], ...]

SAMPLES = 1000
_SEED = 20261122
_Z90 = 1.2815515655446004  # the 90th percentile of a standard normal


@dataclass(frozen=True, slots=True)
class Case:
    """A formula with one set of inputs on one day, ready to be asked what-if."""

    formula: Formula
    given: SimpleNamespace
    facts: Facts

    @classmethod
    def of(cls, formula: Formula, inputs: Inputs, facts: Facts) -> Case:
        """The case in its float reading."""
        return cls(formula, inputs.floats(), facts.floats())

    def options(self, **changes: Any) -> tuple[Option, ...]:
        """The formula's options with some inputs changed (base units, or an offer's id)."""
        given = self.given
        if changes:
            given = SimpleNamespace(**(given.__dict__ | changes))
        return self.formula(given, self.facts)

    def costs(self, **changes: Any) -> Costs:
        """USD/month by option slug, None where refused; floors are left out."""
        return {
            option.slug: None if option.refused else float(option.total)
            for option in self.options(**changes)
            if not option.floor
        }


def cheapest(costs: Costs) -> str:
    """The slug of the least cost, or '' where every option is refused."""
    on_offer = {slug: cost for slug, cost in costs.items() if cost is not None}
    return min(on_offer, key=on_offer.__getitem__) if on_offer else ""


# Eight points a decade, evenly apart on a log axis to three figures. Typed and not computed,
# because exp and log differ in the last digit from one machine to the next.
_DECADE = (1.0, 1.33, 1.78, 2.37, 3.16, 4.22, 5.62, 7.5)


def decades(first: int, last: int) -> tuple[float, ...]:
    """Points from one power of ten to another, eight to the decade."""
    inner = (step * 10.0**power for power in range(first, last) for step in _DECADE)
    return (*inner, 10.0**last)


def curve(case: Case, field: Field, xs: Iterable[float]) -> dict[str, tuple[float | None, ...]]:
    """Cost of every option, floors too, at each value of one input."""
    series: dict[str, list[float | None]] = {}
    for x in xs:
        for option in case.options(**{field.name: x}):
            cost = None if option.refused else float(option.total)
            series.setdefault(option.slug, []).append(cost)
    return {slug: tuple(costs) for slug, costs in series.items()}


def root(f: Callable[[float], float], low: float, high: float) -> float:
    """
    Where f crosses zero between two points at which its signs differ.

    False position with the Illinois step: exact at once on a straight line, and never worse
    than a bracket. Raises ValueError where the signs do not differ.
    """
    left, right = f(low), f(high)
    if left == 0:
        return low
    if right == 0:
        return high
    if (left > 0) == (right > 0):
        raise ValueError(f"no crossing between {low:g} and {high:g}")
    side = 0  # which end moved last: one that stays for two steps counts half
    for _ in range(100):
        if math.isfinite(left) and math.isfinite(right):
            middle = (low * right - high * left) / (right - left)
        else:
            middle = (low + high) / 2
        if not low < middle < high:
            middle = (low + high) / 2
        value = f(middle)
        if value == 0 or high - low <= 1e-9 * abs(high):
            return middle
        if (value > 0) == (right > 0):
            if abs(high - middle) <= 1e-9 * abs(middle):
                return middle
            high, right = middle, value
            left, side = (left / 2 if side > 0 else left), 1
        else:
            if abs(middle - low) <= 1e-9 * abs(middle):
                return middle
            low, left = middle, value
            right, side = (right / 2 if side < 0 else right), -1
    return (low + high) / 2


def grid(case: Case, field: Field, first: int, last: int) -> Grid:
    """Costs of every option from one power of ten to another, for `crossings` to walk."""
    return tuple((x, case.costs(**{field.name: x})) for x in decades(first, last))


def crossings(case: Case, field: Field, a: str, b: str, walked: Grid) -> tuple[float, ...]:
    """
    Every value of the input within the grid at which a and b cost the same.

    Costs that move in steps may cross more than once, so the whole grid is walked; two crossings
    within one of its cells are missed.
    """

    def gap(costs: Costs) -> float:
        cost_a, cost_b = costs[a], costs[b]
        return math.nan if cost_a is None or cost_b is None else cost_a - cost_b

    found = []
    for (x, here), (y, there) in pairwise((x, gap(costs)) for x, costs in walked):
        if here == 0:
            found.append(x)
        elif here * there < 0:
            found.append(root(lambda z: gap(case.costs(**{field.name: z})), x, y))
    return tuple(found)


def margin(costs: Costs, best: str) -> float:
    """By how much the best option is cheaper than the next; negative once it is not."""
    mine = costs[best]
    if mine is None:
        return -math.inf
    others = [cost for slug, cost in costs.items() if slug != best and cost is not None]
    return min(others) - mine if others else math.inf


@dataclass(frozen=True, slots=True)
class Variation:
    """
    What every option costs as one input changes: halved and doubled, and as far as is looked.

    `low` and `high` are (value, costs) pairs, nearest to now first.
    """

    field: Field
    low: tuple[tuple[float, Costs], ...]
    high: tuple[tuple[float, Costs], ...]


FAR = 1000.0


def variations(case: Case, fields: Iterable[Field]) -> list[Variation]:
    """Each numeric input by itself: to a half and a thousandth, to double and a thousandfold."""
    found = []
    for field in fields:
        if field.is_choice:
            continue
        now = getattr(case.given, field.name)
        scale = unit(field.unit).scale
        low, high = field.low * scale, field.high * scale
        down = {max(now / 2, low): None, (low if field.is_share else max(now / FAR, low)): None}
        far = high if field.is_share and math.isfinite(high) else min(now * FAR, high)
        up = {min(now * 2, high): None, far: None}
        found.append(
            Variation(
                field,
                tuple((x, case.costs(**{field.name: x})) for x in down if x <= now),
                tuple((x, case.costs(**{field.name: x})) for x in up if x >= now),
            )
        )
    return found


# How far beyond a crossing, of the way looked, to see who wins: costs in steps may be level there.
_BEYOND = (1e-6, 1e-4, 1e-2, 1.0)


def flips(case: Case, varied: Iterable[Variation], best: str) -> list[tuple[Field, float, str]]:
    """
    For each input, the value nearest to now at which another option gets cheapest.

    Sorted by how little the input must change, by ratio.
    """
    found: list[tuple[float, Field, float, str]] = []
    for variation in varied:
        field = variation.field
        now = getattr(case.given, field.name)

        def lead(x: float, name: str = field.name) -> float:
            return margin(case.costs(**{name: x}), best)

        nearest: tuple[float, float, str] | None = None
        for side in (variation.low, variation.high):
            before = now
            for x, costs in side:
                if x != now and margin(costs, best) < 0:
                    at = root(lead, *sorted((before, x)))
                    beyond = (case.costs(**{field.name: at + (x - at) * step}) for step in _BEYOND)
                    winner = next((w for costs in beyond if (w := cheapest(costs)) != best), "")
                    away = distance(field, now, at)
                    if winner and winner != best and (not nearest or away < nearest[0]):
                        nearest = (away, at, winner)
                    break
                before = x
        if nearest:
            found.append((nearest[0], field, *nearest[1:]))
    found.sort(key=lambda item: item[0])
    return [(field, at, winner) for _, field, at, winner in found]


def distance(field: Field, now: float, at: float) -> float:
    """How much an input must change, by ratio, for one to be told nearer than another."""
    if field.is_share:
        return abs(at - now) * 4  # a quarter of the whole counts as much as e-fold
    return abs(math.log(at / now)) if at > 0 else 10.0


def moves(
    varied: Iterable[Variation], option: str
) -> list[tuple[Field, float | None, float | None]]:
    """What that option costs with each input halved and doubled, widest first."""
    found: list[tuple[float, Field, float | None, float | None]] = []
    for variation in varied:
        low, high = variation.low[0][1][option], variation.high[0][1][option]
        swing = math.inf if low is None or high is None else abs(high - low)
        if swing > 0:
            found.append((swing, variation.field, low, high))
    found.sort(key=lambda item: -item[0])
    return [(field, low, high) for _, field, low, high in found]


def sample(
    case: Case,
    fields: Iterable[Field],
    ranges: Mapping[str, Range],
    count: int = SAMPLES,
) -> dict[str, list[float]]:
    """
    Costs by option over `count` seeded draws of the inputs given as ranges.

    Log-normal through the 10th and 90th percentile; for shares a normal, clipped to bounds.
    An option refused in a draw has infinite cost in it.
    """
    dice = random.Random(_SEED)
    uncertain = [field for field in fields if field.name in ranges]
    drawn: dict[str, list[float]] = {}
    for _ in range(count):
        changes = {field.name: _draw(field, ranges[field.name], dice) for field in uncertain}
        for slug, cost in case.costs(**changes).items():
            drawn.setdefault(slug, []).append(math.inf if cost is None else cost)
    return drawn


def _draw(field: Field, ends: Range, dice: random.Random) -> float:
    scale = unit(field.unit).scale
    z = dice.gauss(0.0, 1.0)
    if field.is_share:
        value = ends.middle(share=True) + z * (ends.high - ends.low) / (2 * _Z90)
    else:
        value = ends.middle(share=False) * math.exp(z * math.log(ends.high / ends.low) / 2 / _Z90)
    return min(max(value, field.low * scale), field.high * scale)


def percentile(ordered: list[float], share: float) -> float:
    """The value below which that share of an ordered list lies, by linear interpolation."""
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    if ordered[low] == ordered[high]:
        return ordered[low]
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
