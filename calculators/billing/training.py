"""What one hosted training run bills."""

from __future__ import annotations

from typing import Any

from calculators.kernel.facts import Facts, Rates
from calculators.kernel.items import Item
from calculators.kernel.units import added

TRAINING_TOKENS = Item("training-tokens", "Training tokens")
VALIDATION_TOKENS = Item("validation-tokens", "Validation tokens")
TRAINING_HOURS = Item("training-hours", "Training hours")
UP_TO_MINIMUM = Item("up-to-the-least-charge", "Up to the least charge", minimum=True)

# All that training bills.
TRAINING = frozenset({TRAINING_TOKENS, VALIDATION_TOKENS, TRAINING_HOURS, UP_TO_MINIMUM})


def run_cost(
    rates: Rates, examples: Any, example_tokens: Any, epochs: Any, validation_tokens: Any
) -> dict[Item, Any]:
    """
    Line items in USD for one run: billed tokens are those of the data set times the epochs.

    Validation tokens (tok) count where the vendor bills them, in each epoch or once.
    """
    items = {TRAINING_TOKENS: examples * example_tokens * epochs * rates["training"]}
    if "validation" in rates and validation_tokens > 0:
        items[VALIDATION_TOKENS] = validation_tokens * epochs * rates["validation"]
    if "validation_once" in rates and validation_tokens > 0:
        items[VALIDATION_TOKENS] = validation_tokens * rates["validation_once"]
    return items


def job_cost(
    rates: Rates,
    examples: Any,
    example_tokens: Any,
    epochs: Any,
    validation_tokens: Any,
    hours: Any,
) -> dict[Item, Any]:
    """
    Line items in USD for one job: its tokens, or its hours (h) where the vendor bills those,
    raised to the least charge of a job where there is one.
    """
    items: dict[Item, Any] = {}
    if "training" in rates:
        items = run_cost(rates, examples, example_tokens, epochs, validation_tokens)
    if "training_hour" in rates:
        items[TRAINING_HOURS] = hours * rates["training_hour"]
    if "minimum" in rates:
        used = added(items.values())
        if rates["minimum"] > used:
            items[UP_TO_MINIMUM] = rates["minimum"] - used
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
