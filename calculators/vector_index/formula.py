"""Vector index: how it is calculated."""

from __future__ import annotations

from typing import Any

from calculators.billing.search import CORPUS_CHANGE_EMBEDDED, CORPUS_EMBEDDED, FIRST_LOAD
from calculators.billing.stores import Index, second_index, store_load, store_month
from calculators.indexes.sizes import (
    Shape,
    footprint,
    tokens_embedded,
    vectors_of,
)
from calculators.kernel.facts import Facts
from calculators.kernel.items import Item
from calculators.kernel.offers import Offer
from calculators.kernel.results import Option
from calculators.vector_index.inputs import VectorIndex

MODEL_CHANGE_CORPUS_EMBEDDED = Item("model-change-corpus-embedded", "Model change: corpus embedded")
MODEL_CHANGE_SECOND_INDEX = Item("model-change-second-index", "Model change: second index")


def vector_index(given: VectorIndex, facts: Facts) -> tuple[Option, ...]:
    r"""
    A corpus of $T$ tokens, cut into chunks of $c$ tokens that overlap by a share $o$, makes

    $$
    V = \frac{T}{c\,(1 - o)} \quad \text{or, of } D \text{ documents,} \quad
    V = D \left\lceil \frac{T/D - c\,o}{c\,(1 - o)} \right\rceil
    $$

    vectors of $d$ dimensions. One copy takes in memory, with $b$ bytes a dimension, ids of $i$
    bytes and m connections,

    $$
    M = V \left[ d\,b + i + 4 \left( 2m + \frac{m}{m - 1} \right) \right]
    $$

    for an HNSW graph: 2m links on its ground level and m on each upper one, of which a vector has
    1 in m - 1 on average. Lists (IVF) have a full vector for each list instead of links; DiskANN
    has its links on disk. Product codes come with their codebook, 256 full vectors.
    Replicas multiply memory and disk. GB is 1,000,000,000 bytes.

    A store bills $V$ records of $4d$ bytes and metadata by its own meters and at least its
    minimum. Each month the changed share is embedded and written again. Once in the embedding
    model's life all text is embedded anew, and for some weeks both indexes are kept: the second
    one adds its load and its keep to the bill, as far as the store's minimum does not cover them.
    A store whose server has less memory than one copy needs is refused.
    """
    vectors = chunks(given, facts)
    now = kept(facts, vectors, own_dimensions(given, facts), given.metadata_bytes)
    after = kept(
        facts, vectors, own_dimensions(given, facts, given.next_embedding), given.metadata_bytes
    )
    need = footprint(facts, vectors, now.dimensions, given.metadata_bytes, shape(given)).memory
    tokens = embedded(given, facts, vectors)
    embedding = {
        CORPUS_CHANGE_EMBEDDED: tokens * given.corpus_change * _price(facts, given.embedding),
        MODEL_CHANGE_CORPUS_EMBEDDED: tokens
        * _price(facts, given.next_embedding)
        / given.embedding_life,
    }
    first = {CORPUS_EMBEDDED: tokens * _price(facts, given.embedding)}
    return tuple(
        _option(given, facts, offer, now, after, need, embedding, first)
        for offer in facts.on_sale("store")
    )


def _option(
    given: VectorIndex,
    facts: Facts,
    offer: Offer,
    now: Index,
    after: Index,
    need: Any,
    embedding: dict[Item, Any],
    first: dict[Item, Any],
) -> Option:
    slug, rates = slug_of(offer), facts.rates(offer.id)
    room = facts.size(offer.id, "memory")
    if room is not None and need > room:
        short, has = f"{need / 1e9:,.1f}", f"{room / 1e9:,.1f}"
        why = f"The index needs {short} GB of memory; the server of this plan has {has} GB."
        return Option(slug, offer.name, refused=why)
    lines = store_month(facts, rates, now, given.queries, given.top_k, given.corpus_change)
    lines[MODEL_CHANGE_SECOND_INDEX] = (
        second_index(
            facts, rates, now, after, given.queries, given.top_k, given.corpus_change,
            together(given, facts),
        )
        / given.embedding_life
    )  # fmt: skip
    once = dict(first)
    if "write" in rates:
        once[FIRST_LOAD] = store_load(rates, now)
    return Option(slug, offer.name, lines | embedding, once)


def slug_of(offer: Offer) -> str:
    """The slug of a store's option: its id, safe in a link."""
    return offer.id.replace("/", "-")


def chunks(given: VectorIndex, facts: Facts) -> Any:
    """Vectors of the corpus (chunk)."""
    return vectors_of(
        facts, given.corpus_tokens, given.documents, given.chunk_tokens, given.chunk_overlap
    )


def embedded(given: VectorIndex, facts: Facts, vectors: Any) -> Any:
    """Tokens to embed the corpus once (tok)."""
    return tokens_embedded(
        facts,
        given.corpus_tokens,
        given.documents,
        vectors,
        given.chunk_tokens,
        given.chunk_overlap,
    )


def own_dimensions(given: VectorIndex, facts: Facts, embedding: str = "") -> Any:
    """Dimensions of a vector (dim/chunk): as given, or those of an embedding, the first one."""
    if given.dimensions > 0:
        return given.dimensions
    return facts.size(embedding or given.embedding, "dimensions")


def kept(facts: Facts, vectors: Any, dimensions: Any, metadata: Any) -> Index:
    """The index as a managed store bills it: 4-byte floats and metadata."""
    return Index(vectors, dimensions, dimensions * facts.number("4 B/dim") + metadata)


def shape(given: VectorIndex, **changes: Any) -> Shape:
    """How the vectors are kept, with some of it changed."""
    return Shape(**{name: getattr(given, name) for name in Shape.__slots__} | changes)


def together(given: VectorIndex, facts: Facts) -> Any:
    """Months in which both indexes are kept."""
    return given.parallel_weeks / facts.number("730 h/month")


def _price(facts: Facts, embedding: str) -> Any:
    return facts.rates(embedding)["input"]
