"""Write what machines read beside the pages of a built site: `python -m tools.site.twins SITE`.

Each page gets a twin in Markdown, `index.md` beside its `index.html`; `llms.txt` lists them, as
llmstxt.org has it; `objects.inv` names pages, sections, terms and offers for Sphinx and MkDocs.
Made from the built pages, so that nothing is told twice; the same pages give the same bytes.
"""

from __future__ import annotations

import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, zip_longest
from pathlib import Path

import yaml
from selectolax.lexbor import LexborNode

from tools.paths import ROOT
from tools.site.sources import day as site_day
from tools.site.tree import (
    Page,
    attribute,
    classes,
    flows,
    left_out,
    pages,
    parts,
    text,
    words,
)
from views.answer.document import (
    Block,
    Bullets,
    Code,
    Fence,
    Grid,
    Heading,
    Inline,
    Link,
    Math,
    Paragraph,
    Strong,
    markdown,
)
from views.answer.record import GUIDE

SPACE = re.compile(r"\s+")


def twin(page: Page) -> str:
    """The page in Markdown: title, description, and what its article says."""
    blocks = list(_blocks(page.article))
    at = next(i for i, block in enumerate(blocks) if isinstance(block, Heading))
    about = f"> {page.description}\n\n" if page.description else ""
    return f"{markdown([blocks.pop(at)])}\n{about}{markdown(blocks)}"


def _blocks(node: LexborNode) -> Iterator[Block]:
    """What is in an element: its own blocks, and its loose text as paragraphs."""
    for is_line, run in groupby(parts(node), flows):
        if is_line:
            yield from _paragraph(run)
        else:
            for part in run:
                if not left_out(part):
                    yield from _block(part)


def _paragraph(run: Iterable[LexborNode]) -> Iterator[Block]:
    line = _inline(run)
    if line:
        yield Paragraph(line)


def _block(node: LexborNode) -> Iterator[Block]:
    tag = node.tag or ""
    if re.fullmatch("h[1-6]", tag):
        yield Heading(int(tag[1]), words(node), "" if tag == "h1" else node.id or "")
    elif tag in {"ul", "ol"}:
        items = tuple(filter(None, map(_item, _items(node))))
        if items:
            yield Bullets(items, ordered=tag == "ol")
    elif tag == "dl":
        yield from _terms(node)
    elif tag == "pre":
        yield Fence(text(node).strip("\n"), _language(node))
    elif tag == "table":
        yield from _table(node)
    elif tag == "math":
        yield Paragraph((_math(node, displayed=True),))
    elif tag in {"summary", "figcaption"}:
        yield Paragraph((Strong(words(node)),))
    elif "chart__picture" in classes(node):
        yield Paragraph((attribute(node, "aria-label"),))
    elif "answer__share" in classes(node):
        pinned = attribute(node.css("[data-copy]")[0], "data-copy")
        yield Paragraph((Link("The link that gives this answer again", pinned),))
    else:
        yield from _blocks(node)


def _items(node: LexborNode) -> Iterator[LexborNode]:
    """The items of a list, and after each those of the lists in it."""
    for item in parts(node):
        if item.tag == "li":
            yield item
            for inner in parts(item):
                if inner.tag in {"ul", "ol"}:
                    yield from _items(inner)


def _item(node: LexborNode) -> Inline:
    return _inline(part for part in parts(node) if part.tag not in {"ul", "ol"})


def _terms(node: LexborNode) -> Iterator[Block]:
    items: list[Inline] = []
    for one in node.css("dt, dd"):
        if one.tag == "dt":
            items.append((Strong(words(one)),))
        elif items:
            items[-1] += (": ", *_inline(parts(one)))
    if items:
        yield Bullets(tuple(items))


def _language(node: LexborNode) -> str:
    """The language of a fence; the builder's highlighter forgets some."""
    marked = node.css_first('[class*="language-"]')
    names = (name for name in classes(marked) if name.startswith("language-")) if marked else ()
    return next(iter(names), "").removeprefix("language-").replace("text", "")


