"""Pictures of answers and pages: complete in themselves, readable, and the same each time."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import vl_convert
from PIL import Image, ImageChops

from calculators import CALCULATORS
from calculators.kernel.book import Book
from tools.site import cards
from views import text
from views.answer import card
from views.answer.record import address

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn(book: Book) -> dict[str, str]:
    return dict(cards.answers(book, "https://guide.example/"))


def test_every_preset_has_a_card(drawn: dict[str, str]) -> None:
    for slug, calculator in CALCULATORS.items():
        assert f"calculators/{slug}" in drawn
        for preset in calculator.presets:
            assert f"calculators/{slug}/{card.slug(preset.label)}" in drawn
    presets = sum(len(calculator.presets) for calculator in CALCULATORS.values())
    assert len(drawn) == len(CALCULATORS) + presets


def test_a_card_says_what_the_answer_says(drawn: dict[str, str], book: Book) -> None:
    for slug, calculator in CALCULATORS.items():
        facts = book.on(book.day)
        for preset in calculator.presets[-1:]:
            result = calculator.answer_to(facts, calculator.inputs.read(preset.given, facts))
            svg = drawn[f"calculators/{slug}/{card.slug(preset.label)}"]
            tree = ET.fromstring(svg)
            title = tree.findtext(f"{SVG}title") or ""
            assert text.sentence(result.headline).rstrip(".") in title
            shown = [one.text or "" for one in tree.iter(f"{SVG}text")]
            link = address(result, f"https://guide.example/calculators/{slug}/")
            assert link in "".join(shown), "the address is cut"
            assert f"List prices of {text.day(book.day)}" in shown
            assert calculator.question in shown
            if result.best and float(result.option(result.best).total):
                assert any(one.endswith(f", {result.superlative}") for one in shown)


def test_nothing_lies_on_anything_else(drawn: dict[str, str]) -> None:
    for name, svg in drawn.items():
        tree = ET.fromstring(svg)
        foot = [
            float(one.get("y", 0))
            for one in tree.iter(f"{SVG}text")
            if one.get("font-size") == "17"
        ]
        bars = [
            float(one.get("y", 0)) + float(one.get("height", 0)) for one in tree.iter(f"{SVG}rect")
        ][1:]
        assert max(bars) < min(foot) - 13, name
        assert max(foot) < card.HEIGHT, name


def test_a_card_needs_nothing_and_runs_nothing(drawn: dict[str, str]) -> None:
    for name, svg in drawn.items():
        assert len(svg.encode()) < 6_000, name
        assert not re.search(r"<(script|style|image|use|foreignObject)|href|url\(| on\w+=", svg), (
            name
        )


def test_markup_in_a_title_is_text() -> None:
    svg = card.titled("<script>&", 'a "b"', "Version of a day", "https://guide.example/?a=1&b=2")
    shown = [one.text for one in ET.fromstring(svg).iter(f"{SVG}text")]
    assert shown[2:] == ["<script>&", 'a "b"', "https://guide.example/?a=1&b=2"]


def pixels(picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture)) as found:
        return found.convert("RGB")


def test_a_preview_has_its_size_and_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: dict[str, str]
) -> None:
    monkeypatch.setattr(cards, "KEPT", tmp_path / "cards")
    svg = drawn["calculators/approach-cost"]
    first = cards.png(svg)
    assert pixels(first).size == (card.WIDTH, card.HEIGHT)
    assert len(pixels(first).getcolors() or ()) > 10, "nothing was drawn"
    assert len(first) < 50_000
    (kept,) = (tmp_path / "cards").iterdir()
    assert cards.png(svg) == first
    kept.unlink()
    assert cards.png(svg) == first, "the same bytes when it is drawn again"
    assert cards.png(svg.replace("Crossover", "Crossed")) != first


def test_a_smaller_picture_looks_the_same(drawn: dict[str, str]) -> None:
    picture = vl_convert.svg_to_png(drawn["calculators/approach-cost"], scale=1)
    before, after = pixels(picture), pixels(cards.packed(picture))
    assert len(cards.packed(picture)) < len(picture) / 4
    commonest = sorted(before.getcolors() or (), reverse=True)[:5]
    assert {colour for _, colour in commonest} <= {colour for _, colour in after.getcolors() or ()}
    differences = ImageChops.difference(before, after).tobytes()
    assert max(differences) < 10, "of 255"


def test_a_picture_of_many_colours_keeps_them() -> None:
    slope = Image.linear_gradient("L")
    many = Image.merge("RGB", (slope, slope.rotate(90), slope))
    written = io.BytesIO()
    many.save(written, "PNG")
    assert ImageChops.difference(many, pixels(cards.packed(written.getvalue()))).getbbox() is None
