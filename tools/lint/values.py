"""What a scalar of a data file means; nothing is raised, because the parser reports what is not."""

from __future__ import annotations

import math
from datetime import date

from calculators.kernel.units import Quantity, UnitError


def quantity(text: str) -> Quantity | None:
    """The quantity, or None where the text is none."""
    try:
        return Quantity.parse(text)
    except UnitError:
        return None


def number(text: str) -> float:
    """The amount in base units, or not-a-number where the text is no quantity."""
    value = quantity(text)
    return value.value if value else math.nan


def day(text: str) -> date | None:
    """The day, or None where the text is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
