"""
Quantities: numbers that carry their unit and remember their factors.

A formula is written once with ordinary operators. On quantities its units must
cancel, and each product can be printed as it was multiplied. On plain floats in
base units (USD, tok, request, h, month, B) the same formula is fast enough to
draw curves and to sample.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

Dims = tuple[tuple[str, int], ...]


class UnitError(ValueError):
    """Units that do not fit: the message names both."""


class Number(Protocol):
    """What a formula may do to a number: a `Quantity` in one reading, a float in another."""

    def __add__(self, other: Any, /) -> Any: ...
    def __radd__(self, other: Any, /) -> Any: ...
    def __sub__(self, other: Any, /) -> Any: ...
    def __rsub__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __rmul__(self, other: Any, /) -> Any: ...
    def __truediv__(self, other: Any, /) -> Any: ...
    def __lt__(self, other: Any, /) -> bool: ...
    def __gt__(self, other: Any, /) -> bool: ...
    def __ceil__(self) -> Any: ...
    def __float__(self) -> float: ...


# Base dimensions stand for themselves. Counting words (epoch, run) have no dimension: they
# say what is counted. A search, a query and a call are requests of another service, one for
# each request unless a formula multiplies. A vector is the image of one chunk. A point is a
# hundredth of the whole by which shares differ; a case is an example to test with.
_UNITS: dict[str, tuple[float, str]] = {
    "": (1.0, ""),
    "1": (1.0, ""),
    "%": (0.01, ""),
    "point": (0.01, ""),
    "epoch": (1.0, ""),
    "run": (1.0, ""),
    "deployment": (1.0, ""),
    "layer": (1.0, ""),
    "sequence": (1.0, ""),
    "accelerator": (1.0, ""),
    "adapter": (1.0, ""),
    "update": (1.0, ""),
    "USD": (1.0, "USD"),
    "tok": (1.0, "tok"),
    "request": (1.0, "request"),
    "search": (1.0, "request"),
    "query": (1.0, "request"),
    "call": (1.0, "request"),
    "chunk": (1.0, "chunk"),
    "vector": (1.0, "chunk"),
    "document": (1.0, "document"),
    "example": (1.0, "example"),
    "case": (1.0, "example"),
    "dim": (1.0, "dim"),
    "RU": (1.0, "RU"),
    "WU": (1.0, "WU"),
    "B": (1.0, "B"),
    "FLOP": (1.0, "FLOP"),
    "parameter": (1.0, "parameter"),
    "KiB": (2.0**10, "B"),
    "MiB": (2.0**20, "B"),
    "GiB": (2.0**30, "B"),
    "TiB": (2.0**40, "B"),
    "ms": (1 / 3_600_000, "h"),
    "s": (1 / 3600, "h"),
    "min": (1 / 60, "h"),
    "h": (1.0, "h"),
    "day": (24.0, "h"),
    "week": (168.0, "h"),
    "month": (1.0, "month"),
    "year": (12.0, "month"),
}
_PREFIXES = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_PREFIXED = frozenset(
    {"tok", "request", "search", "query", "call", "dim", "RU", "WU", "B", "FLOP", "parameter"}
)

HOURS_PER_MONTH = 730.0


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written, what one of it is in base units, and its dimensions."""

    text: str
    scale: float
    dims: Dims


def _word(word: str) -> tuple[float, str]:
    if word in _UNITS:
        return _UNITS[word]
    if word[:1] in _PREFIXES and word[1:] in _PREFIXED:
        scale, dim = _UNITS[word[1:]]
        return scale * _PREFIXES[word[0]], dim
    raise UnitError(f"'{word}' is not a unit here; known are {', '.join(filter(None, _UNITS))}")


@cache
def unit(text: str) -> Unit:
    """The unit written as `USD/Mtok` or `USD/GB/month`. Raises UnitError for an unknown word."""
    over, *under = text.split("/")
    scale, dim = _word(over.strip())
    powers: dict[str, int] = {dim: 1} if dim else {}
    for word in under:
        factor, dim = _word(word.strip())
        scale /= factor
        if dim:
            powers[dim] = powers.get(dim, 0) - 1
    return Unit(text, scale, _dims(powers))


def _dims(powers: dict[str, int]) -> Dims:
    return tuple(sorted((dim, power) for dim, power in powers.items() if power))


@cache
def _times(left: Dims, right: Dims, sign: int) -> Dims:
    powers = dict(left)
    for dim, power in right:
        powers[dim] = powers.get(dim, 0) + sign * power
    return _dims(powers)


