"""
Charts as Vega-Lite specifications: drawn at build time, and drawn again live.

Colours are CSS variables, so one drawing follows light, dark and print.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from typing import Any

from calculators.kernel.calculator import Result
from calculators.kernel.results import Band, Curve
from calculators.kernel.units import unit
from views import text
from views.palette import tones

Spec = dict[str, Any]
Picture = Callable[[Spec], str]  # what draws one, where something can

HEIGHT = 320
BAR_HEIGHT = 44
LEAST_CHANCE = 0.01  # of being the best anywhere, below which an option is not drawn
_LABEL_GAP = 0.062  # of the axis's length, between two lines of labels at the line ends
_LABEL_WIDTH = 16  # letters, so that on a phone the lines have more room than what they are called


def cost_curve(result: Result, curve: Curve) -> Spec:
    """Each option's total along one input, on log axes, with the reader's own case marked."""
    scale = unit(curve.field.unit).scale
    xs = [_rounded(x / scale) for x in curve.xs]
    here = _rounded(curve.here / scale)
    labels = {option.slug: option.label for option in result.options}
    per = unit(result.unit).scale
    series = {
        slug: [None if y is None else y / per for y in ys] for slug, ys in curve.series.items()
    }
    lines = [
        {"x": x, "y": _rounded(y), "option": labels[slug]}
        for slug, ys in series.items()
        for x, y in zip(xs, ys, strict=True)
        if y
    ]
    if not lines:
        return {}
    clouds = _clouds(curve, labels, scale, per)
    heights = [y for ys in series.values() for y in ys if y]
    heights += [end for cloud in clouds for end in (cloud["low"], cloud["high"])]
    low, high = min(heights), max(heights)
    domain = [10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high))]
    ends = _ends(series, xs, labels, domain)
    colour = _colour(result)
    x = _along(curve, xs[0], xs[-1])
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"type": "log", "domain": domain, "nice": False},
        "axis": _measure(result) | {"values": _decades(*domain)},
    }
    layers: list[Spec] = []
    if clouds:
        below = {**y, "field": "low"}
        layers.append(
            {
                "data": {"values": clouds},
                "mark": {"type": "area", "opacity": 0.18, "clip": True},
                "encoding": {"x": x, "y": below, "y2": {"field": "high"}, "color": colour},
            }
        )
    layers += [
        {
            "data": {"values": lines},
            "mark": {"type": "line", "strokeWidth": 2, "clip": True},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "data": {"values": ends},
            "mark": {
                "type": "text",
                "align": "left",
                "dx": 6,
                "fontWeight": 600,
                "lineBreak": "\n",
            },
            "encoding": {"x": x, "y": y, "text": {"field": "said"}, "color": colour},
        },
    ]
    rule = {"type": "rule", "strokeDash": [3, 3], "color": "currentColor", "opacity": 0.5}
    said = {"type": "text", "align": "left", "dx": 4, "color": "currentColor"}
    target = _rounded(curve.target / per) if curve.target is not None else 0.0
    if domain[0] < target < domain[1]:
        at = {"data": {"values": [{"x": xs[0], "y": target, "label": "target"}]}}
        layers += [
            at | {"mark": rule, "encoding": {"y": y}},
            at
            | {
                "mark": said | {"dy": -4, "baseline": "bottom"},
                "encoding": {"x": x, "y": y, "text": {"field": "label"}},
            },
        ]
    if xs[0] <= here <= xs[-1]:
        totals = [
            {"x": here, "y": _rounded(float(o.total) / per), "option": o.label}
            for o in result.options
            if not o.refused and float(o.total) > 0
        ]
        layers += [
            {"data": {"values": [{"x": here}]}, "mark": rule, "encoding": {"x": x}},
            {
                "data": {"values": [{"x": here, "y": domain[1], "label": "your case"}]},
                "mark": said | {"dy": 10, "baseline": "top"},
                "encoding": {"x": x, "y": y, "text": {"field": "label"}},
            },
            {
                "data": {"values": totals},
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": colour},
            },
        ]
    return _spec(layers, HEIGHT)


def intervals(result: Result) -> Spec:
    """Each option's 10th to 90th percentile as a bar with the median on it."""
    per = unit(result.unit).scale
    rows: list[dict[str, Any]] = [
        {
            "option": result.option(slug).label,
            "low": _rounded(float(found.p10) / per),
            "middle": _rounded(float(found.p50) / per),
            "high": _rounded(float(found.p90) / per),
            "label": text.amount(float(found.p50), result.unit),
        }
        for slug, found in result.spreads.items()
        if float(found.p10) > 0
    ]
    if not rows:
        return {}
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    domain = [_rounded(low / 1.1), _rounded(high * 1.1)]
    y = {
        "field": "option",
        "type": "nominal",
        "sort": [row["option"] for row in rows],
        "axis": {"title": None, "labelPadding": 8, "ticks": False, "domain": False},
    }
    x = {
        "field": "low",
        "type": "quantitative",
        "scale": {"type": "log", "domain": domain, "nice": False},
        "axis": _measure(result) | {"values": _steps(*domain)},
    }
    middle, colour = {**x, "field": "middle"}, _colour(result)
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "height": 10, "opacity": 0.35},
            "encoding": {"y": y, "x": x, "x2": {"field": "high"}, "color": colour},
        },
        {
            "mark": {"type": "tick", "thickness": 3, "size": 18, "opacity": 1},
            "encoding": {"y": y, "x": middle, "color": colour},
        },
        {
            "mark": {"type": "text", "dy": -14, "fontWeight": 600, "color": "currentColor"},
            "encoding": {"y": y, "x": middle, "text": {"field": "label"}},
        },
    ]
    spec = _spec(layers, BAR_HEIGHT * len(rows)) | {"data": {"values": rows}}
    return spec | {"padding": {**spec["padding"], "left": 12}}


