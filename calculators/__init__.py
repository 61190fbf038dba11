"""The questions that this guide answers, by slug; a module here is one question."""

from __future__ import annotations

from calculators import (
    approach_cost,
    break_even,
    evaluation_size,
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
        break_even,
        evaluation_size,
        prompt_caching,
        self_hosting,
        training_run,
        vector_index,
    )
}
