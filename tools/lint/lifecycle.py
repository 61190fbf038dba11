"""How an offer ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lint.project import Project, rule
from tools.lint.reading import Fault, at


@rule
def an_end_is_the_last_block(project: Project) -> Iterator[Fault]:
    """`withdrawn` says why in a sentence, and nothing follows it."""
    for place, _, offer in project.offers():
        days = list(offer.get("rates", {}))
        for day in days:
            block = offer["rates"][day]
            if "withdrawn" not in block:
                continue
            where = (*place, "rates", day, "withdrawn")
            if not re.fullmatch(r"[A-Z].{10,}\.", block["withdrawn"]):
                yield at(where, "say in one sentence who ended it or why, with a full stop")
            if day != days[-1]:
                yield at(where, "blocks follow it; an offer that comes back gets a new id")
