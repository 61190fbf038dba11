"""Ownership: what each approach costs from the first week of building until it is retired."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from calculators import approach_cost as approaches
from calculators.approach_cost import ApproachCost, bought
from calculators.billing.judging import labelling
from calculators.billing.rentals import accelerators_for, rental_month
from calculators.billing.search import embedding_change, searching
from calculators.break_even import BreakEven, weeks_to_build
from calculators.evaluation_size import EvaluationSize, judging
from calculators.kernel.calculator import Calculator, Draft, Preset, Report
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE, quantity, same
from calculators.kernel.results import Cell, Option, Sentence, Table
from calculators.kernel.units import Number, Quantity, added
from calculators.training_run import TrainingRun
from calculators.vector_index import VectorIndex

OWN_LABELS = {
    "retrieval-own": "Retrieval, self-run",
    "fine-tuned-own": "Fine-tuned, self-run",
    "hybrid-own": "Hybrid, self-run",
}
LABELS = approaches.LABELS | OWN_LABELS
TUNED = ("fine-tuned", "hybrid", "fine-tuned-own", "hybrid-own")
SEARCHING = ("retrieval", "hybrid", "retrieval-own", "hybrid-own")

# The parts of a life, and the people who work in it; a line of theirs begins with their name.
PARTS = ("Build", "Bills", "Retraining", "Upkeep", "Model changes")
ROLES = ("Engineers", "Experts", "Operations")

# What a vendor's training bills, among what an approach pays once.
TRAINING = ("Training", "Validation")

ACCURACY = {
    "prompt": "prompt_accuracy",
    "long-context": "long_context_accuracy",
    "retrieval": "retrieval_accuracy",
    "fine-tuned": "fine_tuned_accuracy",
    "hybrid": "hybrid_accuracy",
    "retrieval-own": "own_retrieval_accuracy",
    "fine-tuned-own": "own_fine_tuned_accuracy",
    "hybrid-own": "own_hybrid_accuracy",
}

# The horizon and people come before the tokens, which are the smaller part.
GROUPS = {
    "traffic": approaches.GROUPS["traffic"],
    "people": "People and horizon",
    **approaches.GROUPS,
    "evaluation": "Evaluation",
    "changes": "Model changes",
    "quality": "Quality, if you have measured it",
}

THUMB = "Rule of thumb; no published measurement found."
IDLE = (
    "A month without requests is what the bills come to when nobody asks: plans, hosting, "
    "accelerators that wait."
)
COMPARED = (
    "The cheapest that is bought and the cheapest that is self-run. A minus sign means that "
    "running it yourself saves."
)
FROM_THEN = "; bills from then on are counted at the new one."
LEFT = " only, and is left then; its successor may have to be another vendor's."
UNREAD = (
    " does not read your corpus: it is cheap to own only if training can teach what your answers "
    "need."
)
MEASURED = "Share of answers that are right, measured on your own cases. 0 % is not given."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership(BreakEven):
    """The inputs of break-even, and what keeps each approach alive until it is retired."""

    horizon: Number = same(
        BreakEven,
        "horizon",
        default="36",
        help="Months until the system is retired. What is built is paid for in the first, and what "
        f"ends before is replaced. {THUMB}",
    )
    prompt_build_weeks: Number = quantity(
        "1 week",
        "Weeks to build a prompt",
        "Engineering before a prompt alone, or with the whole corpus, is in production. The weeks "
        f"of the other approaches include theirs. {THUMB}",
        group="people",
        high=520,
    )
    upkeep: Number = quantity(
        "0.2 week/month",
        "Upkeep",
        "Engineering that any approach needs to stay in production: monitoring, faults, prompts. "
        f"0.2 weeks are one working day. {THUMB}",
        group="people",
        high=520,
    )
    index_upkeep: Number = quantity(
        "0.2 week/month",
        "Upkeep of the index",
        "Engineering to keep loading the corpus: new sources, broken files, stale text, access "
        f"rights. {THUMB}",
        group="people",
        high=520,
    )
    retraining_weeks: Number = quantity(
        "0.2 week/run",
        "Weeks per retraining",
        "Engineering for each retraining run in production: gather examples, train, compare, roll "
        f"out. 0.2 weeks are one working day, which needs an automated pipeline. {THUMB}",
        group="people",
        high=520,
    )
    label_minutes: Number = same(TrainingRun, "label_minutes", group="training")
    fresh_examples: Number = quantity(
        "10 %",
        "Fresh examples",
        "Share of the training set that is written anew for each retraining; costs the time given "
        f"under Labelling. {THUMB}",
        group="training",
        rare=True,
    )
    test_cases: Number = same(EvaluationSize, "test_cases", group="evaluation")
    case_change: Number = quantity(
        "5 %/month",
        "Cases renewed",
        "Share of the test cases that is written anew each month, because the product or its users "
        f"have changed. {THUMB}",
        group="evaluation",
    )
    minutes_per_case: Number = same(EvaluationSize, "minutes_per_case", group="evaluation")
    judge: str = same(EvaluationSize, "judge", group="evaluation")
    judge_tokens: Number = same(EvaluationSize, "judge_tokens", group="evaluation")
    verdict_tokens: Number = same(EvaluationSize, "verdict_tokens", group="evaluation")
    minutes_per_answer: Number = same(EvaluationSize, "minutes_per_answer", group="evaluation")
    labeller_cost: Number = same(EvaluationSize, "labeller_cost", group="evaluation")
    model_life: Number = quantity(
        "24 month",
        "Hosted model's life",
        "Months until you must leave a hosted model for its successor, and that one again. Where "
        f"the book has an earlier end, that is taken for the first. {THUMB}",
        group="changes",
        low=1,
        high=1200,
    )
    move_weeks: Number = quantity(
        "1 week",
        "Weeks per change",
        "Engineering for each change of a model or of the embedding: adapt, compare, roll out. "
        f"{THUMB}",
        group="changes",
        high=520,
    )
    embedding_life: Number = same(VectorIndex, "embedding_life", group="changes")
    next_embedding: str = same(VectorIndex, "next_embedding", group="changes")
    parallel_weeks: Number = same(VectorIndex, "parallel_weeks", group="changes")
    rental: str = same(TrainingRun, "rental", group="self-hosting")
    accelerators: Number = quantity(
        "2 accelerator",
        "Accelerators",
        "Kept running at least, all hours of a month; two let one fail (rule of thumb).",
        group="self-hosting",
        low=1,
        high=100_000,
    )
    throughput: Number = same(ApproachCost, "throughput", group="self-hosting")
    training_hours: Number = quantity(
        "2 h/run",
        "Hours of a training run",
        "Accelerator-hours of one run of your own, its start included (rule of thumb). LoRA of an "
        "8-billion model on the default examples takes about one on an H100.",
        group="self-hosting",
    )
    self_run_build_weeks: Number = quantity(
        "4 week",
        "Weeks to build serving",
        "Engineering before your own serving is in production, beside the weeks of the approach. "
        f"{THUMB}",
        group="self-hosting",
        high=520,
    )
    operations_hours: Number = quantity(
        "40 h/month",
        "Operations",
        f"Hours of people a month who keep your own serving up: watch, patch, scale. {THUMB}",
        group="self-hosting",
    )
    operations_cost: Number = quantity(
        "90 USD/h",
        "Operator",
        f"What an hour of operations costs with everything included. {THUMB}",
        group="self-hosting",
    )
    prompt_accuracy: Number = quantity(
        "0 %", "Accuracy: prompt only", MEASURED, group="quality", rare=True
    )
    long_context_accuracy: Number = quantity(
        "0 %", "Accuracy: long context", MEASURED, group="quality", rare=True
    )
    retrieval_accuracy: Number = quantity(
        "0 %", "Accuracy: retrieval", MEASURED, group="quality", rare=True
    )
    fine_tuned_accuracy: Number = quantity(
        "0 %", "Accuracy: fine-tuned", MEASURED, group="quality", rare=True
    )
    hybrid_accuracy: Number = quantity(
        "0 %", "Accuracy: hybrid", MEASURED, group="quality", rare=True
    )
    own_retrieval_accuracy: Number = quantity(
        "0 %", "Accuracy: retrieval, self-run", MEASURED, group="quality", rare=True
    )
    own_fine_tuned_accuracy: Number = quantity(
        "0 %", "Accuracy: fine-tuned, self-run", MEASURED, group="quality", rare=True
    )
    own_hybrid_accuracy: Number = quantity(
        "0 %", "Accuracy: hybrid, self-run", MEASURED, group="quality", rare=True
    )


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
    named = (*approaches.uses(given), *(offer for offer in more if offer != NONE))
    return tuple(dict.fromkeys(named))


def named(slug: str, given: Any, facts: Facts) -> str:
    """An approach with what it runs on: 'Fine-tuned, self-run, on H100 SXM of Acme'."""
    if slug in OWN_LABELS:
        rental = facts.offer(given.rental)
        return f"{LABELS[slug]} on {rental.name} of {rental.vendor}"
    return approaches.named(slug, given, facts)


def report(draft: Draft) -> Report:
    """The cheapest approach to own, what it beats, how much of it people are, and the tables."""
    given, facts = draft.inputs, draft.facts
    used = uses(given)
    best = draft.option(draft.best)  # a self-run approach is never refused
    rivals = sorted(
        (o for o in draft.options if not o.floor and not o.refused and o is not best),
        key=lambda option: float(option.total),
    )
    headline: Sentence = (
        named(best.slug, given, facts), " costs ", best.total, " to own for ", given.horizon,
        "; next is ", _low(named(rivals[0].slug, given, facts)), " at ", rivals[0].total,
        ". That is ", best.total / given.horizon, " a month, and people are ",
        _share(_people(best), best.total), " of it.",
    )  # fmt: skip
    finding: Sentence = (f"{best.label} is cheapest to own",)
    turn = next((flip for flip in draft.flips if flip.field.name == "horizon"), None)
    if turn:
        way = "beyond" if turn.at > turn.now else "up to"
        finding += (f"; {_low(LABELS[turn.winner])} {way} ", turn.at)
    else:
        finding += (" at any horizon looked at",)
    return Report(
        headline=headline,
        finding=finding,
        uses=used,
        tables=(
            parts_table(draft),
            years_table(draft),
            build_or_buy_table(draft),
            people_table(draft),
            changes_table(draft),
            quality_table(draft),
        ),
        warnings=warnings(draft),
    )


def _low(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(tuple(LABELS.values())) else text


def _usd(cost: Any) -> Quantity:
    return Quantity.of(float(cost), "USD")


def _share(part: Any, whole: Any) -> Quantity:
    return Quantity.of(100 * float(part) / float(whole) if whole > 0 else 0.0, "%")


def _people(option: Option, roles: tuple[str, ...] = ROLES) -> Quantity:
    """What people of these roles cost an option."""
    return _usd(added(cost for name, cost in option.lines.items() if name.startswith(roles)))


def parts_table(draft: Draft) -> Table:
    """What each approach costs by the parts of its life, which sum to the total."""
    given, facts = draft.inputs, draft.facts
    idle = {o.slug: o for o in billed(_with(draft, requests=0.0), facts.floats())}
    common = upheld(given, facts)
    rows: list[tuple[Cell, ...]] = []
    for option in billed(given, facts):
        if option.refused:
            continue
        spent = parts(option, given, common)
        sums = [_usd(added(cost for _, cost in spent[part])) for part in PARTS]
        floor = added(
            cost
            for name, cost in idle[option.slug].lines.items()
            if not name.startswith("Retraining: ")
        ) / float(given.horizon)
        rows.append((option.label, *sums, _usd(added(sums)), _usd(floor)))
    columns = ("Approach", *PARTS, "In all", "A month without requests")
    return Table("parts", "Where it goes", columns, tuple(rows), (IDLE,))


def _with(draft: Draft, **changes: Any) -> Any:
    """The case in its float reading with some inputs changed."""
    return type(draft.case.given)(**(draft.case.given.__dict__ | changes))


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the horizon, and what each approach costs in it, in USD by slug."""

    label: str
    costs: dict[str, float]


