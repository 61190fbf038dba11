"""The Python that pages show: it runs as it stands, with the standard library, and asserts."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from calculators.statistics.normal import quantile
from calculators.statistics.proportions import exact_mcnemar, wilson
from tests.conftest import ROOT

DOCS = ROOT / "docs"
FENCE = re.compile(r"^( *)```python[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def snippets(page: Path) -> list[tuple[int, str]]:
    """The fences of a page in order, each with the line on which its code begins."""
    text = page.read_text(encoding="utf-8")
    return [
        (text.count("\n", 0, fence.start(2)) + 1, dedent(fence[2]))
        for fence in FENCE.finditer(text)
    ]


def run(page: Path) -> dict[str, Any]:
    """
    Runs a page's code in one namespace, which it returns.

    A traceback names the page's own lines.
    """
    space: dict[str, Any] = {"__name__": page.stem}
    for line, code in snippets(page):
        tree = ast.increment_lineno(ast.parse(code, str(page)), line - 1)
        exec(compile(tree, str(page), "exec", dont_inherit=True), space)
    return space


def pages() -> list[Path]:
    """Every page that shows Python."""
    return sorted(page for page in DOCS.rglob("*.md") if snippets(page))


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_snippets_run(page: Path) -> None:
    run(page)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_snippets_assert_and_need_nothing(page: Path) -> None:
    tree = ast.parse("\n".join(code for _, code in snippets(page)))
    nodes = list(ast.walk(tree))
    assert any(isinstance(node, ast.Assert) for node in nodes), "nothing in it can fail"
    needed = {
        name.partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    assert needed <= sys.stdlib_module_names, f"a reader would lack {sorted(needed)}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_snippets_hold_no_macro(page: Path) -> None:
    """Jinja reads fences too, and would change the code on its way to the reader."""
    for line, code in snippets(page):
        found = re.search(r"\{[{%#]", code)
        assert not found, f"{page.name}:{line}: '{found[0]}' would be read as a macro"


def test_a_failing_snippet_is_named_by_its_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Page\n\n```python\nx = 1\n```\n\n  ```python\n  y = x\n  assert y == 2\n  ```\n"
    )
    assert snippets(page) == [(4, "x = 1\n"), (8, "y = x\nassert y == 2\n")]
    with pytest.raises(AssertionError) as failure:
        run(page)
    assert failure.traceback[-1].lineno == 8  # counted from 0


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (3, 1), (18, 8), (8, 18), (60, 41)])
def test_the_evaluation_page_counts_like_the_calculator(wins: int, losses: int) -> None:
    space = run(DOCS / "retrieval" / "evaluation.md")
    assert space["exact_p"](wins, losses) == pytest.approx(exact_mcnemar(wins, losses), rel=1e-12)
    cases = 150
    expected = wilson(wins / cases, cases, quantile(0.975))
    assert space["wilson"](wins, cases) == pytest.approx(expected, rel=1e-4)
