"""Vector index: realistic cases by name."""

from __future__ import annotations

from calculators.kernel.calculator import Preset

PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction", {"corpus_tokens": "200M", "chunk_tokens": "600", "queries": "30k"}
    ),
    Preset(
        "Code assistant",
        {
            "corpus_tokens": "300M",
            "documents": "400k",
            "chunk_overlap": "0",
            "embedding": "voyage/voyage-code-4",
            "next_embedding": "voyage/voyage-code-4",
            "queries": "5M",
            "corpus_change": "30",
        },
    ),
    Preset(
        "Medical coding",
        {"corpus_tokens": "40M", "documents": "150k", "chunk_tokens": "300", "queries": "1M"},
    ),
    Preset(
        "Internal search",
        {"corpus_tokens": "2B", "documents": "2M", "queries": "50k", "corpus_change": "10"},
    ),
    Preset(
        "Regulated bank",
        {
            "corpus_tokens": "10B",
            "precision": "int8",
            "replicas": "2",
            "queries": "300k",
            "dimensions": "1024",
            "embedding": "openai/text-embedding-3-large",
            "next_embedding": "openai/text-embedding-3-large",
        },
    ),
)
