"""Approach fit: how it is calculated."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

from calculators.approach_cost.formula import LABELS as APPROACH_LABELS
from calculators.approach_cost.formula import approach_cost
from calculators.approach_cost.inputs import ApproachCost
from calculators.approach_fit.inputs import CRITERIA, ApproachFit
from calculators.billing.rentals import rental_month
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import parse_number
from calculators.kernel.results import Option
from calculators.kernel.trace import bare
from calculators.kernel.units import Quantity, added, unit

METHODS = ("prompt", "long-context", "retrieval", "fine-tuned", "hybrid")

SEARCHING = ("retrieval", "hybrid")

TUNED = ("fine-tuned", "hybrid")

OWN = "self-hosted-"  # before the method, where it runs on machines of one's own

LABELS = {slug: APPROACH_LABELS[slug] for slug in METHODS} | {
    OWN + slug: "Self-hosted " + APPROACH_LABELS[slug].lower() for slug in METHODS
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
    priced = {option.slug: option for option in approach_cost(asked, facts)}
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
            CRITERIA[name].item: how_much / whole * missed[name]
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
