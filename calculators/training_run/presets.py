"""Training run: realistic cases by name."""

from __future__ import annotations

from calculators.kernel.calculator import Preset

PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "examples": "3k",
            "example_tokens": "3k",
            "sequence_tokens": "4,096",
            "experiments": "5",
            "label_minutes": "10",
            "labeller_cost": "60",
        },
    ),
    Preset(
        "Code assistant",
        {
            "examples": "50k",
            "example_tokens": "1.5k",
            "parameters": "14.8B",
            "layers": "40",
            "hidden_size": "5,120",
            "sequence_tokens": "4,096",
            "tuned_model": "together/gpt-oss-20b-tuned",
            "accelerators": "8",
            "epochs": "2",
        },
    ),
    Preset(
        "Medical coding",
        {
            "examples": "5k",
            "example_tokens": "1.2k",
            "label_minutes": "6",
            "labeller_cost": "75",
            "experiments": "6",
        },
    ),
    Preset(
        "Regulated bank, 70B",
        {
            "examples": "20k",
            "example_tokens": "800",
            "parameters": "70.6B",
            "layers": "80",
            "hidden_size": "8,192",
            "vocabulary": "128,256",
            "tuned_model": "azure/llama-3.3-70b-tuned",
            "rental": "nebius/h200",
        },
    ),
)
