"""
The rules of data/evidence/, one function each, beside what the parser refuses.

A rule takes the records as they stand in the files and yields complaints that name file, study,
field and fix; `python -m tools.lint` runs them with those of the price book.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from calculators.kernel.strict import Records

Rule = Callable[[Records], Iterator[str]]


def _studies(studied: Records) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file, record in studied.items():
        for name, study in record["studies"].items():
            yield f"data/{file}.yml: {name}", name, study


def _findings(studied: Records) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, _, study in _studies(studied):
        for name, finding in study["findings"].items():
            yield f"{place}, {name}", finding


def studies_are_sorted(studied: Records) -> Iterator[str]:
    """Studies stand in the order of their ids, so that two people add to different places."""
    for file, record in studied.items():
        for before, after in pairwise(record["studies"]):
            if after < before:
                yield f"data/{file}.yml: move {after} above {before}; studies are sorted by id"


def ids_end_with_the_year(studied: Records) -> Iterator[str]:
    """An id is a name and the year, in letters that a link can carry."""
    for place, name, study in _studies(studied):
        if not re.fullmatch(rf"[a-z0-9]+(-[a-z0-9]+)*-{study['year']}", name):
            yield f"{place}: name it in small letters with its year: acme-{study['year']}"
        for finding in study["findings"]:
            if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", finding):
                yield f"{place}, {finding}: write the id in small letters, digits and hyphens"


def figures_fit_in_a_sentence(studied: Records) -> Iterator[str]:
    """A figure stands behind a verb and a setting in parentheses, so neither is a sentence."""
    for place, finding in _findings(studied):
        for field in ("figure", "setting"):
            if finding[field].endswith(".") or re.match(r"(The|A|An|It) ", finding[field]):
                yield f"{place}, {field}: write a phrase, with a small letter and no full stop"
        if finding["figure"].endswith(")"):
            yield f"{place}, figure: parentheses follow it on a page; end without one"


def conclusions_are_sentences(studied: Records) -> Iterator[str]:
    """What a figure shows, and does not, is read by itself."""
    for place, finding in _findings(studied):
        for field in ("shows", "does_not_show"):
            if not re.fullmatch(r"[A-Z].*[.]", finding[field]):
                yield f"{place}, {field}: write a sentence with a full stop"


RULES: tuple[Rule, ...] = (
    studies_are_sorted,
    ids_end_with_the_year,
    figures_fit_in_a_sentence,
    conclusions_are_sentences,
)
