"""Does it meet the target: percentiles of sums, and what the answer says about them."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calculators import CALCULATORS
from calculators.kernel import explore
from calculators.kernel.calculator import Result
from calculators.kernel.explore import Case as Question
from calculators.kernel.facts import Facts
from calculators.kernel.results import Table
from calculators.kernel.units import Quantity
from calculators.latency_budget import CALCULATOR
from calculators.latency_budget.formula import CORPUS, CORPUS_IN_THE_CACHE, PROMPT, cases, ways
from calculators.latency_budget.report import NEVER, whatever_fits
from calculators.statistics.normal import quantile, share_below
from calculators.statistics.sums import Mixture, Stage, spread
from views import charts

medians = st.floats(0.001, 10)
tails = st.floats(1, 3)
stages = st.lists(st.tuples(medians, tails.map(spread)), min_size=1, max_size=7).map(tuple)
shares = st.floats(0.5, 0.99)
SECOND = 1 / 3600


def total(*summed: Stage, share: float) -> float:
    found: float = Mixture.of([(1.0, summed)]).at(share)
    return found


def exactly_below(x: float, one: Stage, other: Stage, steps: int = 2000) -> float:
    """The probability that two log-normals sum to less than x, by the midpoint rule."""
    found = []
    for step in range(steps):
        z = -8 + 16 * (step + 0.5) / steps
        rest = x - one[0] * math.exp(one[1] * z)
        if rest > 0:
            density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi) * 16 / steps
            found.append(density * share_below(math.log(rest / other[0]) / other[1]))
    return math.fsum(found)


@settings(max_examples=40)
@given(medians, tails, shares)
def test_one_log_normal_beside_constants_is_exact(median: float, tail: float, p: float) -> None:
    sigma = spread(tail)
    expected = median * math.exp(sigma * quantile(p))
    assert total((median, sigma), share=p) == pytest.approx(expected)
    assert total((median, sigma), (2.0, 0.0), (0.5, 0.0), share=p) == pytest.approx(expected + 2.5)


def test_a_tail_is_the_95th_percentile_by_the_median() -> None:
    assert total((0.3, spread(2.7)), share=0.95) == pytest.approx(0.3 * 2.7)
    assert total((0.3, spread(2.7)), share=0.5) == pytest.approx(0.3)


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
@pytest.mark.parametrize(
    ("one", "other", "off"),
    [
        ((1.0, 2.0), (1.0, 2.0), 0.002),
        ((1.0, 1.3), (0.3, 3.0), 0.02),
        ((3.0, 2.6), (0.8, 2.0), 0.01),
        ((1.0, 6.3), (1.0, 2.0), 0.06),
        ((1.0, 6.3), (1.0, 6.3), 0.03),
    ],
)
def test_a_sum_of_two_is_that_of_the_integral(
    one: tuple[float, float], other: tuple[float, float], off: float, share: float
) -> None:
    """Found by bisection of the exact probability; `off` is what the approximation may miss by."""
    a, b = ((median, spread(tail)) for median, tail in (one, other))
    low, high = 0.0, 100.0
    for _ in range(25):
        middle = (low + high) / 2
        low, high = (middle, high) if exactly_below(middle, a, b, 400) < share else (low, middle)
    assert total(a, b, share=share) == pytest.approx(high, rel=off)


def test_seven_stages_agree_with_a_large_sample() -> None:
    """The stages of retrieval to the last token, drawn together."""
    drawn = [(0.05, 2), (0.2, 1.3), (0.01, 1.3), (0.35, 2), (0.7, 2), (3.0, 2.65)]
    summed = tuple((median, spread(tail)) for median, tail in drawn)
    dice = random.Random(20261122)
    factors = [[dice.gauss(0, 1) for _ in summed] for _ in range(20_000)]
    sums = sorted(
        math.fsum(m * math.exp(s * z) for (m, s), z in zip(summed, draw, strict=True))
        for draw in factors
    )
    for share, off in ((0.5, 0.01), (0.95, 0.015), (0.99, 0.03)):
        assert total(*summed, share=share) == pytest.approx(
            explore.percentile(sums, share), rel=off
        )


@settings(max_examples=40)
@given(stages, shares, st.floats(1, 5), st.data())
def test_a_longer_stage_never_makes_the_sum_shorter(
    summed: tuple[Stage, ...], share: float, factor: float, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(summed) - 1))
    median, sigma = summed[place]
    longer = (*summed[:place], (median * factor, sigma), *summed[place + 1 :])
    assert total(*longer, share=share) >= total(*summed, share=share) * (1 - 1e-9)


@settings(max_examples=40)
@given(stages, medians, tails, shares)
def test_one_stage_more_never_makes_the_sum_shorter(
    summed: tuple[Stage, ...], median: float, tail: float, share: float
) -> None:
    more = (*summed, (median, spread(tail)))
    assert total(*more, share=share) >= total(*summed, share=share) * (1 - 1e-9)


@settings(max_examples=40)
@given(stages)
def test_percentiles_are_in_order(summed: tuple[Stage, ...]) -> None:
    p50, p95, p99 = (total(*summed, share=share) for share in (0.5, 0.95, 0.99))
    assert p50 <= p95 <= p99


@settings(max_examples=40)
@given(stages, st.floats(0.95, 0.99))
def test_in_the_tail_the_sum_is_less_than_the_percentiles_added(
    summed: tuple[Stage, ...], share: float
) -> None:
    """Independent stages are seldom slow together; equality where only one of them varies."""
    apart = math.fsum(total(stage, share=share) for stage in summed)
    assert total(*summed, share=share) <= apart * (1 + 1e-9)


@settings(max_examples=40)
@given(stages, shares)
def test_contributions_sum_to_the_percentile_and_none_is_negative(
    summed: tuple[Stage, ...], share: float
) -> None:
    mixture = Mixture.of([(1.0, summed)])
    x = mixture.at(share)
    (parts,) = mixture.contributions(x)
    assert min(parts) >= 0
    assert math.fsum(parts) == pytest.approx(x)
    doubled = tuple((median * 2, sigma) for median, sigma in summed)
    assert total(*doubled, share=share) == pytest.approx(2 * x)


@settings(max_examples=40)
@given(stages, shares)
def test_a_contribution_is_the_median_times_the_derivative(
    summed: tuple[Stage, ...], share: float
) -> None:
    """Euler's theorem, by a difference: what one stage has in the sum is how it moves it."""
    (parts,) = Mixture.of([(1.0, summed)]).contributions(total(*summed, share=share))
    median, sigma = summed[0]
    up, down = (
        total((median * (1 + step), sigma), *summed[1:], share=share) for step in (1e-4, -1e-4)
    )
    assume(parts[0] > 1e-4 * math.fsum(parts))
    assert (up - down) / 2e-4 == pytest.approx(parts[0], rel=1e-3)


