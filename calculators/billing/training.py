"""What one hosted training run bills."""

from __future__ import annotations

from typing import Any

from calculators.kernel.facts import Facts, Rates
from calculators.kernel.units import added


def run_cost(
    rates: Rates, examples: Any, example_tokens: Any, epochs: Any, validation_tokens: Any
) -> dict[str, Any]:
    """
    Line items in USD for one run: billed tokens are those of the data set times the epochs.

    Validation tokens (tok) count where the vendor bills them, in each epoch or once.
    """
    items = {"Training tokens": examples * example_tokens * epochs * rates["training"]}
    if "validation" in rates and validation_tokens > 0:
        items["Validation tokens"] = validation_tokens * epochs * rates["validation"]
    if "validation_once" in rates and validation_tokens > 0:
        items["Validation tokens"] = validation_tokens * rates["validation_once"]
    return items


def job_cost(
    rates: Rates,
    examples: Any,
    example_tokens: Any,
    epochs: Any,
    validation_tokens: Any,
    hours: Any,
) -> dict[str, Any]:
    """
    Line items in USD for one job: its tokens, or its hours (h) where the vendor bills those,
    raised to the least charge of a job where there is one.
    """
    items: dict[str, Any] = {}
    if "training" in rates:
        items = run_cost(rates, examples, example_tokens, epochs, validation_tokens)
    if "training_hour" in rates:
        items["Training hours"] = hours * rates["training_hour"]
    if "minimum" in rates:
        used = added(items.values())
        if rates["minimum"] > used:
            items["Up to the least charge"] = rates["minimum"] - used
    return items


def sells_training(rates: Rates, facts: Facts) -> str:
    """Why nobody may start a training job with this offer that day, or ''."""
    offer = rates.offer
    ended = offer.event("training_ends", facts.day)
    if ended:
        return f"{offer.name} cannot be trained on {facts.day}: {ended.note}"
    if "training" not in rates and "training_hour" not in rates:
        return f"{offer.name} is served by its vendor, who sells no training of it."
    return ""
