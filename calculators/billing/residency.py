"""What tokens cost where requests and documents must stay in a region of the vendor's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from calculators.kernel.facts import Facts, Rates
from calculators.kernel.inputs import NONE
from calculators.kernel.results import Sentence

REGION = "region"
RESIDENCY = {
    "anywhere": "Any vendor's machines",
    REGION: "A vendor's machines in one region",
}


def placed(given: Any, facts: Facts, name: str) -> Rates:
    """The rates of that offer where `given` lets data be; a question may ask for no residency."""
    rates = facts.rates(name)
    return rates.regional() if in_region(given) else rates


def in_region(given: Any) -> bool:
    """Whether data must stay in a region."""
    return bool(getattr(given, "residency", "") == REGION)


def residency_warnings(given: Any, facts: Facts) -> Iterator[Sentence]:
    """What the price of a region leaves out, among the offers that `given` has chosen."""
    if not in_region(given):
        return
    chosen = [getattr(given, name, NONE) for name in ("model", "tuned_model", "embedding")]
    reranker = getattr(given, "reranker", NONE)
    plain = [
        rates.offer.name
        for rates in (facts.rates(name) for name in (*chosen, reranker) if name != NONE)
        if "regional" not in rates
    ]
    if plain:
        said = f"The book has no regional price of {_listed(plain)}: the plain price is counted, "
        yield (said + "and whether it is served in your region is not known.",)
    tuned = getattr(given, "tuned_model", NONE)
    if tuned != NONE and {"training", "training_hour"} & set(facts.rates(tuned).meters()):
        yield ("Training and hosting are counted at their plain prices; ask for the region's.",)
    if getattr(given, "batch_share", 0) > 0:
        yield ("Not every vendor batches in every region; ask for both together.",)
    if hasattr(given, "vector_store"):
        yield ("The vector store has regional prices of its own, which are not counted.",)
    if hasattr(given, "rental") and given.rental != NONE:
        yield ("Rented accelerators are counted at the price of any region.",)


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
