"""Training run: what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from calculators.hardware.training import (
    FLASH,
    MIXED,
    NOTHING,
    OPTIMISER,
    SCORES,
    SIXTEEN,
    WEIGHTS,
)
from calculators.kernel.inputs import Inputs, choice, one_of, quantity
from calculators.kernel.units import Number

# Of what can be divided among accelerators, as little as lets the job fit.
NEEDED = "needed"

GROUPS = {
    "data": "Training data",
    "hosted": "Hosted",
    "weights": "Model you train yourself",
    "run": "Rented accelerators",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRun(Inputs):
    """The examples, the offer that trains hosted, and the model and accelerators of your own."""

    examples: Number = quantity(
        "10k example",
        "Examples",
        "Labelled pairs in the training set. Vendors accept 10; published gains use hundreds to "
        "tens of thousands.",
        group="data",
    )
    example_tokens: Number = quantity(
        "500 tok/example",
        "Tokens per example",
        "Prompt and answer of one example together.",
        group="data",
    )
    epochs: Number = quantity(
        "3 epoch",
        "Epochs",
        "Passes over the training set; each is billed.",
        group="data",
        low=1,
        high=100,
    )
    validation_tokens: Number = quantity(
        "250k tok",
        "Validation tokens",
        "Tokens of the validation set, evaluated once an epoch; some vendors bill each time, some "
        "once, most not at all.",
        group="data",
        rare=True,
    )
    experiments: Number = quantity(
        "3 run",
        "Experiments",
        "Runs before the first model is good enough to serve (rule of thumb). All are paid.",
        group="data",
    )
    label_minutes: Number = quantity(
        "0 min/example",
        "Labelling",
        "Time of a person to write or check one example. 0 takes the examples as there; a new "
        "one by an expert is 5 to 30 minutes (rule of thumb), and soon costs more than training.",
        group="data",
    )
    labeller_cost: Number = quantity(
        "40 USD/h",
        "Labeller",
        "What an hour of labelling costs with everything included (rule of thumb).",
        group="data",
        rare=True,
    )
    tuned_model: str = choice(
        "tuning",
        "thinking-machines/qwen3-8b-tuned",
        "Tuned model",
        "The offer that trains for you. Serving what it trained is another bill.",
        group="hosted",
    )
    job_hours: Number = quantity(
        "4 h/run",
        "Hours of a job",
        "Only where the vendor bills a job by the hour, as for reinforcement methods: its length "
        "follows from the grader and not from the tokens (rule of thumb).",
        group="hosted",
        rare=True,
    )
    parameters: Number = quantity(
        "8.2B parameter",
        "Parameters",
        "Of the model that you would train yourself. Here 8.2 billion, as Qwen3-8B has.",
        group="weights",
        low=1e6,
        high=1e13,
    )
    active_share: Number = quantity(
        "100 %",
        "Active share",
        "Share of the parameters that one token passes through: 100 % unless the model is a "
        "mixture of experts. Arithmetic follows the active ones, memory all of them.",
        group="weights",
        low=0.1,
        rare=True,
    )
    layers: Number = quantity(
        "36 layer",
        "Layers",
        "From the model's configuration: with the width it sets activations, adapters and "
        "attention. Llama 3.1 8B has 32, 70B has 80.",
        group="weights",
        low=1,
        high=1000,
    )
    hidden_size: Number = quantity(
        "4,096 dim",
        "Width",
        "Hidden size from the model's configuration. Llama 3.1 8B has 4,096, 70B has 8,192.",
        group="weights",
        low=64,
        high=100_000,
    )
    vocabulary: Number = quantity(
        "151,936",
        "Vocabulary",
        "Tokens that the model knows; every token read makes so many logits, often the largest "
        "part of activations. Llama 3 has 128,256.",
        group="weights",
        low=1,
        high=10_000_000,
        rare=True,
    )
    rank: Number = quantity(
        "32",
        "LoRA rank",
        "Rank of the adapters, taken to be on all linear layers. 8 to 64 are common (rule of "
        "thumb); 256 where memory allows (arXiv 2405.09673).",
        group="weights",
        low=1,
        high=4096,
        rare=True,
    )
    rental: str = choice(
        "rental",
        "runpod/h100-sxm",
        "Rental",
        "What one accelerator costs an hour; its data sheet gives memory and peak.",
        group="run",
    )
    accelerators: Number = quantity(
        "1 accelerator",
        "Accelerators",
        "At least so many. More are taken where a method does not fit.",
        group="run",
        low=1,
        high=100_000,
    )
    mfu: Number = quantity(
        "40 %",
        "Utilisation",
        "Share of the dense 16-bit peak reached on the arithmetic counted here, recomputing "
        "included. Measured: 40 to 57 % on H100 and 60 to 74 % on A100 by a tuned trainer "
        "(llm-foundry), 45 to 58 % with LoRA on one A100 (derived, Qwen). Take 50 % for A100.",
        group="run",
        low=1,
        checked=(25, 75),
    )
    sequence_tokens: Number = quantity(
        "2,048 tok",
        "Sequence",
        "Examples are packed into sequences of this length; activations grow with it.",
        group="run",
        low=16,
        high=10_000_000,
        checked=(256, 8192),
    )
    micro_batch: Number = quantity(
        "1 sequence",
        "Micro-batch",
        "Sequences that one accelerator reads in one pass.",
        group="run",
        low=1,
        high=10_000,
        rare=True,
    )
    sharing: str = one_of(
        {
            NEEDED: "As little as fits",
            NOTHING: "Nothing (DDP)",
            OPTIMISER: "Gradients and optimiser (ZeRO-2)",
            WEIGHTS: "Weights too (ZeRO-3, FSDP)",
        },
        NEEDED,
        "Divided among accelerators",
        "What several accelerators divide instead of each holding its own. Divided weights are "
        "gathered twice in every pass: that costs time in short passes, and it is what lets a "
        "model fit that is too large for one.",
        group="run",
        rare=True,
    )
    gather_time: Number = quantity(
        "0.005 s/layer",
        "Gathering a layer",
        "Where weights are divided, a layer of a short pass waits so long for its parts to be "
        "called in, on top of its launch: ZeRO-3 makes Qwen-1.8B on an A100 take 11 ms a layer "
        "instead of 5. The bytes themselves go over the links of the data sheet.",
        group="run",
        high=10,
        rare=True,
    )
    network: Number = quantity(
        "400 GB/s",
        "Network of a machine",
        "What a machine of eight sends in one direction, where more than eight take part: eight "
        "ports of 400 Gbit/s, as in torchtitan's. One such port is 50 GB/s, and gathering then "
        "takes longer than computing in many jobs.",
        group="run",
        low=0.1,
        high=100_000,
        rare=True,
    )
    padding: Number = quantity(
        "0 %",
        "Padding",
        "Share of computed tokens that are padding: 0 % when examples are packed. Without "
        "packing, one published run took 3.4 times as long (torchtune), which is 70 %.",
        group="run",
        high=99,
        rare=True,
    )
    recompute: Number = quantity(
        "100 %",
        "Recomputed",
        "Share of activations computed again instead of kept (activation checkpointing): less "
        "memory, one more forward pass. Recipes for fine-tuning mostly say all.",
        group="run",
        rare=True,
    )
    offload: Number = quantity(
        "0 %",
        "Offloaded",
        "Share of the kept activations that wait in the host's memory (activation offloading).",
        group="run",
        rare=True,
    )
    unpack_time: Number = quantity(
        "0.01 s/Gparameter",
        "Unpacking",
        "QLoRA unpacks its weights in every pass, however few tokens it reads. 0.01 s for a "
        "billion parameters is a rule of thumb that gives the 1.3 to 1.6 times the time of LoRA "
        "that is typical; with GPTQ on an A100 it was 0.027 s (derived, Qwen-1.8B).",
        group="run",
        high=10,
        rare=True,
    )
    launch_time: Number = quantity(
        "0.005 s/layer",
        "Launch time",
        "A pass takes at least so long for each layer, because its kernels must be launched; it "
        "counts for short sequences only. 0.005 s is Qwen-1.8B with LoRA on an A100.",
        group="run",
        high=10,
        rare=True,
    )
    attention: str = one_of(
        {FLASH: "Flash attention", SCORES: "Scores are kept"},
        FLASH,
        "Attention",
        "Flash attention keeps no scores; without it they grow with the square of the sequence, "
        "5 B for each head and pair of tokens (arXiv 2205.05198), and writing and reading them "
        "takes time.",
        group="run",
        rare=True,
    )
    trained_in: str = one_of(
        {MIXED: "Mixed precision", SIXTEEN: "16 bits only"},
        MIXED,
        "Trained in",
        "Mixed precision keeps a 32-bit copy and a 32-bit gradient of what is trained; torchtune, "
        "for one, keeps 16 bits only, and an optimiser of 4 B.",
        group="run",
        rare=True,
    )
    optimiser_bytes: Number = quantity(
        "8 B/parameter",
        "Optimiser",
        "State kept for each trained parameter: 8 B with Adam, 4 B in 16 bits, 2 B with its 8-bit "
        "form (Transformers documentation).",
        group="run",
        high=64,
        rare=True,
    )
    logit_bytes: Number = quantity(
        "12 B/tok",
        "Bytes per logit",
        "2 B in 16 bits, 2 B for a shifted copy, 4 B in 32 bits, 4 B for their softmax; 8 B "
        "where the loss stays in 16 bits, next to none with a fused loss.",
        group="run",
        high=64,
        rare=True,
    )
    memory_overhead: Number = quantity(
        "5 %",
        "Memory overhead",
        "What the allocator wastes, on top of what is counted (rule of thumb).",
        group="run",
        rare=True,
    )
    runtime_memory: Number = quantity(
        "1.3 GB/accelerator",
        "Driver and libraries",
        "What each accelerator holds before anything is loaded: 1 to 2 GB, 1.3 GB in the example "
        "of the Transformers documentation. DeepSpeed's buffers come on top, 0.8 GB as Qwen sets "
        "them.",
        group="run",
        high=100,
        rare=True,
    )
    setup_hours: Number = quantity(
        "0.5 h/run",
        "Start and evaluation",
        "Hours billed in each run before and after training: fetching weights, loading, "
        "evaluating, saving (rule of thumb).",
        group="run",
        rare=True,
    )
