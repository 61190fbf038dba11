"""How pages, sections, answers and the project are cited."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tools.site.citations import cite
from views.answer.citation import FORMS, Work, cited, details

DAY = date(2026, 11, 22)
ANSWER = Work("What does it cost?", "https://guide.example/a/?on=2026-11-22", DAY, "a", prices=DAY)
SECTION = Work(
    "50 % & more_{x}", "https://guide.example/b/#c", DAY, "b-c", within="Which #1 costs $2?"
)


def test_an_answer_in_every_form() -> None:
    said = (
        "Crossover, “What does it cost?”, prices of 22 November 2026, version of 22 November 2026. "
    )
    address = "https://guide.example/a/?on=2026-11-22"
    assert cited(ANSWER, "cite-text") == f"{said}{address} (accessed YYYY-MM-DD)\n"
    assert cited(ANSWER, "cite-markdown") == f"{said}<{address}> (accessed YYYY-MM-DD)\n"
    assert cited(ANSWER, "cite-bibtex") == (
        "@misc{crossover-a-2026-11-22,\n"
        '  author = "{Crossover contributors}",\n'
        '  title = "{What does it cost?}",\n'
        "  howpublished = {Crossover},\n"
        "  year = {2026},\n"
        "  version = {2026-11-22},\n"
        "  note = {Version of 22 November 2026, prices of 22 November 2026},\n"
        "  url = {https://guide.example/a/?on=2026-11-22},\n"
        "  urldate = {},\n"
        "}\n"
    )


def test_tex_reads_every_letter_as_itself() -> None:
    entry = cited(SECTION, "cite-bibtex")
    title = next(line for line in entry.splitlines() if line.startswith("  title"))
    assert title == r'  title = "{50 \% \& more\_\{x\}, in: Which \#1 costs \$2?}",'
    assert re.sub(r"\\[{}]", "", entry).count("{") == re.sub(r"\\[{}]", "", entry).count("}")


def test_there_is_no_other_form() -> None:
    with pytest.raises(KeyError):
        cited(ANSWER, "cite-ris")


PAGE = """<!doctype html><html><head><meta charset="utf-8"></head><body><article>
<h1 id="how">How?</h1><live-calculator slug="x"><h2 id="options">Side by side</h2></live-calculator>
<h2 id="first">First</h2><p>Words.</p></article></body></html>
"""


def test_a_page_says_how_it_and_its_sections_are_cited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", "https://guide.example")
    page = tmp_path / "how" / "index.html"
    page.parent.mkdir()
    page.write_text(PAGE, "utf-8")
    cite(tmp_path)
    once = page.read_text("utf-8")
    added = once.partition("<p>Words.</p>")[2].partition("</article>")[0]
    assert added.count("@misc{") == 2
    assert "https://guide.example/how/ (accessed" in added
    assert "“First”, in “How?”" in added
    assert "https://guide.example/how/#first (accessed" in added
    assert "Side by side" not in added, "a part of an answer is cited with the answer"
    cite(tmp_path)
    assert page.read_text("utf-8") == once


def test_hostile_titles_are_text() -> None:
    work = Work("<script>alert(1)</script>", "https://guide.example/", DAY, "x")
    assert "<script>" not in details(work, [work])
    assert "\\<script\\>" in cited(work, "cite-markdown")
    assert set(FORMS) == {"cite-markdown", "cite-text", "cite-bibtex"}


def test_the_project_says_how_it_is_cited() -> None:
    """By the schema of the Citation File Format 1.2.0."""
    read: dict[str, Any] = yaml.load((ROOT / "CITATION.cff").read_text("utf-8"), yaml.BaseLoader)
    assert {"cff-version", "message", "title", "authors"} <= set(read), "required"
    known = {"abstract", "keywords", "license", "type", "version", "date-released", "url"}
    assert set(read) <= {"cff-version", "message", "title", "authors"} | known
    assert read["cff-version"] == "1.2.0"
    assert read["type"] in {"software", "dataset"}
    assert read["authors"] == [{"name": "Crossover contributors"}]
    assert read["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")
    assert all(read["keywords"])
    assert len(set(read["keywords"])) == len(read["keywords"])
