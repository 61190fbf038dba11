"""Self-hosting: what serving a model on rented accelerators needs and costs, against an API."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from calculators.approach_cost import ApproachCost
from calculators.billing.tokens import Prompt, calls, refusal
from calculators.hardware import serving
from calculators.hardware.serving import CACHE_PRECISIONS, PRECISIONS, Machine, Model, Service
from calculators.kernel.calculator import Calculator, Draft, Preset, Report
from calculators.kernel.explore import root
from calculators.kernel.facts import MODEL, Facts
from calculators.kernel.inputs import NONE, Inputs, choice, one_of, quantity, same
from calculators.kernel.results import Cell, Option, Sentence, Table
from calculators.kernel.trace import bare
from calculators.kernel.units import Number, Quantity

LABELS = {
    "api": "API",
    "self-hosted": "Self-hosted",
    "other": "Self-hosted, other rental",
    "merged": "Self-hosted, a copy for each adapter",
}
# Two kinds of servers, and how much of the arithmetic of a tuned one each reaches. As they come,
# SGLang of August 2024 on an H100 and vLLM of April 2025 on four MI300X reached three quarters,
# vLLM 0.11 on an H100 half to two thirds, and on an A100 all of it.
TUNED, PLAIN = "tuned", "as-it-comes"
ENGINES = {
    TUNED: ("Tuned", "100 %"),
    PLAIN: ("As it comes", "75 %"),
}
GROWS, WHOLE = "grows", "whole"
ROOMS = {GROWS: "Taken as answers grow", WHOLE: "Set aside for whole answers"}
COUNTS = (1, 2, 4, 8)  # of accelerators that serve one copy: a machine has eight

GROUPS = {
    "traffic": "Traffic",
    "model": "What you serve",
    "machine": "What you rent",
    "engine": "What the engine reaches",
    "api": "The API instead",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfHosting(Inputs):
    """The traffic, the model and its precision, the accelerators, and the API to compare with."""

    requests: Number = same(ApproachCost, "requests")
    peak: Number = quantity(
        "3",
        "Peak",
        "Requests of the busiest hour over those of the mean hour, because accelerators are rented "
        "for the peak. 2 to 4 for an office day, 1 for work that can wait (rule of thumb).",
        group="traffic",
        low=1,
        high=1000,
    )
    prompt_tokens: Number = same(
        ApproachCost,
        "prompt_tokens",
        group="traffic",
        low=1,
        checked=(32, 32_000),
        help="The whole prompt, retrieved text included. Reading it is arithmetic; long prompts "
        "halve what one accelerator writes.",
    )
    output_tokens: Number = same(
        ApproachCost, "output_tokens", group="traffic", low=1, checked=(1, 4_096)
    )
    cached_share: Number = same(
        ApproachCost,
        "cached_share",
        group="traffic",
        default="0",
        rare=True,
        help="Share of the prompt's tokens that an earlier prompt began with: an engine reads them "
        "from its cache, an API bills them as cached.",
    )
    weights: str = choice(
        MODEL,
        "llama-3.1-8b",
        "Model",
        "Whose layers are served; a tuned model has those of its base.",
        group="model",
    )
    precision: str = one_of(
        {word: about[0] for word, about in PRECISIONS.items()},
        "fp8",
        "Precision",
        "How weights are kept. FP8 and FP4 also multiply faster, on accelerators that have them.",
        group="model",
    )
    cache_precision: str = one_of(
        {word: about[0] for word, about in CACHE_PRECISIONS.items()},
        "bf16",
        "Cache precision",
        "How keys and values are kept. FP8 holds twice as many sequences.",
        group="model",
        rare=True,
    )
    adapters: Number = quantity(
        "0",
        "Adapters",
        "LoRA adapters served on one base. 0 serves the base, or one model with its adapter "
        "merged, which costs no time.",
        group="model",
        high=10_000,
    )
    adapter_rank: Number = quantity(
        "16",
        "Adapter rank",
        "Rank of each, on all linear layers. 8 to 64 are common (rule of thumb).",
        group="model",
        low=1,
        high=4096,
        rare=True,
    )
    adapter_time: Number = quantity(
        "2 ms",
        "Adapter time",
        "What adapters that are not merged add to each token. 2 ms was measured by Punica (arXiv "
        "2310.18547) on dense models; a mixture of experts can take far longer.",
        group="model",
        rare=True,
    )
    rental: str = choice(
        "rental",
        "runpod/h100-sxm",
        "Rental",
        "What one accelerator costs an hour, all hours of the month; its data sheet gives memory, "
        "bandwidth and peak.",
        group="machine",
    )
    other_rental: str = choice(
        "rental",
        "runpod/l40s",
        "Other rental",
        "Another accelerator or vendor to compare with.",
        group="machine",
        optional=True,
    )
    accelerators: Number = quantity(
        "1 accelerator",
        "Accelerators for a copy",
        "At least so many serve one copy of the model together. More are taken where it does not "
        "fit or where that is cheaper; 1, 2, 4 or 8 can be had.",
        group="machine",
        low=1,
        high=8,
        rare=True,
    )
    concurrency: Number = quantity(
        "64 sequence",
        "Concurrency",
        "At most so many requests in work at once on one copy. More write more tokens, and each "
        "answer is slower; the table of speeds shows both.",
        group="machine",
        low=1,
        high=100_000,
        checked=(1, 8_192),
    )
    utilisation: Number = quantity(
        "70 %",
        "Utilisation",
        "How much of what it can do a copy is given in the peak hour. The rest is kept for bursts "
        "within the hour (rule of thumb).",
        group="machine",
        low=1,
    )
    spare: Number = quantity(
        "1",
        "Spare copies",
        "Copies beyond those that the load needs, so that one may fail: N+1.",
        group="machine",
        high=100,
    )
    engine: str = one_of(
        {word: about[0] for word, about in ENGINES.items()},
        TUNED,
        "Engine",
        "Whether somebody fitted the server to this model and accelerator, as in the tables of "
        "vendors, or started it with its defaults. As it comes, a server reaches three quarters of "
        "a tuned one's arithmetic, half to all of it (derived from runs of vLLM and SGLang).",
        group="engine",
    )
    room: str = one_of(
        ROOMS,
        GROWS,
        "Room for answers",
        "vLLM and SGLang take the cache as answers grow. TensorRT-LLM by default sets aside the "
        "whole answer before it begins, so that fewer are in work at once.",
        group="engine",
        rare=True,
    )
    bandwidth_share: Number = quantity(
        "90 %",
        "Bandwidth reached",
        "Share of the memory bandwidth at which cache and weights are read. Llama 3.1 8B on an "
        "H100 read its cache at 90 %, in FP8 at 83 % (derived, vLLM blog 2026-04-22).",
        group="engine",
        low=1,
        rare=True,
    )
    arithmetic_share: Number = quantity(
        "70 %",
        "Arithmetic reached",
        "Share of the best measured product of two matrices that a batch of requests reaches. 70 % "
        "was set from one table of a vendor (TensorRT-LLM, Llama 3.1 8B, H100), so it is that of "
        "a tuned engine; one that runs as it comes is counted with three quarters of it.",
        group="engine",
        low=1,
        rare=True,
    )
    expert_share: Number = quantity(
        "40 %",
        "Arithmetic of experts",
        "The same for a mixture of experts no wider than the model, as a share of the best 16-bit "
        "product in any precision. Set from one figure: prompts of a 671B model in production "
        "(derived). Wider experts, as Mixtral has, multiply like a dense model.",
        group="engine",
        low=1,
        rare=True,
    )
    layer_overhead: Number = quantity(
        "0.045 ms/layer",
        "Time of a layer",
        "What a step takes for each layer besides reading and multiplying. 0.045 ms is vLLM 0.19 "
        "on an H100; vLLM 0.6.3 on an A100 took 0.11 ms (derived, Qwen2.5 0.5B).",
        group="engine",
        high=100,
        rare=True,
    )
    memory_share: Number = quantity(
        "90 %",
        "Memory used",
        "Share of an accelerator's memory that the engine fills: 90 % is vLLM's long-time default.",
        group="engine",
        low=1,
        rare=True,
    )
    pass_tokens: Number = quantity(
        "8,192 tok",
        "Tokens in a pass",
        "A longer prompt is read in pieces of this length, which bounds what activations take. "
        "8,192 is common (rule of thumb).",
        group="engine",
        low=1,
        high=10_000_000,
        rare=True,
    )
    model: str = choice(
        "inference",
        "aws/llama-3.1-8b",
        "API model",
        "The offer that the same requests would go to: the same model, or one as good.",
        group="api",
    )


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of the model on so many accelerators, and how many copies carry the load."""

    model: Model
    on: Machine
    weights: Any
    adapters: Any
    activations: Any
    room: Any
    sequence: Any
    service: Service
    needed: Any
    busy: Any
    price: Any

    @property
    def hourly(self) -> Any:
        """USD/h of one copy."""
        return self.on.count * self.price

    def lines(self, spare: Any, facts: Facts) -> dict[str, Any]:
        """What is billed in a month: work, idle hours of what the peak needs, and spare copies."""
        month = self.hourly * facts.number("730 h/month")
        lines = {
            "Accelerators: at work": self.busy * month,
            "Accelerators: idle": (self.needed - self.busy) * month,
        }
        if spare > 0:
            lines["Accelerators: spare"] = spare * month
        return lines


