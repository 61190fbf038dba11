"""Approach cost: what a month costs by prompt, long context, retrieval, fine-tuning or both."""

from __future__ import annotations

from calculators.approach_cost.formula import approach_cost
from calculators.approach_cost.inputs import GROUPS, ApproachCost
from calculators.approach_cost.presets import PRESETS
from calculators.approach_cost.report import report
from calculators.kernel.calculator import Across, Calculator

# From one chunk to a long context, by the tokens that they put into every prompt.
RETRIEVED = Across(
    "top_k", (1, 2, 3, 5, 8, 13, 20, 32, 50), "Retrieved tokens a request", times="chunk_tokens"
)

CALCULATOR = Calculator(
    slug="approach-cost",
    question="What does each approach cost a month?",
    inputs=ApproachCost,
    groups=GROUPS,
    formula=approach_cost,
    report=report,
    along="requests",
    decades=(3, 8),
    across=RETRIEVED,
    presets=PRESETS,
    rising=("requests", "output_tokens", "epochs", "runs", "examples"),
    leading=("requests", "prompt_tokens", "output_tokens", "top_k", "model", "tuned_model"),
)
