"""
What a vector store bills for an index, by whichever meters it sells.

Vendors share no formula, but each one's formula is a sum of a few meters: a plan,
bytes kept, dimensions kept, units read by each search (growing with the index,
with a floor), units written, bytes returned, searches, node hours; and a least
bill. A store has the meters that its vendor charges and no others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calculators.kernel.facts import Facts, Rates
from calculators.kernel.units import added


@dataclass(slots=True)
class Index:
    """An index: vectors (chunk), dimensions of each (dim/chunk), bytes of each (B/chunk)."""

    vectors: Any
    dimensions: Any
    record: Any

    def size(self) -> Any:
        """Bytes of all records."""
        return self.vectors * self.record


def index_of(
    facts: Facts, embedding: str, corpus: Any, chunk: Any, overlap: Any, metadata: Any
) -> Index:
    """
    The index of a corpus (tok) cut into chunks (tok/chunk) that overlap by a share.

    A record is a 4-byte float for each dimension of the embedding, and its metadata (B/chunk).
    Raises PriceError where the book does not know the embedding's dimensions.
    """
    dimensions = facts.size(embedding, "dimensions")
    vectors = corpus / (chunk * (1 - overlap))
    return Index(vectors, dimensions, dimensions * facts.number("4 B/dim") + metadata)


def store_month(
    facts: Facts, rates: Rates, index: Index, searches: Any, top_k: Any, change: Any
) -> dict[str, Any]:
    """
    Line items in USD/month: `searches` in request/month, `top_k` in chunk/request, `change`
    the share of the index written anew each month. They sum to at least the vendor's minimum.
    """
    size = index.size()
    items: dict[str, Any] = {}
    if "plan" in rates:
        items["Plan"] = rates["plan"]
    if "storage" in rates:
        included = rates.get("storage_included")
        kept = max(size - included, included * 0) if included else size
        items["Storage"] = kept * rates["storage"]
    if "dimension" in rates:
        items["Dimensions kept"] = index.vectors * index.dimensions * rates["dimension"]
    if "read" in rates:
        read = size * rates.get("read_size", facts.number("1 /request"))
        if "read_floor" in rates:
            read = max(read, rates["read_floor"])
        items["Reads"] = searches * read * rates["read"]
    if "search" in rates:
        items["Searches"] = searches * rates["search"]
    if "returned" in rates:
        items["Returned results"] = searches * top_k * index.record * rates["returned"]
    if "write" in rates:
        items["Writes"] = store_load(rates, index) * change
    if "node" in rates:
        items["Nodes"] = rates["node"] * facts.number("730 h/month")
    if "minimum" in rates:
        used = added(items.values())
        if rates["minimum"] > used:
            items["Up to the plan's minimum"] = rates["minimum"] - used
    return items


def store_load(rates: Rates, index: Index) -> Any:
    """USD to write every record once, or 0 where the vendor charges no writes."""
    if "write" not in rates:
        return 0.0
    return index.size() * rates.get("write_size", 1) * rates["write"]