def years(draft: Draft) -> list[Year]:
    """What each approach costs in each year: what a longer horizon adds to it."""
    horizon = float(draft.inputs.horizon)
    found: list[Year] = []
    before: dict[str, float] = {}
    for year in range(1, math.ceil(horizon / 12) + 1):
        end = min(12.0 * year, horizon)
        after = {
            option.slug: float(option.total)
            for option in draft.case.options(horizon=end)
            if not option.refused
        }
        label = f"Year {year}" if end == 12 * year else f"Year {year}, to the end"
        costs = {slug: cost - before.get(slug, 0.0) for slug, cost in after.items()}
        found.append(Year(label, costs))
        before = after
    return found


def years_table(draft: Draft) -> Table:
    """Every approach, year by year."""
    found = years(draft)
    rows: list[tuple[Cell, ...]] = [
        (year.label, *(_usd(cost) for cost in year.costs.values())) for year in found
    ]
    there = [draft.option(slug) for slug in found[0].costs]
    if len(found) > 1:
        rows.append(("In all", *(_usd(option.total) for option in there)))
    columns = ("Year", *(option.label for option in there))
    return Table("years", "Year by year", columns, tuple(rows))


def build_or_buy_table(draft: Draft) -> Table:
    """The cheapest approach that is bought beside the cheapest that is run by yourself."""
    slug, title = "build-or-buy", "Buy it or run it yourself"

    def least(options: Iterable[Option]) -> Option | None:
        there = (o for o in options if not o.refused and not o.floor)
        return min(there, key=lambda option: float(option.total), default=None)

    bought = least(o for o in draft.options if o.slug not in OWN_LABELS)
    own = least(o for o in draft.options if o.slug in OWN_LABELS)
    if bought is None or own is None:
        return Table(slug, title, ("Year",), (), ("Nothing can be bought on that day.",))
    rows: list[tuple[Cell, ...]] = []
    so_far = 0.0
    for year in years(draft):
        more = year.costs[own.slug] - year.costs[bought.slug]
        so_far += more
        rows.append(
            (
                year.label,
                _usd(year.costs[bought.slug]),
                _usd(year.costs[own.slug]),
                _usd(more),
                _usd(so_far),
            )
        )
    columns = (
        "Year", f"Buy: {_low(bought.label)}", f"Run: {_low(own.label)}", "Running costs more by",
        "Since the start",
    )  # fmt: skip
    return Table(slug, title, columns, tuple(rows), (COMPARED,))


