"""
The price book keeps its rules, and no rule can pass by never failing.

Each rule of tools/lint.py is shown a record that breaks it, and must name file, offer,
field and fix. Below: what the parser says of a fault, and facts that must not be lost.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from calculators.kernel.book import Book
from calculators.kernel.meters import KINDS, METERS, SIZES
from calculators.kernel.offers import PriceError
from calculators.kernel.strict import FactsError
from calculators.kernel.units import Quantity
from tests.conftest import changed
from tools.book.schema import FIRST_LINE, PATH, schema, written
from tools.lint import (
    ABOUT,
    RULES,
    Records,
    Rule,
    accelerators_are_named,
    an_end_is_the_last_block,
    bases_can_be_bought,
    batch_is_no_dearer,
    blocks_are_in_order,
    cached_below_input_below_output,
    caches_fit_their_window,
    feeds_know_one_offer,
    fields_are_in_order,
    figures_are_as_published,
    first_seen_is_a_day_of_reading,
    fix,
    ids_begin_with_their_file,
    leaps_have_a_note,
    long_prompts_are_complete,
    no_source_was_read_tomorrow,
    notes_are_sentences,
    offers_are_sorted,
    peaks_are_dearer,
    premium_or_prices,
    regions_cost_more,
    rerankers_bill_one_way,
    sizes_are_given,
    sources_are_addresses_on_days,
    sources_are_used,
    store_units_agree,
    tidy,
    tuned_models_can_be_served,
)
from tools.paths import DATA
from tools.records import DataError, book, records

# A file that keeps every rule; a meter of each kind that some rule looks at.
GOOD = """\
vendor: Acme AI
sources:
  page:
    title: Acme AI, API pricing
    url: https://acme.example/pricing
    read: 2026-11-20
offers:
  acme/large:
    name: Acme Large
    kind: inference
    context_window: 200_000 tok
    facts_source: page
    feeds:
      genai-prices: acme/acme-large
      litellm: acme/acme-large
    rates:
      2026-03-01:
        input: 3.00 USD/Mtok
        cached_input: 0.30 USD/Mtok
        output: 15.00 USD/Mtok
        batch_input: 1.50 USD/Mtok
        batch_output: 7.50 USD/Mtok
        source: page
        confidence: vendor page
      2026-09-15:
        input: 2.00 USD/Mtok
        output: 10.00 USD/Mtok
        above:
          100_000 tok:
            input: 4.00 USD/Mtok
            output: 20.00 USD/Mtok
        source: page
        confidence: two feeds agree
      2027-03-01:
        withdrawn: Replaced by Acme Larger.
        source: page
        confidence: vendor page
    lifecycle:
      2026-12-01:
        event: notice
        source: page
        note: Acme announced the end.
  acme/large-tuned:
    name: Acme Large, fine-tuned
    kind: tuning
    base: acme/large
    rates:
      2026-11-20:
        training: 10 USD/Mtok
        premium: 150 %
        source: page
        confidence: vendor page
        dated: first seen
  acme/rank:
    name: Acme Rank
    kind: rerank
    rates:
      2026-11-20:
        search: 2 USD/ksearch
        documents_per_search: 100 chunk/search
        source: page
        confidence: vendor page
  acme/rented:
    name: Acme card
    kind: rental
    accelerator: h100-sxm-80gb
    rates:
      2026-11-20:
        hour: 3.00 USD/h
        source: page
        confidence: vendor page
  acme/second:
    name: Acme Second
    kind: inference
    context_window: 200_000 tok
    facts_source: page
    feeds:
      litellm: acme-large
    not_published: Acme sells it by the year.
    source: page
  acme/store:
    name: Acme Store
    kind: store
    rates:
      2026-11-20:
        plan: 25 USD/month
        read: 16 USD/MRU
        read_size: 1 RU/GB/search
        read_floor: 0.25 RU/search
        write: 2 USD/GB
        source: page
        confidence: vendor page
  acme/vector:
    name: Acme Vector
    kind: embedding
    dimensions: 1_024 dim
    max_input: 8_191 tok
    facts_source: page
    not_published: Acme sells it by the year.
    source: page
