"""Evaluation size: the test cases that tell two systems apart, and what they cost."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from calculators.billing.judging import judged_by_model, labelling
from calculators.billing.residency import placed
from calculators.kernel import explore
from calculators.kernel.calculator import Calculator, Draft, Preset, Report
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE, Inputs, choice, quantity
from calculators.kernel.results import Option, Sentence, Table
from calculators.kernel.trace import applied, bare
from calculators.kernel.units import Number, Quantity
from calculators.statistics import proportions
from calculators.statistics.normal import quantile

LABELS = {
    "interval": "One system",
    "different-cases": "Different cases",
    "same-cases": "Same cases",
}

GROUPS = {
    "question": "What is to be seen",
    "judging": "Who judges",
    "cases": "The cases",
    "cost": "What they cost",
}

LEAST_AGREEMENT = 0.7  # of a judge, below which more than three fifths of every difference are lost
ENOUGH = 10  # expected right, wrong or discordant cases below which the normal curve misleads


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSize(Inputs):
    """The difference to be seen, the judge, the cases there are and what a new one costs."""

    baseline: Number = quantity(
        "80 %",
        "Baseline",
        "Share of cases that the system you have gets right. Differences are hardest to see "
        "near 50 %.",
        group="question",
    )
    difference: Number = quantity(
        "5 point",
        "Difference",
        "By how much the other system is better, in percentage points: the smallest gain for "
        "which you would switch. Half the difference takes four times the cases.",
        group="question",
        low=0.1,
        high=100,
    )
    half_width: Number = quantity(
        "5 point",
        "Half-width",
        "For one system by itself: how far its score may be off to either side.",
        group="question",
        low=0.1,
        high=45,
    )
    discordant_share: Number = quantity(
        "15 %",
        "Discordant cases",
        "Share of cases that exactly one of the two systems gets right. Count it on a few dozen "
        "cases that both have answered; 15 % is a rule of thumb for two versions of a system.",
        group="question",
    )
    significance: Number = quantity(
        "5 %",
        "Significance",
        "How often a difference may be announced where there is none (two-sided). 5 % is usual, "
        "and makes the interval one of 95 %.",
        group="question",
        low=0.01,
        high=50,
        rare=True,
    )
    power: Number = quantity(
        "80 %",
        "Power",
        "How often a difference that is there shall be seen. 80 % is usual, 90 % is cautious.",
        group="question",
        low=51,
        high=99.9,
        rare=True,
    )
    judge: str = choice(
        "inference",
        "openai/gpt-6-luna",
        "Judge",
        "The model that says whether an answer is right. None: a person does, and is trusted.",
        group="judging",
        optional=True,
    )
    agreement: Number = quantity(
        "85 %",
        "Judge agreement",
        "Share of answers on which the judge says what your experts say. GPT-4 and people agreed "
        "on 85 % of the decided votes of MT-Bench, people with each other on 81 % (arXiv "
        "2306.05685). Measure it on 100 to 200 answers of your own.",
        group="judging",
        low=55,
    )
    judge_tokens: Number = quantity(
        "1,500 tok/request",
        "Judge prompt",
        "Instructions, case, reference and answer (rule of thumb).",
        group="judging",
        rare=True,
    )
    verdict_tokens: Number = quantity(
        "200 tok/request",
        "Verdict",
        "What the judge writes, with any reasoning that is billed (rule of thumb).",
        group="judging",
        rare=True,
    )
    test_cases: Number = quantity(
        "200 case",
        "Cases you have",
        "Labelled test cases in the set today. Published evaluations of retrieval have some 100 to "
        "1,000; FinanceBench has 150.",
        group="cases",
        low=1,
        high=1e7,
    )
    cluster_size: Number = quantity(
        "1 case",
        "Cases in a cluster",
        "How many cases share a document, a conversation or a question asked in other words. "
        "They tend to be right or wrong together.",
        group="cases",
        low=1,
        high=10_000,
    )
    cluster_correlation: Number = quantity(
        "20 %",
        "Correlation in a cluster",
        "Intraclass correlation: 0 % where cases of a cluster have nothing in common, 100 % where "
        "they say the same (rule of thumb).",
        group="cases",
        rare=True,
    )
    minutes_per_case: Number = quantity(
        "5 min/case",
        "Minutes per case",
        "A person's time to write or check one case and its reference answer (rule of thumb).",
        group="cost",
    )
    minutes_per_answer: Number = quantity(
        "2 min/request",
        "Minutes per answer",
        "A person's time to judge one answer, where no model does (rule of thumb).",
        group="cost",
        rare=True,
    )
    labeller_cost: Number = quantity(
        "60 USD/h",
        "Labeller",
        "What an hour of that person costs with everything included (rule of thumb); a "
        "specialist costs several times that.",
        group="cost",
    )


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


def rates(given: Any, difference: float | None = None) -> tuple[float, float]:
    """The rates of the two systems, `difference` apart; never more than all cases."""
    first = bare(given.baseline)
    apart = bare(given.difference) if difference is None else difference
    return first, min(first + apart, 1.0)


def discordant_share(given: Any, difference: float | None = None) -> float:
    """The share of discordant cases, moved to what the two rates allow."""
    low, high = proportions.discordant_bounds(*rates(given, difference))
    wanted: float = bare(given.discordant_share)
    return min(max(wanted, low), high)


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
    lines = {"With a judge who never errs": one * plain}
    if judged > plain:
        lines["Because the judge errs"] = one * (judged - plain)
    if whole > judged:
        lines["Because cases come in clusters"] = one * (whole - judged)
    cases = one * whole
    once = {"Labelling": labelling(cases, given.minutes_per_case, given.labeller_cost)}
    once |= judging(given, facts, cases * facts.number(answers))
    return Option(slug, LABELS[slug], lines, once)


def judging(given: Any, facts: Facts, answers: Any) -> dict[str, Any]:
    """What the verdicts cost, by a person or by a model."""
    if given.judge == NONE:
        return {"Judge: people": answers * given.minutes_per_answer * given.labeller_cost}
    rates = placed(given, facts, given.judge)
    return judged_by_model(rates, answers, given.judge_tokens, given.verdict_tokens)


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


PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "baseline": "92",
            "difference": "2",
            "half_width": "2",
            "discordant_share": "6",
            "agreement": "97",
            "cluster_size": "8",
            "cluster_correlation": "10",
            "test_cases": "500",
        },
    ),
    Preset(
        "Code assistant",
        {"baseline": "55", "difference": "4", "discordant_share": "20", "agreement": "100"},
    ),
    Preset(
        "Medical coding",
        {
            "baseline": "88",
            "difference": "3",
            "half_width": "3",
            "discordant_share": "10",
            "judge": "none",
            "minutes_per_case": "15",
            "minutes_per_answer": "5",
            "labeller_cost": "120",
        },
    ),
    Preset(
        "Internal search",
        {"baseline": "70", "discordant_share": "20", "cluster_size": "3", "test_cases": "150"},
    ),
    Preset(
        "Regulated bank",
        {
            "baseline": "95",
            "difference": "2",
            "half_width": "1",
            "discordant_share": "6",
            "significance": "1",
            "power": "90",
            "judge": "none",
        },
    ),
)

CALCULATOR = Calculator(
    slug="evaluation-size",
    question="How many test cases tell two systems apart?",
    inputs=EvaluationSize,
    groups=GROUPS,
    formula=evaluation_size,
    report=report,
    along="difference",
    decades=(-1, 1),
    presets=PRESETS,
    leading=("baseline", "difference", "discordant_share", "judge", "agreement", "test_cases"),
    unit="case",
    superlative="fewest",
)
