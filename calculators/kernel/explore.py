"""
Exploration, written once about any calculator: curve, crossing, sensitivity, flips, sampling.

All of it runs the calculator's own formula on floats in base units.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field, Inputs, Range
from calculators.kernel.results import Band, Option
from calculators.kernel.trace import Nest, Path, Traces, tried
from calculators.kernel.units import unit

Formula = Callable[[Any, Facts], tuple[Option, ...]]
Costs = dict[str, float | None]
Along = Callable[[float], Costs]
# What a recorded path says of some values, and that path; None where no path fits them.
Found = tuple[Costs, Path] | None
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
    replay: Callable[..., Found] = dataclasses.field(init=False, compare=False)

    def __post_init__(self) -> None:
        replay = replayed(self.traces, lambda path: path.bound(vars(self.given)))
        object.__setattr__(self, "replay", replay)

    @classmethod
    def of(cls, formula: Formula, inputs: Inputs, facts: Facts) -> Case:
        """The case in its float reading; what was recorded of the formula is shared by cases."""
        given, floats = inputs.floats(), facts.floats()
        chosen = (value for value in vars(given).values() if not isinstance(value, float))
        return cls(formula, given, floats, floats.traces((formula, *chosen)))

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

    def varying(self, *names: str) -> Callable[..., Costs]:
        """
        The costs without the floors as a function of these inputs, in this order: for many runs,
        in which what depends on no other input is worked out once.
        """
        given = vars(self.given)
        replay = replayed(self.traces, lambda path: path.nested((names,), given))

        def costs(*values: float) -> Costs:
            found = replay(*values)
            return found[0] if found else self.met(dict(zip(names, values, strict=True)))

        return costs

    def along(self, name: str) -> Along:
        """The same of one input, each of whose values is worked out once."""
        return cache(self.varying(name))

    def met(self, changes: dict[str, Any]) -> Costs:
        """The costs without the floors where no path fits."""
        return ranked(self._strange(changes))

    def _run(self, changes: dict[str, Any]) -> tuple[Costs, tuple[str, ...]]:
        found = self.replay(**changes)
        if found is not None:
            return found[0], found[1].floors
        options = self._strange(changes)
        return _totals(options), tuple(option.slug for option in options if option.floor)

    def _strange(self, changes: dict[str, Any]) -> tuple[Option, ...]:
        """The formula's options where no path fits."""
        self.traces.met(self.formula, vars(self.given) | changes, self.facts)
        return self.options(**changes)


def replayed(traces: Traces, made: Callable[[Path], Nest | None]) -> Callable[..., Found]:
    """What is `made` of the path that fits, called; that which fitted last is tried first."""
    runs: list[tuple[Nest, Path]] = []
    known: set[Path] = set()

    def replay(*values: float, **named: float) -> Found:
        for at, (run, path) in enumerate(runs):
            found = run(*values, **named)
            if found is not None:
                if at:
                    runs.insert(0, runs.pop(at))
                    traces.fitted(path)
                return found, path
        for path in traces.paths:
            if path not in known:
                known.add(path)
                fresh = made(path)
                if fresh is None:
                    continue
                runs.append((fresh, path))
                found = fresh(*values, **named)
                if found is not None:
                    traces.fitted(path)
                    return found, path
        return None

    return replay


def ranked(options: Iterable[Option]) -> Costs:
    """What the options come to that can be the best: all but the floors."""
    return _totals(option for option in options if not option.floor)


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


def grid(costs: Along, first: int, last: int, step: int = 1) -> Grid:
    """Costs of every option from one power of ten to another, for `crossings` to walk."""
    return tuple((x, costs(x)) for x in decades(first, last)[::step])


def crossings(costs: Along, a: str, b: str, walked: Grid) -> Iterator[float]:
    """
    Every value of the input within the grid at which a and b cost the same, from the lowest on.

    Costs that move in steps may cross more than once, so the whole grid is walked; two crossings
    within one of its cells are missed.
    """

    def gap(x: float) -> float:
        at = costs(x)
        one, other = at[a], at[b]
        return math.nan if one is None or other is None else one - other

    gaps = [
        math.nan if (one := at[a]) is None or (other := at[b]) is None else one - other
        for _, at in walked
    ]
    for at, (here, there) in enumerate(pairwise(gaps)):
        if here == 0:
            yield walked[at][0]
        elif here * there < 0:
            yield root(gap, walked[at][0], walked[at + 1][0])


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
_BEYOND = (1e-6, 1e-4, 1e-2, 0.1, 1.0)
_TIE = 1e-300  # stands for no difference, on the side of the best


