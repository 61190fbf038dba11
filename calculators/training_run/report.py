"""Training run: the answer in words and tables."""

from __future__ import annotations

from typing import Any

from calculators.billing.contradictions import contradictions
from calculators.billing.judging import LABELLING
from calculators.hardware.training import (
    FULL,
    LORA,
    QLORA,
)
from calculators.kernel.calculator import Draft, Report
from calculators.kernel.facts import Facts
from calculators.kernel.results import Sentence, Table
from calculators.kernel.units import Quantity
from calculators.training_run.formula import (
    ACCELERATORS_START_AND_EVALUATION,
    ACCELERATORS_TRAINING,
    LABELS,
    OWN,
    Job,
    own,
    sheet_of,
)
from calculators.training_run.inputs import TrainingRun


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
    turn = draft.flip("examples")
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
    if best and LABELLING in best.lines and best.lines[LABELLING] * 2 > best.total:
        found.append(
            ("Labelling costs ", best.lines[LABELLING], ", more than the training itself.")
        )
    start, trained = ACCELERATORS_START_AND_EVALUATION, ACCELERATORS_TRAINING
    if best and start in best.lines and best.lines[start] > best.lines[trained]:
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
