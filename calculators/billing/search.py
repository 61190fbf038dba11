"""What searching costs beside the model: embedding, a vector store, reranking."""

from __future__ import annotations

import math
from typing import Any

from calculators.billing.residency import placed
from calculators.billing.stores import Index, index_of, second_index, store_load, store_month
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE
from calculators.kernel.items import Group, Item, grouped, within

QUESTION_EMBEDDING = Item("question-embedding", "Question embedding")
RERANK = Item("rerank", "Rerank")
CORPUS_CHANGE_EMBEDDED = Item("corpus-change-embedded", "Corpus change embedded")
CORPUS_EMBEDDED = Item("corpus-embedded", "Corpus embedded")
FIRST_LOAD = Item("first-load", "First load")
VECTOR_STORE = Group("vector-store", "Vector store")
CORPUS_EMBEDDED_AGAIN = Item("corpus-embedded-again", "Corpus embedded again")
SECOND_INDEX = Item("second-index", "Second index")


def searching(given: Any, facts: Facts) -> tuple[dict[Item, Any], dict[Item, Any]]:
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
    monthly = {QUESTION_EMBEDDING: given.requests * given.query_tokens * embedding["input"]}
    if given.reranker != NONE:
        monthly[RERANK] = _rerank(given, facts)
    monthly[CORPUS_CHANGE_EMBEDDED] = embedded * given.corpus_change * embedding["input"]
    bill = store_month(facts, store, index, given.requests, given.top_k, given.corpus_change)
    monthly |= grouped(VECTOR_STORE, bill)
    once = {CORPUS_EMBEDDED: embedded * embedding["input"]}
    if "write" in store:
        once[within(VECTOR_STORE, FIRST_LOAD)] = store_load(store, index)
    return monthly, once


def embedding_change(given: Any, facts: Facts) -> dict[Item, Any]:
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
    return {CORPUS_EMBEDDED_AGAIN: anew, SECOND_INDEX: second}


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
