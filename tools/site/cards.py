"""Pictures of answers and pages for a built site.

`cards/` holds an SVG for each calculator and each of its presets, for places that take no frame,
and a PNG for each page, which previews of links show. What has been drawn is kept in `build/`, by
a hash of what was drawn.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import vl_convert
from PIL import Image

from calculators import CALCULATORS
from calculators.kernel.book import Book
from tools.paths import ROOT
from tools.site.tree import Page
from views import text
from views.answer import card
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


Titled = tuple[str, str, str]  # a page's address, title and description


def titles(pages: Iterable[Titled], day: date, root: str = "") -> Iterator[tuple[str, str]]:
    """The card of every other page: its path without an ending, and the SVG."""
    for at, title, description in pages:
        if not at.startswith((*WITHOUT, CALCULATORS_PLACE)):
            version = f"Version of {text.day(day)}"
            name = at.strip("/") or "index"
            yield name, card.titled(title, description, version, root + at)


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


def place() -> str:
    """The address of the site, ending in a slash, or empty where it is not known."""
    stands = os.environ.get("SITE_URL", "").rstrip("/")
    return f"{stands}/" if stands else ""


def previews(drawn: Mapping[str, str]) -> dict[str, str]:
    """Of the cards of answers those that previews of links show: one a calculator."""
    return {name: svg for name, svg in drawn.items() if name.count("/") == 1}


def write_answers(site: Path, book: Book) -> None:
    """Write the cards of answers into a built site."""
    drawn = dict(answers(book, place()))
    for name, svg in drawn.items():
        path = site / PLACE / f"{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg, "utf-8")
    _write(site, previews(drawn))


def write_titles(site: Path, pages: Iterable[Page], day: date) -> None:
    """Write the cards of these pages into a built site whose day it is."""
    titled = ((page.address, page.title, page.description) for page in pages)
    _write(site, dict(titles(titled, day, place())))


def _write(site: Path, drawn: Mapping[str, str]) -> None:
    for name, svg in drawn.items():
        path = site / PLACE / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(svg))