def people_table(draft: Draft) -> Table:
    """People by role: weeks of engineers, hours of the others, and what they cost."""
    given = draft.inputs
    rows: list[tuple[Cell, ...]] = []
    for option in draft.options:
        if option.refused:
            continue
        engineers, experts, operators = (_people(option, (role,)) for role in ROLES)
        rows.append(
            (
                option.label,
                _time(engineers, given.engineer_cost, "week"),
                engineers,
                _time(experts, given.labeller_cost, "h"),
                experts,
                _time(operators, given.operations_cost, "h"),
                operators,
                _share(_people(option), option.total),
            )
        )
    columns = (
        "Approach", "Weeks of engineers", "Engineers", "Hours of experts", "Experts",
        "Hours of operations", "Operations", "Share of all",
    )  # fmt: skip
    note: Sentence = (
        "Engineers at ", given.engineer_cost, ", experts who write and judge cases at ",
        given.labeller_cost, ", operations at ", given.operations_cost, ".",
    )  # fmt: skip
    return Table("people", "People by role", columns, tuple(rows), note)


def _time(cost: Quantity, price: Any, unit: str) -> Cell:
    return Quantity.of((cost / price).to(unit), unit) if price > 0 else "free"


def changes_table(draft: Draft) -> Table:
    """What must be replaced within the horizon, when first, and who says so."""
    given, facts = draft.inputs, draft.facts
    rows: list[tuple[Cell, ...]] = []
    for name, end, life, count in (
        (given.model, facts.days_left(given.model), given.model_life,
         model_changes(given, facts)),
        (given.tuned_model, tuned_end(given, facts), given.model_life,
         tuned_changes(given, facts)),
        (given.embedding, facts.days_left(given.embedding), given.embedding_life,
         embedding_changes(given, facts)),
    ):  # fmt: skip
        known = end is not None and not facts.months(end) > life
        first = facts.months(end) if known and end is not None else life
        said = "an end in the book" if known else "the life given"
        within = "" if given.horizon > first else ", beyond the horizon"
        rows.append(
            (
                facts.offer(name).name,
                ("after ", Quantity.of(float(first), "month"), within),
                said,
                f"{float(count):.0f}",
            )
        )
    columns = ("Model", "First change", "Because of", "Changes within the horizon")
    note: Sentence = ("Self-run weights are left by your decision only; none is counted.",)
    return Table("changes", "What must be replaced", columns, tuple(rows), note)


