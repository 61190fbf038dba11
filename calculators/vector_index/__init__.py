"""Vector index: how big the index of a corpus is, and what each store charges for keeping it."""

from __future__ import annotations

from calculators.indexes.sizes import (
    INDEXES as INDEXES,
)
from calculators.indexes.sizes import (
    ORIGINALS as ORIGINALS,
)
from calculators.indexes.sizes import (
    PRECISIONS as PRECISIONS,
)
from calculators.indexes.sizes import (
    Footprint as Footprint,
)
from calculators.indexes.sizes import (
    Shape as Shape,
)
from calculators.indexes.sizes import (
    code_bytes as code_bytes,
)
from calculators.indexes.sizes import (
    footprint as footprint,
)
from calculators.indexes.sizes import (
    link_bytes as link_bytes,
)
from calculators.indexes.sizes import (
    pgvector_pages as pgvector_pages,
)
from calculators.indexes.sizes import (
    published_memory as published_memory,
)
from calculators.indexes.sizes import (
    tokens_embedded as tokens_embedded,
)
from calculators.indexes.sizes import (
    vectors_of as vectors_of,
)
from calculators.kernel.calculator import Calculator
from calculators.vector_index.formula import vector_index
from calculators.vector_index.inputs import GROUPS, VectorIndex
from calculators.vector_index.presets import PRESETS
from calculators.vector_index.report import report

CALCULATOR = Calculator(
    slug="vector-index",
    question="How big is the index and what does each store charge?",
    inputs=VectorIndex,
    groups=GROUPS,
    formula=vector_index,
    report=report,
    along="corpus_tokens",
    decades=(6, 11),
    presets=PRESETS,
    leading=("corpus_tokens", "chunk_tokens", "embedding", "precision", "index", "queries"),
)
