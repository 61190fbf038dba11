"""Approach fit: gates that rule an approach out, and weighted criteria among those left."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

from calculators import approach_cost as costs
from calculators.approach_cost import ApproachCost
from calculators.billing.rentals import rental_month
from calculators.billing.residency import RESIDENCY as VENDORS_RESIDENCY
from calculators.break_even import BreakEven
from calculators.kernel.calculator import Calculator, Draft, Preset, Report
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE, Inputs, choice, one_of, parse_number, quantity, same
from calculators.kernel.results import Cell, Link, Option, Sentence, Table
from calculators.kernel.trace import bare
from calculators.kernel.units import Number, Quantity, added, unit

METHODS = ("prompt", "long-context", "retrieval", "fine-tuned", "hybrid")
SEARCHING = ("retrieval", "hybrid")
TUNED = ("fine-tuned", "hybrid")
OWN = "self-hosted-"  # before the method, where it runs on machines of one's own

LABELS = {slug: costs.LABELS[slug] for slug in METHODS} | {
    OWN + slug: "Self-hosted " + costs.LABELS[slug].lower() for slug in METHODS
}

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

    label: str
    page: str
    evidence: str
    source: Link | None
    basis: str


FINE_TUNE_BENCH = Link("FineTuneBench", "https://arxiv.org/abs/2411.05059")

# The one place that says which section of the guide belongs to which criterion. The order is that
# of the weights, of the line items and of the table of criteria.
CRITERIA = {
    "knowledge": Criterion(
        "Knowledge",
        "fine-tuning/facts-or-form.md",
        "Commercial fine-tuning answered 37 % of questions on newly taught facts, on average",
        FINE_TUNE_BENCH,
        "read in the abstract",
    ),
    "freshness": Criterion(
        "Freshness",
        "decision/knowledge-freshness.md",
        "Commercial fine-tuning got 19 % of updated facts right, on average",
        FINE_TUNE_BENCH,
        "read in the abstract",
    ),
    "auditability": Criterion(
        "Auditability",
        "decision/auditability.md",
        "Retrieval shows what was read, not what was used: up to 57 % of one model's citations "
        "were found to fit its answer after the fact",
        Link("Wallat et al. 2024", "https://arxiv.org/abs/2412.18004"),
        "quoted",
    ),
    "data": Criterion(
        "Labelled data",
        "decision/data-requirements.md",
        "1,000 curated examples made a model of 65 billion parameters competitive on style",
        Link("LIMA", "https://arxiv.org/abs/2305.11206"),
        "quoted",
    ),
    "latency": Criterion(
        "Latency",
        "decision/latency.md",
        "A reranker behind an API added 0.33 to 0.36 s to each search of a vendor's leaderboard",
        None,
        "worked out from published data",
    ),
    "cost": Criterion(
        "Cost",
        "decision/inference-cost.md",
        "List prices of the day, as approach-cost counts them",
        Link("What each approach costs", "calculators/approach-cost.md"),
        "vendors' pages",
    ),
    "format": Criterion(
        "Format",
        "decision/output-consistency.md",
        "A schema needs no training: constrained decoding followed every one of a vendor's test, "
        "an earlier model without it fewer than 40 %",
        None,
        "quoted, by the vendor",
    ),
    "jargon": Criterion(
        "Jargon",
        "choose/fine-tuning.md",
        "Over 31 narrow tasks, models tuned by LoRA were 34 points better than their bases",
        Link("LoRA Land", "https://arxiv.org/abs/2405.00732"),
        "read in the abstract; by a vendor of tuning",
    ),
    "residency": Criterion(
        "Residency",
        "decision/data-residency.md",
        "No measurement: a promise of a region is a contract to read",
        None,
        "rule of thumb",
    ),
    "team": Criterion(
        "Team",
        "team/index.md",
        "No published measurement of what each approach takes of people",
        None,
        "rule of thumb",
    ),
    "retirement": Criterion(
        "Retirement",
        "decision/retirement-risk.md",
        "A tuned model ends with its base; the days are in the calendar",
        Link("What closes when", "reference/calendar.md"),
        "vendors' pages; how much it weighs is a rule of thumb",
    ),
}

# A gate: its name, the section that explains it, and what it asks.
GATES = {
    "documents": ("choose/index.md", "Is there text that the answers must come from?"),
    "residency": (CRITERIA["residency"].page, "May data leave your machines?"),
    "machines": (CRITERIA["team"].page, "Is there someone to run machines?"),
    "citation": (CRITERIA["auditability"].page, "Is a source required?"),
    "freshness": (CRITERIA["freshness"].page, "Must an answer follow a document within minutes?"),
    "examples": (CRITERIA["data"].page, "Are there labelled examples?"),
    "offer": (CRITERIA["retirement"].page, "May you train the tuned model, and until when?"),
    "window": ("choose/long-context.md", "Does all the text fit the model's window?"),
    "latency": (CRITERIA["latency"].page, "Can the first word be there in time?"),
}

OUT = "out"  # what a gate rules out, whatever the weights

# How far each method misses what is asked, by criterion and answer; an answer or a method that is
# not named misses nothing. Rules of thumb: where there is evidence above, it supports their order.
# Hosted and self-hosted methods miss alike.
MISSES: dict[str, dict[str, dict[str, str]]] = {
    "freshness": {
        "minutes": {"long-context": "20 %", "fine-tuned": OUT},
        "day": {"fine-tuned": "100 %"},
        "month": {"fine-tuned": "50 %"},
        "year": {"fine-tuned": "10 %"},
    },
    "auditability": {
        "helpful": {"prompt": "100 %", "long-context": "30 %", "fine-tuned": "100 %"},
        "required": {"prompt": OUT, "long-context": "30 %", "fine-tuned": OUT},
    },
    "format": {
        "house": {"prompt": "60 %", "long-context": "60 %", "retrieval": "60 %"},
    },
    "jargon": {
        "some": {"prompt": "30 %", "long-context": "15 %", "retrieval": "15 %"},
        "specialist": {"prompt": "80 %", "long-context": "50 %", "retrieval": "50 %"},
    },
    "team": {
        "application": {"retrieval": "30 %", "fine-tuned": "70 %", "hybrid": "100 %"},
        "learning": {"retrieval": "20 %", "fine-tuned": "30 %", "hybrid": "50 %"},
        "operations": {"retrieval": "20 %", "fine-tuned": "30 %", "hybrid": "50 %"},
    },
}
RUNNING = "40 %"  # what running machines misses of the team's answer, besides the method
IN_REGION = "40 %"  # what a vendor's region misses of one's own machines

# What of the documents' facts does not reach the answer. A tuned model alone: the rest of the 37 %
# above. Retrieval: between the 7.6 % and the 13.1 % by which long context led it on two strong
# models (arXiv 2407.16833). Hybrid: more, as retrieval alone led it by 4.5 to 6.5 points on three
# models of 7 billion parameters (arXiv 2312.05934). Long context: from 87.3 % on the sentences that
# mattered to 62.4 % on 112,673 tokens around them (worked out from Chroma's published data).
UNKNOWN = {"retrieval": "10 %", "fine-tuned": "63 %", "hybrid": "15 %"}
LOST, LOST_OVER = "24.9 %", "112_673 tok"
FEWEST = "10 example"  # that a vendor accepts
LIFE = "24 month"  # after which a hosted tuned model is taken to be gone (rule of thumb)
AGAIN = "20 %"  # of that trouble where only prompts are tested again on the next model


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

_OF_COST = tuple(
    field.name
    for field in ApproachFit.fields()
    if field.name in {one.name for one in ApproachCost.fields()}
)


@cache
def _usual(floats: bool) -> dict[str, Any]:
    """The inputs of approach-cost at their defaults, in either reading."""
    found: dict[str, Any] = {}
    for field in ApproachCost.fields():
        found[field.name] = field.default
        if not field.is_choice:
            value = parse_number(field, field.default)
            assert isinstance(value, float)  # no default is a range
            scale = unit(field.unit).scale
            found[field.name] = value if floats else Quantity.of(value / scale, field.unit)
    return found


@dataclass(slots=True)
class Bench:
    """
    What an option is measured against: the inputs, what approach-cost makes of them, and how much
    of the latency target each method uses up.
    """

    given: Any
    facts: Facts
    priced: Mapping[str, Option]
    usual: Mapping[str, Any]
    waited: Mapping[str, Any]

    def brought(self, method: str) -> Any:
        """Tokens of a request besides prompt and answer: the whole corpus, or what is found."""
        if method == "long-context":
            return self.given.corpus_tokens * self.facts.number("1 /request")
        if method in SEARCHING:
            return self.given.top_k * self.given.chunk_tokens
        return self.facts.number("0 tok/request")

    def cost(self, method: str, own: bool) -> Any:
        """USD/month."""
        return self._machines(method) if own else self.priced[method].total

    def _machines(self, method: str) -> Any:
        """USD/month of the accelerators that carry the load, never fewer than are kept running."""
        given, facts = self.given, self.facts
        prompt = self.usual["tuned_prompt_tokens"] if method in TUNED else given.prompt_tokens
        brought = self.brought(method)
        read = brought * (1 - given.hit_rate) if method == "long-context" else brought
        tokens = prompt + given.output_tokens + read
        carried = given.capacity * facts.number("730 h/month")
        needed = math.ceil(max(given.accelerators, given.requests * tokens / carried))
        return needed * added(rental_month(facts, facts.rates(given.rental)).values())


def bench(given: Any, facts: Facts) -> Bench:
    """The inputs with what approach-cost makes of them; what it asks besides has its default."""
    usual = _usual(isinstance(facts.number("1 tok"), float))
    asked: Any = SimpleNamespace(**(usual | {name: getattr(given, name) for name in _OF_COST}))
    asked.corpus_tokens = max(given.corpus_tokens, facts.number("1 tok"))
    priced = {option.slug: option for option in costs.approach_cost(asked, facts)}
    return Bench(given, facts, priced, usual, _waited(given, facts))


def _waited(given: Any, facts: Facts) -> dict[str, Any]:
    """
    By method, the share of the latency target that is over when the first word comes, on average:
    the model's own time, and retrieval with the prefill of what it found, or the prefill of the
    corpus where the cache has not kept it.
    """
    context = given.top_k * given.chunk_tokens * facts.number("1 request")
    corpus = given.corpus_tokens * (1 - given.hit_rate)
    model = given.first_token / given.target
    searched = given.retrieval_time / given.target
    found = dict.fromkeys(METHODS, model)
    found["long-context"] = model + corpus / given.prefill_speed / given.target
    for method in SEARCHING:
        found[method] = model + searched + context / given.prefill_speed / given.target
    return found


def approach_fit(given: ApproachFit, facts: Facts) -> tuple[Option, ...]:
    r"""
    Gates come first: an approach that cannot do what is asked is out, whatever the weights. Each
    approach $a$ that is left misses a share $m_{ac}$ of what criterion $c$ asks, from nothing to
    all of it, and with the weights $w_c$ that makes

    $$
    M_a = 100 \, \frac{\sum_c w_c \, m_{ac}}{\sum_c w_c}
    $$

    points of 100. The fewest points fit best. Three shares are worked out: with $C$ the month's
    list prices, $t$ the average time to the first word, $E$ the labelled examples,

    $$
    m_\text{cost} = 1 - \frac{\min C}{C_a}, \qquad
    m_\text{latency} = \frac{t_a}{t_\text{target}}, \qquad
    m_\text{data} = \max\left(0,\; 1 - \frac{E}{E_\text{enough}}\right),
    $$

    the last for approaches that train. A whole corpus in the prompt loses a quarter of what it
    holds for each 112,673 tokens; a hosted tuned model is taken to be gone after 24 months. The
    other shares are looked up by your answers, in a table above. Hosted approaches cost what
    approach-cost says; self-hosted ones cost whole accelerators, by the hour, for the tokens they
    carry.
    """
    ground = bench(given, facts)
    ways = [(method, own) for own in (False, True) for method in METHODS]
    closed = {way: " ".join(why for _, why in gates(*way, ground)) for way in ways}
    left = [way for way in ways if not closed[way]]
    bills = {way: ground.cost(*way) for way in left}
    least = min(bills.values(), default=0.0)
    names = tuple(CRITERIA)
    weights = [getattr(given, f"weight_{name}") for name in names]
    whole = max(added(weights), facts.number("0.000001 point"))
    options = []
    for method, own in ways:
        slug = OWN + method if own else method
        if (method, own) not in bills:
            options.append(Option(slug, LABELS[slug], refused=closed[method, own]))
            continue
        dear = bills[method, own]
        missed = misses(method, own, ground)
        if dear > least:
            missed["cost"] = (dear - least) / dear
        lines = {
            CRITERIA[name].label: how_much / whole * missed[name]
            for name, how_much in zip(names, weights, strict=True)
            if name in missed
        }
        options.append(Option(slug, LABELS[slug], lines))
    return tuple(options)


def misses(method: str, own: bool, ground: Bench) -> dict[str, Any]:
    """The share that an approach misses of each criterion but the cost, where it misses any."""
    given, number = ground.given, ground.facts.number
    documents = given.corpus_tokens > 0
    found: dict[str, Any] = {}
    for name in MISSES:
        share = _looked_up(name, method, given)
        if share and (documents or name != "freshness"):
            found[name] = number(share)
    if own:
        found["team"] = added([number(RUNNING), *([found["team"]] if "team" in found else [])])
    elif given.residency == "region":
        found["residency"] = number(IN_REGION)
    if documents:
        if method in UNKNOWN:
            found["knowledge"] = number(UNKNOWN[method])
        if method == "long-context":
            lost = number(LOST) * (given.corpus_tokens / number(LOST_OVER))
            found["knowledge"] = min(lost, number("100 %"))
    found["latency"] = ground.waited[method]
    if method in TUNED and given.examples < given.enough_examples:
        found["data"] = 1 - given.examples / given.enough_examples
    if not own:
        aged = min(given.horizon / number(LIFE), number("100 %"))
        found["retirement"] = aged if method in TUNED else aged * number(AGAIN)
    return found


def _looked_up(name: str, method: str, given: Any) -> str:
    """The share that a method misses of the reader's answer, OUT, or ''."""
    return MISSES[name].get(getattr(given, name), {}).get(method, "")


