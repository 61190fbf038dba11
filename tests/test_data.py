"""
The rules of the price book: one function per rule, each complaint an instruction.

A rule takes the records as they stand in the files, all scalars text, and yields
complaints that name file, offer, field and fix. Each rule is also shown a record
that breaks it, so that none of them can pass by never failing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from calculators.kernel.facts import CONFIDENCE, KINDS, METERS, SIZES, Book
from calculators.kernel.units import Quantity, UnitError, unit
from tools.records import DATA, DataError, book, records

Records = Mapping[str, Any]
Rule = Callable[[Records], Iterator[str]]

# Names a newcomer might type out of habit; none of them is a fact that a vendor published.
DERIVED = ("per_month", "per_request", "per_year", "monthly", "total", "until", "to", "end")
NEEDED_SIZES = {"inference": ("context_window",), "embedding": ("dimensions", "max_input")}
LULL = timedelta(days=92)


@dataclass(frozen=True)
class Entry:
    """One dated block of one offer, with where it stands."""

    file: str
    offer: str
    kind: str
    day: str
    block: dict[str, Any]

    @property
    def place(self) -> str:
        return f"data/{self.file}.yml: {self.offer}, {self.day}"

    def meters(self) -> dict[str, str]:
        """The block's own meters as they are written."""
        return {key: text for key, text in self.block.items() if key in METERS[self.kind]}

    def tiers(self) -> list[tuple[str, dict[str, str]]]:
        """Each set of token prices in the block, the dearer ones of long prompts included."""
        above = self.block.get("above", {})
        return [("", self.meters()), *((f"above {size}, ", tier) for size, tier in above.items())]


def _offers(book_records: Records) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file, record in book_records.items():
        for name, offer in record["offers"].items():
            yield file, name, offer


def _entries(book_records: Records) -> Iterator[Entry]:
    for file, name, offer in _offers(book_records):
        for day, block in offer.get("rates", {}).items():
            yield Entry(file, name, offer["kind"], day, block)


def _value(text: str) -> Quantity | None:
    try:
        return Quantity.parse(text)
    except UnitError:
        return None


def _number(text: str) -> float:
    """The amount in base units; what cannot be read is another rule's business."""
    value = _value(text)
    return value.value if value else math.nan


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# Names and sources.


def offers_are_sorted(book_records: Records) -> Iterator[str]:
    """Offers stand in the order of their ids, so that two people add to different places."""
    for file, record in book_records.items():
        for before, after in pairwise(record["offers"]):
            if after < before:
                yield f"data/{file}.yml: move {after} above {before}; offers are sorted by id"


def ids_begin_with_their_file(book_records: Records) -> Iterator[str]:
    """An id says which file it is in, in letters that a link can carry."""
    for file, name, _ in _offers(book_records):
        stem = file.split("/")[1]
        if not re.fullmatch(rf"{re.escape(stem)}/[a-z0-9][a-z0-9.-]*", name):
            yield (
                f"data/{file}.yml: rename {name} to {stem}/… in small letters, digits, "
                "dots and hyphens"
            )


def sources_are_used(book_records: Records) -> Iterator[str]:
    """A source that backs nothing would move the site's day without a fact behind it."""
    for file, record in book_records.items():
        used = set()
        for offer in record["offers"].values():
            used |= {offer.get("source"), offer.get("facts_source")}
            used |= {block.get("source") for block in offer.get("rates", {}).values()}
            used |= {event.get("source") for event in offer.get("lifecycle", {}).values()}
        for key in record["sources"]:
            if key not in used:
                yield f"data/{file}.yml: sources, {key}: no fact names it; name it or remove it"


def facts_are_sourced(book_records: Records) -> Iterator[str]:
    """Every block, event, size and refusal names a source that the file has."""
    for file, name, offer in _offers(book_records):
        named = [(f"{day}, source", block) for day, block in offer.get("rates", {}).items()]
        named += [(f"{day}, source", event) for day, event in offer.get("lifecycle", {}).items()]
        if "not_published" in offer:
            named.append(("source", offer))
        wanted = [(field, record.get("source")) for field, record in named]
        if any(size in offer for size in SIZES):
            wanted.append(("facts_source", offer.get("facts_source")))
        for field, source in wanted:
            if source not in book_records[file]["sources"]:
                yield (
                    f"data/{file}.yml: {name}, {field}: name one of the file's sources "
                    f"({', '.join(book_records[file]['sources'])}), not {source or 'nothing'}"
                )


