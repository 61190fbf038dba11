"""Approach fit: the answer in words and tables."""

from __future__ import annotations

from typing import Any

from calculators.approach_fit.formula import (
    IN_REGION,
    LABELS,
    METHODS,
    MISSES,
    OWN,
    RUNNING,
    UNKNOWN,
    Bench,
    bench,
    gates,
)
from calculators.approach_fit.inputs import CRITERIA, ApproachFit
from calculators.kernel.calculator import Draft, Report
from calculators.kernel.inputs import NONE
from calculators.kernel.results import Cell, Link, Option, Sentence, Table
from calculators.kernel.units import Quantity

# A gate: its name, the section that explains it, and what it asks.
GATES = {
    "documents": ("choose/index.md", "Is there text that the answers must come from?"),
    "residency": (CRITERIA["residency"].page, "May data leave your machines?"),
    "machines": (CRITERIA["team"].page, "Is there someone to run machines?"),
    "citation": (CRITERIA["auditability"].page, "Is a source required?"),
    "freshness": (CRITERIA["freshness"].page, "Must an answer follow a document within minutes?"),
    "examples": (CRITERIA["data"].page, "Are there labelled examples?"),
    "offer": (CRITERIA["retirement"].page, "May you train the tuned model, and until when?"),
    "window": ("choose/long-context.md", "Does all the text fit the model's window?"),
    "latency": (CRITERIA["latency"].page, "Can the first word be there in time?"),
}


def report(draft: Draft) -> Report:
    """Which approach fits best, what it misses, what the gates rule out, what would change it."""
    given, facts = draft.inputs, draft.facts
    ground = bench(given, facts)
    chosen = (given.model, given.tuned_model, given.embedding, given.vector_store, given.reranker)
    used = tuple(offer for offer in (*chosen, given.rental) if offer != NONE)
    tables = (_gates(ground), _others(draft), _shares(given), _evidence())
    if not draft.best:
        nothing: Sentence = (
            "Every approach is ruled out by a gate. See which of your answers you can change.",
        )
        return Report(nothing, nothing, used, tables, warnings(draft))
    best = draft.option(draft.best)
    headline: Sentence = (f"{best.label} fits best: it misses ", _points(best.total))
    headline += (" of 100", *_mostly(best))
    rivals = _ranked(draft)[1:]
    if rivals:
        rest = _points(rivals[0].total)
        headline += (
            f". Next is {rivals[0].label.lower()}, which misses ",
            rest,
            *_mostly(rivals[0]),
        )
    out = len([option for option in draft.options if option.refused])
    finding: Sentence = (f"{best.label} fits best at your volume", *draft.elsewhere("requests"))
    headline += (f". Gates rule out {out} of {len(draft.options)}.",)
    return Report(headline, finding, used, (_criteria(draft), *tables), warnings(draft))


def _ranked(draft: Draft) -> list[Option]:
    """The options that no gate rules out, the best first."""
    left = [option for option in draft.options if not option.refused]
    return sorted(left, key=lambda option: float(option.total))


def _points(share: Any) -> Quantity:
    return Quantity.of(float(share) * 100, "point")


def _mostly(option: Option) -> Sentence:
    """For which criterion an option misses the most."""
    most = max(option.lines, key=lambda item: float(option.lines[item]))
    return (f", most of them for {most.label.lower()}",) if float(option.lines[most]) else ()


def _criteria(draft: Draft) -> Table:
    """Each criterion with its section, its weight, and what the best two miss of it."""
    shown = _ranked(draft)[:2]
    rows = tuple(
        (
            Link(criterion.label, criterion.page),
            getattr(draft.inputs, f"weight_{name}"),
            *(_points(option.lines.get(criterion.item, 0.0)) for option in shown),
        )
        for name, criterion in CRITERIA.items()
    )
    columns = ("Criterion", "Weight", *(f"{option.label} misses" for option in shown))
    return Table("criteria", "What each criterion says", columns, rows)


