"""Evaluation size: how it is calculated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from calculators.billing.judging import LABELLING, judged_by_model, labelling
from calculators.billing.residency import placed
from calculators.evaluation_size.inputs import EvaluationSize, discordant_share, rates
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE
from calculators.kernel.items import Item
from calculators.kernel.results import Option
from calculators.kernel.trace import applied, bare
from calculators.statistics import proportions
from calculators.statistics.normal import quantile

WITH_A_JUDGE_WHO_NEVER_ERRS = Item("with-a-judge-who-never-errs", "With a judge who never errs")
BECAUSE_THE_JUDGE_ERRS = Item("because-the-judge-errs", "Because the judge errs")
BECAUSE_CASES_COME_IN_CLUSTERS = Item(
    "because-cases-come-in-clusters", "Because cases come in clusters"
)
JUDGE_PEOPLE = Item("judge-people", "Judge: people")

LABELS = {
    "interval": "One system",
    "different-cases": "Different cases",
    "same-cases": "Same cases",
}


@dataclass(frozen=True, slots=True)
class Design:
    """The rates as the judge reports them, and the quantiles and the design effect they meet."""

    z_alpha: float
    z_beta: float
    first: float
    second: float
    discordant: float
    slope: float
    effect: float

    @property
    def difference(self) -> float:
        """The difference as the judge reports it."""
        return self.second - self.first

    def interval(self, half_width: float) -> float:
        """Cases for one rate, before rounding."""
        z, half = self.z_alpha, half_width * self.slope
        return proportions.wilson_cases(self.first, half, z) * self.effect

    def each(self) -> float:
        """Cases for each of two systems on cases of its own, before rounding."""
        rates = (self.first, self.second)
        return proportions.unpooled_cases(*rates, self.z_alpha, self.z_beta) * self.effect

    def paired(self) -> float:
        """Cases that both systems answer, before rounding."""
        rates = (self.discordant, self.difference)
        return proportions.mcnemar_cases(*rates, self.z_alpha, self.z_beta) * self.effect


def design(
    given: Any,
    *,
    agreement: float | None = None,
    clustered: bool = True,
    difference: float | None = None,
) -> Design:
    """The case as it meets the formulas; by other than its own agreement, clusters, difference."""
    if agreement is None:
        agreement = agreement_of(given)
    first, second = rates(given, difference)
    effect = 1.0
    if clustered:
        correlation = bare(given.cluster_correlation)
        effect = proportions.design_effect(bare(given.cluster_size), correlation)
    return Design(
        z_alpha=-applied(quantile, bare(given.significance) / 2),
        z_beta=applied(quantile, bare(given.power)),
        first=proportions.judged(first, agreement),
        second=proportions.judged(second, agreement),
        discordant=proportions.judged_discordant(discordant_share(given, difference), agreement),
        slope=2 * agreement - 1,
        effect=effect,
    )


def agreement_of(given: Any) -> float:
    """The agreement of whoever judges: a person is what the judge is measured against."""
    return 1.0 if given.judge == NONE else bare(given.agreement)


def evaluation_size(given: EvaluationSize, facts: Facts) -> tuple[Option, ...]:
    r"""
    With $z_\alpha$ for a two-sided significance, $z_\beta$ for the power, a rate $p_1$ now, a
    better one $p_2 = p_1 + d$, and $q = 1 - p$: one system to a half-width $w$ takes the $n$ at
    which Wilson's interval is that wide,

    $$
    w = \frac{z_\alpha \sqrt{p_1 q_1 / n + z_\alpha^2 / 4 n^2}}{1 + z_\alpha^2 / n}.
    $$

    Two systems on cases of their own take, each,

    $$
    n = \frac{(z_\alpha + z_\beta)^2 \left(p_1 q_1 + p_2 q_2\right)}{d^2},
    $$

    and on the same cases, of which they disagree on a share $p_d$ (McNemar's test),

    $$
    n = \frac{\left(z_\alpha \sqrt{p_d} + z_\beta \sqrt{p_d - d^2}\right)^2}{d^2}.
    $$

    A judge that is right on a share $a$ of answers reports the rate $(1 - a) + (2a - 1) p$, so
    every difference shrinks by $2a - 1$, and the two systems seem to disagree on the share

    $$
    p_d \left(a^2 + (1 - a)^2\right) + (1 - p_d) \, 2 a (1 - a).
    $$

    The formulas are given what the judge reports. Clusters of $m$ cases with correlation
    of $\rho$ multiply the result by $1 + (m - 1) \rho$, and it is rounded up to whole cases. A case
    costs a person's minutes once and an answer costs one verdict; two systems on the same cases
    give two answers to each.
    """
    half = bare(given.half_width)
    steps = (
        design(given, agreement=1.0, clustered=False),
        design(given, clustered=False),
        design(given),
    )
    single = [case.interval(half) for case in steps]
    options = [_option("interval", given, facts, single, "1 case")]
    if bare(given.baseline) + bare(given.difference) > 1 + 1e-9:
        refused = "The baseline and the difference come to more than 100 %."
        options += [
            Option(slug, LABELS[slug], refused=refused)
            for slug in ("different-cases", "same-cases")
        ]
        return tuple(options)
    each = [case.each() for case in steps]
    paired = [case.paired() for case in steps]
    options += [
        _option("different-cases", given, facts, each, "2 case"),
        _option("same-cases", given, facts, paired, "1 case", "2 request/case"),
    ]
    return tuple(options)


def _option(
    slug: str,
    given: EvaluationSize,
    facts: Facts,
    needed: list[float],
    step: str,
    answers: str = "1 request/case",
) -> Option:
    """Lines in cases, by what makes them necessary; what they cost once, in USD."""
    plain, judged, whole = (max(math.ceil(cases), 1) for cases in needed)
    one = facts.number(step)
    lines = {WITH_A_JUDGE_WHO_NEVER_ERRS: one * plain}
    if judged > plain:
        lines[BECAUSE_THE_JUDGE_ERRS] = one * (judged - plain)
    if whole > judged:
        lines[BECAUSE_CASES_COME_IN_CLUSTERS] = one * (whole - judged)
    cases = one * whole
    once = {LABELLING: labelling(cases, given.minutes_per_case, given.labeller_cost)}
    once |= judging(given, facts, cases * facts.number(answers))
    return Option(slug, LABELS[slug], lines, once)


def judging(given: Any, facts: Facts, answers: Any) -> dict[Item, Any]:
    """What the verdicts cost, by a person or by a model."""
    if given.judge == NONE:
        return {JUDGE_PEOPLE: answers * given.minutes_per_answer * given.labeller_cost}
    rates = placed(given, facts, given.judge)
    return judged_by_model(rates, answers, given.judge_tokens, given.verdict_tokens)