def self_hosting(given: SelfHosting, facts: Facts) -> tuple[Option, ...]:
    r"""
    Weights take their bytes for each parameter. A token leaves a key and a value of each group of
    heads in the cache of a layer where queries are grouped, one latent where attention is latent,
    nothing beyond its window where a layer has one, and where attention is linear a sequence
    keeps a state of fixed size. A copy on $n$ accelerators has in work at once

    $$
    B = \min\left(\text{concurrency},\;
    \frac{m\,n\,M - W - A}{K(s + o/2)}\right)
    $$

    requests of prompt $s$ and output $o$, where $M$ is the memory, of which the engine fills the
    share $m$, $W$ the weights, $A$ the activations and $K$ the cache of one sequence. One step
    writes a token of each:

    $$
    t = \frac{1}{n}\left(\frac{W}{\beta} + \frac{2 N B}{\varphi}\right)
    + \max\left(\frac{B K}{n \beta}, \frac{F}{n \varphi}\right) + t_n + L\,t_0,
    $$

    where $\beta$ and $\varphi$ are the bandwidth and the arithmetic that are reached, $N$ the
    parameters that a token passes, $F$ the arithmetic of attention, $L$ the layers, $t_0$ the
    engine's own time for one, and $t_n$ two all-reduces a layer. Experts are read as far as some
    token of the batch needs them. Between the steps of the others a prompt is read, in the
    time $p = (2 N s + F_s) / n \varphi$ and that of its exchange, so that a copy serves

    $$
    \frac{B}{o\,t + B\,p}
    $$

    requests in its time. A first token comes after $p$ and, on average, one and a half steps.
    Copies are rented for the peak hour at the utilisation given, all hours of the month, and
    spare ones on top; the number of accelerators for one copy is the cheapest that fits.
    """
    options = [_api(given, facts), _rented("self-hosted", given.rental, given, facts)]
    if given.other_rental == NONE:
        nothing = "No other rental was chosen."
        options.append(Option("other", LABELS["other"], refused=nothing))
    else:
        options.append(_rented("other", given.other_rental, given, facts))
    options.append(_merged(given, facts))
    return tuple(options)


