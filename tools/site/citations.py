"""Put how it is cited at the end of every page of a built site: `python -m tools.site.citations SITE`.

Works on the output of MkDocs and of Zensical alike; twice gives the same bytes.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tools.paths import ROOT
from tools.site.build import day as site_day
from tools.site.tree import Node, Page, read
from views.answer.citation import Work, details

PLACED = re.compile(r'<details class="cite-this">.*?(?=</article>)', re.DOTALL)


def cite(site: Path) -> None:
    """Write the citations into every page; with SITE_URL they name where the page is published."""
    stands = os.environ.get("SITE_URL", "").rstrip("/")
    root = f"{stands}/" if stands else ""
    version = date.fromisoformat(site_day(ROOT / "data"))
    for path in sorted(site.rglob("index.html")):
        page = read(path, site)
        if page:
            text = path.read_text("utf-8")
            before, end, after = PLACED.sub("", text).rpartition("</article>")
            cited = before + details(*works(page, root, version)) + end + after
            if cited != text:
                path.write_text(cited, "utf-8")


def works(page: Page, root: str, version: date) -> tuple[Work, list[Work]]:
    """The page and its sections; the parts of an answer are cited with the answer."""
    place = page.address.strip("/") or "index"
    sections = [
        Work(
            heading.text,
            f"{root}{page.address}#{heading.id}",
            version,
            f"{place}-{heading.id}",
            page.title,
        )
        for heading in _own(page.article)
    ]
    return Work(page.title, root + page.address or "index.html", version, place), sections


def _own(node: Node) -> Iterator[Node]:
    for part in node.inside:
        if isinstance(part, Node) and part.tag != "live-calculator":
            if re.fullmatch("h[2-3]", part.tag) and part.id:
                yield part
            yield from _own(part)


if __name__ == "__main__":
    cite(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