"""


def _plain(text: str) -> dict[str, Any]:
    return {"offers/acme": yaml.load(text, Loader=yaml.BaseLoader)}


# Each rule, with edits that break it: a path into GOOD, what to put there (None removes it),
# and words that the complaint must hold.
LARGE = ("offers/acme", "offers", "acme/large")
TUNED = ("offers/acme", "offers", "acme/large-tuned")
RENTED = ("offers/acme", "offers", "acme/rented")
RANK = ("offers/acme", "offers", "acme/rank", "rates", "2026-11-20")
STORE = ("offers/acme", "offers", "acme/store", "rates", "2026-11-20")
SPRING = (*LARGE, "rates", "2026-03-01")
AUTUMN = (*LARGE, "rates", "2026-09-15")
END = (*LARGE, "rates", "2027-03-01")
PAGE = ("offers/acme", "sources", "page")
LATER = {"title": "Acme", "url": "https://acme.example/later", "read": "2062-11-20"}

BREAKS: list[tuple[Rule, tuple[str, ...], Any, str]] = [
    (
        offers_are_sorted,
        ("offers/acme", "offers", "acme/a"),
        {"kind": "store"},
        "above acme/vector",
    ),
    (ids_begin_with_their_file, ("offers/acme", "offers", "apex/x"), {"kind": "store"}, "acme/…"),
    (ids_begin_with_their_file, ("offers/acme", "offers", "acme/X"), {"kind": "store"}, "small"),
    (fields_are_in_order, PAGE, {"url": "u", "title": "t", "read": "r"}, "move title above url"),
    (fields_are_in_order, (*SPRING, "cache_write"), "3 USD/Mtok", "move cache_write above output"),
    (
        fields_are_in_order,
        (*AUTUMN, "above", "50_000 tok"),
        {},
        "move 50_000 tok above 100_000 tok",
    ),
    (sources_are_used, ("offers/acme", "sources", "spare"), LATER, "spare: no fact names it"),
    (sources_are_addresses_on_days, (*PAGE, "url"), "http://acme.example", "https"),
    (sources_are_addresses_on_days, (*PAGE, "read"), "yesterday", "2026-11-22"),
    (no_source_was_read_tomorrow, ("offers/acme", "sources", "later"), LATER, "correct the year"),
    (blocks_are_in_order, (*LARGE, "rates", "2025-01-01"), {}, "move 2025-01-01 above"),
    (blocks_are_in_order, (*LARGE, "rates", "May 2027"), {}, "write May 2027 as"),
    (first_seen_is_a_day_of_reading, (*PAGE, "read"), "2026-11-19", "first seen after"),
    (an_end_is_the_last_block, (*END, "withdrawn"), "yes", "one sentence"),
    (an_end_is_the_last_block, (*LARGE, "rates", "2027-05-01"), {}, "blocks follow it"),
    (store_units_agree, (*STORE, "read"), "1 USD/PB", "read is priced by RU"),
    (store_units_agree, (*STORE, "read_size"), None, "read is priced by B"),
    (store_units_agree, (*STORE, "write_size"), "1 WU/kB", "write: write it in USD/WU"),
    (figures_are_as_published, (*SPRING, "input"), "2.333333 USD/Mtok", "looks worked out"),
    (figures_are_as_published, (*SPRING, "monthly"), "300 USD", "monthly: remove it"),
    (figures_are_as_published, (*LARGE, "context_window"), "200000 tok", "with _"),
    (
        premium_or_prices,
        (*TUNED, "rates", "2026-11-20", "output"),
        "15.00 USD/Mtok",
        "remove output",
    ),
    (tuned_models_can_be_served, (*TUNED, "rates", "2026-11-20", "training"), None, "add training"),
    (tuned_models_can_be_served, (*TUNED, "rates", "2026-11-20", "premium"), None, "or hosting"),
    (rerankers_bill_one_way, (*RANK, "input"), "0.05 USD/Mtok", "either input or search"),
    (rerankers_bill_one_way, (*RANK, "documents_per_search"), None, "add documents_per_search"),
    (leaps_have_a_note, (*AUTUMN, "input"), "31.00 USD/Mtok", "after 3.00 USD/Mtok"),
    (leaps_have_a_note, (*AUTUMN, "output"), "1.49 USD/Mtok", "explain it in a note"),
    (cached_below_input_below_output, (*SPRING, "cached_input"), "4 USD/Mtok", "above input"),
    (cached_below_input_below_output, (*SPRING, "output"), "1 USD/Mtok", "above output"),
    (
        cached_below_input_below_output,
        (*AUTUMN, "above", "100_000 tok", "input"),
        "40 USD/Mtok",
        "above 100_000 tok, input",
    ),
    (batch_is_no_dearer, (*SPRING, "batch_output"), "16 USD/Mtok", "is above output"),
    (batch_is_no_dearer, (*AUTUMN, "batch_input"), "2.01 USD/Mtok", "is above input"),
    (batch_is_no_dearer, (*SPRING, "input"), None, "add input"),
    (batch_is_no_dearer, (*SPRING, "batch_input"), "1 USD/ktok", "1 USD/ktok is above input"),
    (peaks_are_dearer, (*SPRING, "peak_input"), "3.00 USD/Mtok", "is not above input"),
    (peaks_are_dearer, (*SPRING, "peak_output"), "30.00 USD/Mtok", "name the busy hours"),
    (peaks_are_dearer, (*AUTUMN, "peak_cached_input"), "1 USD/Mtok", "add cached_input"),
    (regions_cost_more, (*SPRING, "regional"), "10 %", "not between 100 %"),
    (cached_below_input_below_output, (*SPRING, "cache_write"), "2 USD/Mtok", "above cache_write"),
    (
        cached_below_input_below_output,
        (*SPRING, "batch_output"),
        "1 USD/Mtok",
        "above batch_output",
    ),
    (long_prompts_are_complete, (*AUTUMN, "cached_input"), "0.20 USD/Mtok", "add cached_input"),
    (
        long_prompts_are_complete,
        (*AUTUMN, "above", "100_000 tok", "input"),
        "1.00 USD/Mtok",
        "is below 2.00 USD/Mtok",
    ),
    (
        long_prompts_are_complete,
        (*AUTUMN, "above", "50_000 tok"),
        {"input": "9.00 USD/Mtok", "output": "30.00 USD/Mtok"},
        "sort the tiers",
    ),
    (bases_can_be_bought, (*TUNED, "base"), "acme/tiny", "acme/tiny is no inference offer"),
    (bases_can_be_bought, (*TUNED, "base"), "acme/rank", "acme/rank is no inference offer"),
    (bases_can_be_bought, (*TUNED, "base"), None, "add the offer whose price"),
    (
        bases_can_be_bought,
        (*TUNED, "rates", "2026-01-01"),
        {"training": "10 USD/Mtok", "premium": "150 %"},
        "no price before 2026-03-01",
    ),
    (sizes_are_given, (*LARGE, "context_window"), None, "add context_window"),
    (sizes_are_given, ("offers/acme", "offers", "acme/vector", "dimensions"), None, "dimensions"),
    (caches_fit_their_window, (*LARGE, "cache_minimum"), "300_000 tok", "above the context_window"),
    (feeds_know_one_offer, (*LARGE, "feeds", "litellm"), "acme-large", "acme/large already"),
    (feeds_know_one_offer, (*LARGE, "feeds", "genai-prices"), "large", "write the provider too"),
    (accelerators_are_named, (*LARGE, "accelerator"), "h100-sxm-80gb", "every rental has one"),
    (accelerators_are_named, (*RENTED, "accelerator"), None, "every rental has one"),
    (accelerators_are_named, (*RENTED, "accelerator"), "H100", "as h100-sxm-80gb"),
    (notes_are_sentences, (*SPRING, "disputed"), "no", "disputed: write a sentence"),
    (notes_are_sentences, (*SPRING, "note"), "cheap", "note: write a sentence"),
]


@pytest.fixture(scope="module")
def found() -> Records:
    return records()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_data_keep_the_rule(rule: Rule, found: Records) -> None:
    complaints = list(rule(found))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_record_passes(rule: Rule) -> None:
    assert list(rule(_plain(GOOD))) == []


@pytest.mark.parametrize(
    ("rule", "path", "value", "words"),
    BREAKS,
    ids=[f"{rule.__name__}-{number}" for number, (rule, *_) in enumerate(BREAKS)],
)
def test_a_broken_record_is_named(
    rule: Rule, path: tuple[str, ...], value: Any, words: str
) -> None:
    complaints = list(rule(changed(_plain(GOOD), path, value)))
    assert complaints, f"{rule.__name__} did not notice {' › '.join(path)} = {value}"
    assert any(words in complaint for complaint in complaints), complaints
    assert all(complaint.startswith("data/offers/acme.yml: ") for complaint in complaints)


def test_every_rule_is_shown_what_breaks_it() -> None:
    assert {rule for rule, *_ in BREAKS} == set(RULES)


def test_sorting_loses_nothing(tmp_path: Path) -> None:
    """`make fix` puts keys in order, takes comments along, and leaves a sorted file alone."""
    mixed = GOOD.replace("        input: 3.00 USD/Mtok\n", "", 1).replace(
        "        output: 15.00 USD/Mtok\n",
        "        output: 15.00 USD/Mtok\n        # As of spring.\n        input: 3.00 USD/Mtok\n",
        1,
    )
    start, end = mixed.index("  acme/rank:"), mixed.index("  acme/store:")
    moved = mixed[:start] + mixed[end:] + mixed[start:end]
    assert list(fields_are_in_order(_plain(moved)))
    assert list(offers_are_sorted(_plain(moved)))
    tidied = tidy(moved)
    assert sorted(tidied.splitlines()) == sorted(moved.splitlines())
    assert "        # As of spring.\n        input: 3.00 USD/Mtok\n        cached_input" in tidied
    assert [c for rule in RULES for c in rule(_plain(tidied))] == []
    assert tidy(GOOD) == GOOD
    path = tmp_path / "offers" / "acme.yml"
    path.parent.mkdir()
    path.write_text(moved, encoding="utf-8")
    assert list(fix(tmp_path)) == [path]
    assert path.read_text(encoding="utf-8") == FIRST_LINE + tidied
    assert list(fix(tmp_path)) == []


def test_editors_are_told_the_form() -> None:
    """The schema is that of the registry, and the first line of every file names it."""
    assert PATH.read_text(encoding="utf-8") == written(schema()), "run python -m tools.book.schema"
    for path in sorted(set(DATA.glob("*/*.yml")) - set(DATA.glob("evidence/*.yml"))):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(FIRST_LINE), f"{path.name}: run make fix, which adds the first line"
    offer = schema()["$defs"]["offer"]
    kinds = {branch["if"]["properties"]["kind"]["const"]: branch for branch in offer["allOf"]}
    assert set(kinds) == set(KINDS)
    for kind, branch in kinds.items():
        (block,) = branch["then"]["properties"]["rates"]["patternProperties"].values()
        assert set(block["properties"]) - set(METERS[kind]) <= set(ABOUT)
        assert set(METERS[kind]) <= set(block["properties"])


# The reader and the parser: one clear line with the file, the line, the field and the fix.

STORED = "        plan: 25 USD/month\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "        source: page\n",
            "        source: blog\n",
            23,
            "source: 'blog' is not among the sources of this",
        ),
        (
            "        source: page\n",
            "",
            17,
            "acme/large › rates › 2026-03-01: needs a field 'source'",
        ),
        ("read: 2026-11-20", "read: today", 6, "read: 'today' is not a date such as"),
        ("2027-03-01:", "1 March:", 34, "'1 March' is not a date such as"),
        (
            "2026-09-15:",
            "2026-03-01:",
            25,
            "'2026-03-01' stands twice (first on line 17); keep one",
        ),
        ("2026-09-15:", "2025-09-15:", 25, "comes after 2026-03-01: sort blocks"),
        ("    facts_source: page\n", "", 8, "context_window needs a facts_source"),
        ("        confidence: vendor page\n", "", 17, "needs a field 'confidence'"),
        (
            "            output: 20.00 USD/Mtok\n",
            "            note: Long.\n",
            31,
            "above › 100_000 tok › note: is not a field of inference",
        ),
        ("2026-03-01:", "2026-W09-7:", 17, "'2026-W09-7' is not a date such as"),
        ("base: acme/large", "base: acme/rank", 46, "base: 'acme/rank' is not an inference offer"),
        ("event: notice", "event: rumour", 40, "event: 'rumour' is not one of"),
        ("kind: tuning", "kind: tuned", 45, "kind: 'tuned' is not one of inference"),
        ("vendor page", "unchecked", 24, "confidence: 'unchecked' is not one of"),
        ("Acme announced the end.", "[a, b]", 39, "needs a field 'note' with some text"),
        (STORED, "        plan: -25 USD/month\n", 86, "plan: '-25 USD/month' is below zero"),
        (STORED, "        ? [plan]\n        : 25 USD/month\n", 86, "a key is a word"),
        (STORED, STORED + "        # \x01\n", 1, "take out U+0001"),
        (STORED, "        plan: 25 USD/tok\n", 86, "plan: USD/tok is not USD/month"),
        (STORED, "        plan: 25 EUR/month\n", 86, "plan: 'EUR' is not a unit here"),
        (STORED, "        plans: 25 USD/month\n", 86, "plans: is not a field of store"),
    ],
)
def test_a_fault_in_a_file_is_one_clear_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    """File, line, field and what is wrong, whoever reads the book: build, page or terminal."""
    file = tmp_path / "data" / "offers" / "acme.yml"
    file.parent.mkdir(parents=True)
    file.write_text(GOOD, encoding="utf-8")
    assert book(tmp_path / "data").offer("acme/large").sold(date(2026, 11, 20))
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        book(tmp_path / "data")
    said = str(caught.value)
    assert said.startswith(f"data/offers/acme.yml:{line}: ")
    assert words in said
    assert "\n" not in said


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "data" / "offers" / "acme.yml"
    file.parent.mkdir(parents=True)
    file.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(DataError, match=r"^data/offers/acme.yml:1: is not UTF-8 text"):
        book(tmp_path / "data")


SHEET = {
    "accelerators": {"memory": "80 GB", "bf16": "989 TFLOP/s"},
    "models": {
        "layers": "32 layer",
        "width": "4096 dim",
        "heads": "32",
        "head_width": "128 dim",
        "vocabulary": "128256",
        "tables": "2",
    },
}


def _with_sheet(collection: str, change: dict[str, str]) -> dict[str, Any]:
    page = {"title": "Acme card", "url": "https://acme.example/card", "read": "2026-11-20"}
    sheet = {"name": "Acme", "source": "page", **SHEET[collection], **change}
    file = {"vendor": "Acme AI", "sources": {"page": page}, collection: {"acme-80gb": sheet}}
    return _plain(GOOD) | {f"{collection}/acme": file}


@pytest.mark.parametrize(
    ("collection", "change", "words"),
    [
        ("accelerators", {"memory": "80 GB/s"}, "not B"),
        ("accelerators", {"bf16": "989"}, "FLOP/s"),
        ("accelerators", {"cores": "132"}, "not a field"),
        ("accelerators", {"source": "nowhere"}, "not among the sources"),
        ("models", {"layers": "32 dim"}, "layer"),
        ("models", {"colour": "red"}, "not a field"),
        ("models", {"note": ""}, "with some text"),
    ],
)
def test_a_data_sheet_is_read_strictly(collection: str, change: dict[str, str], words: str) -> None:
    sound = _with_sheet(collection, {})
    assert set(Book.parse(sound).sheets[collection]) == {"acme-80gb"}
    with pytest.raises(FactsError, match=words):
        Book.parse(_with_sheet(collection, change))
    twice = sound | {f"{collection}/other": sound[f"{collection}/acme"]}
    with pytest.raises(FactsError, match="stands in another file too"):
        Book.parse(twice)


# The first set.


@pytest.fixture(scope="module")
def priced() -> Book:
    return book()


def test_the_site_day_has_enough_to_choose_from(priced: Book) -> None:
    """Six current models of four vendors, three tunable offers for a newcomer, and the rest."""
    facts = priced.on(priced.day)
    fresh = {
        kind: [offer for offer in facts.on_sale(kind) if offer.open_to_newcomers(priced.day)]
        for kind in KINDS
    }
    models = [offer for offer in fresh["inference"] if not offer.ends()]
    assert len(models) >= 6
    assert len({offer.vendor for offer in models}) >= 4
    assert len(fresh["tuning"]) >= 3
    assert len(fresh["embedding"]) >= 4
    assert len(fresh["rerank"]) >= 2
    assert {"pinecone/standard", "weaviate/flex"} <= {offer.id for offer in fresh["store"]}


def test_every_offer_on_sale_has_its_rates(priced: Book) -> None:
    """A premium finds the price that it multiplies, on every day on which it is sold."""
    days = sorted({block.start for offer in priced.offers.values() for block in offer.blocks})
    for day in days:
        facts = priced.on(day)
        for kind in KINDS:
            for offer in facts.on_sale(kind):
                assert facts.rates(offer.id), f"{offer.id} on {day}"


def test_gpt_4o_over_time(priced: Book) -> None:
    """The essay's model: its launch price, its price today, its end."""

    def cost(day: str, meter: str, offer: str = "openai/gpt-4o") -> float:
        rate = priced.on(date.fromisoformat(day)).rates(offer)[meter]
        assert isinstance(rate, Quantity)
        return rate.to("USD/Mtok")

    assert cost("2024-10-01", "input") == 5.0
    assert cost("2024-10-02", "input") == 2.5
    assert cost("2027-01-13", "output") == 10.0
    assert not priced.offer("openai/gpt-4o").sold(date(2027, 1, 14))
    assert cost("2026-11-22", "training", "openai/gpt-4o-tuned") == 25.0
    assert cost("2026-11-22", "output", "openai/gpt-4o-tuned") == 15.0


