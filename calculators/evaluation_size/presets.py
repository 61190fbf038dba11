"""Evaluation size: realistic cases by name."""

from __future__ import annotations

from calculators.kernel.calculator import Preset

PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "baseline": "92",
            "difference": "2",
            "half_width": "2",
            "discordant_share": "6",
            "agreement": "97",
            "cluster_size": "8",
            "cluster_correlation": "10",
            "test_cases": "500",
        },
    ),
    Preset(
        "Code assistant",
        {"baseline": "55", "difference": "4", "discordant_share": "20", "agreement": "100"},
    ),
    Preset(
        "Medical coding",
        {
            "baseline": "88",
            "difference": "3",
            "half_width": "3",
            "discordant_share": "10",
            "judge": "none",
            "minutes_per_case": "15",
            "minutes_per_answer": "5",
            "labeller_cost": "120",
        },
    ),
    Preset(
        "Internal search",
        {"baseline": "70", "discordant_share": "20", "cluster_size": "3", "test_cases": "150"},
    ),
    Preset(
        "Regulated bank",
        {
            "baseline": "95",
            "difference": "2",
            "half_width": "1",
            "discordant_share": "6",
            "significance": "1",
            "power": "90",
            "judge": "none",
        },
    ),
)
