"""Ownership: how it is calculated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from calculators.approach_cost.formula import LABELS as APPROACH_LABELS
from calculators.approach_cost.formula import bought
from calculators.approach_cost.formula import named as approach_named
from calculators.approach_cost.formula import uses as approach_uses
from calculators.billing.judging import labelling
from calculators.billing.rentals import accelerators_for, rental_month
from calculators.billing.search import embedding_change, searching
from calculators.break_even import weeks_to_build
from calculators.evaluation_size.formula import judging
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE
from calculators.kernel.results import Option
from calculators.kernel.units import added
from calculators.ownership.inputs import Ownership

OWN_LABELS = {
    "retrieval-own": "Retrieval, self-run",
    "fine-tuned-own": "Fine-tuned, self-run",
    "hybrid-own": "Hybrid, self-run",
}

LABELS = APPROACH_LABELS | OWN_LABELS

TUNED = ("fine-tuned", "hybrid", "fine-tuned-own", "hybrid-own")

SEARCHING = ("retrieval", "hybrid", "retrieval-own", "hybrid-own")

# The parts of a life, and the people who work in it; a line of theirs begins with their name.
PARTS = ("Build", "Bills", "Retraining", "Upkeep", "Model changes")

# What a vendor's training bills, among what an approach pays once.
TRAINING = ("Training", "Validation")


def ownership(given: Ownership, facts: Facts) -> tuple[Option, ...]:
    r"""
    Over a horizon of $h$ months an approach costs

    $$
    C(h) = B + \int_0^h M(t)\,dt + h\,\left( u + \rho\,w \right)
        + n(h)\,X + m(h)\,Y,
    $$

    with $B$ what is built (engineering, test cases, labelled examples, the first training, the
    first index), $M$ the month of approach cost at the prices that the book has for that time,
    hosting and retraining included, $u$ the upkeep of system, index and test cases, and $\rho$
    retraining runs a month of which each takes engineers, experts and judging for $w$. The model
    changes

    $$
    n(h) = \max\!\left(0, \left\lceil \frac{h - \min(e, \ell)}{\ell} \right\rceil\right)
    $$

    times: first at the end $e$ that the book has for it, or after a life of $\ell$ if that comes
    first or no end is known, and then after each life. A tuned model that is retrained is left
    when its training closes, which may be long before it is switched off. Each change $X$ is
    engineering, judging, and for a tuned model all experiments and fresh examples again. Changes
    of the embedding, $m(h)$, are counted in the same way; each, $Y$, embeds the corpus anew and
    keeps two indexes for some weeks.

    A self-run approach rents accelerators for 730 hours a month, whatever the traffic, and pays
    people to operate them; nobody shuts its weights down, so its model does not change. What
    follows an offer that ends is taken to cost the same. Bills run from the first day, volume
    stays, and money is not discounted.
    """
    common = upheld(given, facts)
    return tuple(
        option
        if option.refused
        else Option(
            option.slug,
            option.label,
            {name: cost for part in parts(option, given, common).values() for name, cost in part},
            floor=option.floor,
        )
        for option in billed(given, facts)
    )


Lines = list[tuple[str, Any]]


def billed(given: Any, facts: Facts) -> tuple[Option, ...]:
    """Every approach with its bills over the horizon as lines, in USD, and what it pays once."""
    starts = [(facts.months(days), then) for days, then in facts.ahead(*uses(given))]
    ends = [*(min(start, given.horizon) for start, _ in starts[1:]), given.horizon]
    spans = [
        (end - start if start > 0 else end, _month(given, then))
        for (start, then), end in zip(starts, ends, strict=True)
        if end > start
    ]
    found = spans[0][1]
    for i, option in enumerate(found):
        bills: dict[str, Any] = {}
        for span, options in spans:
            for name, cost in options[i].lines.items():
                bill = cost * span
                bills[name] = bills[name] + bill if name in bills else bill
        option.lines = bills
    return found


def _month(given: Any, facts: Facts) -> tuple[Option, ...]:
    """A month of every approach, hosted as in approach cost and self-run on rentals."""
    return (*bought(given, facts), *_self_run(given, facts))


def _self_run(given: Any, facts: Facts) -> list[Option]:
    rates = facts.rates(given.rental)
    written = given.requests * given.output_tokens
    count = accelerators_for(facts, written, given.throughput, given.accelerators)
    served = {
        f"Accelerators: {_small(name)}": count * cost
        for name, cost in rental_month(facts, rates).items()
    }
    run = given.adapters * given.training_hours * rates["hour"]
    kept = {"Retraining: accelerators": given.runs * run}
    trained = {"Training on accelerators": given.experiments * run}
    monthly, once = searching(given, facts)
    return [
        Option("retrieval-own", LABELS["retrieval-own"], served | monthly, once),
        Option("fine-tuned-own", LABELS["fine-tuned-own"], served | kept, trained),
        Option("hybrid-own", LABELS["hybrid-own"], served | monthly | kept, once | trained),
    ]


@dataclass(frozen=True, slots=True)
class Upheld:
    """
    What approaches have in common: the cost in USD of writing all test cases and all examples, of
    judging every case once (and the name of that line) and of one change of the embedding; and
    how often the model, the tuned one and the embedding must be changed.
    """

    cases: Any
    examples: Any
    judged: Any
    judge: str
    embedding: dict[str, Any]
    model_changes: Any
    tuned_changes: Any
    embedding_changes: Any


def upheld(given: Any, facts: Facts) -> Upheld:
    """What approaches have in common, once for all of them."""
    answers = given.test_cases * facts.number("1 request/case")
    return Upheld(
        cases=labelling(given.test_cases, given.minutes_per_case, given.labeller_cost),
        examples=labelling(given.examples, given.label_minutes, given.labeller_cost),
        judged=added(judging(given, facts, answers).values()),
        judge="Experts: answers judged" if given.judge == NONE else "Answers judged by a model",
        embedding=embedding_change(given, facts),
        model_changes=model_changes(given, facts),
        tuned_changes=tuned_changes(given, facts),
        embedding_changes=embedding_changes(given, facts),
    )


def parts(option: Option, given: Any, common: Upheld) -> dict[str, Lines]:
    """What a life costs by its parts: line items in USD, given the bills and what is paid once."""
    tuned, searches, own = (option.slug in slugs for slugs in (TUNED, SEARCHING, OWN_LABELS))
    week, life, judge = given.engineer_cost, given.horizon, common.judge
    build: Lines = [
        ("Engineers: build", _weeks(option.slug, given) * week),
        ("Experts: test cases", common.cases),
        (f"{judge}, first", common.judged),
    ]
    bills: Lines = []
    retraining: Lines = []
    upkeep: Lines = [
        ("Engineers: upkeep", life * given.upkeep * week),
        ("Experts: test cases renewed", life * given.case_change * common.cases),
    ]
    changed: Lines = []
    for name, bill in option.lines.items():
        (retraining if name.startswith("Retraining: ") else bills).append((name, bill))
    if tuned:
        runs = given.runs * life
        build.append(("Experts: examples", common.examples))
        retraining += [
            ("Engineers: retraining", runs * given.retraining_weeks * week),
            ("Experts: examples for retraining", runs * given.fresh_examples * common.examples),
            (f"{judge}, after retraining", runs * common.judged),
        ]
    if searches:
        upkeep.append(("Engineers: index upkeep", life * given.index_upkeep * week))
    if own:
        operated = life * given.operations_hours * given.operations_cost
        upkeep.append(("Operations: serving", operated))
    changes = 0 if own else common.tuned_changes if tuned else common.model_changes
    if changes > 0:
        changed += [
            ("Engineers: model changes", changes * given.move_weeks * week),
            (f"{judge}, after model changes", changes * common.judged),
        ]
        if tuned:
            fresh = changes * given.fresh_examples * common.examples
            changed.append(("Experts: examples for a new base", fresh))
            changed += [
                (f"New base: {_small(name)}", changes * cost)
                for name, cost in option.once.items()
                if name.startswith(TRAINING)
            ]
    if searches and common.embedding_changes > 0:
        moved = common.embedding_changes * given.move_weeks * week
        changed.append(("Engineers: embedding changes", moved))
        changed += [
            (f"New embedding: {_small(name)}", common.embedding_changes * cost)
            for name, cost in common.embedding.items()
        ]
    build += option.once.items()
    return dict(zip(PARTS, (build, bills, retraining, upkeep, changed), strict=True))


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def _weeks(slug: str, given: Any) -> Any:
    weeks = weeks_to_build(slug.removesuffix("-own"), given)
    if weeks is None:
        weeks = given.prompt_build_weeks
    return weeks + given.self_run_build_weeks if slug in OWN_LABELS else weeks


def model_changes(given: Any, facts: Facts) -> Any:
    """How often the hosted model must be left within the horizon."""
    return _changes(given.horizon, facts, facts.days_left(given.model), given.model_life)


def tuned_changes(given: Any, facts: Facts) -> Any:
    """How often the hosted tuned model must be left within the horizon."""
    return _changes(given.horizon, facts, tuned_end(given, facts), given.model_life)


def embedding_changes(given: Any, facts: Facts) -> Any:
    """How often the corpus must be embedded by another model within the horizon."""
    return _changes(given.horizon, facts, facts.days_left(given.embedding), given.embedding_life)


def _changes(horizon: Any, facts: Facts, end: int | None, life: Any) -> Any:
    """Changes before the horizon: at the end (days) or after a life, then every life."""
    first = life if end is None else min(life, facts.months(end))
    if not horizon > first:
        return 0
    return math.ceil((horizon - first) / life)


def tuned_end(given: Any, facts: Facts) -> int | None:
    """
    Days until the tuned model must be left, or None where no end is known.

    Its own end, or, where the book has none, that of its base at the same vendor; and the day on
    which its training closes, if it is to be retrained.
    """
    offer = facts.offer(given.tuned_model)
    left = facts.days_left(offer.id)
    if left is None and offer.base and facts.offer(offer.base).vendor == offer.vendor:
        left = facts.days_left(offer.base)
    ends = [] if left is None else [left]
    if given.runs > 0:
        closes = (e.day for e in offer.lifecycle if e.event == "training_ends")
        ends += [(day - facts.day).days for day in closes]
    return min((days for days in ends if days > 0), default=None)


def uses(given: Any) -> tuple[str, ...]:
    """The offers that an answer rests on."""
    more = (given.next_embedding, given.rental, given.judge)
    named = (*approach_uses(given), *(offer for offer in more if offer != NONE))
    return tuple(dict.fromkeys(named))


def named(slug: str, given: Any, facts: Facts) -> str:
    """An approach with what it runs on: 'Fine-tuned, self-run, on H100 SXM of Acme'."""
    if slug in OWN_LABELS:
        rental = facts.offer(given.rental)
        return f"{LABELS[slug]} on {rental.name} of {rental.vendor}"
    return approach_named(slug, given, facts)
