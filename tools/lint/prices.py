"""Prices beside each other: what is likely of them, and what an offer must price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from calculators.kernel.meters import METERS
from tools.lint.project import Entry, Project, rule, rule_of_the_whole
from tools.lint.reading import Fault, at
from tools.lint.values import number, quantity

# Each price is no higher than the next.
RISING = (
    ("cached_input", "input", "output"),
    ("batch_input", "batch_cache_write"),
    ("batch_cached_input", "batch_input", "batch_output"),
    ("peak_cached_input", "peak_input", "peak_output"),
    ("input", "cache_write", "cache_write_1h", "cache_write_12h"),
)


@rule
def premium_or_prices(project: Project) -> Iterator[Fault]:
    """A tuned model is priced by a premium on its base or by its own prices, never both."""
    for entry in project.entries():
        own = [meter for meter in entry.block if meter.endswith(("input", "output"))]
        if "premium" in entry.block and own:
            yield at(
                (*entry.place, "premium"),
                f"remove {', '.join(own)}; they follow from the premium, or remove the premium",
            )


@rule
def tuned_models_can_be_served(project: Project) -> Iterator[Fault]:
    """A tuned offer says what training costs and what running the result costs."""
    for entry in project.entries():
        if entry.kind != "tuning" or "withdrawn" in entry.block:
            continue
        block = entry.block
        if not {"training", "training_hour", "note"} & set(block):
            yield at(entry.place, "add training, the price of a million training tokens")
        if not ("premium" in block or {"input", "output"} <= set(block) or "hosting" in block):
            yield at(entry.place, "add input and output, or premium, or hosting")


@rule
def rerankers_bill_one_way(project: Project) -> Iterator[Fault]:
    """A reranker is billed by the token or by the search, and a search has a size."""
    for entry in project.entries():
        if entry.kind != "rerank" or "withdrawn" in entry.block:
            continue
        if ("input" in entry.block) == ("search" in entry.block):
            yield at(entry.place, "give either input or search")
        if "search" in entry.block and "documents_per_search" not in entry.block:
            yield at(entry.place, "add documents_per_search, the documents in one search")


@rule
def leaps_have_a_note(project: Project) -> Iterator[Fault]:
    """A price ten times the one before, or a tenth of it, is a slip or needs a word."""
    for place, _, offer in project.offers():
        for (_, before), (day, after) in pairwise(offer.get("rates", {}).items()):
            for meter in METERS[offer["kind"]]:
                if meter not in before or meter not in after or "note" in after:
                    continue
                old, new = quantity(before[meter]), quantity(after[meter])
                if old and new and not 0.0999 < new.value / old.value < 10.001:
                    change = f"{after[meter]} after {before[meter]}"
                    where = (*place, "rates", day, meter)
                    yield at(where, f"{change}; correct it, or explain it in a note")


@rule
def cached_below_input_below_output(project: Project) -> Iterator[Fault]:
    """Reading back is no more expensive than reading, and reading no more than writing."""
    for entry in project.entries():
        for place, meters in entry.tiers():
            sold = [[meter for meter in order if meter in meters] for order in RISING]
            for low, high in (pair for order in sold for pair in pairwise(order)):
                if number(meters[low]) > number(meters[high]) and "note" not in entry.block:
                    yield at(
                        (*place, low),
                        f"{meters[low]} is above {high} ({meters[high]}); correct it, or explain "
                        "it in a note",
                    )


@rule
def batch_is_no_dearer(project: Project) -> Iterator[Fault]:
    """Batch never costs more than the same tokens at once."""
    for entry in project.entries():
        for place, meters in entry.tiers():
            for meter in ("input", "cached_input", "cache_write", "output"):
                batch = f"batch_{meter}"
                if batch not in meters:
                    continue
                if meter not in meters:
                    yield at((*place, batch), f"add {meter}, which it discounts")
                elif number(meters[batch]) > number(meters[meter]):
                    message = f"{meters[batch]} is above {meter} ({meters[meter]}); correct it"
                    yield at((*place, batch), message)


@rule
def long_prompts_are_complete(project: Project) -> Iterator[Fault]:
    """The prices of long prompts name every token meter of the block, cost more, and rise."""
    for entry in project.entries():
        for (_, lower), (place, upper) in pairwise(entry.tiers()):
            missing = {meter for meter in set(lower) - set(upper) if _by_token(entry, meter)}
            if missing:
                yield at(place, f"add {', '.join(sorted(missing))}; a long prompt is billed for it")
            for meter in sorted(set(lower) & set(upper)):
                if number(upper[meter]) < number(lower[meter]):
                    message = f"{upper[meter]} is below {lower[meter]}; correct it"
                    yield at((*place, meter), message)
        sizes = [number(size) for size in entry.block.get("above", {})]
        if sizes != sorted(sizes):
            yield at((*entry.place, "above"), "sort the tiers by the length of the prompt")


def _by_token(entry: Entry, meter: str) -> bool:
    return METERS[entry.kind].get(meter) == "USD/tok"


@rule
def peaks_are_dearer(project: Project) -> Iterator[Fault]:
    """Busy hours cost more than the quiet ones, and a note says which they are."""
    for entry in project.entries():
        meters = entry.meters()
        peaks = [meter for meter in meters if meter.startswith("peak_")]
        for meter in peaks:
            quiet = meter.removeprefix("peak_")
            if quiet not in meters:
                yield at((*entry.place, meter), f"add {quiet}, the price of the quiet hours")
            elif number(meters[meter]) <= number(meters[quiet]):
                message = f"{meters[meter]} is not above {quiet} ({meters[quiet]}); correct it"
                yield at((*entry.place, meter), message)
        if peaks and not re.search(r"[0-9]{2}:[0-9]{2}", entry.block.get("note", "")):
            yield at((*entry.place, "note"), "name the busy hours, as from 01:00 to 04:00 UTC")


@rule
def regions_cost_more(project: Project) -> Iterator[Fault]:
    """`regional` is what a price becomes, 110 %, and not what is added to it."""
    for entry in project.entries():
        share = entry.block.get("regional")
        if share and not 1 < number(share) <= 2:
            yield at(
                (*entry.place, "regional"),
                f"{share} is not between 100 % and 200 %; write what a price becomes, as 110 %",
            )


@rule_of_the_whole
def bases_can_be_bought(project: Project) -> Iterator[Fault]:
    """A tuned model's base is an inference offer in the book; a premium needs its price."""
    kinds = {name: offer for _, name, offer in project.offers()}
    for place, _, offer in project.offers():
        base = offer.get("base")
        if base is None:
            if any("premium" in block for block in offer.get("rates", {}).values()):
                yield at(place, "add base, the offer whose price the premium multiplies")
        elif kinds.get(base, {}).get("kind") != "inference":
            message = f"{base} is no inference offer in the book; add it or name another"
            yield at((*place, "base"), message)
        elif kinds[base].get("rates"):
            first = min(kinds[base]["rates"])
            for day, block in offer.get("rates", {}).items():
                if "premium" in block and day < first:
                    yield at(
                        (*place, "rates", day, "premium"),
                        f"{base} has no price before {first}; begin the premium then",
                    )
