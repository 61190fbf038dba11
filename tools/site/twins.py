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
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import yaml

from tools.paths import ROOT
from tools.site.build import day as site_day
from tools.site.tree import Node, Page, pages
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

# What a reader of Markdown can do nothing with.
LEFT_OUT = re.compile(
    "button|form|input|label|nav|progress|script|select|style|svg|template|textarea"
)
LEFT_OUT_CLASSES = {
    *("answer__status", "calculator__skip", "calculator__unscripted", "chart__failed"),
    *("chart__take", "cite-this", "headerlink", "inputs", "presets"),
}
FLOWING = re.compile(
    "a|abbr|b|br|cite|code|em|i|img|kbd|mark|math|q|s|small|span|strong|sub|sup|time|u"
)
SPACE = re.compile(r"\s+")


def twin(page: Page) -> str:
    """The page in Markdown: title, description, and what its article says."""
    found = list(_blocks(page.article))
    at = next(i for i, block in enumerate(found) if isinstance(block, Heading))
    head = found[at]
    said = f"> {page.description}\n\n" if page.description else ""
    return f"{markdown([head])}\n{said}{markdown([*found[:at], *found[at + 1 :]])}"


def _left_out(node: Node) -> bool:
    named = LEFT_OUT.fullmatch(node.tag) or node.classes & LEFT_OUT_CLASSES
    return bool(named) or "hidden" in node.given


def _flows(part: Node | str) -> bool:
    if isinstance(part, str):
        return True
    return bool(FLOWING.fullmatch(part.tag)) and part.given.get("display") != "block"


def _blocks(node: Node) -> Iterator[Block]:
    """What is in an element: its own blocks, and its loose text as paragraphs."""
    run: list[Node | str] = []
    for part in node.inside:
        if _flows(part):
            run.append(part)
            continue
        yield from _paragraph(run)
        run = []
        if isinstance(part, Node) and not _left_out(part):
            yield from _block(part)
    yield from _paragraph(run)


def _paragraph(run: Iterable[Node | str]) -> Iterator[Block]:
    said = _inline(run)
    if said:
        yield Paragraph(said)


def _block(node: Node) -> Iterator[Block]:
    tag = node.tag
    if re.fullmatch("h[1-6]", tag):
        yield Heading(int(tag[1]), node.text, "" if tag == "h1" else node.id)
    elif tag in {"ul", "ol"}:
        items = tuple(filter(None, map(_item, _items(node))))
        if items:
            yield Bullets(items, ordered=tag == "ol")
    elif tag == "dl":
        yield from _terms(node)
    elif tag == "pre":
        yield Fence("".join(node._texts()).strip("\n"), _language(node))
    elif tag == "table":
        yield from _table(node)
    elif tag == "math":
        yield Paragraph((Math(node.given.get("alttext", node.text), displayed=True),))
    elif tag == "summary" or tag == "figcaption":
        yield Paragraph((Strong(node.text),))
    elif "chart__picture" in node.classes:
        yield Paragraph((node.given.get("aria-label", ""),))
    elif "answer__share" in node.classes:
        pinned = next((n.given["data-copy"] for n in node.all() if "data-copy" in n.given), "")
        yield Paragraph((Link("The link that gives this answer again", pinned),))
    else:
        yield from _blocks(node)


def _items(node: Node) -> Iterator[Node]:
    """The items of a list, and after each those of the lists in it."""
    for part in node.inside:
        if isinstance(part, Node) and part.tag == "li":
            yield part
            for inner in part.inside:
                if isinstance(inner, Node) and inner.tag in {"ul", "ol"}:
                    yield from _items(inner)


def _item(node: Node) -> Inline:
    return _inline(p for p in node.inside if isinstance(p, str) or p.tag not in {"ul", "ol"})


def _terms(node: Node) -> Iterator[Block]:
    names = [one for one in node.all() if one.tag in {"dt", "dd"}]
    items: list[Inline] = []
    for one in names:
        if one.tag == "dt":
            items.append((Strong(one.text),))
        elif items:
            items[-1] += (": ", *_inline(one.inside))
    if items:
        yield Bullets(tuple(items))


def _language(node: Node) -> str:
    """The language of a fence; the builder's highlighter forgets some."""
    named = (name for n in node.all() for name in n.classes if name.startswith("language-"))
    return next(named, "language-").removeprefix("language-").replace("text", "")


