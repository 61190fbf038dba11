"""
What any calculator warns of by itself: offers that close, end or change, least charges, and inputs
outside what has been checked. What only one question can know, its report says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field
from calculators.kernel.results import Option, Sentence
from calculators.kernel.units import HOURS_PER_MONTH, Quantity, added, unit

HORIZON = "horizon"


def warnings(
    given: Any,
    fields: Sequence[Field],
    facts: Facts,
    options: Sequence[Option],
    best: str,
    uses: Sequence[str],
) -> tuple[Sentence, ...]:
    """What a reader must know of these inputs (in units) and of the offers that they use."""
    found = [*_closed(facts, uses)]
    if uses:
        found += _changes(given, fields, facts, uses)
    for option in options:
        if option.slug == best and _least(option):
            said = f"Most of what {option.label} comes to is a least charge: using more costs no "
            found.append((said + "more until that is used up.",))
    found += [warning for field in fields for warning in _unchecked(given, field)]
    return tuple(found)


def _closed(facts: Facts, uses: Sequence[str]) -> Iterator[Sentence]:
    for name in dict.fromkeys(uses):
        offer = facts.offer(name)
        closed = offer.event("closed_to_new_customers", facts.day)
        if closed:
            yield (f"{offer.name} is closed to new customers since {closed.day}.",)


def _changes(
    given: Any, fields: Sequence[Field], facts: Facts, uses: Sequence[str]
) -> Iterator[Sentence]:
    """
    Ends and changes of price within the horizon, or, where none is asked for, within a month.

    A question that asks for a horizon says itself what it makes of them.
    """
    asked = next((field for field in fields if field.name == HORIZON), None)
    months = getattr(given, asked.name) if asked else Quantity.of(1.0, "month")
    days = months.to("month") * HOURS_PER_MONTH / 24
    within: Sentence = ("the horizon of ", months) if asked else ("a month",)
    for ends, said in (
        (True, "; what is worked out here does not hold after that"),
        (False, "; the prices of the day are used throughout"),
    ):
        coming = [
            f"{notice.offer} on {notice.when}"
            for notice in facts.changes(*uses)
            if (notice.when - facts.day).days <= days and notice.ends == ends
        ]
        if coming:
            what = "Ends within " if ends else "Changes its price within "
            yield (what, *within, f": {', '.join(coming)}{'' if asked else said}.")


def _least(option: Option) -> bool:
    least = [cost for item, cost in option.lines.items() if item.minimum]
    return bool(least) and float(added(least)) > 0.5 * float(option.total)


def _unchecked(given: Any, field: Field) -> Iterator[Sentence]:
    """An input outside the span in which the formula was checked against measurements."""
    if not field.checked:
        return
    low, high = field.checked
    value = getattr(given, field.name)
    scale = unit(field.unit).scale
    if not low * scale <= float(value) <= high * scale:
        ends = [Quantity.of(end, field.unit) for end in (low, high)]
        yield (
            f"{field.label} is ", value, ", outside the ", ends[0], " to ", ends[1],
            " for which the formula has been checked against measurements.",
        )  # fmt: skip
