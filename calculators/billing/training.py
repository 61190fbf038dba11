"""What one hosted training run bills."""

from __future__ import annotations

from typing import Any

from calculators.kernel.facts import Rates


def run_cost(
    rates: Rates, examples: Any, example_tokens: Any, epochs: Any, validation_tokens: Any
) -> dict[str, Any]:
    """
    Line items in USD for one run: billed tokens are those of the data set times the epochs.

    Validation tokens (tok, each epoch) count where the vendor bills them.
    """
    items = {"Training tokens": examples * example_tokens * epochs * rates["training"]}
    if "validation" in rates and validation_tokens > 0:
        items["Validation tokens"] = validation_tokens * epochs * rates["validation"]
    return items
