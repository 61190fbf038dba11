"""
The price book as pages: a table for each kind of offer.

Every table is whole without a script; a small element sorts and filters it. The pages stand two
folders deep, which is where their links start from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from html import escape

from calculators.kernel.facts import Facts
from calculators.kernel.offers import Block, Offer
from views import tables, text
from views.book.columns import (
    KINDS,
    Column,
    Kind,
    also,
    basis_cell,
    common_unit,
    decimals_of,
    price_cell,
    price_head,
    since_cell,
)
from views.book.offers import TOP, row_id, slug
from views.tables import head

UNFILTERED = 8  # rows that one sees at a glance
LONG = 50  # rows of one part of a table, which a browser is spared while it is out of view


def prices(facts: Facts, kind: str, vendor: str = "") -> str:
    """
    All offers of a kind, or a vendor's: those on sale in a table that can be sorted and filtered,
    then those that have ended, then those without a published price.
    """
    offers = _of(facts, kind, vendor)
    listed = [o for o in offers if _current(o, facts.day)]
    ended = [o for o in offers if ended_block(o, facts.day)]
    unpriced = [o for o in offers if o.not_published]
    html = ""
    if listed:
        html += _table(facts, KINDS[kind], listed, vendor)
    if ended and not vendor:
        html += _folded(f"No longer sold ({len(ended)})", ended_table(facts, ended, vendor))
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


def ended_block(offer: Offer, day: date) -> Block | None:
    """The block that has ended its sale by that day, if one has."""
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
    common = common_unit(columns)
    # Each column by its head, its cell and its least width in rem.
    parts: list[tuple[str, Callable[[Offer, Block], str], float]] = [
        (
            head("Offer", "text"),
            lambda offer, block: _name_cell(offer, block, facts.day),
            8.4,
        )
    ]
    if not vendor:
        parts.append((head("Vendor", "text"), _vendor_cell, 4.6))
    if any(offer.accelerator for offer, _ in rows):
        parts.append((head("Accelerator", "text"), _accelerator_cell, 6))
    for column in columns:
        decimals = decimals_of(column, [block for _, block in rows])
        cell = partial(price_cell, column=column, decimals=decimals)
        parts.append((price_head(column, common), cell, 3.1))
    if any(block.tiers for _, block in rows):
        parts.append((head("Prompt"), _tier_cell, 6.1))
    if any(set(block.meters) - shown for _, block in rows):
        parts.append((head("Also billed"), partial(_also_cell, shown=shown, unit=common), 7))
    for size in kind.sizes:
        if any(size.key in offer.sizes for offer, _ in rows):
            words = text.unit_words(size.unit.partition("/")[0])
            parts.append((head(size.title, "number", words), partial(_size_cell, size=size), 4))
    parts.append((head("Since", "text"), since_cell, 4.3))
    parts.append((head("Source"), basis_cell, 8.4))

    heads = "".join(title for title, _, _ in parts)
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
        f"<thead><tr>{heads}</tr></thead>{body}</table>"
    )
    if len(rows) > LONG:
        table = _long(table, [width for _, _, width in parts])
    return (
        f"<price-table>{tables.search_box('offers') if len(rows) > UNFILTERED else ''}"
        f"{tables.scrolled(label, table)}</price-table>"
    )


def _long(table: str, widths: Sequence[float]) -> str:
    """
    A table whose parts out of view a browser need not lay out, so that thousands filter at once.

    Rows are grids on the same columns, in bodies of so many; their roles are named, as they no
    longer follow from how the elements are laid out.
    """
    columns = " ".join(f"minmax({width}rem,{width}fr)" for width in widths)
    return tables.with_roles(table).replace(
        'class="prices__table"',
        'class="prices__table prices__table--long" '
        f'style="--columns:{columns};--least:{sum(widths):.1f}rem"',
        1,
    )


def _caption(unit: str, day: date) -> str:
    """What all figures of a table are in, where it is one unit, and the day on which they hold."""
    words = f"{text.unit_words(unit)}, if not said otherwise" if unit else "USD"
    return f"{words}, on {text.day(day)}"


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


def _size_cell(offer: Offer, _: Block, size: Column) -> str:
    found = offer.sizes.get(size.key)
    if found is None:
        return '<td class="number">–</td>'
    number = found.to(size.unit)
    return f'<td class="number" data-sort="{number:.6g}">{text.plain(number)}</td>'


def ended_table(facts: Facts, offers: Sequence[Offer], vendor: str) -> str:
    """Offers that are no longer sold: since when, what they cost at last, and who says so."""
    rows = ""
    for offer in sorted(offers, key=_ended_on, reverse=True):
        end = ended_block(offer, facts.day)
        if end is None:
            continue
        last = next((b for b in reversed(offer.blocks) if b.meters), None)
        at_last = "; ".join(also(m, p) for m, p in last.meters.items()) if last else "not known"
        vendor_cell = "" if vendor else _vendor_cell(offer, end)
        rows += (
            f'<tr id="{row_id(offer)}"><th scope="row">{escape(offer.name)}</th>{vendor_cell}'
            f'<td class="prices__since"><time datetime="{end.start}">{end.start}</time></td>'
            f'<td>{escape(end.withdrawn)}</td><td class="prices__also">{escape(at_last)}</td>'
            f"{basis_cell(offer, end)}</tr>"
        )
    titles = ["Offer", *([] if vendor else ["Vendor"]), "Ended", "Why", "Last price", "Source"]
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    return tables.scrolled(
        "No longer sold",
        f'<table class="prices__table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>",
    )


def _ended_on(offer: Offer) -> str:
    end = offer.ends()
    return str(end.start) if end else ""


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
