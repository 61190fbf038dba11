"""Write what a reader can search into a built site: `python -m tools.site.search SITE`.

`search/sections.json` holds the title and the text of every section. `docs/assets/search.js` asks
for it when a reader first types. The theme asks for an index of its own with the first page of
each visit, which therefore keeps its settings alone.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from selectolax.lexbor import LexborNode

from tools.site.tree import Page, flows, left_out, pages, parts, text, words

# From the root of the site.
SECTIONS = "search/sections.json"
THEMES_INDEX = "search/search_index.json"

HEADING = re.compile("h[2-6]")
# A formula has no words that one could search.
SPACES = {"br", "math"}

Section = tuple[str, str, str]


def sections(page: Page) -> Iterator[Section]:
    """Address, title and text of the page up to its first section, and of each section."""
    address, title, texts = page.address, page.title, [""]
    for piece in _pieces(page.article):
        if isinstance(piece, str):
            texts.append(piece)
        elif piece.tag != "h1":
            yield address, title, _single_spaced(texts)
            address, title, texts = f"{page.address}#{piece.id}", words(piece), []
    yield address, title, _single_spaced(texts)


def _pieces(node: LexborNode) -> Iterator[str | LexborNode]:
    """Its texts, with spaces around what is no part of a line, and its headings."""
    for part in parts(node):
        if part.is_text_node:
            yield text(part)
        elif part.tag == "h1" or (HEADING.fullmatch(part.tag or "") and part.id):
            yield part
        elif left_out(part) or part.tag in SPACES or "data-search-exclude" in part.attributes:
            yield " "
        elif flows(part):
            yield from _pieces(part)
        else:
            yield " "
            yield from _pieces(part)
            yield " "


def _single_spaced(texts: Iterable[str]) -> str:
    return re.sub(r"\s+", " ", "".join(texts)).strip()


def sections_json(found: Iterable[Page]) -> str:
    """The sections of all pages as JSON, a line each."""
    listed = (json.dumps(one, ensure_ascii=False) for page in found for one in sections(page))
    return "[" + ",\n".join(listed) + "]\n"


def without_sections(index: str) -> str:
    """The theme's index with its settings alone."""
    return json.dumps(json.loads(index) | {"docs": []}, ensure_ascii=False) + "\n"


def write(site: Path, found: Iterable[Page]) -> None:
    """Write the sections of these pages into a site built by MkDocs; Zensical searches itself."""
    index = site / THEMES_INDEX
    if index.exists():
        (site / SECTIONS).write_text(sections_json(found), "utf-8")
        index.write_text(without_sections(index.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    built = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    write(built, pages(built))
