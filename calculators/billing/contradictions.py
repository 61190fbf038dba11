"""Inputs that several questions share, and what cannot be true of them together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from calculators.kernel.inputs import NONE
from calculators.kernel.results import Sentence


def contradictions(given: Any) -> tuple[Sentence, ...]:
    """What does not fit together among those of these inputs that the question has."""
    return tuple((said,) for names, said in _found(given) if all(hasattr(given, n) for n in names))


def _found(given: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    def value(name: str) -> float:
        return float(getattr(given, name, 0.0))

    if value("tuned_prompt_tokens") > value("prompt_tokens"):
        yield (
            ("tuned_prompt_tokens", "prompt_tokens"),
            "The tuned prompt is longer than the prompt it replaces.",
        )
    if value("query_tokens") > value("prompt_tokens"):
        yield (
            ("query_tokens", "prompt_tokens"),
            "The question is longer than the prompt that holds it.",
        )
    if value("top_k") * value("chunk_tokens") > value("corpus_tokens"):
        yield (
            ("top_k", "chunk_tokens", "corpus_tokens"),
            "Retrieval would send more text than the corpus holds.",
        )
    if getattr(given, "reranker", NONE) != NONE and value("rerank_candidates") < value("top_k"):
        yield (
            ("rerank_candidates", "top_k"),
            "Fewer chunks are reranked than are sent to the model.",
        )
    if value("corpus_change") > 0 and not value("updates") > 0:
        yield (
            ("corpus_change", "updates"),
            "The corpus changes, but no update makes the cache worthless.",
        )
    if value("example_tokens") < value("output_tokens"):
        yield (
            ("example_tokens", "output_tokens"),
            "A training example is shorter than the answer that it should teach.",
        )
    if value("validation_tokens") > value("examples") * value("example_tokens") > 0:
        yield (
            ("validation_tokens", "examples", "example_tokens"),
            "The validation set is larger than the training set.",
        )
