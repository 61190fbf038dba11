"""Self-hosting: how it is calculated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from calculators.billing.tokens import Prompt, calls, refusal
from calculators.hardware import serving
from calculators.hardware.serving import CACHE_PRECISIONS, PRECISIONS, Machine, Model, Service
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE
from calculators.kernel.items import Item
from calculators.kernel.results import Option
from calculators.kernel.trace import bare
from calculators.self_hosting.inputs import ENGINES, GROWS, SelfHosting

ACCELERATORS_AT_WORK = Item("accelerators-at-work", "Accelerators: at work")
ACCELERATORS_IDLE = Item("accelerators-idle", "Accelerators: idle")
ACCELERATORS_SPARE = Item("accelerators-spare", "Accelerators: spare")

LABELS = {
    "api": "API",
    "self-hosted": "Self-hosted",
    "other": "Self-hosted, other rental",
    "merged": "Self-hosted, a copy for each adapter",
}

COUNTS = (1, 2, 4, 8)  # of accelerators that serve one copy: a machine has eight


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

    def lines(self, spare: Any, facts: Facts) -> dict[Item, Any]:
        """What is billed in a month: work, idle hours of what the peak needs, and spare copies."""
        month = self.hourly * facts.number("730 h/month")
        lines = {
            ACCELERATORS_AT_WORK: self.busy * month,
            ACCELERATORS_IDLE: (self.needed - self.busy) * month,
        }
        if spare > 0:
            lines[ACCELERATORS_SPARE] = spare * month
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
