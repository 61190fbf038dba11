"""
Exploration, written once about any calculator: curve, crossing, sensitivity, flips, sampling.

All of it runs the calculator's own formula on floats in base units.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field, Inputs, Range
from calculators.kernel.results import Band, Option
from calculators.kernel.trace import Traces
from calculators.kernel.units import unit

Formula = Callable[[Any, Facts], tuple[Option, ...]]
Costs = dict[str, float | None]
# A recorded path with the inputs of a case, and the options in it that are floors.
Run = tuple[Callable[..., Costs | None], tuple[str, ...]]
Grid = tuple[tuple[float, Costs], ...]

SAMPLES = 5000
_SEED = 20261122
_Z90 = 1.2815515655446004  # the 90th percentile of a standard normal


@dataclass(frozen=True, slots=True)
class Case:
    """A formula with one set of inputs on one day, ready to be asked what-if."""

    formula: Formula
    given: SimpleNamespace
    facts: Facts
    traces: Traces = dataclasses.field(default_factory=Traces)
    runs: list[Run] = dataclasses.field(default_factory=list)
    # What has changed since the runs were bound: they are shared with the case that it was.
    changed: dict[str, float] = dataclasses.field(default_factory=dict)
    before: SimpleNamespace | None = None

    @classmethod
    def of(cls, formula: Formula, inputs: Inputs, facts: Facts) -> Case:
        """The case in its float reading; what was recorded of the formula is shared by cases."""
        given, floats = inputs.floats(), facts.floats()
        chosen = (value for value in vars(given).values() if not isinstance(value, float))
        traces = floats.traces((formula, *chosen))
        case = cls(formula, given, floats, traces)
        case.runs.extend((path.bound(vars(given)), path.floors) for path in traces.paths)
        return case

    def but(self, **changes: float) -> Case:
        """The case with some inputs changed for good."""
        given = SimpleNamespace(**(vars(self.given) | changes))
        return dataclasses.replace(
            self, given=given, changed=self.changed | changes, before=self.before or self.given
        )

    def options(self, **changes: Any) -> tuple[Option, ...]:
        """The formula's options with some inputs changed (base units, or an offer's id)."""
        given = self.given
        if changes:
            given = SimpleNamespace(**(given.__dict__ | changes))
        return self.formula(given, self.facts)

    def totals(self, **changes: Any) -> Costs:
        """What every option comes to, by slug, None where refused; only numbers may change."""
        return self._run(changes)[0]

    def costs(self, **changes: Any) -> Costs:
        """The same without the floors."""
        costs, floors = self._run(changes)
        for slug in floors:
            del costs[slug]
        return costs

    def _run(self, changes: dict[str, Any]) -> tuple[Costs, tuple[str, ...]]:
        now = self.changed | changes
        for at, (run, floors) in enumerate(self.runs):
            found = run(**now)
            if found is not None:
                if at:
                    self.runs.insert(0, self.runs.pop(at))
                return found, floors
        given = vars(self.given) | changes
        path = self.traces.met(self.formula, given, self.facts)
        if path:
            self.runs.insert(0, (path.bound(vars(self.before or self.given)), path.floors))
        options = self.options(**changes)
        return _totals(options), tuple(option.slug for option in options if option.floor)


def _totals(options: Iterable[Option]) -> Costs:
    return {o.slug: None if o.refused else float(o.total) for o in options}


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
        for slug, cost in case.totals(**{field.name: x}).items():
            series.setdefault(slug, []).append(cost)
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


def grid(case: Case, field: Field, first: int, last: int, step: int = 1) -> Grid:
    """Costs of every option from one power of ten to another, for `crossings` to walk."""
    return tuple((x, case.costs(**{field.name: x})) for x in decades(first, last)[::step])


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
    What every option costs as one input changes: to the ends of its range, or halved and doubled,
    and as far as is looked. `low` and `high` are (value, costs) pairs, nearest to now first.
    """

    field: Field
    low: tuple[tuple[float, Costs], ...]
    high: tuple[tuple[float, Costs], ...]


FAR = 1000.0


def variations(case: Case, fields: Iterable[Field], ranges: Mapping[str, Range]) -> list[Variation]:
    """Each numeric input by itself: to a half and a thousandth, to double and a thousandfold."""
    found = []
    for field in fields:
        if field.is_choice:
            continue
        now = getattr(case.given, field.name)
        scale = unit(field.unit).scale
        low, high = field.low * scale, field.high * scale
        ends = ranges.get(field.name) or Range(max(now / 2, low), min(now * 2, high))
        down = {ends.low: None, (low if field.is_share else max(now / FAR, low)): None}
        far = high if field.is_share and math.isfinite(high) else min(now * FAR, high)
        up = {ends.high: None, far: None}
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


def turns(case: Case, fields: Iterable[Field], best: str) -> list[tuple[Field, str, str]]:
    """
    Each other word of a choice among words with which `best` is no longer the cheapest; of what is
    imposed none is told.
    """
    found = []
    for field in fields:
        for word, _ in field.options:
            if not field.imposed and word != getattr(case.given, field.name):
                options = case.options(**{field.name: word})
                winner = cheapest(_totals(option for option in options if not option.floor))
                if winner != best:
                    found.append((field, word, winner))
    return found


