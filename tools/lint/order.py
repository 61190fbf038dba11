"""The order of offers, fields and studies, so that files read alike and two people's edits meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import yaml

from calculators.kernel.meters import METERS, SIZES
from tools.lint.project import Project, Records, rule_with
from tools.lint.reading import Fault, at
from tools.lint.values import day, number
from tools.records import COLLECTIONS, EVIDENCE

Order = Callable[[str], Any]
Path = tuple[str, ...]

# The order of the fields of a file, a source, an offer and an event; those of a block are its
# meters, as the registry has them, and then ABOUT.
FILE = ("vendor", "sources", "offers")
SOURCE = ("title", "url", "read")
OFFER = (
    "name",
    "kind",
    "accelerator",
    "base",
    *SIZES,
    "facts_source",
    "feeds",
    "not_published",
    "source",
    "rates",
    "lifecycle",
)
ABOUT = ("withdrawn", "above", "source", "confidence", "dated", "note", "disputed")
EVENT = ("event", "source", "note")


def _rank(names: Iterable[str]) -> Order:
    """Keys in this order, and those unknown after them."""
    known = {name: number for number, name in enumerate(names)}
    return lambda key: (known.get(key, len(known)), "")


def _by_name(key: str) -> Any:
    return 0, key


def _by_size(key: str) -> Any:
    return number(key), key


def _as_written(_: str) -> Any:
    return 0


def _mappings(record: Any) -> Iterator[tuple[Path, Records, Order]]:
    """Every mapping of a file of offers: where it is, what it holds, and what sorts its keys."""
    yield (), record, _rank(FILE)
    yield ("sources",), record.get("sources", {}), _by_name
    for name, source in record.get("sources", {}).items():
        yield ("sources", name), source, _rank(SOURCE)
    for name, offer in record.get("offers", {}).items():
        path: Path = ("offers", name)
        yield path, offer, _rank(OFFER)
        if "feeds" in offer:
            yield (*path, "feeds"), offer["feeds"], _by_name
        meters = METERS.get(offer.get("kind"), {})
        for start, block in offer.get("rates", {}).items():
            yield (*path, "rates", start), block, _rank((*meters, *ABOUT))
            if "above" in block:
                yield (*path, "rates", start, "above"), block["above"], _by_size
                for size, tier in block["above"].items():
                    yield (*path, "rates", start, "above", size), tier, _rank(meters)
        for start, event in offer.get("lifecycle", {}).items():
            yield (*path, "lifecycle", start), event, _rank(EVENT)


def tidy(collection: str, text: str) -> str:
    """The same file with its keys in order; comments above a key go with it. Loses no line."""
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    record = yaml.load(text, Loader=yaml.BaseLoader)
    if not isinstance(node, yaml.MappingNode):
        return text
    orders: dict[Path, Order]
    other: Order
    if collection in COLLECTIONS:
        try:
            orders, other = {path: order for path, _, order in _mappings(record)}, _by_name
        except (AttributeError, TypeError):  # not of the form, which another rule reports
            return text
    elif collection in EVIDENCE:
        orders, other = {("studies",): _by_name}, _as_written
    else:
        return text
    lines = text.splitlines()
    start = node.start_mark.line
    return (
        "\n".join([*lines[:start], *_tidied(node, (), lines, start, len(lines), orders, other)])
        + "\n"
    )


def _tidied(
    node: yaml.MappingNode,
    path: Path,
    lines: list[str],
    start: int,
    stop: int,
    orders: Mapping[Path, Order],
    other: Order,
) -> list[str]:
    """The lines of one mapping, sorted; blank lines stay between the same places."""
    keys = [key for key, _ in node.value]
    starts = [start]
    for key in keys[1:]:
        line = key.start_mark.line
        while lines[line - 1].lstrip().startswith("#"):
            line -= 1
        starts.append(line)
    entries: list[tuple[str, list[str]]] = []
    gaps: list[int] = []
    for (key, value), first, last in zip(node.value, starts, [*starts[1:], stop], strict=True):
        body = lines[first:last]
        while body and not body[-1].strip():
            body.pop()
        gaps.append(last - first - len(body))
        inner = key.start_mark.line + 1
        if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
            end = first + len(body)
            within = _tidied(value, (*path, key.value), lines, inner, end, orders, other)
            body = lines[first:inner] + within
        entries.append((key.value, body))
    order = orders.get(path, other)
    entries.sort(key=lambda entry: order(entry[0]))
    tidied: list[str] = []
    for (_, body), gap in zip(entries, gaps, strict=True):
        tidied += [*body, *[""] * gap]
    return tidied


@rule_with(tidy)
def offers_are_sorted(project: Project) -> Iterator[Fault]:
    """Offers are in the order of their ids, so that two people add to different places."""
    for file, record in project.sold.items():
        for before, after in pairwise(record["offers"]):
            if after < before:
                yield at(
                    (file, "offers", after), f"move it above {before}; offers are sorted by id"
                )


@rule_with(tidy)
def studies_are_sorted(project: Project) -> Iterator[Fault]:
    """Studies are in the order of their ids, so that two people add to different places."""
    for file, record in project.studies.items():
        for before, after in pairwise(record["studies"]):
            if after < before:
                place = (file, "studies", after)
                yield at(place, f"move it above {before}; studies are sorted by id")


@rule_with(tidy)
def fields_are_in_order(project: Project) -> Iterator[Fault]:
    """Sources are sorted by name and fields as the registry has them, so that files read alike."""
    for file, record in project.sold.items():
        for path, mapping, order in _mappings(record):
            keys = list(mapping)
            for key, wanted in zip(keys, sorted(keys, key=order), strict=True):
                if key != wanted:
                    yield at((file, *path, wanted), f"move it above {key}")
                    break


@rule_with(tidy)
def blocks_are_in_order(project: Project) -> Iterator[Fault]:
    """Blocks and events are in the order of their days, oldest first, each under a real day."""
    for place, _, offer in project.offers():
        for field in ("rates", "lifecycle"):
            days = list(offer.get(field, {}))
            for start in days:
                if day(start) is None:
                    yield at((*place, field, start), f"write {start} as 2026-11-22")
            for before, after in pairwise(days):
                if after <= before:
                    yield at((*place, field, after), f"move it above {before}")