def test_who_may_still_tune_at_openai(priced: Book) -> None:
    """New customers were shut out in May 2026, and all customers in January 2027."""
    tuned = priced.offer("openai/gpt-4o-tuned")
    assert tuned.open_to_newcomers(date(2026, 5, 6))
    assert not tuned.open_to_newcomers(date(2026, 5, 7))
    assert tuned.trainable(date(2027, 1, 5))
    assert not tuned.trainable(date(2027, 1, 6))
    assert tuned.sold(date(2027, 1, 13))
    assert not priced.offer("cohere/chat-tuned").sold(priced.day)


def test_an_announced_doubling_is_in_the_book(priced: Book) -> None:
    """Gemini 4 Argon costs twice as much from 1 December 2026, and readers are told before."""
    facts = priced.on(date(2026, 11, 30))
    later = priced.on(date(2026, 12, 1))
    for meter in ("input", "cached_input", "output", "batch_input", "batch_output"):
        before = float(facts.rates("google/gemini-4-argon")[meter])
        assert float(later.rates("google/gemini-4-argon")[meter]) == pytest.approx(2 * before)
    assert date(2026, 12, 1) in {n.when for n in facts.notices("google/gemini-4-argon")}


def _price(priced: Book, offer: str, meter: str, day: str) -> float:
    rate = priced.on(date.fromisoformat(day)).rates(offer)[meter]
    assert isinstance(rate, Quantity)
    return rate.to("USD/Mtok")


