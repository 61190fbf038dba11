"""Ownership: the answer in words and tables."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from calculators.approach_cost.formula import RETRAINING
from calculators.approach_cost.report import warnings as approach_warnings
from calculators.kernel.calculator import Draft, Report
from calculators.kernel.items import Group
from calculators.kernel.results import Cell, Option, Sentence, Table
from calculators.kernel.units import Quantity, added
from calculators.ownership.formula import (
    ENGINEERS,
    EXPERTS,
    LABELS,
    OPERATIONS,
    OWN_LABELS,
    PARTS,
    SEARCHING,
    _weeks,
    billed,
    embedding_changes,
    model_changes,
    named,
    parts,
    tuned_changes,
    tuned_end,
    upheld,
    uses,
)

ROLES = (ENGINEERS, EXPERTS, OPERATIONS)

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
    turn = draft.flip("horizon")
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


def _people(option: Option, roles: tuple[Group, ...] = ROLES) -> Quantity:
    """What people of these roles cost an option."""
    return _usd(added(cost for item, cost in option.lines.items() if item.group in roles))


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
            cost for item, cost in idle[option.slug].lines.items() if item.group is not RETRAINING
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
    found: list[Sentence] = list(approach_warnings(draft))
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