def _table(node: LexborNode) -> Iterator[Block]:
    caption = node.css_first("caption")
    if caption:
        yield Paragraph((Strong(words(caption)),))
    # In a map, a region that spans some columns is true of each.
    again = "map" in classes(node)
    rows = [list(_cells(row, again)) for row in node.css("tr") if not left_out(row)]
    if len(rows) < 2:
        return
    heads, *body = zip_longest(*zip_longest(*rows))
    lines = [tuple(_inline(parts(cell)) if cell else () for cell in row) for row in body]
    # A column of bars alone says nothing here.
    columns = [i for i, column in enumerate(zip(*lines, strict=True)) if any(column)]
    right = (all(_is_right(row[i]) for row in body) for i in columns)
    yield Grid(
        tuple(words(head) if (head := heads[i]) else "" for i in columns),
        tuple(tuple(line[i] for i in columns) for line in lines),
        frozenset(at for at, is_right in enumerate(right) if is_right),
    )


def _is_right(cell: LexborNode | None) -> bool:
    if cell is None or cell.first_child is None:
        return True
    return "number" in classes(cell) or "right" in attribute(cell, "style")


def _cells(row: LexborNode, again: bool) -> Iterator[LexborNode | None]:
    """The cells of a row, one that spans columns followed by itself or by nothing for each."""
    for cell in row.css("th, td"):
        yield cell
        yield from [cell if again else None] * (int(attribute(cell, "colspan") or 1) - 1)


def _math(node: LexborNode, displayed: bool = False) -> Math:
    return Math(attribute(node, "alttext") or words(node), displayed)


def _inline(run: Iterable[LexborNode]) -> Inline:
    """Texts and marked words with single spaces between them, none at the ends."""
    joined: list[str | Link | Code | Strong | Math] = []
    for is_text, pieces in groupby(_pieces(run), lambda piece: isinstance(piece, str)):
        if is_text:
            joined.append(SPACE.sub(" ", "".join(map(str, pieces))))
        else:
            joined += pieces
    if joined and isinstance(joined[0], str):
        joined[0] = joined[0].lstrip()
    if joined and isinstance(joined[-1], str):
        joined[-1] = joined[-1].rstrip()
    return tuple(part for part in joined if part)


def _pieces(run: Iterable[LexborNode]) -> Iterator[str | Link | Code | Strong | Math]:
    for part in run:
        if part.is_text_node:
            yield text(part)
        elif left_out(part) or part.tag == "br":
            yield " "
        elif part.tag == "a" and attribute(part, "href") and words(part):
            yield Link(words(part), attribute(part, "href"))
        elif part.tag == "code":
            yield Code(words(part))
        elif part.tag in {"strong", "b"} and words(part) and not part.css_first("a"):
            yield Strong(words(part))
        elif part.tag == "math":
            yield _math(part)
        elif part.tag == "img":
            yield attribute(part, "alt")
        elif part.tag in {"small", "details"}:
            aside = (inner for inner in parts(part) if inner.tag != "summary")
            yield from (" (", *_inline(aside), ") ")
        else:
            yield from _pieces(parts(part))
            if not flows(part):
                yield " "


# The list of pages


def llms(found: Iterable[Page], nav: object, about: str, root: str) -> str:
    """`llms.txt`: what the guide is, and its pages by the parts of the navigation."""
    by_source = {page.address.rstrip("/"): page for page in found}
    how = (
        "Each link leads to a page in Markdown; without `index.md` it is the page for people. "
        "Figures hold on the day that they name; quote them with their link."
    )
    lines = [f"# {GUIDE}", "", f"> {about}", "", how, ""]
    listed: set[str] = set()
    for title, sources in _parts(nav):
        lines += [f"## {title}", ""]
        lines += [_entry(by_source[one], root, about) for one in sources if one in by_source]
        lines.append("")
        listed |= set(sources)
    rest = [page for source, page in by_source.items() if source not in listed]
    if rest:
        lines += ["## Optional", ""]
        lines += [_entry(page, root, about) for page in rest] + [""]
    return "\n".join(lines)


