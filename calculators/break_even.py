"""Break-even: the volume at which one approach passes another, and when that pays back."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calculators.approach_cost import RETRIEVED
from calculators.approach_cost.formula import approach_cost, named, uses
from calculators.approach_cost.inputs import GROUPS, ApproachCost
from calculators.approach_cost.presets import PRESETS
from calculators.approach_cost.report import warnings
from calculators.kernel import explore
from calculators.kernel.calculator import Calculator, Draft, Report
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import quantity
from calculators.kernel.items import Item
from calculators.kernel.results import Cell, Option, Sentence, Table
from calculators.kernel.units import Number, Quantity, added

ENGINEERING = Item("engineering", "Engineering")

SPREAD = Item("paid-once-spread-over-its-life", "Paid once, spread over its life")
DRAWN_STEP = 4  # two points in a decade, which the draws of ranges are walked by
LOWEST_POWER, HIGHEST_POWER = 2, 10  # of ten, between which a crossing is looked for

Crossed = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven(ApproachCost):
    """The inputs of approach cost, and what it takes to build each approach."""

    horizon: Number = quantity(
        "12 month",
        "Horizon",
        "Months over which what is paid once is spread, or fewer if the tuned model's offer ends.",
        group="people",
        low=0.1,
        high=120,
    )
    build_weeks: Number = quantity(
        "6 week",
        "Weeks to build fine-tuning",
        "Engineering before a tuned model is in production. No published measurement supports "
        "the usual four to eight; it is a rule of thumb to replace by your own.",
        group="people",
        high=520,
    )
    retrieval_build_weeks: Number = quantity(
        "4 week",
        "Weeks to build retrieval",
        "Engineering before retrieval is in production (rule of thumb). Hybrid needs both.",
        group="people",
        high=520,
    )
    engineer_cost: Number = quantity(
        "4k USD/week",
        "Engineer",
        "What one engineer costs a week with everything included (rule of thumb).",
        group="people",
    )


def break_even(given: BreakEven, facts: Facts) -> tuple[Option, ...]:
    r"""
    Each approach costs its month (as in approach cost) and its share of what is paid once:

    $$
    C_i(R) = M_i(R) + \frac{B_i + E_i}{\min(h, \ell_i)},
    $$

    with $B$ the first training, embedding and loading, $E$ the engineering weeks at their
    price, $h$ the horizon and $\ell$ the months until the tuned model's offer is shut down. Two
    approaches break even where their curves cross. The one that costs more to set up pays back
    after $\Delta(B + E) / \Delta M$ months at your volume, if its offer lives that long.
    """
    options = []
    for option in approach_cost(given, facts):
        if not option.refused:
            weeks = weeks_to_build(option.slug, given)
            if weeks is not None:
                option.once[ENGINEERING] = weeks * given.engineer_cost
            if option.once:
                option.lines[SPREAD] = option.total_once / _life(option.slug, given, facts)
        options.append(option)
    return tuple(options)


def weeks_to_build(slug: str, given: Any) -> Any:
    """Engineering before an approach is in production (h), or None where none is asked for."""
    return {
        "retrieval": given.retrieval_build_weeks,
        "fine-tuned": given.build_weeks,
        "hybrid": given.retrieval_build_weeks + given.build_weeks,
        "self-hosted": given.build_weeks,
    }.get(slug)


def _life(slug: str, given: BreakEven, facts: Facts) -> Any:
    """Months over which an approach's one-off costs are spread."""
    left = months_left(slug, given, facts)
    return given.horizon if left is None else min(given.horizon, left)


