"""What managed retrieval bills in a month: its own searches and the files it keeps."""

from __future__ import annotations

from typing import Any

from calculators.kernel.facts import Facts, Rates
from calculators.kernel.items import Item

PLAN = Item("plan", "Plan")
SEARCHES = Item("searches", "Searches")
STORAGE = Item("storage", "Storage")


def retrieval_month(facts: Facts, rates: Rates, searches: Any, files: Any) -> dict[Item, Any]:
    """
    Line items in USD/month for `searches` (search/month) over `files` (B), beyond what is free.

    The model that answers is billed apart, by its tokens. A vendor that sells storage by the day
    is paid for 730 hours; one that names no storage price has no such item.
    """
    items: dict[Item, Any] = {}
    if "plan" in rates:
        items[PLAN] = rates["plan"]
    if "search" in rates:
        free = rates.get("searches_included", searches * 0)
        items[SEARCHES] = max(searches - free, searches * 0) * rates["search"]
    kept = max(files - rates.get("storage_included", files * 0), files * 0)
    if "storage" in rates:
        items[STORAGE] = kept * rates["storage"]
    if "storage_daily" in rates:
        items[STORAGE] = kept * rates["storage_daily"] * facts.number("730 h/month")
    return items