def sources_are_addresses_on_days(book_records: Records) -> Iterator[str]:
    """A reader can open the source, and knows when we did."""
    for file, record in book_records.items():
        for key, source in record["sources"].items():
            place = f"data/{file}.yml: sources, {key}"
            if not re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]+(/\S*)?", source.get("url", "")):
                yield f"{place}, url: write the whole https address, not {source.get('url')}"
            if _day(source.get("read", "")) is None:
                yield f"{place}, read: write the day as 2026-11-22, not {source.get('read')}"


def no_source_was_read_tomorrow(book_records: Records) -> Iterator[str]:
    """
    The newest reading is the site's day, so a slip of the year would move every page.
    The tests read no clock; a single source far ahead of all others is taken for a slip.
    """
    read: dict[date, list[str]] = {}
    for file, record in book_records.items():
        for key, source in record["sources"].items():
            day = _day(source.get("read", ""))
            if day:
                read.setdefault(day, []).append(f"data/{file}.yml: sources, {key}, read")
    days = sorted(read)
    if len(days) > 1 and len(read[days[-1]]) == 1 and days[-1] - days[-2] > LULL:
        yield (
            f"{read[days[-1]][0]}: {days[-1]} is far after every other reading ({days[-2]}); "
            "correct the year, or read a second source on that day"
        )


# Days.


def blocks_are_in_order(book_records: Records) -> Iterator[str]:
    """Blocks and events stand oldest first, each under a real day."""
    for file, name, offer in _offers(book_records):
        for field in ("rates", "lifecycle"):
            days = list(offer.get(field, {}))
            for day in days:
                if _day(day) is None:
                    yield f"data/{file}.yml: {name}, {field}: write {day} as 2026-11-22"
            for before, after in pairwise(days):
                if after <= before:
                    yield f"data/{file}.yml: {name}, {field}: move {after} above {before}"


def first_seen_is_a_day_of_reading(book_records: Records) -> Iterator[str]:
    """A price cannot have been seen first after its source was read last."""
    for entry in _entries(book_records):
        source = book_records[entry.file]["sources"].get(entry.block.get("source"), {})
        if "dated" in entry.block and entry.day > source.get("read", ""):
            yield (
                f"{entry.place}: first seen after its source was read ({source.get('read')}); "
                "use that day, or leave out `dated` where the source gives the day"
            )


def an_end_is_the_last_block(book_records: Records) -> Iterator[str]:
    """`withdrawn` says why in a sentence, and nothing follows it."""
    for file, name, offer in _offers(book_records):
        days = list(offer.get("rates", {}))
        for day in days:
            block = offer["rates"][day]
            if "withdrawn" not in block:
                continue
            place = f"data/{file}.yml: {name}, {day}, withdrawn"
            if not re.fullmatch(r"[A-Z].{10,}\.", block["withdrawn"]):
                yield f"{place}: say in one sentence who ended it or why, with a full stop"
            if day != days[-1]:
                yield f"{place}: blocks follow it; an offer that comes back gets a new id"


# Meters and their prices.


def meters_are_in_the_registry(book_records: Records) -> Iterator[str]:
    """A meter is known for its kind and its unit fits; tiers hold token prices only."""
    for file, name, offer in _offers(book_records):
        if offer.get("kind") not in KINDS:
            yield f"data/{file}.yml: {name}, kind: write one of {', '.join(KINDS)}"
            continue
        for day, block in offer.get("rates", {}).items():
            entry = Entry(file, name, offer["kind"], day, block)
            about = {"source", "confidence", "note", "dated", "withdrawn", "above"}
            for tier, meters in [("", block), *entry.tiers()[1:]]:
                for meter, text in meters.items():
                    if not tier and meter in about:
                        continue
                    complaint = _misfit(offer["kind"], meter, text)
                    if complaint:
                        yield f"{entry.place}, {tier}{meter}: {complaint}"


def _misfit(kind: str, meter: str, text: str) -> str:
    if meter not in METERS[kind]:
        return f"not a meter of {kind}; use one of {', '.join(METERS[kind])}"
    value = _value(text)
    if value is None:
        return f"write a number and a known unit, as 2.50 USD/Mtok, not {text}"
    wanted = METERS[kind][meter]
    if wanted and value.dims != unit(wanted).dims:
        return f"write it in {wanted}, or a multiple, not {text}"
    return ""


