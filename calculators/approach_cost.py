"""Approach cost: what a month costs by prompt, long context, retrieval, fine-tuning or both."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from calculators.billing.contradictions import contradictions
from calculators.billing.rentals import accelerators_for
from calculators.billing.residency import RESIDENCY, placed, residency_warnings
from calculators.billing.search import searching
from calculators.billing.tokens import Prompt, calls, refusal
from calculators.billing.training import job_cost
from calculators.kernel.calculator import Across, Calculator, Draft, Preset, Report
from calculators.kernel.facts import Facts, Rates
from calculators.kernel.inputs import NONE, Inputs, choice, one_of, quantity
from calculators.kernel.results import Option, Sentence, Table
from calculators.kernel.units import Number

APPROACHES = {
    "prompt": "Prompt only",
    "long-context": "Long context",
    "retrieval": "Retrieval",
    "fine-tuned": "Fine-tuned",
    "hybrid": "Hybrid",
}
LABELS = APPROACHES | {"self-hosted": "Self-hosted"}

FLOOR = "for comparison: it knows nothing of your corpus"

GROUPS = {
    "traffic": "Traffic",
    "prompt": "Prompt and answer",
    "retrieval": "Retrieval",
    "model": "Model",
    "self-hosting": "Self-hosting",
    "training": "Training",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproachCost(Inputs):
    """The traffic, the knowledge and the offers to be priced."""

    requests: Number = quantity(
        "400k request/month",
        "Requests",
        "Calls that the product makes in a month. Write 20k/day if that is how you count.",
        group="traffic",
    )
    batch_share: Number = quantity(
        "0 %",
        "Batched",
        "Share of requests that can wait hours for the vendor's batch price, often half. They "
        "find the prompt cache as often as the others where their vendor prices that.",
        group="traffic",
        rare=True,
    )
    prompt_tokens: Number = quantity(
        "1,000 tok/request",
        "Prompt",
        "Instructions, examples and the question, without retrieved text. A system prompt with "
        "a few examples is typically 500 to 3,000 tokens (rule of thumb).",
        group="prompt",
    )
    query_tokens: Number = quantity(
        "100 tok/request",
        "Question",
        "The part of the prompt that the user wrote; it is embedded to search, and reranked with.",
        group="prompt",
        rare=True,
    )
    output_tokens: Number = quantity(
        "300 tok/request",
        "Output",
        "The answer, and any hidden reasoning that is billed as output.",
        group="prompt",
    )
    cached_share: Number = quantity(
        "50 %",
        "Cached share",
        "Share of the prompt's tokens read from the prompt cache: what begins like an earlier "
        "prompt, token for token. Retrieved text is counted as never cached.",
        group="prompt",
    )
    corpus_tokens: Number = quantity(
        "20M tok",
        "Corpus",
        "All the text the system may need. 30,000 help articles of 670 tokens are 20 million.",
        group="retrieval",
        low=1,
    )
    corpus_change: Number = quantity(
        "5 %/month",
        "Corpus change",
        "Share of the corpus that is embedded and written again each month.",
        group="retrieval",
        rare=True,
    )
    top_k: Number = quantity(
        "5 chunk/request",
        "Top-k",
        "Chunks put into the prompt. Published defaults run from 5 to 20.",
        group="retrieval",
        low=1,
        high=1000,
    )
    chunk_tokens: Number = quantity(
        "400 tok/chunk",
        "Chunk",
        "Tokens in one chunk. Times top-k, this is what retrieval adds to every prompt.",
        group="retrieval",
        low=1,
        high=100_000,
    )
    chunk_overlap: Number = quantity(
        "10 %",
        "Chunk overlap",
        "Share of a chunk repeated in the next one; overlap is embedded and stored twice.",
        group="retrieval",
        high=90,
        rare=True,
    )
    metadata_bytes: Number = quantity(
        "2,000 B/chunk",
        "Metadata",
        "Text and fields kept beside each vector; the chunk's own text is about 4 bytes a token "
        "(rule of thumb for English).",
        group="retrieval",
        rare=True,
    )
    embedding: str = choice(
        "embedding",
        "openai/text-embedding-3-small",
        "Embedding",
        "Embeds the corpus once and each question; its dimensions set the size of the index.",
        group="retrieval",
    )
    vector_store: str = choice(
        "store",
        "pinecone/standard",
        "Vector store",
        "Billed by its vendor's own formula, plan minimum included.",
        group="retrieval",
    )
    reranker: str = choice(
        "rerank",
        "cohere/rerank-v5.0-fast",
        "Reranker",
        "Reads the candidates again and keeps the best top-k of them.",
        group="retrieval",
        optional=True,
    )
    rerank_candidates: Number = quantity(
        "25 chunk/request",
        "Rerank candidates",
        "Chunks the reranker reads for each request; at least top-k.",
        group="retrieval",
        low=1,
        high=1000,
        rare=True,
    )
    hit_rate: Number = quantity(
        "90 %",
        "Corpus hit rate",
        "Long context only: share of requests that find the whole corpus in the prompt cache. "
        "The others pay to write it again.",
        group="retrieval",
        rare=True,
    )
    model: str = choice(
        "inference",
        "openai/gpt-6-luna",
        "Model",
        "Answers in the approaches that do not train: prompt only, long context, retrieval.",
        group="model",
    )
    tuned_model: str = choice(
        "tuning",
        "azure/gpt-oss-20b-tuned",
        "Tuned model",
        "Answers in the approaches that train: fine-tuned and hybrid.",
        group="model",
    )
    tuned_prompt_tokens: Number = quantity(
        "400 tok/request",
        "Tuned prompt",
        "The prompt once training has made instructions and examples unnecessary.",
        group="model",
    )
    residency: str = one_of(
        RESIDENCY,
        "anywhere",
        "Data may be on",
        "Where requests and documents may be processed. In a region, every token costs what its "
        "vendor asks there: where a vendor publishes that, it is typically a tenth more.",
        group="model",
        rare=True,
        imposed=True,
    )
    deployments: Number = quantity(
        "1 deployment",
        "Deployments",
        "Copies of the tuned model that are kept running, where its vendor bills by the hour.",
        group="model",
        low=1,
        rare=True,
    )
    adapters: Number = quantity(
        "1 adapter",
        "Tuned models",
        "Tuned models of the same base, such as one for each customer, over which the requests are "
        "spread. Each is trained on examples of its own. They share what hosting costs where the "
        "vendor lets them share a deployment, and else each has its own.",
        group="model",
        low=1,
        high=10_000,
        rare=True,
    )
    rental: str = choice(
        "rental",
        NONE,
        "Rental",
        "The accelerator that serves and trains the tuned model if you do it yourself; with none, "
        "self-hosting is left out.",
        group="self-hosting",
        optional=True,
    )
    accelerators: Number = quantity(
        "1 accelerator",
        "Accelerators",
        "Kept running at least, all hours of a month; two if one may fail. Self-hosted models of "
        "one base share them.",
        group="self-hosting",
        low=1,
        high=100_000,
        rare=True,
    )
    throughput: Number = quantity(
        "2,000 tok/s",
        "Throughput",
        "Output tokens that one accelerator writes a second for all its requests together, on "
        "average over the month, nights included. Depends on model, prompt and latency: replace "
        "it by your own measurement (rule of thumb).",
        group="self-hosting",
        low=1,
        rare=True,
    )
    training_hours: Number = quantity(
        "1 h/run",
        "Training hours",
        "Accelerator-hours of one training run; what a training run costs works them out (rule of "
        "thumb for ten thousand examples on a small model).",
        group="self-hosting",
        rare=True,
    )
    examples: Number = quantity(
        "10k example",
        "Examples",
        "Labelled pairs in the training set. Vendors accept 10; published gains use hundreds to "
        "tens of thousands.",
        group="training",
    )
    example_tokens: Number = quantity(
        "500 tok/example",
        "Tokens per example",
        "Prompt and answer of one example together.",
        group="training",
    )
    epochs: Number = quantity(
        "3 epoch",
        "Epochs",
        "Passes over the training set; each is billed.",
        group="training",
        low=1,
        high=100,
    )
    experiments: Number = quantity(
        "3 run",
        "Experiments",
        "Runs before the first model is good enough to serve (rule of thumb), paid once.",
        group="training",
        rare=True,
    )
    runs: Number = quantity(
        "1 run/month",
        "Retraining runs",
        "Runs a month to keep up with what changes. 0.33 is one a quarter.",
        group="training",
    )
    validation_tokens: Number = quantity(
        "250k tok",
        "Validation tokens",
        "Tokens of the validation set, evaluated once an epoch; some vendors bill each time, some "
        "once, most not at all.",
        group="training",
        rare=True,
    )


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
    monthly: dict[str, Any] | None = None,
    once: dict[str, Any] | None = None,
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


def _tuning(given: ApproachCost, facts: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a tuned model costs besides its tokens: monthly items and what is paid once."""
    rates = facts.rates(given.tuned_model)
    monthly: dict[str, Any] = {}
    once: dict[str, Any] = {}
    if "hosting" in rates:
        hours = facts.number("730 h/month")
        copies = given.deployments * _shares(given, facts)
        monthly["Hosting"] = rates["hosting"] * hours * copies
    if "adapter" in rates:
        monthly["Tuned models kept"] = given.adapters * rates["adapter"]
    if "training" in rates:
        run = job_cost(
            rates,
            given.examples,
            given.example_tokens,
            given.epochs,
            given.validation_tokens,
            facts.number("0 h"),
        )
        for name, cost in run.items():
            each = given.adapters * cost
            monthly[f"Retraining: {name[0].lower()}{name[1:]}"] = given.runs * each
            once[name] = given.experiments * each
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
        "Accelerators": count * hour * facts.number("730 h/month"),
        "Retraining: accelerator hours": given.runs * run,
    }
    once = {"Training hours": given.experiments * run}
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


