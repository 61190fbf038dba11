"""Sources: each is used, can be opened, and was read on a likely day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from tools.lint.project import Project, rule, rule_of_the_whole
from tools.lint.reading import Fault, at
from tools.lint.values import day

LULL = timedelta(days=92)


@rule_of_the_whole
def sources_are_used(project: Project) -> Iterator[Fault]:
    """A source that backs nothing would move the site's day without a fact behind it."""
    for file, record in project.sold.items():
        used = set()
        for offer in record["offers"].values():
            used |= {offer.get("source"), offer.get("facts_source")}
            used |= {block.get("source") for block in offer.get("rates", {}).values()}
            used |= {event.get("source") for event in offer.get("lifecycle", {}).values()}
        for key in record["sources"]:
            if key not in used:
                yield at((file, "sources", key), "no fact names it; name it or remove it")


@rule
def sources_are_addresses_on_days(project: Project) -> Iterator[Fault]:
    """A reader can open the source, and knows when we did."""
    for file, record in project.sold.items():
        for key, source in record["sources"].items():
            place = (file, "sources", key)
            if not re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]+(/\S*)?", source.get("url", "")):
                message = f"write the whole https address, not {source.get('url')}"
                yield at((*place, "url"), message)
            if day(source.get("read", "")) is None:
                message = f"write the day as 2026-11-22, not {source.get('read')}"
                yield at((*place, "read"), message)


@rule
def no_source_was_read_tomorrow(project: Project) -> Iterator[Fault]:
    """
    The newest reading is the site's day, so a slip of the year would move every page.

    The checks read no clock; a single source far ahead of all others is taken for a slip.
    """
    read: dict[date, list[tuple[str, ...]]] = {}
    for file, record in project.sold.items():
        for key, source in record["sources"].items():
            if on := day(source.get("read", "")):
                read.setdefault(on, []).append((file, "sources", key, "read"))
    days = sorted(read)
    if len(days) > 1 and len(read[days[-1]]) == 1 and days[-1] - days[-2] > LULL:
        yield at(
            read[days[-1]][0],
            f"{days[-1]} is far after every other reading ({days[-2]}); correct the year, or read "
            "a second source on that day",
        )


@rule
def first_seen_is_a_day_of_reading(project: Project) -> Iterator[Fault]:
    """A price cannot have been seen first after its source was read last."""
    for entry in project.entries():
        file, _, _, _, start = entry.place
        source = project.sold[file]["sources"].get(entry.block.get("source"), {})
        if "dated" in entry.block and start > source.get("read", ""):
            yield at(
                (*entry.place, "dated"),
                f"first seen after its source was read ({source.get('read')}); use that day, or "
                "leave out `dated` where the source gives the day",
            )