@pytest.mark.parametrize(
    ("offer", "meter", "prices"),
    [
        (
            "mistral/mistral-large-4",
            "input",
            {"2026-10-19": 0.68, "2026-10-20": 1.36, "2026-10-29": 0.70, "2026-12-22": 0.70},
        ),
        ("openai/gpt-5.6-sol", "output", {"2026-08-20": 30.0, "2026-11-22": 20.0}),
        ("openai/gpt-5.6-luna", "cached_input", {"2026-07-29": 0.10, "2026-07-30": 0.02}),
        ("openai/o3", "input", {"2025-06-09": 10.0, "2025-06-10": 2.0, "2026-12-10": 2.0}),
        (
            "google/gemini-3.8-flash",
            "output",
            {"2026-11-21": 3.75, "2026-11-22": 3.75, "2026-12-31": 3.75, "2027-01-01": 7.50},
        ),
        ("deepseek/deepseek-flash", "peak_output", {"2026-11-22": 1.20}),
    ],
)
def test_a_price_is_that_of_its_day(
    priced: Book, offer: str, meter: str, prices: dict[str, float]
) -> None:
    """Yesterday's, today's and next month's price of models whose price changes."""
    for day, price in prices.items():
        assert _price(priced, offer, meter, day) == pytest.approx(price), day


