"""
What serving a language model needs of accelerators: memory, and time by roofline.

Plain functions on numbers of either reading, for any question that serves a model. Sources: the
step of decoding, arithmetic and cache of a token as in How To Scale Your Model (inference); latent
attention as in arXiv 2405.04434; all-reduce in a ring as in the NCCL performance notes.

Read and computed at once would take the longer of the two, one after the other their sum. Linear
layers are counted as the sum, because a layer waits for its weights before it multiplies;
attention, one kernel, as the longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calculators.kernel.facts import Facts

# How weights are kept: a word in links, what a reader calls it, bytes of one parameter with its
# scales, and the peak that its products run at. Where an accelerator has no such peak, weights are
# unpacked to 16 bits and multiplied there; so are those of whole numbers, which have scales of 16
# and zeros of as many bits as themselves for each 128 parameters; FP4 has 8 bits for each 16.
PRECISIONS = {
    "bf16": ("BF16", "2 B/parameter", "bf16"),
    "fp8": ("FP8", "1 B/parameter", "fp8"),
    "int8": ("INT8, weights only", "1.0234375 B/parameter", "bf16"),
    "fp4": ("FP4", "0.5625 B/parameter", "fp4"),
    "int4": ("INT4, weights only", "0.51953125 B/parameter", "bf16"),
}
CACHE_PRECISIONS = {"bf16": ("BF16", "2 B/dim"), "fp8": ("FP8", "1 B/dim")}
# The share of the peak that the best product reaches where none was measured: the middle of those
# that were, of eight accelerators in 16 bits and seven in 8.
UNMEASURED = "77 %"
UNMEASURED_FP4 = "63 %"  # the one that was, of a B200
# What a ring of all-reduces reaches of its links (rule of thumb), and how long a small one takes:
# vLLM's kernel took 8.5 to 11.8 us on 2 to 8 H100 (SGLang pull request 2904).
LINK_SHARE = "80 %"
LINK_WAIT = "0.01 ms"
# The same through PCIe slots: four accelerators reached 35 of 63 GB/s (NCCL issue 1639), and small
# ones took four others 19 to 24 us (pull request 2 of haohervchb/sglang-V100).
SLOT_SHARE = "55 %"
SLOT_WAIT = "0.02 ms"


@dataclass(frozen=True, slots=True)
class Model:
    """
    A model by its parts (parameter): what every token passes, its experts, one table of tokens.

    `body` are the layers without routed experts, `routed` all experts of all layers, of which a
    token passes the share `passed`; `tables` of `table` are kept, one if input and output share
    it. The cache of one token takes `growing` (dim) in all layers that attend to everything,
    `windowed` in those that attend to `window` (tok); `state` (dim) stays, however long the text.
    Experts are `narrow` unless one is wider than the model, as a dense feed-forward part is.
    """

    body: Any
    routed: Any
    passed: Any
    narrow: bool
    table: Any
    tables: Any
    layers: Any
    width: Any
    growing: Any
    windowed: Any
    window: Any
    state: Any
    cache_parts: Any
    attending: Any
    attending_window: Any
    head_width: Any
    cached_width: Any

    @property
    def parameters(self) -> Any:
        """All of them."""
        return self.body + self.routed + self.table * self.tables

    @property
    def active(self) -> Any:
        """Those that one token passes through, both tables counted as they are kept."""
        return self.body + self.routed * self.passed + self.table * self.tables

    @property
    def computed(self) -> Any:
        """Those that one token of a prompt is multiplied with: no table."""
        return self.body + self.routed * self.passed


def model_of(sheet: Mapping[str, Any], facts: Facts) -> Model:
    """
    The parts of a model from its shape.

    Attention has four matrices a layer and feed-forward three (gated); a latent cache stands for
    keys and values of all heads. Where `parameters` are published, as for attention of another
    form, what is not an expert or a table is the body.
    """
    each = facts.number("1 parameter/dim/dim")
    none = facts.number("0 layer")
    layers, width = sheet["layers"], sheet["width"]
    heads, head = sheet["heads"], sheet["head_width"]
    kv_heads = sheet.get("kv_heads", heads)
    windowed, stateful = sheet.get("window_layers", none), sheet.get("state_layers", none)
    full = layers - windowed - stateful
    per_token = sheet["latent"] if "latent" in sheet else head * kv_heads * 2
    table = sheet["vocabulary"] * width * facts.number("1 parameter/dim")
    experts = sheet.get("experts", facts.number("0"))
    sparse = layers - sheet.get("dense_layers", none) if experts > 0 else none
    expert_width = sheet.get("expert_width", facts.number("0 dim"))
    expert = width * expert_width * each * 3
    routed = sparse * experts * expert
    if "parameters" in sheet:
        body = sheet["parameters"] - routed - table * sheet["tables"]
    else:
        attention = width * head * (heads + kv_heads) * 2 * each
        dense = width * sheet.get("feed_forward", facts.number("0 dim")) * each * 3
        body = layers * attention + (layers - sparse) * dense
        body = body + sparse * sheet.get("experts_shared", facts.number("0")) * expert
    passed = sheet["experts_active"] / experts if experts > 0 else facts.number("0")
    return Model(
        body=body,
        routed=routed,
        passed=passed,
        narrow=not expert_width > width,
        table=table,
        tables=sheet["tables"],
        layers=layers,
        width=width,
        growing=full * per_token,
        windowed=windowed * per_token,
        window=sheet.get("window", facts.number("0 tok")),
        state=stateful * sheet.get("state", facts.number("0 dim")),
        # A latent is given to whole sequences, keys and values to at most one part for each head.
        cache_parts=None if "latent" in sheet else kv_heads,
        attending=full * heads,
        attending_window=windowed * heads,
        head_width=head,
        cached_width=sheet.get("latent", head),
    )


def weight_bytes(model: Model, each: Any, facts: Facts) -> Any:
    """B of all weights: tables of tokens stay in 16 bits, the rest takes `each` (B/parameter)."""
    tables = model.table * model.tables * facts.number("2 B/parameter")
    return (model.body + model.routed) * each + tables


def kv_bytes_per_token(model: Model, each: Any, facts: Facts) -> Any:
    """B/tok that the cache grows by, at `each` (B/dim), while the text is within every window."""
    return (model.growing + model.windowed) * each / facts.number("1 tok")


def kv_bytes(model: Model, tokens: Any, each: Any, facts: Facts) -> Any:
    """B of the cache of one sequence of so many tok; a state is kept in 32 bits."""
    one = facts.number("1 tok")
    within = min(tokens, model.window)
    return (
        model.growing * tokens + model.windowed * within
    ) * each / one + model.state * facts.number("4 B/dim")


def activation_bytes(model: Model, tokens: Any, facts: Facts) -> Any:
    """
    B of what one layer has in work while so many tok are read at once, in 16 bits.

    A matrix with a row for each of its inputs gives a number for each of its columns, so a layer's
    parameters over its width are the numbers that a token leaves in it.
    """
    numbers = model.computed / (model.layers * model.width * facts.number("1 parameter/dim"))
    return tokens * numbers * facts.number("2 B/tok")


@dataclass(frozen=True, slots=True)
class Machine:
    """
    So many accelerators that serve one copy together: each reads `bandwidth` (B/h), multiplies
    at `rate` (FLOP/h) in linear layers and `exact` in attention, and sends `link` (B/h); an
    exchange takes `wait` (h) however small.
    """

    count: Any
    bandwidth: Any
    rate: Any
    exact: Any
    link: Any
    wait: Any


@dataclass(frozen=True, slots=True)
class Reached:
    """Shares of what hardware can do that an engine reaches, and its own time for one layer."""

    bandwidth: Any
    arithmetic: Any
    experts: Any
    layer: Any


def machine(
    sheet: Mapping[str, Any],
    count: Any,
    precision: str,
    model: Model,
    reached: Reached,
    facts: Facts,
) -> Machine:
    """
    What an engine reaches on so many accelerators with that data sheet.

    Products of narrow experts run at a share of the 16-bit rate whatever the precision: few tokens
    meet in one expert, and what they wait for is not arithmetic. An expert that is wider than the
    model gets a good part of all tokens and multiplies like any feed-forward part.
    """
    exact = sheet.get("bf16_reached", sheet["bf16"] * facts.number(UNMEASURED))
    peak = PRECISIONS[precision][2]
    rate = exact
    if peak == "fp8" and peak in sheet:
        rate = sheet.get("fp8_reached", sheet["fp8"] * (exact / sheet["bf16"]))
    if peak == "fp4" and peak in sheet:
        rate = sheet.get("fp4_reached", sheet["fp4"] * facts.number(UNMEASURED_FP4))
    experts_apart = model.routed > 0 and model.narrow
    link = sheet.get("link", facts.number("0 B/s")) * facts.number(LINK_SHARE)
    wait = facts.number(LINK_WAIT)
    if "slot" in sheet:
        link, wait = sheet["slot"] * facts.number(SLOT_SHARE), facts.number(SLOT_WAIT)
    return Machine(
        count=count,
        bandwidth=sheet["bandwidth"] * reached.bandwidth,
        rate=exact * reached.experts if experts_apart else rate * reached.arithmetic,
        exact=exact * reached.arithmetic,
        link=link,
        wait=wait,
    )


def prefill_time(model: Model, tokens: Any, fresh: Any, on: Machine, facts: Facts) -> Any:
    """
    h of arithmetic and exchange for a prompt of so many tok beside a batch that runs anyway.

    Only the last `fresh` tok are read, the others come from the cache. 2 FLOP for each parameter
    and token; in each layer 2 for each head's width and each earlier token that one sees, for its
    score, and 2 for its value. Of its own kind a fresh token sees half on average.
    """
    linear = model.computed * fresh * facts.number("2 FLOP/parameter/tok")
    seen = tokens * 2 - fresh
    pairs = model.attending * seen + model.attending_window * min(seen, model.window * 2)
    scores = pairs * fresh * model.head_width * facts.number("2 FLOP/dim/tok/tok")
    return (linear / on.rate + scores / on.exact) / on.count + exchange(model, fresh, on, facts)


def exchange(model: Model, tokens: Any, on: Machine, facts: Facts) -> Any:
    """
    h that so many tok wait for tensor parallelism: two all-reduces a layer, in a ring.

    Each sends 2 (n - 1) / n of a token's width in 16 bits through the slowest link.
    """
    if not on.count > 1:
        return facts.number("0 h")
    around = (on.count - 1) / on.count * 2
    sent = model.layers * 2 * tokens * model.width * facts.number("2 B/dim/tok")
    return sent * around / on.link


def weights_read(model: Model, sequences: Any, each: Any, facts: Facts) -> Any:
    """
    B of weights that one step reads for so many sequences.

    A token takes its experts independently of the others: of all experts the share
    1 - (1 - passed)^sequences is read. The table of inputs is looked up, not read.
    """
    share = facts.number("1")
    if model.routed > 0:
        share = 1 - _power(1 - model.passed, float(sequences), facts)
    return (model.body + model.routed * share) * each + model.table * facts.number("2 B/parameter")


def _power(base: Any, exponent: float, facts: Facts) -> Any:
    """
    A power by multiplying, straight between whole exponents: the same digits on every machine.
    """
    whole = int(exponent)
    result, square, left = facts.number("1"), base, whole
    while left:
        if left & 1:
            result = result * square
        square = square * square
        left >>= 1
    return result * (1 - (1 - base) * (exponent - whole))


def decode_step_time(
    model: Model,
    sequences: Any,
    context: Any,
    weight: Any,
    cache: Any,
    on: Machine,
    reached: Reached,
    facts: Facts,
) -> Any:
    """
    h of the step that writes one token of each of so many sequences of `context` tok.

    `weight` is in B/parameter, `cache` in B/dim. Weights are read once and cache for each
    sequence; keys and values of one head are not parted, so more accelerators than heads of them
    read them twice.
    """
    one = facts.number("1 tok")
    met = model.computed + model.table
    linear = weights_read(model, sequences, weight, facts) / on.bandwidth
    linear = linear + sequences * one * met * facts.number("2 FLOP/parameter/tok") / on.rate
    seen = model.attending * context + model.attending_window * min(context, model.window)
    scores = sequences * one * seen * model.cached_width * facts.number("4 FLOP/dim/tok/tok")
    read = sequences * kv_bytes(model, context, cache, facts)
    time = linear / on.count + max(read / on.bandwidth, scores / on.exact) / cache_shards(model, on)
    time = time + exchange(model, sequences * one, on, facts) + model.layers * reached.layer
    if on.count > 1:
        time = time + model.layers * 2 * on.wait
    return time


def cache_shards(model: Model, on: Machine) -> Any:
    """Among how many of a machine's accelerators the cache is divided."""
    return on.count if model.cache_parts is None else min(on.count, model.cache_parts)


