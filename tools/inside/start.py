"""Where the worker enters Python: one `Live` answers for the whole site."""

from __future__ import annotations

import json
import random

from records import TEXT

from calculators import CALCULATORS
from views.live import Live

live = Live(TEXT)
ask, handle = live.ask, live.handle

ROUNDS = 3


def rehearse(turn: int) -> bool:
    """Answer a question that nobody asked, and say whether there is another turn.

    The first time that something is answered takes several times as long as later: modules are
    imported, caches filled, and in the browser WebAssembly's functions compiled.
    """
    slugs = sorted(CALCULATORS)
    slug, number = slugs[turn % len(slugs)], turn // len(slugs)
    handle(json.dumps({"slug": slug, "search": f"?requests={number + 2}M"}))
    handle(json.dumps({"slug": slug, "given": {"requests": f"{number + 2}M"}}))
    return turn + 1 < ROUNDS * len(slugs)


def wake() -> None:
    """Forget the state of chance that the copy of memory was made with."""
    random.seed()
