"""
Results: options side by side, each with line items in one unit that sum to its total.

Nothing here is formatted. A sentence is a tuple of words and quantities, and a
view decides how each is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from calculators.kernel.facts import Basis, Notice
from calculators.kernel.inputs import Field, Reading
from calculators.kernel.units import Quantity, added

Sentence = tuple["str | Quantity", ...]
Cell = str | Quantity | Sentence


@dataclass(slots=True)
class Option:
    """
    One way to do it. `monthly` items are in USD/month, `once` in USD.

    A `refused` option says why it cannot be had and has no items. A `floor` is shown for
    comparison and never wins: it does less than the others.
    """

    slug: str
    label: str
    monthly: dict[str, Any] = field(default_factory=dict)
    once: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    floor: bool = False

    @property
    def total(self) -> Any:
        """What a month costs: the sum of the monthly items."""
        return added(self.monthly.values())

    @property
    def total_once(self) -> Any:
        """What is paid once: the sum of those items."""
        return added(self.once.values())


@dataclass(frozen=True, slots=True)
class Flip:
    """The value of one input at which another option becomes the cheapest."""

    field: Field
    now: Quantity
    at: Quantity
    winner: str


@dataclass(frozen=True, slots=True)
class Move:
    """What the cheapest option costs when one input is halved and when it is doubled."""

    field: Field
    halved: Quantity
    doubled: Quantity


@dataclass(frozen=True, slots=True)
class Curve:
    """What each option costs along one input: `series` by option slug, None where refused."""

    field: Field
    xs: tuple[float, ...]
    series: dict[str, tuple[float | None, ...]]
    here: float
    title: Sentence


@dataclass(frozen=True, slots=True)
class Spread:
    """10th, 50th and 90th percentile of a month's cost, and how often it is the cheapest."""

    p10: Quantity
    p50: Quantity
    p90: Quantity
    cheapest: float


@dataclass(frozen=True, slots=True)
class Table:
    """A table that one calculator adds; a cell is text or a quantity."""

    slug: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Sentence = ()


@dataclass(frozen=True, slots=True)
class Result:
    """
    A whole answer. `best` is the slug of the cheapest option, or '' where none can be had; the
    input nearest to flipping that comes first in `flips`.
    """

    slug: str
    day: date
    reading: Reading
    headline: Sentence
    options: tuple[Option, ...]
    best: str
    flips: tuple[Flip, ...]
    moves: tuple[Move, ...]
    curve: Curve | None
    spreads: dict[str, Spread]
    tables: tuple[Table, ...]
    warnings: tuple[Sentence, ...]
    notices: tuple[Notice, ...]
    bases: tuple[Basis, ...]

    def option(self, slug: str) -> Option:
        """The option of that slug."""
        return next(option for option in self.options if option.slug == slug)
