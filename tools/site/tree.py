"""A built page as a tree, for what is made from pages: twins in Markdown, inventory, citations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
# What ends by itself when the next of these begins; the minifier of a builder may leave it open.
CLOSED_BY = {
    "p": {"p", "ul", "ol", "dl", "div", "section", "table", "pre", "h1", "h2", "h3", "h4"},
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "tr": {"tr", "tbody"},
    "th": {"th", "td", "tr", "tbody"},
    "td": {"th", "td", "tr", "tbody"},
    "option": {"option"},
}


@dataclass(slots=True)
class Node:
    """An element, its attributes, and what is in it: elements and texts."""

    tag: str
    given: dict[str, str] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)

    def all(self) -> Iterator[Node]:
        """Itself and every element in it, in the order of the page."""
        yield self
        for part in self.inside:
            if isinstance(part, Node):
                yield from part.all()

    def find(self, tag: str, kind: str = "") -> Iterator[Node]:
        """The elements in it of that tag, and of that class if one is named."""
        return (n for n in self.all() if n.tag == tag and (not kind or kind in n.classes))

    @property
    def classes(self) -> set[str]:
        return set(self.given.get("class", "").split())

    @property
    def id(self) -> str:
        return self.given.get("id", "")

    @property
    def text(self) -> str:
        """All its text with single spaces, without the signs that link to a heading."""
        return re.sub(r"\s+", " ", "".join(self._texts())).strip()

    def _texts(self) -> Iterator[str]:
        for part in self.inside:
            if isinstance(part, str):
                yield part
            elif part.tag == "br":
                yield " "
            elif "headerlink" not in part.classes and part.tag not in {"script", "style"}:
                yield from part._texts()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while tag in CLOSED_BY.get(self.open[-1].tag, ()):
            self.open.pop()
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self.open):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def parse(html: str) -> Node:
    """The page as a tree; its root has no tag."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the built site: where it is, what it says of itself, and its article."""

    address: str  # from the site's root: `calculators/approach-cost/`, or nothing for the first
    title: str
    description: str
    article: Node

    def headings(self) -> Iterator[Node]:
        """Its headings below the title that have an id."""
        for node in self.article.all():
            if re.fullmatch("h[2-6]", node.tag) and node.id:
                yield node


def pages(site: Path) -> Iterator[Page]:
    """The pages of a built site, by address; not what stands in for a moved or a missing one."""
    for path in sorted(site.rglob("index.html")):
        page = read(path, site)
        if page:
            yield page


def read(path: Path, site: Path) -> Page | None:
    """One page; None where there is no article with a title."""
    root = parse(path.read_text("utf-8"))
    article = next(root.find("article"), None)
    title = next(article.find("h1"), None) if article else None
    if article is None or title is None:
        return None
    said = (n.given.get("content", "") for n in root.find("meta") if _is_description(n))
    place = path.parent.relative_to(site).as_posix()
    return Page("" if place == "." else f"{place}/", title.text, next(said, ""), article)


def _is_description(node: Node) -> bool:
    return node.given.get("name") == "description"
