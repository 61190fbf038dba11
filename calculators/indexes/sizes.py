"""
How big a vector index is: chunks, the bytes of a vector, what the index adds, memory and disk.

A vector has `dimensions` (dim/chunk) and is kept at a precision; a graph or lists come on top.
Sources: Malkov and Yashunin (arXiv 1603.09320) for the levels of HNSW, Jegou et al. (TPAMI 2011)
for product quantisation, the source of pgvector for its pages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from calculators.kernel.facts import Facts

PRECISIONS = {
    "float32": "4-byte floats",
    "float16": "2-byte floats",
    "int8": "Scalar, 1 byte",
    "int4": "Scalar, 4 bits",
    "binary": "Binary, 1 bit",
    "product": "Product quantisation",
}
INDEXES = {
    "hnsw": "HNSW graph",
    "ivf": "IVF lists",
    "diskann": "DiskANN, graph on disk",
    "flat": "None, exact search",
}
ORIGINALS = {"disk": "On disk", "memory": "In memory", "dropped": "Not kept"}

_PER_DIMENSION = {
    "float32": "4 B/dim",
    "float16": "2 B/dim",
    "int8": "1 B/dim",
    "int4": "0.5 B/dim",
    "binary": "0.125 B/dim",
}


def vectors_of(facts: Facts, corpus: Any, documents: Any, chunk: Any, overlap: Any) -> Any:
    """
    Chunks of a corpus (tok) cut every chunk (tok/chunk) less its overlap, a share.

    With the number of documents given, each one, of average length, ends with a chunk that is
    not full; at 0 the corpus is cut as one text.
    """
    stride = chunk * (1 - overlap)
    if not documents > 0:
        return corpus / stride
    one = facts.number("1 chunk/document")
    beyond = corpus / documents - chunk * overlap * one
    return documents * max(math.ceil(beyond / stride), one)


def tokens_embedded(
    facts: Facts, corpus: Any, documents: Any, vectors: Any, chunk: Any, overlap: Any
) -> Any:
    """Tokens of all chunks (tok): the corpus once, and each overlap a second time."""
    first = documents * facts.number("1 chunk/document")
    return corpus + max(vectors - first, vectors * 0) * chunk * overlap


@dataclass(frozen=True, slots=True)
class Shape:
    """How vectors are kept: what a reader chooses, numbers in the reading of the facts."""

    precision: str
    index: str
    originals: str
    product_dimensions: Any
    connections: Any
    list_vectors: Any
    id_bytes: Any


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes (B) of one copy of an index, in memory and on disk."""

    memory: Any
    disk: Any


def code_bytes(facts: Facts, dimensions: Any, precision: str, product_dimensions: Any) -> Any:
    """Bytes of one vector (B/chunk) at a precision; a product code has a byte for so many."""
    if precision == "product":
        return dimensions / product_dimensions
    return dimensions * facts.number(_PER_DIMENSION[precision])


def link_bytes(facts: Facts, connections: Any) -> Any:
    """
    Bytes of the links of one vector in HNSW (B/chunk): 4-byte ids, 2m on the ground level.

    A vector rises to the next level with probability 1/m, so it has 1/(m - 1) upper levels of m
    links each, on average.
    """
    links = connections * 2 + connections / (connections - 1)
    return links * facts.number("4 B/vector")


def footprint(
    facts: Facts, vectors: Any, dimensions: Any, metadata: Any, shape: Shape
) -> Footprint:
    """One copy of an index of so many vectors (chunk), each with metadata (B/chunk) on disk."""
    full = code_bytes(facts, dimensions, "float32", shape.product_dimensions)
    code = code_bytes(facts, dimensions, shape.precision, shape.product_dimensions)
    record = code + shape.id_bytes
    searched = vectors * record
    if shape.precision == "product":
        searched = searched + dimensions * facts.number("4 B/dim") * facts.number("256 vector")
    if shape.index == "ivf":
        searched = searched + vectors / shape.list_vectors * full
    links = vectors * link_bytes(facts, shape.connections)
    memory = searched + links if shape.index == "hnsw" else searched
    disk = memory + vectors * metadata
    if shape.index == "diskann":
        # On disk each node holds its full vector, its degree and its neighbours side by side.
        node = shape.connections * facts.number("8 B/vector") + facts.number("4 B/vector")
        disk = disk + vectors * (node + full)
    elif shape.precision != "float32" and shape.originals != "dropped":
        disk = disk + vectors * full
    if shape.precision != "float32" and shape.originals == "memory":
        memory = memory + vectors * full
    return Footprint(memory, disk)


def published_memory(
    facts: Facts, offer: str, vectors: Any, dimensions: Any, shape: Shape
) -> Any | None:
    """
    Bytes of one copy in memory by the rule that a vendor publishes, or None where it has none.

    A rule is a factor on the vectors, and bytes for each of HNSW's m connections. One that names
    no connections is said of 4-byte floats only; none is said of product quantisation.
    """
    factor = facts.size(offer, "memory_factor")
    link = facts.size(offer, "memory_link")
    if factor is None or shape.index != "hnsw" or shape.precision == "product":
        return None
    if link is None:
        if shape.precision != "float32":
            return None
        return vectors * code_bytes(facts, dimensions, "float32", 1.0) * factor
    each = code_bytes(facts, dimensions, shape.precision, 1.0) + link * shape.connections
    extra = {
        "int8": facts.size(offer, "memory_scalar"),
        "int4": facts.size(offer, "memory_scalar"),
        "binary": facts.size(offer, "memory_binary"),
    }.get(shape.precision)
    if extra is not None:
        each = each + extra
    return vectors * each * factor


_PAGE, _HEADER, _ITEM, _ELEMENT, _LINK = 8192, 32, 4, 72, 6


def pgvector_pages(vectors: float, dimensions: float, precision: str, connections: float) -> float:
    """
    Bytes of an HNSW index of pgvector on disk: whole pages of 8 KiB, as PostgreSQL keeps them.

    A page holds only whole vectors with their links (two pages where one does not do), so the
    size goes in steps and m often changes nothing. The few links of upper levels are left out.
    Plain floats: it is a size to compare with, and no part of a bill.
    """
    bits = {"float32": 32, "float16": 16, "binary": 1}[precision]
    element = _aligned(_ELEMENT + 8 + math.ceil(dimensions * bits / 8))
    links = _aligned(4 + 2 * connections * _LINK)
    room = _PAGE - _HEADER
    fit = math.floor(room / (element + links + 2 * _ITEM))
    pages = vectors / fit if fit else vectors * (1 + 1 / max(1, math.floor(room / (links + _ITEM))))
    return math.ceil(pages) * float(_PAGE)


def _aligned(size: float) -> float:
    return math.ceil(size / 8) * 8.0
