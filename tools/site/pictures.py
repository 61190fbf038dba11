"""Draws charts and formulas at build time: Vega-Lite to SVG, TeX to MathML."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from html import escape
from typing import Any

import latex2mathml.converter
import vl_convert

# A wide drawing for a page with room beside the answer, a narrow one for a phone; the
# stylesheet shows one of them, so that letters keep their size.
WIDTHS = {"wide": 760, "narrow": 340}

_CLIP = re.compile(r"(\bid=\"|\burl\(#)clip(\d+)")
_TEX = re.compile(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+)\$", re.DOTALL)


def drawn(spec: dict[str, Any]) -> str:
    """Both drawings of a chart as inline SVG; a search finds its numbers in the table beneath."""
    return "".join(
        f'<div class="chart__still chart__still--{name}" data-search-exclude>'
        f"{_svg(spec, width)}</div>"
        for name, width in WIDTHS.items()
    )


def _svg(spec: dict[str, Any], width: int) -> str:
    fixed = spec | {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    svg: str = vl_convert.vegalite_to_svg(fixed)
    return _named(re.sub(r"\s*\n\s*", "", svg), json.dumps(fixed, sort_keys=True))


def _named(svg: str, spec: str) -> str:
    """
    The drawing with its clips named after what it shows.

    vl-convert counts them from the start of the process, but a page is the same wherever it is
    rendered, and may hold several drawings.
    """
    start = min((int(number) for _, number in _CLIP.findall(svg)), default=0)
    name = hashlib.sha256(spec.encode()).hexdigest()[:8]
    return _CLIP.sub(lambda found: f"{found[1]}clip-{name}-{int(found[2]) - start}", svg)


def typeset(markdown: str) -> str:
    """Markdown with its TeX replaced by MathML, which browsers show without a script."""
    return _TEX.sub(_mathml, markdown)


def _mathml(match: re.Match[str]) -> str:
    if match["block"]:
        formula = _converted(match["block"].strip(), "block")
        # Wider than a phone, it scrolls by itself, by keyboard too.
        named = 'class="formula" tabindex="0" role="group" aria-label="Formula"'
        return f"<div {named}>{formula}</div>"
    return _converted(match["inline"].strip(), "inline")


@cache
def _converted(tex: str, display: str) -> str:
    one_line = " ".join(tex.split())
    found: str = latex2mathml.converter.convert(one_line, display=display)
    # What a page holds of it in words: for those who read it as Markdown, or not as MathML.
    return found.replace("<math ", f'<math alttext="{escape(one_line)}" ', 1)