def _api(given: SelfHosting, facts: Facts) -> Option:
    rates = facts.rates(given.model)
    prompt = Prompt(given.prompt_tokens)
    refused = refusal(facts, rates, prompt, given.output_tokens)
    if refused:
        return Option("api", LABELS["api"], refused=refused)
    none = facts.number("0 %")
    lines = calls(
        rates,
        given.requests,
        prompt,
        given.output_tokens,
        cached_share=given.cached_share,
        batch_share=none,
    )
    return Option("api", LABELS["api"], lines)


def _rented(slug: str, rental: str, given: SelfHosting, facts: Facts) -> Option:
    copy = best_copy(rental, given, facts)
    if isinstance(copy, str):
        return Option(slug, LABELS[slug], refused=copy)
    return Option(slug, LABELS[slug], copy.lines(math.ceil(given.spare), facts))


def _merged(given: SelfHosting, facts: Facts) -> Option:
    """Each adapter merged into weights of its own: none adds time, and each has its copies."""
    slug, models = "merged", math.ceil(given.adapters)
    if not models > 1:
        return Option(slug, LABELS[slug], refused="There are no two adapters that could share.")
    none = facts.number("0")
    copy = best_copy(given.rental, given, facts, adapters=none, share=models)
    if isinstance(copy, str):
        return Option(slug, LABELS[slug], refused=copy)
    lines = copy.lines(math.ceil(given.spare), facts)
    return Option(slug, LABELS[slug], {name: models * line for name, line in lines.items()})


