"""Latency budget: what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from calculators.approach_cost.inputs import ApproachCost
from calculators.kernel.inputs import Inputs, one_of, quantity, same
from calculators.kernel.units import Number

GROUPS = {
    "target": "The target",
    "request": "The request",
    "retrieval": "Before the model",
    "model": "The model",
    "cold": "Cold starts",
}

UNTIL = {"first-token": "First token", "last-token": "Last token"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyBudget(Inputs):
    """The target, the request, and each stage by its median and its tail."""

    target: Number = quantity(
        "2 s",
        "Target",
        "By when a reader must see something. MLPerf allows its reasoning model 2 s to the first "
        "token; a sizing guide for retrieval calls up to 3 s low-latency chat.",
        group="target",
        low=0.001,
    )
    percentile: Number = quantity(
        "95 %",
        "Percentile",
        "The share of requests that must meet the target. The median says nothing of the tail; "
        "MLPerf holds its target for 99 %.",
        group="target",
        low=50,
        high=99.9,
    )
    until: str = one_of(
        UNTIL,
        "first-token",
        "Clock stops at",
        "The first token where the answer is streamed to a person; the last where it is parsed, "
        "checked or handed on.",
        group="target",
    )
    prompt_tokens: Number = same(ApproachCost, "prompt_tokens", group="request")
    tuned_prompt_tokens: Number = same(ApproachCost, "tuned_prompt_tokens", group="request")
    top_k: Number = same(ApproachCost, "top_k", group="request")
    chunk_tokens: Number = same(ApproachCost, "chunk_tokens", group="request")
    corpus_tokens: Number = same(
        ApproachCost,
        "corpus_tokens",
        group="request",
        default="100k",
        help="Long context only: all the text, read with every request that does not find it in "
        "the cache. 150 help articles of 670 tokens are 100,000.",
    )
    output_tokens: Number = same(ApproachCost, "output_tokens", group="request", checked=(1, 2_000))
    output_tail: Number = quantity(
        "2.6",
        "Answer length, tail",
        "Length at the 95th percentile by the median. End to end, chat in MLPerf took 2.6 times "
        "its median and reasoning 6.3 times, mostly because answers differ in length.",
        group="request",
        low=1,
        high=10,
        rare=True,
    )
    cached_share: Number = same(
        ApproachCost,
        "cached_share",
        group="request",
        help="Share of the prompt that is found in the prompt cache and not read again. "
        "Retrieved text is counted as never cached.",
    )
    hit_rate: Number = same(
        ApproachCost,
        "hit_rate",
        group="request",
        help="Long context only: share of requests that find the whole corpus in the prompt "
        "cache. The others wait until it is read.",
    )
    context_window: Number = quantity(
        "1M tok/request",
        "Context window",
        "Long context only: the longest prompt and answer that the model takes.",
        group="request",
        rare=True,
    )
    network_latency: Number = quantity(
        "0.05 s",
        "Network",
        "From the reader to your service and back, with your own code (rule of thumb).",
        group="retrieval",
        low=0.001,
    )
    network_tail: Number = quantity(
        "2",
        "Network, tail",
        "95th percentile by the median (rule of thumb).",
        group="retrieval",
        low=1,
        high=10,
        rare=True,
    )
    embedding_latency: Number = quantity(
        "0.2 s",
        "Query embedding",
        "One call. Public services: 0.15 to 0.3 s on average (one weak source); a dedicated one "
        "answered in 0.09 s. 0 where there is none.",
        group="retrieval",
    )
    embedding_tail: Number = quantity(
        "1.3",
        "Query embedding, tail",
        "95th percentile by the median. One weak source has a 99th percentile of 1.4 to 1.5 times "
        "the average, which makes it 1.3.",
        group="retrieval",
        low=1,
        high=10,
        rare=True,
    )
    search_latency: Number = quantity(
        "0.01 s",
        "Vector search",
        "With the way there. Over 10 million vectors most stores publish a 99th percentile of 2 to "
        "18 ms without network, serverless ones of 55 ms and object storage of 560 ms.",
        group="retrieval",
    )
    search_tail: Number = quantity(
        "1.3",
        "Vector search, tail",
        "95th percentile by the median. One benchmark has 1.24 to 1.27 times the mean.",
        group="retrieval",
        low=1,
        high=10,
        rare=True,
    )
    rerank_latency: Number = quantity(
        "0.35 s",
        "Reranking",
        "Public services add 0.33 to 0.36 s, a dedicated one took 0.1 to 0.2 s, a small model on "
        "a processor 3.5 s. 0 where there is none.",
        group="retrieval",
    )
    rerank_tail: Number = quantity(
        "2",
        "Reranking, tail",
        "95th percentile by the median; no published figure, so that of a first token "
        "(rule of thumb).",
        group="retrieval",
        low=1,
        high=10,
        rare=True,
    )
    first_token_latency: Number = quantity(
        "0.45 s",
        "First token",
        "Time to first token of a short prompt: queue, way there, first step. Trackers have 0.45 "
        "to 0.74 s for hosted models in June 2026, and disagree by up to 1.7 times.",
        group="model",
        checked=(0.1, 1),
    )
    first_token_tail: Number = quantity(
        "2",
        "First token, tail",
        "95th percentile by the median, reading of the prompt included. MLPerf: 1.4 to 2.2 for "
        "one model on ten systems, means of 1.7 to 2.6 over six. No public figure of a hosted "
        "service is to be trusted; expect worse.",
        group="model",
        low=1,
        high=10,
        rare=True,
    )
    prefill_rate: Number = quantity(
        "10k tok/s",
        "Prefill rate",
        "Prompt tokens read a second. A tuned 20B model had its first token after 1,600 tokens in "
        "0.135 s, some 12,000 a second; an 8B under load read 26,000 (rule of thumb).",
        group="model",
        low=1,
    )
    prefill_doubling: Number = quantity(
        "60k tok/request",
        "Prefill doubles at",
        "Prompt length at which attention takes as long as the weights: parameters by layers and "
        "hidden size, 61,000 for 8B and 107,000 for 70B models of the Llama shape.",
        group="model",
        low=100,
        rare=True,
    )
    decode_rate: Number = quantity(
        "100 tok/s",
        "Decode rate",
        "Tokens written a second to one reader. Trackers have 104 to 200 for three hosted models.",
        group="model",
        low=0.1,
        checked=(5, 140),
    )
    decode_tail: Number = quantity(
        "1.2",
        "Decode, tail",
        "Time per token at the 95th percentile by the median. MLPerf: 1.02 to 1.32 over six "
        "workloads.",
        group="model",
        low=1,
        high=10,
        rare=True,
    )
    context_doubling: Number = quantity(
        "147k tok/request",
        "Decode halves at",
        "Context at which a token takes twice as long to write. Measured on one H100 with an 8B "
        "model: 6.44 ms and 0.0437 ms more for each thousand tokens.",
        group="model",
        low=100,
        rare=True,
    )
    tuned_speed: Number = quantity(
        "100 %",
        "Tuned model's speed",
        "Prefill and decode of the tuned model, by the other's. 100 % where weights are merged; an "
        "adapter kept apart took 1.7 times as long in one measurement, 59 %. A smaller model is "
        "faster.",
        group="model",
        low=1,
        high=1000,
    )
    cold_start: Number = quantity(
        "20 s",
        "Cold start",
        "Time to load the tuned model or its adapter where it is not in memory (rule of thumb); "
        "measure it.",
        group="cold",
    )
    cold_start_tail: Number = quantity(
        "1.5",
        "Cold start, tail",
        "95th percentile by the median (rule of thumb).",
        group="cold",
        low=1,
        high=10,
        rare=True,
    )
    cold_start_share: Number = quantity(
        "0 %",
        "Cold requests",
        "Share of requests that meet the tuned model cold. None where it is always kept running; "
        "some where it is scaled to zero or adapters take turns.",
        group="cold",
    )
