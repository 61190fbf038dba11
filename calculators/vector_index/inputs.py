"""Vector index: what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from calculators.indexes.sizes import (
    INDEXES,
    ORIGINALS,
    PRECISIONS,
)
from calculators.kernel.inputs import Inputs, choice, one_of, quantity
from calculators.kernel.units import Number

GROUPS = {
    "corpus": "Corpus and chunks",
    "vectors": "Vectors",
    "index": "Index",
    "traffic": "Traffic",
    "change": "Change",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorIndex(Inputs):
    """The text, how it is cut and kept, and what happens to it."""

    corpus_tokens: Number = quantity(
        "20M tok",
        "Corpus",
        "All the text to be searched. 30,000 help articles of 670 tokens are 20 million.",
        group="corpus",
        low=1,
    )
    documents: Number = quantity(
        "0 document",
        "Documents",
        "How many documents the corpus is, because each ends with a chunk that is not full. 0 cuts "
        "the corpus as one text, as the other calculators do; short documents need the number.",
        group="corpus",
        rare=True,
    )
    chunk_tokens: Number = quantity(
        "400 tok/chunk",
        "Chunk",
        "Tokens in one chunk, and one vector each. Published defaults run from 200 to 800.",
        group="corpus",
        low=1,
        high=100_000,
    )
    chunk_overlap: Number = quantity(
        "10 %",
        "Chunk overlap",
        "Share of a chunk repeated in the next one. At 50 % there are twice as many vectors; one "
        "large vendor cuts so by default.",
        group="corpus",
        high=90,
    )
    metadata_bytes: Number = quantity(
        "2,000 B/chunk",
        "Metadata",
        "Text and fields kept beside each vector, on disk; the chunk's own text is about 4 bytes a "
        "token (rule of thumb for English).",
        group="corpus",
        rare=True,
    )
    embedding: str = choice(
        "embedding",
        "openai/text-embedding-3-small",
        "Embedding",
        "Its dimensions set the bytes of a vector, its price the cost of embedding again.",
        group="vectors",
    )
    dimensions: Number = quantity(
        "0 dim/vector",
        "Dimensions",
        "0 takes those of the embedding. Fewer, where the model was trained for shorter vectors "
        "(Matryoshka), cut bytes and bills in proportion.",
        group="vectors",
        high=100_000,
    )
    precision: str = one_of(
        PRECISIONS,
        "float32",
        "Precision",
        "What the index searches with. It sets the memory you run yourself; a managed store bills "
        "vectors as they are sent, which is counted as 4-byte floats.",
        group="vectors",
    )
    originals: str = one_of(
        ORIGINALS,
        "disk",
        "Full vectors",
        "Where the 4-byte originals are, if the index searches smaller ones: they rank the "
        "candidates again, which wins back most of what precision lost.",
        group="vectors",
        rare=True,
    )
    product_dimensions: Number = quantity(
        "8 dim/B",
        "Product code",
        "Product quantisation only: dimensions that share one byte. 8 is a 32nd of 4-byte floats "
        "(rule of thumb).",
        group="vectors",
        low=1,
        high=256,
        rare=True,
    )
    id_bytes: Number = quantity(
        "8 B/vector",
        "Id",
        "Bytes to tell which chunk a vector is: 8 in Faiss and hnswlib; with a version and ids of "
        "16 bytes it is nearer to 30, as one vendor counts them for 400 million vectors.",
        group="vectors",
        high=10_000,
        rare=True,
    )
    index: str = one_of(
        INDEXES,
        "hnsw",
        "Index",
        "The graph is fast and stays in memory; lists take little; DiskANN has its graph on disk.",
        group="index",
    )
    connections: Number = quantity(
        "16",
        "Connections",
        "m of HNSW, which has 2m links on its ground level; half the degree R of DiskANN. 16 is "
        "the default of most; 5 to 48 are used (Malkov and Yashunin).",
        group="index",
        low=2,
        high=1000,
        checked=(6, 64),
    )
    list_vectors: Number = quantity(
        "1,000",
        "Vectors in a list",
        "IVF only: the corpus is parted into so many vectors a list; pgvector's README starts from "
        "1,000.",
        group="index",
        low=1,
        rare=True,
    )
    replicas: Number = quantity(
        "1",
        "Replicas",
        "Further copies beside the first, for load and for a machine that fails (rule of thumb). "
        "Managed stores include theirs in the price.",
        group="index",
        high=1000,
    )
    queries: Number = quantity(
        "400k query/month",
        "Queries",
        "Searches in a month; an agent makes several for one question.",
        group="traffic",
    )
    top_k: Number = quantity(
        "5 chunk/query",
        "Top-k",
        "Chunks that a search returns; some stores bill the bytes.",
        group="traffic",
        low=1,
        high=1000,
        rare=True,
    )
    corpus_change: Number = quantity(
        "5 %/month",
        "Corpus change",
        "Share of the corpus that is embedded and written again each month (rule of thumb).",
        group="change",
    )
    embedding_life: Number = quantity(
        "24 month",
        "Embedding model's life",
        "Months until you change the model. Vectors of two models cannot be compared, so all text "
        "is embedded again (rule of thumb).",
        group="change",
        low=1,
        high=1200,
    )
    next_embedding: str = choice(
        "embedding",
        "openai/text-embedding-3-small",
        "Next embedding",
        "Nobody knows the next model; one like today's by default.",
        group="change",
        rare=True,
    )
    parallel_weeks: Number = quantity(
        "2 week",
        "Both indexes alive",
        "Weeks in which the old index answers while the new one is filled and tried out (rule of "
        "thumb).",
        group="change",
        high=520,
    )
