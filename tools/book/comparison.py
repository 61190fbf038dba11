"""
The book beside independent price lists: which figures agree, which do not, and what is missing.

A figure that differs is explained once the book's own `disputed` names the other figure, or
that is a former or regional price of the book. No clock is read; the caller says which day.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from calculators.kernel.book import Book
from calculators.kernel.facts import Facts
from calculators.kernel.meters import METERS, SIZES
from calculators.kernel.offers import Block, Offer, PriceError
from calculators.kernel.units import Quantity, unit
from tools.book import feeds
from tools.book.feeds import Entry, Feed, Figures, above

STALE = timedelta(days=60)
DOUBTFUL = 5  # prices this many times apart are a slip in one list more often than a change
NEW_MODELS = 10  # for each vendor

# What a list may state of an offer; it has no training, hosting or storage to compare.
COMPARED = (
    "input",
    "cached_input",
    "cache_write",
    "cache_write_1h",
    "output",
    "batch_input",
    "batch_cached_input",
    "batch_cache_write",
    "batch_output",
    "peak_input",
    "peak_cached_input",
    "peak_output",
    "regional",
    "search",
    *SIZES,
    "ends",
)
AGREES = "agrees"
DIFFERS = "differs"
NO_FEED = "in no feed"
NO_BOOK = "not in the book"


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One figure of an offer on one day, beside what the lists say; numbers as they are shown.

    `explained` is the book's own sentence on the dispute, where it names the other figure or
    that is a former or regional price of the book.
    """

    vendor: str
    offer: str
    figure: str
    day: date
    verdict: str
    book: str
    feeds: dict[str, str]
    newer: str = ""
    explained: str = ""
    remark: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many figures of a vendor some list states too, and what came of comparing them."""

    vendor: str
    compared: int
    agree: int
    differ: int
    explained: int
    in_no_feed: int
    not_in_book: int


@dataclass(frozen=True, slots=True)
class NewModel:
    """A model that a list has and the book lacks, with its prices per million tokens."""

    vendor: str
    model: str
    feeds: tuple[str, ...]
    input: str
    output: str
    since: date | None


@dataclass(frozen=True, slots=True)
class OldSource:
    """A source of a price in force that was last read long ago."""

    vendor: str
    title: str
    url: str
    read: date
    days: int


@dataclass(frozen=True, slots=True)
class Report:
    """
    Everything found. `settled` are disputes that no list keeps up, `lost_keys` names under
    `feeds` that a list does not know, `unlisted` offers that have no such name.
    """

    day: date
    lists: tuple[tuple[str, date | None], ...]
    tallies: tuple[Tally, ...]
    figures: tuple[Figure, ...]
    new_models: tuple[NewModel, ...]
    old_sources: tuple[OldSource, ...]
    settled: tuple[tuple[str, str], ...]
    lost_keys: tuple[tuple[str, str, str], ...]
    unlisted: tuple[tuple[str, str], ...]


def compare(book: Book, lists: Sequence[Feed], day: date) -> Report:
    """The book on that day, and on each later day for which a list announces a change."""
    figures: list[Figure] = []
    lost: list[tuple[str, str, str]] = []
    unlisted: list[tuple[str, str]] = []
    for offer in book.offers.values():
        for feed in lists:
            key = offer.feeds.get(feed.name)
            if key and not feed.entry(key, day):
                lost.append((offer.id, feed.title, key))
        if offer.feeds:
            figures += _of_offer(book, offer, lists, day)
        elif offer.kind in {"inference", "embedding", "rerank"} and offer.sold(day):
            unlisted.append((offer.vendor, offer.id))
    return Report(
        day=day,
        lists=tuple((feed.title, feed.released) for feed in lists),
        tallies=tuple(_tallies(figures)),
        figures=tuple(figures),
        new_models=tuple(_new_models(book, lists, day)),
        old_sources=tuple(_old_sources(book, day)),
        settled=tuple(_settled(book, figures, day)),
        lost_keys=tuple(lost),
        unlisted=tuple(sorted(unlisted)),
    )


def _of_offer(book: Book, offer: Offer, lists: Sequence[Feed], day: date) -> Iterator[Figure]:
    def entries(on: date) -> dict[Feed, Entry]:
        found = {feed: feed.entry(offer.feeds.get(feed.name, ""), on) for feed in lists}
        return {feed: entry for feed, entry in found.items() if entry}

    today = entries(day)
    yield from _figures(book, offer, today, day)
    for later in sorted({change for entry in today.values() for change in entry.changes}):
        announced = {}
        for feed, entry in entries(later).items():
            before = feed.entry(entry.key, later - timedelta(days=1))
            if before:
                new = entry.figures.items() - before.figures.items()
                announced[feed] = dataclasses.replace(entry, figures=dict(new))
        named = {name for entry in announced.values() for name in entry.figures}
        yield from (f for f in _figures(book, offer, announced, later) if f.figure in named)


def _figures(book: Book, offer: Offer, entries: dict[Feed, Entry], day: date) -> Iterator[Figure]:
    ours = book_figures(book, offer, day)
    block = offer.on(day) if offer.sold(day) else None
    said = {feed: dict(entry.figures) for feed, entry in entries.items()}
    for feed, figures in list(said.items()):
        # A list that knows one price for all hours states that of the peak.
        if "peak_input" in ours and "peak_input" not in figures:
            said[feed] = feeds.at_peak(figures)
    if block is None and not offer.not_published:
        # Ended, or not yet on sale: what a list says of its prices contradicts nothing here.
        said = {feed: {k: v for k, v in f.items() if k == "ends"} for feed, f in said.items()}
    known = {*METERS[offer.kind], *SIZES, "ends"}
    told = (name for f in said.values() for name in f if name.partition(" above ")[0] in known)
    disputed = block.disputed if block else ""
    for name in dict.fromkeys([*ours, *told]):
        theirs = {feed: figures[name] for feed, figures in said.items() if name in figures}
        mine = ours.get(name)
        other = {feed: v for feed, v in theirs.items() if mine is None or not same(mine, v)}
        meant = _meant(book, offer, ours, name, day) if disputed and other else []
        named = bool(other) and all(
            names(disputed, value) or any(same(value, one) for one in meant)
            for value in other.values()
        )
        if mine is None and " above " in name:
            # To leave out the prices of long prompts takes one word on their length.
            named = names(disputed, Quantity.parse(name.partition(" above ")[2]))
        figure = Figure(
            vendor=offer.vendor,
            offer=offer.id,
            figure=name,
            day=day,
            verdict=NO_FEED if not theirs else NO_BOOK if mine is None else AGREES,
            book="" if mine is None else shown(mine),
            feeds={feed.name: shown(value) for feed, value in theirs.items()},
            explained=disputed if named else "",
        )
        if other and mine is not None:
            figure = dataclasses.replace(
                figure,
                verdict=DIFFERS,
                newer="; ".join(_newer(block, entries[feed], feed) for feed in other),
                remark="`disputed` does not name this figure" if disputed and not named else "",
                doubtful=any(_far_apart(mine, value) for value in other.values()),
            )
        yield figure


def _meant(book: Book, offer: Offer, ours: Figures, name: str, day: date) -> list[Quantity | date]:
    """What a dispute may mean without a number: a former price, or that of a chosen region."""
    former = [block.start for block in offer.blocks if block.start < offer.on(day).start]
    found = [book_figures(book, offer, start).get(name) for start in former]
    mine, region = ours.get(name), ours.get("regional")
    if isinstance(mine, Quantity) and isinstance(region, Quantity):
        found.append(mine * region)
    return [one for one in found if one is not None]


def book_figures(book: Book, offer: Offer, day: date) -> Figures:
    """What the book says of an offer on that day, of what a list may say too."""
    figures: Figures = {}
    sold = Facts(book, day)
    try:
        rates = sold.rates(offer.id)
    except PriceError:
        pass
    else:
        meters = [meter for meter in METERS[offer.kind] if meter in COMPARED]
        figures = {meter: rates.get(meter) for meter in meters if meter in rates}
        block = offer.on(day)
        base = book.offer(offer.base).on(day) if "premium" in block.meters else block
        for tier in base.tiers:
            limit = tier.above.to("tok/request")
            dear = rates.at(Quantity.of(limit + 1, "tok/request"))
            for meter in tier.meters:
                if meter in COMPARED:
                    figures[above(meter, limit)] = dear.get(meter)
        sizes = {size: sold.size(offer.id, size) for size in SIZES}
        figures |= {k: Quantity.of(v.value, SIZES[k]) for k, v in sizes.items() if v is not None}
    end = offer.ends()
    if end:
        figures["ends"] = end.start
    return figures


def same(mine: Quantity | date, other: Quantity | date) -> bool:
    """Whether two figures are the same but for rounding in binary."""
    if isinstance(mine, date) or isinstance(other, date):
        return mine == other
    return abs(mine.value - other.value) <= 1e-9 * max(abs(mine.value), abs(other.value))


def shown(value: Quantity | date) -> str:
    """A figure as it is written in the book, in the unit in which such figures are compared."""
    if isinstance(value, date):
        return value.isoformat()
    name = _unit(value)
    number = f"{value.to(name):_.6f}".rstrip("0")
    whole, _, part = number.partition(".")
    if "USD" in name:
        part = part.ljust(2, "0")
    return f"{whole}.{part} {name}" if part else f"{whole} {name}"


def _unit(value: Quantity) -> str:
    known = ("USD/Mtok", "USD/ksearch", "%", "tok", "dim")
    same = (name for name in known if unit(name).dims == value.dims)
    return next(same, value.factors[0].unit)


# Not the digits of a name, a version or a date: gpt-4.1, 1.109.1, 2026-11-22.
_NUMBER = re.compile(r"(?<![\w.-])\d+(?:[_,]\d{3})*(?:\.\d+)?(?![\w-]|\.\d)")


def names(sentence: str, value: Quantity | date) -> bool:
    """Whether a sentence names that figure, in the unit in which figures are shown."""
    if isinstance(value, date):
        return value.isoformat() in sentence
    number = value.to(_unit(value))
    found = [float(re.sub("[_,]", "", text)) for text in _NUMBER.findall(sentence)]
    return any(abs(other - number) <= 1e-9 * number for other in found)


def _far_apart(mine: Quantity | date, other: Quantity | date) -> bool:
    if isinstance(mine, date) or isinstance(other, date) or "USD" not in dict(mine.dims):
        return False
    low, high = sorted((mine.value, other.value))
    return high > DOUBTFUL * low


def _newer(block: Block | None, entry: Entry, feed: Feed) -> str:
    """Which side knows later, as far as either carries a date, and those dates."""
    if block is None:
        return feed.name
    since = None if block.first_seen else block.start
    read = block.source.read
    ours, theirs = read, feed.released
    if entry.since and entry.since > read:
        theirs = entry.since
    elif entry.since and since:
        ours, theirs = since, entry.since
    later = "unclear"
    if theirs and theirs != ours:
        later = feed.name if theirs > ours else "book"
    book_dates = f"book {f'since {since}, ' if since else ''}read {read}"
    feed_dates = f"{feed.name} {f'since {entry.since}, ' if entry.since else ''}"
    return f"{later}: {book_dates}; {feed_dates}released {feed.released or 'on an unknown day'}"


def _settled(book: Book, figures: Iterable[Figure], day: date) -> Iterator[tuple[str, str]]:
    contradicted = {f.offer for f in figures if f.verdict in {DIFFERS, NO_BOOK} and f.day == day}
    for offer in book.offers.values():
        if offer.feeds and offer.sold(day) and offer.id not in contradicted:
            disputed = offer.on(day).disputed
            if disputed:
                yield offer.id, disputed


def _tallies(figures: Iterable[Figure]) -> Iterator[Tally]:
    ordered = sorted(figures, key=lambda figure: figure.vendor.lower())
    for vendor, group in groupby(ordered, key=lambda figure: figure.vendor):
        found = list(group)
        agree, differ, no_feed, no_book = (
            [figure for figure in found if figure.verdict == verdict]
            for verdict in (AGREES, DIFFERS, NO_FEED, NO_BOOK)
        )
        yield Tally(
            vendor,
            compared=len(agree) + len(differ),
            agree=len(agree),
            differ=len(differ),
            explained=sum(bool(figure.explained) for figure in differ),
            in_no_feed=len(no_feed),
            not_in_book=len(no_book),
        )


# What the lists have and the book lacks.

_REGION = re.compile(r"^(apac|au|ca|eu|global|in|jp|regional|uk|us|us-gov)\.")
_MAKER = re.compile(r"^[a-z]+\.(?=[a-z])")
_ISSUE = re.compile(r"[@:].*$|-(latest|v\d+|\d{8}|20\d\d-\d\d-\d\d|\d\d-20\d\d|\d{4}|0+\d*)$")
_POINT = re.compile(r"(?<=\d)[.p](?=\d)")
_SIZE = re.compile(r"\d+(x\d+)?[bkme](?![a-z])|\d{3,}")


def stem(key: str) -> str:
    """A model's name without its provider, region and date of issue: `gpt-5-2`."""
    name = _MAKER.sub("", _REGION.sub("", key.lower().rsplit("/", 1)[-1]))
    name = _POINT.sub("-", name)
    while (shorter := _ISSUE.sub("", name)) != name:
        name = shorter
    return name


