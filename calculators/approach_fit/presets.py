"""Approach fit: realistic cases by name."""

from __future__ import annotations

from calculators.kernel.calculator import Preset

PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "corpus_tokens": "0",
            "auditability": "none",
            "format": "house",
            "jargon": "specialist",
            "target": "30",
            "requests": "30k",
            "examples": "3k",
            "team": "learning",
            "prompt_tokens": "4k",
            "output_tokens": "800",
        },
    ),
    Preset(
        "Code assistant",
        {
            "corpus_tokens": "400k",
            "freshness": "minutes",
            "jargon": "some",
            "target": "2",
            "requests": "3k/day",
            "examples": "0",
            "top_k": "15",
            "prompt_tokens": "3k",
            "output_tokens": "800",
        },
    ),
    Preset(
        "Medical coding",
        {
            "corpus_tokens": "5M",
            "freshness": "year",
            "auditability": "required",
            "format": "house",
            "jargon": "specialist",
            "target": "10",
            "requests": "200k",
            "examples": "20k",
            "team": "learning",
            "prompt_tokens": "2.5k",
            "output_tokens": "150",
        },
    ),
    Preset(
        "Internal search",
        {"corpus_tokens": "500M", "requests": "50k", "examples": "0", "target": "5", "top_k": "10"},
    ),
    Preset(
        "Regulated bank",
        {
            "corpus_tokens": "50M",
            "auditability": "required",
            "target": "5",
            "requests": "200/day",
            "examples": "0",
            "residency": "own",
            "team": "operations",
            "horizon": "36",
        },
    ),
    Preset(
        "Team handbook",
        {"corpus_tokens": "20k", "requests": "50/day", "examples": "0", "target": "5"},
    ),
    Preset(
        "Drafting helper",
        {"corpus_tokens": "0", "auditability": "none", "requests": "100k", "examples": "0"},
    ),
)
