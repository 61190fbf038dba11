"""Evaluation size: what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calculators.kernel.inputs import Inputs, choice, quantity
from calculators.kernel.trace import bare
from calculators.kernel.units import Number
from calculators.statistics import proportions

GROUPS = {
    "question": "What is to be seen",
    "judging": "Who judges",
    "cases": "The cases",
    "cost": "What they cost",
}


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
