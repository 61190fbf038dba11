"""The Python that pages show runs as it is; what it may hold is in tools/lint/snippets.py."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from calculators.statistics.normal import quantile
from calculators.statistics.proportions import exact_mcnemar, wilson
from tools.lint.project import Page, Project
from tools.lint.snippets import snippets


def run(page: Page) -> dict[str, Any]:
    """
    Runs a page's code in one namespace, which it returns.

    A traceback names the page's own lines.
    """
    space: dict[str, Any] = {"__name__": page.source}
    for line, code in snippets(page):
        tree = ast.increment_lineno(ast.parse(code, page.file), line - 1)
        exec(compile(tree, page.file, "exec", dont_inherit=True), space)
    return space


PAGES = [page for page in Project().pages if snippets(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.source)
def test_snippets_run(page: Page) -> None:
    run(page)


def test_a_failing_snippet_is_named_by_its_line() -> None:
    text = "# Page\n\n```python\nx = 1\n```\n\n  ```python\n  y = x\n  assert y == 2\n  ```\n"
    page = Page("docs/page.md", text)
    assert snippets(page) == [(4, "x = 1\n"), (8, "y = x\nassert y == 2\n")]
    with pytest.raises(AssertionError) as failure:
        run(page)
    assert failure.traceback[-1].lineno == 8  # counted from 0


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (3, 1), (18, 8), (8, 18), (60, 41)])
def test_the_evaluation_page_counts_like_the_calculator(wins: int, losses: int) -> None:
    space = run(next(page for page in PAGES if page.source == "retrieval/evaluation.md"))
    assert space["exact_p"](wins, losses) == pytest.approx(exact_mcnemar(wins, losses), rel=1e-12)
    cases = 150
    expected = wilson(wins / cases, cases, quantile(0.975))
    assert space["wilson"](wins, cases) == pytest.approx(expected, rel=1e-4)
