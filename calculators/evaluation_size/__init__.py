"""Evaluation size: the test cases that tell two systems apart, and what they cost."""

from __future__ import annotations

from calculators.evaluation_size.formula import evaluation_size
from calculators.evaluation_size.inputs import GROUPS, EvaluationSize
from calculators.evaluation_size.presets import PRESETS
from calculators.evaluation_size.report import report
from calculators.kernel.calculator import Calculator

CALCULATOR = Calculator(
    slug="evaluation-size",
    question="How many test cases tell two systems apart?",
    inputs=EvaluationSize,
    groups=GROUPS,
    formula=evaluation_size,
    report=report,
    along="difference",
    decades=(-1, 1),
    presets=PRESETS,
    leading=("baseline", "difference", "discordant_share", "judge", "agreement", "test_cases"),
    unit="case",
    superlative="fewest",
)
