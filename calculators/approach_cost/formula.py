"""Approach cost: how it is calculated."""

from __future__ import annotations

import math
from typing import Any

from calculators.approach_cost.inputs import ApproachCost
from calculators.billing.rentals import accelerators_for
from calculators.billing.residency import placed
from calculators.billing.search import searching
from calculators.billing.tokens import Prompt, calls, refusal
from calculators.billing.training import TRAINING_HOURS, job_cost
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE
from calculators.kernel.items import Group, Item, within
from calculators.kernel.results import Option

HOSTING = Item("hosting", "Hosting")
TUNED_MODELS_KEPT = Item("tuned-models-kept", "Tuned models kept")
ACCELERATORS = Item("accelerators", "Accelerators")
ACCELERATOR_HOURS = Item("accelerator-hours", "Accelerator hours")
RETRAINING = Group("retraining", "Retraining")

APPROACHES = {
    "prompt": "Prompt only",
    "long-context": "Long context",
    "retrieval": "Retrieval",
    "fine-tuned": "Fine-tuned",
    "hybrid": "Hybrid",
}

LABELS = APPROACHES | {"self-hosted": "Self-hosted"}

FLOOR = "for comparison: it knows nothing of your corpus"


def approach_cost(given: ApproachCost, facts: Facts) -> tuple[Option, ...]:
    r"""
    Every approach sends the same $R$ requests a month. With prompt $n$, of which a share $c$ is
    read from the cache, fresh context $x$, output $o$ and list prices $p$,

    $$
    C = R \left[ (1 - c)\,n\,p_\text{in} + c\,n\,p_\text{cached} + x\,p_\text{in}
        + o\,p_\text{out} \right] + S + T + H,
    $$

    at the regional prices if data must stay in a region, where $x$ is nothing for a bare
    prompt, the whole corpus for long context (read from the cache at the hit rate, written to
    it otherwise), and top-k × chunk for retrieval. $S$ is what searching costs: embedding the
    question and the changed part of the corpus, the vector store by its own formula,
    reranking. $T$ is retraining and $H$ hosting of the tuned model by the hour, 730 hours a
    month. A tuned model's own input *and* output prices apply to every token it handles.
    Several tuned models are each trained; they share a deployment as far as its vendor lets
    them. A batched request costs the same at batch prices, of which a vendor may have none for
    cached input: then its whole prompt is batched input. Self-hosted, the tuned model's tokens
    cost the hours of

    $$
    \max\left(g,\ \left\lceil \frac{R\,o}{v} \right\rceil\right)
    $$

    rented accelerators, with $g$ the least that is kept and $v$ what one writes in a month.
    Reasoning tokens, negotiated discounts, tax and people are left out.
    """
    options = bought(given, facts)
    return options if given.rental == NONE else (*options, _self_hosted(given, facts))


def bought(given: Any, facts: Facts) -> tuple[Option, ...]:
    """The options that a vendor serves."""
    model = placed(given, facts, given.model)
    corpus = given.corpus_tokens * facts.number("1 /request")
    context = given.top_k * given.chunk_tokens
    tuned_prompt = Prompt(given.tuned_prompt_tokens, context)
    monthly, once = searching(given, facts)
    tuned = placed(given, facts, given.tuned_model)
    kept, trained = _tuning(given, facts)
    return (
        _option("prompt", given, facts, model, Prompt(given.prompt_tokens), floor=FLOOR),
        _option("long-context", given, facts, model, Prompt(given.prompt_tokens, corpus=corpus)),
        _option(
            "retrieval", given, facts, model, Prompt(given.prompt_tokens, context), monthly, once
        ),
        _option(
            "fine-tuned", given, facts, tuned, Prompt(given.tuned_prompt_tokens), kept, trained
        ),
        _option("hybrid", given, facts, tuned, tuned_prompt, monthly | kept, once | trained),
    )


def _option(
    slug: str,
    given: ApproachCost,
    facts: Facts,
    rates: Any,
    prompt: Prompt,
    monthly: dict[Item, Any] | None = None,
    once: dict[Item, Any] | None = None,
    floor: str = "",
) -> Option:
    refused = refusal(facts, rates, prompt, given.output_tokens)
    if refused:
        return Option(slug, LABELS[slug], refused=refused, floor=floor)
    items = calls(
        rates,
        given.requests,
        prompt,
        given.output_tokens,
        cached_share=given.cached_share,
        batch_share=given.batch_share,
        hit_rate=given.hit_rate,
    )
    return Option(slug, LABELS[slug], items | (monthly or {}), once or {}, floor=floor)


def _tuning(given: ApproachCost, facts: Facts) -> tuple[dict[Item, Any], dict[Item, Any]]:
    """What a tuned model costs besides its tokens: monthly items and what is paid once."""
    rates = facts.rates(given.tuned_model)
    monthly: dict[Item, Any] = {}
    once: dict[Item, Any] = {}
    if "hosting" in rates:
        hours = facts.number("730 h/month")
        copies = given.deployments * _shares(given, facts)
        monthly[HOSTING] = rates["hosting"] * hours * copies
    if "adapter" in rates:
        monthly[TUNED_MODELS_KEPT] = given.adapters * rates["adapter"]
    if "training" in rates:
        run = job_cost(
            rates,
            given.examples,
            given.example_tokens,
            given.epochs,
            given.validation_tokens,
            facts.number("0 h"),
        )
        for item, cost in run.items():
            each = given.adapters * cost
            monthly[within(RETRAINING, item)] = given.runs * each
            once[item] = given.experiments * each
    return monthly, once


def _shares(given: ApproachCost, facts: Facts) -> Any:
    """Deployments that the tuned models need: one each, or as many in one as the vendor allows."""
    together = facts.size(given.tuned_model, "adapters")
    return given.adapters if together is None else math.ceil(given.adapters / together)


def _self_hosted(given: ApproachCost, facts: Facts) -> Option:
    """The tuned models on rented accelerators, which all of them share, and trained there."""
    hour = facts.rates(given.rental)["hour"]
    written = given.requests * given.output_tokens
    count = accelerators_for(facts, written, given.throughput, given.accelerators)
    run = given.adapters * given.training_hours * hour
    monthly = {
        ACCELERATORS: count * hour * facts.number("730 h/month"),
        within(RETRAINING, ACCELERATOR_HOURS): given.runs * run,
    }
    once = {TRAINING_HOURS: given.experiments * run}
    return Option("self-hosted", LABELS["self-hosted"], monthly, once)


def uses(given: ApproachCost) -> tuple[str, ...]:
    """The offers that an answer rests on."""
    chosen = (
        given.model,
        given.tuned_model,
        given.embedding,
        given.vector_store,
        given.reranker,
        given.rental,
    )
    return tuple(offer for offer in chosen if offer != NONE)


def named(slug: str, given: ApproachCost, facts: Facts) -> str:
    """An approach with the model that it runs on: 'Retrieval on GPT-6 luna'."""
    name = facts.offer(model_of(slug, given)).name
    if slug == "fine-tuned" and "tuned" in name.lower():
        return name
    return f"{LABELS[slug]} on {name}"


def model_of(slug: str, given: ApproachCost) -> str:
    """The offer that answers in this approach."""
    if slug == "self-hosted":
        return given.rental
    return given.tuned_model if slug in ("fine-tuned", "hybrid") else given.model
