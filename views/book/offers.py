"""How an offer is named, linked and told in words, on pages that stand two folders deep."""

from __future__ import annotations

from html import escape

from calculators.kernel.offers import Offer, Source

TOP = "../../"

_METERS = {
    "adapter": "a tuned model kept",
    "backup": "backups",
    "batch_cache_write": "batch cache write",
    "batch_cached_input": "batch cached input",
    "batch_input": "batch input",
    "batch_output": "batch output",
    "cache_storage": "explicit cache kept",
    "cache_write": "cache write",
    "cache_write_12h": "cache write, 12 h",
    "cache_write_1h": "cache write, 1 h",
    "cached_input": "cached input",
    "dimension": "dimensions kept",
    "documents_per_search": "documents in a search",
    "hour": "an hour on demand",
    "idle_deletion": "deleted when unused for",
    "minimum": "least bill",
    "node": "a running node",
    "peak_cached_input": "cached input in peak hours",
    "peak_input": "input in peak hours",
    "peak_output": "output in peak hours",
    "premium": "of its base model’s prices",
    "read": "reads",
    "read_floor": "a query reads at least",
    "read_large": "read, the part beyond the first bound",
    "read_large_above": "first bound of a query",
    "read_huge": "read, the part beyond the second bound",
    "read_huge_above": "second bound of a query",
    "read_size": "a query reads",
    "regional": "of every token price where the region is chosen",
    "returned": "results sent back",
    "searches_included": "searches included",
    "storage_daily": "storage",
    "storage_included": "storage included",
    "training_developer": "training on capacity that may be taken back",
    "training_hour": "training job",
    "validation_once": "validation, once a run",
    "write": "writes",
    "write_size": "a write takes",
}


def meter_words(meter: str) -> str:
    """What a meter is called in a sentence."""
    return _METERS.get(meter, meter.replace("_", " "))


def slug(offer: Offer) -> str:
    """The vendor's page, which is the first part of the offer's id."""
    return offer.id.partition("/")[0]


def row_id(offer: Offer) -> str:
    """Where a price is linked: `openai--gpt-4o`."""
    return offer.id.replace("/", "--")


def where(offer: Offer) -> str:
    """The address of an offer's row on its vendor's page, from a page two folders deep."""
    return f"{TOP}vendors/{slug(offer)}/#{row_id(offer)}"


def link(source: Source) -> str:
    return f'<a href="{escape(source.url)}" rel="noopener">{escape(source.title)}</a>'
