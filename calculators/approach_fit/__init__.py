"""Approach fit: gates that rule an approach out, and weighted criteria among those left."""

from __future__ import annotations

from calculators.approach_fit.formula import approach_fit
from calculators.approach_fit.inputs import GROUPS, ApproachFit
from calculators.approach_fit.presets import PRESETS
from calculators.approach_fit.report import report
from calculators.kernel.calculator import Calculator

CALCULATOR = Calculator(
    slug="approach-fit",
    question="Which approach fits this product?",
    inputs=ApproachFit,
    groups=GROUPS,
    formula=approach_fit,
    report=report,
    along="requests",
    decades=(3, 8),
    presets=PRESETS,
    leading=("corpus_tokens", "freshness", "auditability", "examples", "residency", "team"),
    unit="point",
    rising=(),
    superlative="the best fit",
)
