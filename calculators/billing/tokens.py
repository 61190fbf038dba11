"""What a month of model calls costs: fresh, cached, written to the cache, batched, output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calculators.kernel.facts import Rates
from calculators.kernel.units import Number


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
) -> dict[str, Any]:
    """
    Line items in USD/month for `requests` (request/month) of that prompt and output.

    Billed as vendors do: the tier follows from the length of each prompt; a vendor that sells
    no cached input, cache write or batch bills the same tokens as input and output. Batched
    requests are counted without the prompt cache. An offer billed by the hour alone sells no
    tokens, and has no items here.
    """
    if "input" not in rates:
        return {}
    rates = rates.at(prompt.length())
    batched = "batch_input" in rates and batch_share > 0
    live = requests * (1 - batch_share) if batched else requests
    items: dict[str, Any] = {
        "Fresh input": live * (prompt.stable * (1 - cached_share)) * rates["input"]
    }
    if cached_share > 0:
        cached = live * (prompt.stable * cached_share)
        items["Cached input"] = cached * rates.first("cached_input", "input")
    if prompt.fresh:
        items["Retrieved context"] = live * prompt.fresh * rates["input"]
    if prompt.corpus:
        sent = live * prompt.corpus
        read = rates.first("cached_input", "input")
        items["Corpus read from the cache"] = sent * hit_rate * read
        missed = sent * (1 - hit_rate)
        items["Corpus written to the cache"] = missed * rates.first("cache_write", "input")
    items["Output"] = live * output * rates["output"]
    if batched:
        late = requests * batch_share
        items["Batched input"] = late * prompt.length() * rates["batch_input"]
        items["Batched output"] = late * output * rates.first("batch_output", "output")
    return items
