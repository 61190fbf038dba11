"""
Results: options side by side, each with line items in one unit that sum to its total.

Nothing here is formatted. A sentence is a tuple of words and quantities, and a
view decides how each is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from calculators.kernel.inputs import Field
from calculators.kernel.items import Item
from calculators.kernel.units import Quantity, added


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to `to`: an https address, or a page of the guide, `decision/latency.md`."""

    words: str
    to: str

    def __str__(self) -> str:
        return self.words


Sentence = tuple["str | Quantity | Link", ...]
Cell = str | Quantity | Link | Sentence


@dataclass(slots=True)
class Option:
    """
    One way to do it. Its `lines` are line items in the calculator's unit; `once`, where that is a
    unit a month, what is paid once, in USD. `comes_to` is the total where that is known before
    the items, which then share it out: a percentile.

    A `refused` option says why it cannot be had and has no items. A `floor` says why it is shown
    for comparison only and never wins: it does less than the others.
    """

    slug: str
    label: str
    lines: dict[Item, Any] = field(default_factory=dict)
    once: dict[Item, Any] = field(default_factory=dict)
    refused: str = ""
    floor: str = ""
    comes_to: Any = None

    @property
    def total(self) -> Any:
        """The sum of the line items."""
        return self.comes_to if self.comes_to is not None else added(self.lines.values())

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
class Turn:
    """
    A word of a choice, `to` in links, with which another option becomes the best; '' where none
    can be had with it.
    """

    field: Field
    to: str
    winner: str

    @property
    def said(self) -> str:
        """What a reader calls the word."""
        return dict(self.field.options)[self.to]


@dataclass(frozen=True, slots=True)
class Move:
    """
    What the best option comes to at two values of one input, `low` and `high`: the ends of its
    range where it was given one, else the half and the double.
    """

    field: Field
    low: Quantity
    high: Quantity
    at_low: Quantity
    at_high: Quantity


@dataclass(frozen=True, slots=True)
class Band:
    """
    What the other inputs' ranges make of a curve at some of its points, over so many `draws`: the
    10th, 50th and 90th percentile of each option, None where refused, and how often it is the best.
    """

    xs: tuple[float, ...]
    percentiles: dict[str, tuple[tuple[float, float, float] | None, ...]]
    best: dict[str, tuple[float, ...]]
    draws: int


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
    band: Band | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """
    Which option is the best over two inputs: for each of `ys` a row of slugs, one for each of
    `xs`. `here` is the column and the row nearest to the case itself; `label` names the rows.
    """

    field: Field
    label: str
    xs: tuple[Quantity, ...]
    ys: tuple[Quantity, ...]
    best: tuple[tuple[str, ...], ...]
    here: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """
    10th, 50th and 90th percentile of an option's total over the draws of the ranges, and how
    often it is the best.
    """

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
