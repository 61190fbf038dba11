"""Write pictures of answers and pages into a built site: `python -m tools.site.cards SITE`.

`cards/` holds an SVG for each calculator and each of its presets, for places that take no frame,
and a PNG for each page, which previews of links show. What has been drawn is kept in `build/`, by
a hash of what was drawn.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import vl_convert
from PIL import Image

from calculators import CALCULATORS
from calculators.kernel.book import Book
from tools.paths import ROOT
from tools.records import book as read_book
from tools.site.tree import Page, pages
from views.answer import card
from views import text
from views.answer.record import address

KEPT = ROOT / "build" / "cards"
PLACE = "cards/"
CALCULATORS_PLACE = "calculators/"
# They have the card of the first page: there are many, and they are found from others.
WITHOUT = ("vendors/", "adr/")


def answers(book: Book, root: str = "") -> Iterator[tuple[str, str]]:
    """The card of every calculator and every preset: its path without an ending, and the SVG."""
    facts = book.on(book.day)
    for slug, calculator in CALCULATORS.items():
        page = f"{CALCULATORS_PLACE}{slug}"
        cases = {f"{page}/{card.slug(one.label)}": one.given for one in calculator.presets}
        for path, given in {page: {}, **cases}.items():
            result = calculator.answer_to(facts, calculator.inputs.read(given, facts))
            link = address(result, f"{root}{page}/")
            yield path, card.answered(calculator, result, link)


def titles(site: Path, book_day: date, root: str = "") -> Iterator[tuple[str, str]]:
    """The card of every other page: its path without an ending, and the SVG."""
    for page in pages(site):
        if has_title_card(page):
            yield page.address.strip("/") or "index", title_card(page, book_day, root)


def has_title_card(page: Page) -> bool:
    """Whether a page has a card with its title: no calculator, and not in WITHOUT."""
    return not page.address.startswith((*WITHOUT, CALCULATORS_PLACE))


def title_card(page: Page, book_day: date, root: str = "") -> str:
    """The card of a page as SVG, with its title and description."""
    day = f"Version of {text.day(book_day)}"
    return card.titled(page.title, page.description, day, root + page.address)


def png(svg: str) -> bytes:
    """The picture in pixels, from `build/` if it was drawn before."""
    made_by = (version(package) for package in ("vl-convert-python", "pillow"))
    name = hashlib.sha256(" ".join((*made_by, svg)).encode()).hexdigest()[:24]
    kept = KEPT / f"{name}.png"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(packed(vl_convert.svg_to_png(svg, scale=1)))
        fresh.replace(kept)
    return kept.read_bytes()


def packed(picture: bytes) -> bytes:
    """
    A PNG with a palette of its own colours, if it has no more than a palette holds.

    Flat colours stay as they are; where two shades on the edges of letters are close, one stands
    for both.
    """
    drawn = Image.open(io.BytesIO(picture)).convert("RGB")
    colours = drawn.getcolors(256)
    if colours:
        palette = Image.new("P", (1, 1))
        values = [colour for _, colour in colours if isinstance(colour, tuple)]
        palette.putpalette(list(chain(*values)))
        drawn = drawn.quantize(palette=palette, dither=Image.Dither.NONE)
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return written.getvalue()


def write(site: Path) -> None:
    """Write the cards into a built site."""
    book = read_book()
    stands = os.environ.get("SITE_URL", "").rstrip("/")
    root = f"{stands}/" if stands else ""
    drawn = dict(answers(book, root))
    for name, svg in drawn.items():
        path = site / PLACE / f"{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg, "utf-8")
    previews = {name: svg for name, svg in drawn.items() if name.count("/") == 1}
    for name, svg in (previews | dict(titles(site, book.day, root))).items():
        path = site / PLACE / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(svg))


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
