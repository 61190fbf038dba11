"""The glossary: one list for the page and for the tooltips of all pages."""

from __future__ import annotations

import re

import markdown
import pytest
import yaml

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


def test_a_meaning_fits_a_tooltip_and_ids_differ() -> None:
    found = entries(TEXT)
    for entry in found:
        assert len(entry.meaning) <= 160, f"{entry.term}: say it in 160 letters"
        assert re.fullmatch(r"[A-Z0-9].*\.", entry.meaning), f"{entry.term}: write a sentence"
    ids = [entry.id for entry in found]
    assert len(ids) == len(set(ids))


def test_published_terms_stay() -> None:
    """Links to a term are only ever added to."""
    published = yaml.safe_load((ROOT / "tests" / "published.yml").read_text("utf-8"))
    assert set(published["glossary"]) <= {entry.id for entry in entries(TEXT)}


def test_every_page_gets_the_list() -> None:
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert "auto_append: [includes/glossary.md]" in settings
