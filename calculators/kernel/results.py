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
    One way to do it. Its `lines` are line items in the calculator's unit; `once`, where that is a
    unit a month, what is paid once, in USD.

    A `refused` option says why it cannot be had and has no items. A `floor` says why it is shown
    for comparison only and never wins: it does less than the others.
    """

    slug: str
    label: str
    lines: dict[str, Any] = field(default_factory=dict)
    once: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    floor: str = ""

    @property
    def total(self) -> Any:
        """The sum of the line items."""
        return added(self.lines.values())

    @property
    def total_once(self) -> Any:
        """What is paid once: the sum of its line items."""
        return added(self.once.values())


@dataclass(frozen=True, slots=True)
class Flip:
    """The value of one input at which another option becomes the best."""

    field: Field
    now: Quantity
    at: Quantity
    winner: str


@dataclass(frozen=True, slots=True)
class Move:
    """What the best option comes to when one input is halved and when it is doubled."""

    field: Field
    halved: Quantity
    doubled: Quantity


@dataclass(frozen=True, slots=True)
class Curve:
    """
    What each option comes to along one input: `series` by option slug, None where refused.

    `target` is what they are held to, where there is such a thing.
    """

    field: Field
    xs: tuple[float, ...]
    series: dict[str, tuple[float | None, ...]]
    here: float
    title: Sentence
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """10th, 50th and 90th percentile of an option's total, and how often it is the best."""

    p10: Quantity
    p50: Quantity
    p90: Quantity
    best: float


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
    A whole answer, totals in `unit`. `best` is the slug of the option with the least total, or ''
    where none can be had, and `superlative` what that is called; the input nearest to flipping it
    comes first in `flips`.
    """

    slug: str
    day: date
    unit: str
    superlative: str
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
