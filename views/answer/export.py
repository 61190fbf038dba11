"""A chart to take away: its specification, complete without the page that it stood in."""

from __future__ import annotations

import re
from typing import Any

from views.palette import PAPER, PRINTED

WIDTH = 760
_VARIABLE = re.compile(r"var\(--([a-z0-9-]+)\)")


def standalone(spec: Any, title: str, lines: tuple[str, ...]) -> dict[str, Any]:
    """
    The specification with its colours spelled out, on paper, at a fixed width, under its title
    and `lines`: the day of the prices and the address that leads back.
    """
    whole: dict[str, Any] = _spelled(spec)
    heading = {
        "text": title,
        "subtitle": list(lines),
        "anchor": "start",
        "frame": "group",
        "color": PRINTED["ink"],
        "subtitleColor": PRINTED["soft"],
        "fontSize": 15,
        "subtitleFontSize": 11,
        "offset": 14,
    }
    return whole | {
        "title": heading,
        "description": ". ".join((title, *lines)),
        "width": WIDTH,
        "padding": 14,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": PAPER,
    }


def _spelled(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _spelled(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_spelled(value) for value in part]
    if isinstance(part, str):
        known = _VARIABLE.sub(lambda found: PRINTED.get(found[1], PRINTED["ink"]), part)
        return PRINTED["ink"] if known == "currentColor" else known
    return part
