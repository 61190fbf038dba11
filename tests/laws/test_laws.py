"""Laws that every answer obeys, whatever is given."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import CALCULATORS
from calculators.approach_cost import CALCULATOR as APPROACH_COST
from calculators.approach_cost.formula import LABELS
from calculators.kernel import explore
from calculators.kernel.calculator import Calculator
from calculators.kernel.explore import Case
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Range
from calculators.kernel.items import Item
from calculators.kernel.offers import PriceError
from calculators.kernel.results import Option
from calculators.kernel.units import unit

calculators = pytest.mark.parametrize("calculator", CALCULATORS.values(), ids=lambda c: c.slug)


@st.composite
def workloads(draw: st.DrawFn, facts: Facts, calculator: Calculator) -> dict[str, str]:
    """Any inputs within bounds, and any offers on sale."""
    texts = {}
    for field in calculator.inputs.fields():
        if field.options:
            texts[field.name] = draw(st.sampled_from([value for value, _ in field.options]))
        elif field.is_choice:
            ids = [offer.id for offer in facts.on_sale(field.kind)]
            texts[field.name] = draw(st.sampled_from(ids + ["none"] * field.optional))
        else:
            high = min(field.high, max(field.low, 1.0) * 1e6)
            number = draw(st.floats(field.low, high, allow_subnormal=False))
            texts[field.name] = f"{number:.6f}"
    return texts


@calculators
@settings(max_examples=60)
@given(data=st.data())
def test_three_readings_are_one_formula(
    calculator: Calculator, data: st.DataObject, today: Facts
) -> None:
    """Quantities whose units cancel, floats in base units, and samples of no width agree."""
    texts = data.draw(workloads(today, calculator))
    reading = calculator.inputs.read(texts, today)
    assert not reading.problems
    exact = calculator.formula(reading.inputs, today)
    case = Case.of(calculator.formula, reading.inputs, today)
    for quantities, floats in zip(exact, case.options(), strict=True):
        assert quantities.refused == floats.refused
        for items, plain in ((quantities.lines, floats.lines), (quantities.once, floats.once)):
            for item, line in items.items():
                line.to(calculator.unit if items is quantities.lines else "USD")
                assert plain.get(item, 0.0) == pytest.approx(line.value, rel=1e-9, abs=1e-12)
    along = getattr(case.given, calculator.along) or 1.0
    narrow = Range(along, along * (1 + 1e-12))
    name, fields = calculator.along, calculator.inputs.fields()
    run = case.varying(name)
    drawn = [run(*values) for values in explore.draws(fields, {name: narrow}, 2)]
    for (x,), costs in zip(explore.draws(fields, {name: narrow}, 2), drawn, strict=True):
        assert x == pytest.approx(along, rel=1e-9)
        for option in case.options(**{name: x}):
            if not option.floor:
                assert costs[option.slug] == (None if option.refused else float(option.total))


@calculators
@settings(max_examples=40)
@given(data=st.data(), factor=st.floats(0.01, 100.0))
def test_what_is_recorded_of_a_formula_gives_its_digits(
    calculator: Calculator, data: st.DataObject, factor: float, today: Facts
) -> None:
    """The recorded path, taken or left, says exactly what the formula says."""
    case = drawn_case(calculator, data, today)
    case.costs()
    for field in calculator.inputs.fields():
        if not field.is_choice:
            scale = unit(field.unit).scale
            moved = getattr(case.given, field.name) * factor
            changes = {field.name: min(max(moved, field.low * scale), field.high * scale)}
            options = case.options(**changes)
            plain = {o.slug: None if o.refused else float(o.total) for o in options}
            assert case.totals(**changes) == plain
            costs = {o.slug: plain[o.slug] for o in options if not o.floor}
            assert case.varying(field.name)(*changes.values()) == costs


@calculators
@settings(max_examples=30)
@given(data=st.data())
def test_items_sum_to_the_total_and_none_is_negative(
    calculator: Calculator, data: st.DataObject, today: Facts
) -> None:
    result = calculator.answer(today, data.draw(workloads(today, calculator)))
    for option in result.options:
        if option.refused:
            assert not option.lines
            continue
        values = [item.value for item in option.lines.values()]
        assert min(values) >= 0
        assert float(option.total) == pytest.approx(math.fsum(values))
    on_offer = [float(o.total) for o in result.options if not o.refused and not o.floor]
    if on_offer:
        assert float(result.option(result.best).total) == min(on_offer)
    else:
        assert not result.best


@calculators
@settings(max_examples=40)
@given(data=st.data(), factor=st.floats(1.0, 50.0))
def test_more_of_what_is_billed_never_costs_less(
    calculator: Calculator, data: st.DataObject, factor: float, today: Facts
) -> None:
    case = drawn_case(calculator, data, today)
    before = case.costs()
    for name in calculator.rising:
        if hasattr(case.given, name):
            assert_no_cheaper(case.costs(**{name: getattr(case.given, name) * factor}), before)


@settings(max_examples=40)
@given(data=st.data(), share=st.floats(0, 1), more=st.floats(0, 1))
def test_a_better_cache_never_costs_more(
    data: st.DataObject, share: float, more: float, today: Facts
) -> None:
    case = drawn_case(APPROACH_COST, data, today)
    low, high = sorted((share, more))
    assert_no_cheaper(case.costs(cached_share=low), case.costs(cached_share=high))


def test_model_tokens_are_linear_in_requests(today: Facts) -> None:
    """Ten times the requests cost ten times as much where nothing is fixed."""
    inputs = APPROACH_COST.inputs.read({}, today).inputs
    case = Case.of(APPROACH_COST.formula, inputs, today)

    def prompt_only(requests: float) -> float:
        return float(case.options(requests=requests)[0].total)

    assert prompt_only(1e6) == pytest.approx(10 * prompt_only(1e5))


@calculators
def test_at_a_flip_two_options_cost_the_same(calculator: Calculator, today: Facts) -> None:
    reading = calculator.inputs.read({}, today)
    result = calculator.answer_to(today, reading)
    case = Case.of(calculator.formula, reading.inputs, today)
    assert result.flips
    for flip in result.flips:
        costs = case.costs(**{flip.field.name: flip.at.value})
        # Whole cases move in steps, of two where each of two systems gets one.
        step, far = (2.0, 0.01) if calculator.unit == "case" else (0.0, 0.001)
        inside, outside = (1 - far, 1 + far) if flip.at > flip.now else (1 + far, 1 - far)
        won, lost = costs[flip.winner], costs[result.best]
        both = won is not None and lost is not None
        same = both and won == pytest.approx(lost, rel=1e-6, abs=step)
        # Or one of them takes a step here, such as one more accelerator, or is refused beyond.
        led = explore.cheapest(case.costs(**{flip.field.name: flip.at.value * inside}))
        assert same or led == result.best
        beyond = flip.at.value * outside
        assert explore.cheapest(case.costs(**{flip.field.name: beyond})) == flip.winner


@calculators
def test_flips_come_nearest_first_and_not_too_near(calculator: Calculator, today: Facts) -> None:
    result = calculator.answer(today, {})
    assert len({flip.field.name for flip in result.flips}) == len(result.flips)
    for flip in result.flips:
        assert flip.at.value != flip.now.value


def test_every_crossing_of_a_stepped_cost_is_found() -> None:
    """A cost that falls by steps meets a straight one more than once."""

    line = Item("line", "Line")

    def stepped(given_: Any, _: Facts) -> tuple[Option, ...]:
        machines = math.ceil(given_.requests / 100)
        return (
            Option("machines", "Machines", {line: machines * 90.0}),
            Option("each", "Each", {line: given_.requests * 1.0}),
        )

    costs = Case(stepped, _namespace(requests=1.0), None).along("requests")  # type: ignore[arg-type]
    walked = tuple((x, costs(x)) for x in range(10, 500, 7))
    found = explore.crossings(costs, "machines", "each", walked)
    assert [round(x) for x, _ in zip(found, range(4), strict=False)] == [90, 100, 180, 200]


def _namespace(**values: float) -> Any:
    from types import SimpleNamespace

    return SimpleNamespace(**values)


@given(st.floats(-50, 50), st.floats(0.1, 9))
def test_a_root_of_a_line_is_exact(offset: float, slope: float) -> None:
    assert explore.root(lambda x: slope * (x - offset), -100, 100) == pytest.approx(offset)


def test_a_root_needs_a_change_of_sign() -> None:
    with pytest.raises(ValueError, match="no crossing"):
        explore.root(lambda _: 1.0, 0, 1)


def test_a_range_reproduces_its_percentiles(today: Facts) -> None:
    """Prompt only is linear in requests, so its percentiles are those of the range."""
    result = APPROACH_COST.answer(today, {"requests": "100k..1M"})
    spread = result.spreads["retrieval"]
    assert spread.p10.value < spread.p50.value < spread.p90.value
    again = APPROACH_COST.answer(today, {"requests": "100k..1M"}).spreads["retrieval"]
    assert again == spread, "a link must reproduce its figure"
    case = Case.of(APPROACH_COST.formula, APPROACH_COST.inputs.read({}, today).inputs, today)
    low, high = (case.costs(requests=x)["retrieval"] for x in (1e5, 1e6))
    assert spread.p10.value == pytest.approx(low, rel=0.1)
    assert spread.p90.value == pytest.approx(high, rel=0.1)
    assert sum(found.best for found in result.spreads.values()) == pytest.approx(1)


def test_the_split_has_no_rest(today: Facts) -> None:
    result = APPROACH_COST.answer(today, {"model": "openai/gpt-6.1-sol"})
    rows = next(table for table in result.tables if table.slug == "split").rows
    by_model, by_method = (row[2].value for row in rows[1:])  # type: ignore[union-attr]
    whole = float(result.option("retrieval").total) - float(result.option("fine-tuned").total)
    assert by_model + by_method == pytest.approx(whole)
    assert by_model > 0 > by_method, "the cheaper model saves here; fine-tuning does not"


def test_every_approach_can_be_cheapest(today: Facts) -> None:
    cases: list[dict[str, str]] = [
        {},
        {"requests": "5M"},
        {"requests": "100", "corpus_tokens": "5k", "prompt_tokens": "500"},
    ]
    winners = {APPROACH_COST.answer(today, case).best for case in cases}
    assert winners == {"retrieval", "fine-tuned", "long-context"}
    assert winners < set(LABELS)


def test_presets_are_answered(today: Facts) -> None:
    for calculator in CALCULATORS.values():
        for preset in calculator.presets:
            reading = calculator.inputs.read(preset.given, today)
            assert not reading.problems
            assert not reading.unknown
            assert calculator.answer_to(today, reading).best


def test_a_year_of_months_is_a_year_of_hours() -> None:
    assert unit("year").scale * 730 == 8760


def drawn_case(calculator: Calculator, data: st.DataObject, facts: Facts) -> Case:
    texts = data.draw(workloads(facts, calculator))
    return Case.of(calculator.formula, calculator.inputs.read(texts, facts).inputs, facts)


def assert_no_cheaper(after: explore.Costs, before: explore.Costs) -> None:
    for slug, cost in after.items():
        earlier = before[slug]
        if cost is not None and earlier is not None:
            assert cost >= earlier * (1 - 1e-9), slug


def test_an_offer_not_there_raises(today: Facts) -> None:
    with pytest.raises(PriceError):
        today.rates("openai/gpt-9")


@calculators
def test_a_map_says_who_is_cheapest_in_each_of_its_cells(
    calculator: Calculator, today: Facts
) -> None:
    found = calculator.answer(today, {}).map
    if found is None or calculator.across is None:
        assert found is None
        assert calculator.across is None
        return
    inputs = calculator.inputs.read({}, today).inputs
    case = Case.of(calculator.formula, inputs, today)
    across = calculator.field(calculator.across.name)
    for y, row in zip(calculator.across.values, found.best, strict=True):
        for x, best in zip(found.xs, row, strict=True):
            changes = {found.field.name: x.value, across.name: y * unit(across.unit).scale}
            costs = {o.slug: float(o.total) for o in case.options(**changes) if not o.refused}
            floors = {o.slug for o in case.options() if o.floor}
            least = min(cost for slug, cost in costs.items() if slug not in floors)
            assert costs[best] == least
    column, row_ = found.here
    now = getattr(inputs, calculator.along).value
    assert found.xs[column].value == pytest.approx(now, rel=1)
    assert calculator.across.values[row_] == pytest.approx(getattr(case.given, across.name), rel=1)


@calculators
def test_what_moves_the_figure_is_what_it_comes_to(calculator: Calculator, today: Facts) -> None:
    """Widest first, and a range ends where it was said to end."""
    given = {calculator.along: ranged(calculator)}
    reading = calculator.inputs.read(given, today)
    result = calculator.answer_to(today, reading)
    case = Case.of(calculator.formula, reading.inputs, today)
    swings = []
    for move in result.moves:
        for value, cost in ((move.low, move.at_low), (move.high, move.at_high)):
            there = case.totals(**{move.field.name: value.value})[result.best]
            assert there == pytest.approx(cost.value)
        swings.append(abs(move.at_high.value - move.at_low.value))
    assert swings == sorted(swings, reverse=True)
    ends = reading.ranges[calculator.along]
    for move in result.moves:
        if move.field.name == calculator.along:
            assert (move.low.value, move.high.value) == pytest.approx((ends.low, ends.high))


def ranged(calculator: Calculator) -> str:
    """The curve's input as a range around its default."""
    field = calculator.field(calculator.along)
    number = float(field.default.replace(",", "").rstrip("kM"))
    letter = field.default[-1] if field.default[-1] in "kM" else ""
    return f"{number * 0.8:g}{letter}..{number * 1.2:g}{letter}"


@calculators
def test_a_band_lies_about_its_curve(calculator: Calculator, today: Facts) -> None:
    """Percentiles in order, chances that come to one, and none without another range."""
    alone = calculator.answer(today, {calculator.along: ranged(calculator)}).curve
    assert alone
    assert alone.band is None, "what is drawn along the axis is not drawn by chance"
    other = next(f for f in calculator.inputs.fields() if not f.is_choice and f.rare)
    number = float(other.default.replace(",", "").rstrip("kM")) or 1.0
    curve = calculator.answer(today, {other.name: f"{number * 0.9:g}..{number:g}"}).curve
    assert curve
    band = curve.band
    assert band
    assert band.xs == curve.xs[::4]
    for known in band.percentiles.values():
        for three in known:
            assert three is None or list(three) == sorted(three)
    for shares in zip(*band.best.values(), strict=True):
        assert sum(shares) == pytest.approx(1)
