"""Who may know whom: each row of the layer table is a test."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from calculators import CALCULATORS
from calculators.kernel.book import Book
from tests.conftest import ROOT

DOCS = ROOT / "docs"


def sources(*folders: str) -> list[Path]:
    """The Python files of these folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The top-level packages that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def foreign(path: Path, allowed: set[str]) -> set[str]:
    """What a file imports beyond the standard library and these packages."""
    return {name for name in imported(path) if name not in sys.stdlib_module_names | allowed}


def code_of(text: str) -> str:
    """A file without its docstrings, which may show an example."""
    return re.sub(r'r?""".*?"""', "", text, flags=re.DOTALL)


def called(path: Path) -> Iterator[str]:
    """The names that a file calls, `x.y()` as `y`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            target = node.func
            yield target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")


@pytest.mark.parametrize("path", sources("calculators"), ids=str)
def test_calculators_import_the_standard_library_and_themselves(path: Path) -> None:
    assert not foreign(path, {"calculators"})


@pytest.mark.parametrize("path", sources("calculators"), ids=str)
def test_calculators_open_no_file_and_read_no_clock(path: Path) -> None:
    assert not set(called(path)) & {"open", "read_text", "read_bytes", "today", "now", "time"}


@pytest.mark.parametrize("path", sources("calculators"), ids=str)
def test_calculators_hold_no_price_no_vendor_and_no_html(path: Path, book: Book) -> None:
    """The default of a choice is an offer's id, which is declared; nothing else names one."""
    text = path.read_text(encoding="utf-8")
    for vendor in {offer.vendor for offer in book.offers.values()}:
        assert vendor not in text, f"{path.name} names {vendor}"
    undeclared = re.sub(r'choice\(\s*"[a-z]+",\s*"[^"]*"', "", text).partition("\nPRESETS = ")[0]
    for offer in book.offers:
        assert f'"{offer}"' not in undeclared, f"{path.name} names {offer} outside a default"
    tags = "p|div|span|a|table|tr|td|th|ul|li|strong|em|section"
    assert not re.search(rf"</?({tags})[ >]", text), f"{path.name} holds HTML"
    # A rule of thumb that the reader edits, such as what an hour of a person costs, is declared.
    code = re.sub(r'quantity\(\s*"[^"]*"', "", code_of(text))
    assert not re.search(r"\$[0-9]|\"[0-9][0-9._]* USD/", code), f"{path.name} has a price"


@pytest.mark.parametrize("path", sources("views"), ids=str)
def test_views_import_the_standard_library_and_calculators(path: Path) -> None:
    assert not foreign(path, {"calculators", "views"})


def test_main_holds_no_html_and_no_formula() -> None:
    text = "".join((ROOT / name).read_text("utf-8") for name in ("main.py", "tools/site/macros.py"))
    assert not re.search(r"</?[a-z]+[ >]", text)
    arithmetic = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
    ]
    assert not arithmetic


def test_main_can_be_imported() -> None:
    """mkdocs-macros swallows an ImportError in it, so nothing else would say so."""
    import main

    assert callable(main.define_env)


def test_every_input_stands_in_a_group() -> None:
    for calculator in CALCULATORS.values():
        assert {field.group for field in calculator.inputs.fields()} == set(calculator.groups)


def test_scripts_know_no_input() -> None:
    names = {field.name for c in CALCULATORS.values() for field in c.inputs.fields()}
    distinct = {name for name in names if "_" in name}
    for script in (DOCS / "assets").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not [name for name in distinct if name in text], f"{script.name} knows an input"
        # `document$` is what the theme calls the pages that are opened.
        assert "$" not in re.sub(r"\$\{|document\$", "", text), f"{script.name} formats money"
