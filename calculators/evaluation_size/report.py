"""Evaluation size: the answer in words and tables."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from calculators.evaluation_size.formula import (
    LABELS,
    Design,
    agreement_of,
    design,
    evaluation_size,
)
from calculators.evaluation_size.inputs import discordant_share, rates
from calculators.kernel import explore
from calculators.kernel.calculator import Draft, Report
from calculators.kernel.inputs import NONE
from calculators.kernel.results import Option, Sentence, Table
from calculators.kernel.units import Quantity
from calculators.statistics import proportions

LEAST_AGREEMENT = 0.7  # of a judge, below which more than three fifths of every difference are lost

ENOUGH = 10  # expected right, wrong or discordant cases below which the normal curve misleads


def smallest_difference(
    given: Any, cases: float, needed: Callable[[Design], float]
) -> float | None:
    """The least improvement that so many cases show, or None where none up to 100 % is seen."""
    most = 1 - float(given.baseline)

    def excess(difference: float) -> float:
        # Cases go with the inverse square of the difference, so this is nearly a straight line.
        return 1 / math.sqrt(cases) - 1 / math.sqrt(
            max(needed(design(given, difference=difference)), 1.0)
        )

    least = 1e-6
    if most <= least or excess(most) > 0:
        return None
    return explore.root(excess, least, most) if excess(least) > 0 else least


def report(draft: Draft) -> Report:
    """How many cases tell the two apart, what the present set can tell, and who should judge."""
    given = draft.inputs
    tables = [_present(draft), _judges(draft)]
    same, different = draft.option("same-cases"), draft.option("different-cases")
    headline: Sentence
    if same.refused:
        headline = (f"There is no such difference. {same.refused}",)
    else:
        headline = (
            "Telling ", _percent(given.baseline), " from ", _percent(_second(given)), " takes ",
            _cases(same), " if both systems answer the same ones, and ", _cases(different),
            " if each answers its own. ", *_seen(draft),
        )  # fmt: skip
        tables.append(_formulas(draft))
    return Report(
        headline=headline,
        finding=("Half the difference takes four times the cases",),
        uses=() if given.judge == NONE else (given.judge,),
        tables=tuple(tables),
        warnings=warnings(draft),
    )


def _seen(draft: Draft) -> Sentence:
    given = draft.inputs
    least = smallest_difference(given, float(given.test_cases), Design.paired)
    have = Quantity.of(float(given.test_cases), "case")
    if least is None:
        return ("Your ", have, " show no improvement, not even one to 100 %.")
    return ("Your ", have, " show a difference of ", _points(least), " or more.")


def _second(given: Any) -> Quantity:
    return _percent(rates(given)[1])


def _percent(share: Any) -> Quantity:
    return Quantity.of(float(share) * 100, "%")


def _points(share: float) -> Quantity:
    return Quantity.of(share * 100, "point")


def _cases(option: Option) -> Quantity:
    return Quantity.of(float(option.total), "case")


def _present(draft: Draft) -> Table:
    """What the cases that are there can tell, by the same formulas turned round."""
    given = draft.inputs
    have = float(given.test_cases)
    case = design(given)
    effective = have / case.effect
    half = proportions.wilson_half_width(case.first, effective, case.z_alpha) / case.slope
    rows: list[tuple[Any, ...]] = [
        (
            "One system: how far its score may be off",
            ("± ", _points(half)),
            _cases(draft.option("interval")),
        )
    ]
    note: Sentence = ()
    if not draft.option("same-cases").refused:
        each = proportions.unpooled_power(case.first, case.second, effective / 2, case.z_alpha)
        both = proportions.mcnemar_power(case.discordant, case.difference, effective, case.z_alpha)
        for title, slug, needed, cases, power in (
            ("both systems on all of them", "same-cases", Design.paired, have, both),
            ("each system on half of them", "different-cases", Design.each, have / 2, each),
        ):
            least = smallest_difference(given, cases, needed)
            total = _cases(draft.option(slug))
            rows += [
                (
                    f"Smallest difference seen, {title}",
                    ("none",) if least is None else (_points(least),),
                    total,
                ),
                (f"Chance to see your difference, {title}", (_percent(power),), total),
            ]
        note = _exact(given, case)
    columns = ("What they tell", "With the cases you have", "Cases needed")
    return Table("your-set", "What your set can tell", columns, tuple(rows), note)


MOST_EXACT = 2_000  # discordant cases up to which the exact test is worked out


def _exact(given: Any, case: Design) -> Sentence:
    """How many of the discordant cases the better system must win, by the exact test."""
    discordant = round(float(given.test_cases) * case.discordant)
    if case.effect > 1 or not 0 < discordant <= MOST_EXACT:
        return ()
    wins = proportions.wins_needed(discordant, float(given.significance))
    expected = f"You would expect {discordant:,} of your cases to be discordant"
    if wins is None:
        return (f"{expected}: too few for any result to be significant by the exact test.",)
    rest = f"by the exact McNemar test the better system must win {wins:,} of them."
    return (f"{expected}; {rest}",)


def _judges(draft: Draft) -> Table:
    """The same question with the model as judge and with a person."""
    given, facts = draft.inputs, draft.facts
    slug = "interval" if draft.option("same-cases").refused else "same-cases"
    columns = ("Who judges", "Right on", "Cohen’s κ", "Cases", "Cost once")
    offers = (NONE,) if given.judge == NONE else (given.judge, NONE)
    rows: list[tuple[Any, ...]] = []
    for judge in offers:
        asked = dataclasses.replace(given, judge=judge)
        option = next(o for o in evaluation_size(asked, facts) if o.slug == slug)
        agreement = agreement_of(asked)
        kappa = proportions.kappa(float(given.baseline), agreement)
        name = "A person" if judge == NONE else facts.offer(judge).name
        rows.append((name, _percent(agreement), f"{kappa:.2f}", _cases(option), option.total_once))
    note = f"{LABELS[slug]}."
    if given.judge != NONE:
        note += " A judge who errs needs more cases, each of which a person has to label."
    return Table("judge-or-person", "A model or a person as judge?", columns, tuple(rows), (note,))


def _formulas(draft: Draft) -> Table:
    """What other published formulas make of the same case."""
    case = design(draft.inputs)
    rates = (case.first, case.second)
    z = (case.z_alpha, case.z_beta)
    pooled = proportions.pooled_cases(*rates, *z)
    variance = case.discordant - case.difference**2
    rows = [
        ("Different cases: unpooled variance, as here", case.each() / case.effect),
        ("Different cases: pooled variance (Fleiss; R’s power.prop.test)", pooled),
        (
            "Different cases: pooled, corrected for continuity (Fleiss)",
            proportions.continuity_corrected(pooled, case.difference),
        ),
        ("Same cases: McNemar’s test (Connor), as here", case.paired() / case.effect),
        (
            "Same cases: variance of the difference (Miller)",
            proportions.mean_difference_cases(variance, case.difference, *z),
        ),
    ]
    return Table(
        "other-formulas",
        "The same by other formulas",
        ("Formula", "Cases for each system"),
        tuple((name, Quantity.of(math.ceil(cases * case.effect), "case")) for name, cases in rows),
        ("The share of discordant cases, which you have to guess, moves the number more.",),
    )


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """Where the inputs contradict each other or a formula is out of its range."""
    given = draft.inputs
    found: list[Sentence] = []
    if not draft.option("same-cases").refused:
        found += _discordance(draft)
    rate = float(given.baseline)
    if float(draft.option("interval").total) * min(rate, 1 - rate) < ENOUGH:
        said = f"Fewer than {ENOUGH} right or wrong answers are expected in the interval’s set."
        found.append((said,))
    if given.judge != NONE and float(given.agreement) < LEAST_AGREEMENT:
        said = " of answers hides most of a difference: a better judge saves more than more cases."
        found.append(("A judge who is right on ", given.agreement, said))
    if float(given.cluster_size) > float(given.test_cases):
        found.append(("A cluster holds more cases than you have.",))
    return tuple(found)


def _discordance(draft: Draft) -> list[Sentence]:
    """What is odd about the share of discordant cases."""
    given = draft.inputs
    found: list[Sentence] = []
    allowed = discordant_share(given)
    if abs(allowed - float(given.discordant_share)) > 1e-12:
        both: Sentence = (_percent(given.baseline), " and ", _percent(_second(given)))
        share = given.discordant_share
        can: Sentence = (" of cases: counted with ", _percent(allowed), ".")
        found.append(("Two systems at ", *both, " cannot disagree on ", share, *can))
    case = design(given)
    if float(draft.option("same-cases").total) / case.effect * case.discordant < ENOUGH:
        said = f"Fewer than {ENOUGH} discordant cases are expected, so the normal curve misleads: "
        found.append((said + "take more cases, and the exact test.",))
    return found
