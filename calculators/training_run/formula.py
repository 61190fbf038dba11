"""Training run: how it is calculated."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from calculators.billing.judging import LABELLING
from calculators.billing.training import job_cost, sells_training
from calculators.hardware import training
from calculators.hardware.training import (
    FULL,
    LORA,
    QLORA,
    SCORES,
    SHARINGS,
    WEIGHTS,
    Memory,
    Pass,
    Shape,
    Trained,
)
from calculators.kernel.facts import Facts
from calculators.kernel.items import Item
from calculators.kernel.results import Option
from calculators.training_run.inputs import NEEDED, TrainingRun

ACCELERATORS_TRAINING = Item("accelerators-training", "Accelerators: training")
ACCELERATORS_START_AND_EVALUATION = Item(
    "accelerators-start-and-evaluation", "Accelerators: start and evaluation"
)

LABELS = {
    "hosted": "Hosted tuning",
    LORA: "LoRA, rented",
    QLORA: "QLoRA, rented",
    FULL: "All parameters, rented",
}

OWN = (LORA, QLORA, FULL)


@dataclass(frozen=True, slots=True)
class Job:
    """
    One run on rented accelerators: what it needs, on how many, for how many hours.

    `arithmetic` are the accelerator-hours that it would be busy if no pass had to wait.
    """

    memory: Memory
    accelerators: Any
    busy: Any
    arithmetic: Any

    @property
    def hours(self) -> Any:
        """Hours of training proper."""
        return self.busy / self.accelerators


def training_run(given: TrainingRun, facts: Facts) -> tuple[Option, ...]:
    r"""
    A hosted job bills its data set times the epochs, validation where the vendor does, the hours
    where it bills hours, and its least charge. On $n$ rented accelerators with peak $P$, used to
    a share $u$, at $p$ an hour, $E$ experiments cost

    $$
    C = E\,p \left[ \max\!\left(\frac{F}{P u},\;
        k \left( L\,t + \frac{n - 1}{n}\,\frac{B}{0.8\,b} \right)\right) + n\,t_0 \right]
    $$

    and their arithmetic is

    $$
    F = T \left[ (a + 2r) N + (6 + 2r) L h s \right],
    $$

    with $T$ tokens computed over all epochs, $N$ active parameters, $a = 6$ when all are trained
    and 4 with LoRA (the gradients of frozen weights are not computed), $r$ the share of
    activations computed again, $L$ layers of width $h$, sequences of $s$ tokens, $k$ passes of
    which each layer takes at least $t$ to be launched, and $t_0$ hours to start and evaluate.
    Adapters and validation add their own, small, share; scores that attention keeps are moved
    through memory besides. QLoRA also unpacks its weights in every
    pass, which is why it is slow on short sequences and not on long ones.

    Of several accelerators each gets $B$ bytes in every pass over a link of $b$: where weights
    are divided, the weights twice, as they are kept, and the gradients of what is trained once;
    otherwise those gradients twice. Divided weights also lengthen $t$. Long passes hide all this
    behind the arithmetic. Beyond eight accelerators the network of a machine may be the slowest
    link.

    Memory is 18 bytes a parameter when all are trained (16-bit weights 2, their 32-bit copy 4,
    gradients 4, Adam 8), 2 with LoRA, about 0.52 with QLoRA and 2 for embeddings; 16 for each
    parameter of an adapter, of which rank $q$ on all matrices makes $q\,(7 L h + P/h)$ out of $P$
    in the layers. Every accelerator holds the activations besides: 2 bytes for each token, layer
    and dimension if recomputed, 34 if not, and either the logits or one layer in work; and driver
    and libraries. Of the rest each accelerator holds its own while that fits; where it does not,
    gradients, 32-bit copies and optimiser are divided (ZeRO-2), and where that is not enough the
    weights as well (ZeRO-3, FSDP): then each gathers two layers and an embedding at a time.
    """
    labels = given.examples * given.label_minutes * given.labeller_cost
    options = [_hosted(given, facts, labels)]
    for method in OWN:
        job = own(method, given, facts)
        if isinstance(job, str):
            options.append(Option(method, LABELS[method], refused=job))
            continue
        price = facts.rates(given.rental)["hour"]
        lines = {
            ACCELERATORS_TRAINING: given.experiments * job.busy * price,
            ACCELERATORS_START_AND_EVALUATION: (
                given.experiments * job.accelerators * given.setup_hours * price
            ),
        }
        options.append(Option(method, LABELS[method], _labelled(lines, labels)))
    return tuple(options)


def _labelled(lines: dict[Item, Any], labels: Any) -> dict[Item, Any]:
    return lines | ({LABELLING: labels} if labels > 0 else {})


def _hosted(given: TrainingRun, facts: Facts, labels: Any) -> Option:
    rates = facts.rates(given.tuned_model)
    slug, label = "hosted", LABELS["hosted"]
    refused = sells_training(rates, facts)
    if refused:
        return Option(slug, label, refused=refused)
    job = job_cost(
        rates,
        given.examples,
        given.example_tokens,
        given.epochs,
        given.validation_tokens,
        given.job_hours,
    )
    lines = {name: given.experiments * cost for name, cost in job.items()}
    return Option(slug, label, _labelled(lines, labels))


def shape_of(given: TrainingRun) -> Shape:
    """The model that is trained."""
    return Shape(
        given.parameters, given.active_share, given.layers, given.hidden_size, given.vocabulary
    )


def pass_of(given: TrainingRun) -> Pass:
    """What one accelerator reads in one pass."""
    return Pass(
        given.sequence_tokens,
        given.micro_batch,
        given.recompute,
        given.offload,
        given.attention,
        given.logit_bytes,
    )


def sheet_of(given: TrainingRun, facts: Facts) -> dict[str, Any]:
    """The data sheet of what is rented; empty where the book has none."""
    return facts.accelerator(facts.offer(given.rental).accelerator)


def memory_of(method: str, given: TrainingRun, facts: Facts) -> Memory:
    """What a method needs before the overhead."""
    return training.memory(
        method,
        shape_of(given),
        pass_of(given),
        Trained(given.trained_in, given.optimiser_bytes, given.rank),
        given.runtime_memory * facts.number("1 accelerator"),
        facts,
    )


def divided(method: str, given: TrainingRun, holds: Any, facts: Facts) -> tuple[Memory, Any | None]:
    """
    What a method needs, divided as given, and on how many accelerators it fits, if on any.

    As little as fits is what fits on those that are asked for; where more are taken, they divide
    the weights, so that a larger model never sends less.
    """
    needed = memory_of(method, given, facts)
    asked, over = math.ceil(given.accelerators), given.memory_overhead
    if given.sharing != NEEDED:
        needed = replace(needed, sharing=given.sharing)
    else:
        for sharing in SHARINGS:
            shared = replace(needed, sharing=sharing)
            if shared.each(asked, over) <= holds:
                return shared, asked
    least = training.accelerators(needed, holds, over)
    return needed, None if least is None else max(asked, least)


def own(method: str, given: TrainingRun, facts: Facts) -> Job | str:
    """One run by this method on rented accelerators that it fits on, or why it cannot run."""
    sheet = sheet_of(given, facts)
    if not sheet:
        name = facts.offer(given.rental).name
        return f"The data sheet of {name} is not in the book, so its hours are not known."
    needed, count = divided(method, given, sheet["memory"], facts)
    if count is None:
        held, asked = sheet["memory"] / 1e9, needed.activations / 1e9
        if needed.sharing != WEIGHTS:
            return (
                f"What is not divided takes {needed.whole / 1e9:,.0f} GB on each accelerator, "
                f"activations {asked:,.0f} GB; {facts.offer(given.rental).name} holds "
                f"{held:,.0f} GB. Divide the weights too."
            )
        return (
            f"The activations of one pass take {asked:,.0f} GB on each accelerator before the "
            f"overhead; {facts.offer(given.rental).name} holds {held:,.0f} GB. Shorten the "
            "sequence or the micro-batch, or recompute more."
        )
    shape, read = shape_of(given), pass_of(given)
    tokens = given.examples * given.example_tokens * given.epochs / (1 - given.padding)
    evaluated = given.validation_tokens * given.epochs
    flop = tokens * training.per_token(method, shape, read, given.rank, facts)
    flop = flop + evaluated * training.forward(shape, read, facts)
    passes = tokens / read.tokens
    each = given.launch_time
    if count > 1 and needed.sharing == WEIGHTS:
        each = each + given.gather_time
    size = training.sent(method, shape, needed, given.rank, facts)
    waits = training.exchange(size, count, sheet, given.network, facts)
    floor = given.layers * each + waits
    arithmetic = flop / (sheet["bf16"] * given.mfu)
    if given.attention == SCORES and "bandwidth" in sheet:
        moved = tokens * training.scores_moved(shape, read, facts)
        share = facts.number(training.MEMORY_SHARE)
        arithmetic = arithmetic + moved / (sheet["bandwidth"] * share)
    busy = training.busy_hours(arithmetic, passes, floor)
    if method == QLORA:
        unpacking = passes * given.parameters * given.unpack_time
        busy, arithmetic = busy + unpacking, arithmetic + unpacking
    return Job(needed, count, busy, arithmetic)
