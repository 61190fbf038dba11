"""What a month of model calls costs: fresh, cached, written to the cache, batched, output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calculators.kernel.facts import Facts, Rates
from calculators.kernel.items import Item
from calculators.kernel.units import Number

FRESH_INPUT = Item("fresh-input", "Fresh input")
CACHED_INPUT = Item("cached-input", "Cached input")
RETRIEVED_CONTEXT = Item("retrieved-context", "Retrieved context")
CORPUS_READ_FROM_THE_CACHE = Item("corpus-read-from-the-cache", "Corpus read from the cache")
CORPUS_WRITTEN_TO_THE_CACHE = Item("corpus-written-to-the-cache", "Corpus written to the cache")
OUTPUT = Item("output", "Output")
BATCHED_CACHED_INPUT = Item("batched-cached-input", "Batched cached input")
BATCHED_CORPUS_READ_FROM_THE_CACHE = Item(
    "batched-corpus-read-from-the-cache", "Batched corpus read from the cache"
)
BATCHED_CORPUS_WRITTEN_TO_THE_CACHE = Item(
    "batched-corpus-written-to-the-cache", "Batched corpus written to the cache"
)
BATCHED_INPUT = Item("batched-input", "Batched input")
BATCHED_OUTPUT = Item("batched-output", "Batched output")


@dataclass(slots=True)
class Prompt:
    """
    One request's prompt by how it is billed, each part in tok/request.

    `stable` is the part that every request repeats, of which `cached_share` is read back from
    the prompt cache; `fresh` differs each time; `corpus` is a whole corpus sent along, read
    from the cache by the share `hit_rate` of requests and written to it by the rest.
    """

    stable: Any
    fresh: Any = 0.0
    corpus: Any = 0.0

    def length(self) -> Any:
        """Tokens of the whole prompt (tok/request): what decides the price tier."""
        return self.stable + self.fresh + self.corpus


def calls(
    rates: Rates,
    requests: Number,
    prompt: Prompt,
    output: Number,
    *,
    cached_share: Number,
    batch_share: Number,
    hit_rate: Number = 0.0,
) -> dict[Item, Any]:
    """
    Line items in USD/month for `requests` (request/month) of that prompt and output.

    Billed as vendors do: the tier follows from the length of each prompt; a vendor that sells
    no cached input, cache write or batch bills the same tokens as input and output. Batched
    requests find the cache as often as the others, where their vendor has a price for that;
    else all they read is batched input. An offer billed by the hour alone sells no tokens, and
    has no items here.
    """
    if "input" not in rates:
        return {}
    rates = rates.at(prompt.length())
    batched = "batch_input" in rates and batch_share > 0
    live = requests * (1 - batch_share) if batched else requests
    items: dict[Item, Any] = {
        FRESH_INPUT: live * (prompt.stable * (1 - cached_share)) * rates["input"]
    }
    if cached_share > 0:
        cached = live * (prompt.stable * cached_share)
        items[CACHED_INPUT] = cached * rates.first("cached_input", "input")
    if prompt.fresh:
        items[RETRIEVED_CONTEXT] = live * prompt.fresh * rates["input"]
    if prompt.corpus:
        sent = live * prompt.corpus
        read = rates.first("cached_input", "input")
        items[CORPUS_READ_FROM_THE_CACHE] = sent * hit_rate * read
        missed = sent * (1 - hit_rate)
        items[CORPUS_WRITTEN_TO_THE_CACHE] = missed * rates.first("cache_write", "input")
    items[OUTPUT] = live * output * rates["output"]
    if batched:
        late = requests * batch_share
        sent = prompt.length()
        if "batch_cached_input" in rates:
            sent = prompt.stable * (1 - cached_share) + prompt.fresh
            read = rates["batch_cached_input"]
            if cached_share > 0:
                items[BATCHED_CACHED_INPUT] = late * (prompt.stable * cached_share) * read
            if prompt.corpus:
                corpus = late * prompt.corpus
                items[BATCHED_CORPUS_READ_FROM_THE_CACHE] = corpus * hit_rate * read
                write = rates.first("batch_cache_write", "batch_input")
                items[BATCHED_CORPUS_WRITTEN_TO_THE_CACHE] = corpus * (1 - hit_rate) * write
        items[BATCHED_INPUT] = late * sent * rates["batch_input"]
        items[BATCHED_OUTPUT] = late * output * rates.first("batch_output", "output")
    return items


def refusal(facts: Facts, rates: Rates, prompt: Prompt, output: Any) -> str:
    """Why this model cannot be had for a request of that prompt and output (tok/request), or ''."""
    offer = rates.offer
    if offer.kind == "tuning" and not facts.trainable(offer.id):
        ended = offer.event("training_ends", facts.day)
        reason = ended.note if ended else "its vendor sells no training that day."
        return f"{offer.name} cannot be trained on {facts.day}: {reason}"
    window = facts.size(offer.id, "context_window")
    needed = prompt.length() + output
    if window is None:
        if prompt.corpus:
            return f"The context window of {offer.name} is not known, so no corpus is sent to it."
        return ""
    if needed > window:
        short, room = f"{needed:,.0f}", f"{window:,.0f}"
        return f"The request has {short} tokens; {offer.name} takes {room}."
    return ""
