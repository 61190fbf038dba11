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
from calculators.kernel.items import Item
from calculators.kernel.units import added

UP_TO_MINIMUM = Item("up-to-the-plan-s-minimum", "Up to the plan's minimum", minimum=True)
PLAN = Item("plan", "Plan")
STORAGE = Item("storage", "Storage")
DIMENSIONS_KEPT = Item("dimensions-kept", "Dimensions kept")
READS = Item("reads", "Reads")
SEARCHES = Item("searches", "Searches")
RETURNED_RESULTS = Item("returned-results", "Returned results")
WRITES = Item("writes", "Writes")
NODES = Item("nodes", "Nodes")


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
) -> dict[Item, Any]:
    """
    Line items in USD/month: `searches` in request/month, `top_k` in chunk/request, `change`
    the share of the index written anew each month. They sum to at least the vendor's minimum.
    """
    items = _usage(facts, rates, index, searches, top_k, change)
    if "minimum" in rates:
        used = added(items.values())
        if rates["minimum"] > used:
            items[UP_TO_MINIMUM] = rates["minimum"] - used
    return items


def _usage(
    facts: Facts,
    rates: Rates,
    index: Index,
    searches: Any,
    top_k: Any,
    change: Any,
    beside: Any = None,
) -> dict[Item, Any]:
    """
    The items of `store_month` before the least bill. An index kept `beside` so many bytes of
    another one has the plan, the nodes and the included bytes only as far as that leaves them.
    """
    size = index.size()
    items: dict[Item, Any] = {}
    if "plan" in rates and beside is None:
        items[PLAN] = rates["plan"]
    if "storage" in rates:
        included = rates.get("storage_included")
        if included and beside is not None:
            included = max(included - beside, included * 0)
        kept = max(size - included, size * 0) if included else size
        items[STORAGE] = kept * rates["storage"]
    if "dimension" in rates:
        items[DIMENSIONS_KEPT] = index.vectors * index.dimensions * rates["dimension"]
    if "read" in rates:
        read = size * rates.get("read_size", facts.number("1 /request"))
        if "read_floor" in rates:
            read = max(read, rates["read_floor"])
        items[READS] = searches * _read_price(rates, read)
    if "search" in rates:
        items[SEARCHES] = searches * rates["search"]
    if "returned" in rates:
        items[RETURNED_RESULTS] = searches * top_k * index.record * rates["returned"]
    if "write" in rates:
        items[WRITES] = store_load(rates, index) * change
    if "node" in rates and beside is None:
        items[NODES] = rates["node"] * facts.number("730 h/month")
    return items


def _read_price(rates: Rates, read: Any) -> Any:
    """USD/search for what one search reads, of which a part beyond a bound may be cheaper."""
    if "read_large" not in rates or not read > rates["read_large_above"]:
        return read * rates["read"]
    large, huge = rates["read_large_above"], rates.get("read_huge_above", read)
    price = large * rates["read"] + (min(read, huge) - large) * rates["read_large"]
    if read > huge:
        price = price + (read - huge) * rates["read_huge"]
    return price


def second_index(
    facts: Facts,
    rates: Rates,
    index: Index,
    other: Index,
    searches: Any,
    top_k: Any,
    change: Any,
    together: Any,
) -> Any:
    """
    USD that a second index adds to the bills while it is loaded and kept, not yet searched, for
    the months `together`. It shares plan and least bill with the first, so it may cost nothing.
    """
    alone = added(_usage(facts, rates, index, searches, top_k, change).values())
    beside = _usage(facts, rates, other, searches * 0, top_k, change, index.size())
    kept = added((alone * 0, *beside.values()))  # a store of nodes alone has nothing beside
    months = max(together, facts.number("1 month"))
    both = alone + (kept * together + store_load(rates, other)) / months
    least = rates.get("minimum", alone * 0)
    return (max(both, least) - max(alone, least)) * months


def store_load(rates: Rates, index: Index) -> Any:
    """USD to write every record once, or 0 where the vendor charges no writes."""
    if "write" not in rates:
        return 0.0
    return index.size() * rates.get("write_size", 1) * rates["write"]