@cache
def base_unit(dims: Dims) -> str:
    """How base units of these dimensions are written: `tok/request`."""
    over = [dim for dim, power in dims for _ in range(power)]
    under = [dim for dim, power in dims for _ in range(-power)]
    return "/".join(["·".join(over) or ("1" if under else ""), *under])


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a product as it was written: `÷` where `power` is -1."""

    number: float
    unit: str
    power: int = 1


class Quantity:
    """A number with a unit. `value` is in base units; `factors` is how it came about."""

    __slots__ = ("dims", "factors", "value")

    def __init__(self, value: float, dims: Dims, factors: tuple[Factor, ...]) -> None:
        self.value = value
        self.dims = dims
        self.factors = factors

    @classmethod
    def of(cls, number: float, text: str) -> Quantity:
        """So many of a unit: `Quantity.of(2.5, "USD/Mtok")`."""
        known = unit(text)
        return cls(number * known.scale, known.dims, (Factor(number, text),))

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """A fact as it is written in the data, `2.50 USD/Mtok`; `_` may part thousands."""
        match = re.fullmatch(r"(-?[0-9][0-9_]*(?:\.[0-9]+)?)(?: (\S.*))?", text)
        if not match:
            raise UnitError(f"'{text}' is not a number and a unit, such as 2.50 USD/Mtok")
        return cls.of(float(match[1]), match[2] or "")

    def to(self, text: str) -> float:
        """The number in that unit. Raises UnitError where the dimensions differ."""
        wanted = unit(text)
        if wanted.dims != self.dims:
            raise UnitError(f"{base_unit(self.dims) or 'a bare number'} is not {text}")
        return self.value / wanted.scale

    def whole(self) -> Quantity:
        """The same quantity as one factor, its history forgotten."""
        return _single(self.value, self.dims)

    def __float__(self) -> float:
        return self.value

    def __bool__(self) -> bool:
        return self.value != 0

    def __format__(self, form: str) -> str:
        return format(self.value, form)

    def __repr__(self) -> str:
        return f"Quantity({self.value!r} {base_unit(self.dims)})"

    def _same(self, other: Quantity | float) -> float:
        """The other value, once its dimensions are known to be ours; zero fits any unit."""
        if isinstance(other, Quantity):
            if other.dims != self.dims:
                mine, theirs = base_unit(self.dims), base_unit(other.dims)
                raise UnitError(f"{mine or 'a number'} and {theirs or 'a number'} do not add up")
            return other.value
        if other and self.dims:
            raise UnitError(f"{other} has no unit, but {base_unit(self.dims)} is needed")
        return other

    def __add__(self, other: Quantity | float) -> Quantity:
        return _single(self.value + self._same(other), self.dims)

    __radd__ = __add__

    def __sub__(self, other: Quantity | float) -> Quantity:
        return _single(self.value - self._same(other), self.dims)

    def __rsub__(self, other: float) -> Quantity:
        # A share stays a share when it is printed: 1 - 30 % is 70 %.
        rest = self._same(other) - self.value
        share = self.factors and self.factors[0].unit == "%"
        return Quantity.of(rest * 100, "%") if share else _single(rest, self.dims)

    def __mul__(self, other: Quantity | float) -> Quantity:
        if not isinstance(other, Quantity):
            other = _single(other, ())
        return Quantity(
            self.value * other.value,
            _times(self.dims, other.dims, 1),
            self.factors + other.factors,
        )

    __rmul__ = __mul__

    def __truediv__(self, other: Quantity | float) -> Quantity:
        if not isinstance(other, Quantity):
            other = _single(other, ())
        below = tuple(Factor(f.number, f.unit, -f.power) for f in other.factors)
        return Quantity(
            self.value / other.value, _times(self.dims, other.dims, -1), self.factors + below
        )

    def __ceil__(self) -> Quantity:
        return _single(float(math.ceil(self.value)), self.dims)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and (self.value, self.dims) == (other.value, other.dims)

    def __hash__(self) -> int:
        return hash((self.value, self.dims))

    def __lt__(self, other: Quantity | float) -> bool:
        return self.value < self._same(other)

    def __gt__(self, other: Quantity | float) -> bool:
        return self.value > self._same(other)

    def __le__(self, other: Quantity | float) -> bool:
        return self.value <= self._same(other)

    def __ge__(self, other: Quantity | float) -> bool:
        return self.value >= self._same(other)


def added(values: Iterable[Any]) -> Any:
    """
    The sum of numbers in either reading, added one by one.

    The built-in `sum` of floats compensates its rounding from Python 3.12 on, so it would give
    the browser and the build different last digits.
    """
    total: Any = 0.0
    for value in values:
        total = total + value
    return total


def _single(value: float, dims: Dims) -> Quantity:
    return Quantity(value, dims, (Factor(value, base_unit(dims)),))
