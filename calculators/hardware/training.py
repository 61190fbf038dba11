"""
What training needs of accelerators: memory, arithmetic and hours.

Sources: 6 FLOP per parameter and token for all parameters (How To Scale Your Model), about 4 for
adapters (LoRA Without Regret); activations as in arXiv 2205.05198 with attention that keeps no
scores, or with them; bytes of mixed-precision Adam, and of the driver, as in the Transformers
documentation (Model training anatomy); 4.127 bits for a quantised parameter as in
arXiv 2305.14314.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from calculators.kernel.facts import Facts

FULL, LORA, QLORA = "full", "lora", "qlora"
MIXED, SIXTEEN = "mixed", "bf16"
FLASH, SCORES = "flash", "scores"


@dataclass(frozen=True, slots=True)
class Shape:
    """A transformer: parameters (parameter), layers, width (dim), vocabulary; `active` a share."""

    parameters: Any
    active: Any
    layers: Any
    width: Any
    vocabulary: Any


@dataclass(frozen=True, slots=True)
class Pass:
    """
    What one accelerator reads in one pass: sequences of so many tok.

    `recompute` is the share of activations computed again instead of kept, `offload` the share of
    kept ones that wait in the host's memory, `attention` whether its scores are kept (SCORES) or
    not (FLASH), `logit` what one logit takes from the forward pass to its gradient (B/tok).
    """

    sequence: Any
    sequences: Any
    recompute: Any
    offload: Any
    attention: str
    logit: Any

    @property
    def tokens(self) -> Any:
        """Tokens of one pass on one accelerator."""
        return self.sequence * self.sequences


@dataclass(frozen=True, slots=True)
class Trained:
    """
    What is kept for a parameter that is trained.

    In MIXED precision a 32-bit copy and a 32-bit gradient, else 16 bits of each; `optimiser` is
    its state (B/parameter), `rank` that of adapters.
    """

    precision: str
    optimiser: Any
    rank: Any


@dataclass(frozen=True, slots=True)
class Memory:
    """
    Bytes: what can be divided among accelerators, and what each of them holds besides.

    `gathered` is what one accelerator of several holds of the others' weights at a time, and
    `runtime` what driver and libraries take, which wastes nothing.
    """

    weights: Any
    gradients: Any
    optimiser: Any
    adapters: Any
    activations: Any
    gathered: Any
    runtime: Any

    @property
    def states(self) -> Any:
        """What is divided among the accelerators."""
        return self.weights + self.gradients + self.optimiser + self.adapters

    def each(self, count: Any, overhead: Any) -> Any:
        """What one of so many accelerators holds, the overhead included."""
        held = self.states / count + self.activations
        if count > 1:
            held = held + self.gathered
        return held * (1 + overhead) + self.runtime


def linear_parameters(shape: Shape, facts: Facts) -> Any:
    """Parameters of the layers: all but the embeddings of input and output."""
    embeddings = shape.vocabulary * shape.width * facts.number("2 parameter/dim")
    return max(shape.parameters - embeddings, shape.parameters * 0)


def adapter_parameters(shape: Shape, rank: Any, facts: Facts) -> Any:
    """
    Parameters of adapters on every linear layer of attention and a gated feed-forward part.

    A matrix of a by b takes rank x (a + b). With widths h, k of keys and values, and f of the
    feed-forward part, a layer has P = 2hh + 2hk + 3hf parameters, and the sum of a + b over its
    seven matrices is 9h + 2k + 3f = 7h + P/h, so f and k need not be known. Of a mixture of
    experts those count that a token passes through.
    """
    widths = shape.layers * shape.width * facts.number("7 parameter/dim")
    depths = linear_parameters(shape, facts) * shape.active / shape.width * facts.number("1 dim")
    return rank * (widths + depths)


def memory(
    method: str, shape: Shape, read: Pass, trained: Trained, runtime: Any, facts: Facts
) -> Memory:
    """
    Bytes that training takes before what the allocator wastes.

    All parameters: weights in 16 bits, their 32-bit copy if precision is mixed, gradients and the
    optimiser. LoRA: frozen 16-bit weights. QLoRA: linear layers in 4 bits, embeddings in 16. An
    adapter has no second copy. Several accelerators share all that, and each gathers two layers,
    one in use and one on its way, and an embedding.
    """
    none = shape.parameters * facts.number("0 B/parameter")
    mixed = trained.precision == MIXED
    gradient = facts.number("4 B/parameter" if mixed else "2 B/parameter")
    linear = linear_parameters(shape, facts)
    whole = shape.parameters - linear
    sixteen = facts.number("2 B/parameter")
    frozen = facts.number("0.515875 B/parameter") if method == QLORA else sixteen
    adapters = gradients = optimiser = none
    weights = linear * frozen + whole * sixteen
    if method == FULL:
        weights = weights + shape.parameters * facts.number(
            "4 B/parameter" if mixed else "0 B/parameter"
        )
        gradients = shape.parameters * gradient
        optimiser = shape.parameters * trained.optimiser
    else:
        count = adapter_parameters(shape, trained.rank, facts)
        adapters = count * (gradient + gradient + trained.optimiser)
    return Memory(
        weights,
        gradients,
        optimiser,
        adapters,
        activations(shape, read, facts),
        linear * frozen * 2 / shape.layers + whole * sixteen / 2,
        runtime,
    )


def activations(shape: Shape, read: Pass, facts: Facts) -> Any:
    """
    Bytes of one pass on one accelerator: what is kept, and the logits or one layer in work.

    A layer takes 34 bytes for each token and dimension, and where scores are kept 5 for each
    token, head and token of the sequence (arXiv 2205.05198); heads are taken to be 128 wide.
    """
    layer = read.tokens * shape.width * facts.number("34 B/dim/tok")
    if read.attention == SCORES:
        heads = shape.width / facts.number("128 dim")
        layer = layer + read.tokens * heads * read.sequence * facts.number("5 B/tok/tok")
    edge = read.tokens * shape.width * facts.number("2 B/dim/tok")
    kept = (edge * read.recompute + layer * (1 - read.recompute)) * shape.layers
    kept = kept * (1 - read.offload)
    return kept + max(read.tokens * shape.vocabulary * read.logit, layer * read.recompute)


def accelerators(needed: Memory, holds: Any, overhead: Any) -> Any:
    """Accelerators of `holds` B each that this fits on, or None where one pass alone does not."""
    room = (holds - needed.runtime) / (1 + overhead) - needed.activations
    if needed.states <= room:
        return 1
    room = room - needed.gathered
    return max(math.ceil(needed.states / room), 2) if room > 0 else None


def per_token(method: str, shape: Shape, read: Pass, rank: Any, facts: Facts) -> Any:
    """
    FLOP for each token trained on, computing activations again included.

    The forward pass takes 2 for each parameter and, in causal attention, 2 x width x sequence in
    each layer; gradients of activations take as much, and gradients of weights as much again.
    """
    parameters = shape.parameters * shape.active
    once = parameters * facts.number("2 FLOP/parameter/tok")
    attention = shape.layers * shape.width * read.sequence * facts.number("2 FLOP/dim/tok/tok")
    again = (once + attention) * read.recompute
    if method == FULL:
        return once * 3 + attention * 3 + again
    trained = adapter_parameters(shape, rank, facts)
    adapters = trained * facts.number("6 FLOP/parameter/tok")
    return once * 2 + attention * 3 + again + adapters


def forward(shape: Shape, read: Pass, facts: Facts) -> Any:
    """FLOP for each token that is only evaluated."""
    once = shape.parameters * shape.active * facts.number("2 FLOP/parameter/tok")
    attention = shape.layers * shape.width * read.sequence * facts.number("2 FLOP/dim/tok/tok")
    return once + attention


def busy_hours(flop: Any, passes: Any, peak: Any, mfu: Any, floor: Any) -> Any:
    """
    Accelerator-hours of so many FLOP at a share of the peak (FLOP/h).

    A pass lasts at least `floor` hours: short ones wait for their kernels to be launched.
    """
    return max(flop / (peak * mfu), passes * floor)
