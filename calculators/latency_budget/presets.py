"""Latency budget: realistic cases by name."""

from __future__ import annotations

from calculators.kernel.calculator import Preset

PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "until": "last-token",
            "target": "30",
            "prompt_tokens": "4k",
            "tuned_prompt_tokens": "1k",
            "output_tokens": "800",
            "output_tail": "1.5",
            "top_k": "8",
            "chunk_tokens": "600",
        },
    ),
    Preset(
        "Code assistant",
        {
            "until": "last-token",
            "target": "1.5",
            "output_tokens": "60",
            "output_tail": "2",
            "prompt_tokens": "2k",
            "top_k": "3",
            "rerank_latency": "0",
            "tuned_speed": "150",
        },
    ),
    Preset(
        "Scaled to zero",
        {"target": "3", "percentile": "99", "cold_start_share": "3", "hit_rate": "99.5"},
    ),
    Preset(
        "Reasoning",
        {
            "until": "last-token",
            "target": "1 min",
            "output_tokens": "2k",
            "output_tail": "6.3",
            "hit_rate": "99",
        },
    ),
)