def store_units_agree(book_records: Records) -> Iterator[str]:
    """What a query reads, times the price of reading, is dollars; the same for writing."""
    for entry in _entries(book_records):
        for verb, units, each in (("read", "RU", "/search"), ("write", "WU", "")):
            if entry.kind != "store" or verb not in entry.block:
                continue
            counted = units if f"{verb}_size" in entry.block else "B"
            wanted = {
                verb: f"USD/{counted}",
                f"{verb}_size": f"{counted}/B{each}",
                f"{verb}_floor": f"{counted}{each}",
            }
            for meter, fits in wanted.items():
                if meter not in entry.block:
                    continue
                value = _value(entry.block[meter])
                if value is None or value.dims != unit(fits).dims:
                    yield (
                        f"{entry.place}, {meter}: write it in {fits}, or a multiple; "
                        f"{verb} is priced by {counted} here"
                    )


def figures_are_as_published(book_records: Records) -> Iterator[str]:
    """A vendor's figure is short; a long one was worked out, and so was a price a month."""
    for file, name, offer in _offers(book_records):
        texts = [(size, offer[size]) for size in SIZES if size in offer]
        for day, block in offer.get("rates", {}).items():
            entry = Entry(file, name, offer["kind"], day, block)
            for tier, meters in entry.tiers():
                texts += [(f"{day}, {tier}{meter}", text) for meter, text in meters.items()]
            texts += [(f"{day}, {key}", "") for key in block if key in DERIVED]
        for field, text in texts:
            place = f"data/{file}.yml: {name}, {field}"
            digits = re.sub(r"[^0-9]", "", text.split(" ")[0]).lstrip("0")
            if not text:
                yield f"{place}: remove it; it can be worked out from the blocks"
            elif re.match(r"[0-9]{4}", text):
                yield f"{place}: part the thousands of {text} with _, as in 128_000"
            elif len(digits) > 5 and "_" not in text:
                yield f"{place}: {text} looks worked out; write the figure the vendor publishes"


def premium_or_prices(book_records: Records) -> Iterator[str]:
    """A tuned model is priced by a premium on its base or by its own prices, never both."""
    for entry in _entries(book_records):
        own = [meter for meter in entry.block if meter.endswith(("input", "output"))]
        if "premium" in entry.block and own:
            yield (
                f"{entry.place}: remove {', '.join(own)}; they follow from the premium, or "
                "remove the premium"
            )


def tuned_models_can_be_served(book_records: Records) -> Iterator[str]:
    """A tuned offer says what training costs and what running the result costs."""
    for entry in _entries(book_records):
        if entry.kind != "tuning" or "withdrawn" in entry.block:
            continue
        block = entry.block
        if "training" not in block:
            yield f"{entry.place}: add training, the price of a million training tokens"
        if not ("premium" in block or {"input", "output"} <= set(block) or "hosting" in block):
            yield f"{entry.place}: add input and output, or premium, or hosting"


def rerankers_bill_one_way(book_records: Records) -> Iterator[str]:
    """A reranker is billed by the token or by the search, and a search has a size."""
    for entry in _entries(book_records):
        if entry.kind != "rerank" or "withdrawn" in entry.block:
            continue
        if ("input" in entry.block) == ("search" in entry.block):
            yield f"{entry.place}: give either input or search"
        if "search" in entry.block and "documents_per_search" not in entry.block:
            yield f"{entry.place}: add documents_per_search, the documents in one search"


def leaps_have_a_note(book_records: Records) -> Iterator[str]:
    """A price ten times the one before, or a tenth of it, is a slip or needs a word."""
    for file, name, offer in _offers(book_records):
        for (_, before), (day, after) in pairwise(offer.get("rates", {}).items()):
            for meter in METERS[offer["kind"]]:
                if meter not in before or meter not in after or "note" in after:
                    continue
                old, new = _value(before[meter]), _value(after[meter])
                if old and new and not 0.0999 < new.value / old.value < 10.001:
                    yield (
                        f"data/{file}.yml: {name}, {day}, {meter}: {after[meter]} after "
                        f"{before[meter]}; correct it, or explain it in a note"
                    )


def cached_below_input_below_output(book_records: Records) -> Iterator[str]:
    """Reading back is no dearer than reading, and reading no dearer than writing."""
    for entry in _entries(book_records):
        for tier, meters in entry.tiers():
            order = [meter for meter in ("cached_input", "input", "output") if meter in meters]
            for low, high in pairwise(order):
                if _number(meters[low]) > _number(meters[high]) and "note" not in entry.block:
                    yield (
                        f"{entry.place}, {tier}{low}: {meters[low]} is above {high} "
                        f"({meters[high]}); correct it, or explain it in a note"
                    )


