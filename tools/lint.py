"""
The rules of the price book, one function each: `python -m tools.lint [--fix]`.

A rule takes the records as they stand in the files, all scalars text, and yields
complaints that name file, offer, field and fix. `--fix` sorts what can be sorted
without a loss, comments with the field below them, and then complains of the rest.
"""

from __future__ import annotations

import argparse
import inspect
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from calculators.kernel.meters import METERS, SIZES
from calculators.kernel.units import Quantity, UnitError, unit
from tools import lint_evidence
from tools.book.schema import FIRST_LINE
from tools.paths import DATA
from tools.records import COLLECTIONS, DataError, book, evidence, records, studies

Records = Mapping[str, Any]
Rule = Callable[[Records], Iterator[str]]
Order = Callable[[str], Any]

# Names a newcomer might type out of habit; none of them is a fact that a vendor published.
DERIVED = ("per_month", "per_request", "per_year", "monthly", "total", "until", "to", "end")
NEEDED_SIZES = {"inference": ("context_window",), "embedding": ("dimensions", "max_input")}
LULL = timedelta(days=92)

# The order of the fields of a file, a source, an offer and an event; those of a block are its
# meters, as the registry has them, and then ABOUT.
FILE = ("vendor", "sources", "offers")
SOURCE = ("title", "url", "read")
OFFER = (
    "name",
    "kind",
    "accelerator",
    "base",
    *SIZES,
    "facts_source",
    "feeds",
    "not_published",
    "source",
    "rates",
    "lifecycle",
)
ABOUT = ("withdrawn", "above", "source", "confidence", "dated", "note", "disputed")
EVENT = ("event", "source", "note")


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


def _rank(names: Iterable[str]) -> Order:
    """Keys in this order, and those unknown after them."""
    known = {name: number for number, name in enumerate(names)}
    return lambda key: (known.get(key, len(known)), "")


def _by_name(key: str) -> Any:
    return 0, key


def _by_size(key: str) -> Any:
    return _number(key), key


def _mappings(record: Any) -> Iterator[tuple[tuple[str, ...], Records, Order]]:
    """Every mapping of a file: where it stands, what it holds, and what sorts its keys."""
    yield (), record, _rank(FILE)
    yield ("sources",), record.get("sources", {}), _by_name
    for name, source in record.get("sources", {}).items():
        yield ("sources", name), source, _rank(SOURCE)
    for name, offer in record.get("offers", {}).items():
        path: tuple[str, ...] = ("offers", name)
        yield path, offer, _rank(OFFER)
        if "feeds" in offer:
            yield (*path, "feeds"), offer["feeds"], _by_name
        meters = METERS.get(offer.get("kind"), {})
        for day, block in offer.get("rates", {}).items():
            yield (*path, "rates", day), block, _rank((*meters, *ABOUT))
            if "above" in block:
                yield (*path, "rates", day, "above"), block["above"], _by_size
                for size, tier in block["above"].items():
                    yield (*path, "rates", day, "above", size), tier, _rank(meters)
        for day, event in offer.get("lifecycle", {}).items():
            yield (*path, "lifecycle", day), event, _rank(EVENT)


def _value(text: str) -> Quantity | None:
    try:
        return Quantity.parse(text)
    except UnitError:
        return None


def _by_token(entry: Entry, meter: str) -> bool:
    return METERS[entry.kind].get(meter) == "USD/tok"


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


def fields_are_in_order(book_records: Records) -> Iterator[str]:
    """Sources stand by name and fields as the registry has them, so that files read alike."""
    for file, record in book_records.items():
        for path, mapping, order in _mappings(record):
            keys = list(mapping)
            for key, wanted in zip(keys, sorted(keys, key=order), strict=True):
                if key != wanted:
                    place = ", ".join(path[path[:1] == ("offers",) :]) or "fields"
                    yield f"data/{file}.yml: {place}: move {wanted} above {key}, or run make fix"
                    break


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
                f"{verb}_large": f"USD/{counted}",
                f"{verb}_large_above": f"{counted}{each}",
                f"{verb}_huge": f"USD/{counted}",
                f"{verb}_huge_above": f"{counted}{each}",
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
        if not {"training", "training_hour", "note"} & set(block):
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
    orders = [("cached_input", "input", "output"), ("batch_input", "batch_cache_write")]
    orders += [("batch_cached_input", "batch_input", "batch_output")]
    orders += [("peak_cached_input", "peak_input", "peak_output")]
    orders += [("input", "cache_write", "cache_write_1h", "cache_write_12h")]
    for entry in _entries(book_records):
        for tier, meters in entry.tiers():
            sold = [[meter for meter in order if meter in meters] for order in orders]
            for low, high in (pair for order in sold for pair in pairwise(order)):
                if _number(meters[low]) > _number(meters[high]) and "note" not in entry.block:
                    yield (
                        f"{entry.place}, {tier}{low}: {meters[low]} is above {high} "
                        f"({meters[high]}); correct it, or explain it in a note"
                    )


