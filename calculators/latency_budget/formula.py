"""Latency budget: how it is calculated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calculators.approach_cost.formula import APPROACHES, FLOOR
from calculators.kernel.facts import Facts
from calculators.kernel.items import Item
from calculators.kernel.results import Option
from calculators.kernel.trace import applied, bare, recording
from calculators.kernel.units import added
from calculators.latency_budget.inputs import LatencyBudget
from calculators.statistics.sums import Case, Mixture, spread

NETWORK = Item("network", "Network")
QUERY_EMBEDDING = Item("query-embedding", "Query embedding")
VECTOR_SEARCH = Item("vector-search", "Vector search")
RERANKING = Item("reranking", "Reranking")
FIRST_TOKEN = Item("first-token", "First token")
PROMPT = Item("prompt", "Prompt")
ANSWER = Item("answer", "Answer")
CORPUS_IN_THE_CACHE = Item("corpus-in-the-cache", "Corpus in the cache")
CORPUS = Item("corpus", "Corpus")
RETRIEVED_TEXT = Item("retrieved-text", "Retrieved text")
COLD_START = Item("cold-start", "Cold start")


@dataclass(slots=True)
class Stage:
    """Parts, by name, that share one random factor; its spread; their median in hours."""

    parts: dict[Item, Any]
    spread: Any
    median: Any


# How often, and the stages that the request has then.
Way = tuple[Any, Sequence[Stage]]


def latency_budget(given: LatencyBudget, facts: Facts) -> tuple[Option, ...]:
    r"""
    A stage takes its median times a random factor, log-normal and independent of the other
    stages. With $\tau$ for its tail, the 95th percentile by the median, the factor has

    $$
    \sigma = \frac{\ln \tau}{1.645}.
    $$

    The model reads $n$ new tokens after $c$ cached ones at rate $r$, slower as attention grows,

    $$
    t_\text{read} = \frac{n}{r} \left( 1 + \frac{2c + n}{n_2} \right),
    $$

    where $n_2$ is the length at which it takes twice as long. Time to first token, with
    everything that is read, has one factor. The answer of $o$ tokens after a context of $x$ takes

    $$
    t_\text{write} = \frac{o}{d} \left( 1 + \frac{x}{x_2} \right),
    $$

    at decode rate $d$, halved at a context of $x_2$; its length and its pace both vary, so its
    factor is the product of two.

    The percentile is that of the sum, never the sum of percentiles. The sum is taken for a
    shifted log-normal with the same mean, variance and third moment. Where some requests meet a
    cold start or miss the cache, both kinds are mixed by their shares. A line item is what its
    stage takes on average in the requests at that percentile: its median times the factor shown.
    """
    refused = refusal(given, facts)
    return tuple(
        Option(slug, label, floor=FLOOR if slug == "prompt" else "", refused=refused)
        if slug == "long-context" and refused
        else _option(slug, label, given, facts)
        for slug, label in APPROACHES.items()
    )


def refusal(given: Any, facts: Facts) -> str:
    """Why the corpus cannot be read whole, or ''."""
    corpus = given.corpus_tokens * facts.number("1 /request")
    fits = not given.prompt_tokens + corpus + given.output_tokens > given.context_window
    return "" if fits else "The corpus does not fit into the context window."


def _option(slug: str, label: str, given: Any, facts: Facts) -> Option:
    """The percentile of one approach, parted into what its stages have in it."""
    found = ways(slug, given, facts)
    mixture = Mixture.of(cases(found))
    point = mixture.at(bare(given.percentile))
    medians: dict[Item, Any] = {}
    factors: dict[Item, float] = {}
    shares = () if recording(point) else mixture.contributions(point)
    for (_, stages), means in zip(found, shares, strict=False):
        for stage, mean in zip(stages, means, strict=True):
            factor = mean / stage.median if stage.median else 0.0
            for name, median in stage.parts.items():
                if median:
                    medians[name] = median
                    factors[name] = factors.get(name, 0.0) + factor
    lines = {name: median * factors[name] for name, median in medians.items() if factors[name]}
    floor = FLOOR if slug == "prompt" else ""
    return Option(slug, label, lines, floor=floor, comes_to=facts.number("1 h") * point)


def cases(found: Sequence[Way]) -> tuple[Case, ...]:
    """The same as medians in hours and spreads, for the sum."""
    return tuple(
        (often, tuple((stage.median, stage.spread) for stage in stages)) for often, stages in found
    )


def ways(slug: str, given: Any, facts: Facts) -> list[Way]:
    """The stages of one approach, for each kind of request that there is."""
    request = facts.number("1 request")
    tuned, searched = slug in ("fine-tuned", "hybrid"), slug in ("retrieval", "hybrid")
    prompt = given.tuned_prompt_tokens if tuned else given.prompt_tokens
    cached = prompt * given.cached_share
    fresh = prompt * (1 - given.cached_share)
    before = [_stage({NETWORK: given.network_latency}, _spread(given.network_tail))]
    if searched:
        before += [
            _stage({QUERY_EMBEDDING: given.embedding_latency}, _spread(given.embedding_tail)),
            _stage({VECTOR_SEARCH: given.search_latency}, _spread(given.search_tail)),
            _stage({RERANKING: given.rerank_latency}, _spread(given.rerank_tail)),
        ]

    def pace(rate: Any) -> Any:
        return rate * given.tuned_speed if tuned else rate

    def read(new: Any, after: Any) -> Any:
        slower = 1 + (new + after * 2) / given.prefill_doubling
        return new * request / pace(given.prefill_rate) * slower

    def answered(added: dict[Item, Any], context: Any) -> list[Stage]:
        """All stages, where so much is read beside the prompt, and the answer has that context."""
        parts = {FIRST_TOKEN: given.first_token_latency, PROMPT: read(fresh, cached)} | added
        stages = [*before, _stage(parts, _spread(given.first_token_tail))]
        if given.until == "last-token":
            slower = 1 + context / given.context_doubling
            writing = given.output_tokens * request / pace(given.decode_rate) * slower
            both = _spread(given.output_tail), _spread(given.decode_tail)
            varied = applied(math.hypot, *both)
            stages.append(_stage({ANSWER: writing}, varied))
        return stages

    if slug == "long-context":
        corpus = given.corpus_tokens * facts.number("1 /request")
        hits, whole = bare(given.hit_rate), prompt + corpus
        # What the prompt takes longer because it is read after the corpus.
        after = fresh * request / pace(given.prefill_rate) * (corpus * 2 / given.prefill_doubling)
        hit = answered({CORPUS_IN_THE_CACHE: after}, whole)
        missed = answered({CORPUS: read(corpus, prompt)}, whole)
        return [(often, stages) for often, stages in ((hits, hit), (1 - hits, missed)) if often]
    if searched:
        found = given.top_k * given.chunk_tokens
        stages = answered({RETRIEVED_TEXT: read(found, prompt)}, prompt + found)
    else:
        stages = answered({}, prompt)
    cold = bare(given.cold_start_share) if tuned else 0.0
    start = _stage({COLD_START: given.cold_start}, _spread(given.cold_start_tail))
    both = ((1 - cold, stages), (cold, [*stages, start]))
    return [(often, stages) for often, stages in both if often]


def _stage(parts: dict[Item, Any], sigma: Any) -> Stage:
    return Stage(parts, sigma, bare(added(parts.values())))


def _spread(tail: Any) -> Any:
    return applied(spread, tail)