@settings(max_examples=40)
@given(stages, st.floats(0.001, 0.5), st.floats(0.5, 20), tails, shares)
def test_a_cold_start_now_and_then(
    summed: tuple[Stage, ...], often: float, median: float, tail: float, share: float
) -> None:
    cold = (*summed, (median, spread(tail)))
    mixture = Mixture.of([(1 - often, summed), (often, cold)])
    x = mixture.at(share)
    assert total(*summed, share=share) <= x * (1 + 1e-9)
    assert x <= total(*cold, share=share) * (1 + 1e-9)
    assert math.fsum(part for parts in mixture.contributions(x) for part in parts) == (
        pytest.approx(x)
    )
    if any(sigma > 0.01 for _, sigma in summed):
        assert mixture.share_below(x) == pytest.approx(share, abs=1e-6)


def answered(today: Facts, **texts: str) -> Result:
    result = CALCULATOR.answer(today, texts)
    assert not result.reading.problems
    return result


def table(result: Result, slug: str) -> Table:
    return next(table for table in result.tables if table.slug == slug)


def quantity(cell: Any) -> Quantity:
    parts = cell if isinstance(cell, tuple) else (cell,)
    return next(part for part in parts if isinstance(part, Quantity))


def test_the_percentile_and_the_share_in_time_are_one_curve(today: Facts) -> None:
    """With the target set to the figure of retrieval, 95 % of its requests are in time."""
    seconds = answered(today).option("retrieval").total.to("s")
    rows = table(answered(today, target=f"{seconds:.9f}"), "target").rows
    row = next(row for row in rows if row[0] == "Retrieval")
    assert quantity(row[-1]).to("%") == pytest.approx(95, abs=1e-4)
    assert quantity(row[2]).to("s") == pytest.approx(seconds)


@pytest.mark.parametrize("until", ["first-token", "last-token"])
def test_what_would_meet_the_target_meets_it(until: str, today: Facts) -> None:
    target = {"first-token": "2", "last-token": "9"}[until]
    result = answered(today, until=until, target=target, cold_start_share="2")
    changes = table(result, "changes")
    inputs = result.reading.inputs
    labels = {field.label: field.name for field in CALCULATOR.inputs.fields()}
    slugs = {option.label: option.slug for option in result.options}
    checked = 0
    for row in changes.rows:
        for label, cell in zip(changes.columns[2:], row[2:], strict=True):
            if cell == NEVER:
                continue
            changed = replace(inputs, **{labels[str(row[0])]: quantity(cell)})
            found = Question.of(whatever_fits, changed, today).totals()[slugs[label]]
            assert found == pytest.approx(float(target) * SECOND, rel=1e-5)
            checked += 1
    assert checked >= 8