def best_copy(
    rental: str,
    given: SelfHosting,
    facts: Facts,
    adapters: Any = None,
    share: Any = None,
) -> Copy | str:
    """
    The copy on the cheapest number of accelerators that fits, or why none does.

    `share` is among how many models the requests are divided.
    """
    offer = facts.offer(rental)
    sheet = facts.accelerator(offer.accelerator)
    if "bandwidth" not in sheet:
        return f"The bandwidth of {offer.name} is not in the book, so its speed is not known."
    model = serving.model_of(facts.model(given.weights), facts)
    requests = given.requests if share is None else given.requests / share
    count = given.adapters if adapters is None else adapters
    least = math.ceil(given.accelerators)
    spare = math.ceil(given.spare)
    best: Copy | None = None
    cost = math.inf
    for accelerators in COUNTS:
        if accelerators < least or (accelerators > 1 and not {"link", "slot"} & set(sheet)):
            continue
        if accelerators * bare(facts.rates(rental)["hour"]) * bare(1 + spare) >= cost:
            break  # even a single copy would cost more
        copy = copy_on(accelerators, rental, model, requests, count, given, facts)
        if copy is not None and bare(copy.needed + spare) * bare(copy.hourly) < cost:
            best, cost = copy, bare(copy.needed + spare) * bare(copy.hourly)
    if best is None:
        needs = serving.weight_bytes(model, weight_of(given, facts), facts)
        size, holds = bare(needs) / 1e9, bare(sheet["memory"]) / 1e9
        return (
            f"Weights of {size:,.0f} GB and the cache of one request do not fit on {offer.name} "
            f"of {holds:,.0f} GB each, of which a machine has eight at most."
        )
    return best


def weight_of(given: SelfHosting, facts: Facts) -> Any:
    """B/parameter at the precision chosen."""
    return facts.number(PRECISIONS[given.precision][1])


def cache_of(given: SelfHosting, facts: Facts) -> Any:
    """B/dim of keys and values."""
    return facts.number(CACHE_PRECISIONS[given.cache_precision][1])


def reached_of(given: SelfHosting, facts: Facts) -> serving.Reached:
    """What the engine reaches."""
    of_tuned = facts.number(ENGINES[given.engine][1])
    return serving.Reached(
        given.bandwidth_share,
        given.arithmetic_share * of_tuned,
        given.expert_share * of_tuned,
        given.layer_overhead,
    )