@pytest.mark.parametrize(
    ("offer", "last"),
    [
        ("anthropic/claude-sonnet-4-5", "2026-11-29"),
        ("aws/llama-3.3-70b", "2027-03-29"),
        ("azure/gpt-4o-tuned", "2027-09-30"),
        ("google/gemini-3.1-flash-lite", "2027-05-06"),
        ("openai/gpt-5", "2026-12-10"),
        ("openai/o4-mini", "2026-10-22"),
    ],
)
def test_an_offer_is_sold_until_its_last_day(priced: Book, offer: str, last: str) -> None:
    day = date.fromisoformat(last)
    assert priced.offer(offer).sold(day)
    assert not priced.offer(offer).sold(day + timedelta(days=1))


def test_every_system_of_the_guide_is_in_the_book(priced: Book) -> None:
    """Each has an offer of the kind it is known for, for sale or with the reason why not."""
    systems = {
        "inference": "alibaba anthropic aws azure cohere deepseek fireworks google groq mistral "
        "openai together",
        "embedding": "aws azure cohere fireworks google mistral nebius openai voyage",
        "rerank": "aws cohere google jina voyage",
        "tuning": "aws azure cohere fireworks google mistral nebius openai thinking-machines "
        "together",
        "training": "fireworks google ori prime-intellect together",
        "store": "aws azure elastic google mongodb pinecone qdrant supabase turbopuffer weaviate "
        "zilliz",
        "retrieval": "aws azure google openai weaviate xai",
        "rental": "aws azure coreweave fireworks google lambda modal nebius runpod tensorwave "
        "together vultr",
    }
    assert set(systems) == set(KINDS)
    for kind, stems in systems.items():
        has = {name.split("/")[0] for name, offer in priced.offers.items() if offer.kind == kind}
        assert set(stems.split()) <= has, kind


