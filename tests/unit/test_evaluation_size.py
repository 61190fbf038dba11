"""How many test cases: laws of the formulas, and what the answer says about them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calculators.evaluation_size import CALCULATOR
from calculators.evaluation_size.formula import Design as Worked
from calculators.evaluation_size.formula import design
from calculators.evaluation_size.report import smallest_difference
from calculators.kernel.calculator import Result
from calculators.kernel.facts import Facts
from calculators.kernel.results import Cell
from calculators.kernel.units import Quantity
from calculators.statistics import proportions
from calculators.statistics.normal import quantile, share_below
from tests.conftest import by_label
from views import text

Z, Z80 = quantile(0.975), quantile(0.8)
rates = st.floats(0.02, 0.98)
differences = st.floats(0.001, 0.3)
agreements = st.floats(0.55, 1.0)
widths = st.floats(0.002, 0.3)


def answered(today: Facts, **given: str) -> Result:
    result = CALCULATOR.answer(today, given)
    assert not result.reading.problems
    return result


def total(result: Result, slug: str) -> float:
    return result.option(slug).total.to("case")  # type: ignore[no-any-return]


def quantity_in(cell: Cell) -> Quantity:
    parts = cell if isinstance(cell, tuple) else (cell,)
    return next(part for part in parts if isinstance(part, Quantity))


@pytest.mark.parametrize(
    ("share", "z"),
    # Abramowitz and Stegun, table 26.6, and any table of the normal distribution.
    [(0.9, "1.2816"), (0.95, "1.6449"), (0.975, "1.9600"), (0.99, "2.3263"), (0.995, "2.5758")],
)
def test_quantiles_are_those_of_the_tables(share: float, z: str) -> None:
    assert f"{quantile(share):.4f}" == z
    assert quantile(1 - share) == pytest.approx(-quantile(share))


@given(st.floats(1e-12, 1 - 1e-12))
def test_a_quantile_has_its_share_below(share: float) -> None:
    assert share_below(quantile(share)) == pytest.approx(share, rel=1e-12)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, math.nan])
def test_no_quantile_beyond_the_ends(share: float) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        quantile(share)


@given(rates, widths)
def test_wilson_s_cases_have_that_half_width(rate: float, width: float) -> None:
    cases = proportions.wilson_cases(rate, width, Z)
    assert proportions.wilson_half_width(rate, cases, Z) == pytest.approx(width)
    low, high = proportions.wilson(rate, cases, Z)
    assert 0 <= low < rate < high <= 1
    assert (high - low) / 2 == pytest.approx(width)


@pytest.mark.parametrize(
    ("right", "cases", "low", "high"),
    [(19, 43, "0.304", "0.589"), (4, 10, "0.168", "0.687"), (190, 430, "0.396", "0.489")],
)
def test_wilson_s_interval_agrees_with_statsmodels(
    right: int, cases: int, low: str, high: str
) -> None:
    found = proportions.wilson(right / cases, cases, Z)
    assert tuple(f"{end:.3f}" for end in found) == (low, high)


@given(rates, rates)
def test_the_score_test_rejects_just_beyond_wilson_s_ends(rate: float, share: float) -> None:
    """The interval holds the rates that a score test would not reject: its definition."""
    cases = 1 + 400 * share
    for end in proportions.wilson(rate, cases, Z):
        score = abs(rate - end) / math.sqrt(end * (1 - end) / cases)
        assert score == pytest.approx(Z)


@given(rates, differences)
def test_the_power_of_the_cases_is_the_power_asked_for(rate: float, difference: float) -> None:
    second = rate + difference
    assume(second < 0.99)
    cases = proportions.unpooled_cases(rate, second, Z, Z80)
    assert proportions.unpooled_power(rate, second, cases, Z) == pytest.approx(0.8)
    low, high = proportions.discordant_bounds(rate, second)
    for discordant in (low * 1.01, (low + high) / 2, high):
        cases = proportions.mcnemar_cases(discordant, difference, Z, Z80)
        power = proportions.mcnemar_power(discordant, difference, cases, Z)
        assert power == pytest.approx(0.8)


@given(rates, differences)
def test_pairing_unrelated_answers_halves_the_cases(rate: float, difference: float) -> None:
    """
    Where the two are right independently of each other, the variance of the paired difference is
    that of two samples, so n cases answered twice do the work of n for each.
    """
    second = rate + difference
    assume(second < 0.99)
    discordant = rate * (1 - second) + second * (1 - rate)
    variance = discordant - difference**2
    paired = proportions.mean_difference_cases(variance, difference, Z, Z80)
    assert paired == pytest.approx(proportions.unpooled_cases(rate, second, Z, Z80))


@given(rates, agreements)
def test_what_a_judge_reports_can_be_undone(rate: float, agreement: float) -> None:
    """Rogan and Gladen's estimator with the same error both ways."""
    seen = proportions.judged(rate, agreement)
    assert (seen - (1 - agreement)) / (2 * agreement - 1) == pytest.approx(rate)
    assert proportions.judged(rate, 1.0) == rate
    assert proportions.judged_discordant(rate, 1.0) == rate


