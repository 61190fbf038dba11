"""Prompt caching: what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from calculators.approach_cost.inputs import ApproachCost
from calculators.kernel.inputs import Inputs, quantity, same
from calculators.kernel.units import Number

GROUPS = {
    "traffic": "Traffic",
    "corpus": "Corpus and cache",
    "prompt": "Prompt and answer",
    "model": "Model",
    "retrieval": "Retrieval",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCaching(Inputs):
    """The traffic on one corpus, how long a cache lives, and the retrieval to compare with."""

    requests: Number = same(
        ApproachCost,
        "requests",
        help="Calls a month on this one corpus; ten customers with a corpus each are ten cases. "
        "Write 20k/day if that is how you count.",
    )
    active_hours: Number = quantity(
        "12 h/day",
        "Active hours",
        "Hours of the day over which requests come. The fewer, the closer together they are and "
        "the more find the cache warm. A product for one continent is busy 8 to 14 (rule of "
        "thumb).",
        group="traffic",
        low=0.5,
        high=24,
    )
    corpus_tokens: Number = same(
        ApproachCost,
        "corpus_tokens",
        group="corpus",
        default="100k",
        help="All the text the system may need. 150 help articles of 670 tokens are 100,000.",
    )
    updates: Number = quantity(
        "30 update/month",
        "Corpus updates",
        "Times a month, in active hours, that a changed corpus goes live. Each makes what is "
        "cached worthless; one a day is usual for a help centre (rule of thumb).",
        group="corpus",
    )
    cache_ttl: Number = quantity(
        "0 min",
        "Cache lifetime",
        "How long the cache holds a prompt after its last use, for the shortest lifetime its "
        "vendor sells. 0 takes what the book knows of the model, and 30 minutes (rule of thumb) "
        "where it knows nothing. An hour or twelve, where sold, is an option of its own.",
        group="corpus",
        high=1440,
    )
    hit_rate: Number = same(
        ApproachCost,
        "hit_rate",
        group="corpus",
        default="100",
        label="Hit rate, at most",
        help="Share of requests that find the whole corpus in the prompt cache. It follows from "
        "arrivals and lifetime; put in what you measured where that is less, because a cache "
        "belongs to one machine and may be evicted.",
    )
    prompt_tokens: Number = same(ApproachCost, "prompt_tokens")
    query_tokens: Number = same(
        ApproachCost,
        "query_tokens",
        help="The part of the prompt that the user wrote. It differs each time, so it is never "
        "cached; retrieval embeds it, and reranks with it.",
    )
    output_tokens: Number = same(ApproachCost, "output_tokens")
    model: str = same(ApproachCost, "model", help="Answers in every option here.")
    residency: str = same(ApproachCost, "residency")
    top_k: Number = same(ApproachCost, "top_k")
    chunk_tokens: Number = same(ApproachCost, "chunk_tokens")
    chunk_overlap: Number = same(ApproachCost, "chunk_overlap")
    corpus_change: Number = same(ApproachCost, "corpus_change", group="retrieval")
    metadata_bytes: Number = same(ApproachCost, "metadata_bytes")
    embedding: str = same(ApproachCost, "embedding")
    vector_store: str = same(ApproachCost, "vector_store")
    reranker: str = same(ApproachCost, "reranker")
    rerank_candidates: Number = same(ApproachCost, "rerank_candidates")
