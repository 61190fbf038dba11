"""Approach cost: the answer in words and tables."""

from __future__ import annotations

import dataclasses

from calculators.approach_cost.formula import approach_cost, named, uses
from calculators.billing.contradictions import contradictions
from calculators.billing.residency import residency_warnings
from calculators.kernel.calculator import Draft, Report
from calculators.kernel.facts import Rates
from calculators.kernel.inputs import NONE
from calculators.kernel.results import Sentence, Table


def report(draft: Draft) -> Report:
    """The cheapest approach, what it beats, and how the saving splits."""
    given = draft.inputs
    used = uses(given)
    if not draft.best:
        nothing: Sentence = ("None of these approaches can be had on that day.",)
        return Report(nothing, nothing, used, warnings=warnings(draft))
    rivals = sorted(
        (o for o in draft.options if not o.floor and not o.refused and o.slug != draft.best),
        key=lambda option: float(option.total),
    )
    best = draft.option(draft.best)
    headline: Sentence = (
        named(best.slug, given, draft.facts),
        " costs ",
        best.total,
        " a month",
    )
    if rivals:
        rival = rivals[0]
        headline += ("; next is ", named(rival.slug, given, draft.facts), " at ", rival.total)
    finding: Sentence = (f"{best.label} is cheapest at your volume", *draft.elsewhere("requests"))
    return Report(
        headline=(*headline, "."),
        finding=finding,
        uses=used,
        tables=(split(draft),),
        warnings=warnings(draft),
    )


def split(draft: Draft) -> Table:
    """
    What fine-tuning saves over retrieval, parted into a change of model and a change of method.

    First the model changes and the method stays (retrieval on the tuned model's own base), then
    the method changes and the model stays. A cheaper model is not credited to fine-tuning.
    """
    given, facts = draft.inputs, draft.facts
    slug, title = "split", "Is it the model or the method?"
    columns = ("Step", "USD a month", "Saves a month")
    before, after = draft.option("retrieval"), draft.option("fine-tuned")
    base = facts.offer(given.tuned_model).base
    if not base or not facts.offer(base).sold(facts.day):
        why = (
            "The tuned model's base is not sold by itself on that day, so the saving has one part."
        )
        return Table(slug, title, columns, (), (why,))
    swapped = dataclasses.replace(given, model=base)
    middle = next(o for o in approach_cost(swapped, facts) if o.slug == "retrieval")
    for option in (before, middle, after):
        if option.refused:
            return Table(slug, title, columns, (), (f"Not to be had: {option.refused}",))
    by_model = before.total - middle.total
    by_method = middle.total - after.total
    rows = (
        (named("retrieval", given, facts), before.total, ""),
        (
            "Change the model, keep the method: " + named("retrieval", swapped, facts),
            middle.total,
            by_model,
        ),
        (
            "Change the method, keep the model: " + named("fine-tuned", given, facts),
            after.total,
            by_method,
        ),
    )
    note: Sentence = ("Together: ", by_model + by_method, " a month. A minus sign costs more.")
    return Table(slug, title, columns, rows, note)


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given, facts = draft.inputs, draft.facts
    found: list[Sentence] = []
    tuned = facts.rates(given.tuned_model)
    if "hosting" in tuned and "input" not in tuned:
        found.append(
            (
                f"{tuned.offer.name} bills hours, not tokens: whether ",
                given.deployments,
                " carries ",
                given.requests,
                " is not checked here.",
            )
        )
    if given.adapters > 1 and "hosting" in tuned and facts.size(tuned.offer.id, "adapters") is None:
        found.append(
            (f"{tuned.offer.name} is hosted by the deployment, one for each tuned model here.",)
        )
    if given.rental != NONE:
        found.append(
            (
                f"Whether {facts.offer(given.rental).name} holds the tuned model, and writes ",
                given.throughput,
                " at your latency, is not checked here.",
            )
        )
    if facts.size(given.tuned_model, "context_window") is None:
        found.append((f"The context window of {tuned.offer.name} is not known; none is checked.",))
    model = facts.rates(given.model)
    if given.batch_share > 0:
        for rates in (model, tuned):
            if "batch_input" not in rates:
                found.append(
                    (f"{rates.offer.name} has no batch price; all is billed as standard.",)
                )
            elif given.cached_share > 0:
                found.append(_cached_in_batch(rates))
    if given.cached_share > 0:
        for rates in (model, tuned):
            if "input" in rates and "cached_input" not in rates:
                found.append(
                    (f"{rates.offer.name} sells no cached input; the cached share saves nothing.",)
                )
    return (*found, *residency_warnings(given, facts), *contradictions(given))


def _cached_in_batch(rates: Rates) -> Sentence:
    """How far the cached share may be believed for batched requests."""
    name = rates.offer.name
    if "batch_cached_input" not in rates:
        said = f"{name} publishes no price of cached input in a batch; batched requests are "
        return (said + "counted without the cache.",)
    said = f"Batched requests of {name} are counted with the same cached share; when they run is "
    return (said + "the vendor's choice, so fewer may find the cache.",)