def gates(method: str, own: bool, ground: Bench) -> Iterator[tuple[str, str]]:
    """The gates that are closed to an approach, by name, and why."""
    given, facts, number = ground.given, ground.facts, ground.facts.number
    documents = given.corpus_tokens > 0
    reads = method in ("long-context", *SEARCHING)
    if not own and given.residency == "own":
        yield "residency", "Data may not leave your machines."
    if own and given.team != "operations":
        yield "machines", "Nobody is there to run machines."
    if reads and not documents:
        yield "documents", "There is no text to bring in."
    if method == "prompt" and documents:
        yield "documents", "It knows nothing of your text."
    if _looked_up("auditability", method, given) == OUT:
        yield "citation", "It has no source to cite."
    if documents and _looked_up("freshness", method, given) == OUT:
        yield "freshness", "It cannot follow a document within minutes."
    if method in TUNED and given.examples < number(FEWEST):
        yield "examples", "There are no labelled examples."
    unsold = "" if own else ground.priced[method].refused
    if unsold:
        yield "offer" if method in TUNED else "window", unsold
    elif method in TUNED and not own:
        yield from (("offer", why) for why in _offer(given, facts))
    needed = given.prompt_tokens + given.output_tokens + ground.brought(method)
    if own and needed > given.own_window:
        short, room = f"{bare(needed):,.0f}", f"{bare(given.own_window):,.0f}"
        yield "window", f"The request has {short} tokens; your own model takes {room}."
    if ground.waited[method] > number("100 %"):
        target = bare(given.target / number("1 s"))
        taken, asked = f"{bare(ground.waited[method]) * target:.2f} s", f"{target:.2f} s"
        yield "latency", f"Its first word takes {taken} on average; the target is {asked}."


