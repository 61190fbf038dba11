"""Latency budget: the answer in words and tables."""

from __future__ import annotations

import math
from typing import Any

from calculators.approach_cost.formula import APPROACHES
from calculators.kernel import explore
from calculators.kernel.calculator import Draft, Report
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field
from calculators.kernel.results import Cell, Option, Sentence, Table
from calculators.kernel.units import Quantity, added, unit
from calculators.latency_budget.formula import (
    ANSWER,
    FIRST_TOKEN,
    QUERY_EMBEDDING,
    RERANKING,
    RETRIEVED_TEXT,
    VECTOR_SEARCH,
    _option,
    cases,
    ways,
)
from calculators.latency_budget.inputs import LatencyBudget
from calculators.statistics.sums import Mixture

PERCENTILES = (0.5, 0.95, 0.99)

SHOWN = 10  # inputs in the table of changes

NEVER, AT_MOST, AT_LEAST = "–", "≤\N{NO-BREAK SPACE}", "≥\N{NO-BREAK SPACE}"

SEARCHING = frozenset({QUERY_EMBEDDING, VECTOR_SEARCH, RERANKING})

IN_A_SENTENCE = {
    "long-context": "with long context",
    "retrieval": "with retrieval",
    "fine-tuned": "fine-tuned",
    "hybrid": "with both",
}

# Published 95th percentiles by their medians, least and greatest: MLPerf's server logs, in which
# those of whole answers of reasoning are the longest of all.
MEASURED_TAILS = {
    "first_token_tail": (1.4, 2.6),
    "decode_tail": (1.0, 1.35),
    "output_tail": (1.0, 6.5),
}

LONGEST_TAIL = 6.5

ADDED_UP = (
    "The last column is what a budget says that adds up each stage's own percentile: too much in "
    "the tail, because stages are seldom slow together."
)


def whatever_fits(given: LatencyBudget, facts: Facts) -> tuple[Option, ...]:
    """What each approach takes, whether or not the corpus fits into the context window."""
    return tuple(_option(slug, label, given, facts) for slug, label in APPROACHES.items())


def room(draft: Draft, case: explore.Case, slug: str, field: Field) -> tuple[float, bool] | None:
    """
    The value of an input at which that approach takes exactly the target, and whether it takes
    less below it; None where no value within a thousandfold does, or within a share's bounds.
    """
    target, taken = float(case.given.target), float(draft.option(slug).total)
    now, scale = getattr(case.given, field.name), unit(field.unit).scale
    low, high = field.low * scale, field.high * scale

    def late(x: float) -> float:
        taken = case.totals(**{field.name: x})[slug]
        assert taken is not None, "none is refused"
        return taken - target

    if field.is_share and math.isfinite(high):
        sides = ((low, now), (high, now))
    else:
        sides = (
            (max(now / explore.FAR, low), max(now / 2, low)),
            (min(now * explore.FAR, high), min(now * 2, high)),
        )
    for far, near in sides:
        there = late(far)
        if far != now and math.isclose(there + target, taken, rel_tol=1e-9):
            return None  # this approach does not depend on it
        if (there > 0) != (taken > target):
            within = now if (late(near) > 0) == (there > 0) else far
            return explore.root(late, *sorted((near, within))), (there > 0) == (far > now)
    return None


def report(draft: Draft) -> Report:
    """Which approaches meet the target, what retrieval adds, and what would have to change."""
    given, facts = draft.case.given, draft.case.facts
    offered = [option for option in draft.options if not option.refused]
    times = {option.slug: Mixture.of(cases(ways(option.slug, given, facts))) for option in offered}
    share = _percent(given.percentile)
    ends = "have their first token" if given.until == "first-token" else "are answered in full"
    other = "retrieval" if draft.best != "retrieval" else "fine-tuned"
    headline: Sentence = (
        share, f" of requests {ends} within ", _time(float(draft.option(draft.best).total)),
        f" {IN_A_SENTENCE[draft.best]} and within ", _time(float(draft.option(other).total)),
        f" {IN_A_SENTENCE[other]}. ", *_verdict(draft),
    )  # fmt: skip
    before, after = (float(draft.option(slug).total) for slug in ("fine-tuned", "retrieval"))
    more = "Retrieval adds " if after > before else "Retrieval saves "
    finding: Sentence = (more, _time(abs(after - before)), " over a tuned model, at ", share)
    return Report(
        headline=headline,
        finding=finding,
        uses=(),
        tables=(_met(draft, times), _added(draft, times), _changes(draft)),
        warnings=warnings(draft),
    )


def _verdict(draft: Draft) -> Sentence:
    meets: dict[bool, list[str]] = {True: [], False: []}
    for option in draft.options:
        if not option.refused and not option.floor:
            late = float(option.total) > float(draft.inputs.target)
            meets[not late].append(APPROACHES[option.slug].lower())
    target = _time(float(draft.inputs.target))
    if not meets[True]:
        return ("None of the approaches meets the target of ", target, ".")
    if not meets[False]:
        return ("All of the approaches meet the target of ", target, ".")
    some, others = (_listed(meets[met]) for met in (True, False))
    verb = "meets" if len(meets[True]) == 1 else "meet"
    negative = "does not" if len(meets[False]) == 1 else "do not"
    return (
        f"{some[:1].upper()}{some[1:]} {verb} the target of ",
        target,
        f"; {others} {negative}.",
    )


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _time(hours: float) -> Quantity:
    return Quantity.of(hours / unit("s").scale, "s")


