"""Ownership: what each approach costs from the first week of building until it is retired."""

from __future__ import annotations

from calculators.kernel.calculator import Calculator
from calculators.ownership.formula import ownership
from calculators.ownership.inputs import GROUPS, Ownership
from calculators.ownership.presets import PRESETS
from calculators.ownership.report import report

CALCULATOR = Calculator(
    slug="ownership",
    question="What does each approach cost to own until it is retired?",
    inputs=Ownership,
    groups=GROUPS,
    formula=ownership,
    report=report,
    along="horizon",
    decades=(0, 2),
    presets=PRESETS,
    leading=(
        "requests",
        "horizon",
        "model",
        "tuned_model",
        "engineer_cost",
        "accelerators",
    ),
    unit="USD",
)
