"""The standard normal distribution: the share below a point, and the point above a share."""

from __future__ import annotations

import math
from functools import lru_cache


def share_below(z: float) -> float:
    """The probability that a standard normal is below z."""
    return math.erfc(-z / math.sqrt(2)) / 2


@lru_cache(maxsize=1024)
def quantile(share: float) -> float:
    """
    The z below which that share lies: 1.959964 for 0.975.

    Solved by Halley's steps on the error function, to the last digits of a float. Raises
    ValueError outside 0 to 1, ends excluded.
    """
    if not 0 < share < 1:
        raise ValueError(f"a share of {share:g} has no quantile")
    if share > 0.5:
        # In the lower tail the share is small, and known to all its digits.
        return -quantile(1 - share)
    z = 0.0
    for _ in range(100):
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        step = (share_below(z) - share) / density
        step /= 1 + z * step / 2
        z -= step
        if abs(step) <= 1e-15 * abs(z):
            break
    return z
