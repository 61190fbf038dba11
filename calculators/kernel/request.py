"""
What somebody asks of a calculator: texts by name, and the day whose prices hold.

Pages, links, the terminal, agents and the check of links all read a request here; each only words
what could not be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from calculators.kernel.book import Book
from calculators.kernel.calculator import Calculator
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Reading

DAY = "on"  # the name under which a request carries its day
LONGEST = 40  # letters of a text that a message repeats


@dataclass(frozen=True, slots=True)
class Request:
    """
    A calculator, the facts of the day that was asked for, and its inputs as they were read.

    `problems` are messages by name, of inputs and of the day; where the day cannot be used, the
    facts are those of the book's own day.
    """

    calculator: Calculator
    facts: Facts
    reading: Reading
    problems: dict[str, str]

    def faults(self) -> list[str]:
        """One line for each text that cannot be used and for each name that is no input."""
        unknown = [
            f"{name[:LONGEST]}: not an input of {self.calculator.slug}"
            for name in self.reading.unknown
        ]
        return [f"{name}: {problem}" for name, problem in self.problems.items()] + unknown


def read_day(book: Book, text: str) -> tuple[Facts, dict[str, str]]:
    """
    The facts of the day in that text, `2026-11-22`, or of the book's own where it is empty.

    Where the text is no day: the book's own, and a message under the name of the day.
    """
    try:
        return book.on(date.fromisoformat(text) if text else book.day), {}
    except ValueError:
        problem = f"'{text[:LONGEST]}' is not a day: write it like {book.day}."
        return book.on(book.day), {DAY: problem}


def read_request(book: Book, calculator: Calculator, texts: Mapping[str, str]) -> Request:
    """Read texts by name, as a form, a link, a terminal or an agent gives them. Never raises."""
    facts, problems = read_day(book, texts.get(DAY, ""))
    reading = calculator.inputs.read(
        {name: text for name, text in texts.items() if name != DAY}, facts
    )
    return Request(calculator, facts, reading, reading.problems | problems)
