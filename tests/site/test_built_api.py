"""The built site holds the prices as files."""

from __future__ import annotations

import re
from pathlib import Path

from calculators.kernel.book import Book
from tools.site import api
from views.book import feeds


def test_the_built_site_holds_them(built_site: Path) -> None:
    files, home = api.files(), built_site / api.HOME
    there = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert there == set(files), "the site is not built from these sources; make build"
    differing = [name for name in files if (home / name).read_bytes() != files[name].encode()]
    assert not differing, "the site is not built from these sources; make build"


def test_the_feed_links_to_days_of_the_calendar_page(built_site: Path, book: Book) -> None:
    page = (built_site / "reference" / "calendar" / "index.html").read_text("utf-8")
    there = set(re.findall(r'id="?(d-\d{4}-\d{2}-\d{2})', page))
    missing = sorted({one.anchor for one in feeds.happenings(book)} - there)
    assert not missing, f"the calendar page has no day {missing}"