def chances(result: Result, curve: Curve, band: Band) -> Spec:
    """How often each option is the best along one input, in per cent of the draws."""
    scale = unit(curve.field.unit).scale
    rows, ends = [], []
    for slug, shares in band.best.items():
        if max(shares) < LEAST_CHANCE:
            continue
        label = result.option(slug).label
        points: list[dict[str, Any]] = [
            {"x": _rounded(x / scale), "y": _rounded(100 * share), "option": label}
            for x, share in zip(band.xs, shares, strict=True)
        ]
        rows += points
        inner = points[1:-1] or points  # a name at either end would stand in the margin
        ends.append(max(inner, key=lambda point: point["y"]))
    if not rows:
        return {}
    x = _along(curve, _rounded(curve.xs[0] / scale), _rounded(curve.xs[-1] / scale))
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {"title": f"% of draws in which it is {result.superlative}", "tickCount": 5},
    }
    colour = _colour(result)
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 30}},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "data": {"values": ends},
            "mark": {"type": "text", "dy": -10, "fontWeight": 600},
            "encoding": {"x": x, "y": y, "text": {"field": "option"}, "color": colour},
        },
    ]
    return _spec(layers, 220)


def _spec(layers: list[Spec], height: int) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 4, "top": 14, "right": 10, "bottom": 2},
        "layer": layers,
        "config": CONFIG,
    }


_SHOWN = (
    "(datum.value < 1 ? format(datum.value, '~r') : replace(format(datum.value, '~s'), 'G', 'B'))"
)


def _colour(result: Result) -> Spec:
    """Each option in its own colour; without a legend, because it is labelled where it stands."""
    found = tones(result.options)
    scale = {
        "domain": [result.option(slug).label for slug in found],
        "range": [f"var(--{tone})" for tone in found.values()],
    }
    return {"field": "option", "type": "nominal", "scale": scale, "legend": None}


def _along(curve: Curve, low: float, high: float) -> Spec:
    """The input of the curve, across."""
    axis = {"labelExpr": _SHOWN, "tickCount": 6, "values": _decades(low, high)}
    return {
        "field": "x",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [low, high], "nice": False},
        "axis": axis | {"title": _title(text.axis(curve.field))},
    }


def _measure(result: Result) -> Spec:
    """An axis in the unit of the result."""
    sign = "$" if result.unit.startswith("USD") else ""
    return {"labelExpr": f"'{sign}' + {_SHOWN}", "title": text.heading(result.unit)}


def _clouds(curve: Curve, labels: dict[str, str], scale: float, per: float) -> list[Spec]:
    """From the 10th to the 90th percentile of each option, where ranges are given."""
    if curve.band is None:
        return []
    return [
        {
            "x": _rounded(x / scale),
            "low": _rounded(three[0] / per),
            "high": _rounded(three[2] / per),
            "option": labels[slug],
        }
        for slug, known in curve.band.percentiles.items()
        for x, three in zip(curve.band.xs, known, strict=True)
        if three and three[0] > 0
    ]


def _steps(low: float, high: float) -> list[float]:
    """Round numbers for a log axis: 1, 2 and 5 times each power of ten, or those alone."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low < 60 else (1,)
    return [n * 10.0**p for p in powers for n in steps if low <= n * 10.0**p <= high]


CONFIG: Spec = {
    "background": None,
    "font": "Source Sans 3, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "tickColor": "currentColor",
        "domainColor": "currentColor",
        "gridColor": "currentColor",
        "gridOpacity": 0.12,
        "domainOpacity": 0.4,
        "tickOpacity": 0.4,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 500,
    },
    "text": {"fontSize": 12},
}


def _title(words: str) -> str:
    return words[:1].upper() + words[1:]


def _rounded(number: float) -> float:
    """Four figures: finer than a pixel, and the same bytes whatever computed it."""
    return float(f"{number:.4g}")


def _decades(low: float, high: float) -> list[float]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [float(10**power) for power in range(first, last + 1)]


def _ends(
    series: dict[str, list[float | None]],
    xs: list[float],
    labels: dict[str, str],
    domain: list[float],
) -> list[Spec]:
    """Where each line's label stands: at its last point, moved up where two would touch."""
    known = {
        slug: [(x, y) for x, y in zip(xs, ys, strict=True) if y] for slug, ys in series.items()
    }
    last = sorted((points[-1][1], points[-1][0], slug) for slug, points in known.items() if points)
    ends: list[Spec] = []
    span = math.log10(domain[1] / domain[0])
    floor = -math.inf
    for y, x, slug in last:
        said = textwrap.wrap(labels[slug], _LABEL_WIDTH, break_long_words=False)
        line = _LABEL_GAP * span
        more = (len(said) - 1) * line  # below the first, at which the label is placed
        at = max(math.log10(y) + more / 2, floor + more)
        floor = at + line
        place = {"x": x, "y": _rounded(10**at)}
        ends.append({**place, "option": labels[slug], "said": "\n".join(said)})
    return ends