@dataclass(frozen=True, slots=True)
class Service:
    """
    One copy under steady load with so many sequences in work.

    `step` (h) writes a token of each; `prefill` (h) reads a prompt beside that; `token` is the
    time between two tokens of one answer, prompts of others included; `first` (h) that from
    arrival to the first token; `request` (h) the whole answer; `rate` (request/h) what it serves.
    """

    sequences: Any
    step: Any
    prefill: Any
    token: Any
    first: Any
    request: Any
    rate: Any


def service(sequences: Any, step: Any, prefill: Any, output: Any, facts: Facts) -> Service:
    """
    Continuous batching: each answer of `output` tok takes as many steps, between which the
    prompts of the others are read.

    So many sequences end in output x step + sequences x prefill, of which one is a request's own
    prompt, read before its first token. A prompt waits for half of the step that runs when it
    comes, and its first token is written by the next.
    """
    steps = output / facts.number("1 tok")
    whole = steps * step + sequences * prefill
    token = step + max(sequences - 1, facts.number("0")) * prefill / steps
    return Service(
        sequences=sequences,
        step=step,
        prefill=prefill,
        token=token,
        first=prefill + token * facts.number("1.5"),
        request=whole + token * facts.number("0.5"),
        rate=sequences * facts.number("1 request") / whole,
    )
