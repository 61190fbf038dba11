"""
Charts as Vega-Lite specifications: drawn at build time, and drawn again live.

Colours are CSS variables, so one drawing follows light, dark and print.
"""

from __future__ import annotations

import math
from typing import Any

from calculators.kernel.results import Curve, Result
from calculators.kernel.units import unit
from views import text
from views.palette import tones

Spec = dict[str, Any]

HEIGHT = 320
_LABEL_GAP = 0.062  # of the axis's length, between two labels at the line ends


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
    heights = [y for ys in series.values() for y in ys if y]
    low, high = min(heights), max(heights)
    domain = [10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high))]
    ends = _ends(series, xs, labels, domain)
    colour = {
        "field": "option",
        "type": "nominal",
        "scale": {
            "domain": list(labels.values()),
            "range": [f"var(--{tone})" for tone in tones(result.options).values()],
        },
        "legend": None,
    }
    shown = "(datum.value < 1 ? format(datum.value, '~r') : "
    shown += "replace(format(datum.value, '~s'), 'G', 'B'))"
    axis = {"labelExpr": shown, "tickCount": 6}
    sign = "$" if result.unit.startswith("USD") else ""
    measure = {"labelExpr": f"'{sign}' + {shown}"}
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [xs[0], xs[-1]], "nice": False},
        "axis": axis | {"title": _title(text.axis(curve.field)), "values": _decades(xs[0], xs[-1])},
    }
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"type": "log", "domain": domain, "nice": False},
        "axis": measure | {"title": text.heading(result.unit), "values": _decades(*domain)},
    }
    layers: list[Spec] = [
        {
            "data": {"values": lines},
            "mark": {"type": "line", "strokeWidth": 2, "clip": True},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "data": {"values": ends},
            "mark": {"type": "text", "align": "left", "dx": 6, "fontWeight": 600},
            "encoding": {"x": x, "y": y, "text": {"field": "option"}, "color": colour},
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
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": "container",
        "height": HEIGHT,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 2, "top": 8, "right": 10, "bottom": 2},
        "layer": layers,
        "config": CONFIG,
    }


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
        at = max(math.log10(y), floor)
        floor = at + _LABEL_GAP * span
        ends.append({"x": x, "y": _rounded(10**at), "option": labels[slug]})
    return ends