def batch_is_no_dearer(book_records: Records) -> Iterator[str]:
    """Batch never costs more than the same tokens at once."""
    for entry in _entries(book_records):
        for tier, meters in entry.tiers():
            for meter in ("input", "output"):
                batch = f"batch_{meter}"
                if batch not in meters:
                    continue
                if meter not in meters:
                    yield f"{entry.place}, {tier}{batch}: add {meter}, which it discounts"
                elif _number(meters[batch]) > _number(meters[meter]):
                    yield (
                        f"{entry.place}, {tier}{batch}: {meters[batch]} is above {meter} "
                        f"({meters[meter]}); correct it"
                    )


def long_prompts_are_complete(book_records: Records) -> Iterator[str]:
    """A tier prices every token meter of its block, dearer, and tiers rise."""
    for entry in _entries(book_records):
        tiers = entry.tiers()
        for (_, lower), (tier, upper) in pairwise(tiers):
            place = f"{entry.place}, {tier.rstrip(', ')}"
            missing = set(lower) - set(upper)
            if missing:
                yield f"{place}: add {', '.join(sorted(missing))}; a long prompt is billed for it"
            for meter in sorted(set(lower) & set(upper)):
                if _number(upper[meter]) < _number(lower[meter]):
                    yield f"{place}, {meter}: {upper[meter]} is below {lower[meter]}; correct it"
        sizes = [_number(size) for size in entry.block.get("above", {})]
        if sizes != sorted(sizes):
            yield f"{entry.place}, above: sort the tiers by the length of the prompt"


def confidence_is_stated(book_records: Records) -> Iterator[str]:
    """Who says so is data; what nobody checked is not published."""
    for entry in _entries(book_records):
        if entry.block.get("confidence") not in CONFIDENCE:
            yield (
                f"{entry.place}, confidence: write one of {', '.join(CONFIDENCE)}, not "
                f"{entry.block.get('confidence', 'nothing')}; leave out what is unchecked"
            )


# What offers refer to.


def bases_can_be_bought(book_records: Records) -> Iterator[str]:
    """A tuned model's base is an inference offer in the book; a premium needs its price."""
    kinds = {name: offer for _, name, offer in _offers(book_records)}
    for file, name, offer in _offers(book_records):
        base = offer.get("base")
        place = f"data/{file}.yml: {name}, base"
        if base is None:
            if any("premium" in block for block in offer.get("rates", {}).values()):
                yield f"{place}: add the offer whose price the premium multiplies"
        elif kinds.get(base, {}).get("kind") != "inference":
            yield f"{place}: {base} is no inference offer in the book; add it or name another"
        else:
            first = min(kinds[base]["rates"])
            for day, block in offer["rates"].items():
                if "premium" in block and day < first:
                    yield f"{place}: {base} has no price before {first}; begin the premium then"


def sizes_are_given(book_records: Records) -> Iterator[str]:
    """Whether a prompt fits, and how big a vector is, can be answered for every offer."""
    for file, name, offer in _offers(book_records):
        for size in NEEDED_SIZES.get(offer["kind"], ()):
            if size not in offer:
                yield f"data/{file}.yml: {name}: add {size}, with a facts_source"