def batch_is_no_dearer(book_records: Records) -> Iterator[str]:
    """Batch never costs more than the same tokens at once."""
    for entry in _entries(book_records):
        for tier, meters in entry.tiers():
            for meter in ("input", "cached_input", "cache_write", "output"):
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
            missing = {meter for meter in set(lower) - set(upper) if _by_token(entry, meter)}
            if missing:
                yield f"{place}: add {', '.join(sorted(missing))}; a long prompt is billed for it"
            for meter in sorted(set(lower) & set(upper)):
                if _number(upper[meter]) < _number(lower[meter]):
                    yield f"{place}, {meter}: {upper[meter]} is below {lower[meter]}; correct it"
        sizes = [_number(size) for size in entry.block.get("above", {})]
        if sizes != sorted(sizes):
            yield f"{entry.place}, above: sort the tiers by the length of the prompt"


def peaks_are_dearer(book_records: Records) -> Iterator[str]:
    """Busy hours cost more than the quiet ones, and a note says which they are."""
    for entry in _entries(book_records):
        meters = entry.meters()
        peaks = [meter for meter in meters if meter.startswith("peak_")]
        for meter in peaks:
            quiet = meter.removeprefix("peak_")
            if quiet not in meters:
                yield f"{entry.place}, {meter}: add {quiet}, the price of the quiet hours"
            elif _number(meters[meter]) <= _number(meters[quiet]):
                yield (
                    f"{entry.place}, {meter}: {meters[meter]} is not above {quiet} "
                    f"({meters[quiet]}); correct it"
                )
        if peaks and not re.search(r"[0-9]{2}:[0-9]{2}", entry.block.get("note", "")):
            yield f"{entry.place}, note: name the busy hours, as from 01:00 to 04:00 UTC"


def regions_cost_more(book_records: Records) -> Iterator[str]:
    """`regional` is what a price becomes, 110 %, and not what is added to it."""
    for entry in _entries(book_records):
        share = entry.block.get("regional")
        if share and not 1 < _number(share) <= 2:
            yield (
                f"{entry.place}, regional: {share} is not between 100 % and 200 %; write what a "
                "price becomes, as 110 %"
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
        elif kinds[base].get("rates"):
            first = min(kinds[base]["rates"])
            for day, block in offer.get("rates", {}).items():
                if "premium" in block and day < first:
                    yield f"{place}: {base} has no price before {first}; begin the premium then"


def sizes_are_given(book_records: Records) -> Iterator[str]:
    """Whether a prompt fits, and how big a vector is, can be answered for every offer."""
    for file, name, offer in _offers(book_records):
        for size in NEEDED_SIZES.get(offer["kind"], ()):
            if size not in offer:
                yield f"data/{file}.yml: {name}: add {size}, with a facts_source"


def caches_fit_their_window(book_records: Records) -> Iterator[str]:
    """The shortest prompt that is cached is one that may be sent."""
    for file, name, offer in _offers(book_records):
        shortest, longest = offer.get("cache_minimum"), offer.get("context_window")
        if shortest and not _number(shortest) <= _number(longest or "inf"):
            yield (
                f"data/{file}.yml: {name}, cache_minimum: {shortest} is above the context_window "
                f"({longest}); correct one of them"
            )


def feeds_know_one_offer(book_records: Records) -> Iterator[str]:
    """A name in an independent price list is that of one offer, written as the list writes it."""
    known: dict[tuple[str, str], str] = {}
    for file, name, offer in _offers(book_records):
        for feed, key in offer.get("feeds", {}).items():
            place = f"data/{file}.yml: {name}, feeds, {feed}"
            if feed == "genai-prices" and "/" not in key:
                yield f"{place}: write the provider too, as openai/{key}"
            other = known.setdefault((feed, key), name)
            if other != name:
                yield f"{place}: {key} is {other} already; name each once"


def accelerators_are_named(book_records: Records) -> Iterator[str]:
    """A rental says what is rented, in the form of every id: `h100-sxm-80gb`."""
    for file, name, offer in _offers(book_records):
        rented = offer.get("accelerator")
        if (offer.get("kind") == "rental") != (rented is not None):
            yield f"data/{file}.yml: {name}, accelerator: every rental has one, and nothing else"
        elif rented and not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z]+)?-[0-9]+gb", rented):
            yield (
                f"data/{file}.yml: {name}, accelerator: write {rented} as name, form and memory, "
                "as h100-sxm-80gb"
            )


