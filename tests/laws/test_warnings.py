"""What every calculator warns of by itself, and what its inputs may not say together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from calculators import CALCULATORS
from calculators.billing.stores import STORAGE, UP_TO_MINIMUM
from calculators.kernel.book import Book
from calculators.kernel.facts import Facts
from calculators.kernel.results import Option
from calculators.kernel.units import Quantity
from calculators.kernel.warnings import warnings
from views import text


def said(slug: str, given: dict[str, str], on: Facts) -> str:
    result = CALCULATORS[slug].answer(on, given)
    assert not result.reading.problems
    return " ".join(text.sentence(warning) for warning in result.warnings)


def ending(book: Book) -> tuple[str, date]:
    """The inference offer that ends next, but not within two months, and the day."""
    ends = [
        (end.start, name)
        for name, offer in book.offers.items()
        if offer.kind == "inference" and offer.sold(book.day)
        and (end := offer.ends()) and end.start > book.day + timedelta(days=60)
    ]  # fmt: skip
    when, name = min(ends)
    return name, when


def changing(book: Book) -> tuple[str, date]:
    """An inference offer whose price will change, and the day."""
    for name, offer in sorted(book.offers.items()):
        if offer.kind == "inference" and offer.sold(book.day):
            for notice in book.on(book.day).changes(name):
                if not notice.ends:
                    return name, notice.when
    pytest.skip("no announced change of price is in the book")


def test_an_end_within_the_horizon_is_said_and_one_beyond_is_not(book: Book) -> None:
    name, when = ending(book)
    today = book.on(book.day)
    months = (when - book.day).days / 30.4
    for horizon, heard in ((months + 1, True), (months - 0.2, False)):
        given = {"model": name, "horizon": f"{max(horizon, 0.1):.2f}"}
        assert (f"on {when}" in said("break-even", given, today)) == heard
    # A bill of one month looks a month ahead.
    for days, heard in ((20, True), (45, False)):
        on = book.on(when - timedelta(days=days))
        assert ("Ends within a month" in said("approach-cost", {"model": name}, on)) == heard


def test_a_change_of_price_within_the_horizon_is_said(book: Book) -> None:
    name, when = changing(book)
    on = book.on(when - timedelta(days=10))
    assert "Changes its price within a month" in said("approach-cost", {"model": name}, on)
    after = said("approach-cost", {"model": name}, book.on(when))
    assert f"on {when}" not in after


def test_a_least_charge_that_is_most_of_the_best_bill_is_said(today: Facts) -> None:
    small = said("vector-index", {"corpus_tokens": "1M"}, today)
    assert "least charge" in small
    fields = CALCULATORS["vector-index"].inputs.fields()
    given = CALCULATORS["vector-index"].inputs.read({}, today).inputs
    usd = Quantity.of(1.0, "USD/month")
    for share, heard in ((0.4, False), (0.6, True)):
        lines = {STORAGE: usd * (1 - share), UP_TO_MINIMUM: usd * share}
        option = Option("store", "Store", lines)
        found = warnings(given, fields, today, (option,), "store", ())
        assert ("least charge" in str(found)) == heard
        assert "least charge" not in str(warnings(given, fields, today, (option,), "other", ()))


def test_an_input_outside_what_was_checked_is_said(today: Facts) -> None:
    heard = said("training-run", {"sequence_tokens": "32k", "mfu": "90"}, today)
    assert "Sequence is 32k tokens, outside the 256 tokens to 8,190 tokens" in heard
    assert "Utilisation is 90 %" in heard
    assert "outside" not in said("training-run", {"sequence_tokens": "8,192", "mfu": "75"}, today)


def test_a_span_that_was_checked_holds_the_default() -> None:
    for slug, calculator in CALCULATORS.items():
        for field in calculator.inputs.fields():
            if field.checked:
                low, high = field.checked
                default = float(field.default.replace(",", "").removesuffix("k"))
                assert low <= default <= high, f"{slug}: {field.name}"


@pytest.mark.parametrize(
    ("slug", "given", "heard"),
    [
        ("approach-cost", {"prompt_tokens": "100"}, "tuned prompt is longer"),
        ("approach-cost", {"query_tokens": "5k"}, "question is longer"),
        ("approach-cost", {"corpus_tokens": "1k"}, "more text than the corpus"),
        ("approach-cost", {"output_tokens": "3k"}, "shorter than the answer"),
        ("approach-cost", {"validation_tokens": "1B"}, "validation set is larger"),
        ("break-even", {"corpus_tokens": "1k"}, "more text than the corpus"),
        ("prompt-caching", {"updates": "0"}, "no update makes the cache worthless"),
        ("prompt-caching", {"corpus_tokens": "1k"}, "more text than the corpus"),
        ("training-run", {"validation_tokens": "1B"}, "validation set is larger"),
        (
            "approach-cost",
            {"reranker": "cohere/rerank-v4.0-fast", "rerank_candidates": "2", "top_k": "5"},
            "Fewer chunks are reranked",
        ),
    ],
)
def test_inputs_that_contradict_one_another_are_said(
    slug: str, given: dict[str, str], heard: str, today: Facts
) -> None:
    assert heard in said(slug, given, today)
    assert heard not in said(slug, {}, today)


def test_what_is_closed_to_newcomers_is_said_by_every_calculator(book: Book) -> None:
    name, offer = next(
        (name, offer)
        for name, offer in sorted(book.offers.items())
        if offer.kind == "tuning" and offer.sold(book.day)
        and offer.event("closed_to_new_customers", book.day)
    )  # fmt: skip
    for slug in ("approach-cost", "break-even", "training-run"):
        heard = said(slug, {"tuned_model": name}, book.on(book.day))
        assert heard.count(f"{offer.name} is closed to new customers") == 1, slug


def test_presets_are_free_of_contradictions(today: Facts) -> None:
    """A preset is a realistic case, so it may use nothing that ends and nothing impossible."""
    for slug, calculator in CALCULATORS.items():
        for preset in calculator.presets:
            heard = said(slug, dict(preset.given), today)
            for fault in (
                "longer than",
                "more text than",
                "worthless",
                "Ends within a month",
                "closed to",
            ):
                assert fault not in heard, f"{slug}, {preset.label}: {heard}"


def test_a_fact_that_only_changes_is_no_end(book: Book) -> None:
    on = book.on(book.day)
    for name, offer in book.offers.items():
        for notice in on.changes(name) if not offer.not_published else ():
            assert notice.ends == notice.text.startswith("Ends.")
            assert replace(notice, when=book.day).when == book.day < notice.when


def test_presets_are_the_cases_of_the_guide_and_not_one_of_them_is_another() -> None:
    known = {
        "Support bot", "Contract extraction", "Code assistant", "Medical coding",
        "Internal search", "Regulated bank",
    }  # fmt: skip
    for slug, calculator in CALCULATORS.items():
        labels = [preset.label.partition(",")[0] for preset in calculator.presets]
        assert len(known & set(labels)) >= 3, f"{slug} has {labels}"
        given = [tuple(sorted(preset.given.items())) for preset in calculator.presets]
        assert len(set(given)) == len(given), slug