def quality_table(draft: Draft) -> Table:
    """What a correct answer costs, where its accuracy is given."""
    given = draft.inputs
    rows: list[tuple[Cell, ...]] = []
    for option in draft.options:
        if option.refused:
            continue
        accuracy = getattr(given, ACCURACY[option.slug])
        right = given.requests * given.horizon * accuracy
        if right > 0:
            rows.append((option.label, accuracy, right.whole(), (option.total / right).whole()))
        else:
            rows.append((option.label, "not given", "", ""))
    columns = ("Approach", "Accuracy", "Correct answers", "Cost of a correct answer")
    return Table("quality", "What a correct answer costs", columns, tuple(rows))


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given, facts = draft.inputs, draft.facts
    found: list[Sentence] = list(approaches.warnings(draft))
    for name in uses(given):
        offer, left = facts.offer(name), facts.days_left(name)
        if left is not None and given.horizon > facts.months(left):
            end = facts.months(left)
            found.append(
                (f"{offer.name} ends in ", end, "; what follows it is taken to cost the same.")
            )
    closes = tuned_end(given, facts)
    own_end = facts.days_left(given.tuned_model)
    if closes is not None and (own_end is None or closes < own_end):
        early = facts.months(closes)
        tuned = facts.offer(given.tuned_model).name
        found.append((f"{tuned} can be retrained for ", early, LEFT))
    for name in uses(given):
        for days, _ in facts.ahead(name)[1:]:
            if given.horizon > facts.months(days):
                when = facts.months(days)
                found.append((f"{facts.offer(name).name} changes its price in ", when, FROM_THEN))
    if given.horizon > facts.number("60 month"):
        found.append(("Nobody knows today's prices five years from now: read on with care.",))
    best = draft.option(draft.best)
    if best.slug not in SEARCHING and best.slug != "long-context":
        found.append((best.label + UNREAD,))
    if draft.option("fine-tuned").refused:
        found.append(
            ("The tuned model cannot be trained on that day, so only self-run is priced.",)
        )
    if _weeks(best.slug, given) / facts.number("730 h/month") > given.horizon:
        found.append((f"{best.label} takes longer to build than the horizon lasts.",))
    return tuple(found)


PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "requests": "30k",
            "horizon": "48",
            "prompt_tokens": "4k",
            "output_tokens": "800",
            "batch_share": "80",
            "corpus_tokens": "200M",
            "top_k": "8",
            "chunk_tokens": "600",
            "examples": "3k",
            "example_tokens": "3k",
            "label_minutes": "10",
            "runs": "0.25",
            "retraining_weeks": "0.5",
            "test_cases": "150",
            "minutes_per_case": "20",
            "labeller_cost": "120",
        },
    ),
    Preset(
        "Code assistant",
        {
            "requests": "2M",
            "horizon": "24",
            "prompt_tokens": "3k",
            "output_tokens": "600",
            "cached_share": "80",
            "corpus_tokens": "300M",
            "corpus_change": "30",
            "chunk_overlap": "0",
            "top_k": "10",
            "embedding": "voyage/voyage-code-4",
            "next_embedding": "voyage/voyage-code-4",
            "examples": "50k",
            "example_tokens": "1.5k",
            "epochs": "2",
            "tuned_model": "together/qwen3.5-9b-tuned",
            "accelerators": "4",
            "training_hours": "20",
        },
    ),
    Preset(
        "Medical coding",
        {
            "requests": "150k",
            "horizon": "60",
            "prompt_tokens": "1.5k",
            "output_tokens": "200",
            "corpus_tokens": "40M",
            "chunk_tokens": "300",
            "top_k": "10",
            "examples": "5k",
            "example_tokens": "1.2k",
            "label_minutes": "6",
            "runs": "0.25",
            "test_cases": "500",
            "minutes_per_case": "10",
            "labeller_cost": "75",
        },
    ),
    Preset(
        "Internal search",
        {
            "requests": "50k",
            "corpus_tokens": "500M",
            "corpus_change": "10",
            "top_k": "10",
            "index_upkeep": "0.5",
            "retrieval_build_weeks": "8",
        },
    ),
    Preset(
        "Regulated bank",
        {
            "requests": "300k",
            "horizon": "60",
            "corpus_tokens": "1B",
            "model": "azure/gpt-6-sol",
            "embedding": "azure/text-embedding-3-large",
            "next_embedding": "azure/text-embedding-3-large",
            "retrieval_build_weeks": "10",
            "build_weeks": "12",
            "self_run_build_weeks": "12",
            "move_weeks": "3",
            "engineer_cost": "5k",
            "test_cases": "500",
            "judge": "none",
            "rental": "nebius/h200",
            "accelerators": "4",
            "operations_hours": "120",
            "runs": "0.25",
            "retraining_weeks": "1",
        },
    ),
)

CALCULATOR = Calculator(
    slug="ownership",
    question="What does each approach cost to own until it is retired?",
    inputs=Ownership,
    groups=GROUPS,
    formula=ownership,
    report=report,
    along="horizon",
    decades=(0, 2),
    presets=PRESETS,
    leading=(
        "requests",
        "horizon",
        "model",
        "tuned_model",
        "engineer_cost",
        "accelerators",
    ),
    unit="USD",
)
