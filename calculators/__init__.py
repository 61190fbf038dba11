"""The questions that this guide answers, by slug; a module here is one question."""

from __future__ import annotations

from calculators import (
    approach_cost,
    approach_fit,
    break_even,
    evaluation_size,
    latency_budget,
    ownership,
    prompt_caching,
    self_hosting,
    training_run,
    vector_index,
)
from calculators.kernel.calculator import Calculator

CALCULATORS: dict[str, Calculator] = {
    module.CALCULATOR.slug: module.CALCULATOR
    for module in (
        approach_cost,
        approach_fit,
        break_even,
        evaluation_size,
        latency_budget,
        ownership,
        prompt_caching,
        self_hosting,
        training_run,
        vector_index,
    )
}


def find(slug: str) -> Calculator | None:
    """The calculator of that slug, also of one that it had in former days."""
    by_any = {old: one for one in CALCULATORS.values() for old in one.formerly} | CALCULATORS
    return by_any.get(slug)
