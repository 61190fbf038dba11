"""
No rule of the data can pass by never failing.

Each is shown records that break it, and must name file, place and fix.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import changed
from tests.made_up import PRICES, STUDIES, project_of, records
from tools.lint import (
    book,
    evidence,
    feeds,
    figures,
    form,
    lifecycle,
    names,
    order,
    prices,
    sources,
    stores,
)
from tools.lint.project import Rule

# Each rule, with edits that break it: a path into PRICES, what to put there (None removes it),
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
        order.offers_are_sorted,
        ("offers/acme", "offers", "acme/a"),
        {"kind": "store"},
        "move it above acme/vector",
    ),
    (
        names.ids_begin_with_their_file,
        ("offers/acme", "offers", "apex/x"),
        {"kind": "store"},
        "acme/…",
    ),
    (
        names.ids_begin_with_their_file,
        ("offers/acme", "offers", "acme/X"),
        {"kind": "store"},
        "small",
    ),
    (
        order.fields_are_in_order,
        PAGE,
        {"url": "u", "title": "t", "read": "r"},
        "title: move it above url",
    ),
    (
        order.fields_are_in_order,
        (*SPRING, "cache_write"),
        "3 USD/Mtok",
        "cache_write: move it above output",
    ),
    (
        order.fields_are_in_order,
        (*AUTUMN, "above", "50_000 tok"),
        {},
        "50_000 tok: move it above 100_000 tok",
    ),
    (
        sources.sources_are_used,
        ("offers/acme", "sources", "spare"),
        LATER,
        "spare: no fact names it",
    ),
    (sources.sources_are_addresses_on_days, (*PAGE, "url"), "http://acme.example", "https"),
    (sources.sources_are_addresses_on_days, (*PAGE, "read"), "yesterday", "2026-11-22"),
    (
        sources.no_source_was_read_tomorrow,
        ("offers/acme", "sources", "later"),
        LATER,
        "correct the year",
    ),
    (order.blocks_are_in_order, (*LARGE, "rates", "2025-01-01"), {}, "2025-01-01: move it above"),
    (order.blocks_are_in_order, (*LARGE, "rates", "May 2027"), {}, "write May 2027 as"),
    (sources.first_seen_is_a_day_of_reading, (*PAGE, "read"), "2026-11-19", "first seen after"),
    (lifecycle.an_end_is_the_last_block, (*END, "withdrawn"), "yes", "one sentence"),
    (lifecycle.an_end_is_the_last_block, (*LARGE, "rates", "2027-05-01"), {}, "blocks follow it"),
    (stores.store_units_agree, (*STORE, "read"), "1 USD/PB", "read is priced by RU"),
    (stores.store_units_agree, (*STORE, "read_size"), None, "read is priced by B"),
    (stores.store_units_agree, (*STORE, "write_size"), "1 WU/kB", "write: write it in USD/WU"),
    (figures.figures_are_as_published, (*SPRING, "input"), "2.333333 USD/Mtok", "looks worked out"),
    (figures.figures_are_as_published, (*SPRING, "monthly"), "300 USD", "monthly: remove it"),
    (figures.thousands_are_apart, (*LARGE, "context_window"), "200000 tok", "with _"),
    (
        prices.premium_or_prices,
        (*TUNED, "rates", "2026-11-20", "output"),
        "15.00 USD/Mtok",
        "remove output",
    ),
    (
        prices.tuned_models_can_be_served,
        (*TUNED, "rates", "2026-11-20", "training"),
        None,
        "add training",
    ),
    (
        prices.tuned_models_can_be_served,
        (*TUNED, "rates", "2026-11-20", "premium"),
        None,
        "or hosting",
    ),
    (prices.rerankers_bill_one_way, (*RANK, "input"), "0.05 USD/Mtok", "either input or search"),
    (
        prices.rerankers_bill_one_way,
        (*RANK, "documents_per_search"),
        None,
        "add documents_per_search",
    ),
    (prices.leaps_have_a_note, (*AUTUMN, "input"), "31.00 USD/Mtok", "after 3.00 USD/Mtok"),
    (prices.leaps_have_a_note, (*AUTUMN, "output"), "1.49 USD/Mtok", "explain it in a note"),
    (
        prices.cached_below_input_below_output,
        (*SPRING, "cached_input"),
        "4 USD/Mtok",
        "above input",
    ),
    (prices.cached_below_input_below_output, (*SPRING, "output"), "1 USD/Mtok", "above output"),
    (
        prices.cached_below_input_below_output,
        (*AUTUMN, "above", "100_000 tok", "input"),
        "40 USD/Mtok",
        "above › 100_000 tok › input",
    ),
    (prices.batch_is_no_dearer, (*SPRING, "batch_output"), "16 USD/Mtok", "is above output"),
    (prices.batch_is_no_dearer, (*AUTUMN, "batch_input"), "2.01 USD/Mtok", "is above input"),
    (prices.batch_is_no_dearer, (*SPRING, "input"), None, "add input"),
    (
        prices.batch_is_no_dearer,
        (*SPRING, "batch_input"),
        "1 USD/ktok",
        "1 USD/ktok is above input",
    ),
    (prices.peaks_are_dearer, (*SPRING, "peak_input"), "3.00 USD/Mtok", "is not above input"),
    (prices.peaks_are_dearer, (*SPRING, "peak_output"), "30.00 USD/Mtok", "name the busy hours"),
    (prices.peaks_are_dearer, (*AUTUMN, "peak_cached_input"), "1 USD/Mtok", "add cached_input"),
    (prices.regions_cost_more, (*SPRING, "regional"), "10 %", "not between 100 %"),
    (
        prices.cached_below_input_below_output,
        (*SPRING, "cache_write"),
        "2 USD/Mtok",
        "above cache_write",
    ),
    (
        prices.cached_below_input_below_output,
        (*SPRING, "batch_output"),
        "1 USD/Mtok",
        "above batch_output",
    ),
    (
        prices.long_prompts_are_complete,
        (*AUTUMN, "cached_input"),
        "0.20 USD/Mtok",
        "add cached_input",
    ),
    (
        prices.long_prompts_are_complete,
        (*AUTUMN, "above", "100_000 tok", "input"),
        "1.00 USD/Mtok",
        "is below 2.00 USD/Mtok",
    ),
    (
        prices.long_prompts_are_complete,
        (*AUTUMN, "above", "50_000 tok"),
        {"input": "9.00 USD/Mtok", "output": "30.00 USD/Mtok"},
        "sort the tiers",
    ),
    (prices.bases_can_be_bought, (*TUNED, "base"), "acme/tiny", "acme/tiny is no inference offer"),
    (prices.bases_can_be_bought, (*TUNED, "base"), "acme/rank", "acme/rank is no inference offer"),
    (prices.bases_can_be_bought, (*TUNED, "base"), None, "add base, the offer whose price"),
    (
        prices.bases_can_be_bought,
        (*TUNED, "rates", "2026-01-01"),
        {"training": "10 USD/Mtok", "premium": "150 %"},
        "no price before 2026-03-01",
    ),
    (figures.sizes_are_given, (*LARGE, "context_window"), None, "add context_window"),
    (
        figures.sizes_are_given,
        ("offers/acme", "offers", "acme/vector", "dimensions"),
        None,
        "dimensions",
    ),
    (
        figures.caches_fit_their_window,
        (*LARGE, "cache_minimum"),
        "300_000 tok",
        "above the context_window",
    ),
    (feeds.feeds_know_one_offer, (*LARGE, "feeds", "litellm"), "acme-large", "acme/large already"),
    (
        feeds.feeds_know_one_offer,
        (*LARGE, "feeds", "genai-prices"),
        "large",
        "write the provider too",
    ),
    (
        names.accelerators_are_named,
        (*LARGE, "accelerator"),
        "h100-sxm-80gb",
        "every rental has one",
    ),
    (names.accelerators_are_named, (*RENTED, "accelerator"), None, "every rental has one"),
    (names.accelerators_are_named, (*RENTED, "accelerator"), "H100", "as h100-sxm-80gb"),
    (names.notes_are_sentences, (*SPRING, "disputed"), "no", "disputed: write a sentence"),
    (names.notes_are_sentences, (*SPRING, "note"), "cheap", "note: write a sentence"),
    (
        feeds.what_lists_can_check_names_them,
        ("offers/acme", "offers", "acme/large", "feeds"),
        None,
        "acme/large: add feeds",
    ),
    (prices.bases_can_be_bought, (*TUNED, "base"), "acme/none", "add it or name another"),
    (
        book.every_offer_on_sale_has_its_rates,
        (*TUNED, "rates"),
        {"2026-01-01": {"premium": "150 %", "source": "page", "confidence": "vendor page"}},
        "acme/large-tuned: has no rates on 2026-01-01: acme/large has no known price",
    ),
    (form.blanks_are_filled, (*LARGE, "name"), "?", "acme/large › name: write what is known"),
    (form.files_fit_the_schema, (*SPRING, "colour"), "red", "tools/book/schema.py"),
]

ACME = ("evidence/acme", "studies", "acme-2024")
MRR = (*ACME, "findings", "mrr")
BREAKS_OF_STUDIES: list[tuple[Rule, tuple[str, ...], Any, str]] = [
    (evidence.ids_end_with_the_year, (*ACME, "year"), "2023", "in small letters with its year"),
    (evidence.ids_end_with_the_year, (*ACME, "findings", "MRR"), {}, "write the id in small"),
    (evidence.figures_fit_in_a_sentence, (*MRR, "figure"), "0.3 s more.", "figure: write a phrase"),
    (evidence.figures_fit_in_a_sentence, (*MRR, "figure"), ".7 (10)", "end without one"),
    (evidence.figures_fit_in_a_sentence, (*MRR, "setting"), "A corpus", "setting: write a phrase"),
    (evidence.conclusions_are_sentences, (*MRR, "shows"), "it helps", "shows: write a sentence"),
    (evidence.conclusions_are_sentences, (*MRR, "does_not_show"), "more", "does_not_show: write a"),
    (
        order.studies_are_sorted,
        ("evidence/acme", "studies", "aaa-2024"),
        {},
        "aaa-2024: move it above beta-2023",
    ),
]

SHEET = {"name": "Acme", "memory": "80 GB", "bf16": "989 TFLOP/s", "source": "page"}
CARDS = {
    "vendor": "Acme AI",
    "sources": {
        "page": {"title": "Card", "url": "https://acme.example/card", "read": "2026-11-20"}
    },
    "accelerators": {"h100-sxm-80gb": SHEET},
}
CARD = ("accelerators/acme", "accelerators", "h100-sxm-80gb")
BREAKS_OF_SHEETS: list[tuple[Rule, tuple[str, ...], Any, str]] = [
    (figures.sheets_agree_with_their_names, (*CARD, "memory"), "96 GB", "is 96gb"),
    (figures.sheets_agree_with_their_names, (*CARD, "bf16"), "989 GFLOP/s", "dense matrices"),
    (book.data_sheets_are_of_what_is_rented, (*CARD[:-1], "b1-1gb"), SHEET, "no rental names it"),
]

GOOD = records(PRICES) | records(STUDIES, "evidence/acme") | {"accelerators/acme": CARDS}
EVERY = [*BREAKS, *BREAKS_OF_STUDIES, *BREAKS_OF_SHEETS]
RULES = list(dict.fromkeys(rule for rule, *_ in EVERY))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_sound_record_passes(rule: Rule) -> None:
    assert list(rule(project_of(GOOD))) == []


@pytest.mark.parametrize(
    ("rule", "path", "value", "words"),
    EVERY,
    ids=[f"{rule.name}-{number}" for number, (rule, *_) in enumerate(EVERY)],
)
def test_a_broken_record_is_named(
    rule: Rule, path: tuple[str, ...], value: Any, words: str
) -> None:
    faults = list(rule(project_of(changed(GOOD, path, value))))
    assert faults, f"{rule.name} did not notice {' › '.join(path)} = {value}"
    shown = [fault.shown({}) for fault in faults]
    assert any(words in line for line in shown), shown
    assert {fault.file for fault in faults} == {f"data/{path[0]}.yml"}
    assert {fault.place[0] for fault in faults} == {path[0]}


def test_there_are_enough_offers_for_a_newcomer() -> None:
    faults = list(book.there_is_enough_to_choose_from(project_of(GOOD)))
    assert [fault.message.split(":")[0] for fault in faults] == [
        "add inference offers",
        "add tuning offers",
        "add embedding offers",
        "add rerank offers",
    ]


def test_a_default_that_nobody_can_buy_is_named() -> None:
    shown = [fault.shown({}) for fault in book.defaults_can_be_bought(project_of(GOOD))]
    assert (
        "calculators/approach_cost: the default of embedding, openai/text-embedding-3-small, is "
        "not open to new customers; choose another"
    ) in shown
    assert any("the default of weights, " in line for line in shown), "a model has a shape"


def test_a_word_that_no_study_has_is_named() -> None:
    shown = [fault.message for fault in evidence.words_of_the_evidence_are_used(project_of(GOOD))]
    assert "TOPICS: no study has caching; remove it, or add a study that has it" in shown
    assert "KINDS: no study has survey; remove it, or add a study that has it" in shown
    assert not [line for line in shown if line.startswith("BASES")]