def model_of(slug: str, given: ApproachCost) -> str:
    """The offer that answers in this approach."""
    if slug == "self-hosted":
        return given.rental
    return given.tuned_model if slug in ("fine-tuned", "hybrid") else given.model


def named(slug: str, given: ApproachCost, facts: Facts) -> str:
    """An approach with the model that it runs on: 'Retrieval on GPT-6 luna'."""
    name = facts.offer(model_of(slug, given)).name
    if slug == "fine-tuned" and "tuned" in name.lower():
        return name
    return f"{LABELS[slug]} on {name}"


def report(draft: Draft) -> Report:
    """The cheapest approach, what it beats, and how the saving splits."""
    given = draft.inputs
    used = uses(given)
    if not draft.best:
        nothing: Sentence = ("None of these approaches can be had on that day.",)
        return Report(nothing, nothing, used, warnings=warnings(draft))
    rivals = sorted(
        (o for o in draft.options if not o.floor and not o.refused and o.slug != draft.best),
        key=lambda option: float(option.total),
    )
    best = draft.option(draft.best)
    headline: Sentence = (
        named(best.slug, given, draft.facts),
        " costs ",
        best.total,
        " a month",
    )
    if rivals:
        rival = rivals[0]
        headline += ("; next is ", named(rival.slug, given, draft.facts), " at ", rival.total)
    finding: Sentence = (f"{best.label} is cheapest at your volume", *draft.elsewhere("requests"))
    return Report(
        headline=(*headline, "."),
        finding=finding,
        uses=used,
        tables=(split(draft),),
        warnings=warnings(draft),
    )


