"""Prompt caching: realistic cases by name."""

from __future__ import annotations

from calculators.kernel.calculator import Preset

PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "requests": "1.5k/day",
            "active_hours": "10",
            "corpus_tokens": "120k",
            "updates": "2",
            "corpus_change": "2",
            "prompt_tokens": "14k",
            "query_tokens": "12k",
            "output_tokens": "800",
            "model": "anthropic/claude-sonnet-5-5",
        },
    ),
    Preset(
        "Regulated bank",
        {
            "requests": "200/day",
            "active_hours": "9",
            "corpus_tokens": "180k",
            "updates": "4",
            "cache_ttl": "5",
            "corpus_change": "2",
            "prompt_tokens": "2k",
            "output_tokens": "500",
            "model": "anthropic/claude-sonnet-5-5",
        },
    ),
    Preset(
        "Code assistant",
        {
            "requests": "3k/day",
            "active_hours": "10",
            "corpus_tokens": "400k",
            "updates": "20/day",
            "cache_ttl": "5",
            "corpus_change": "20",
            "prompt_tokens": "3k",
            "query_tokens": "500",
            "output_tokens": "800",
            "top_k": "15",
            "model": "anthropic/claude-opus-5-5",
        },
    ),
    Preset(
        "Medical coding",
        {
            "requests": "20k",
            "active_hours": "10",
            "corpus_tokens": "60k",
            "updates": "1",
            "cache_ttl": "5",
            "corpus_change": "1",
            "query_tokens": "700",
            "prompt_tokens": "2.5k",
            "output_tokens": "150",
            "model": "google/gemini-3.8-flash",
        },
    ),
    Preset("Internal search", {"requests": "50k", "corpus_tokens": "500M", "top_k": "10"}),
)