def copy_on(
    accelerators: int,
    rental: str,
    model: Model,
    requests: Any,
    adapters: Any,
    given: SelfHosting,
    facts: Facts,
) -> Copy | None:
    """One copy on that many accelerators, or None where weights and one request do not fit."""
    one = facts.number("1 request")
    sheet = facts.accelerator(facts.offer(rental).accelerator)
    count = facts.number(f"{accelerators}")
    on = serving.machine(sheet, count, given.precision, model, reached_of(given, facts), facts)
    cache = cache_of(given, facts)
    prompt, output = given.prompt_tokens * one, given.output_tokens * one
    weights = serving.weight_bytes(model, weight_of(given, facts), facts)
    tuned = adapters * adapter_bytes(model, given.adapter_rank, facts)
    piece = min(prompt, given.pass_tokens)
    activations = serving.activation_bytes(model, piece, facts)
    room = count * sheet["memory"] * given.memory_share - weights - tuned - activations
    doubled = count / serving.cache_shards(model, on)
    largest = serving.kv_bytes(model, prompt + output, cache, facts) * doubled
    if room < largest or not room > 0:
        return None
    sequence = largest
    if given.room == GROWS:
        sequence = serving.kv_bytes(model, prompt + output / 2, cache, facts) * doubled
    sequences = given.concurrency
    if sequences * sequence > room:
        sequences = room / sequence
    served = service_of(sequences, model, on, adapters, given, facts)
    busy = requests / (served.rate * facts.number("730 h/month"))
    return Copy(
        model=model,
        on=on,
        weights=weights,
        adapters=tuned,
        activations=activations,
        room=room,
        sequence=sequence,
        service=served,
        needed=max(math.ceil(busy * given.peak / given.utilisation), facts.number("1")),
        busy=busy,
        price=facts.rates(rental)["hour"],
    )


def service_of(
    sequences: Any, model: Model, on: Machine, adapters: Any, given: SelfHosting, facts: Facts
) -> Service:
    """What a copy does with so many sequences in work."""
    one = facts.number("1 request")
    prompt, output = given.prompt_tokens * one, given.output_tokens * one
    step = serving.decode_step_time(
        model,
        sequences,
        prompt + output / 2,
        weight_of(given, facts),
        cache_of(given, facts),
        on,
        reached_of(given, facts),
        facts,
    )
    if adapters > 0:
        # Each adapter that some sequence of the batch uses is read besides.
        used = min(adapters, sequences) * adapter_bytes(model, given.adapter_rank, facts)
        step = step + given.adapter_time + used / on.bandwidth / on.count
    prefill = serving.prefill_time(model, prompt, prompt * (1 - given.cached_share), on, facts)
    return serving.service(sequences, step, prefill, output, facts)


def adapter_bytes(model: Model, rank: Any, facts: Facts) -> Any:
    """B of one adapter in 16 bits: about 20 widths for each rank and layer, as in training."""
    return rank * model.layers * model.width * facts.number("40 B/dim")


def named(slug: str, given: SelfHosting, facts: Facts) -> str:
    """An option with what it runs on: 'Llama on 2 H100 of Acme'."""
    if slug == "api":
        offer = facts.offer(given.model)
        return f"{offer.name} from {offer.vendor}"
    rental = facts.offer(given.other_rental if slug == "other" else given.rental)
    model = facts.book.models[given.weights].name
    how = "Each adapter merged into" if slug == "merged" else "Self-hosted"
    return f"{how} {model} on {rental.name} from {rental.vendor}"


