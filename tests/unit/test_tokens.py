"""Laws of a bill of tokens: cache, batch, tier and region act on one price, in any order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import CALCULATORS
from calculators.billing.tokens import Prompt, calls
from calculators.kernel.book import Book
from calculators.kernel.facts import Facts, Rates
from calculators.kernel.units import added
from tools.book.validation import Published
from views import text

SHARES = st.floats(0, 1)
PROMPTS = st.builds(
    Prompt, st.floats(0, 20_000), st.floats(0, 50_000), st.just(0.0) | st.floats(1, 900_000)
)


@pytest.fixture(scope="module")
def today(book: Book) -> Facts:
    return book.on(book.day).floats()


def models(facts: Facts, meter: str) -> list[str]:
    """The models that may be chosen today and have such a price."""
    return [o.id for o in facts.on_sale("inference") if meter in facts.rates(o.id)]


def bill(
    rates: Rates, prompt: Prompt, cached: float = 0.5, batched: float = 0.0, hit: float = 0.9
) -> float:
    """USD of a thousand such requests with 300 tokens written."""
    shares = {"cached_share": cached, "batch_share": batched, "hit_rate": hit}
    items = calls(rates, 1000.0, prompt, 300.0, **shares)
    assert all(cost >= 0 for cost in items.values())
    return float(added(items.values()))


@settings(max_examples=60)
@given(data=st.data(), prompt=PROMPTS, cached=SHARES, batched=SHARES, hit=SHARES)
def test_a_region_multiplies_all_that_a_model_bills(
    data: st.DataObject, prompt: Prompt, cached: float, batched: float, hit: float, today: Facts
) -> None:
    rates = today.rates(data.draw(st.sampled_from(models(today, "regional"))))
    plain = bill(rates, prompt, cached, batched, hit)
    assert bill(rates.regional(), prompt, cached, batched, hit) == pytest.approx(
        plain * rates["regional"]
    )
    assert rates.regional() is rates.regional()  # worked out once


@settings(max_examples=60)
@given(data=st.data(), prompt=PROMPTS, cached=SHARES, batched=SHARES, hit=SHARES)
def test_a_bill_is_shared_between_live_and_batched_requests(
    data: st.DataObject, prompt: Prompt, cached: float, batched: float, hit: float, today: Facts
) -> None:
    rates = today.rates(data.draw(st.sampled_from(models(today, "batch_input"))))
    live, late = (bill(rates, prompt, cached, share, hit) for share in (0.0, 1.0))
    mixed = bill(rates, prompt, cached, batched, hit)
    assert mixed == pytest.approx((1 - batched) * live + batched * late)


@settings(max_examples=60)
@given(data=st.data(), prompt=PROMPTS, shares=st.tuples(SHARES, SHARES))
def test_a_warmer_batch_never_costs_more(
    data: st.DataObject, prompt: Prompt, shares: tuple[float, float], today: Facts
) -> None:
    rates = today.rates(data.draw(st.sampled_from(models(today, "batch_cached_input"))))
    low, high = sorted(shares)
    cold = bill(rates, prompt, low, batched=1.0, hit=low)
    assert bill(rates, prompt, high, batched=1.0, hit=high) <= cold * (1 + 1e-12)


def test_a_batch_without_a_price_for_it_has_no_cache(today: Facts) -> None:
    bare = [m for m in models(today, "batch_input") if "batch_cached_input" not in today.rates(m)]
    assert bare
    prompt = Prompt(4_000.0, 1_000.0)
    for name in bare:
        rates = today.rates(name)
        cold, warm = (bill(rates, prompt, share, batched=1.0) for share in (0.0, 0.9))
        assert warm == pytest.approx(cold), name


def test_what_is_not_billed_by_the_token_keeps_its_price(today: Facts) -> None:
    rates = today.rates("azure/gpt-4o-mini-tuned")
    there = rates.regional()
    assert there["hosting"] == rates["hosting"]
    assert there["training"] == rates["training"]
    assert there["input"] == pytest.approx(rates["input"] * rates["regional"])


def said(given: dict[str, str], book: Book, slug: str = "approach-cost") -> str:
    """What the answer warns of."""
    result = CALCULATORS[slug].answer(book.on(book.day), given)
    return " ".join(text.sentence(warning) for warning in result.warnings)


def test_an_offer_without_a_regional_price_is_named(book: Book) -> None:
    assert "regional price" not in said({}, book)
    heard = said({"residency": "region", "model": "openai/gpt-6-luna"}, book)
    assert "text-embedding-3-small" in heard
    assert "GPT-6 Luna" not in heard.partition("regional price")[2].partition(":")[0]
    assert "The vector store has regional prices of its own" in heard
    assert "Claude Haiku 4.5" in said(
        {"residency": "region", "model": "anthropic/claude-haiku-4-5"}, book, "prompt-caching"
    )


def test_how_far_a_batch_finds_the_cache_is_said(book: Book) -> None:
    half = {"batch_share": "50"}
    assert "with the same cached share" in said(half, book)
    assert "without the cache" in said(half | {"model": "openai/gpt-4.1"}, book)
    assert "cached share" not in said(half | {"cached_share": "0"}, book)
    assert "Not every vendor batches in every region" in said(half | {"residency": "region"}, book)


def test_where_data_may_be_is_never_told_as_a_way_to_save(book: Book) -> None:
    calculator = CALCULATORS["approach-cost"]
    assert calculator.field("residency").imposed
    turns = calculator.answer(book.on(book.day), {"residency": "region"}).turns
    assert "residency" not in {turn.field.name for turn in turns}


def test_a_run_costs_its_vendors_least_charge(book: Book) -> None:
    """1,000 examples of 500 tokens, once: 0.5 Mtok at 1 USD, raised to 4 USD a run."""
    case = Published(
        slug="approach-cost", group="", name="", published="0", tolerance="digits", source="Acme",
        url="https://acme.example", basis="derived", answer="fine-tuned/Up to the least charge",
        offers={
            "published/tuned": {
                "kind": "tuning", "training": "1 USD/Mtok", "minimum": "4 USD/run",
                "input": "0 USD/Mtok", "output": "0 USD/Mtok",
            }
        },
        given={
            "tuned_model": "published/tuned", "examples": "1,000", "example_tokens": "500",
            "epochs": "1", "experiments": "1", "runs": "0",
        },
    )  # fmt: skip
    assert case.ours(book) == pytest.approx(3.5)