def distance(field: Field, now: float, at: float) -> float:
    """How much an input must change, by ratio, for one to be told nearer than another."""
    if field.is_share:
        return abs(at - now) * 4  # a quarter of the whole counts as much as e-fold
    return abs(math.log(at / now)) if at > 0 else 10.0


def moves(
    varied: Iterable[Variation], option: str
) -> list[tuple[Field, tuple[float, float], tuple[float, float]]]:
    """
    How each input moves that option: (value, cost) at its lower and its upper end, widest first.

    Inputs at an end of which the option cannot be had are left out.
    """
    found = []
    for variation in varied:
        (x, costs), (y, others) = variation.low[0], variation.high[0]
        low, high = costs[option], others[option]
        if low is not None and high is not None and low != high:
            found.append((abs(high - low), variation.field, (x, low), (y, high)))
    found.sort(key=lambda item: -item[0])
    return [(field, low, high) for _, field, low, high in found]


def sample(
    case: Case,
    fields: Iterable[Field],
    ranges: Mapping[str, Range],
    count: int,
) -> dict[str, list[float]]:
    """
    Costs by option over `count` seeded draws of the inputs given as ranges.

    Log-normal through the 10th and 90th percentile; for shares a normal, clipped to bounds.
    An option refused in a draw has infinite cost in it.
    """
    return _columns([case.costs(**changes) for changes in draws(fields, ranges, count)])


def _columns(rows: list[Costs]) -> dict[str, list[float]]:
    return {
        slug: [math.inf if (cost := row[slug]) is None else cost for row in rows]
        for slug in rows[0]
    }


def draws(
    fields: Iterable[Field], ranges: Mapping[str, Range], count: int
) -> Iterator[dict[str, float]]:
    """The seeded draws themselves: a value for each input given as a range, in base units."""
    dice = random.Random(_SEED)
    dies = {f.name: _die(f, ranges[f.name], dice) for f in fields if f.name in ranges}
    for _ in range(count):
        yield {name: throw() for name, throw in dies.items()}


def _die(field: Field, ends: Range, dice: random.Random) -> Callable[[], float]:
    scale = unit(field.unit).scale
    low, high = field.low * scale, field.high * scale
    middle, normal = ends.middle(field.is_share), dice.gauss
    if field.is_share:
        spread = (ends.high - ends.low) / (2 * _Z90)
        return lambda: min(max(middle + normal(0.0, 1.0) * spread, low), high)
    spread = math.log(ends.high / ends.low) / (2 * _Z90)
    return lambda: min(max(middle * math.exp(normal(0.0, 1.0) * spread), low), high)


BAND_DRAWS = 500


def drawn_cases(
    case: Case, fields: Iterable[Field], ranges: Mapping[str, Range], along: Field
) -> list[Case]:
    """The case in each of some draws of its ranges, but for the input along which one looks."""
    others = {name: ends for name, ends in ranges.items() if name != along.name}
    return [case.but(**changes) for changes in draws(fields, others, BAND_DRAWS)] if others else []


def band(cases: list[Case], field: Field, xs: tuple[float, ...]) -> Band:
    """What drawn cases cost at each value of one input, and which of their options is cheapest."""
    percentiles: dict[str, list[tuple[float, float, float] | None]] = {}
    best: dict[str, list[float]] = {}
    for x in xs:
        drawn = _columns([case.costs(**{field.name: x}) for case in cases])
        for slug, won in shares_won(drawn).items():
            best.setdefault(slug, []).append(won)
            p10, p50, p90 = tenths(drawn[slug])
            known = (p10, p50, p90) if math.isfinite(p90) else None
            percentiles.setdefault(slug, []).append(known)
    return Band(
        xs,
        {slug: tuple(known) for slug, known in percentiles.items()},
        {slug: tuple(shares) for slug, shares in best.items()},
        len(cases),
    )


def winners(
    case: Case, across: Field, ys: Iterable[float], along: Field, xs: tuple[float, ...]
) -> tuple[tuple[str, ...], ...]:
    """For each value of one input, which option is cheapest at each value of another."""
    return tuple(
        tuple(cheapest(case.costs(**{across.name: y, along.name: x})) for x in xs) for y in ys
    )


def nearest(values: Iterable[float], wanted: float) -> int:
    """The index of the value that is nearest by ratio."""
    far = [max(value, wanted) / min(value, wanted) if wanted > 0 else value for value in values]
    return far.index(min(far))


def tenths(costs: list[float]) -> tuple[float, float, float]:
    """The 10th, 50th and 90th percentile."""
    ordered = sorted(costs)
    return percentile(ordered, 0.1), percentile(ordered, 0.5), percentile(ordered, 0.9)


def shares_won(drawn: Mapping[str, list[float]]) -> dict[str, float]:
    """How often each option costs least; a draw in which all are refused is won by none."""
    won = [0] * len(drawn)
    rows = list(zip(*drawn.values(), strict=True))
    for costs in rows:
        least = min(costs)
        if least < math.inf:
            won[costs.index(least)] += 1
    return {slug: wins / len(rows) for slug, wins in zip(drawn, won, strict=True)}


def percentile(ordered: list[float], share: float) -> float:
    """The value below which that share of an ordered list lies, by linear interpolation."""
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    if ordered[low] == ordered[high]:
        return ordered[low]
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
