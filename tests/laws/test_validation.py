"""Validation: what others measured or worked out, and what we make of the same inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from calculators.kernel.book import Book
from tools.book.validation import Published, published_cases, standings, summary
from views.evidence.validation import Group, Standing, validation

CASES = published_cases()
GROUPS = list(dict.fromkeys((case.slug, case.group) for case in CASES if case.goal))


@pytest.fixture(scope="module")
def found(book: Book) -> tuple[Standing, ...]:
    """Every case, worked out once."""
    return standings(book)


def group_of(found: Sequence[Standing], slug: str, name: str) -> Group:
    """That group, worked out."""
    standing = next(one for one in found if one.slug == slug)
    return next(group for group in standing.groups if group.name == name)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_published_figure_is_met(case: Published, found: tuple[Standing, ...]) -> None:
    group = group_of(found, case.slug, case.group)
    ours = next(one for one in group.cases if one.name == case.name)
    said = f"{case.source} has {case.published}, we have {ours.ours:.6g} ({ours.error:+.1%})"
    if case.wrong:
        assert not ours.agrees, f"{said}, so it is not wrong after all"
    else:
        assert ours.agrees, said


@pytest.mark.parametrize(("slug", "name"), GROUPS)
def test_a_group_meets_its_goal_or_says_why_not(
    slug: str, name: str, found: tuple[Standing, ...]
) -> None:
    """The median of a group is what counts: its cases come from one table or one log."""
    group = group_of(found, slug, name)
    goal = group.goal.within
    if group.missed:
        assert not group.met, f"the goal of {goal} is met, so take `missed` away"
    else:
        assert group.met, f"median {group.median:.1%} misses the goal of {goal}"


def test_a_case_can_fail(book: Book) -> None:
    """A figure that is off by one in its last digit is not met."""
    case = next(c for c in CASES if c.tolerance == "digits" and not c.wrong)
    decimals = len(case.published.partition(".")[2])
    moved = f"{float(case.published) + 2 * 10.0**-decimals:.{decimals}f}"
    assert not dataclasses.replace(case, published=moved).agrees(case.ours(book))


def test_the_page_shows_every_case_and_every_miss(found: tuple[Standing, ...]) -> None:
    rows = summary(found)
    assert validation(found, rows, "calculators").count('class="checked"') == len(CASES)
    misses = validation(found, rows, "misses")
    assert misses.count("<dt") == sum(bool(g.missed) for one in found for g in one.groups)
    wrong = validation(found, rows, "wrong")
    assert wrong.count("<tr>") == 1 + sum(bool(case.wrong) for case in CASES)


def test_the_summary_counts_what_meets_its_goal(found: tuple[Standing, ...]) -> None:
    rows = {row.goal.title: row for row in summary(found)}
    memory = rows["Memory"]
    groups = [g for one in found for g in one.groups if g.goal.within == "10 %"]
    assert (memory.groups, memory.meeting) == (len(groups), sum(g.met for g in groups))
    assert memory.worst == max(group.worst for group in groups)