def split(draft: Draft) -> Table:
    """
    What fine-tuning saves over retrieval, parted into a change of model and a change of method.

    First the model changes and the method stays (retrieval on the tuned model's own base), then
    the method changes and the model stays. A cheaper model is not credited to fine-tuning.
    """
    given, facts = draft.inputs, draft.facts
    slug, title = "split", "Is it the model or the method?"
    columns = ("Step", "USD a month", "Saves a month")
    before, after = draft.option("retrieval"), draft.option("fine-tuned")
    base = facts.offer(given.tuned_model).base
    if not base or not facts.offer(base).sold(facts.day):
        why = (
            "The tuned model's base is not sold by itself on that day, so the saving has one part."
        )
        return Table(slug, title, columns, (), (why,))
    swapped = dataclasses.replace(given, model=base)
    middle = next(o for o in approach_cost(swapped, facts) if o.slug == "retrieval")
    for option in (before, middle, after):
        if option.refused:
            return Table(slug, title, columns, (), (f"Not to be had: {option.refused}",))
    by_model = before.total - middle.total
    by_method = middle.total - after.total
    rows = (
        (named("retrieval", given, facts), before.total, ""),
        (
            "Change the model, keep the method: " + named("retrieval", swapped, facts),
            middle.total,
            by_model,
        ),
        (
            "Change the method, keep the model: " + named("fine-tuned", given, facts),
            after.total,
            by_method,
        ),
    )
    note: Sentence = ("Together: ", by_model + by_method, " a month. A minus sign costs more.")
    return Table(slug, title, columns, rows, note)


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given, facts = draft.inputs, draft.facts
    found: list[Sentence] = []
    tuned = facts.rates(given.tuned_model)
    if "hosting" in tuned and "input" not in tuned:
        found.append(
            (
                f"{tuned.offer.name} bills hours, not tokens: whether ",
                given.deployments,
                " carries ",
                given.requests,
                " is not checked here.",
            )
        )
    if given.adapters > 1 and "hosting" in tuned and facts.size(tuned.offer.id, "adapters") is None:
        found.append(
            (f"{tuned.offer.name} is hosted by the deployment, one for each tuned model here.",)
        )
    if given.rental != NONE:
        found.append(
            (
                f"Whether {facts.offer(given.rental).name} holds the tuned model, and writes ",
                given.throughput,
                " at your latency, is not checked here.",
            )
        )
    if facts.size(given.tuned_model, "context_window") is None:
        found.append((f"The context window of {tuned.offer.name} is not known; none is checked.",))
    model = facts.rates(given.model)
    if given.batch_share > 0:
        for rates in (model, tuned):
            if "batch_input" not in rates:
                found.append(
                    (f"{rates.offer.name} has no batch price; all is billed as standard.",)
                )
            elif given.cached_share > 0:
                found.append(_cached_in_batch(rates))
    if given.cached_share > 0:
        for rates in (model, tuned):
            if "input" in rates and "cached_input" not in rates:
                found.append(
                    (f"{rates.offer.name} sells no cached input; the cached share saves nothing.",)
                )
    return (*found, *residency_warnings(given, facts), *contradictions(given))