def notes_are_sentences(book_records: Records) -> Iterator[str]:
    """What a reader is shown reads as a sentence."""
    for file, name, offer in _offers(book_records):
        shown = [("not_published", offer.get("not_published"))]
        for days in (offer.get("rates", {}), offer.get("lifecycle", {})):
            for day, record in days.items():
                shown += [(f"{day}, {key}", record.get(key)) for key in ("note", "disputed")]
        for field, text in shown:
            if text is not None and not re.fullmatch(r"[A-Z].*[.]", text):
                yield f"data/{file}.yml: {name}, {field}: write a sentence with a full stop"


def _rules() -> tuple[Rule, ...]:
    """Every public function of this module that takes the records, in the order written."""
    found = [
        value
        for name, value in globals().items()
        if inspect.isfunction(value) and not name.startswith("_")
        if "book_records" in inspect.signature(value).parameters
    ]
    return tuple(found)


RULES = _rules()


# Repair.


def tidy(text: str) -> str:
    """The same file with its keys in order; comments above a key go with it. Loses no line."""
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    record = yaml.load(text, Loader=yaml.BaseLoader)
    orders = {path: order for path, _, order in _mappings(record)}
    if not isinstance(node, yaml.MappingNode):
        return text
    lines = text.splitlines()
    start = node.start_mark.line
    return "\n".join(lines[:start] + _tidied(node, (), lines, start, len(lines), orders)) + "\n"


def _tidied(
    node: yaml.MappingNode,
    path: tuple[str, ...],
    lines: list[str],
    start: int,
    stop: int,
    orders: Mapping[tuple[str, ...], Order],
) -> list[str]:
    """The lines of one mapping, sorted; blank lines stay between the same places."""
    keys = [key for key, _ in node.value]
    starts = [start]
    for key in keys[1:]:
        line = key.start_mark.line
        while lines[line - 1].lstrip().startswith("#"):
            line -= 1
        starts.append(line)
    entries: list[tuple[str, list[str]]] = []
    gaps: list[int] = []
    for (key, value), first, last in zip(node.value, starts, [*starts[1:], stop], strict=True):
        body = lines[first:last]
        while body and not body[-1].strip():
            body.pop()
        gaps.append(last - first - len(body))
        inner = key.start_mark.line + 1
        if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
            end = first + len(body)
            within = _tidied(value, (*path, key.value), lines, inner, end, orders)
            body = lines[first:inner] + within
        entries.append((key.value, body))
    order = orders.get(path, _by_name)
    entries.sort(key=lambda entry: order(entry[0]))
    tidied: list[str] = []
    for (_, body), gap in zip(entries, gaps, strict=True):
        tidied += [*body, *[""] * gap]
    return tidied


def fix(data: Path = DATA) -> Iterator[Path]:
    """Sort every file of the book, have its first line name the schema; yield those changed."""
    for collection in COLLECTIONS:
        for path in sorted((data / collection).glob("*.yml")):
            text = path.read_text(encoding="utf-8")
            tidied = tidy(text if text.startswith(FIRST_LINE) else FIRST_LINE + text)
            if tidied != text:
                path.write_text(tidied, encoding="utf-8")
                yield path


def main() -> int:
    """Complaints on standard error and 1, or nothing and 0."""
    parser = argparse.ArgumentParser(description="Check the rules of the data.")
    parser.add_argument("--fix", action="store_true", help="sort what is out of order first")
    sort = parser.parse_args().fix
    try:
        records()
        for path in fix() if sort else ():
            print(f"sorted data/{path.parent.name}/{path.name}")
        found = records()
        book()
        evidence()
        studied = studies()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    complaints = [complaint for rule in RULES for complaint in rule(found)]
    complaints += [said for rule in lint_evidence.RULES for said in rule(studied)]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
