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
    said = feeds.undated(read_records(data))
    found = {
        "book.json": _json(feeds.whole(book, said)),
        "calendar.ics": subscriptions.calendar(book),
        "calendar.xml": subscriptions.feed(book, site),
        "prices.csv": feeds.prices_csv(book),
    }
    found |= _parts(book, said)
    found |= {f"schema/{name}.schema.json": _json(schema(name)) for name in DOCUMENTS}
    found["index.json"] = _json(feeds.index(book, sorted([*found, "index.json"])))
    return dict(sorted(found.items()))


def _parts(book: Book, said: feeds.Undated) -> dict[str, str]:
    """The files of one vendor and of one offer each."""
    vendors = {
        f"vendors/{name}.json": _json(feeds.vendor(book, name, said))
        for name in feeds.vendors(book)
    }
    offers = {
        f"offers/{one.id}.json": _json(feeds.one_offer(book, one, said))
        for one in book.offers.values()
    }
    return vendors | offers


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


def published() -> set[str]:
    """Every path that was ever published, from the site's root."""
    lines = PUBLISHED.read_text("utf-8").splitlines() if PUBLISHED.exists() else []
    return {line for line in lines if not line.startswith("#")}


def publish() -> None:
    """Add the paths that are new to those that stay.

    Raises:
        DataError: a data file is faulty.
    """
    head = "# Where the data were ever published, from the site's root. Only ever added to.\n"
    paths = sorted(published() | {HOME + name for name in files()})
    PUBLISHED.write_text(head + "".join(f"{path}\n" for path in paths), "utf-8")


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["--publish"]:
            publish()
        else:
            write(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
    except DataError as error:
        sys.exit(str(error))