def _cached_in_batch(rates: Rates) -> Sentence:
    """How far the cached share may be believed for batched requests."""
    name = rates.offer.name
    if "batch_cached_input" not in rates:
        said = f"{name} publishes no price of cached input in a batch; batched requests are "
        return (said + "counted without the cache.",)
    said = f"Batched requests of {name} are counted with the same cached share; when they run is "
    return (said + "the vendor's choice, so fewer may find the cache.",)


PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "requests": "30k",
            "prompt_tokens": "4k",
            "output_tokens": "800",
            "corpus_tokens": "200M",
            "batch_share": "80",
            "top_k": "8",
            "chunk_tokens": "600",
            "examples": "3k",
            "example_tokens": "3k",
            "runs": "0.25",
        },
    ),
    Preset(
        "Code assistant",
        {
            "requests": "3M",
            "prompt_tokens": "3k",
            "query_tokens": "500",
            "output_tokens": "600",
            "top_k": "15",
            "chunk_tokens": "300",
            "corpus_tokens": "300M",
            "corpus_change": "30",
            "embedding": "voyage/voyage-code-4",
            "examples": "50k",
            "example_tokens": "1.5k",
            "epochs": "2",
        },
    ),
    Preset(
        "Medical coding",
        {
            "requests": "100k",
            "prompt_tokens": "2.5k",
            "query_tokens": "700",
            "output_tokens": "150",
            "top_k": "10",
            "chunk_tokens": "300",
            "corpus_tokens": "40M",
            "examples": "5k",
            "example_tokens": "1.2k",
            "experiments": "6",
        },
    ),
    Preset(
        "Internal search",
        {"requests": "50k", "corpus_tokens": "500M", "top_k": "10", "corpus_change": "10"},
    ),
    Preset(
        "Regulated bank",
        {
            "requests": "200k",
            "prompt_tokens": "1.8k",
            "output_tokens": "400",
            "top_k": "8",
            "corpus_tokens": "1B",
            "corpus_change": "2",
            "model": "azure/gpt-6.1-terra",
            "embedding": "azure/text-embedding-3-small",
            "examples": "20k",
            "example_tokens": "900",
            "runs": "0.25",
            "experiments": "6",
        },
    ),
    Preset(
        "Consumer product",
        {
            "requests": "2M/day",
            "prompt_tokens": "600",
            "output_tokens": "200",
            "top_k": "3",
            "rental": "runpod/h100-sxm",
        },
    ),
)

# From one chunk to a long context, by the tokens that they put into every prompt.
RETRIEVED = Across(
    "top_k", (1, 2, 3, 5, 8, 13, 20, 32, 50), "Retrieved tokens a request", times="chunk_tokens"
)

CALCULATOR = Calculator(
    slug="approach-cost",
    question="What does each approach cost a month?",
    inputs=ApproachCost,
    groups=GROUPS,
    formula=approach_cost,
    report=report,
    along="requests",
    decades=(3, 8),
    across=RETRIEVED,
    presets=PRESETS,
    rising=("requests", "output_tokens", "epochs", "runs", "examples"),
    leading=("requests", "prompt_tokens", "output_tokens", "top_k", "model", "tuned_model"),
)
