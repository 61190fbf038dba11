"""Laws of the prompt cache, and a simulation that knows nothing of its formula."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calculators.approach_cost import CALCULATOR as APPROACH_COST
from calculators.billing.caching import any_arrival, hit_rate
from calculators.kernel.calculator import Result
from calculators.kernel.explore import Case
from calculators.kernel.facts import Facts
from calculators.kernel.units import Quantity
from calculators.prompt_caching import CALCULATOR
from calculators.prompt_caching.report import index_pays
from tests.conftest import by_label
from tests.laws.test_laws import assert_no_cheaper, drawn_case
from views.palette import SERIES, tones

WHOLE = ("no-cache", "cache", "cache-long", "cache-kept")

rates = st.floats(0.01, 1e6)
hours = st.floats(0.5, 24)
lifetimes = st.floats(0.01, 24)


def case_of(facts: Facts, **texts: str) -> Case:
    reading = CALCULATOR.inputs.read(texts, facts)
    assert not reading.problems
    return Case.of(CALCULATOR.formula, reading.inputs, facts)


@given(st.floats(0, 100))
def test_any_arrival_is_one_less_the_exponential(expected: float) -> None:
    assert any_arrival(expected) == pytest.approx(-math.expm1(-expected), rel=1e-13)


def simulated(
    requests: float, updates: float, active: float, lifetime: float, days: int = 3000
) -> float:
    """Requests and updates drawn one by one over active hours; the share that finds it warm."""
    dice = random.Random(7)
    clock, seen, hits = 0.0, 0, 0
    warm_until = -1.0
    while True:
        clock += dice.expovariate((requests + updates) / active)
        if clock >= days * active:
            return hits / seen
        wall = clock // active * 24 + clock % active
        if dice.random() < updates / (requests + updates):
            warm_until = -1.0
            continue
        seen += 1
        hits += wall <= warm_until
        warm_until = wall + lifetime


@pytest.mark.parametrize(
    ("requests", "updates", "active", "lifetime"),
    [
        (24, 0, 24, 1),
        (24, 0, 12, 1),
        (40, 10, 10, 0.5),
        (100, 100, 8, 5 / 60),
        (18, 0, 18, 12),
        (6, 2, 20, 12),
        (5, 1, 8, 24),
        (3, 0, 24, 24),
    ],
)
def test_the_hit_rate_is_that_of_a_simulation(
    requests: float, updates: float, active: float, lifetime: float
) -> None:
    """Three standard errors of about `days × requests` draws, which are correlated a little."""
    expected = hit_rate(requests, updates, active, lifetime)
    slack = 4 * math.sqrt(expected * (1 - expected) / (3000 * requests)) + 1e-3
    assert simulated(requests, updates, active, lifetime) == pytest.approx(expected, abs=slack)


@given(rates, rates, hours, lifetimes)
def test_a_hit_rate_is_a_share(requests: float, updates: float, active: float, life: float) -> None:
    assert 0 <= hit_rate(requests, updates, active, life) <= 1
    assert hit_rate(0.0, updates, active, life) == 0


@given(rates, st.floats(0, 1e4), hours, lifetimes, st.floats(1, 20))
def test_more_arrivals_and_longer_lives_keep_it_warmer(
    requests: float, updates: float, active: float, life: float, factor: float
) -> None:
    now = hit_rate(requests, updates, active, life)
    slack = 1e-9
    assert hit_rate(requests * factor, updates, active, life) >= now - slack
    assert hit_rate(requests, updates, active, min(life * factor, 24)) >= now - slack
    assert hit_rate(requests, updates * factor, active, life) <= now + slack


@given(rates, st.floats(0, 1e4), lifetimes)
def test_without_a_night_it_is_the_plain_exponential(
    requests: float, updates: float, life: float
) -> None:
    events = requests + updates
    plain = requests / events * -math.expm1(-events / 24 * life)
    assert hit_rate(requests, updates, 24, life) == pytest.approx(plain, rel=1e-9, abs=1e-9)


@settings(max_examples=40)
@given(data=st.data(), factor=st.floats(1, 50))
def test_a_request_never_costs_more_in_company(
    data: st.DataObject, factor: float, today: Facts
) -> None:
    """
    What one request costs falls with volume, in every option.

    What a month costs need not rise: each request keeps the cache warm for the next, so more
    of them may cost less together than fewer did.
    """
    case = drawn_case(CALCULATOR, data, today)
    now = max(case.given.requests, 1.0)
    few, many = case.costs(requests=now), case.costs(requests=now * factor)
    for slug, cost in many.items():
        before = few[slug]
        if cost is not None and before is not None:
            assert cost / factor <= before * (1 + 1e-9), slug


def test_more_requests_may_cost_less(today: Facts) -> None:
    """The reason why the law of other calculators does not hold here, in one case."""
    life = {"cache_ttl": "60", "active_hours": "24", "updates": "0"}
    model = {"model": "anthropic/claude-sonnet-5-5"}
    fewer = case_of(today, requests="1500", **life, **model).costs()["cache-long"]
    more = case_of(today, requests="2000", **life, **model).costs()["cache-long"]
    assert fewer is not None
    assert more is not None
    assert more < fewer


@settings(max_examples=40)
@given(
    data=st.data(),
    name=st.sampled_from(["corpus_tokens", "output_tokens", "updates", "prompt_tokens"]),
)
def test_more_of_anything_sent_never_costs_less(
    data: st.DataObject, name: str, today: Facts
) -> None:
    """But for a prefix that grows into the cache, which has no such option before."""
    case = drawn_case(CALCULATOR, data, today)
    if name == "prompt_tokens":  # instructions that become long enough to be cached get cheaper
        before, after = case.costs(), case.costs(prompt_tokens=case.given.prompt_tokens * 2)
        before.pop("retrieval"), after.pop("retrieval")
    else:
        before, after = case.costs(), case.costs(**{name: getattr(case.given, name) * 2})
    if name == "updates" and not case.given.updates:
        return
    dear = {
        slug: cost
        for slug, cost in after.items()
        if name != "updates" or writes_cost_more(case) or slug in ("cache-kept", "retrieval")
    }
    assert_no_cheaper(dear, before)


def writes_cost_more(case: Case) -> bool:
    """Whether a token written costs at least a token read: a few vendors sell them the same."""
    prices = case.facts.rates(case.given.model)
    if "cached_input" not in prices:
        return True
    return prices.first("cache_write", "input") > prices["cached_input"]


@settings(max_examples=40)
@given(data=st.data(), low=st.floats(0, 1), high=st.floats(0, 1))
def test_a_higher_ceiling_never_costs_more(
    data: st.DataObject, low: float, high: float, today: Facts
) -> None:
    case = drawn_case(CALCULATOR, data, today)
    if writes_cost_more(case):
        low, high = sorted((low, high))
        assert_no_cheaper(case.costs(hit_rate=low), case.costs(hit_rate=high))


@settings(max_examples=30)
@given(data=st.data())
def test_searching_costs_what_it_costs_in_approach_cost(data: st.DataObject, today: Facts) -> None:
    """The same items at the same prices, so that two pages never disagree."""
    case = drawn_case(CALCULATOR, data, today)
    # A question is a part of its prompt; where it is longer, both pages warn.
    assume(case.given.query_tokens <= case.given.prompt_tokens)
    inputs = APPROACH_COST.inputs.read({}, today).inputs
    other = Case.of(APPROACH_COST.formula, inputs, today)
    shared = {name: value for name, value in vars(case.given).items() if name in vars(other.given)}
    shared["batch_share"] = 0.0
    here = case.options()[-1]
    there = next(option for option in other.options(**shared) if option.slug == "retrieval")
    assert bool(here.refused) == bool(there.refused)
    if here.refused:
        return
    ours = by_label(here.lines)
    for name, cost in by_label(there.lines).items():
        if name.startswith(("Vector", "Question", "Rerank", "Corpus", "Retrieved", "Output")):
            assert ours[name] == pytest.approx(cost), name
    assert here.once == there.once


def test_without_any_hit_a_cache_costs_its_premium(today: Facts) -> None:
    cold = case_of(today, hit_rate="0").options()
    plain, cached = (by_label(option.lines) for option in cold[:2])
    written = cached["Corpus and instructions written to the cache"]
    assert cached["Corpus and instructions read from the cache"] == 0
    assert written == pytest.approx(1.25 * plain["Corpus and instructions"])


def test_every_option_can_be_cheapest(today: Facts) -> None:
    cases: list[dict[str, str]] = [
        {"requests": "40", "corpus_tokens": "30k"},
        {"corpus_tokens": "50k"},
        {"requests": "200/day", "corpus_tokens": "80k", "model": "anthropic/claude-sonnet-5-5",
         "cache_ttl": "5"},
        {"requests": "20k", "corpus_tokens": "40k", "model": "google/gemini-3.8-flash",
         "hit_rate": "80"},
        {},
    ]  # fmt: skip
    winners = [CALCULATOR.answer(today, case).best for case in cases]
    assert winners == ["no-cache", "cache", "cache-long", "cache-kept", "retrieval"]


def rows(result: Result, slug: str) -> list[tuple[object, ...]]:
    return [tuple(row) for table in result.tables if table.slug == slug for row in table.rows]


def test_the_rule_of_200_000_tokens_needs_no_volume(today: Facts) -> None:
    """
    The limit is what retrieval adds to a request over the price of a token read: volume cancels.

    With 20 chunks of 900 tokens and reads at a tenth of the input price it is 180,000 tokens of
    corpus, so the rule holds for the retrieval it was written beside, and for no other.
    """
    texts = {
        "model": "anthropic/claude-sonnet-5",  # reads at a tenth of its input price
        "top_k": "20",
        "chunk_tokens": "900",
        "query_tokens": "0",
        "prompt_tokens": "0",
        "reranker": "none",
        "vector_store": "supabase/pro",  # a plan: nothing for each search
    }
    result = CALCULATOR.answer(today, texts)
    *by_volume, limit = rows(result, "by-volume")
    found = limit[-1]
    assert isinstance(found, tuple)
    assert isinstance(found[1], Quantity)
    assert found[1].value == pytest.approx(180_000, rel=1e-6)
    smaller = rows(
        CALCULATOR.answer(today, texts | {"top_k": "5", "chunk_tokens": "400"}), "by-volume"
    )
    fifth = smaller[-1][-1]
    assert isinstance(fifth, tuple)
    assert isinstance(fifth[1], Quantity)
    assert fifth[1].value == pytest.approx(20_000, rel=1e-6)
    assert by_volume[0][-1] != limit[-1], "at ten requests a day the rule is wrong"


@settings(max_examples=15, deadline=None)
@given(requests=st.floats(10, 1e6), power=st.floats(3.5, 5.9))
def test_an_index_pays_inside_its_stretches_and_nowhere_else(
    requests: float, power: float, today: Facts
) -> None:
    case = case_of(today)
    corpus = 10**power
    stretches = index_pays(case, "corpus_tokens", (2, 8), requests=requests)
    if any(abs(corpus - (end or 1)) < 0.01 * corpus for pair in stretches for end in pair):
        return
    inside = any((low or 0) < corpus < (high or math.inf) for low, high in stretches)
    costs = case.costs(requests=requests, corpus_tokens=corpus)
    whole = min(cost for slug in WHOLE if (cost := costs[slug]) is not None)
    index = costs["retrieval"]
    assert index is not None
    assert inside == (index < whole)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"requests": "5/day", "cache_ttl": "5"}, "costs more than none"),
        ({"model": "anthropic/claude-haiku-5-5", "corpus_tokens": "150k"}, "bills input at"),
        ({"updates": "0"}, "no update makes"),
        ({"model": "anthropic/claude-sonnet-5-5", "cache_ttl": "30"}, "keeps a prompt for"),
        ({"query_tokens": "2k"}, "longer than the prompt"),
        ({"corpus_tokens": "1.5k"}, "more text than the corpus"),
        ({"model": "azure/gpt-6-luna"}, "is not known"),
    ],
)
def test_what_contradicts_or_surprises_is_said(
    texts: dict[str, str], said: str, today: Facts
) -> None:
    warnings = CALCULATOR.answer(today, texts).warnings
    assert any(said in str(part) for warning in warnings for part in warning), warnings


def test_no_two_options_look_alike(today: Facts) -> None:
    """A series has the colour of an approach, and must not be drawn beside that approach."""
    found = tones(CALCULATOR.answer(today, {}).options)
    colours = [
        SERIES[int(tone.removeprefix("series-")) - 1]
        if tone.startswith("series-")
        else tone.removeprefix("approach-")
        for tone in found.values()
    ]
    assert len(set(colours)) == len(found)


def test_the_lifetime_is_that_of_the_offer_unless_it_is_given(today: Facts) -> None:
    def cached(**texts: str) -> float:
        return float(CALCULATOR.answer(today, {"requests": "9/h"} | texts).option("cache").total)

    model = {"model": "anthropic/claude-sonnet-5-5"}
    assert today.size(model["model"], "cache_lifetime").to("min") == pytest.approx(5)
    assert cached(**model) == cached(**model, cache_ttl="5") > cached(**model, cache_ttl="30")
    # Where the book knows nothing it is half an hour, as it always was.
    unknown = {"model": "azure/gpt-6-luna"}
    assert today.size(unknown["model"], "cache_lifetime") is None
    assert cached(**unknown) == cached(**unknown, cache_ttl="30")
    assert cached() == cached(cache_ttl="30"), "links to the default model keep their figure"