def test_what_retrieval_adds_grows_in_the_tail(today: Facts) -> None:
    rows = table(answered(today), "added").rows
    more = [quantity(row[3]).to("s") for row in rows]
    assert more == sorted(more)
    for row in rows:
        assert quantity(row[2]).value - quantity(row[1]).value == pytest.approx(
            quantity(row[3]).value
        )
    median, *tail = [(quantity(row[2]).value, quantity(row[4]).value) for row in rows]
    assert median[0] > median[1], "medians added up are too little"
    assert all(summed < apart for summed, apart in tail), "tails added up are too much"


def test_the_first_token_waits_for_a_longer_prompt_and_not_for_a_longer_answer(
    today: Facts,
) -> None:
    case = Question.of(CALCULATOR.formula, CALCULATOR.inputs.read({}, today).inputs, today)
    now, longer = case.costs(), case.costs(top_k=case.given.top_k * 2)
    assert longer["retrieval"] > now["retrieval"]  # type: ignore[operator]
    assert longer["fine-tuned"] == now["fine-tuned"]
    assert case.costs(output_tokens=1e4) == now
    inputs = CALCULATOR.inputs.read({"until": "last-token"}, today).inputs
    case = Question.of(CALCULATOR.formula, inputs, today)
    assert case.costs(output_tokens=1e4) != case.costs()


def test_a_cached_corpus_is_not_read_but_attended_to(today: Facts) -> None:
    inputs = CALCULATOR.inputs.read({"hit_rate": "100"}, today).inputs
    case = Question.of(CALCULATOR.formula, inputs, today)
    found = ways("long-context", case.given, case.facts)
    assert len(found) == 1, "no request misses"
    assert CORPUS not in found[0][1][-1].parts
    plain = ways("prompt", case.given, case.facts)
    assert found[0][1][-1].parts[PROMPT] == plain[0][1][-1].parts[PROMPT]
    assert found[0][1][-1].parts[CORPUS_IN_THE_CACHE] > 0
    assert Mixture.of(cases(found)).at(0.5) > Mixture.of(cases(plain)).at(0.5)


@pytest.mark.parametrize("percentile", ["50", "90", "95", "99"])
@pytest.mark.parametrize("hit_rate", ["0", "90", "99", "100"])
def test_a_total_is_the_percentile_where_kinds_of_requests_are_mixed(
    percentile: str, hit_rate: str, today: Facts
) -> None:
    texts = {"percentile": percentile, "hit_rate": hit_rate, "cold_start_share": "3"}
    case = Question.of(CALCULATOR.formula, CALCULATOR.inputs.read(texts, today).inputs, today)
    for slug, taken in case.costs().items():
        mixed = Mixture.of(cases(ways(slug, case.given, case.facts)))
        assert taken == pytest.approx(mixed.at(case.given.percentile), rel=1e-6), slug


def test_warnings_come_with_what_they_warn_of(today: Facts) -> None:
    def said(**texts: str) -> str:
        found = answered(today, hit_rate="100", **texts).warnings
        return " ".join(str(part) for sentence in found for part in sentence)

    assert not said()
    assert "Writing the answer alone" in said(until="last-token", target="2")
    assert "first token alone" in said(target="0.3")
    assert "outside of what was measured" in said(first_token_tail="4")
    assert "outside of what was measured" not in said(decode_tail="2")
    assert "outside of what was measured" in said(decode_tail="2", until="last-token")
    assert "up to which the sum was checked" in said(search_tail="8")
    assert "start cold" in said(cold_start_share="6")
    assert "start cold" not in said(cold_start_share="4")
    assert "Beyond 99 %" in said(percentile="99.5")
    assert "longer than the prompt" in said(tuned_prompt_tokens="2k")
    miss = answered(today).warnings
    assert any("of a miss" in str(part) for sentence in miss for part in sentence)


def test_the_headline_names_who_meets_the_target(today: Facts) -> None:
    def said(**texts: str) -> str:
        return "".join(str(p) for p in answered(today, **texts).headline if isinstance(p, str))

    assert "Fine-tuned meets the target" in said()
    assert "long context, retrieval and hybrid do not" in said()
    assert "None of the approaches meets" in said(target="0.1")
    assert "All of the approaches meet" in said(target="100")


def test_the_chart_marks_the_target_and_only_where_there_is_one(today: Facts) -> None:
    def marked(result: Result) -> list[Any]:
        assert result.curve
        layers = charts.cost_curve(result, result.curve)["layer"]
        values = [layer["data"]["values"][0] for layer in layers]
        return [value["y"] for value in values if value.get("label") == "target"]

    assert marked(answered(today, target="1.5")) == [1.5, 1.5]
    assert not marked(answered(today, target="1000000"))
    assert not marked(CALCULATORS["evaluation-size"].answer(today, {}))
