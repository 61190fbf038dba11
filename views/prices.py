"""
The price book as pages: a table for each kind of offer, a page for each vendor, a worked bill.

Every table is whole without a script; a small element sorts and filters it by the values in
`data-sort`. The pages stand two folders deep, which is where their links start from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from html import escape
from itertools import pairwise

from calculators.billing.rentals import rental_month
from calculators.billing.retrieval import retrieval_month
from calculators.billing.training import run_cost
from calculators.kernel.calculator import Calculator
from calculators.kernel.facts import Block, Facts, Offer, Source
from calculators.kernel.results import Option, Result
from calculators.kernel.units import Quantity, UnitError
from views import charts, text
from views.calendar import calendar
from views.form import query
from views.offers import TOP, link, meter_words, row_id, slug

Picture = Callable[[charts.Spec], str]

UNFILTERED = 8  # rows that one sees at a glance
LONG = 50  # rows of one part of a table, which a browser is spared while it is out of view
_FILTER = (
    '<p class="prices__filter"><label>Filter <input type="search" autocomplete="off" '
    'spellcheck="false"></label> '
    '<span role="status" data-shown="{shown} of {all} offers"></span></p>'
)
MTOK = "USD/Mtok"


@dataclass(frozen=True, slots=True)
class Column:
    """A meter, or an undated size, of all offers of a kind, in the unit it usually has."""

    key: str
    title: str
    unit: str = MTOK


@dataclass(frozen=True, slots=True)
class Kind:
    """How offers of one kind are listed: on which page, and in which columns."""

    title: str
    page: str
    columns: tuple[Column, ...]
    sizes: tuple[Column, ...] = ()


_CONTEXT = Column("context_window", "Context window", "tok/request")

KINDS = {
    "inference": Kind(
        "Models",
        "models",
        (
            Column("input", "Input"),
            Column("cached_input", "Cached input"),
            Column("cache_write", "Cache write"),
            Column("output", "Output"),
            Column("batch_input", "Batch input"),
            Column("batch_output", "Batch output"),
        ),
        (_CONTEXT,),
    ),
    "tuning": Kind(
        "Fine-tuned models",
        "fine-tuning",
        (
            Column("training", "Training"),
            Column("input", "Input"),
            Column("cached_input", "Cached input"),
            Column("output", "Output"),
            Column("hosting", "Hosting", "USD/h"),
        ),
    ),
    "training": Kind(
        "Training alone",
        "fine-tuning",
        (Column("training", "Training"), Column("input", "Input"), Column("output", "Output")),
    ),
    "embedding": Kind(
        "Embeddings",
        "embeddings",
        (Column("input", "Input"), Column("batch_input", "Batch input")),
        (
            Column("dimensions", "Dimensions", "dim/vector"),
            Column("max_input", "Longest text", "tok/chunk"),
        ),
    ),
    "rerank": Kind(
        "Rerankers",
        "rerankers",
        (
            Column("input", "Input"),
            Column("search", "Search", "USD/ksearch"),
            Column("documents_per_search", "Documents in a search", "chunk/search"),
        ),
    ),
    "store": Kind(
        "Vector stores",
        "vector-stores",
        (
            Column("plan", "Plan", "USD/month"),
            Column("minimum", "Least bill", "USD/month"),
            Column("storage", "Storage", "USD/GB/month"),
        ),
    ),
    "retrieval": Kind(
        "Managed retrieval",
        "managed-retrieval",
        (
            Column("plan", "Plan", "USD/month"),
            Column("search", "Search", "USD/ksearch"),
            Column("storage", "Storage", "USD/GB/month"),
            Column("storage_daily", "Storage", "USD/GB/day"),
        ),
    ),
    "rental": Kind(
        "Accelerators by the hour", "accelerators", (Column("hour", "On demand", "USD/h"),)
    ),
}

# The table of a kind


def prices(facts: Facts, kind: str, vendor: str = "") -> str:
    """
    All offers of a kind, or a vendor's: those on sale in a table that can be sorted and filtered,
    then those that have ended, then those without a published price.
    """
    offers = _of(facts, kind, vendor)
    listed = [o for o in offers if _current(o, facts.day)]
    ended = [o for o in offers if _ended(o, facts.day)]
    unpriced = [o for o in offers if o.not_published]
    html = ""
    if listed:
        html += _table(facts, KINDS[kind], listed, vendor)
    if ended and not vendor:
        html += _folded(f"No longer sold ({len(ended)})", _ended_table(facts, ended, vendor))
    if unpriced:
        reasons = "".join(
            f'<li id="{row_id(o)}"><strong>{escape(o.name)}</strong>{_by(o, vendor)}: '
            f"{escape(o.not_published)}</li>"
            for o in unpriced
        )
        html += (
            "<p>Listed without a price, and not to be chosen in a calculator:</p>"
            f'<ul class="prices__unpriced">{reasons}</ul>'
        )
    # A search for an offer leads to its vendor's page, and not to this one as well.
    search = "" if vendor else " data-search-exclude"
    return f'<section class="prices"{search}>{html}</section>' if html else ""


def _of(facts: Facts, kind: str, vendor: str = "") -> list[Offer]:
    found = [
        offer
        for offer in facts.book.offers.values()
        if offer.kind == kind and vendor in ("", slug(offer))
    ]
    return sorted(found, key=lambda o: (o.vendor.lower(), o.name.lower(), o.id))


def _current(offer: Offer, day: date) -> Block | None:
    """The block in force, or the first one of an offer that is only announced."""
    if offer.not_published:
        return None
    if offer.blocks[0].start > day:
        return offer.blocks[0]
    return offer.on(day) if offer.sold(day) else None


def _ended(offer: Offer, day: date) -> Block | None:
    end = offer.ends()
    return end if end and end.start <= day else None


def _by(offer: Offer, vendor: str) -> str:
    if vendor:
        return ""
    return f' (<a href="{TOP}vendors/{slug(offer)}/">{escape(offer.vendor)}</a>)'


def _folded(title: str, body: str) -> str:
    return f'<details class="prices__fold"><summary>{escape(title)}</summary>{body}</details>'


def _table(facts: Facts, kind: Kind, offers: Sequence[Offer], vendor: str) -> str:
    rows = [(offer, block) for offer in offers if (block := _current(offer, facts.day))]
    columns = [c for c in kind.columns if any(c.key in block.meters for _, block in rows)]
    shown = {column.key for column in columns}
    common = _common(columns)
    # Each column by its head, its cell and its least width in rem.
    parts: list[tuple[str, Callable[[Offer, Block], str], float]] = [
        (_head("Offer", "text"), lambda offer, block: _name_cell(offer, block, facts.day), 8.4)
    ]
    if not vendor:
        parts.append((_head("Vendor", "text"), _vendor_cell, 4.6))
    if any(offer.accelerator for offer, _ in rows):
        parts.append((_head("Accelerator", "text"), _accelerator_cell, 6))
    for column in columns:
        decimals = _decimals(column, [block for _, block in rows])
        cell = partial(_price_cell, column=column, decimals=decimals)
        parts.append((_price_head(column, common), cell, 3.1))
    if any(block.tiers for _, block in rows):
        parts.append((_head("Prompt", ""), _tier_cell, 6.1))
    if any(set(block.meters) - shown for _, block in rows):
        parts.append((_head("Also billed", ""), partial(_also_cell, shown=shown, unit=common), 7))
    for size in kind.sizes:
        if any(size.key in offer.sizes for offer, _ in rows):
            words = text.unit_words(size.unit.partition("/")[0])
            parts.append((_head(size.title, "number", words), partial(_size_cell, size=size), 4))
    parts.append((_head("Since", "text"), _since_cell, 4.3))
    parts.append((_head("Source", ""), _basis_cell, 8.4))

    head = "".join(title for title, _, _ in parts)
    lines = [
        f'<tr id="{row_id(offer)}">{"".join(cell(offer, block) for _, cell, _ in parts)}</tr>'
        for offer, block in rows
    ]
    body = "".join(
        f"<tbody>{''.join(lines[at : at + LONG])}</tbody>" for at in range(0, len(lines), LONG)
    )
    label = f"{kind.title}: prices on {text.day(facts.day)}"
    caption = escape(_caption(common, facts.day))
    table = (
        f'<table class="prices__table"><caption><span>{caption}</span></caption>'
        f"<thead><tr>{head}</tr></thead>{body}</table>"
    )
    if len(rows) > LONG:
        table = _long(table, [width for _, _, width in parts])
    return (
        f"<price-table>{_FILTER if len(rows) > UNFILTERED else ''}"
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(label)}">'
        f"{table}</div></price-table>"
    )


def _long(table: str, widths: Sequence[float]) -> str:
    """
    A table whose parts out of view a browser need not lay out, so that thousands filter at once.

    Rows are grids on the same columns, in bodies of so many; their roles are named, as they no
    longer follow from how the elements are laid out.
    """
    columns = " ".join(f"minmax({width}rem,{width}fr)" for width in widths)
    for tag, role in (
        ("<td", "cell"),
        ("<tr", "row"),
        ("<thead", "rowgroup"),
        ("<tbody", "rowgroup"),
        ('<th scope="row"', "rowheader"),
        ('<th scope="col"', "columnheader"),
    ):
        table = table.replace(tag, f'{tag} role="{role}"')
    return table.replace(
        '<table class="prices__table"',
        '<table role="table" class="prices__table prices__table--long" '
        f'style="--columns:{columns};--least:{sum(widths):.1f}rem"',
        1,
    )


def _common(columns: Sequence[Column]) -> str:
    """The unit of most columns, said once above the table, or none where few share one."""
    units = [column.unit for column in columns]
    most = max(units, key=units.count, default="")
    return most if units.count(most) * 2 > len(units) else ""


def _price_head(column: Column, common: str) -> str:
    unit = "" if column.unit == common else text.unit_words(column.unit)
    return _head(column.title, "number", unit)


def _caption(unit: str, day: date) -> str:
    """What all figures of a table are in, where it is one unit, and the day on which they hold."""
    words = f"{text.unit_words(unit)}, if not said otherwise" if unit else "USD"
    return f"{words}, on {text.day(day)}"


def _head(title: str, sort: str, unit: str = "") -> str:
    kind = ' class="number"' if sort == "number" else ""
    by = f' data-sort="{sort}"' if sort else ""
    small = f"<small>{escape(unit)}</small>" if unit else ""
    return f'<th scope="col"{kind}{by}><span>{escape(title)}</span>{small}</th>'


def _vendor_cell(offer: Offer, _: Block) -> str:
    return f'<td><a href="{TOP}vendors/{slug(offer)}/">{escape(offer.vendor)}</a></td>'


def _accelerator_cell(offer: Offer, _: Block) -> str:
    return f"<td>{escape(offer.accelerator)}</td>"


def _name_cell(offer: Offer, block: Block, day: date) -> str:
    marks = "".join(
        f'<small class="prices__mark"><a href="{TOP}reference/calendar/#d-{when}">'
        f"{escape(said)}</a></small>"
        for when, said in _marks(offer, block, day)
    )
    said = [("Disputed", block.disputed), ("Note", block.note)]
    told = [(title, words) for title, words in said if words]
    if told:
        title = " and ".join(t for t, _ in told).capitalize()
        marks += (
            f'<details class="prices__note"><summary>{title}</summary>'
            + "".join(f"<p>{escape(words)}</p>" for _, words in told)
            + "</details>"
        )
    name = f'<a href="#{row_id(offer)}">{escape(offer.name)}</a>'
    return f'<th scope="row" data-sort="{escape(offer.name.lower())}">{name}{marks}</th>'


def _marks(offer: Offer, block: Block, day: date) -> Iterable[tuple[date, str]]:
    """What has closed and what will end or change, each with its day in the calendar."""
    if block.start > day:
        yield block.start, f"sold from {text.day(block.start)}"
    for event in offer.lifecycle:
        if event.event == "closed_to_new_customers":
            coming = f"closes to new customers on {text.day(event.day)}"
            yield event.day, "closed to new customers" if event.day <= day else coming
        elif event.event == "training_ends":
            coming = f"training ends on {text.day(event.day)}"
            yield event.day, "no longer trained" if event.day <= day else coming
    for later in offer.blocks:
        if later.start > max(day, block.start):
            what = "ends" if later.withdrawn else "price changes"
            yield later.start, f"{what} on {text.day(later.start)}"


def _decimals(column: Column, blocks: Iterable[Block]) -> int:
    """The most decimals in a column, so that its figures can stand on their points."""
    shown = [
        _number(found)
        for block in blocks
        for meters in (block.meters, *(tier.meters for tier in block.tiers))
        if (found := meters.get(column.key)) and found.factors[0].unit == column.unit
    ]
    return max((len(number.partition(".")[2]) for number in shown), default=0)


def _number(price: Quantity) -> str:
    """The figure as its vendor writes it, with cents at least where it is in dollars."""
    one = price.factors[0]
    least = 2 if one.unit.startswith("USD") else 0
    shown = text.plain(one.number)
    decimals = len(shown.partition(".")[2])
    return shown if decimals >= least else f"{one.number:,.{least}f}"


def _aligned(price: Quantity, column: Column, decimals: int) -> str:
    number = _number(price)
    own = price.factors[0].unit
    if own != column.unit:
        # As published, beside figures in another unit.
        return f"{number}<small>{escape(text.unit_words(own).partition(' ')[2] or own)}</small>"
    missing = decimals - len(number.partition(".")[2])
    point = 1 if decimals and "." not in number else 0
    # Figure spaces are as wide as a figure; a point is nearly as wide as a punctuation space.
    return number + "\u2008" * point + "\u2007" * missing


def _price_cell(_: Offer, block: Block, column: Column, decimals: int) -> str:
    price = block.meters.get(column.key)
    lines = [meters.get(column.key) for meters in (t.meters for t in block.tiers)]
    if price is None:
        return '<td class="number">–</td>'
    try:
        value = price.to(column.unit)
    except UnitError:
        value = price.value
    tiers = "".join(
        f"<small>{_aligned(line, column, decimals) if line else '–'}</small>" for line in lines
    )
    shown = _aligned(price, column, decimals)
    return f'<td class="number" data-sort="{value:.6g}">{shown}{tiers}</td>'


def _tier_cell(_: Offer, block: Block) -> str:
    if not block.tiers:
        return "<td></td>"
    lines = [text.quantity(tier.above).partition(" ")[0] for tier in block.tiers]
    longer = "".join(f"<small>longer than {line}</small>" for line in lines)
    return f'<td class="prices__tiers">to {lines[0]} tokens{longer}</td>'


def _also_cell(_: Offer, block: Block, shown: set[str], unit: str) -> str:
    items = "".join(
        f"<li>{escape(also(meter, price, unit))}</li>"
        for meter, price in block.meters.items()
        if meter not in shown
    )
    return f'<td class="prices__also"><ul>{items}</ul></td>' if items else "<td></td>"


def also(meter: str, price: Quantity, common: str = "") -> str:
    """A meter and its price in words: `reads $16.00 a million read units`; no `common` unit."""
    words = meter_words(meter)
    shown = _number(price) if price.factors[0].unit == common else text.price(price)
    return f"{shown} {words}" if words.startswith("of ") else f"{words} {shown}"


def _size_cell(offer: Offer, _: Block, size: Column) -> str:
    found = offer.sizes.get(size.key)
    if found is None:
        return '<td class="number">–</td>'
    number = found.to(size.unit)
    return f'<td class="number" data-sort="{number:.6g}">{text.plain(number)}</td>'


def _since_cell(_: Offer, block: Block) -> str:
    seen = "<small>first seen</small>" if block.first_seen else ""
    return (
        f'<td class="prices__since" data-sort="{block.start}">'
        f'<time datetime="{block.start}">{block.start}</time>{seen}</td>'
    )


def _basis_cell(_: Offer, block: Block) -> str:
    return _source_cell(block.source, block.confidence)


def _source_cell(source: Source, confidence: str = "") -> str:
    sure = f"{escape(confidence)}, " if confidence else ""
    return (
        f'<td class="prices__source">{link(source)}'
        f'<small>{sure}read <time datetime="{source.read}">{source.read}</time></small></td>'
    )


def _ended_table(facts: Facts, offers: Sequence[Offer], vendor: str) -> str:
    """Offers that are no longer sold: since when, what they cost at last, and who says so."""
    rows = ""
    for offer in sorted(offers, key=_ended_on, reverse=True):
        end = _ended(offer, facts.day)
        if end is None:
            continue
        last = next((b for b in reversed(offer.blocks) if b.meters), None)
        at_last = "; ".join(also(m, p) for m, p in last.meters.items()) if last else "not known"
        vendor_cell = "" if vendor else _vendor_cell(offer, end)
        rows += (
            f'<tr id="{row_id(offer)}"><th scope="row">{escape(offer.name)}</th>{vendor_cell}'
            f'<td class="prices__since"><time datetime="{end.start}">{end.start}</time></td>'
            f'<td>{escape(end.withdrawn)}</td><td class="prices__also">{escape(at_last)}</td>'
            f"{_source_cell(end.source, end.confidence)}</tr>"
        )
    titles = ["Offer", *([] if vendor else ["Vendor"]), "Ended", "Why", "Last price", "Source"]
    return _plain_table("No longer sold", titles, rows)


def _ended_on(offer: Offer) -> str:
    end = offer.ends()
    return str(end.start) if end else ""


def _plain_table(label: str, titles: Iterable[str], rows: str) -> str:
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(label)}">'
        f'<table class="prices__table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def span(facts: Facts, kind: str, meter: str) -> str:
    """The cheapest and the dearest price of a meter on sale: `from $0.01 … (A) to $0.18 … (B)`."""
    sold = [
        (price.value, offer.name, price)
        for offer in _of(facts, kind)
        if offer.open_to_newcomers(facts.day)
        and (price := offer.on(facts.day).meters.get(meter)) is not None
    ]
    if not sold:
        raise ValueError(f"no {kind} on sale has a price for {meter}")
    low, high = min(sold, key=lambda s: s[0]), max(sold, key=lambda s: s[0])
    return (
        f"from {text.price(low[2])} ({escape(low[1])}) to {text.price(high[2])} ({escape(high[1])})"
    )


# The page of a vendor


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
    return (
        '<section class="prices"><div class="scroll" tabindex="0" role="group" '
        'aria-label="Vendors"><table class="prices__table prices__vendors">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


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
    ended = [offer for offer in offers if _ended(offer, facts.day)]
    if ended:
        table = _ended_table(facts, ended, name)
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
    pads = {c.key: _decimals(c, offer.blocks) for c in columns}
    rows = ""
    for block in offer.blocks:
        cells = (
            f'<td colspan="{len(columns)}">Ends. {escape(block.withdrawn)}</td>'
            if block.withdrawn
            else "".join(_price_cell(offer, block, column, pads[column.key]) for column in columns)
        )
        rows += f"<tr>{_since_cell(offer, block)}{cells}{_basis_cell(offer, block)}</tr>"
    common = _common(columns)
    words = text.unit_words(common) or "USD"
    titles = [_head("Since", ""), *(_price_head(c, common) for c in columns), _head("Source", "")]
    heads = "".join(titles).replace(' data-sort="number"', "")
    table = (
        f'<div class="scroll" tabindex="0" role="group" aria-label="Prices, {escape(offer.name)}">'
        f'<table class="prices__table"><caption><span>{escape(words)}</span></caption>'
        f"<thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
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


# A worked bill


def bill(
    calculator: Calculator,
    facts: Facts,
    result: Result,
    option: str,
    only: Sequence[str] = (),
) -> str:
    """
    The line items of one option of a case with their arithmetic, and the way to the calculator.
    `only` keeps the items whose names begin with one of these: what one vendor bills.
    """
    found = result.option(option)
    if found.refused:
        raise ValueError(f"{option} cannot be had in that case: {found.refused}")
    if only:
        kept = {n: cost for n, cost in found.lines.items() if n.startswith(tuple(only))}
        if not kept:
            names = ", ".join(found.lines)
            raise ValueError(f"{option} has no item like {', '.join(only)}; it has {names}")
        found = Option(found.slug, found.label, kept)
    given = result.reading.given | {"on": str(facts.day)}
    link = f"{TOP}calculators/{calculator.slug}/?{query(given)}"
    return (
        f'<section class="prices">{_bill_table(found)}'
        f'<p><a href="{escape(link)}">Open this case in the calculator</a></p></section>'
    )


def worked(facts: Facts, name: str, case: Mapping[str, str]) -> str:
    """
    A bill that no calculator asks for: a month of one accelerator; `searches` over `files` of
    managed retrieval; a training run of `examples`, `example_tokens` each, `epochs` times.
    """
    offer = facts.offer(name)
    rates = facts.rates(name)
    given = {key: Quantity.parse(words) for key, words in case.items()}
    found = Option(offer.kind, offer.name)
    if offer.kind == "rental":
        found.lines = rental_month(facts, rates)
    elif offer.kind == "retrieval":
        found.lines = retrieval_month(facts, rates, given["searches"], given["files"])
    elif offer.kind == "training":
        none = facts.number("0 tok")
        sizes = (given["examples"], given["example_tokens"], given["epochs"])
        found.once = run_cost(rates, *sizes, none)
    else:
        raise ValueError(f"{name} is billed by the case of a calculator: use bill()")
    return f'<section class="prices">{_bill_table(found)}</section>'


def when(facts: Facts, name: str, event: str) -> str:
    """The day of an event in an offer's life, in words; `ends` is the end of its sale."""
    offer = facts.offer(name)
    end = offer.ends()
    days = {one.event: one.day for one in offer.lifecycle} | ({"ends": end.start} if end else {})
    if event not in days:
        known = ", ".join(days) or "none"
        raise ValueError(f"the book knows no '{event}' of {name}; known are {known}")
    return text.day(days[event])


def _bill_table(option: Option) -> str:
    rows = ""
    for title, items, total in (
        ("A month", option.lines, option.total),
        ("Paid once", option.once, option.total_once),
    ):
        if not items:
            continue
        for name, cost in items.items():
            rows += (
                f'<tr><th scope="row">{escape(name[:1].upper() + name[1:])}</th>'
                f'<td class="bill__worked">{escape(text.worked(cost))}</td>'
                f'<td class="number">{text.money(cost.value)}</td></tr>'
            )
        rows += (
            f'<tr class="bill__total"><th scope="row">{title}</th><td></td>'
            f'<td class="number">{text.money(float(total))}</td></tr>'
        )
    return (
        '<div class="scroll" tabindex="0" role="group" aria-label="A worked bill">'
        '<table class="prices__table"><thead><tr><th scope="col">Item</th>'
        '<th scope="col">Worked out</th><th scope="col" class="number">USD</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
