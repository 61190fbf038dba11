"""What is shown of ranges: intervals, bands, chances, the map, the tornado, the break-even band."""

from __future__ import annotations

import itertools
import math
import re
from typing import Any

import pytest

from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.calculator import Result
from calculators.kernel.facts import Facts
from calculators.kernel.units import Quantity
from tools.site.pictures import drawn
from views import charts
from views.answer import data, terminal
from views.answer.html import answer

BREAK_EVEN = CALCULATORS["break-even"]
RANGES = {"output_tokens": "200..600", "build_weeks": "3..10"}


@pytest.fixture(scope="module")
def facts(book: Book) -> Facts:
    return book.on(book.day)


@pytest.fixture(scope="module")
def found(facts: Facts) -> Result:
    return BREAK_EVEN.answer(facts, RANGES)


@pytest.fixture(scope="module")
def html(facts: Facts, found: Result) -> str:
    return answer(BREAK_EVEN, facts, found)


def section(html: str, slug: str) -> str:
    match = re.search(f'<section[^>]*aria-labelledby="{slug}">.*?</section>', html)
    assert match, f"no part {slug}"
    return match[0]


def test_an_interval_has_the_ends_of_its_spread(found: Result, html: str) -> None:
    spec = charts.intervals(found)
    rows = {row["option"]: row for row in spec["data"]["values"]}
    for slug, spread in found.spreads.items():
        row = rows[found.option(slug).label]
        ends = (row["low"], row["middle"], row["high"])
        assert ends == pytest.approx([float(q) for q in (spread.p10, spread.p50, spread.p90)], 1e-3)
    part = section(html, "ranges")
    assert f"{found.draws:,} draws" in part
    assert part.count("<tr>") == 1 + len(found.spreads)
    assert 'role="img" aria-label="Interval chart, ' in part


def test_without_ranges_none_of_it_is_there(facts: Facts) -> None:
    plain = BREAK_EVEN.answer(facts, {})
    html = answer(BREAK_EVEN, facts, plain)
    assert not plain.spreads
    assert 'aria-labelledby="ranges"' not in html
    assert 'aria-labelledby="chances"' not in html
    assert "band" not in {table.slug for table in plain.tables}
    assert data.result(plain)["band"] is None


def test_a_curve_has_its_band_and_its_chances(found: Result, html: str) -> None:
    assert found.curve
    assert found.curve.band
    layers = charts.cost_curve(found, found.curve)["layer"]
    area = next(layer for layer in layers if layer["mark"]["type"] == "area")
    for row in area["data"]["values"]:
        assert row["low"] <= row["high"]
    spec = charts.chances(found, found.curve, found.curve.band)
    shares: dict[float, float] = {}
    for row in spec["layer"][0]["data"]["values"]:
        shares[row["x"]] = shares.get(row["x"], 0) + row["y"]
    assert all(total == pytest.approx(100, abs=2) for total in shares.values())
    labels = {row["option"] for row in spec["layer"][1]["data"]["values"]}
    assert {"Retrieval", "Fine-tuned"} <= labels, "named where they stand, not by colour alone"
    assert "Retrieval from" in section(html, "chances")


def test_the_charts_can_be_drawn(found: Result) -> None:
    assert found.curve
    assert found.curve.band
    for spec in (
        charts.intervals(found),
        charts.chances(found, found.curve, found.curve.band),
    ):
        assert drawn(spec).count("<svg") == 2


def test_the_map_names_its_regions_and_the_readers_cell(found: Result, html: str) -> None:
    part = section(html, "map")
    assert found.map
    for row, cells in zip(
        reversed(found.map.best), re.findall('<tr><th scope="row".*?</tr>', part), strict=True
    ):
        spans = [int(n or 1) for n in re.findall(r'<td[^>]*?(?:colspan="(\d+)")?>', cells)]
        assert sum(spans) == len(row)
        assert re.search(">(Retrieval|Fine-tuned)<", cells), "wide regions bear their names"
    assert part.count("(your case)") == 1
    for letter in ("R", "FT"):
        assert re.search(f"</span> {letter}</li>", part)


