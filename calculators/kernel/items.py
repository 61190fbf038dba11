"""
What a line of an answer is: of a bill, a latency budget, a score or a count of cases.

A line is known by its id, in code, in links, in macros and in what is published; its label is
only read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Group:
    """Items of a kind, such as the bill of a vector store; its label stands before theirs."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """
    One line. Its `id` is a promise, since links end in it; a new one needs another id.

    A `minimum` raises a bill to its vendor's minimum charge, and a `group` holds items that are
    chosen together. Items are compared by identity: each is made once.
    """

    id: str
    label: str
    minimum: bool = False
    group: Group | None = None

    def __str__(self) -> str:
        return self.label


@cache
def within(group: Group, item: Item) -> Item:
    """The item as one of that group: `Vector store: reads`."""
    label = f"{group.label}: {item.label[0].lower()}{item.label[1:]}"
    return Item(f"{group.id}-{item.id}", label, item.minimum, group)


def grouped(group: Group, lines: Mapping[Item, Any]) -> dict[Item, Any]:
    """The lines, each as one of that group."""
    return {within(group, item): value for item, value in lines.items()}