def report(draft: Draft) -> Report:
    """The cheapest way to serve, what the API costs, and what a copy needs and does."""
    given, facts = draft.inputs, draft.facts
    used = tuple(
        dict.fromkeys(
            name for name in (given.model, given.rental, given.other_rental) if name != NONE
        )
    )
    slug = draft.best if draft.best in ("self-hosted", "other") else cheapest_rental(draft)
    rental = given.other_rental if slug == "other" else given.rental
    copy = best_copy(rental, given, facts)
    tables: tuple[Table, ...] = ()
    if not isinstance(copy, str):
        tables = (
            memory(copy, rental, given, facts),
            speeds(copy, at_peak(draft, rental), given, facts),
            worth(draft, slug, copy),
        )
    if not draft.best:
        nothing: Sentence = ("None of these ways to serve can be had on that day.",)
        return Report(nothing, nothing, used, tables, warnings(draft, copy, rental))
    best = draft.option(draft.best)
    headline: Sentence = (named(best.slug, given, facts), " costs ", best.total, " a month")
    rival = draft.option(slug if best.slug == "api" else "api")
    if not rival.refused and rival.slug != best.slug:
        headline += ("; ", _low(named(rival.slug, given, facts)), " costs ", rival.total)
    if not isinstance(copy, str) and best.slug != "merged":
        headline += (", on ", _accelerators(copy, given))
    finding: Sentence = (f"{LABELS[best.slug]} is cheapest for your requests",)
    turn = next((flip for flip in draft.flips if flip.field.name == "requests"), None)
    if turn:
        way = "from" if turn.at > turn.now else "below"
        winner = LABELS[turn.winner]
        winner = winner if winner == "API" else _low(winner)
        finding += (f"; {winner} {way} ", turn.at)
    return Report((*headline, "."), finding, used, tables, warnings(draft, copy, rental))