@given(rates, differences, st.floats(0, 1), agreements)
def test_a_judge_s_discordant_share_fits_what_it_reports(
    rate: float, difference: float, place: float, agreement: float
) -> None:
    """All four kinds of case, each verdict right with that chance: counted one by one."""
    second = rate + difference
    assume(second < 1)
    low, high = proportions.discordant_bounds(rate, second)
    discordant = low + place * (high - low)
    only_first, only_second = (discordant - difference) / 2, (discordant + difference) / 2
    neither = 1 - rate - only_second
    both = rate - only_first
    kinds = {(1, 1): both, (1, 0): only_first, (0, 1): only_second, (0, 0): neither}

    def seen(truth: int) -> float:
        return agreement if truth else 1 - agreement

    apart = sum(
        share * (seen(a) * (1 - seen(b)) + (1 - seen(a)) * seen(b))
        for (a, b), share in kinds.items()
    )
    assert proportions.judged_discordant(discordant, agreement) == pytest.approx(apart)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    # Twice the tail of the binomial: 2 (1 + 6) / 64, 2 (1 + 10 + 45) / 1024, and certainty.
    [(1, 5, 14 / 64), (2, 8, 112 / 1024), (4, 4, 1.0), (0, 0, 1.0), (0, 6, 2 / 64)],
)
def test_the_exact_test_is_counted_by_hand(first: int, second: int, p: float) -> None:
    assert proportions.exact_mcnemar(first, second) == pytest.approx(p)
    assert proportions.exact_mcnemar(second, first) == pytest.approx(p)


@given(st.integers(1, 200), st.sampled_from([0.01, 0.05, 0.1]))
def test_the_wins_needed_are_the_fewest_that_are_significant(trials: int, level: float) -> None:
    wins = proportions.wins_needed(trials, level)
    if wins is None:
        assert proportions.exact_mcnemar(0, trials) > level
        return
    assert proportions.exact_mcnemar(trials - wins, wins) <= level
    if wins > trials - wins + 1:
        assert proportions.exact_mcnemar(trials - wins + 1, wins - 1) > level


def test_kappa_is_cohen_s() -> None:
    """A judge right on 85 % of answers of which 80 % are right: (0.85 - 0.626) / 0.374."""
    assert proportions.kappa(0.8, 0.85) == pytest.approx((0.85 - 0.626) / 0.374)
    assert proportions.kappa(0.5, 0.5) == 0
    assert proportions.kappa(0.3, 1.0) == 1


@pytest.mark.parametrize(
    ("name", "values", "more"),
    [
        ("difference", ("1", "2", "5", "10"), False),
        ("half_width", ("1", "2", "5", "10"), False),
        ("significance", ("1", "5", "10"), False),
        ("agreement", ("60", "85", "95", "100"), False),
        ("power", ("60", "80", "90", "99"), True),
        ("discordant_share", ("5", "10", "20", "35"), True),
        ("cluster_size", ("1", "2", "10", "100"), True),
        ("cluster_correlation", ("0", "20", "100"), True),
    ],
)
@pytest.mark.parametrize("base", [{}, {"baseline": "55"}, {"cluster_size": "4"}])
def test_what_is_harder_to_see_takes_more_cases(
    today: Facts, base: dict[str, str], name: str, values: tuple[str, ...], more: bool
) -> None:
    for slug in ("interval", "different-cases", "same-cases"):
        counts = [total(answered(today, **(base | {name: value})), slug) for value in values]
        steps = [b - a if more else a - b for a, b in pairwise(counts)]
        assert min(steps) >= 0, (slug, counts)
    if name != "cluster_correlation" or "cluster_size" in base:
        moved = "interval" if name == "half_width" else "same-cases"
        ends = [total(answered(today, **(base | {name: v})), moved) for v in values]
        assert ends[0] != ends[-1]