def _offer(given: Any, facts: Facts) -> Iterator[str]:
    """Why the tuned model cannot be had by this reader, or not for long enough."""
    offer = facts.offer(given.tuned_model)
    closed = offer.event("closed_to_new_customers", facts.day)
    if closed and given.customer == "new":
        yield f"{offer.name} is closed to new customers since {closed.day}."
    for what, day in _ends(given, facts):
        if given.horizon > facts.months((day - facts.day).days):
            yield f"{offer.name} {what} {day}, before your horizon ends."


def _ends(given: Any, facts: Facts) -> Iterator[tuple[str, date]]:
    """What is known of the days ahead on which training and serving of the tuned model end."""
    offer = facts.offer(given.tuned_model)
    for event in offer.lifecycle:
        if event.event == "training_ends" and event.day > facts.day:
            yield "can no longer be trained from", event.day
    left = facts.days_left(given.tuned_model)
    if left is not None:
        yield "is shut down on", date.fromordinal(facts.day.toordinal() + left)


def report(draft: Draft) -> Report:
    """Which approach fits best, what it misses, what the gates rule out, what would change it."""
    given, facts = draft.inputs, draft.facts
    ground = bench(given, facts)
    chosen = (given.model, given.tuned_model, given.embedding, given.vector_store, given.reranker)
    used = tuple(offer for offer in (*chosen, given.rental) if offer != NONE)
    tables = (_gates(ground), _others(draft), _shares(given), _evidence())
    if not draft.best:
        nothing: Sentence = (
            "Every approach is ruled out by a gate. See which of your answers you can change.",
        )
        return Report(nothing, nothing, used, tables, warnings(draft))
    best = draft.option(draft.best)
    headline: Sentence = (f"{best.label} fits best: it misses ", _points(best.total))
    headline += (" of 100", *_mostly(best))
    rivals = _ranked(draft)[1:]
    if rivals:
        rest = _points(rivals[0].total)
        headline += (
            f". Next is {rivals[0].label.lower()}, which misses ",
            rest,
            *_mostly(rivals[0]),
        )
    out = len([option for option in draft.options if option.refused])
    finding: Sentence = (f"{best.label} fits best at your volume", *draft.elsewhere("requests"))
    headline += (f". Gates rule out {out} of {len(draft.options)}.",)
    return Report(headline, finding, used, (_criteria(draft), *tables), warnings(draft))


