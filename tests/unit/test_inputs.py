"""What people write: numbers, shares, rates, ranges, offers; and what they are told."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.approach_cost.inputs import ApproachCost
from calculators.break_even import BreakEven
from calculators.kernel.book import Book
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field, InputError, Range, canonical, parse_number
from calculators.training_run.inputs import TrainingRun


def field(name: str) -> Field:
    return next(field for field in BreakEven.fields() if field.name == name)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("requests", "1200", 1200),
        ("requests", "1,200", 1200),
        ("requests", "1,234,567.5", 1234567.5),
        ("requests", "1_200", 1200),
        ("requests", "1.2k", 1200),
        ("requests", "5M", 5e6),
        ("requests", "2B", 2e9),
        ("requests", "1e6", 1e6),
        ("requests", ".5k", 500),
        ("requests", " 5 k ", 5000),
        ("requests", "5k/day", 5000 * 730 / 24),
        ("requests", "5k request/day", 5000 * 730 / 24),
        ("requests", "2/s", 2 * 3600 * 730),
        ("requests", "12M/year", 1e6),
        ("requests", "5k request/month", 5000),
        ("cached_share", "15 %", 0.15),
        ("cached_share", "15", 0.15),
        ("corpus_change", "5 %/month", 0.05),
        ("corpus_change", "1/day", 0.01 * 730 / 24),
        ("corpus_tokens", "20 Mtok", 20e6),
        ("metadata_bytes", "2 kB/chunk", 2000),
        ("engineer_cost", "4k", 4000 / 168),
        ("horizon", "1 year", 12),
    ],
)
def test_a_number_reads_as_people_write_it(name: str, text: str, value: float) -> None:
    assert parse_number(field(name), text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "text", "fix"),
    [
        ("requests", "many", "'many' is not a number: write it like 400k, 1.5k or 2M."),
        ("requests", "", "is not a number"),
        ("requests", "-5", "'-5' is too small: at least 0 request/month."),
        ("cached_share", "120", "'120' is too large: at most 100 %."),
        ("requests", "1,5", "write the decimals after a point"),
        ("requests", "1,5k", "write the decimals after a point"),
        ("requests", "0,250", "write the decimals after a point"),
        ("requests", "1,2345", "write the decimals after a point"),
        ("requests", "1.234,567", "write the decimals after a point"),
        ("requests", "1..2,5", "'2,5' has a comma"),
        ("requests", "5 GB", "a unit that does not fit: write it in request/month."),
        ("prompt_tokens", "5k/day", "a unit that does not fit"),
        ("requests", "9e999", "is too large to count with"),
        ("requests", "nan", "is not a number"),
        ("requests", "9" * 70, "Too long for a number"),
        ("requests", "5..2", "write 2..5"),
        ("requests", "5..5", "write 5 alone"),
        ("requests", "0..5", "A range starts above zero"),
        ("requests", "1..x", "'x' is not a number"),
        ("top_k", "0", "at least 1"),
    ],
)
def test_what_is_no_number_is_told_what_to_write(name: str, text: str, fix: str) -> None:
    """The same said of the text as it stands in a link: 1,5 was once read as 15 there."""
    for written in (text, canonical(field(name), text)):
        with pytest.raises(InputError) as caught:
            parse_number(field(name), written)
        assert fix in str(caught.value)


def test_a_range_is_a_tenth_and_a_ninetieth_percentile() -> None:
    assert parse_number(field("requests"), "800..1500") == Range(800, 1500)
    assert parse_number(field("requests"), "1k .. 4k") == Range(1000, 4000)
    assert parse_number(field("requests"), "1,000..4,000") == Range(1000, 4000)
    assert Range(100, 400).middle(share=False) == pytest.approx(200)
    assert Range(0.2, 0.4).middle(share=True) == pytest.approx(0.3)


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_a_message(text: str) -> None:
    for declared in BreakEven.fields():
        if not declared.is_choice:
            with contextlib.suppress(InputError):
                parse_number(declared, canonical(declared, text))


@given(st.floats(min_value=0.001, max_value=1e12))
def test_the_canonical_text_reads_the_same(number: float) -> None:
    declared = field("requests")
    text = f"{number:,.4f}"
    assert parse_number(declared, canonical(declared, text)) == parse_number(declared, text)


def test_reading_keeps_what_is_good_and_names_what_is_not(today: Facts) -> None:
    reading = ApproachCost.read(
        {"requests": "5M", "top_k": "x", "model": "openai/gpt-9", "colour": "red"}, today
    )
    assert reading.given == {"requests": "5M"}
    assert set(reading.problems) == {"top_k", "model"}
    assert reading.unknown == ("colour",)
    assert reading.inputs.requests.value == 5e6
    assert reading.inputs.top_k.value == 5, "the default stands in"


def test_a_bound_is_told_with_all_its_digits(today: Facts) -> None:
    problem = TrainingRun.read({"parameters": "0"}, today).problems["parameters"]
    assert "at least 1,000,000 parameter" in problem


def test_a_default_written_out_is_not_in_the_link(today: Facts) -> None:
    assert ApproachCost.read({"prompt_tokens": "1000", "requests": " 400k"}, today).given == {}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("model", "openai/gpt-6-lunar", "did you mean openai/gpt-6-luna"),
        ("model", "openai/gpt-4.1-nano", "ended on 2026-10-23"),
        ("model", "voyage/voyage-4", "is sold as embedding; choose one of inference"),
        ("model", "none", "no offer 'none'"),
        ("vector_store", "qdrant/standard", "has no published price"),
        ("model", "x" * 300, "No offer has so long a name"),
    ],
)
def test_an_offer_that_cannot_be_had_says_why(
    name: str, text: str, said: str, today: Facts
) -> None:
    problem = ApproachCost.read({name: text}, today).problems[name]
    assert said.lower() in problem.lower()


def test_an_optional_choice_may_be_none(today: Facts) -> None:
    reading = ApproachCost.read({"reranker": "none"}, today)
    assert not reading.problems
    assert reading.given == {"reranker": "none"}


def test_before_the_book_begins_there_is_no_answer_and_it_says_so(book: Book) -> None:
    reading = ApproachCost.read({}, book.on(date(2020, 1, 1)))
    assert reading.inputs is None
    assert "no known price before" in reading.problems["model"]


def test_a_price_is_never_guessed_between_days(book: Book) -> None:
    """Yesterday, today and next month are three right answers for a model whose price changes."""
    argon = "google/gemini-4-argon"
    prices = [
        book.on(day).rates(argon)["input"].to("USD/Mtok")  # type: ignore[attr-defined]
        for day in (date(2026, 10, 14), date(2026, 11, 30), date(2026, 12, 1))
    ]
    assert prices == [2, 2, 4]
