"""Approach cost: what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from calculators.billing.residency import RESIDENCY
from calculators.kernel.inputs import NONE, Inputs, choice, one_of, quantity
from calculators.kernel.units import Number

GROUPS = {
    "traffic": "Traffic",
    "prompt": "Prompt and answer",
    "retrieval": "Retrieval",
    "model": "Model",
    "self-hosting": "Self-hosting",
    "training": "Training",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproachCost(Inputs):
    """The traffic, the knowledge and the offers to be priced."""

    requests: Number = quantity(
        "400k request/month",
        "Requests",
        "Calls that the product makes in a month. Write 20k/day if that is how you count.",
        group="traffic",
    )
    batch_share: Number = quantity(
        "0 %",
        "Batched",
        "Share of requests that can wait hours for the vendor's batch price, often half. They "
        "find the prompt cache as often as the others where their vendor prices that.",
        group="traffic",
        rare=True,
    )
    prompt_tokens: Number = quantity(
        "1,000 tok/request",
        "Prompt",
        "Instructions, examples and the question, without retrieved text. A system prompt with "
        "a few examples is typically 500 to 3,000 tokens (rule of thumb).",
        group="prompt",
    )
    query_tokens: Number = quantity(
        "100 tok/request",
        "Question",
        "The part of the prompt that the user wrote; it is embedded to search, and reranked with.",
        group="prompt",
        rare=True,
    )
    output_tokens: Number = quantity(
        "300 tok/request",
        "Output",
        "The answer, and any hidden reasoning that is billed as output.",
        group="prompt",
    )
    cached_share: Number = quantity(
        "50 %",
        "Cached share",
        "Share of the prompt's tokens read from the prompt cache: what begins like an earlier "
        "prompt, token for token. Retrieved text is counted as never cached.",
        group="prompt",
    )
    corpus_tokens: Number = quantity(
        "20M tok",
        "Corpus",
        "All the text the system may need. 30,000 help articles of 670 tokens are 20 million.",
        group="retrieval",
        low=1,
    )
    corpus_change: Number = quantity(
        "5 %/month",
        "Corpus change",
        "Share of the corpus that is embedded and written again each month.",
        group="retrieval",
        rare=True,
    )
    top_k: Number = quantity(
        "5 chunk/request",
        "Top-k",
        "Chunks put into the prompt. Published defaults run from 5 to 20.",
        group="retrieval",
        low=1,
        high=1000,
    )
    chunk_tokens: Number = quantity(
        "400 tok/chunk",
        "Chunk",
        "Tokens in one chunk. Times top-k, this is what retrieval adds to every prompt.",
        group="retrieval",
        low=1,
        high=100_000,
    )
    chunk_overlap: Number = quantity(
        "10 %",
        "Chunk overlap",
        "Share of a chunk repeated in the next one; overlap is embedded and stored twice.",
        group="retrieval",
        high=90,
        rare=True,
    )
    metadata_bytes: Number = quantity(
        "2,000 B/chunk",
        "Metadata",
        "Text and fields kept beside each vector; the chunk's own text is about 4 bytes a token "
        "(rule of thumb for English).",
        group="retrieval",
        rare=True,
    )
    embedding: str = choice(
        "embedding",
        "openai/text-embedding-3-small",
        "Embedding",
        "Embeds the corpus once and each question; its dimensions set the size of the index.",
        group="retrieval",
    )
    vector_store: str = choice(
        "store",
        "pinecone/standard",
        "Vector store",
        "Billed by its vendor's own formula, plan minimum included.",
        group="retrieval",
    )
    reranker: str = choice(
        "rerank",
        "cohere/rerank-v5.0-fast",
        "Reranker",
        "Reads the candidates again and keeps the best top-k of them.",
        group="retrieval",
        optional=True,
    )
    rerank_candidates: Number = quantity(
        "25 chunk/request",
        "Rerank candidates",
        "Chunks the reranker reads for each request; at least top-k.",
        group="retrieval",
        low=1,
        high=1000,
        rare=True,
    )
    hit_rate: Number = quantity(
        "90 %",
        "Corpus hit rate",
        "Long context only: share of requests that find the whole corpus in the prompt cache. "
        "The others pay to write it again.",
        group="retrieval",
        rare=True,
    )
    model: str = choice(
        "inference",
        "openai/gpt-6-luna",
        "Model",
        "Answers in the approaches that do not train: prompt only, long context, retrieval.",
        group="model",
    )
    tuned_model: str = choice(
        "tuning",
        "azure/gpt-oss-20b-tuned",
        "Tuned model",
        "Answers in the approaches that train: fine-tuned and hybrid.",
        group="model",
    )
    tuned_prompt_tokens: Number = quantity(
        "400 tok/request",
        "Tuned prompt",
        "The prompt once training has made instructions and examples unnecessary.",
        group="model",
    )
    residency: str = one_of(
        RESIDENCY,
        "anywhere",
        "Data may be on",
        "Where requests and documents may be processed. In a region, every token costs what its "
        "vendor asks there: where a vendor publishes that, it is typically a tenth more.",
        group="model",
        rare=True,
        imposed=True,
    )
    deployments: Number = quantity(
        "1 deployment",
        "Deployments",
        "Copies of the tuned model that are kept running, where its vendor bills by the hour.",
        group="model",
        low=1,
        rare=True,
    )
    adapters: Number = quantity(
        "1 adapter",
        "Tuned models",
        "Tuned models of the same base, such as one for each customer, over which the requests are "
        "spread. Each is trained on examples of its own. They share what hosting costs where the "
        "vendor lets them share a deployment, and else each has its own.",
        group="model",
        low=1,
        high=10_000,
        rare=True,
    )
    rental: str = choice(
        "rental",
        NONE,
        "Rental",
        "The accelerator that serves and trains the tuned model if you do it yourself; with none, "
        "self-hosting is left out.",
        group="self-hosting",
        optional=True,
    )
    accelerators: Number = quantity(
        "1 accelerator",
        "Accelerators",
        "Kept running at least, all hours of a month; two if one may fail. Self-hosted models of "
        "one base share them.",
        group="self-hosting",
        low=1,
        high=100_000,
        rare=True,
    )
    throughput: Number = quantity(
        "2,000 tok/s",
        "Throughput",
        "Output tokens that one accelerator writes a second for all its requests together, on "
        "average over the month, nights included. Depends on model, prompt and latency: replace "
        "it by your own measurement (rule of thumb).",
        group="self-hosting",
        low=1,
        rare=True,
    )
    training_hours: Number = quantity(
        "1 h/run",
        "Training hours",
        "Accelerator-hours of one training run; what a training run costs works them out (rule of "
        "thumb for ten thousand examples on a small model).",
        group="self-hosting",
        rare=True,
    )
    examples: Number = quantity(
        "10k example",
        "Examples",
        "Labelled pairs in the training set. Vendors accept 10; published gains use hundreds to "
        "tens of thousands.",
        group="training",
    )
    example_tokens: Number = quantity(
        "500 tok/example",
        "Tokens per example",
        "Prompt and answer of one example together.",
        group="training",
    )
    epochs: Number = quantity(
        "3 epoch",
        "Epochs",
        "Passes over the training set; each is billed.",
        group="training",
        low=1,
        high=100,
    )
    experiments: Number = quantity(
        "3 run",
        "Experiments",
        "Runs before the first model is good enough to serve (rule of thumb), paid once.",
        group="training",
        rare=True,
    )
    runs: Number = quantity(
        "1 run/month",
        "Retraining runs",
        "Runs a month to keep up with what changes. 0.33 is one a quarter.",
        group="training",
    )
    validation_tokens: Number = quantity(
        "250k tok",
        "Validation tokens",
        "Tokens of the validation set, evaluated once an epoch; some vendors bill each time, some "
        "once, most not at all.",
        group="training",
        rare=True,
    )
