"""Ownership: what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from calculators.approach_cost.inputs import GROUPS as APPROACH_GROUPS
from calculators.approach_cost.inputs import ApproachCost
from calculators.break_even import BreakEven
from calculators.evaluation_size.inputs import EvaluationSize
from calculators.kernel.inputs import quantity, same
from calculators.kernel.units import Number
from calculators.training_run.inputs import TrainingRun
from calculators.vector_index.inputs import VectorIndex

# The horizon and people come before the tokens, which are the smaller part.
GROUPS = {
    "traffic": APPROACH_GROUPS["traffic"],
    "people": "People and horizon",
    **APPROACH_GROUPS,
    "evaluation": "Evaluation",
    "changes": "Model changes",
    "quality": "Quality, if you have measured it",
}

THUMB = "Rule of thumb; no published measurement found."

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