def test_half_the_difference_takes_four_times_the_cases(today: Facts) -> None:
    """Nearly: the second rate moves too."""
    wide, narrow = (answered(today, difference=d, judge="none") for d in ("2", "1"))
    for slug in ("different-cases", "same-cases"):
        assert total(narrow, slug) / total(wide, slug) == pytest.approx(4, rel=0.03)


@given(st.floats(0.3, 0.9), st.integers(60, 50_000), agreements)
def test_the_smallest_difference_takes_just_those_cases(
    rate: float, cases: int, agreement: float
) -> None:
    from types import SimpleNamespace

    given_ = SimpleNamespace(
        baseline=rate,
        difference=0.05,
        discordant_share=0.15,
        significance=0.05,
        power=0.8,
        judge="a model",
        agreement=agreement,
        cluster_size=2.0,
        cluster_correlation=0.3,
    )
    for needed in (Worked.each, Worked.paired):
        least = smallest_difference(given_, cases, needed)
        if least is None:
            assert needed(design(given_, difference=1 - rate)) > cases
        else:
            assert needed(design(given_, difference=least)) == pytest.approx(cases, rel=1e-6)


def test_what_the_set_can_tell_is_the_question_turned_round(today: Facts) -> None:
    """With as many cases as are asked for, the set shows just the difference asked about."""
    asked = answered(today)
    for slug, row in (("same-cases", 1), ("different-cases", 3)):
        have = total(asked, slug)
        turned = answered(today, test_cases=f"{have:.0f}")
        table = next(table for table in turned.tables if table.slug == "your-set")
        seen, power = (quantity_in(table.rows[at][1]) for at in (row, row + 1))
        assert seen.to("point") == pytest.approx(5, rel=2e-3)
        assert power.to("%") == pytest.approx(80, rel=2e-3)


def test_a_cluster_counts_as_one_where_its_cases_say_the_same(today: Facts) -> None:
    alone = answered(today, judge="none")
    clustered = answered(today, judge="none", cluster_size="7", cluster_correlation="100")
    for slug in ("interval", "different-cases", "same-cases"):
        assert total(clustered, slug) <= 7 * total(alone, slug)
        assert total(clustered, slug) > 7 * (total(alone, slug) - 2)


def test_every_option_pays_for_labels_and_verdicts(today: Facts) -> None:
    model, person = answered(today), answered(today, judge="none")
    for result, items in (
        (model, {"Labelling", "Judge: input", "Judge: output"}),
        (person, {"Labelling", "Judge: people"}),
    ):
        for option in result.options:
            once = by_label(option.once)
            assert set(once) == items
            hours = once["Labelling"].value / 60
            assert hours == pytest.approx(float(option.total) * 5 / 60)
    assert model.bases
    assert not person.bases


def test_each_option_can_take_the_fewest_cases(today: Facts) -> None:
    assert answered(today).best == "interval"
    assert answered(today, half_width="2").best == "same-cases"
    # So far apart that three cases of each would do, were the normal curve any guide.
    far = answered(today, baseline="2", difference="96", judge="none", half_width="2")
    assert far.best == "different-cases"
    assert any("normal curve" in str(warning) for warning in far.warnings)


def test_contradictions_are_named(today: Facts) -> None:
    def said(**given: str) -> str:
        return " ".join(str(part) for w in answered(today, **given).warnings for part in w)

    assert not said()
    assert "cannot disagree" in said(difference="20")
    assert "cannot disagree" in said(discordant_share="60")
    assert "hides most" in said(agreement="60")
    assert "hides most" not in said(agreement="60", judge="none")
    assert "more cases than you have" in said(cluster_size="500")


def test_a_baseline_too_high_is_refused_and_still_answered(today: Facts) -> None:
    result = answered(today, baseline="95", difference="10")
    assert result.option("same-cases").refused
    assert result.option("different-cases").refused
    assert result.best == "interval"
    assert result.option("interval").total.value > 0


def test_whole_cases_keep_their_digits() -> None:
    assert text.amount(2103.0, "case") == "2,103"
    assert text.quantity(Quantity.of(12_345, "case")) == "12,345 cases"
    assert text.quantity(Quantity.of(1, "case")) == "1 case"
    assert text.amount(7.25e9, "case") == "7.25B"
    assert text.axis(CALCULATOR.field("difference")) == "difference, points"
