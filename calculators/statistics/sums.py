"""
Percentiles of a sum of independent log-normals, such as the stages that a request passes.

Percentiles of the parts do not add up to that of the whole. The sum is taken for a shifted
log-normal with the same mean, variance and third moment, which is exact for one log-normal beside
constants (and the usual two moments, Fenton-Wilkinson, are not). What happens to some requests
only, such as a cold start, makes several cases of the sum, each with its share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from calculators.kernel.trace import applied
from calculators.statistics.normal import quantile, share_below

_Z95 = quantile(0.95)
_ROOT_TAU, _ROOT_TWO = math.sqrt(2 * math.pi), math.sqrt(2)
_CLOSE = 1e-9  # a step by so little of the point, after which Newton's next would be in no digit
# A sum of constants, or of nothing, is taken for a very narrow normal.
_LEAST_SPREAD, _LEAST = 1e-12, 1e-30
_NOTHING = 1e-6  # of the density of the likeliest case, below which a case has no part in a point
_NORMAL = (
    1e-5  # of the skewness, below which the shifted log-normal is told from a normal by series
)

Stage = tuple[Any, Any]  # the median and the spread of one log-normal
Case = tuple[Any, tuple[Stage, ...]]  # how often it happens, and the stages that it has then


def spread(tail: float) -> float:
    """The sigma of a log-normal whose 95th percentile is `tail` times its median."""
    return math.log(tail) / _Z95


@lru_cache(maxsize=1024)
def _moments(sigma: float) -> tuple[float, float, float]:
    """Mean, variance and third central moment of a log-normal with a median of one."""
    wide = math.expm1(sigma * sigma)  # the squared coefficient of variation
    mean = math.sqrt(1 + wide)
    variance = mean * mean * wide
    return mean, variance, mean * variance * wide * (wide + 3)


def _shape(skewness: float) -> tuple[float, float]:
    """The coefficient of variation of a log-normal with that skewness, and its sigma."""
    # The skewness of a log-normal is wide^3 + 3 wide; Cardano's formula turns it round.
    wide = 2 * math.sinh(math.asinh(skewness / 2) / 3)
    return wide, math.sqrt(math.log1p(wide * wide))


def _standard(z: float, skewness: float, wide: float, sigma: float) -> float:
    """By how many deviations the point is off the mean that lies where z does in a normal."""
    if wide < _NORMAL:
        return z + skewness * (z * z - 1) / 6
    return math.expm1(sigma * z - sigma * sigma / 2) / wide


@dataclass(slots=True)
class Sum:
    """
    A shifted log-normal with the moments of a sum: `mean`, `deviation`, `skewness`, and `sigma`
    of the log-normal, whose coefficient of variation is `wide`.
    """

    mean: float
    deviation: float
    skewness: float
    wide: float
    sigma: float
    parts: list[tuple[float, float, float]]

    @classmethod
    def of(cls, stages: Sequence[Stage]) -> Sum:
        """The sum of these stages; while a formula is recorded, of which only `at` is asked."""
        mean: Any = 0.0
        variance: Any = 0.0
        third: Any = 0.0
        parts = []
        for median, sigma in stages:
            one, two, three = applied(_moments, sigma)
            part = (median * one, median * median * two, median * median * median * three)
            mean, variance, third = mean + part[0], variance + part[1], third + part[2]
            parts.append(part)
        deviation: Any = max(applied(math.sqrt, variance), _LEAST_SPREAD * mean, _LEAST)
        skewness = third / (deviation * deviation * deviation)
        wide, sigma = applied(_shape, skewness)
        return cls(mean, deviation, skewness, wide, sigma, parts)

    def standard(self, z: Any) -> Any:
        """By how many deviations the point is off the mean that lies where z does in a normal."""
        return applied(_standard, z, self.skewness, self.wide, self.sigma)

    def at(self, z: Any) -> Any:
        """The point below which as much lies as below z in a standard normal."""
        return self.mean + self.deviation * self.standard(z)

    def z(self, x: float) -> float:
        """The z of a point: minus infinity where the sum cannot be so little."""
        off = (x - self.mean) / self.deviation
        if self.wide < _NORMAL:
            return off - self.skewness * (off * off - 1) / 6
        above = 1 + self.wide * off
        return math.log(above) / self.sigma + self.sigma / 2 if above > 0 else -math.inf

    def density(self, z: float) -> float:
        """The density of the sum at the point that belongs to z."""
        slope = 1.0
        if self.wide >= _NORMAL:
            slope = math.exp(self.sigma * z - self.sigma * self.sigma / 2) * self.sigma / self.wide
        return math.exp(-z * z / 2) / (_ROOT_TAU * slope * self.deviation)

    def contributions(self, z: float) -> list[float]:
        """
        What each stage has in the sum on average where the sum is at that point.

        Euler's theorem: a percentile doubles where all medians do, so it is the sum of median
        times derivative over the stages, and each such term is the mean of the stage there.
        """
        u, v, s = self.standard(z), self.wide, self.sigma
        if v < _NORMAL:
            slope = (z * z - 1) / 6
        else:
            grown = math.exp(s * z - s * s / 2)
            by_wide = grown * (z - s) / (s * (1 + v * v)) - u / v
            slope = by_wide / (3 + 3 * v * v)
        variance = self.deviation * self.deviation
        second = (u - 3 * self.skewness * slope) / self.deviation
        third = 3 * slope / variance
        return [max(a + b * second + c * third, 0.0) for a, b, c in self.parts]


@dataclass(slots=True)
class Mixture:
    """A sum that has other stages in some cases: a Sum for each, with how often it is the case."""

    sums: list[tuple[float, Sum]]

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Mixture:
        """Of cases whose shares add up to one, none of them zero."""
        return cls([(often, Sum.of(stages)) for often, stages in cases])

    def share_below(self, x: float) -> float:
        """The probability of less than x."""
        return math.fsum(often * share_below(one.z(x)) for often, one in self.sums)

    def _densities(self, x: float) -> list[float]:
        """The density at x by case."""
        found = []
        for often, one in self.sums:
            z = one.z(x)
            found.append(often * one.density(z) if z > -math.inf else 0.0)
        return found

    def at(self, share: Any) -> Any:
        """The point below which that share lies."""
        if len(self.sums) == 1:
            return self.sums[0][1].at(applied(quantile, share))
        numbers = (
            (often, one.mean, one.deviation, one.skewness, one.wide, one.sigma)
            for often, one in self.sums
        )
        return applied(_mixed, share, *(number for case in numbers for number in case))

    def contributions(self, x: float) -> list[list[float]]:
        """
        What each stage of each case has in the sum, on average where the sum is x.

        A case counts by its density there. None is negative, and together they come to x.
        """
        weights = self._densities(x) if len(self.sums) > 1 else [1.0]
        if not any(weights):  # between two cases that hardly vary: all belongs to the nearest
            apart = [abs(one.at(0) - x) for _, one in self.sums]
            weights[apart.index(min(apart))] = 1.0
        least = max(weights) * _NOTHING
        weights = [weight if weight > least else 0.0 for weight in weights]
        found = [
            one.contributions(one.z(x)) if weight else [0.0] * len(one.parts)
            for weight, (_, one) in zip(weights, self.sums, strict=True)
        ]
        whole = math.fsum(
            weight * math.fsum(parts) for weight, parts in zip(weights, found, strict=True)
        )
        scale = x / whole if whole else 0.0
        return [
            [part * (weight * scale) for part in parts]
            for weight, parts in zip(weights, found, strict=True)
        ]


def _mixed(share: float, *numbers: float) -> float:
    """
    The point below which that share of a mixture lies: for each case, how often, and its sum.

    Written out in floats, because it takes longer than all the rest of a sum.
    """
    each = [numbers[i : i + 6] for i in range(0, len(numbers), 6)]
    normal = quantile(share)
    ends = [mean + deviation * _standard(normal, *shape) for _, mean, deviation, *shape in each]
    low, high = min(ends), max(ends)
    x = min(max(_apart(share, each), low), high)
    log, exp, erfc = math.log, math.exp, math.erfc
    # Newton's steps, halving the bracket where one leaves it.
    for _ in range(200 if low < high else 0):
        excess, slope = -share, 0.0
        for often, mean, deviation, skewness, wide, sigma in each:
            off = (x - mean) / deviation
            if wide < _NORMAL:
                z, stretch = off - skewness * (off * off - 1) / 6, deviation
            else:
                above = 1 + wide * off
                if above <= 0:
                    continue
                z, stretch = log(above) / sigma + sigma / 2, above * sigma / wide * deviation
            excess += often * erfc(-z / _ROOT_TWO) / 2
            slope += often * exp(-z * z / 2) / (_ROOT_TAU * stretch)
        if excess < 0:
            low = x
        else:
            high = x
        after = x - excess / slope if slope else math.inf
        if not low <= after <= high:
            after = (low + high) / 2
        if abs(after - x) <= _CLOSE * abs(x):
            return after
        x = after
    return x


def _apart(share: float, each: Sequence[Sequence[float]]) -> float:
    """About where that share lies if the cases do not overlap: where to begin to look."""
    before = x = 0.0
    for often, mean, deviation, *shape in sorted(each, key=lambda case: case[1]):
        z = quantile(min(max(round((share - before) / often, 2), 0.01), 0.99))
        x = mean + deviation * _standard(z, *shape)
        before += often
        if share < before:
            break
    return x
