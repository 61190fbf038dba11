"""Self-hosting: realistic cases by name."""

from __future__ import annotations

from calculators.kernel.calculator import Preset

PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction, 70B",
        {
            "weights": "llama-3.3-70b",
            "model": "aws/llama-3.3-70b",
            "requests": "2M",
            "prompt_tokens": "6k",
            "output_tokens": "500",
            "peak": "1",
            "utilisation": "90",
        },
    ),
    Preset(
        "Code assistant, experts",
        {
            "weights": "gpt-oss-120b",
            "precision": "fp4",
            "model": "together/gpt-oss-120b",
            "requests": "10M",
            "prompt_tokens": "3k",
            "output_tokens": "400",
            "cached_share": "50",
        },
    ),
    Preset(
        "Regulated bank, 20 adapters",
        {"requests": "3M", "adapters": "20", "concurrency": "128", "prompt_tokens": "1.5k"},
    ),
    Preset(
        "Internal search, long prompts",
        {
            "weights": "qwen3-32b",
            "model": "aws/llama-3.3-70b",
            "requests": "100k",
            "prompt_tokens": "8k",
            "output_tokens": "400",
            "rental": "nebius/h200",
        },
    ),
)
