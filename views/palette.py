"""Which colour an option has: an approach its own, everywhere the same; others one of a series."""

from __future__ import annotations

from collections.abc import Iterable

from calculators.kernel.results import Option

APPROACHES = ("prompt", "long-context", "retrieval", "fine-tuned", "hybrid", "self-hosted")
SERIES = 6


def tones(options: Iterable[Option]) -> dict[str, str]:
    """The name of each option's colour, by slug; `--approach-…` and `--series-…` in the CSS."""
    found: dict[str, str] = {}
    others = 0
    for option in options:
        if option.slug in APPROACHES:
            found[option.slug] = f"approach-{option.slug}"
        else:
            found[option.slug] = f"series-{others % SERIES + 1}"
            others += 1
    return found
