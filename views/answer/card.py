"""
A picture of an answer or a page by itself, for places that take no frame: an SVG without scripts,
styles or fonts of its own, of the size that previews of links have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from calculators.kernel.calculator import Calculator, Result
from calculators.kernel.results import Option
from views import text
from views.answer.citation import GUIDE
from views.palette import PAPER, PRINTED, tones

WIDTH, HEIGHT = 1200, 630
MARGIN = 64
# What the tool that makes pixels of it has at hand, then what others have with the same widths.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
MOST_BARS = 6
BAR = 32
LETTERS = 115  # of an address in one line
ELLIPSIS = " …"
_TITLE, _HEADLINE = 100, 168
# Widths of letters by kind, in ems of that font, rounded up; what is none of these is a digit.
_NARROW, _WIDE = re.compile(r"[iljtfrI.,:;'|!()\[\] /-]"), re.compile("[mwMWGOQ@%A-Z—]")
_SLIM, _PLAIN, _BROAD = 0.34, 0.57, 0.8


def slug(label: str) -> str:
    """What the address of a preset's card ends in: `contract-extraction`."""
    return re.sub("[^a-z0-9]+", "-", label.lower()).strip("-")


def answered(calculator: Calculator, result: Result, address: str) -> str:
    """The card of an answer: question, headline, options as bars, the day and the address."""
    sold = [option for option in result.options if not option.refused]
    # The best is among them, however many there are.
    listed = sorted(sold, key=lambda option: option.slug != result.best)[:MOST_BARS]
    shown = [option for option in sold if option in listed]
    said = text.sentence(result.headline)
    body, below = _paragraph(said, (32, 26, 22), 3, _HEADLINE)
    bars = (_bar(option, result, shown, below + BAR * at) for at, option in enumerate(shown))
    day = f"List prices of {text.day(result.day)}"
    title, _ = _paragraph(calculator.question, (46, 38, 32), 1, _TITLE, "bold")
    told = (calculator.question, said, day, address)
    return _card(told, title + body + "".join(bars), day, address)


def titled(title: str, description: str, day: str, address: str) -> str:
    """The card of a page."""
    head, below = _paragraph(title, (46, 38), 2, _TITLE, "bold")
    body, _ = _paragraph(description, (32, 26), 4, below + 10)
    told = (title, description, day, address)
    return _card(told, head + body, day, address)


def _card(told: tuple[str, ...], body: str, day: str, address: str) -> str:
    where = list(_cut(address, LETTERS))
    foot = (
        _text(MARGIN, HEIGHT - 44 - 22 * (len(where) - 1 - at), 17, line, PRINTED["soft"])
        for at, line in enumerate(where)
    )
    said = ". ".join(one.rstrip(".") for one in told if one)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" role="img">'
        f"<title>{escape(said)}</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f'<rect x="{MARGIN}" y="88" width="{WIDTH - 2 * MARGIN}" height="2" '
        f'fill="{PRINTED["ink"]}"/>'
        f"{_text(MARGIN, 70, 24, GUIDE, weight='bold')}"
        f"{_text(WIDTH - MARGIN, 70, 20, day, PRINTED['soft'], anchor='end')}"
        f"{body}{''.join(foot)}</svg>\n"
    )


def _paragraph(
    said: str, sizes: tuple[int, ...], most: int, y: float, weight: str = "normal"
) -> tuple[str, float]:
    """
    The words from `y` down, and where they end: in the first of the sizes in which they take no
    more than `most` lines of the first; in the last, cut off if they must be.
    """
    room = most * sizes[0]
    for size in sizes:
        fitting = max(1, room // size)
        lines = list(_lines(said, size, fitting))
        if not lines or not lines[-1].endswith(ELLIPSIS):
            break
    step = size * 1.3
    drawn = (
        _text(MARGIN, y + size + step * at, size, line, weight=weight)
        for at, line in enumerate(lines)
    )
    return "".join(drawn), y + size + step * (len(lines) - 1) + 26


def _bar(option: Option, result: Result, shown: list[Option], y: float) -> str:
    most = max(float(one.total) for one in shown)
    total = float(option.total)
    width = 560 * total / most if most > 0 else 0.0
    tone = PRINTED[tones(result.options)[option.slug]]
    label = next(_lines(option.label, 22, 1))
    best = option.slug == result.best
    figure = text.amount(total, result.unit) + (f", {result.superlative}" if best else "")
    return (
        _text(MARGIN, y + 23, 22, label, weight="bold" if best else "normal")
        + f'<rect x="344" y="{y + 5:.0f}" width="{max(width, 1):.1f}" height="22" fill="{tone}"/>'
        + _text(356 + width, y + 23, 22, figure, weight="bold" if best else "normal")
    )


def _text(
    x: float,
    y: float,
    size: int,
    said: str,
    fill: str = PRINTED["ink"],
    weight: str = "normal",
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}" text-anchor="{anchor}">{escape(said)}</text>'
    )


def _lines(said: str, size: int, most: int) -> Iterator[str]:
    """The words in at most so many lines; an ellipsis where there are more."""
    line, done = "", 0
    words = said.split()
    for at, word in enumerate(words):
        longer = f"{line} {word}".strip()
        if line and _width(longer, size) > WIDTH - 2 * MARGIN:
            done += 1
            if done == most:
                yield line + ELLIPSIS
                return
            yield line
            longer = word
        line = longer
        if at == len(words) - 1:
            yield line


def _cut(said: str, letters: int) -> Iterator[str]:
    return (said[at : at + letters] for at in range(0, len(said), letters))


def _width(said: str, size: int) -> float:
    ems = (
        _SLIM if _NARROW.match(letter) else _BROAD if _WIDE.match(letter) else _PLAIN
        for letter in said
    )
    return size * sum(ems)
