"""
What training needs of accelerators: memory, arithmetic and hours.

Sources: 6 FLOP per parameter and token for all parameters (How To Scale Your Model), about 4 for
adapters (LoRA Without Regret); activations as in arXiv 2205.05198 with attention that keeps no
scores, or with them; bytes of mixed-precision Adam, and of the driver, as in the Transformers
documentation (Model training anatomy); 4.127 bits for a quantised parameter as in
arXiv 2305.14314; what data parallel accelerators send one another as in arXiv 1910.02054 (ZeRO).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calculators.kernel.facts import Facts

FULL, LORA, QLORA = "full", "lora", "qlora"
MIXED, SIXTEEN = "mixed", "bf16"
FLASH, SCORES = "flash", "scores"
# What data parallel accelerators divide among them, the least first.
NOTHING, OPTIMISER, WEIGHTS = "nothing", "optimiser", "weights"
SHARINGS = (NOTHING, OPTIMISER, WEIGHTS)
# What a ring of collectives reaches of its links (rule of thumb), the link of an accelerator of
# which none is known, a slot of PCIe 4, and how many accelerators a machine holds.
LINK_SHARE = "80 %"
# What kernels that only move numbers reach of the bandwidth of memory (rule of thumb).
MEMORY_SHARE = "80 %"
SLOT = "31 GB/s"
MACHINE = 8


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

    `copies` is the part of the weights that is a 32-bit copy for the optimiser, `gathered` what
    one accelerator of several holds of the others' weights at a time, and `runtime` what driver
    and libraries take, which wastes nothing. `sharing` says what several divide among them.
    """

    sharing: str
    weights: Any
    copies: Any
    gradients: Any
    optimiser: Any
    adapters: Any
    activations: Any
    gathered: Any
    runtime: Any

    @property
    def states(self) -> Any:
        """What there is of weights, gradients, optimiser and adapters."""
        return self.weights + self.gradients + self.optimiser + self.adapters

    @property
    def whole(self) -> Any:
        """What of it every accelerator holds, however many there are."""
        if self.sharing == WEIGHTS:
            return self.states * 0
        if self.sharing == OPTIMISER:
            return self.weights - self.copies + self.adapters
        return self.states

    @property
    def beside(self) -> Any:
        """What one accelerator of several holds of the weights of others."""
        return self.gathered if self.sharing == WEIGHTS else self.gathered * 0

    def each(self, count: Any, overhead: Any) -> Any:
        """What one of so many accelerators holds, the overhead included."""
        held = self.whole + (self.states - self.whole) / count + self.activations
        if count > 1:
            held = held + self.beside
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
    Bytes that training takes before what the allocator wastes, all divided among accelerators.

    All parameters: weights in 16 bits, their 32-bit copy if precision is mixed, gradients and the
    optimiser. LoRA: frozen 16-bit weights. QLoRA: linear layers in 4 bits, embeddings in 16. An
    adapter has no second copy. Where accelerators divide the weights, each gathers two layers,
    one in use and one on its way, and an embedding.
    """
    none = shape.parameters * facts.number("0 B/parameter")
    mixed = trained.precision == MIXED
    gradient = facts.number("4 B/parameter" if mixed else "2 B/parameter")
    linear = linear_parameters(shape, facts)
    whole = shape.parameters - linear
    sixteen = facts.number("2 B/parameter")
    frozen = facts.number("0.515875 B/parameter") if method == QLORA else sixteen
    adapters = gradients = optimiser = copies = none
    weights = linear * frozen + whole * sixteen
    if method == FULL:
        copies = shape.parameters * facts.number("4 B/parameter") if mixed else none
        weights = weights + copies
        gradients = shape.parameters * gradient
        optimiser = shape.parameters * trained.optimiser
    else:
        count = adapter_parameters(shape, trained.rank, facts)
        adapters = count * (gradient + gradient + trained.optimiser)
    return Memory(
        WEIGHTS,
        weights,
        copies,
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
    room = room - needed.beside - needed.whole
    return max(math.ceil((needed.states - needed.whole) / room), 2) if room > 0 else None


def sent(method: str, shape: Shape, needed: Memory, rank: Any, facts: Facts) -> Any:
    """
    B that one accelerator of very many gets from the others in one pass (arXiv 1910.02054).

    Divided weights come twice, for the forward and for the backward pass, as they are kept, and
    gradients go out once in 16 bits. Weights that are not divided stay; then gradients go round
    twice, to be added up and to be handed on, which is counted in each pass as if it were a step.
    """
    trained = shape.parameters
    if method != FULL:
        trained = adapter_parameters(shape, rank, facts)
    gradients = trained * facts.number("2 B/parameter")
    if needed.sharing == WEIGHTS:
        return (needed.weights - needed.copies) * 2 + gradients
    return gradients * 2


def exchange(size: Any, count: Any, sheet: Mapping[str, Any], network: Any, facts: Facts) -> Any:
    """
    h in which so many accelerators send one another `size` B each, in a ring.

    A ring of n sends (n - 1) / n of it through the slowest link: that of the data sheet, or the
    network (B/h) of a machine of eight, which each byte passes once where more take part.
    """
    if not count > 1:
        return facts.number("0 h")
    share = facts.number(LINK_SHARE)
    size = size * ((count - 1) / count)
    longest = size / (sheet.get("link", facts.number(SLOT)) * share)
    return max(longest, size / (network * share)) if count > MACHINE else longest


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


def scores_moved(shape: Shape, read: Pass, facts: Facts) -> Any:
    """
    B that attention writes to memory and reads again for each token where its scores are kept.

    Counted kernel by kernel for each head and pair of tokens, masked ones too, in 16 bits with a
    softmax in 32. Forward 24: the product writes 2, scale and mask read and write 2 each, the
    softmax reads 2 and writes 4, its rounding reads 4 and writes 2, the next product reads 2.
    Backward 28: the four products read 2 three times and write 2, the rounding reads 2 and writes
    4, the softmax reads 8 and writes 2, the scale reads and writes 2. Heads are 128 wide.
    """
    if read.attention != SCORES:
        return facts.number("0 B/tok")
    heads = shape.width / facts.number("128 dim")
    once = facts.number("24 B/tok/tok")
    moved = facts.number("28 B/tok/tok") + once * (1 + read.recompute)
    return shape.layers * heads * read.sequence * moved


def busy_hours(arithmetic: Any, passes: Any, floor: Any) -> Any:
    """
    Accelerator-hours of a job that computes for so many of them.

    A pass lasts at least `floor` hours: short ones wait for their kernels to be launched and for
    other accelerators, long ones hide that behind the arithmetic (prefetching).
    """
    return max(arithmetic, passes * floor)
