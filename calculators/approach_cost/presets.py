"""Approach cost: realistic cases by name."""

from __future__ import annotations

from calculators.kernel.calculator import Preset

PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "requests": "30k",
            "prompt_tokens": "4k",
            "output_tokens": "800",
            "corpus_tokens": "200M",
            "batch_share": "80",
            "top_k": "8",
            "chunk_tokens": "600",
            "examples": "3k",
            "example_tokens": "3k",
            "runs": "0.25",
        },
    ),
    Preset(
        "Code assistant",
        {
            "requests": "3M",
            "prompt_tokens": "3k",
            "query_tokens": "500",
            "output_tokens": "600",
            "top_k": "15",
            "chunk_tokens": "300",
            "corpus_tokens": "300M",
            "corpus_change": "30",
            "embedding": "voyage/voyage-code-4",
            "examples": "50k",
            "example_tokens": "1.5k",
            "epochs": "2",
        },
    ),
    Preset(
        "Medical coding",
        {
            "requests": "100k",
            "prompt_tokens": "2.5k",
            "query_tokens": "700",
            "output_tokens": "150",
            "top_k": "10",
            "chunk_tokens": "300",
            "corpus_tokens": "40M",
            "examples": "5k",
            "example_tokens": "1.2k",
            "experiments": "6",
        },
    ),
    Preset(
        "Internal search",
        {"requests": "50k", "corpus_tokens": "500M", "top_k": "10", "corpus_change": "10"},
    ),
    Preset(
        "Regulated bank",
        {
            "requests": "200k",
            "prompt_tokens": "1.8k",
            "output_tokens": "400",
            "top_k": "8",
            "corpus_tokens": "1B",
            "corpus_change": "2",
            "model": "azure/gpt-6.1-terra",
            "embedding": "azure/text-embedding-3-small",
            "examples": "20k",
            "example_tokens": "900",
            "runs": "0.25",
            "experiments": "6",
        },
    ),
    Preset(
        "Consumer product",
        {
            "requests": "2M/day",
            "prompt_tokens": "600",
            "output_tokens": "200",
            "top_k": "3",
            "rental": "runpod/h100-sxm",
        },
    ),
)
