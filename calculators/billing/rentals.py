"""What a rented accelerator bills in a month."""

from __future__ import annotations

from typing import Any

from calculators.kernel.facts import Facts, Rates


def rental_month(facts: Facts, rates: Rates) -> dict[str, Any]:
    """Line items in USD/month of one accelerator that is kept running all hours of a month."""
    return {"Hours": rates["hour"] * facts.number("730 h/month")}