def months_left(slug: str, given: BreakEven, facts: Facts) -> Any:
    """Months until the tuned model of this approach is shut down, or None where no end is known."""
    if slug not in ("fine-tuned", "hybrid"):
        return None
    days = facts.days_left(given.tuned_model)
    return None if days is None else facts.months(days)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two approaches: where they cross, and what changing from `first` to `second` takes."""

    first: Option
    second: Option
    crossing: Quantity | None
    verdict: Sentence
    payback: Sentence


def report(draft: Draft) -> Report:
    """Where fine-tuning passes retrieval, and every other pair."""
    given, facts = draft.inputs, draft.facts
    there = [option for option in draft.options if not option.floor and not option.refused]
    costs = draft.case.along("requests")
    walked = explore.grid(costs, LOWEST_POWER, HIGHEST_POWER)
    pairs = [
        compare(draft, first, second, costs, walked)
        for first, second in itertools.combinations(there, 2)
    ]
    main = next(
        (p for p in pairs if (p.first.slug, p.second.slug) == ("retrieval", "fine-tuned")), None
    )
    headline: Sentence
    finding: Sentence
    if main is None:
        missing = next(
            o for o in (draft.option("retrieval"), draft.option("fine-tuned")) if o.refused
        )
        headline = (f"{missing.label} cannot be had on that day. {missing.refused}",)
        finding = ("What each approach costs, by volume",)
    elif main.crossing is not None:
        headline = (
            named("fine-tuned", given, facts), " breaks even with ",
            _low(named("retrieval", given, facts)), " at ", main.crossing, ". ", *main.verdict,
            " At your ", given.requests, ": ", *main.payback,
        )  # fmt: skip
        finding = ("Fine-tuning and retrieval cross at ", main.crossing)
    else:
        headline = (
            named("fine-tuned", given, facts), " never breaks even with ",
            _low(named("retrieval", given, facts)), ". ", *main.verdict,
        )  # fmt: skip
        finding = ("Fine-tuning and retrieval do not cross",)
    columns = ("Pair", "Break-even", "Which is cheaper", "Payback at your volume")
    rows = tuple(
        (
            f"{pair.first.label} or {pair.second.label.lower()}",
            pair.crossing if pair.crossing is not None else "never",
            pair.verdict,
            pair.payback,
        )
        for pair in pairs
    )
    tables = [Table("pairs", "Where each pair breaks even", columns, rows)]
    if draft.drawn:
        bands = [band(pair, draft.drawn) for pair in pairs]
        tables.append(_bands(bands))
        headline += next((one.said() for one in bands if one.pair is main), ())
    return Report(
        headline=headline,
        finding=finding,
        uses=uses(given),
        tables=tuple(tables),
        warnings=(*warnings(draft), *_endings(draft)),
    )


@dataclass(frozen=True, slots=True)
class Band:
    """Where a pair breaks even in each of some draws of the ranges, as far as it does."""

    pair: Pair
    crossings: list[float]
    draws: int

    def tenths(self) -> list[Quantity]:
        """The 10th, 50th and 90th percentile of the crossings; none where there is no crossing."""
        found = explore.tenths(self.crossings) if self.crossings else ()
        return [Quantity.of(x, "request/month") for x in found]

    def never(self) -> Quantity:
        """The share of draws in which the two do not cross."""
        return Quantity.of(100 * (1 - len(self.crossings) / self.draws), "%")

    def said(self) -> Sentence:
        """The band in a sentence after the headline."""
        if not self.crossings:
            return (" Within your ranges they never cross.",)
        p10, _, p90 = self.tenths()
        found: Sentence = (" Within your ranges it lies between ", p10, " and ", p90)
        found += (" (10th and 90th percentile)",)
        if len(self.crossings) < self.draws:
            found += ("; in ", self.never(), " of draws they never cross")
        return (*found, ".")


def crossed(costs: explore.Along) -> Crossed:
    """The lowest crossing of each pair of options that cross, in one draw of the ranges."""
    walked = explore.grid(costs, LOWEST_POWER, HIGHEST_POWER, DRAWN_STEP)
    found = {}
    for pair in itertools.combinations(walked[0][1], 2):
        at = next(explore.crossings(costs, *pair, walked), None)
        if at is not None:
            found[pair] = at
    return found


def band(pair: Pair, drawn: Sequence[Crossed]) -> Band:
    """The lowest crossings of a pair in these draws."""
    both = pair.first.slug, pair.second.slug
    return Band(pair, [found[both] for found in drawn if both in found], len(drawn))


def _bands(bands: list[Band]) -> Table:
    columns = ("Pair", "10th percentile", "Median", "90th percentile", "Never crosses")
    rows: list[tuple[Cell, ...]] = []
    for one in bands:
        name = f"{one.pair.first.label} or {one.pair.second.label.lower()}"
        rows.append((name, *(one.tenths() or ("–",) * 3), one.never()))
    note = "The lowest crossing in each draw of your ranges, and the share of draws without one."
    return Table("band", "The break-even band", columns, tuple(rows), (note,))


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]


def _endings(draft: Draft) -> tuple[Sentence, ...]:
    given, facts = draft.inputs, draft.facts
    left = months_left("fine-tuned", given, facts)
    if left is None or not given.horizon > left:
        return ()
    name = facts.offer(given.tuned_model).name
    return ((f"{name} is shut down in ", left, "; what it costs once is spread over that."),)


def compare(
    draft: Draft,
    first: Option,
    second: Option,
    costs: explore.Along,
    walked: explore.Grid,
) -> Pair:
    """The crossing of two options' curves, which is cheaper on either side, and the payback."""
    points = tuple(explore.crossings(costs, first.slug, second.slug, walked))
    low, high = walked[0][1], walked[-1][1]
    cheaper_low = first if low[first.slug] < low[second.slug] else second  # type: ignore[operator]
    cheaper_high = first if high[first.slug] < high[second.slug] else second  # type: ignore[operator]
    payback = _payback(draft, first, second)
    if not points:
        return Pair(first, second, None, _never(first, second, cheaper_low, low, high), payback)
    crossing = Quantity.of(points[0], "request/month")
    verdict: Sentence = (f"{cheaper_low.label} below, {cheaper_high.label.lower()} above.",)
    if len(points) > 1:
        others = [Quantity.of(x, "request/month") for x in points[1:]]
        verdict = ("They cross more than once, also at ", *_joined(others), ".")
    return Pair(first, second, crossing, verdict, payback)


