"""How often a prompt is found in the cache, and what its calls cost then."""

from __future__ import annotations

import math
from typing import Any

from calculators.kernel.facts import Facts
from calculators.kernel.trace import applied
from calculators.kernel.units import Quantity

DAY = 24.0  # hours


def any_arrival(expected: float) -> float:
    """
    The chance of at least one Poisson arrival where so many are expected: 1 - exp(-expected).

    By plain operations, because `math.exp` differs in the last digit from machine to machine:
    a series near zero, then doubled by 1 - exp(-2y) = u (2 - u) with u = 1 - exp(-y).
    """
    if expected > 40:
        return 1.0
    doublings = max(0, math.frexp(expected)[1] + 4)
    y = expected / 2.0**doublings  # a sixteenth at most, so eight terms are exact to the last digit
    u = 1.0
    for n in range(8, 1, -1):
        u = 1 - y / n * u
    u = y * u
    for _ in range(doublings):
        u = u * (2 - u)
    return u


def hit_rate(requests: float, updates: float, active: float, lifetime: float) -> float:
    """
    Share of `requests` (a day) that find their prefix in a cache which each use renews.

    They come at random over the `active` hours of every day, as do the `updates` that make what
    is cached worthless. A request hits where the latest of both within the `lifetime` (hours, a
    day at most) before it was a request. That interval is counted in active hours: after a
    night longer than the lifetime the day's first request misses.
    """
    events = requests + updates
    if not events:
        return 0.0
    each_hour = events / active
    # Active hours within one lifetime: `across` the night at least, `all_day` at most.
    across = each_hour * max(lifetime - (DAY - active), 0.0)
    all_day = each_hour * min(lifetime, active)
    low, high = any_arrival(across), any_arrival(all_day)
    alone = across * (1 - low) + (high - low) + (events - all_day) * (1 - high)
    return requests / events * min(max(1 - alone / events, 0.0), 1.0)


def hits(given: Any, facts: Facts, lifetime: Any, updates: Any) -> Any:
    """
    The same for the inputs `requests`, `active_hours` and `hit_rate` (a ceiling), as a share.

    `lifetime` is in h, `updates` in update/month.
    """
    day = facts.number("24 h") / facts.number("730 h/month")
    share = applied(
        hit_rate,
        given.requests * day,
        updates * day,
        given.active_hours * facts.number("24 h"),
        lifetime,
    )
    derived = Quantity.of(share * 100, "%") if isinstance(given.requests, Quantity) else share
    return min(derived, given.hit_rate)


def reads_that_pay(fresh: Any, read: Any, write: Any) -> Any:
    """
    How many reads pay for one write, at these prices of a token: (write - fresh) / (fresh - read).

    Nothing where a write costs no more than a fresh token.
    """
    return max(write - fresh, fresh * 0) / (fresh - read)