def test_the_tornado_draws_each_move_between_its_ends(found: Result, html: str) -> None:
    part = section(html, "what-moves-it")
    bars = [
        (float(x), float(width))
        for x, width in re.findall(r'<rect[^>]* x="([\d.]+)" width="([\d.]+)"', part)
    ]
    assert len(bars) == len(found.moves)
    widths = [width for _, width in bars]
    assert widths == sorted(widths, reverse=True)
    assert all(-0.1 <= x <= x + width <= 100.1 for x, width in bars)
    swings = [abs(move.at_high.value - move.at_low.value) for move in found.moves]
    assert widths[1] / widths[0] == pytest.approx(swings[1] / swings[0], abs=0.01)


def band(result: Result) -> dict[str, tuple[Any, ...]]:
    table = next(table for table in result.tables if table.slug == "band")
    return {str(row[0]): row[1:] for row in table.rows}


def crossing(facts: Facts, **given: str) -> float:
    table = next(t for t in BREAK_EVEN.answer(facts, given).tables if t.slug == "pairs")
    at = next(row[1] for row in table.rows if row[0] == "Retrieval or fine-tuned")
    assert isinstance(at, Quantity)
    return at.value


def test_the_band_of_one_range_is_where_its_ends_cross(facts: Facts) -> None:
    """More weeks of engineering move the crossing up and nothing else, so percentiles go along."""
    result = BREAK_EVEN.answer(facts, {"build_weeks": "5..8"})
    p10, p50, p90, never = band(result)["Retrieval or fine-tuned"]
    assert p10.value == pytest.approx(crossing(facts, build_weeks="5"), rel=0.1)
    assert p90.value == pytest.approx(crossing(facts, build_weeks="8"), rel=0.1)
    assert p10.value < p50.value < p90.value
    assert never.value == 0


def test_a_pair_that_crosses_in_no_draw_says_so(facts: Facts) -> None:
    tuned = {"tuned_model": "google/gemini-3.5-flash-tuned", "build_weeks": "5..8"}
    row = band(BREAK_EVEN.answer(facts, tuned))["Retrieval or fine-tuned"]
    assert row[:3] == ("–",) * 3
    assert row[3].to("%") == pytest.approx(100)


def test_terminal_and_json_have_them_too(found: Result) -> None:
    told = terminal.answer(found)
    assert "percentile of 5,000 draws" in told
    assert "cheapest in" in told
    plain = data.result(found)
    assert plain["band"]["draws"] == 500
    assert len(plain["band"]["at"]) == len(plain["band"]["options"]["retrieval"]["best_share"])
    assert len(plain["map"]["rows"][0]["best"]) == len(plain["map"]["columns"])
    assert {"low", "high", "at_low", "at_high"} <= set(plain["moves"][0])


@pytest.mark.parametrize("slug", ["approach-cost", "self-hosting", "training-run"])
def test_labels_at_the_ends_of_lines_are_narrow_and_do_not_touch(slug: str, facts: Facts) -> None:
    result = CALCULATORS[slug].answer(facts, {})
    assert result.curve
    layers = charts.cost_curve(result, result.curve)["layer"]
    lines, ends = (
        next(layer for layer in layers if layer.get("mark", {}).get("type") == mark)
        for mark in ("line", "text")
    )
    low, high = lines["encoding"]["y"]["scale"]["domain"]
    placed = ends["data"]["values"]
    for end in placed:
        assert end["said"].replace("\n", " ") == end["option"]
        assert max(map(len, end["said"].split("\n"))) <= 16
    for lower, upper in itertools.pairwise(placed):
        apart = math.log10(upper["y"] / lower["y"]) / math.log10(high / low)
        assert apart > 0.06 * len(upper["said"].split("\n"))