def _ranked(draft: Draft) -> list[Option]:
    """The options that no gate rules out, the best first."""
    left = [option for option in draft.options if not option.refused]
    return sorted(left, key=lambda option: float(option.total))


def _points(share: Any) -> Quantity:
    return Quantity.of(float(share) * 100, "point")


def _mostly(option: Option) -> Sentence:
    """For which criterion an option misses the most."""
    most = max(option.lines, key=lambda name: float(option.lines[name]))
    return (f", most of them for {most.lower()}",) if float(option.lines[most]) else ()


def _criteria(draft: Draft) -> Table:
    """Each criterion with its section, its weight, and what the best two miss of it."""
    shown = _ranked(draft)[:2]
    rows = tuple(
        (
            Link(criterion.label, criterion.page),
            getattr(draft.inputs, f"weight_{name}"),
            *(_points(option.lines.get(criterion.label, 0.0)) for option in shown),
        )
        for name, criterion in CRITERIA.items()
    )
    columns = ("Criterion", "Weight", *(f"{option.label} misses" for option in shown))
    return Table("criteria", "What each criterion says", columns, rows)


def _shares(given: ApproachFit) -> Table:
    """What is looked up by an answer, the reader's own marked."""
    rows: list[tuple[Cell, ...]] = []
    for name, answers in MISSES.items():
        field = next(field for field in ApproachFit.fields() if field.name == name)
        said = dict(field.options)
        for word, shares in answers.items():
            yours = " (yours)" if getattr(given, name) == word else ""
            missed = (_share(shares.get(method, "–")) for method in METHODS)
            rows.append((f"{field.label}: {said[word]}{yours}", *missed))
    if given.corpus_tokens > 0:
        unknown = UNKNOWN | {"long-context": "by length"}
        rows.append(
            ("Facts of your text", *(_share(unknown.get(method, "–")) for method in METHODS))
        )
    columns = ("Answer", *(LABELS[method] for method in METHODS))
    note = (
        f"Besides, running machines misses {RUNNING} of what the team should have, and a vendor's "
        f"region {IN_REGION} of what machines of your own give. All of these are rules of thumb."
    )
    return Table("shares", "How far each approach misses an answer", columns, tuple(rows), (note,))


