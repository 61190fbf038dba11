"""Where the worker enters Python: one `Live` answers for the whole site."""

from __future__ import annotations

import json
import random

from records import TEXT

from calculators import CALCULATORS
from views.answer.live import Live

live = Live(TEXT)
ask, handle = live.ask, live.handle

ROUNDS = 3


def rehearse(turn: int) -> bool:
    """Answer a question that nobody asked, and say whether there is another turn.

    The first time that something is answered takes several times as long as later: modules are
    imported, caches filled, and in the browser WebAssembly's functions compiled.
    """
    slugs = sorted(CALCULATORS)
    number, place = divmod(turn, 2 * len(slugs))
    volume = f"{number + 2}M"
    asked = {"given": {"requests": volume}} if place % 2 else {"search": f"?requests={volume}"}
    handle(json.dumps({"slug": slugs[place // 2], **asked}))
    return turn + 1 < ROUNDS * 2 * len(slugs)


def wake() -> None:
    """Forget the state of chance that the copy of memory was made with."""
    random.seed()