def flips(case: Case, varied: Iterable[Variation], best: str) -> list[tuple[Field, float, str]]:
    """
    For each input, the value nearest to now at which another option gets cheapest.

    Sorted by how little the input must change, by ratio.
    """
    # Where another costs as little already, no difference is no crossing.
    tie = _TIE if margin(case.costs(), best) == 0 else 0.0
    found: list[tuple[float, Field, float, str]] = []
    for variation in varied:
        field = variation.field
        now = getattr(case.given, field.name)

        def lead(x: float, name: str = field.name) -> float:
            return margin(case.costs(**{name: x}), best) or tie

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


def columns(rows: Sequence[Costs]) -> dict[str, list[float]]:
    """Costs by option; an option refused in a draw has infinite cost in it."""
    return {
        slug: [math.inf if (cost := row[slug]) is None else cost for row in rows]
        for slug in rows[0]
    }


class _Normals:
    """Seeded numbers, normally distributed, the same ones for everybody; kept, being slow."""

    def __init__(self) -> None:
        self._dice = random.Random(_SEED)
        self._thrown: list[float] = []

    def between(self, first: int, last: int) -> list[float]:
        """Those from one place to before another."""
        self._thrown += (self._dice.gauss(0.0, 1.0) for _ in range(len(self._thrown), last))
        return self._thrown[first:last]


_NORMALS = _Normals()
_AT_ONCE = 100  # draws


def draws(
    fields: Iterable[Field], ranges: Mapping[str, Range], count: int
) -> Iterator[tuple[float, ...]]:
    """
    Seeded draws: a value in base units for each input given as a range, in the order of `drawn`.

    Log-normal through the 10th and 90th percentile; for shares a normal, clipped to bounds.
    """
    dies = [_die(field, ranges[field.name]) for field in fields if field.name in ranges]
    many = len(dies)
    for first in range(0, count, _AT_ONCE):
        normals = _NORMALS.between(first * many, min(first + _AT_ONCE, count) * many)
        yield from zip(*(die(normals[i::many]) for i, die in enumerate(dies)), strict=True)


def drawn(fields: Iterable[Field], ranges: Mapping[str, Range]) -> tuple[str, ...]:
    """The inputs given as ranges, in the order in which they are drawn."""
    return tuple(field.name for field in fields if field.name in ranges)


def _die(field: Field, ends: Range) -> Callable[[list[float]], list[float]]:
    """Makes of normals what the input is in these draws."""
    scale = unit(field.unit).scale
    low, high = field.low * scale, field.high * scale
    middle, exp = ends.middle(field.is_share), math.exp
    if field.is_share:
        spread = (ends.high - ends.low) / (2 * _Z90)
        return lambda normals: [min(max(middle + z * spread, low), high) for z in normals]
    spread = math.log(ends.high / ends.low) / (2 * _Z90)
    return lambda normals: [min(max(middle * exp(z * spread), low), high) for z in normals]


BAND_DRAWS = 500


def drawn_cases(
    case: Case, fields: Iterable[Field], ranges: Mapping[str, Range], along: Field
) -> Iterator[Along]:
    """In each of some draws of the ranges, the costs along an input, which itself is not drawn."""
    others = {name: ends for name, ends in ranges.items() if name != along.name}
    names = drawn(fields := tuple(fields), others)
    given, levels = vars(case.given), (names, (along.name,))
    nests: dict[Path, Nest | None] = {}
    usual: dict[float, Path] = {}  # by value, the path that fitted there in the draw before

    def settled(values: tuple[float, ...]) -> Along:
        held = dict(zip(names, values, strict=True))
        runs: dict[Path, Nest | None] = {}

        def run(path: Path, x: float) -> Costs | None:
            if path not in runs:
                if path not in nests:
                    nests[path] = path.nested(levels, given)
                nest = nests[path]
                runs[path] = nest and tried(nest, *values)
            inner = runs[path]
            return inner and inner(x)

        def costs(x: float) -> Costs:
            before = usual.get(x)
            found = before and run(before, x)
            if found:
                return found
            for path in case.traces.paths:
                if path is not before and (found := run(path, x)):
                    usual[x] = path
                    case.traces.fitted(path)
                    return found
            return case.met(held | {along.name: x})

        return cache(costs)

    yield from map(settled, draws(fields, others, BAND_DRAWS if others else 0))


def band(xs: tuple[float, ...], rows: Sequence[tuple[Costs, ...]]) -> Band:
    """What each draw costs at each value of one input, and which of the options is cheapest."""
    percentiles: dict[str, list[tuple[float, float, float] | None]] = {}
    best: dict[str, list[float]] = {}
    for at in zip(*rows, strict=True):
        costs = columns(list(at))
        for slug, won in shares_won(costs).items():
            best.setdefault(slug, []).append(won)
            p10, p50, p90 = tenths(costs[slug])
            known = (p10, p50, p90) if math.isfinite(p90) else None
            percentiles.setdefault(slug, []).append(known)
    return Band(
        xs,
        {slug: tuple(known) for slug, known in percentiles.items()},
        {slug: tuple(shares) for slug, shares in best.items()},
        len(rows),
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