def _share(text: str) -> Cell:
    return Quantity.parse(text) if text.endswith("%") else text


def _evidence() -> Table:
    """What is known of each criterion, where that was read and how far it carries."""
    rows: list[tuple[Cell, ...]] = []
    for criterion in CRITERIA.values():
        source: Sentence = (criterion.source, ", ") if criterion.source else ()
        said: Sentence = (criterion.evidence, " (", *source, criterion.basis, ").")
        rows.append((Link(criterion.label, criterion.page), said))
    note = "Where there is a study, it supports the order of the shares; none supports their size."
    columns = ("Criterion", "What is known")
    return Table("evidence", "What each criterion rests on", columns, tuple(rows), (note,))


def _gates(ground: Bench) -> Table:
    """Each gate and whom it rules out."""
    shut: dict[str, list[str]] = {}
    for own in (False, True):
        for method in METHODS:
            for name, _ in gates(method, own, ground):
                shut.setdefault(name, []).append(LABELS[OWN + method if own else method])
    everyone = [[LABELS[start + method] for method in METHODS] for start in ("", OWN)]
    rows: list[tuple[Cell, ...]] = []
    for name, (page, question) in GATES.items():
        closed = shut.get(name, [])
        said = ", ".join(closed) if closed else "None"
        for labels, short in zip(everyone, ("All hosted", "All self-hosted"), strict=True):
            if closed == labels:
                said = short
        rows.append((Link(question, page), said))
    return Table("gates", "What the gates rule out", ("Gate", "Rules out"), tuple(rows))