def notes_are_sentences(book_records: Records) -> Iterator[str]:
    """What a reader is shown reads as a sentence."""
    for file, name, offer in _offers(book_records):
        shown = [("not_published", offer.get("not_published"))]
        for days in (offer.get("rates", {}), offer.get("lifecycle", {})):
            shown += [(f"{day}, note", record.get("note")) for day, record in days.items()]
        for field, text in shown:
            if text is not None and not re.fullmatch(r"[A-Z].*[.]", text):
                yield f"data/{file}.yml: {name}, {field}: write a sentence with a full stop"


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
    (sources_are_used, ("offers/acme", "sources", "spare"), LATER, "spare: no fact names it"),
    (facts_are_sourced, (*SPRING, "source"), "blog", "2026-03-01, source: name one of"),
    (facts_are_sourced, (*SPRING, "source"), None, "not nothing"),
    (facts_are_sourced, (*LARGE, "facts_source"), None, "facts_source"),
    (facts_are_sourced, (*LARGE, "lifecycle", "2026-12-01", "source"), "blog", "2026-12-01"),
    (sources_are_addresses_on_days, (*PAGE, "url"), "http://acme.example", "https"),
    (sources_are_addresses_on_days, (*PAGE, "read"), "yesterday", "2026-11-22"),
    (no_source_was_read_tomorrow, ("offers/acme", "sources", "later"), LATER, "correct the year"),
    (blocks_are_in_order, (*LARGE, "rates", "2025-01-01"), {}, "move 2025-01-01 above"),
    (blocks_are_in_order, (*LARGE, "rates", "May 2027"), {}, "write May 2027 as"),
    (first_seen_is_a_day_of_reading, (*PAGE, "read"), "2026-11-19", "first seen after"),
    (an_end_is_the_last_block, (*END, "withdrawn"), "yes", "one sentence"),
    (an_end_is_the_last_block, (*LARGE, "rates", "2027-05-01"), {}, "blocks follow it"),
    (meters_are_in_the_registry, (*SPRING, "imput"), "3 USD/Mtok", "imput: not a meter"),
    (meters_are_in_the_registry, (*SPRING, "input"), "3 USD/GB", "write it in USD/tok"),
    (meters_are_in_the_registry, (*SPRING, "input"), "3 EUR/Mtok", "a known unit"),
    (meters_are_in_the_registry, (*SPRING, "input"), "3", "write it in USD/tok"),
    (meters_are_in_the_registry, (*LARGE, "kind"), "chat", "kind: write one of"),
    (
        meters_are_in_the_registry,
        (*AUTUMN, "above", "100_000 tok", "note"),
        "Long.",
        "above 100_000 tok, note: not a meter",
    ),
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
    (confidence_is_stated, (*SPRING, "confidence"), "unchecked", "leave out what is unchecked"),
    (confidence_is_stated, (*SPRING, "confidence"), None, "not nothing"),
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
    (notes_are_sentences, (*SPRING, "note"), "cheap", "note: write a sentence"),
]
RULES = list(dict.fromkeys(rule for rule, *_ in BREAKS))


def _broken(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    record = broken = _plain(GOOD)
    for key in path[:-1]:
        record = record[key]
    if value is None:
        del record[path[-1]]
    else:
        record[path[-1]] = value
    return broken


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
    complaints = list(rule(_broken(path, value)))
    assert complaints, f"{rule.__name__} did not notice {' › '.join(path)} = {value}"
    assert any(words in complaint for complaint in complaints), complaints
    assert all(complaint.startswith("data/offers/acme.yml: ") for complaint in complaints)


def test_every_rule_is_run() -> None:
    """A rule is a public function here that takes the records; one left out of BREAKS is idle."""
    rules = {
        name
        for name, value in globals().items()
        if callable(value) and getattr(value, "__annotations__", {}).get("book_records")
        if not name.startswith("_")
    }
    assert rules == {rule.__name__ for rule in RULES}


# The reader and the parser: one clear line with the file, the line, the field and the fix.

STORED = "        plan: 25 USD/month\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "        source: page\n",
            "        source: blog\n",
            20,
            "source: 'blog' is not among the sources of this",
        ),
        (
            "        source: page\n",
            "",
            14,
            "acme/large › rates › 2026-03-01: needs a field 'source'",
        ),
        ("read: 2026-11-20", "read: today", 6, "read: 'today' is not a date such as"),
        ("2027-03-01:", "1 March:", 31, "'1 March' is not a date such as"),
        (
            "2026-09-15:",
            "2026-03-01:",
            22,
            "'2026-03-01' stands twice (first on line 14); keep one",
        ),
        ("2026-09-15:", "2025-09-15:", 22, "comes after 2026-03-01: sort blocks"),
        (STORED, "        plan: 25 USD/tok\n", 65, "plan: USD/tok is not USD/month"),
        (STORED, "        plan: 25 EUR/month\n", 65, "plan: 'EUR' is not a unit here"),
        (STORED, "        plans: 25 USD/month\n", 65, "plans: is not a field of store"),
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


# The guide for those who add to it.


def test_the_guide_names_every_meter_and_size() -> None:
    guide = (DATA / "README.md").read_text(encoding="utf-8")
    for kind, meters in METERS.items():
        for name in [*meters, *SIZES]:
            assert f"`{name}`" in guide, f"data/README.md: explain `{name}` of {kind}"


def test_the_example_of_the_guide_is_sound() -> None:
    guide = (DATA / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", guide, flags=re.DOTALL)
    given = _plain(example)
    assert "acme/large" in Book.parse(given).offers
    complaints = [complaint for rule in RULES for complaint in rule(given)]
    assert not complaints, "\n".join(complaints)
