"""Ownership: how it is calculated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from calculators.approach_cost.formula import LABELS as APPROACH_LABELS
from calculators.approach_cost.formula import RETRAINING, bought
from calculators.approach_cost.formula import named as approach_named
from calculators.approach_cost.formula import uses as approach_uses
from calculators.billing.judging import labelling
from calculators.billing.rentals import accelerators_for, rental_month
from calculators.billing.search import embedding_change, searching
from calculators.billing.training import TRAINING
from calculators.break_even import weeks_to_build
from calculators.evaluation_size.formula import judging
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE
from calculators.kernel.items import Group, Item, grouped, within
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

# The parts of a life.
PARTS = ("Build", "Bills", "Retraining", "Upkeep", "Model changes")

# The people who work in a life, and what is done again when a model or an embedding changes.
ENGINEERS, EXPERTS = Group("engineers", "Engineers"), Group("experts", "Experts")
OPERATIONS = Group("operations", "Operations")
NEW_BASE, NEW_EMBEDDING = Group("new-base", "New base"), Group("new-embedding", "New embedding")
SELF_RUN = Group("accelerators", "Accelerators")

BUILT = within(ENGINEERS, Item("build", "Build"))
UPKEPT = within(ENGINEERS, Item("upkeep", "Upkeep"))
INDEX_UPKEPT = within(ENGINEERS, Item("index-upkeep", "Index upkeep"))
RETRAINED = within(ENGINEERS, Item("retraining", "Retraining"))
MODEL_CHANGED = within(ENGINEERS, Item("model-changes", "Model changes"))
EMBEDDING_CHANGED = within(ENGINEERS, Item("embedding-changes", "Embedding changes"))
CASES = within(EXPERTS, Item("test-cases", "Test cases"))
CASES_RENEWED = within(EXPERTS, Item("test-cases-renewed", "Test cases renewed"))
EXAMPLES = within(EXPERTS, Item("examples", "Examples"))
FRESH_EXAMPLES = within(EXPERTS, Item("examples-for-retraining", "Examples for retraining"))
BASE_EXAMPLES = within(EXPERTS, Item("examples-for-a-new-base", "Examples for a new base"))
SERVING = within(OPERATIONS, Item("serving", "Serving"))
RETRAINING_ACCELERATORS = within(RETRAINING, Item("accelerators", "Accelerators"))
TRAINING_ON_ACCELERATORS = Item("training-on-accelerators", "Training on accelerators")


@dataclass(frozen=True, slots=True)
class Judging:
    """Every test case judged once: before release, after retraining, and after a model change."""

    first: Item
    after_retraining: Item
    after_model_changes: Item


def _judging(name: str, label: str, group: Group | None = None) -> Judging:
    first, retrained, changed = (
        Item(f"{name}-{words.replace(' ', '-')}", f"{label}, {words}")
        for words in ("first", "after retraining", "after model changes")
    )
    if group is None:
        return Judging(first, retrained, changed)
    return Judging(within(group, first), within(group, retrained), within(group, changed))


BY_PEOPLE = _judging("answers-judged", "Answers judged", EXPERTS)
BY_MODEL = _judging("answers-judged-by-a-model", "Answers judged by a model")


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
            {item: cost for part in parts(option, given, common).values() for item, cost in part},
            floor=option.floor,
        )
        for option in billed(given, facts)
    )


Lines = list[tuple[Item, Any]]


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
        bills: dict[Item, Any] = {}
        for span, options in spans:
            for item, cost in options[i].lines.items():
                bill = cost * span
                bills[item] = bills[item] + bill if item in bills else bill
        option.lines = bills
    return found


def _month(given: Any, facts: Facts) -> tuple[Option, ...]:
    """A month of every approach, hosted as in approach cost and self-run on rentals."""
    return (*bought(given, facts), *_self_run(given, facts))


def _self_run(given: Any, facts: Facts) -> list[Option]:
    rates = facts.rates(given.rental)
    written = given.requests * given.output_tokens
    count = accelerators_for(facts, written, given.throughput, given.accelerators)
    month = rental_month(facts, rates)
    served = grouped(SELF_RUN, {item: count * cost for item, cost in month.items()})
    run = given.adapters * given.training_hours * rates["hour"]
    kept = {RETRAINING_ACCELERATORS: given.runs * run}
    trained = {TRAINING_ON_ACCELERATORS: given.experiments * run}
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
    judging every case once (and the lines of that) and of one change of the embedding; and
    how often the model, the tuned one and the embedding must be changed.
    """

    cases: Any
    examples: Any
    judged: Any
    judge: Judging
    embedding: dict[Item, Any]
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
        judge=BY_PEOPLE if given.judge == NONE else BY_MODEL,
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
        (BUILT, _weeks(option.slug, given) * week),
        (CASES, common.cases),
        (judge.first, common.judged),
    ]
    bills: Lines = []
    retraining: Lines = []
    upkeep: Lines = [
        (UPKEPT, life * given.upkeep * week),
        (CASES_RENEWED, life * given.case_change * common.cases),
    ]
    changed: Lines = []
    for item, bill in option.lines.items():
        (retraining if item.group is RETRAINING else bills).append((item, bill))
    if tuned:
        runs = given.runs * life
        build.append((EXAMPLES, common.examples))
        retraining += [
            (RETRAINED, runs * given.retraining_weeks * week),
            (FRESH_EXAMPLES, runs * given.fresh_examples * common.examples),
            (judge.after_retraining, runs * common.judged),
        ]
    if searches:
        upkeep.append((INDEX_UPKEPT, life * given.index_upkeep * week))
    if own:
        operated = life * given.operations_hours * given.operations_cost
        upkeep.append((SERVING, operated))
    changes = 0 if own else common.tuned_changes if tuned else common.model_changes
    if changes > 0:
        changed += [
            (MODEL_CHANGED, changes * given.move_weeks * week),
            (judge.after_model_changes, changes * common.judged),
        ]
        if tuned:
            fresh = changes * given.fresh_examples * common.examples
            changed.append((BASE_EXAMPLES, fresh))
            changed += [
                (within(NEW_BASE, item), changes * cost)
                for item, cost in option.once.items()
                if item in TRAINING
            ]
    if searches and common.embedding_changes > 0:
        moved = common.embedding_changes * given.move_weeks * week
        changed.append((EMBEDDING_CHANGED, moved))
        changed += [
            (within(NEW_EMBEDDING, item), common.embedding_changes * cost)
            for item, cost in common.embedding.items()
        ]
    build += option.once.items()
    return dict(zip(PARTS, (build, bills, retraining, upkeep, changed), strict=True))


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
