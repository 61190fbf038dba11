"""What independent price lists call an offer, so that `make freshness` can compare the two."""

from __future__ import annotations

from collections.abc import Iterator

from tools.lint.project import Project, rule
from tools.lint.reading import Fault, at

LISTED = ("inference", "embedding", "rerank")


@rule
def feeds_know_one_offer(project: Project) -> Iterator[Fault]:
    """A name in an independent price list is that of one offer, written as the list writes it."""
    known: dict[tuple[str, str], str] = {}
    for place, name, offer in project.offers():
        for feed, key in offer.get("feeds", {}).items():
            where = (*place, "feeds", feed)
            if feed == "genai-prices" and "/" not in key:
                yield at(where, f"write the provider too, as openai/{key}")
            other = known.setdefault((feed, key), name)
            if other != name:
                yield at(where, f"{key} is {other} already; name each once")


@rule
def what_lists_can_check_names_them(project: Project) -> Iterator[Fault]:
    """Independent lists know every model, embedding and reranker on sale; name their keys."""
    for place, name, offer in project.offers():
        listed = offer["kind"] in LISTED and project.book.offers[name].sold(project.book.day)
        if listed and not offer.get("feeds"):
            yield at(place, "add feeds, what independent price lists call it")