def _joined(quantities: list[Quantity]) -> Sentence:
    parts: list[str | Quantity] = []
    for quantity_ in quantities:
        parts += [", ", quantity_] if parts else [quantity_]
    return tuple(parts)


def _never(
    first: Option, second: Option, cheaper: Option, low: explore.Costs, high: explore.Costs
) -> Sentence:
    """Why two curves do not cross: dearer before the first request, and on every request."""
    dearer = second if cheaper is first else first
    each = (high[dearer.slug] - high[cheaper.slug]) / 10.0**HIGHEST_POWER  # type: ignore[operator]
    fixed = low[dearer.slug] - low[cheaper.slug]  # type: ignore[operator]
    return (
        f"{dearer.label} costs ",
        Quantity.of(fixed, "USD/month"),
        " more at hardly any volume and ",
        Quantity.of(each, "USD/request"),
        " more on each request at a very large one.",
    )


def _payback(draft: Draft, first: Option, second: Option) -> Sentence:
    """How long the option that costs more to set up needs to earn that back at your volume."""
    dear, cheap = (second, first) if second.total_once > first.total_once else (first, second)
    extra = dear.total_once - cheap.total_once
    saving = _running(cheap) - _running(dear)
    if not extra:
        return ("neither costs anything to set up.",)
    if not saving > 0:
        return (
            f"never, because {dear.label.lower()} costs ",
            extra,
            " more to set up and ",
            0 - saving,
            " more to run.",
        )
    months = (extra / saving).whole()
    left = months_left(dear.slug, draft.inputs, draft.facts)
    if left is not None and months > left:
        return (
            f"never, because {dear.label.lower()} needs ",
            months,
            ", but is shut down in ",
            left,
            ".",
        )
    return (f"{dear.label.lower()} pays back in ", months, ".")


def _running(option: Option) -> Any:
    """What an option costs a month besides its share of what is paid once."""
    return added(cost for item, cost in option.lines.items() if item is not SPREAD)


CALCULATOR = Calculator(
    slug="break-even",
    question="At what volume does fine-tuning pay for itself?",
    inputs=BreakEven,
    groups=GROUPS | {"people": "People and horizon"},
    formula=break_even,
    report=report,
    along="requests",
    decades=(3, 8),
    across=RETRIEVED,
    drawn=crossed,
    presets=PRESETS,
    rising=("requests", "output_tokens", "epochs", "runs", "examples"),
)
