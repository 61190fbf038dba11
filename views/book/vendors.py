"""
A vendor's page: what it sells, by kind, what has ended, what closes or changes, and its history.

The history of an offer is a table of its blocks, with its prices as steps where one has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from itertools import pairwise

from calculators.kernel.facts import Facts
from calculators.kernel.offers import Block, Offer
from views import charts, tables, text
from views.book.calendar import calendar
from views.book.columns import (
    KINDS,
    Column,
    basis_cell,
    common_unit,
    decimals_of,
    price_cell,
    price_head,
    since_cell,
)
from views.book.offers import row_id, slug
from views.book.prices import ended_block, ended_table, prices
from views.charts import Picture
from views.tables import head


def vendors(facts: Facts) -> str:
    """Every vendor of the book with what it sells, on the page above theirs."""
    found: dict[str, list[Offer]] = {}
    for offer in facts.book.offers.values():
        found.setdefault(slug(offer), []).append(offer)
    rows = ""
    for key, offers in sorted(found.items(), key=lambda item: _vendor_name(item[1]).lower()):
        sold = [offer for offer in offers if offer.sold(facts.day)]
        kinds = [k.title.lower() for name, k in KINDS.items() if any(o.kind == name for o in sold)]
        said = ", ".join(kinds) or "nothing with a price in the book"
        rows += (
            f'<tr id="{key}"><th scope="row"><a href="{key}/">'
            f"{escape(_vendor_name(offers))}</a></th>"
            f'<td>{escape(said)}</td><td class="number">{len(sold)}</td></tr>'
        )
    heads = (
        '<th scope="col">Vendor</th><th scope="col">Sells</th>'
        '<th scope="col" class="number">Offers on sale</th>'
    )
    table = (
        '<table class="prices__table prices__vendors">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
    return f'<section class="prices">{tables.scrolled("Vendors", table)}</section>'


def _vendor_name(offers: Sequence[Offer]) -> str:
    return " and ".join(dict.fromkeys(offer.vendor for offer in offers))


def vendor(facts: Facts, name: str, picture: Picture) -> str:
    """What a vendor sells, by kind, what has ended, its dates and its price history: Markdown."""
    offers = [offer for offer in facts.book.offers.values() if slug(offer) == name]
    if not offers:
        known = ", ".join(sorted({slug(offer) for offer in facts.book.offers.values()}))
        raise ValueError(f"no vendor '{name}' in the book; known are {known}")
    parts = []
    for kind, about in KINDS.items():
        table = prices(facts, kind, name)
        if table:
            parts.append(f"## {about.title} {{ #{kind} }}\n\n{table}")
    ended = [offer for offer in offers if ended_block(offer, facts.day)]
    if ended:
        table = ended_table(facts, ended, name)
        parts.append(
            "## What has ended { #ended }\n\n" + f'<section class="prices">{table}</section>'
        )
    dates = calendar(facts, name)
    if dates:
        parts.append(f"## What closes or changes {{ #dates }}\n\n{dates}")
    changed = [offer for offer in offers if len(_priced(offer)) > 1]
    if changed:
        histories = "".join(_history(offer, facts.day, picture) for offer in changed)
        parts.append(
            "## What the prices were { #history }\n\n"
            f'<section class="prices">{histories}</section>'
        )
    return "\n\n".join(parts)


def _priced(offer: Offer) -> list[Block]:
    return [block for block in offer.blocks if block.meters]


def _history(offer: Offer, day: date, picture: Picture) -> str:
    """The blocks of an offer as a step chart, if a price has changed, and as a table beside it."""
    columns = [
        c for c in KINDS[offer.kind].columns if any(c.key in b.meters for b in _priced(offer))
    ]
    pads = {c.key: decimals_of(c, offer.blocks) for c in columns}
    rows = ""
    for block in offer.blocks:
        cells = (
            f'<td colspan="{len(columns)}">Ends. {escape(block.withdrawn)}</td>'
            if block.withdrawn
            else "".join(price_cell(offer, block, column, pads[column.key]) for column in columns)
        )
        rows += f"<tr>{since_cell(offer, block)}{cells}{basis_cell(offer, block)}</tr>"
    common = common_unit(columns)
    words = text.unit_words(common) or "USD"
    titles = [
        head("Since"),
        *(price_head(c, common) for c in columns),
        head("Source"),
    ]
    heads = "".join(titles).replace(' data-sort="number"', "")
    table = tables.scrolled(
        f"Prices, {offer.name}",
        f'<table class="prices__table"><caption><span>{escape(words)}</span></caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>",
    )
    identifier = f"history-{row_id(offer)}"
    steps = price_steps(offer, day)
    if not steps:
        return f'<h3 id="{identifier}">{escape(offer.name)}</h3>{table}'
    spec, finding = steps
    described = f"Step chart of {offer.name}. {finding}. The table beneath has its numbers."
    return (
        f'<h3 id="{identifier}">{escape(offer.name)}</h3>'
        f'<figure class="chart"><figcaption>{escape(finding)}.</figcaption>'
        f'<div class="chart__picture" role="img" aria-label="{escape(described)}">'
        f"{picture(spec)}</div>{_dashed(spec, day)}</figure>{table}"
    )


def _dashed(spec: charts.Spec, day: date) -> str:
    """What the line across the steps is, where there is one."""
    ruled = any(layer["mark"]["type"] == "rule" for layer in spec["layer"])
    return f'<p class="chart__source">Dashed: {text.day(day)}.</p>' if ruled else ""


def price_steps(offer: Offer, day: date) -> tuple[charts.Spec, str] | None:
    """The main prices that changed, as steps over time, and what happened; None where none did."""
    blocks = _priced(offer)
    columns = [
        column
        for column in KINDS[offer.kind].columns
        if not column.key.startswith(("cache", "batch"))
        and len({b.meters[column.key].value for b in blocks if column.key in b.meters}) > 1
    ]
    if not columns:
        return None
    end = offer.ends()
    last = end.start if end else max(day, blocks[-1].start) + timedelta(days=30)
    points = []
    labels = []
    for column in columns:
        series = [
            (b.start, b.meters[column.key].to(column.unit))
            for b in blocks
            if column.key in b.meters
        ]
        series.append((last, series[-1][1]))
        points += [
            {"day": str(when), "price": price, "meter": column.title} for when, price in series
        ]
        labels.append({"day": str(last), "price": series[-1][1], "meter": column.title})
    x = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc", "nice": False},
        "axis": {"title": None, "grid": False, "tickCount": 5},
    }
    unit = columns[0].unit
    words = text.unit_words(unit).partition(" ")[2]
    y = {
        "field": "price",
        "type": "quantitative",
        "scale": {"zero": True},
        "axis": {"title": f"USD {words}", "tickCount": 4, "labelExpr": "'$' + datum.label"},
    }
    line = {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "color": "currentColor"}
    layers: list[charts.Spec] = [
        {
            "data": {"values": points},
            "mark": line,
            "encoding": {"x": x, "y": y, "detail": {"field": "meter"}},
        },
        {
            "data": {"values": labels},
            "mark": {"type": "text", "align": "left", "dx": 6, "color": "currentColor"},
            "encoding": {"x": x, "y": y, "text": {"field": "meter"}},
        },
    ]
    if blocks[0].start < day < last:
        rule = {"type": "rule", "strokeDash": [3, 3], "color": "currentColor", "opacity": 0.5}
        layers.append({"data": {"values": [{"day": str(day)}]}, "mark": rule, "encoding": {"x": x}})
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": "container",
        "height": 180,
        "padding": {"left": 2, "top": 8, "right": 2, "bottom": 2},
        "layer": layers,
        "config": charts.CONFIG,
    }
    return spec, _finding(offer, columns[0], day)


def _finding(offer: Offer, column: Column, day: date) -> str:
    blocks = [b for b in _priced(offer) if column.key in b.meters]
    before, after = next(
        (a, b)
        for a, b in reversed(list(pairwise(blocks)))
        if a.meters[column.key] != b.meters[column.key]
    )
    old, new = before.meters[column.key], after.meters[column.key]
    verb = (
        ("rises" if after.start > day else "rose")
        if new > old
        else ("falls" if after.start > day else "fell")
    )
    was, now = text.price(old).partition(" ")[0], text.price(new)
    return f"{column.title} {verb} from {was} to {now} on {text.day(after.start)}"
