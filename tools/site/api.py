"""Write the price book into a built site, for other tools: `python -m tools.site.api SITE`.

`api/v1/` holds the book as JSON, whole and in parts, its current prices as CSV, its dates as a
calendar and a feed, and JSON Schemas. It goes into the output of any builder, and the same data
give the same bytes. What stands in `tests/published-api.txt` is never taken away; `--publish`
adds what is new to it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from calculators.kernel.book import Book
from tools.book.api_schema import DOCUMENTS, schema
from tools.paths import DATA, TESTS
from tools.records import DataError
from tools.records import book as read_book
from tools.records import records as read_records
from tools.site import subscriptions
from views.book import feeds

HOME = "api/v1/"
PUBLISHED = TESTS / "published-api.txt"


def files(data: Path = DATA, site: str = "") -> dict[str, str]:
    """Everything under `api/v1/`, by path; `site` is the address of the site, if it is known.

    Raises:
        DataError: a data file is faulty.
    """
    book = read_book(data)
    contents = _contents(book, feeds.undated(read_records(data)), site)
    return {name: content() for name, content in sorted(contents.items())}


def _contents(book: Book, said: feeds.Undated, site: str) -> dict[str, Callable[[], str]]:
    """Each file by its path, with what writes it."""
    writers: dict[str, Callable[[], str]] = {
        "book.json": _later(feeds.whole, book, said),
        "calendar.ics": lambda: subscriptions.calendar(book),
        "calendar.xml": lambda: subscriptions.feed(book, site),
        "prices.csv": lambda: feeds.prices_csv(book),
        "index.json": lambda: _json(feeds.index(book, sorted(writers))),
    }
    for name in feeds.vendors(book):
        writers[f"vendors/{name}.json"] = _later(feeds.vendor, book, name, said)
    for one in book.offers.values():
        writers[f"offers/{one.id}.json"] = _later(feeds.one_offer, book, one, said)
    for document in DOCUMENTS:
        writers[f"schema/{document}.schema.json"] = _later(schema, document)
    return writers


def _later(make: Callable[..., dict[str, Any]], *given: Any) -> Callable[[], str]:
    """What writes the JSON of that, once it is called."""
    return lambda: _json(make(*given))


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def write(site: Path) -> None:
    """Write `api/v1/` into a built site.

    Raises:
        DataError: a data file is faulty.
    """
    address = os.environ.get("SITE_URL", "").rstrip("/")
    for name, content in files(site=f"{address}/" if address else "").items():
        path = site / HOME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # As bytes: the calendar's and the table's lines end in CRLF on every system.
        path.write_bytes(content.encode())


def published(registry: str) -> set[str]:
    """Every path in the text of the registry, from the site's root."""
    return {line for line in registry.splitlines() if not line.startswith("#")}


def paths() -> set[str]:
    """The paths of today, from the site's root.

    Raises:
        DataError: a data file is faulty.
    """
    return {HOME + name for name in _contents(read_book(), {}, "")}


def registry() -> str:
    """The registry with the paths of today added.

    Raises:
        DataError: a data file is faulty.
    """
    listed = published(PUBLISHED.read_text("utf-8")) | paths()
    head = "# Where the data were ever published, from the site's root. Only ever added to.\n"
    return head + "".join(f"{path}\n" for path in sorted(listed))


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
    except DataError as error:
        sys.exit(str(error))