def _others(draft: Draft) -> Table:
    """For the other options, by how much they are behind and which single answers would do."""
    rows: list[tuple[Cell, ...]] = []
    out = []
    for option in draft.options:
        turning = _turning(draft, option.slug)
        if option.slug == draft.best:
            continue
        if option.refused and not turning:
            out.append(option.label.lower())
            continue
        why: Cell = "Ruled out"
        if not option.refused:
            behind = _points(float(option.total) - float(draft.option(draft.best).total))
            why = ("Misses ", behind, " more")
        rows.append((option.label, why, turning or "No single answer"))
    columns = ("Option", "Now", "The best fit if")
    note = f"Ruled out, and back by no single answer: {', '.join(out)}." if out else ""
    title = "What would make another the best fit"
    return Table("others", title, columns, tuple(rows), (note,) if note else ())


def _turning(draft: Draft, slug: str) -> Sentence:
    """The single changes of an input after which that option is the best."""
    parts: list[Any] = []
    for flip in [flip for flip in draft.flips if flip.winner == slug][:SINGLE]:
        way = "above" if flip.at > flip.now else "below"
        parts += ["; " if parts else "", f"{flip.field.label} {way} ", flip.at]
    for turn in draft.turns:
        if turn.winner == slug:
            parts += ["; " if parts else "", f"{turn.field.label}: {turn.said}"]
    return tuple(part for part in parts if part != "")


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given = draft.inputs
    found: list[Sentence] = []
    if not any(float(getattr(given, f"weight_{name}")) for name in CRITERIA):
        found.append(("All weights are zero, so nothing tells the options apart.",))
    if given.residency == "own" and given.team != "operations":
        found.append(("Data may not leave your machines, and nobody is there to run them.",))
    if given.auditability == "required" and not given.corpus_tokens > 0:
        found.append(("A source is required, and there is no text to cite.",))
    ranked = _ranked(draft)
    if len(ranked) > 1 and float(ranked[1].total) - float(ranked[0].total) < CLOSE:
        first, second = (option.label for option in ranked[:2])
        found.append(
            (f"A close call: build {first.lower()} and {second.lower()} small, and measure.",)
        )
    return tuple(found)


SINGLE = 3  # numbers that are named in a cell
CLOSE = 0.03  # of all points, within which the weights do not decide (rule of thumb)

PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "corpus_tokens": "0",
            "auditability": "none",
            "format": "house",
            "jargon": "specialist",
            "target": "30",
            "requests": "30k",
            "examples": "3k",
            "team": "learning",
            "prompt_tokens": "4k",
            "output_tokens": "800",
        },
    ),
    Preset(
        "Code assistant",
        {
            "corpus_tokens": "400k",
            "freshness": "minutes",
            "jargon": "some",
            "target": "2",
            "requests": "3k/day",
            "examples": "0",
            "top_k": "15",
            "prompt_tokens": "3k",
            "output_tokens": "800",
        },
    ),
    Preset(
        "Medical coding",
        {
            "corpus_tokens": "5M",
            "freshness": "year",
            "auditability": "required",
            "format": "house",
            "jargon": "specialist",
            "target": "10",
            "requests": "200k",
            "examples": "20k",
            "team": "learning",
            "prompt_tokens": "2.5k",
            "output_tokens": "150",
        },
    ),
    Preset(
        "Internal search",
        {"corpus_tokens": "500M", "requests": "50k", "examples": "0", "target": "5", "top_k": "10"},
    ),
    Preset(
        "Regulated bank",
        {
            "corpus_tokens": "50M",
            "auditability": "required",
            "target": "5",
            "requests": "200/day",
            "examples": "0",
            "residency": "own",
            "team": "operations",
            "horizon": "36",
        },
    ),
    Preset(
        "Team handbook",
        {"corpus_tokens": "20k", "requests": "50/day", "examples": "0", "target": "5"},
    ),
    Preset(
        "Drafting helper",
        {"corpus_tokens": "0", "auditability": "none", "requests": "100k", "examples": "0"},
    ),
)

CALCULATOR = Calculator(
    slug="approach-fit",
    question="Which approach fits this product?",
    inputs=ApproachFit,
    groups=GROUPS,
    formula=approach_fit,
    report=report,
    along="requests",
    decades=(3, 8),
    presets=PRESETS,
    leading=("corpus_tokens", "freshness", "auditability", "examples", "residency", "team"),
    unit="point",
    rising=(),
    superlative="the best fit",
)
