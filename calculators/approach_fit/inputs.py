"""Approach fit: what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calculators.approach_cost.inputs import ApproachCost
from calculators.billing.residency import RESIDENCY as VENDORS_RESIDENCY
from calculators.break_even import BreakEven
from calculators.kernel.inputs import Inputs, choice, one_of, quantity, same
from calculators.kernel.items import Item
from calculators.kernel.results import Link
from calculators.kernel.units import Number

FRESHNESS = {
    "minutes": "Within minutes",
    "day": "By the next day",
    "month": "Within a month",
    "year": "Within a year, or never",
}

AUDITABILITY = {
    "none": "The answer alone",
    "helpful": "A source helps",
    "required": "A source is required",
}

FORMAT = {
    "free": "Prose, or anything a person reads",
    "schema": "A schema that a program reads",
    "house": "A house style or a fixed form of report",
}

JARGON = {
    "general": "Everyday words",
    "some": "Some terms of the trade",
    "specialist": "A specialist's language",
}

RESIDENCY = VENDORS_RESIDENCY | {"own": "Our own machines only"}

TEAM = {
    "application": "Engineers who call an API",
    "learning": "Also someone who trains and evaluates models",
    "operations": "Also people who run machines with accelerators",
}

CUSTOMER = {"new": "New", "existing": "Existing"}


@dataclass(frozen=True, slots=True)
class Criterion:
    """
    What the options are judged by: the section of the guide that explains it, what is known of it,
    where that was read and how far it carries.
    """

    item: Item
    page: str
    evidence: str
    source: Link | None
    basis: str

    @property
    def label(self) -> str:
        """What a reader calls it."""
        return self.item.label


FINE_TUNE_BENCH = Link("FineTuneBench", "https://arxiv.org/abs/2411.05059")

# The one place that says which section of the guide belongs to which criterion. The order is that
# of the weights, of the line items and of the table of criteria.
CRITERIA = {
    "knowledge": Criterion(
        Item("knowledge", "Knowledge"),
        "fine-tuning/facts-or-form.md",
        "Commercial fine-tuning answered 37 % of questions on newly taught facts, on average",
        FINE_TUNE_BENCH,
        "read in the abstract",
    ),
    "freshness": Criterion(
        Item("freshness", "Freshness"),
        "decision/knowledge-freshness.md",
        "Commercial fine-tuning got 19 % of updated facts right, on average",
        FINE_TUNE_BENCH,
        "read in the abstract",
    ),
    "auditability": Criterion(
        Item("auditability", "Auditability"),
        "decision/auditability.md",
        "Retrieval shows what was read, not what was used: up to 57 % of one model's citations "
        "were found to fit its answer after the fact",
        Link("Wallat et al. 2024", "https://arxiv.org/abs/2412.18004"),
        "quoted",
    ),
    "data": Criterion(
        Item("labelled-data", "Labelled data"),
        "decision/data-requirements.md",
        "1,000 curated examples made a model of 65 billion parameters competitive on style",
        Link("LIMA", "https://arxiv.org/abs/2305.11206"),
        "quoted",
    ),
    "latency": Criterion(
        Item("latency", "Latency"),
        "decision/latency.md",
        "A reranker behind an API added 0.33 to 0.36 s to each search of a vendor's leaderboard",
        None,
        "worked out from published data",
    ),
    "cost": Criterion(
        Item("cost", "Cost"),
        "decision/inference-cost.md",
        "List prices of the day, as approach-cost counts them",
        Link("What each approach costs", "calculators/approach-cost.md"),
        "vendors' pages",
    ),
    "format": Criterion(
        Item("format", "Format"),
        "decision/output-consistency.md",
        "A schema needs no training: constrained decoding followed every one of a vendor's test, "
        "an earlier model without it fewer than 40 %",
        None,
        "quoted, by the vendor",
    ),
    "jargon": Criterion(
        Item("jargon", "Jargon"),
        "choose/fine-tuning.md",
        "Over 31 narrow tasks, models tuned by LoRA were 34 points better than their bases",
        Link("LoRA Land", "https://arxiv.org/abs/2405.00732"),
        "read in the abstract; by a vendor of tuning",
    ),
    "residency": Criterion(
        Item("residency", "Residency"),
        "decision/data-residency.md",
        "No measurement: a promise of a region is a contract to read",
        None,
        "rule of thumb",
    ),
    "team": Criterion(
        Item("team", "Team"),
        "team/index.md",
        "No published measurement of what each approach takes of people",
        None,
        "rule of thumb",
    ),
    "retirement": Criterion(
        Item("retirement", "Retirement"),
        "decision/retirement-risk.md",
        "A tuned model ends with its base; the days are in the calendar",
        Link("What closes when", "reference/calendar.md"),
        "vendors' pages; how much it weighs is a rule of thumb",
    ),
}


def weight(default: int, name: str, help: str) -> Any:
    """Declares the weight of a criterion."""
    label = f"Weight of {CRITERIA[name].label.lower()}"
    text = f"{help} Rule of thumb; only the proportion of the weights counts."
    return quantity(f"{default} point", label, text, group="weights", high=100, rare=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproachFit(Inputs):
    """What the product asks of its answers, who builds it, and how much each criterion counts."""

    corpus_tokens: Number = same(
        ApproachCost,
        "corpus_tokens",
        group="knowledge",
        low=0.0,
        help="All the text that answers may have to come from; 0 where each request brings all "
        "that is needed. 30,000 help articles of 670 tokens are 20 million.",
    )
    freshness: str = one_of(
        FRESHNESS,
        "day",
        "Changes show",
        "How soon an answer must follow a change of a document. A trained model follows after the "
        "next training and its test.",
        group="knowledge",
    )
    auditability: str = one_of(
        AUDITABILITY,
        "helpful",
        "A reader needs",
        "Whether somebody must be able to see where an answer comes from. Required rules out what "
        "has no text to point to.",
        group="knowledge",
    )
    format: str = one_of(
        FORMAT,
        "free",
        "The answer is",
        "A schema needs no training: decoding can be constrained to it. A voice or a report that "
        "instructions do not pin down is what examples teach.",
        group="answer",
    )
    jargon: str = one_of(
        JARGON,
        "general",
        "The language is",
        "Whether today's models handle your words and codes without being shown. Try twenty cases "
        "before you say specialist.",
        group="answer",
    )
    target: Number = quantity(
        "3 s",
        "Latency target",
        "Seconds until the first word of the answer. An approach that takes longer on average is "
        "out; one that uses up most of it has no room for slow requests.",
        group="answer",
        low=0.01,
        high=3600,
    )
    requests: Number = same(ApproachCost, "requests", group="answer")
    examples: Number = same(
        ApproachCost,
        "examples",
        default="200",
        group="means",
        help="Labelled pairs of request and right answer that you have or can have made. Fewer "
        "than 10 are none: no vendor starts with less.",
    )
    residency: str = one_of(
        RESIDENCY,
        "anywhere",
        "Data may be on",
        "Where requests and documents may be processed. Our own machines only rules out every "
        "hosted model.",
        group="means",
    )
    team: str = one_of(
        TEAM,
        "application",
        "The team",
        "Who is there, beyond the first weeks. Self-hosting needs people who run machines, at "
        "night too.",
        group="means",
    )
    horizon: Number = same(
        BreakEven,
        "horizon",
        group="means",
        help="Months for which the decision must hold. A tuned model whose offer ends sooner is "
        "out.",
    )
    model: str = same(ApproachCost, "model", group="offers")
    tuned_model: str = same(ApproachCost, "tuned_model", group="offers")
    customer: str = one_of(
        CUSTOMER,
        "new",
        "Customer of its vendor",
        "Some vendors still train for the customers they have, and for no others.",
        group="offers",
        rare=True,
    )
    embedding: str = same(ApproachCost, "embedding", group="offers", rare=True)
    vector_store: str = same(ApproachCost, "vector_store", group="offers", rare=True)
    reranker: str = same(ApproachCost, "reranker", group="offers", rare=True)
    rental: str = choice(
        "rental",
        "runpod/h100-sxm",
        "Rental",
        "What one accelerator costs an hour where the model is self-hosted; machines that you own "
        "cost about as much once power and people are paid (rule of thumb).",
        group="offers",
        rare=True,
    )
    prompt_tokens: Number = same(ApproachCost, "prompt_tokens", group="speed", rare=True)
    output_tokens: Number = same(ApproachCost, "output_tokens", group="speed", rare=True)
    top_k: Number = same(ApproachCost, "top_k", group="speed", rare=True)
    chunk_tokens: Number = same(ApproachCost, "chunk_tokens", group="speed", rare=True)
    hit_rate: Number = same(ApproachCost, "hit_rate", group="speed", rare=True)
    first_token: Number = quantity(
        "0.5 s",
        "First token",
        "Time to the first token of a short prompt. Trackers put medians of hosted models that do "
        "not reason first at 0.45 to 1.6 s, and disagree by up to 1.7 times; measure your own.",
        group="speed",
        rare=True,
    )
    retrieval_time: Number = quantity(
        "0.6 s",
        "Retrieval time",
        "Time to embed the question (about 0.2 s by API), search (about 0.01 s) and rerank "
        "(about 0.35 s by API); without a reranker 0.25 s.",
        group="speed",
        rare=True,
    )
    prefill_speed: Number = quantity(
        "10k tok/s",
        "Prefill",
        "Prompt tokens read in a second where no cache has them (rule of thumb). Eight billion "
        "parameters on one H100, eight requests at a time, read 20,000 in 0.76 s.",
        group="speed",
        low=1,
        rare=True,
    )
    accelerators: Number = quantity(
        "2 accelerator",
        "Accelerators",
        "Fewest that are kept running where the model is self-hosted: one and a spare (rule of "
        "thumb).",
        group="speed",
        low=1,
        high=10_000,
        rare=True,
    )
    capacity: Number = quantity(
        "5k tok/s",
        "Accelerator capacity",
        "Tokens, read and written, that one accelerator carries over a whole month with its quiet "
        "hours (rule of thumb).",
        group="speed",
        low=1,
        rare=True,
    )
    own_window: Number = quantity(
        "128k tok/request",
        "Window of your own model",
        "Tokens of one request that the self-hosted model takes; many open models take 128,000.",
        group="speed",
        rare=True,
    )
    enough_examples: Number = quantity(
        "1,000 example",
        "Enough examples",
        "From which more no longer count here. 1,000 curated ones were enough for style (LIMA); "
        "the gain of a narrow task may go on to tens of thousands.",
        group="speed",
        low=1,
        rare=True,
    )
    weight_knowledge: Number = weight(15, "knowledge", "Facts of your documents in the answer.")
    weight_freshness: Number = weight(10, "freshness", "Changes of documents in the answer.")
    weight_auditability: Number = weight(10, "auditability", "Seeing where an answer comes from.")
    weight_data: Number = weight(10, "data", "Labelled examples that are missing.")
    weight_latency: Number = weight(10, "latency", "How much of the target is used up.")
    weight_cost: Number = weight(10, "cost", "How much dearer than the cheapest a month is.")
    weight_format: Number = weight(10, "format", "A style that instructions do not pin down.")
    weight_jargon: Number = weight(10, "jargon", "A language that models handle badly.")
    weight_residency: Number = weight(5, "residency", "Data in a vendor's region.")
    weight_team: Number = weight(5, "team", "What building and running takes of people.")
    weight_retirement: Number = weight(5, "retirement", "Work lost when a model is retired.")


GROUPS = {
    "knowledge": "What the answers rest on",
    "answer": "What an answer must be",
    "means": "What you have",
    "offers": "Offers",
    "speed": "Sizes and speeds",
    "weights": "Weights",
}