def _low(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(("Self", "Each")) else text


def _accelerators(copy: Copy, given: SelfHosting) -> Quantity:
    copies = copy.needed + math.ceil(given.spare)
    return Quantity.of(float(copies) * float(copy.on.count), "accelerator")


def cheapest_rental(draft: Draft) -> str:
    """The slug of the cheaper of both rentals, the first where neither can be had."""
    had = [draft.option(slug) for slug in ("self-hosted", "other")]
    had = [option for option in had if not option.refused]
    return min(had, key=lambda option: float(option.total)).slug if had else "self-hosted"


def memory(copy: Copy, rental: str, given: SelfHosting, facts: Facts) -> Table:
    """What one copy keeps, and how many sequences that leaves room for."""
    one = facts.number("1 request")
    whole = (given.prompt_tokens + given.output_tokens) * one
    cache = serving.kv_bytes(copy.model, whole, cache_of(given, facts), facts)
    single = copy.weights + copy.adapters + copy.activations + cache
    rows = (
        ("Parameters", _in(copy.model.parameters, "Gparameter")),
        ("Parameters a token passes", _in(copy.model.active, "Gparameter")),
        ("Weights", _in(copy.weights, "GB")),
        ("Adapters", _in(copy.adapters, "GB")),
        ("Activations", _in(copy.activations, "GB")),
        ("Cache of a token", _in(_per_token(copy.model, given, facts), "kB/tok")),
        ("Cache of a request at its end", _in(cache, "GB")),
        ("All of it for one request", _in(single, "GB")),
        ("Left for the cache", _in(copy.room, "GB")),
        ("Sequences that fit", Quantity.of(float(copy.room) / float(copy.sequence), "sequence")),
        ("Accelerators for a copy", Quantity.of(float(copy.on.count), "accelerator")),
        ("Copies at the peak", Quantity.of(float(copy.needed), "")),
        ("Accelerators with spare copies", _accelerators(copy, given)),
    )
    note: Sentence = (
        f"One {facts.offer(rental).name} holds ",
        _in(facts.accelerator(facts.offer(rental).accelerator)["memory"], "GB"),
        ", of which the engine fills ",
        Quantity.of(float(given.memory_share) * 100, "%"),
        ".",
    )
    return Table("memory", "What one copy needs", ("Part", "Size"), rows, note)


def _per_token(model: Model, given: SelfHosting, facts: Facts) -> Any:
    return serving.kv_bytes_per_token(model, cache_of(given, facts), facts)


def _in(value: Any, unit_text: str) -> Quantity:
    return Quantity.of(value.to(unit_text), unit_text)


def at_peak(draft: Draft, rental: str) -> float:
    """
    Sequences in work on one copy in the peak hour, at least one: as many as serve what comes.

    Found in the float reading, on a rate that grows with the sequences.
    """
    given, facts = draft.case.given, draft.case.facts
    copy = best_copy(rental, given, facts)  # type: ignore[arg-type]  # floats read alike
    assert not isinstance(copy, str)
    wanted = given.requests * given.peak / facts.number("730 h/month") / copy.needed

    def left(sequences: float) -> float:
        served = service_of(sequences, copy.model, copy.on, given.adapters, given, facts)  # type: ignore[arg-type]
        return float(served.rate - wanted)

    most = float(copy.service.sequences)
    if most <= 1 or left(1.0) >= 0:
        return min(most, 1.0)
    return root(left, 1.0, most)


SEQUENCES = (1, 8, 32, 64, 128, 256)


def speeds(copy: Copy, peak: float, given: SelfHosting, facts: Facts) -> Table:
    """What one copy does at the concurrency asked for, in the peak hour, and at some others."""
    columns = (
        "Sequences",
        "Time to first token",
        "Time per token",
        "Whole request",
        "Tokens written",
        "A user",
        "An accelerator",
        "Requests",
    )
    asked = float(copy.service.sequences)
    others = [n for n in SEQUENCES if n * float(copy.sequence) <= float(copy.room) and n != asked]
    rows: list[tuple[Cell, ...]] = []
    for when, sequences in (("full", asked), ("peak hour", peak), *(("", n) for n in others)):
        number = Quantity.of(float(sequences), "sequence")
        service = service_of(number, copy.model, copy.on, given.adapters, given, facts)
        written = (service.rate * given.output_tokens).to("tok/s")
        rows.append(
            (
                (f"{when}: ", number) if when else number,
                _in(service.first, "ms"),
                _in(service.token, "ms"),
                _in(service.request, "s"),
                Quantity.of(written, "tok/s"),
                Quantity.of(1 / service.token.to("s"), "tok/s"),
                Quantity.of(written / float(copy.on.count), "tok/s"),
                Quantity.of((service.rate).to("request/min"), "request/min"),
            )
        )
    note = (
        "Full is the concurrency asked for, or what fits; the peak hour has in work what your "
        "requests then keep there. Medians under steady load; at the edge of its target a server's "
        "95th percentile of the first token is about twice the median (MLPerf 4.1)."
    )
    return Table("speed", "How fast one copy is", columns, tuple(rows), (note,))


def worth(draft: Draft, slug: str, copy: Copy) -> Table:
    """What a million tokens cost, and how busy accelerators must be to beat the API."""
    given = draft.inputs
    tokens = given.requests * (given.prompt_tokens + given.output_tokens)
    own = draft.option(slug)
    full = copy.hourly / (copy.service.rate * (given.prompt_tokens + given.output_tokens))
    rows: list[tuple[str, Quantity]] = []
    if given.requests > 0:
        rows.append(("A million tokens, self-hosted", _in(own.total / tokens, "USD/Mtok")))
    rows.append(("A million tokens, never idle", _in(full, "USD/Mtok")))
    api = draft.option("api")
    if not api.refused and given.requests > 0 and float(api.total) > 0:
        rows.insert(0, ("A million tokens, API", _in(api.total / tokens, "USD/Mtok")))
        price = api.total / given.requests
        share = copy.hourly / (copy.service.rate * price)
        rows.append(("How busy to beat the API", Quantity.of(float(share) * 100, "%")))
    busy = copy.busy / (copy.needed + math.ceil(given.spare))
    rows.append(("How busy they are", Quantity.of(float(busy) * 100, "%")))
    note = (
        "Tokens are those of prompts and answers together. Busy is the share of what all rented "
        "accelerators could serve in the month; above 100 % nothing beats the API."
    )
    return Table("worth", "When it beats the API", ("Measure", "Value"), tuple(rows), (note,))


def warnings(draft: Draft, copy: Copy | str, rental: str) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given, facts = draft.inputs, draft.facts
    found: list[Sentence] = []
    offer = facts.offer(given.model)
    closed = offer.event("closed_to_new_customers", facts.day)
    if closed:
        found.append((f"{offer.name} is closed to new customers since {closed.day}.",))
    served = facts.book.models[given.weights].name
    if _plain(served) not in _plain(offer.name):
        found.append((f"{offer.name} is not {served}: compare their answers too.",))
    if isinstance(copy, str):
        return tuple(found)
    if copy.service.sequences < given.concurrency:
        found.append(
            (
                "Memory holds ",
                Quantity.of(float(copy.service.sequences), "sequence"),
                " at once and not as many as asked for.",
            )
        )
    if copy.model.routed > 0:
        experts = (
            "A mixture of experts: tables of throughput that was measured are between half of ours "
            "and 1.6 times, in the median of each. Measure before you rent."
        )
        found.append((experts,))
    if copy.service.token > facts.number("200 ms"):
        found.append(("A token takes ", _in(copy.service.token, "ms"), ": lower the concurrency."))
    if given.utilisation > 0.9:
        found.append(("Above 90 % of what it can do a copy keeps its callers waiting.",))
    sheet = facts.accelerator(facts.offer(rental).accelerator)
    how, _, peak = PRECISIONS[given.precision]
    name = facts.offer(rental).name
    if peak not in sheet:
        found.append((f"{name} does not multiply in {how}: weights are unpacked to 16 bits.",))
    elif f"{peak}_reached" not in sheet:
        found.append(
            (f"What {name} reaches in {how} is not in our source; we took what others reach.",)
        )
    if given.engine == TUNED:
        found += _untuned(copy, sheet, given, facts)
    busy = copy.busy / (copy.needed + math.ceil(given.spare))
    if busy < 0.1:
        found.append(
            ("Rented accelerators work ", Quantity.of(float(busy) * 100, "%"), " of their hours.")
        )
    return tuple(found)


def _untuned(
    copy: Copy, sheet: dict[str, Any], given: SelfHosting, facts: Facts
) -> Iterator[Sentence]:
    """What a copy serves where the engine was not tuned, if that is much less."""
    plain = replace(given, engine=PLAIN)
    reached = reached_of(plain, facts)
    on = serving.machine(sheet, copy.on.count, given.precision, copy.model, reached, facts)
    served = service_of(copy.service.sequences, copy.model, on, given.adapters, plain, facts)
    if served.rate < copy.service.rate * 0.85:
        yield (
            "A tuned engine serves ",
            _in(copy.service.rate, "request/min"),
            " a copy, one as it comes ",
            _in(served.rate, "request/min"),
            ". Measure before you rent.",
        )


def _plain(name: str) -> str:
    """A name without what its writers differ in: `Qwen3 8B` and `Qwen3-8B` are one."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction, 70B",
        {
            "weights": "llama-3.3-70b",
            "model": "aws/llama-3.3-70b",
            "requests": "2M",
            "prompt_tokens": "6k",
            "output_tokens": "500",
            "peak": "1",
            "utilisation": "90",
        },
    ),
    Preset(
        "Code assistant, experts",
        {
            "weights": "gpt-oss-120b",
            "precision": "fp4",
            "model": "together/gpt-oss-120b",
            "requests": "10M",
            "prompt_tokens": "3k",
            "output_tokens": "400",
            "cached_share": "50",
        },
    ),
    Preset(
        "Regulated bank, 20 adapters",
        {"requests": "3M", "adapters": "20", "concurrency": "128", "prompt_tokens": "1.5k"},
    ),
    Preset(
        "Internal search, long prompts",
        {
            "weights": "qwen3-32b",
            "model": "aws/llama-3.3-70b",
            "requests": "100k",
            "prompt_tokens": "8k",
            "output_tokens": "400",
            "rental": "nebius/h200",
        },
    ),
)

CALCULATOR = Calculator(
    slug="self-hosting",
    question="What does serving it yourself need and cost?",
    inputs=SelfHosting,
    groups=GROUPS,
    formula=self_hosting,
    report=report,
    along="requests",
    decades=(4, 9),
    presets=PRESETS,
    leading=(
        "requests",
        "prompt_tokens",
        "output_tokens",
        "weights",
        "precision",
        "rental",
        "utilisation",
        "model",
    ),
)
