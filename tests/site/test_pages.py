"""The built pages as files: what a reader gets before any script has run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from calculators import CALCULATORS
from calculators.kernel.book import Book
from tests.conftest import NOT_BUILT, SITE
from views import text
from views.answer.html import answer


@dataclass
class Read(HTMLParser):
    """The ids, links and visible words of one page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    hidden: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if identifier := found.get("id"):
            self.ids.add(identifier)
        if tag == "a" and (href := found.get("href")):
            self.links.append(href)
        for name in ("src", "href", "poster", "data"):
            if tag in ("script", "link", "img", "iframe") and (url := found.get(name)):
                self.loads.append(url)
        self.hidden += tag in ("script", "style", "template")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style", "template")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


@cache
def read(path: Path) -> Read:
    page = Read()
    page.feed(path.read_text(encoding="utf-8"))
    return page


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
    shown = re.sub(r"\s+", " ", "".join(read(path).words))
    assert text.sentence(result.headline) in shown
    for option in result.options:
        for item, cost in option.lines.items():
            assert item.label in shown
            assert text.worked(cost) in shown


def test_the_home_page_has_the_answer(book: Book) -> None:
    result = CALCULATORS["approach-cost"].answer(book.on(book.day), {})
    shown = re.sub(r"\s+", " ", "".join(read(SITE / "index.html").words))
    assert text.sentence(result.headline) in shown


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
    found = re.findall(r'\sid="([^"]+)"', path.read_text(encoding="utf-8"))
    twice = {identifier for identifier in found if found.count(identifier) > 1}
    assert not twice
