"""What closes or changes its price, day by day, and what a reader who uses it has to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby

from calculators.kernel.facts import Facts
from calculators.kernel.offers import Block, Offer, Source
from calculators.kernel.units import Quantity
from views import text
from views.answer.form import query
from views.book.offers import TOP, link, meter_words, slug, where

# What is lost when an offer ends depends on what was built on it.
_ENDS = {
    "embedding": "Embed the whole corpus anew with another model before this day: vectors of two "
    "models cannot be compared.",
    "inference": "Move to another model and run your evaluation on it before this day; requests "
    "fail from then on.",
    "rental": "Move what runs on it before this day.",
    "rerank": "Move to another reranker before this day, and set its score thresholds anew.",
    "retrieval": "Load the files into another index before this day.",
    "store": "Copy the index to another store before this day.",
    "training": "Start the last run before this day, or train elsewhere.",
    "tuning": "Train a successor elsewhere, or move to prompt and retrieval, before this day; "
    "requests to the tuned model fail from then on.",
}
_EVENTS = {
    "closed_to_new_customers": (
        "Closes to new customers",
        "New customers choose something else. Who has it keeps it, and plans the move.",
    ),
    "notice": ("Notice", "Read the notice; nothing stops on this day."),
    "training_ends": (
        "Training ends",
        "Start the last run before this day; what is trained by then has an end of its own.",
    ),
}
# The calculator input that takes an offer of that kind.
_INPUTS = {
    "embedding": "embedding",
    "inference": "model",
    "rerank": "reranker",
    "store": "vector_store",
    "tuning": "tuned_model",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happens to one offer on one day."""

    day: date
    offer: Offer
    title: str
    told: str
    todo: str
    source: Source
    prices: tuple[str, ...] = ()


def entries(facts: Facts) -> list[Entry]:
    """Everything dated in the book but first prices, by day, then by what happens."""
    found = [entry for offer in facts.book.offers.values() for entry in _entries(offer)]
    order = ("Ends", "Price changes", *(title for title, _ in _EVENTS.values()))
    return sorted(
        found,
        key=lambda e: (e.day, order.index(e.title), e.told, e.offer.vendor, e.offer.name),
    )


def _entries(offer: Offer) -> Iterator[Entry]:
    for event in offer.lifecycle:
        title, todo = _EVENTS[event.event]
        yield Entry(event.day, offer, title, event.note, todo, event.source)
    for before, block in zip((None, *offer.blocks), offer.blocks, strict=False):
        if block.withdrawn:
            todo = _ENDS[offer.kind]
            yield Entry(block.start, offer, "Ends", block.withdrawn, todo, block.source)
        elif before and (changes := _changes(before, block)):
            todo = "Work your case out at the new prices"
            yield Entry(
                block.start, offer, "Price changes", block.note, todo, block.source, changes
            )


def _changes(before: Block, after: Block) -> tuple[str, ...]:
    """By unit, the meters whose price differs; one that is new or gone is no change of price."""
    changed: dict[str, list[str]] = {}
    for meter, new in after.meters.items():
        old = before.meters.get(meter)
        if old is not None and old != new:
            (was, _), (now, unit) = _parted(old), _parted(new)
            changed.setdefault(unit, []).append(f"{meter_words(meter)} from {was} to {now}")
    return tuple(f"{', '.join(said)} {unit}".strip() for unit, said in changed.items())


def _parted(price: Quantity) -> tuple[str, str]:
    """A price and its unit apart: `$2.50` and `a million tokens`."""
    number, _, unit = text.price(price).partition(" ")
    return number, unit


def calendar(facts: Facts, vendor: str = "") -> str:
    """Coming days, of a vendor or of all, with what to do; past ones folded, newest first."""
    found = [entry for entry in entries(facts) if vendor in ("", slug(entry.offer))]
    if not found:
        return ""
    coming = [entry for entry in found if entry.day > facts.day]
    past = [entry for entry in found if entry.day <= facts.day]
    days = "".join(_day(day, list(same)) for day, same in groupby(coming, lambda e: e.day))
    gone = "".join(
        reversed([_day(day, list(same)) for day, same in groupby(past, lambda e: e.day)])
    )
    html = f'<section class="calendar">{days}'
    if gone:
        html += (
            '<details class="prices__fold"><summary>What has closed or changed until '
            f"{text.day(facts.day)} ({len(past)})</summary>{gone}</details>"
        )
    return f"{html}</section>"


def when(facts: Facts, name: str, event: str) -> str:
    """The day of an event in an offer's life, in words; `ends` is the end of its sale."""
    offer = facts.offer(name)
    end = offer.ends()
    days = {one.event: one.day for one in offer.lifecycle} | ({"ends": end.start} if end else {})
    if event not in days:
        known = ", ".join(days) or "none"
        raise ValueError(f"the book knows no '{event}' of {name}; known are {known}")
    return text.day(days[event])


def _day(day: date, found: Sequence[Entry]) -> str:
    items = "".join(
        _item(list(same))
        for _, same in groupby(found, lambda e: (e.title, e.told, e.prices, e.todo, e.source))
    )
    identifier = f"d-{day}"
    return (
        f'<section class="calendar__day" aria-labelledby="{identifier}">'
        f'<h3 id="{identifier}"><time datetime="{day}">{text.day(day)}</time>'
        f'<a class="headerlink" href="#{identifier}" title="Link to this day">#</a></h3>'
        f"<ul>{items}</ul></section>"
    )


def _item(same: Sequence[Entry]) -> str:
    first = same[0]
    offers = ", ".join(
        f'<a href="{where(entry.offer)}">{escape(entry.offer.name)}</a>' for entry in same
    )
    vendors = ", ".join(dict.fromkeys(escape(entry.offer.vendor) for entry in same))
    prices = f" {escape(_sentence('; '.join(first.prices)))}" if first.prices else ""
    told = f" {escape(first.told)}" if first.told else ""
    return (
        f'<li><strong class="calendar__what">{first.title}</strong> {offers} '
        f'<span class="calendar__vendor">{vendors}</span>'
        f"<p>{prices.strip()}{told if prices else told.strip()} "
        f'<span class="calendar__source">Source: {link(first.source)}, read '
        f'<time datetime="{first.source.read}">{text.day(first.source.read)}</time></span></p>'
        f'<p class="calendar__todo">{_todo(same)}</p></li>'
    )


def _todo(same: Sequence[Entry]) -> str:
    first = same[0]
    if not first.prices:
        return first.todo
    links = []
    for entry in same:
        name = _INPUTS.get(entry.offer.kind)
        if name:
            given = query({name: entry.offer.id, "on": str(entry.day)})
            address = escape(f"{TOP}calculators/approach-cost/?{given}")
            links.append(f'<a href="{address}">{escape(entry.offer.name)}</a>')
    if not links:
        return f"{first.todo}."
    return f"{first.todo}: {', '.join(links)} on {text.day(first.day)}."


def _sentence(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}."
