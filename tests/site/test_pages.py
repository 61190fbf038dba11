"""The built pages as files: what a reader gets before any script has run."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from calculators import CALCULATORS
from calculators.kernel.book import Book
from tests.conftest import NOT_BUILT, SITE
from tools.site.tree import attribute, parse, words
from views import text
from views.answer.html import answer


@dataclass(frozen=True, slots=True)
class Read:
    """The ids, the links, what is loaded, and the visible words of one page."""

    ids: list[str]
    links: list[str]
    loads: list[str]
    words: str


@cache
def read(path: Path) -> Read:
    tree = parse(path.read_text("utf-8"))
    return Read(
        [node.id or "" for node in tree.css("[id]")],
        [attribute(node, "href") for node in tree.css("a[href]")],
        [
            attribute(node, name)
            for name in ("src", "href", "poster", "data")
            for node in tree.css(f":is(script, link, img, iframe)[{name}]")
        ],
        words(tree.css("body")[0]),
    )


def pages() -> list[Path]:
    """Every built page; none where nothing is built."""
    return sorted(path for path in SITE.rglob("*.html") if path.name != "404.html")


def named(path: Path) -> str:
    return str(path.relative_to(SITE))


pytestmark = pytest.mark.skipif(not pages(), reason=NOT_BUILT)


@pytest.mark.parametrize("slug", CALCULATORS)
def test_the_default_answer_stands_in_the_page(slug: str, book: Book) -> None:
    """Byte for byte what the code says now, but for the drawings that only the build adds."""
    calculator, facts = CALCULATORS[slug], book.on(book.day)
    result = calculator.answer(facts, {})
    path = SITE / "calculators" / slug / "index.html"
    html = re.sub(r'<div class="chart__still.*?</svg></div>', "", path.read_text("utf-8"))
    assert answer(calculator, facts, result) in html
    shown = read(path).words
    assert text.sentence(result.headline) in shown
    for option in result.options:
        for item, cost in option.lines.items():
            assert item.label in shown
            assert text.worked(cost) in shown


def test_the_home_page_has_the_answer(book: Book) -> None:
    result = CALCULATORS["approach-cost"].answer(book.on(book.day), {})
    assert text.sentence(result.headline) in read(SITE / "index.html").words


@pytest.mark.parametrize("path", pages(), ids=named)
def test_no_macro_is_left(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    assert "{{" not in html
    assert "Macro Rendering Error" not in html


@pytest.mark.parametrize("path", pages(), ids=named)
def test_links_and_anchors_lead_somewhere(path: Path) -> None:
    dead = []
    for link in read(path).links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        target = target / "index.html" if target.is_dir() else target
        page_exists = target.is_file()
        anchor = unquote(parts.fragment)
        if not page_exists or (
            anchor and target.suffix == ".html" and anchor not in read(target).ids
        ):
            dead.append(link)
    assert not dead


@pytest.mark.parametrize("path", pages(), ids=named)
def test_every_outward_link_is_https(path: Path) -> None:
    outward = [link for link in read(path).links if urlsplit(link).scheme]
    assert [link for link in outward if not link.startswith("https://")] == []


@pytest.mark.parametrize("path", pages(), ids=named)
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    foreign = [url for url in read(path).loads if urlsplit(url).netloc not in ("", "localhost")]
    assert not foreign


@pytest.mark.parametrize("path", pages(), ids=named)
def test_ids_are_there_once(path: Path) -> None:
    twice = [identifier for identifier, count in Counter(read(path).ids).items() if count > 1]
    assert not twice