def _entry(page: Page, root: str, about: str) -> str:
    said = f": {page.description}" if page.description not in ("", about) else ""
    return f"- [{page.title}]({root}{page.address}index.md){said}"


def _parts(nav: object) -> Iterator[tuple[str, list[str]]]:
    """The titles of the navigation with the pages below them; single pages come first."""
    alone: list[str] = []
    folders: list[tuple[str, list[str]]] = []
    for entry in nav if isinstance(nav, list) else []:
        for title, inner in entry.items():
            if isinstance(inner, str):
                alone.append(_address(inner))
            else:
                folders.append((title, list(_leaves(inner))))
    yield "Start", alone
    yield from folders


def _leaves(nav: object) -> Iterator[str]:
    for entry in nav if isinstance(nav, list) else [nav]:
        if isinstance(entry, str):
            yield _address(entry)
        elif isinstance(entry, dict):
            for inner in entry.values():
                yield from _leaves(inner)


def _address(source: str) -> str:
    return re.sub(r"(^|/)index\.md$|\.md$", "", source)


# The inventory


def inventory(found: Iterable[Page], version: date) -> bytes:
    """
    Sphinx's inventory, version 2: four lines of text, then a line for each name, compressed.

    Pages are `std:doc` by their address, sections and offers `std:label` (`prices/models#prices`,
    `openai/gpt-4o`), calculators `std:label` by slug, terms of the glossary `std:term`.
    """
    lines = sorted({line for page in found for line in _names(page)})
    head = (
        "# Sphinx inventory version 2\n"
        f"# Project: {GUIDE}\n"
        f"# Version: {version}\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    return head.encode() + zlib.compress("".join(f"{line}\n" for line in lines).encode(), 9)


def _names(page: Page) -> Iterator[str]:
    place = page.address.rstrip("/") or "index"
    yield _named(place, "std:doc", page.address, page.title)
    calculator = page.article.css_first("live-calculator[slug]")
    if calculator and place.startswith("calculators/"):
        yield _named(attribute(calculator, "slug"), "std:label", page.address, page.title)
    for node in page.article.css("[id]"):
        uri = f"{page.address}#{node.id}"
        name = f"{place}#{node.id}"
        if re.fullmatch("h[2-6]", node.tag or ""):
            yield _named(name, "std:label", uri, words(node))
        elif node.tag == "tr" and (node.id or "").startswith("input-"):
            label = words(node.css("th")[0]).rpartition(" ")[0]  # without its name in links
            yield _named(name, "std:label", uri, label)
        elif place.startswith("vendors/") and "--" in (node.id or ""):
            offer = (node.id or "").replace("--", "/")
            yield _named(offer, "std:label", uri, _first(node))
        elif node.tag == "div" and node.css_first("dt"):
            yield _named(_first(node), "std:term", uri, _first(node))


def _first(node: LexborNode) -> str:
    """What a row or an entry is about: its first cell, without the remarks in it."""
    cell = node.css_first("th, dt") or node
    return words(*(p for p in parts(cell) if p.tag not in {"small", "details"})).partition(": ")[0]


def _named(name: str, role: str, uri: str, shown: str) -> str:
    return f"{name} {role} 1 {uri} {'-' if shown == name else shown}"


def write(site: Path, found: Sequence[Page]) -> None:
    """Write twins, list and inventory of these pages into a built site."""
    stands = os.environ.get("SITE_URL", "").rstrip("/")
    settings = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    for page in found:
        (site / page.address / "index.md").write_text(twin(page), "utf-8")
    listed = llms(
        found, settings["nav"], settings["site_description"], f"{stands}/" if stands else ""
    )
    (site / "llms.txt").write_text(listed, "utf-8")
    version = date.fromisoformat(site_day())
    (site / "objects.inv").write_bytes(inventory(found, version))


if __name__ == "__main__":
    built = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    write(built, list(pages(built)))
