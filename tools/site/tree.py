"""
A built page as a tree, for what is made from pages: twins in Markdown, citations, cards, policy.

The reader is selectolax, which reads HTML as browsers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

# What is in the text of a page, and no words of it.
NO_WORDS = {"script", "style"}
# What says nothing without a browser: controls, drawings, links to other pages.
CONTROLS = re.compile(
    "button|form|input|label|nav|progress|script|select|style|svg|template|textarea"
)
CONTROL_CLASSES = {
    *("answer__status", "calculator__skip", "calculator__unscripted", "chart__failed"),
    *("chart__take", "cite-this", "headerlink", "inputs", "presets"),
}
FLOWING = re.compile(
    "a|abbr|b|br|cite|code|em|i|img|kbd|mark|math|q|s|small|span|strong|sub|sup|time|u"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the built site: where it is, what it says about itself, and its article."""

    address: str  # from the site's root: `calculators/approach-cost/`; empty for the first page
    title: str
    description: str
    article: LexborNode
    html: str = ""  # the whole page as it was read

    @classmethod
    def of(cls, address: str, html: str, tree: LexborHTMLParser | None = None) -> Page | None:
        """The page with this HTML; None if it has no article with a title.

        `tree` is `parse(html)`, from a caller that has it already.
        """
        tree = tree or parse(html)
        title = tree.css_first("article h1")
        article = tree.css_first("article")
        if title is None or article is None:
            return None
        description = tree.css_first('meta[name="description"]')
        about = attribute(description, "content") if description else ""
        return cls(address, words(title), about, article, html)

    def headings(self) -> list[LexborNode]:
        """Its headings below the title that have an id."""
        return self.article.css(":is(h2, h3, h4, h5, h6)[id]")


def parse(html: str) -> LexborHTMLParser:
    """The page as a tree."""
    return LexborHTMLParser(html)


def pages(site: Path) -> Iterator[Page]:
    """The pages of a built site, by address; without those of moved and missing addresses."""
    for path in sorted(site.rglob("index.html")):
        page = Page.of(address(path, site), path.read_text("utf-8"))
        if page:
            yield page


def address(path: Path, site: Path) -> str:
    """Where the page of an `index.html` is, from the root of the site."""
    place = path.parent.relative_to(site).as_posix()
    return "" if place == "." else f"{place}/"


def attribute(node: LexborNode, name: str) -> str:
    """An attribute's value, empty if it has none."""
    return node.attributes.get(name) or ""


def classes(node: LexborNode) -> set[str]:
    """The names of an element's classes."""
    return set(attribute(node, "class").split())


def parts(node: LexborNode) -> Iterator[LexborNode]:
    """The elements and texts directly in an element."""
    return (part for part in node.iter(include_text=True) if not part.is_comment_node)


def left_out(node: LexborNode) -> bool:
    """Whether an element says nothing without a browser, or is hidden."""
    named = CONTROLS.fullmatch(node.tag or "") or classes(node) & CONTROL_CLASSES
    return bool(named) or "hidden" in node.attributes


def flows(node: LexborNode) -> bool:
    """Whether it stands in a line of text: a text, or an element that is no block."""
    if node.is_text_node:
        return True
    return bool(FLOWING.fullmatch(node.tag or "")) and attribute(node, "display") != "block"


def text(node: LexborNode) -> str:
    """All its text as written, without the signs that link to a heading."""
    if node.is_text_node:
        return node.text_content or ""
    if node.tag == "br":
        return " "
    if node.tag in NO_WORDS or "headerlink" in classes(node):
        return ""
    return "".join(map(text, parts(node)))


def words(*nodes: LexborNode) -> str:
    """The text of all of them with single spaces, none at the ends."""
    return re.sub(r"\s+", " ", "".join(map(text, nodes))).strip()
