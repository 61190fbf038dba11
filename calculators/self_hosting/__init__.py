"""Self-hosting: what serving a model on rented accelerators needs and costs, against an API."""

from __future__ import annotations

from calculators.kernel.calculator import Calculator
from calculators.self_hosting.formula import self_hosting
from calculators.self_hosting.inputs import GROUPS, SelfHosting
from calculators.self_hosting.presets import PRESETS
from calculators.self_hosting.report import report

CALCULATOR = Calculator(
    slug="self-hosting",
    question="What does serving it yourself need and cost?",
    inputs=SelfHosting,
    groups=GROUPS,
    formula=self_hosting,
    report=report,
    along="requests",
    decades=(4, 9),
    presets=PRESETS,
    leading=(
        "requests",
        "prompt_tokens",
        "output_tokens",
        "weights",
        "precision",
        "rental",
        "utilisation",
        "model",
    ),
)