def _shares(given: ApproachFit) -> Table:
    """What is looked up by an answer, the reader's own marked."""
    rows: list[tuple[Cell, ...]] = []
    for name, answers in MISSES.items():
        field = next(field for field in ApproachFit.fields() if field.name == name)
        said = dict(field.options)
        for word, shares in answers.items():
            yours = " (yours)" if getattr(given, name) == word else ""
            missed = (_share(shares.get(method, "–")) for method in METHODS)
            rows.append((f"{field.label}: {said[word]}{yours}", *missed))
    if given.corpus_tokens > 0:
        unknown = UNKNOWN | {"long-context": "by length"}
        rows.append(
            ("Facts of your text", *(_share(unknown.get(method, "–")) for method in METHODS))
        )
    columns = ("Answer", *(LABELS[method] for method in METHODS))
    note = (
        f"Besides, running machines misses {RUNNING} of what the team should have, and a vendor's "
        f"region {IN_REGION} of what machines of your own give. All of these are rules of thumb."
    )
    return Table("shares", "How far each approach misses an answer", columns, tuple(rows), (note,))


def _share(text: str) -> Cell:
    return Quantity.parse(text) if text.endswith("%") else text


def _evidence() -> Table:
    """What is known of each criterion, where that was read and how far it carries."""
    rows: list[tuple[Cell, ...]] = []
    for criterion in CRITERIA.values():
        source: Sentence = (criterion.source, ", ") if criterion.source else ()
        said: Sentence = (criterion.evidence, " (", *source, criterion.basis, ").")
        rows.append((Link(criterion.label, criterion.page), said))
    note = "Where there is a study, it supports the order of the shares; none supports their size."
    columns = ("Criterion", "What is known")
    return Table("evidence", "What each criterion rests on", columns, tuple(rows), (note,))


def _gates(ground: Bench) -> Table:
    """Each gate and whom it rules out."""
    shut: dict[str, list[str]] = {}
    for own in (False, True):
        for method in METHODS:
            for name, _ in gates(method, own, ground):
                shut.setdefault(name, []).append(LABELS[OWN + method if own else method])
    everyone = [[LABELS[start + method] for method in METHODS] for start in ("", OWN)]
    rows: list[tuple[Cell, ...]] = []
    for name, (page, question) in GATES.items():
        closed = shut.get(name, [])
        said = ", ".join(closed) if closed else "None"
        for labels, short in zip(everyone, ("All hosted", "All self-hosted"), strict=True):
            if closed == labels:
                said = short
        rows.append((Link(question, page), said))
    return Table("gates", "What the gates rule out", ("Gate", "Rules out"), tuple(rows))


def _others(draft: Draft) -> Table:
    """For the other options, by how much they are behind and which single answers would do."""
    rows: list[tuple[Cell, ...]] = []
    out = []
    for option in draft.options:
        turning = _turning(draft, option.slug)
        if option.slug == draft.best:
            continue
        if option.refused and not turning:
            out.append(option.label.lower())
            continue
        why: Cell = "Ruled out"
        if not option.refused:
            behind = _points(float(option.total) - float(draft.option(draft.best).total))
            why = ("Misses ", behind, " more")
        rows.append((option.label, why, turning or "No single answer"))
    columns = ("Option", "Now", "The best fit if")
    note = f"Ruled out, and back by no single answer: {', '.join(out)}." if out else ""
    title = "What would make another the best fit"
    return Table("others", title, columns, tuple(rows), (note,) if note else ())


def _turning(draft: Draft, slug: str) -> Sentence:
    """The single changes of an input after which that option is the best."""
    parts: list[Any] = []
    for flip in [flip for flip in draft.flips if flip.winner == slug][:SINGLE]:
        way = "above" if flip.at > flip.now else "below"
        parts += ["; " if parts else "", f"{flip.field.label} {way} ", flip.at]
    for turn in draft.turns:
        if turn.winner == slug:
            parts += ["; " if parts else "", f"{turn.field.label}: {turn.said}"]
    return tuple(part for part in parts if part != "")


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given = draft.inputs
    found: list[Sentence] = []
    if not any(float(getattr(given, f"weight_{name}")) for name in CRITERIA):
        found.append(("All weights are zero, so nothing tells the options apart.",))
    if given.residency == "own" and given.team != "operations":
        found.append(("Data may not leave your machines, and nobody is there to run them.",))
    if given.auditability == "required" and not given.corpus_tokens > 0:
        found.append(("A source is required, and there is no text to cite.",))
    ranked = _ranked(draft)
    if len(ranked) > 1 and float(ranked[1].total) - float(ranked[0].total) < CLOSE:
        first, second = (option.label for option in ranked[:2])
        found.append(
            (f"A close call: build {first.lower()} and {second.lower()} small, and measure.",)
        )
    return tuple(found)


SINGLE = 3  # numbers that are named in a cell

CLOSE = 0.03  # of all points, within which the weights do not decide (rule of thumb)
