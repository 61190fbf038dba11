"""The Python that pages show: a reader can run it as it is, and it can fail."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from textwrap import dedent

from tools.lint.project import Page, Project, rule
from tools.lint.reading import Fault

CODE = re.compile(r"^( *)```python[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def snippets(page: Page) -> list[tuple[int, str]]:
    """The fenced Python of a page in order, each with the line on which its code begins."""
    return [(page.line(fence.start(2)), dedent(fence[2])) for fence in CODE.finditer(page.text)]


@rule
def snippets_hold_no_macro(project: Project) -> Iterator[Fault]:
    """Jinja reads fenced code too, and would change it on its way to the reader."""
    for page in project.pages:
        for first, code in snippets(page):
            if macro := re.search(r"\{[{%#]", code):
                line = first + code.count("\n", 0, macro.start())
                yield page.fault(f"'{macro[0]}' would be read as a macro; put a space in it", line)


@rule
def snippets_can_be_run(project: Project) -> Iterator[Fault]:
    """The code of a page is Python, and imports the standard library only."""
    for page in project.pages:
        for first, code in snippets(page):
            try:
                tree = ast.parse(code)
            except SyntaxError as error:
                line = first + (error.lineno or 1) - 1
                yield page.fault(f"is no Python: {error.msg}; correct it", line)
                continue
            for line, name in _imported(tree):
                if name not in sys.stdlib_module_names:
                    message = f"a reader would lack {name}; use the standard library only"
                    yield page.fault(message, first + line - 1)


@rule
def snippets_assert(project: Project) -> Iterator[Fault]:
    """The code of a page asserts what it shows, so that it can fail."""
    for page in project.pages:
        parts = snippets(page)
        if parts and not any(re.search(r"^ *assert ", code, re.MULTILINE) for _, code in parts):
            yield page.fault("nothing in this code can fail; assert what it shows", parts[0][0])


def _imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The top-level packages that the code imports, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.lineno, (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
