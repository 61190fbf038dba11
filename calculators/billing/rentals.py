"""What a rented accelerator bills in a month."""

from __future__ import annotations

import math
from typing import Any

from calculators.kernel.facts import Facts, Rates
from calculators.kernel.items import Item

HOURS = Item("hours", "Hours")


def rental_month(facts: Facts, rates: Rates) -> dict[Item, Any]:
    """Line items in USD/month of one accelerator that is kept running all hours of a month."""
    return {HOURS: rates["hour"] * facts.number("730 h/month")}


def accelerators_for(facts: Facts, written: Any, throughput: Any, least: Any) -> Any:
    """
    Accelerators that write so many tokens (tok/month) at a throughput of each (tok/h), at least
    `least`. It is the load of a mean hour: what a peak needs stands in `least`.
    """
    return max(math.ceil(written / (throughput * facts.number("730 h/month"))), least)
