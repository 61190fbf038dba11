"""Self-hosting: what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from calculators.approach_cost.inputs import ApproachCost
from calculators.hardware.serving import CACHE_PRECISIONS, PRECISIONS
from calculators.kernel.inputs import Inputs, choice, one_of, quantity, same
from calculators.kernel.meters import MODEL
from calculators.kernel.units import Number

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
