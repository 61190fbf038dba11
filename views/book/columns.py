"""
The columns of the price book: which each kind of offer has, their heads, and what stands in them.

A cell that can be sorted by carries its value in `data-sort`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from calculators.kernel.offers import Block, Offer
from calculators.kernel.units import Quantity, UnitError
from views import tables, text
from views.book.offers import link, meter_words

MTOK = "USD/Mtok"


@dataclass(frozen=True, slots=True)
class Column:
    """A meter, or an undated size, of all offers of a kind, in the unit it usually has."""

    key: str
    title: str
    unit: str = MTOK


@dataclass(frozen=True, slots=True)
class Kind:
    """How offers of one kind are listed: under which title, and in which columns."""

    title: str
    columns: tuple[Column, ...]
    sizes: tuple[Column, ...] = ()


_CONTEXT = Column("context_window", "Context window", "tok/request")

KINDS = {
    "inference": Kind(
        "Models",
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
        (Column("training", "Training"), Column("input", "Input"), Column("output", "Output")),
    ),
    "embedding": Kind(
        "Embeddings",
        (Column("input", "Input"), Column("batch_input", "Batch input")),
        (
            Column("dimensions", "Dimensions", "dim/vector"),
            Column("max_input", "Longest text", "tok/chunk"),
        ),
    ),
    "rerank": Kind(
        "Rerankers",
        (
            Column("input", "Input"),
            Column("search", "Search", "USD/ksearch"),
            Column("documents_per_search", "Documents in a search", "chunk/search"),
        ),
    ),
    "store": Kind(
        "Vector stores",
        (
            Column("plan", "Plan", "USD/month"),
            Column("minimum", "Least bill", "USD/month"),
            Column("storage", "Storage", "USD/GB/month"),
        ),
    ),
    "retrieval": Kind(
        "Managed retrieval",
        (
            Column("plan", "Plan", "USD/month"),
            Column("search", "Search", "USD/ksearch"),
            Column("storage", "Storage", "USD/GB/month"),
            Column("storage_daily", "Storage", "USD/GB/day"),
        ),
    ),
    "rental": Kind("Accelerators by the hour", (Column("hour", "On demand", "USD/h"),)),
}


def common_unit(columns: Sequence[Column]) -> str:
    """The unit of most columns, said once above the table, or none where few share one."""
    units = [column.unit for column in columns]
    most = max(units, key=units.count, default="")
    return most if units.count(most) * 2 > len(units) else ""


def price_head(column: Column, common: str) -> str:
    """The head of a meter's column, with its unit where that is not the one said above."""
    unit = "" if column.unit == common else text.unit_words(column.unit)
    return tables.head(column.title, "number", unit)


def decimals_of(column: Column, blocks: Iterable[Block]) -> int:
    """The most decimals in a column, so that its figures can stand on their points."""
    shown = [
        _number(found)
        for block in blocks
        for meters in (block.meters, *(tier.meters for tier in block.tiers))
        if (found := meters.get(column.key)) is not None and found.factors[0].unit == column.unit
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


def price_cell(_: Offer, block: Block, column: Column, decimals: int) -> str:
    """A meter's price, and below it those of longer prompts; a dash where it is not sold."""
    price = block.meters.get(column.key)
    lines = [tier.meters.get(column.key) for tier in block.tiers]
    if price is None:
        return '<td class="number">–</td>'
    try:
        value = price.to(column.unit)
    except UnitError:
        value = price.value
    tiers = "".join(
        f"<small>{'–' if line is None else _aligned(line, column, decimals)}</small>"
        for line in lines
    )
    shown = _aligned(price, column, decimals)
    return f'<td class="number" data-sort="{value:.6g}">{shown}{tiers}</td>'


def also(meter: str, price: Quantity, common: str = "") -> str:
    """A meter and its price in words: `reads $16.00 a million read units`; no `common` unit."""
    words = meter_words(meter)
    shown = _number(price) if price.factors[0].unit == common else text.price(price)
    return f"{shown} {words}" if words.startswith("of ") else f"{words} {shown}"


def since_cell(_: Offer, block: Block) -> str:
    """The day from which a block holds."""
    seen = "<small>first seen</small>" if block.first_seen else ""
    return (
        f'<td class="prices__since" data-sort="{block.start}">'
        f'<time datetime="{block.start}">{block.start}</time>{seen}</td>'
    )


def basis_cell(_: Offer, block: Block) -> str:
    """What a block rests on: its source, how far it was checked, and when it was read last."""
    source = block.source
    return (
        f'<td class="prices__source">{link(source)}<small>{escape(block.confidence)}, '
        f'read <time datetime="{source.read}">{source.read}</time></small></td>'
    )
