"""What a set of test cases costs: people who label them, and whoever judges the answers."""

from __future__ import annotations

from typing import Any

from calculators.kernel.facts import Rates
from calculators.kernel.items import Item

LABELLING = Item("labelling", "Labelling")
JUDGE_INPUT = Item("judge-input", "Judge: input")
JUDGE_OUTPUT = Item("judge-output", "Judge: output")


def labelling(cases: Any, minutes: Any, hourly: Any) -> Any:
    """USD to write or check what is expected of `cases`, at h/case and USD/h of a person."""
    return cases * minutes * hourly


def judged_by_model(rates: Rates, answers: Any, prompt: Any, verdict: Any) -> dict[Item, Any]:
    """
    Line items in USD for a model that judges `answers` (request) at list price, not batched.

    `prompt` holds the case, the answer and the instructions, `verdict` what the judge writes
    (tok/request); the tier follows from the length of the prompt.
    """
    rates = rates.at(prompt)
    return {
        JUDGE_INPUT: answers * prompt * rates["input"],
        JUDGE_OUTPUT: answers * verdict * rates["output"],
    }