def _percent(share: Any) -> Quantity:
    return Quantity.of(float(share) * 100, "%")


def _met(draft: Draft, times: dict[str, Mixture]) -> Table:
    """Each approach at the usual percentiles, and the share of requests that meet the target."""
    target = draft.case.given.target
    return Table(
        "target",
        "How often is the target met?",
        ("Approach", "Median", "95 %", "99 %", "Requests in time"),
        tuple(
            (
                APPROACHES[slug],
                *(_time(taken.at(share)) for share in PERCENTILES),
                _percent(taken.share_below(target)),
            )
            for slug, taken in times.items()
        ),
        ("The target is ", _time(target), "."),
    )


def _added(draft: Draft, times: dict[str, Mixture]) -> Table:
    """What retrieval takes longer than a tuned model with its short prompt."""
    given, facts = draft.case.given, draft.case.facts
    ((_, stages),) = ways("retrieval", given, facts)
    rows = []
    for share in PERCENTILES:
        tuned, searched = times["fine-tuned"].at(share), times["retrieval"].at(share)
        alone = [Mixture.of([(1.0, ((s.median, s.spread),))]).at(share) for s in stages]
        rows.append(
            (
                _percent(share),
                _time(tuned),
                _time(searched),
                _time(searched - tuned),
                _time(math.fsum(alone)),
            )
        )
    lines = draft.option("retrieval").lines
    searching = added(v for n, v in lines.items() if n in SEARCHING)
    note: Sentence = (
        "In the requests at ", _percent(given.percentile), ", searching takes ",
        _time(float(searching)), " and reading what was found ",
        _time(float(lines.get(RETRIEVED_TEXT, 0.0))),
        f". {ADDED_UP}",
    )  # fmt: skip
    return Table(
        "added",
        "What does retrieval add to a tuned model with the short prompt?",
        ("Requests within", "Fine-tuned", "Retrieval", "Added", "Retrieval, percentiles added up"),
        tuple(rows),
        note,
    )


def _changes(draft: Draft) -> Table:
    """For each input the value at which each approach takes exactly the target."""
    slugs = [option.slug for option in draft.options if not option.refused and not option.floor]
    case = explore.Case.of(whatever_fits, draft.inputs, draft.facts)
    rows: list[tuple[float, tuple[Cell, ...]]] = []
    for field in LatencyBudget.fields():
        if field.is_choice or field.group == "target":
            continue
        now = getattr(draft.case.given, field.name)
        cells: list[Cell] = []
        nearest = math.inf
        for slug in slugs:
            found = room(draft, case, slug, field)
            if not found:
                cells.append(NEVER)
                continue
            at, less = found
            nearest = min(nearest, explore.distance(field, now, at))
            cells.append((AT_MOST if less else AT_LEAST, _of(field, at)))
        if nearest < math.inf:
            rows.append((nearest, (field.label, _of(field, now), *cells)))
    rows.sort(key=lambda row: row[0])
    return Table(
        "changes",
        "What would meet the target?",
        ("Input", "Now", *(APPROACHES[slug] for slug in slugs)),
        tuple(row for _, row in rows[:SHOWN]),
        (f"One input at a time, within a thousandfold, the least change first; {NEVER}: never.",),
    )


def _of(field: Field, value: float) -> Quantity:
    return Quantity.of(value / unit(field.unit).scale, field.unit)


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given = draft.inputs
    found: list[Sentence] = []
    target = float(given.target)
    (_, stages), *_ = ways(draft.best, draft.case.given, draft.case.facts)
    for stage in stages:
        if stage.median > target and (ANSWER in stage.parts or FIRST_TOKEN in stage.parts):
            what = "Writing the answer" if ANSWER in stage.parts else "The model's first token"
            found.append(
                (
                    f"{what} alone takes ",
                    _time(stage.median),
                    " in the median: nothing before the model can meet the target.",
                )
            )
    labels = {field.name: field.label for field in LatencyBudget.fields()}
    for field, (low, high) in MEASURED_TAILS.items():
        tail = float(getattr(given, field))
        used = field == "first_token_tail" or given.until == "last-token"
        if used and not low <= tail <= high:
            label = labels[field]
            found.append((f"{label}: {tail:g} is outside of what was measured, {low} to {high}.",))
    worst = max(
        float(getattr(given, field.name))
        for field in LatencyBudget.fields()
        if field.name.endswith("_tail")
    )
    if worst > LONGEST_TAIL:
        found.append(
            (f"A tail of {worst:g} is beyond {LONGEST_TAIL}, up to which the sum was checked.",)
        )
    late = 1 - float(given.percentile)
    if float(given.cold_start_share) > late:
        found.append(
            (
                _percent(given.cold_start_share),
                " of the tuned model's requests start cold and only ",
                _percent(late),
                " may be late: the figure is that of a cold start.",
            )
        )
    missed = 1 - float(given.hit_rate)
    if missed > late and not draft.option("long-context").refused:
        found.append(
            (
                _percent(missed),
                " of the requests with long context read the whole corpus and only ",
                _percent(late),
                " may be late: the figure is that of a miss.",
            )
        )
    if float(given.percentile) > 0.99:
        found.append(("Beyond 99 % no tail was published that could be checked against.",))
    if given.tuned_prompt_tokens > given.prompt_tokens:
        found.append(("The tuned prompt is longer than the prompt it replaces.",))
    return tuple(found)
