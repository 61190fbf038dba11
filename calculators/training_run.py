"""Training run: what a project of fine-tuning costs, hosted or on rented accelerators."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from calculators.billing.contradictions import contradictions
from calculators.billing.training import job_cost, sells_training
from calculators.hardware import training
from calculators.hardware.training import (
    FLASH,
    FULL,
    LORA,
    MIXED,
    NOTHING,
    OPTIMISER,
    QLORA,
    SCORES,
    SHARINGS,
    SIXTEEN,
    WEIGHTS,
    Memory,
    Pass,
    Shape,
    Trained,
)
from calculators.kernel.calculator import Calculator, Draft, Preset, Report
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Inputs, choice, one_of, quantity
from calculators.kernel.results import Option, Sentence, Table
from calculators.kernel.units import Number, Quantity

LABELS = {
    "hosted": "Hosted tuning",
    LORA: "LoRA, rented",
    QLORA: "QLoRA, rented",
    FULL: "All parameters, rented",
}
OWN = (LORA, QLORA, FULL)
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
            "Accelerators: training": given.experiments * job.busy * price,
            "Accelerators: start and evaluation": (
                given.experiments * job.accelerators * given.setup_hours * price
            ),
        }
        options.append(Option(method, LABELS[method], _labelled(lines, labels)))
    return tuple(options)


def _labelled(lines: dict[str, Any], labels: Any) -> dict[str, Any]:
    return lines | ({"Labelling": labels} if labels > 0 else {})


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


def named(slug: str, given: TrainingRun, facts: Facts) -> str:
    """An option with what it runs on: 'LoRA on H100 SXM of Acme'."""
    if slug == "hosted":
        offer = facts.offer(given.tuned_model)
        return f"Hosted tuning ({offer.name})"
    rental = facts.offer(given.rental)
    how = {LORA: "LoRA", QLORA: "QLoRA", FULL: "Training all parameters"}[slug]
    return f"{how} on {rental.name} rented from {rental.vendor}"


def report(draft: Draft) -> Report:
    """The cheapest way to train, what the others cost, and what each needs of accelerators."""
    given, facts = draft.inputs, draft.facts
    used = (given.tuned_model, given.rental)
    table = needs(draft)
    if not draft.best:
        nothing: Sentence = ("None of these ways to train can be had on that day.",)
        return Report(nothing, nothing, used, (table,), warnings(draft))
    best = draft.option(draft.best)
    labels = given.examples * given.label_minutes * given.labeller_cost
    headline: Sentence = (
        named(best.slug, given, facts), " costs ", best.total - labels, " for ",
        given.experiments,
    )  # fmt: skip
    hosted = draft.option("hosted")
    rivals = [o for o in draft.options if not o.refused and o.slug != best.slug]
    if best.slug != "hosted" and not hosted.refused:
        rivals = [hosted]
    if rivals:
        rival = min(rivals, key=lambda option: float(option.total))
        headline += ("; ", _low(named(rival.slug, given, facts)), " costs ", rival.total - labels)
    if labels > 0:
        headline += (". Labelling adds ", labels)
    finding: Sentence = (f"{best.label} is cheapest for your examples",)
    turn = next((flip for flip in draft.flips if flip.field.name == "examples"), None)
    if turn:
        way = "from" if turn.at > turn.now else "below"
        finding += (f"; {_low(LABELS[turn.winner])} {way} ", turn.at, " on")
        if way == "below":
            finding = finding[:-1]
    return Report((*headline, "."), finding, used, (table,), warnings(draft))


def _low(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(("Hosted", "All", "Training")) else text


def needs(draft: Draft) -> Table:
    """What each method needs: memory by part, accelerators, and hours of one run."""
    given, facts = draft.inputs, draft.facts
    columns = (
        "Method",
        "Weights",
        "Gradients, optimiser",
        "Adapters",
        "Activations, each",
        "Driver and gathered, each",
        "Memory in all",
        "Accelerators",
        "Hours a run",
        "Accelerator-hours",
    )
    rows = []
    for method in OWN:
        job = own(method, given, facts)
        if isinstance(job, str):
            continue
        parts = job.memory
        whole = parts.each(job.accelerators, given.memory_overhead) * job.accelerators
        beside = parts.runtime + parts.beside * (1 if job.accelerators > 1 else 0)
        rows.append(
            (
                LABELS[method].removesuffix(", rented"),
                _gigabytes(parts.weights),
                _gigabytes(parts.gradients + parts.optimiser),
                _gigabytes(parts.adapters),
                _gigabytes(parts.activations),
                _gigabytes(beside),
                _gigabytes(whole),
                Quantity.of(float(job.accelerators), "accelerator"),
                Quantity.of(job.hours.to("h"), "h"),
                Quantity.of(job.busy.to("h"), "h"),
            )
        )
    sheet = sheet_of(given, facts)
    note: Sentence = ()
    if sheet:
        note = (
            f"One {facts.offer(given.rental).name} holds ",
            _gigabytes(sheet["memory"]),
            "; memory in all includes the overhead.",
        )
    return Table("needs", "Does it fit, and for how long", columns, tuple(rows), note)


def _gigabytes(size: Any) -> Quantity:
    return Quantity.of(size.to("GB"), "GB")


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given, facts = draft.inputs, draft.facts
    found: list[Sentence] = []
    best = draft.option(draft.best) if draft.best else None
    if best and "Labelling" in best.lines and best.lines["Labelling"] * 2 > best.total:
        found.append(
            ("Labelling costs ", best.lines["Labelling"], ", more than the training itself.")
        )
    start = "Accelerators: start and evaluation"
    if best and start in best.lines and best.lines[start] > best.lines["Accelerators: training"]:
        found.append(("Starting and evaluating the runs costs more than the training itself.",))
    rented = [option for option in draft.options if option.slug in OWN and not option.refused]
    cheapest = min(rented, key=lambda option: float(option.total), default=None)
    job = own(cheapest.slug, given, facts) if cheapest else ""
    if isinstance(job, Job) and job.busy > job.arithmetic * 1.25:
        found.append(
            (
                "Passes are so short that accelerators wait for kernels and for one another: ",
                Quantity.of(job.busy.to("h"), "h"),
                " of accelerator a run instead of ",
                Quantity.of(job.arithmetic.to("h"), "h"),
                ". A larger micro-batch would cost less.",
            )
        )
    if given.example_tokens * facts.number("1 example") > given.sequence_tokens:
        found.append(("Examples are longer than a sequence: they would be cut.",))
    dense = given.layers * given.hidden_size * given.hidden_size
    dense = dense * facts.number("12 parameter/dim/dim")
    dense = dense + given.vocabulary * given.hidden_size * facts.number("2 parameter/dim")
    ratio = float(dense) / float(given.parameters)
    if not given.active_share < 1 and not 0.6 < ratio < 1.6:
        found.append(
            (
                "Layers and width do not belong to ",
                given.parameters,
                ": a dense model of that shape has about ",
                Quantity.of(float(dense), "parameter"),
                ". Memory and hours are wrong until they agree.",
            )
        )
    return (*found, *contradictions(given))


PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "examples": "3k",
            "example_tokens": "3k",
            "sequence_tokens": "4,096",
            "experiments": "5",
            "label_minutes": "10",
            "labeller_cost": "60",
        },
    ),
    Preset(
        "Code assistant",
        {
            "examples": "50k",
            "example_tokens": "1.5k",
            "parameters": "14.8B",
            "layers": "40",
            "hidden_size": "5,120",
            "sequence_tokens": "4,096",
            "tuned_model": "together/gpt-oss-20b-tuned",
            "accelerators": "8",
            "epochs": "2",
        },
    ),
    Preset(
        "Medical coding",
        {
            "examples": "5k",
            "example_tokens": "1.2k",
            "label_minutes": "6",
            "labeller_cost": "75",
            "experiments": "6",
        },
    ),
    Preset(
        "Regulated bank, 70B",
        {
            "examples": "20k",
            "example_tokens": "800",
            "parameters": "70.6B",
            "layers": "80",
            "hidden_size": "8,192",
            "vocabulary": "128,256",
            "tuned_model": "azure/llama-3.3-70b-tuned",
            "rental": "nebius/h200",
        },
    ),
)

CALCULATOR = Calculator(
    slug="training-run",
    question="What does it cost to fine-tune, hosted or on rented accelerators?",
    inputs=TrainingRun,
    groups=GROUPS,
    formula=training_run,
    report=report,
    along="examples",
    decades=(2, 7),
    presets=PRESETS,
    leading=("examples", "example_tokens", "epochs", "tuned_model", "parameters", "rental"),
    unit="USD",
)