def _table(node: Node) -> Iterator[Block]:
    caption = next(node.find("caption"), None)
    if caption:
        yield Paragraph((Strong(caption.text),))
    # In a map, a region that spans some columns is true of each.
    again = "map" in node.classes
    rows = [list(_cells(row, again)) for row in node.find("tr") if not _left_out(row)]
    if not rows:
        return
    heads, *body = rows
    width = max(map(len, rows))
    filled = [row + [Node("td")] * (width - len(row)) for row in (heads, *body)]
    # A column of bars alone says nothing here.
    told = [i for i in range(width) if any(_inline(row[i].inside) for row in filled[1:])]
    numeric = (all(_is_right(row[i]) for row in filled[1:]) for i in told)
    right = frozenset(at for at, is_numeric in enumerate(numeric) if is_numeric)
    yield Grid(
        tuple(filled[0][i].text for i in told),
        tuple(tuple(_inline(row[i].inside) for i in told) for row in filled[1:]),
        right,
    )


def _is_right(cell: Node) -> bool:
    aligned = "number" in cell.classes or "right" in cell.given.get("style", "")
    return aligned or not cell.inside


def _cells(row: Node, again: bool) -> Iterator[Node]:
    for part in row.inside:
        if isinstance(part, Node) and part.tag in {"th", "td"}:
            yield part
            rest = part if again else Node("td")
            yield from [rest] * (int(part.given.get("colspan") or 1) - 1)


def _inline(run: Iterable[Node | str]) -> Inline:
    """Texts and marked words with single spaces between them, none at the ends."""
    joined: list[str | Link | Code | Strong | Math] = []
    for part in _pieces(run):
        if isinstance(part, str):
            if joined and isinstance(joined[-1], str):
                part = joined.pop() + part  # type: ignore[operator]
            part = SPACE.sub(" ", part)
            if not joined:
                part = part.lstrip()
            if not part:
                continue
        joined.append(part)
    if joined and isinstance(joined[-1], str):
        joined[-1] = joined[-1].rstrip()
    return tuple(part for part in joined if part)


def _pieces(run: Iterable[Node | str]) -> Iterator[str | Link | Code | Strong | Math]:
    for part in run:
        if isinstance(part, str):
            yield part
        elif _left_out(part) or part.tag == "br":
            yield " "
        elif part.tag == "a" and part.given.get("href") and part.text:
            yield Link(part.text, part.given["href"])
        elif part.tag == "code":
            yield Code(part.text)
        elif part.tag in {"strong", "b"} and part.text and not any(part.find("a")):
            yield Strong(part.text)
        elif part.tag == "math":
            yield Math(part.given.get("alttext", part.text))
        elif part.tag == "img":
            yield part.given.get("alt", "")
        elif part.tag in {"small", "details"}:
            aside = (p for p in part.inside if isinstance(p, str) or p.tag != "summary")
            yield from (" (", *_inline(aside), ") ")
        else:
            yield from _pieces(part.inside)
            if not _flows(part):
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
    slugs = [n.given["slug"] for n in page.article.find("live-calculator")]
    if place.startswith("calculators/") and slugs:
        yield _named(slugs[0], "std:label", page.address, page.title)
    for node in page.article.all():
        if not node.id:
            continue
        uri = f"{page.address}#{node.id}"
        if re.fullmatch("h[2-6]", node.tag):
            yield _named(f"{place}#{node.id}", "std:label", uri, node.text)
        elif node.tag == "tr" and node.id.startswith("input-"):
            label = next(node.find("th")).text.rpartition(" ")[0]  # without its name in links
            yield _named(f"{place}#{node.id}", "std:label", uri, label)
        elif place.startswith("vendors/") and "--" in node.id:
            yield _named(node.id.replace("--", "/"), "std:label", uri, _first(node))
        elif any(node.find("dt")) and node.tag == "div":
            yield _named(_first(node), "std:term", uri, _first(node))


def _first(node: Node) -> str:
    """What a row or an entry is about: its first cell, without the remarks in it."""
    cell = next((n for n in node.all() if n.tag in {"th", "dt"}), node)
    bare = [p for p in cell.inside if isinstance(p, str) or p.tag not in {"small", "details"}]
    return Node("", inside=bare).text.partition(": ")[0]


def _named(name: str, role: str, uri: str, shown: str) -> str:
    return f"{name} {role} 1 {uri} {'-' if shown == name else shown}"


def write(site: Path) -> None:
    """Write twins, list and inventory into a built site."""
    found = list(pages(site))
    stands = os.environ.get("SITE_URL", "").rstrip("/")
    settings = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    for page in found:
        (site / page.address / "index.md").write_text(twin(page), "utf-8")
    listed = llms(
        found, settings["nav"], settings["site_description"], f"{stands}/" if stands else ""
    )
    (site / "llms.txt").write_text(listed, "utf-8")
    version = date.fromisoformat(site_day(ROOT / "data"))
    (site / "objects.inv").write_bytes(inventory(found, version))


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
