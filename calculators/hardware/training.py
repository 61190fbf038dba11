"""
What training needs of accelerators: memory, arithmetic and hours.

Sources: 6 FLOP per parameter and token for all parameters (How To Scale Your Model), about 4 for
adapters (LoRA Without Regret); activations as in arXiv 2205.05198 with attention that keeps no
scores; bytes of mixed-precision Adam as in the Transformers documentation; 4.127 bits for a
quantised parameter as in arXiv 2305.14314.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from calculators.kernel.facts import Facts

FULL, LORA, QLORA = "full", "lora", "qlora"


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

    `recompute` is the share of activations computed again instead of kept.
    """

    sequence: Any
    sequences: Any
    recompute: Any

    @property
    def tokens(self) -> Any:
        """Tokens of one pass on one accelerator."""
        return self.sequence * self.sequences


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes: what can be divided among accelerators, and the activations of each of them."""

    weights: Any
    gradients: Any
    optimiser: Any
    adapters: Any
    activations: Any

    @property
    def states(self) -> Any:
        """What is divided among the accelerators."""
        return self.weights + self.gradients + self.optimiser + self.adapters


def adapter_parameters(shape: Shape, rank: Any, facts: Facts) -> Any:
    """
    Parameters of adapters on every linear layer of attention and feed-forward.

    A matrix of a by b takes rank x (a + b); over a layer with a gated feed-forward part of 2.7 to
    3.5 times the width that is 17 to 21 widths, counted here as 20.
    """
    return facts.number("20 parameter/dim") * rank * shape.layers * shape.width


def memory(
    method: str, shape: Shape, read: Pass, rank: Any, adam: Any, logit: Any, facts: Facts
) -> Memory:
    """
    Bytes that training takes before what the allocator wastes.

    `adam` is the optimiser's state of one parameter (B/parameter), `logit` what one logit takes
    from the forward pass to its gradient (B/tok). Full: weights in 16 bits and their 32-bit
    master copy, 32-bit gradients, the optimiser. LoRA: frozen 16-bit weights. QLoRA: linear
    layers in 4 bits, embeddings in 16. An adapter is kept in 32 bits with gradient and optimiser.
    """
    none = shape.parameters * facts.number("0 B/parameter")
    adapters = none
    gradients = optimiser = none
    if method == FULL:
        weights = shape.parameters * facts.number("6 B/parameter")
        gradients = shape.parameters * facts.number("4 B/parameter")
        optimiser = shape.parameters * adam
    else:
        trained = adapter_parameters(shape, rank, facts)
        adapters = trained * (facts.number("8 B/parameter") + adam)
        weights = shape.parameters * facts.number("2 B/parameter")
    if method == QLORA:
        embeddings = shape.vocabulary * shape.width * facts.number("2 parameter/dim")
        linear = max(shape.parameters - embeddings, shape.parameters * 0)
        whole = shape.parameters - linear
        weights = linear * facts.number("0.515875 B/parameter")
        weights = weights + whole * facts.number("2 B/parameter")
    layer = read.tokens * shape.width * facts.number("34 B/dim/tok")
    edge = read.tokens * shape.width * facts.number("2 B/dim/tok")
    kept = (edge * read.recompute + layer * (1 - read.recompute)) * shape.layers
    logits = read.tokens * shape.vocabulary * logit
    return Memory(
        weights, gradients, optimiser, adapters, kept + max(logits, layer * read.recompute)
    )


def accelerators(needed: Memory, holds: Any, overhead: Any) -> Any:
    """Accelerators of `holds` B each that this fits on, or None where activations alone do not."""
    room = holds / (1 + overhead) - needed.activations
    if not room > 0:
        return None
    return math.ceil(needed.states / room)


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
