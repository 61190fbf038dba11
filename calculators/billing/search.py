"""What searching costs beside the model: embedding, a vector store, reranking."""

from __future__ import annotations

import math
from typing import Any

from calculators.billing.residency import placed
from calculators.billing.stores import Index, index_of, second_index, store_load, store_month
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE


def searching(given: Any, facts: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    """
    Line items in USD/month, and in USD for what is paid once.

    `given` has the inputs of retrieval by their names: requests, query_tokens, corpus_tokens,
    corpus_change, top_k, chunk_tokens, chunk_overlap, metadata_bytes, embedding, vector_store,
    reranker and rerank_candidates; and `residency`, if the question asks for it.
    """
    embedding = placed(given, facts, given.embedding)
    store = facts.rates(given.vector_store)
    index = _index(given, facts, given.embedding)
    embedded = index.vectors * given.chunk_tokens
    monthly = {"Question embedding": given.requests * given.query_tokens * embedding["input"]}
    if given.reranker != NONE:
        monthly["Rerank"] = _rerank(given, facts)
    monthly["Corpus change embedded"] = embedded * given.corpus_change * embedding["input"]
    bill = store_month(facts, store, index, given.requests, given.top_k, given.corpus_change)
    monthly |= {f"Vector store: {name[0].lower()}{name[1:]}": cost for name, cost in bill.items()}
    once = {"Corpus embedded": embedded * embedding["input"]}
    if "write" in store:
        once["Vector store: first load"] = store_load(store, index)
    return monthly, once


def embedding_change(given: Any, facts: Facts) -> dict[str, Any]:
    """
    Line items in USD of one change of the embedding model: the corpus embedded by `next_embedding`,
    and a second index kept beside the first for `parallel_weeks`.
    """
    now, after = (_index(given, facts, name) for name in (given.embedding, given.next_embedding))
    price = placed(given, facts, given.next_embedding)["input"]
    anew = after.vectors * given.chunk_tokens * price
    store = facts.rates(given.vector_store)
    together = given.parallel_weeks / facts.number("730 h/month")
    second = second_index(
        facts, store, now, after, given.requests, given.top_k, given.corpus_change, together
    )
    return {"Corpus embedded again": anew, "Second index": second}


def _index(given: Any, facts: Facts, embedding: str) -> Index:
    """The index of the corpus with that embedding."""
    return index_of(
        facts,
        embedding,
        given.corpus_tokens,
        given.chunk_tokens,
        given.chunk_overlap,
        given.metadata_bytes,
    )


def _rerank(given: Any, facts: Facts) -> Any:
    """USD/month of reranking: by tokens of question and candidate, or by search of so many."""
    rates = facts.rates(given.reranker)
    candidates = max(given.rerank_candidates, given.top_k)
    if "search" in rates:
        searches = math.ceil(candidates / rates["documents_per_search"])
        return given.requests * searches * rates["search"]
    pair = given.chunk_tokens + given.query_tokens * facts.number("1 request/chunk")
    return given.requests * candidates * pair * rates["input"]