def _new_models(book: Book, lists: Sequence[Feed], day: date) -> Iterator[NewModel]:
    """
    Newest first by the version in the name, as neither list says when a model appeared, and
    the families that the book has of that vendor before others that it serves.
    """
    known: dict[str, set[str]] = {}
    providers: dict[tuple[str, str], set[str]] = {}
    listed = {feed.name: {entry.key: entry for entry in feed.entries(day)} for feed in lists}
    for offer in book.offers.values():
        known.setdefault(offer.vendor, set()).add(stem(offer.id))
        for feed in lists:
            entry = listed[feed.name].get(offer.feeds.get(feed.name, ""))
            if entry:
                known[offer.vendor].add(stem(entry.key))
                providers.setdefault((offer.vendor, feed.name), set()).add(entry.provider)
    for vendor in sorted(known, key=str.lower):
        found: dict[str, dict[str, Entry]] = {}
        for feed in lists:
            for entry in listed[feed.name].values():
                name = stem(entry.key)
                ours = entry.provider in providers.get((vendor, feed.name), ())
                if ours and name not in known[vendor] and _worth_adding(entry, day):
                    held = found.setdefault(name, {}).get(feed.name)
                    if not held or len(entry.key) < len(held.key):
                        found[name][feed.name] = entry
        families = {_family(name) for name in known[vendor]}
        ranks = {name: (_family(name) in families, _versions(name), name) for name in found}
        for name in sorted(found, key=lambda name: ranks[name], reverse=True)[:NEW_MODELS]:
            entries = list(found[name].values())
            price, answer = (
                next((shown(e.figures[m]) for m in meters for e in entries if m in e.figures), "")
                for meters in (("input", "search"), ("output",))
            )
            since = next((entry.since for entry in entries if entry.since), None)
            yield NewModel(vendor, entries[0].key, tuple(found[name]), price, answer, since)


def _worth_adding(entry: Entry, day: date) -> bool:
    price = entry.figures.get("input") or entry.figures.get("search")
    ends = entry.figures.get("ends", date.max)
    return entry.text and not entry.over and bool(price) and isinstance(ends, date) and ends > day


def _versions(name: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", _SIZE.sub("", name)))


def _family(name: str) -> str:
    return re.split(r"[^a-z]", name, maxsplit=1)[0]


def _old_sources(book: Book, day: date) -> Iterator[OldSource]:
    """Sources of what is in force or to come; what has ended need not be read again."""
    found = set()
    for offer in book.offers.values():
        for number, block in enumerate(offer.blocks):
            following = offer.blocks[number + 1 :]
            if not following or following[0].start > day:
                if block.withdrawn and block.start <= day:
                    continue
                found.add((offer.vendor, block.source))
        found |= {(offer.vendor, event.source) for event in offer.lifecycle if event.day > day}
    for vendor, source in sorted(found, key=lambda f: (f[1].read, f[0].lower(), f[1].title)):
        age = day - source.read
        if age > STALE:
            yield OldSource(vendor, source.title, source.url, source.read, age.days)
