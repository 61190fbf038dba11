"""Latency budget: how long an answer takes stage by stage, and whether that meets a target."""

from __future__ import annotations

from calculators.kernel.calculator import Calculator
from calculators.latency_budget.formula import latency_budget
from calculators.latency_budget.inputs import GROUPS, LatencyBudget
from calculators.latency_budget.presets import PRESETS
from calculators.latency_budget.report import report

CALCULATOR = Calculator(
    slug="latency-budget",
    question="Does it meet the latency target?",
    inputs=LatencyBudget,
    groups=GROUPS,
    formula=latency_budget,
    report=report,
    along="top_k",
    decades=(0, 2),
    presets=PRESETS,
    leading=("target", "percentile", "until", "prompt_tokens", "top_k", "output_tokens"),
    unit="s",
    superlative="fastest",
    target="target",
)
