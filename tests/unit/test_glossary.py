"""The glossary: one list for the page and for the tooltips of all pages."""

from __future__ import annotations

import re

import markdown
import pytest

from tests.conftest import ROOT
from views.glossary import entries, glossary

TEXT = (ROOT / "includes" / "glossary.md").read_text("utf-8")


def test_forms_of_a_term_are_one_entry() -> None:
    found = entries("*[chunks]: A piece.\n*[BM25]: Search & words.\n*[chunk]: A piece.\n")
    assert [(one.term, one.forms, one.id) for one in found] == [
        ("BM25", (), "bm25"),
        ("chunks", ("chunk",), "chunks"),
    ]
    assert glossary("*[recall@k]: A < B.") == (
        '<section><dl class="glossary"><div id="recall-k"><dt><a href="#recall-k">recall@k</a></dt>'
        "<dd>A &lt; B.</dd></div></dl></section>"
    )


def test_a_line_that_is_no_entry_is_named() -> None:
    with pytest.raises(ValueError, match=r"glossary, line 2: write \*\[term\]: meaning"):
        entries("*[a]: One.\nb: two\n")


def test_the_tooltips_are_the_list() -> None:
    """Each term in a sentence gets its meaning, as the site's Markdown reads it."""
    for entry in entries(TEXT):
        for form in (entry.term, *entry.forms):
            html = markdown.markdown(f"So {form} is.\n\n{TEXT}", extensions=["abbr"])
            (found,) = re.findall(r'<abbr title="([^"]+)">([^<]+)</abbr>', html)
            assert found == (entry.meaning, form)


def test_every_page_gets_the_list() -> None:
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert "auto_append: [includes/glossary.md]" in settings
