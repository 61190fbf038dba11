"""
Rates of success: how well so many cases measure them, and how many cases it takes.

Rates, differences and half-widths are shares between 0 and 1; numbers of cases are floats before
they are rounded up. `z_alpha` is the normal quantile of a two-sided test, 1.96 at 5 %, and
`z_beta` that of the power, 0.84 at 80 %.
"""

from __future__ import annotations

import math

from calculators.kernel.trace import applied
from calculators.statistics.normal import share_below


def wilson(rate: float, cases: float, z: float) -> tuple[float, float]:
    """Wilson's score interval of an observed rate (Wilson 1927; Newcombe 1998, method 3)."""
    middle = (rate + z * z / (2 * cases)) / (1 + z * z / cases)
    half = wilson_half_width(rate, cases, z)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def wilson_half_width(rate: float, cases: float, z: float) -> float:
    """Half the width of Wilson's interval."""
    spread = rate * (1 - rate) / cases + z * z / (4 * cases * cases)
    return z * math.sqrt(spread) / (1 + z * z / cases)


def wilson_cases(rate: float, half_width: float, z: float) -> float:
    """Cases for which Wilson's interval has that half-width: the inverse, in closed form."""
    square = half_width * half_width
    gap = rate * (1 - rate) - 2 * square
    root: float = applied(math.sqrt, gap * gap + square * (1 - 4 * square))
    return z * z * (gap + root) / (2 * square)


def unpooled_cases(first: float, second: float, z_alpha: float, z_beta: float) -> float:
    """Cases for each of two rates, each with its own variance (Chow, Shao and Wang 2003, 4.2)."""
    variance = first * (1 - first) + second * (1 - second)
    return (z_alpha + z_beta) ** 2 * variance / (second - first) ** 2


def unpooled_power(first: float, second: float, cases: float, z_alpha: float) -> float:
    """The power of so many cases for each of two rates: `unpooled_cases` turned round."""
    variance = first * (1 - first) + second * (1 - second)
    if not variance:
        return 1.0
    return share_below(abs(second - first) * math.sqrt(cases / variance) - z_alpha)


def pooled_cases(first: float, second: float, z_alpha: float, z_beta: float) -> float:
    """Cases for each of two rates with their common variance if they are equal (Fleiss 1981)."""
    mean = (first + second) / 2
    variance = first * (1 - first) + second * (1 - second)
    root = z_alpha * math.sqrt(2 * mean * (1 - mean)) + z_beta * math.sqrt(variance)
    return (root / (second - first)) ** 2


def continuity_corrected(cases: float, difference: float) -> float:
    """Cases for each of two rates, corrected for counting in whole cases (Fleiss 1981)."""
    return cases / 4 * (1 + math.sqrt(1 + 4 / (cases * abs(difference)))) ** 2


def mcnemar_cases(discordant: float, difference: float, z_alpha: float, z_beta: float) -> float:
    """Cases answered by both systems, for McNemar's test (Connor 1987)."""
    rest: float = applied(math.sqrt, max(discordant - difference * difference, 0.0))
    root: float = z_alpha * applied(math.sqrt, discordant) + z_beta * rest
    return (root / difference) ** 2


def mcnemar_power(discordant: float, difference: float, cases: float, z_alpha: float) -> float:
    """The power of so many cases answered by both: `mcnemar_cases` turned round."""
    rest = math.sqrt(max(discordant - difference * difference, 0.0))
    reach = difference * math.sqrt(cases) - z_alpha * math.sqrt(discordant)
    return share_below(reach / rest) if rest else float(reach >= 0)


def mean_difference_cases(
    variance: float, difference: float, z_alpha: float, z_beta: float
) -> float:
    """Cases by the variance of the paired difference (Miller 2024, section 5)."""
    return (z_alpha + z_beta) ** 2 * variance / difference**2


def discordant_bounds(first: float, second: float) -> tuple[float, float]:
    """The least and the most that two systems with these rates can disagree."""
    return abs(second - first), min(first + second, 2 - first - second)


def design_effect(cluster: float, correlation: float) -> float:
    """By what clusters of so many correlated cases multiply the number needed (Kish 1965)."""
    return 1 + (cluster - 1) * correlation


def judged(rate: float, agreement: float) -> float:
    """The rate that a judge reports who is right in that share of cases, both ways alike."""
    return (1 - agreement) + (2 * agreement - 1) * rate


def judged_discordant(discordant: float, agreement: float) -> float:
    """The share on which two systems seem to disagree, when each verdict may err by itself."""
    error = 1 - agreement
    kept = agreement * agreement + error * error
    return discordant * kept + (1 - discordant) * 2 * agreement * error


def kappa(rate: float, agreement: float) -> float:
    """Cohen's kappa of that judge with the truth, on answers of which `rate` are right."""
    seen = judged(rate, agreement)
    chance = rate * seen + (1 - rate) * (1 - seen)
    return (agreement - chance) / (1 - chance) if chance < 1 else 1.0


def exact_mcnemar(first: int, second: int) -> float:
    """Two-sided p of the exact McNemar test: cases that only the first or the second got right."""
    trials = first + second
    tail = sum(math.comb(trials, k) for k in range(min(first, second) + 1))
    return min(1.0, 2 * tail / (1 << trials))


def wins_needed(discordant: int, significance: float) -> int | None:
    """The fewest of so many discordant cases that one must win to differ; None if all are few."""
    whole, tail = 1 << discordant, 0
    losses = -1
    for k in range(discordant // 2 + 1):
        tail += math.comb(discordant, k)
        if 2 * tail / whole > significance:
            break
        losses = k
    return discordant - losses if losses >= 0 else None
