"""Which colour an option has: an approach its own, everywhere the same; others one of a series."""

from __future__ import annotations

from collections.abc import Iterable

from calculators.kernel.results import Option

APPROACHES = {
    "prompt": "prompt only",
    "long-context": "long context",
    "retrieval": "retrieval",
    "fine-tuned": "fine-tuning",
    "hybrid": "hybrid",
    "self-hosted": "self-hosting",
}
# The colours of the series, `--series-1` on in the CSS, are those of these approaches.
SERIES = ("retrieval", "long-context", "self-hosted", "hybrid", "fine-tuned", "prompt")

# The light scheme of the CSS, for pictures that leave the page; a test holds the two equal.
PAPER = "#fcfcfa"
PRINTED = {
    "ink": "#17191c",
    "soft": "#51555c",
    "approach-prompt": "#3c4452",
    "approach-long-context": "#a85800",
    "approach-retrieval": "#1440b4",
    "approach-fine-tuned": "#7c0f14",
    "approach-hybrid": "#9440ea",
    "approach-self-hosted": "#00806a",
}
PRINTED |= {f"series-{n}": PRINTED[f"approach-{name}"] for n, name in enumerate(SERIES, 1)}


def tag(slug: str) -> str:
    """An approach by its name, in its colour, as it stands in a sentence."""
    return f'<span class="approach tone--approach-{slug}">{APPROACHES[slug]}</span>'


def tones(options: Iterable[Option]) -> dict[str, str]:
    """The name of each option's colour, by slug; `--approach-…` and `--series-…` in the CSS."""
    slugs = [option.slug for option in options]
    free = [f"series-{n}" for n, approach in enumerate(SERIES, 1) if approach not in slugs]
    found: dict[str, str] = {}
    others = 0
    for slug in slugs:
        if slug in APPROACHES:
            found[slug] = f"approach-{slug}"
        else:
            found[slug] = free[others % len(free)] if free else "series-1"
            others += 1
    return found