def test_what_lists_can_check_names_them(priced: Book) -> None:
    """Independent lists know every model, embedding and reranker on sale; name their keys."""
    facts = priced.on(priced.day)
    for kind in ("inference", "embedding", "rerank"):
        for offer in facts.on_sale(kind):
            assert offer.feeds, f"{offer.id}: add feeds, what price lists call it"


def test_what_has_no_price_cannot_be_chosen(priced: Book) -> None:
    unpriced = [offer for offer in priced.offers.values() if offer.not_published]
    assert {"aws/s3-vectors", "qdrant/standard", "aws/nova-lite-tuned"} <= {o.id for o in unpriced}
    for offer in unpriced:
        assert not offer.sold(priced.day), offer.id
        with pytest.raises(PriceError, match="has no published price"):
            offer.on(priced.day)


# The guide for those who add to it.


def test_the_guide_names_every_meter_and_size() -> None:
    guide = (DATA / "README.md").read_text(encoding="utf-8")
    for kind, meters in METERS.items():
        for name in [*meters, *SIZES]:
            assert f"`{name}`" in guide, f"data/README.md: explain `{name}` of {kind}"


def test_the_example_of_the_guide_is_sound() -> None:
    guide = (DATA / "README.md").read_text(encoding="utf-8")
    example, _ = re.findall(r"```yaml\n(.*?)```", guide, flags=re.DOTALL)
    given = _plain(example)
    assert "acme/large" in Book.parse(given).offers
    complaints = [complaint for rule in RULES for complaint in rule(given)]
    assert not complaints, "\n".join(complaints)
