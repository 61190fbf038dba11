"""Put how it is cited at the end of every page of a site: `python -m tools.site.citations SITE`.

Works on the output of MkDocs and of Zensical alike; twice gives the same bytes.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from pathlib import Path

from tools.site.sources import day as site_day
from tools.site.tree import Page, address, words
from views.answer.citation import Work, details

PLACED = re.compile(r'<details class="cite-this">.*?(?=</article>)', re.DOTALL)
# The parts of an answer are cited with the answer.
SECTIONS = ":is(h2, h3)[id]:not(live-calculator *)"


def cite(site: Path) -> None:
    """Write the citations into every page; with SITE_URL they name where the page is published."""
    stands = os.environ.get("SITE_URL", "").rstrip("/")
    root = f"{stands}/" if stands else ""
    today = version()
    for path in sorted(site.rglob("index.html")):
        page = Page.of(address(path, site), path.read_text("utf-8"))
        if page:
            html = cited(page, root, today)
            if html != page.html:
                path.write_text(html, "utf-8")


def version() -> date:
    """The day that a citation names: the site's own."""
    return date.fromisoformat(site_day())


def cited(page: Page, root: str, version: date) -> str:
    """The page's HTML with how it is cited at the end of its article.

    `root` is the site's address, ending in a slash, or empty where it is not known.
    """
    before, end, after = PLACED.sub("", page.html).rpartition("</article>")
    return before + details(*works(page, root, version)) + end + after


def works(page: Page, root: str, version: date) -> tuple[Work, list[Work]]:
    """The page and its sections."""
    place = page.address.strip("/") or "index"
    sections = [
        Work(
            words(heading),
            f"{root}{page.address}#{heading.id}",
            version,
            f"{place}-{heading.id}",
            page.title,
        )
        for heading in page.article.css(SECTIONS)
    ]
    return Work(page.title, root + page.address or "index.html", version, place), sections


if __name__ == "__main__":
    cite(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
