"""Self-hosting: the answer in words and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from calculators.hardware import serving
from calculators.hardware.serving import PRECISIONS, Model
from calculators.kernel.calculator import Draft, Report
from calculators.kernel.explore import root
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE
from calculators.kernel.results import Cell, Sentence, Table
from calculators.kernel.units import Quantity
from calculators.self_hosting.formula import (
    LABELS,
    Copy,
    best_copy,
    cache_of,
    reached_of,
    service_of,
)
from calculators.self_hosting.inputs import PLAIN, TUNED, SelfHosting


def named(slug: str, given: SelfHosting, facts: Facts) -> str:
    """An option with what it runs on: 'Llama on 2 H100 of Acme'."""
    if slug == "api":
        offer = facts.offer(given.model)
        return f"{offer.name} from {offer.vendor}"
    rental = facts.offer(given.other_rental if slug == "other" else given.rental)
    model = facts.book.models[given.weights].name
    how = "Each adapter merged into" if slug == "merged" else "Self-hosted"
    return f"{how} {model} on {rental.name} from {rental.vendor}"


def report(draft: Draft) -> Report:
    """The cheapest way to serve, what the API costs, and what a copy needs and does."""
    given, facts = draft.inputs, draft.facts
    used = tuple(
        dict.fromkeys(
            name for name in (given.model, given.rental, given.other_rental) if name != NONE
        )
    )
    slug = draft.best if draft.best in ("self-hosted", "other") else cheapest_rental(draft)
    rental = given.other_rental if slug == "other" else given.rental
    copy = best_copy(rental, given, facts)
    tables: tuple[Table, ...] = ()
    if not isinstance(copy, str):
        tables = (
            memory(copy, rental, given, facts),
            speeds(copy, at_peak(draft, rental), given, facts),
            worth(draft, slug, copy),
        )
    if not draft.best:
        nothing: Sentence = ("None of these ways to serve can be had on that day.",)
        return Report(nothing, nothing, used, tables, warnings(draft, copy, rental))
    best = draft.option(draft.best)
    headline: Sentence = (named(best.slug, given, facts), " costs ", best.total, " a month")
    rival = draft.option(slug if best.slug == "api" else "api")
    if not rival.refused and rival.slug != best.slug:
        headline += ("; ", _low(named(rival.slug, given, facts)), " costs ", rival.total)
    if not isinstance(copy, str) and best.slug != "merged":
        headline += (", on ", _accelerators(copy, given))
    finding: Sentence = (f"{LABELS[best.slug]} is cheapest for your requests",)
    turn = draft.flip("requests")
    if turn:
        way = "from" if turn.at > turn.now else "below"
        winner = LABELS[turn.winner]
        winner = winner if winner == "API" else _low(winner)
        finding += (f"; {winner} {way} ", turn.at)
    return Report((*headline, "."), finding, used, tables, warnings(draft, copy, rental))


def _low(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(("Self", "Each")) else text


def _accelerators(copy: Copy, given: SelfHosting) -> Quantity:
    copies = copy.needed + math.ceil(given.spare)
    return Quantity.of(float(copies) * float(copy.on.count), "accelerator")


def cheapest_rental(draft: Draft) -> str:
    """The slug of the cheaper of both rentals, the first where neither can be had."""
    had = [draft.option(slug) for slug in ("self-hosted", "other")]
    had = [option for option in had if not option.refused]
    return min(had, key=lambda option: float(option.total)).slug if had else "self-hosted"


def memory(copy: Copy, rental: str, given: SelfHosting, facts: Facts) -> Table:
    """What one copy keeps, and how many sequences that leaves room for."""
    one = facts.number("1 request")
    whole = (given.prompt_tokens + given.output_tokens) * one
    cache = serving.kv_bytes(copy.model, whole, cache_of(given, facts), facts)
    single = copy.weights + copy.adapters + copy.activations + cache
    rows = (
        ("Parameters", _in(copy.model.parameters, "Gparameter")),
        ("Parameters a token passes", _in(copy.model.active, "Gparameter")),
        ("Weights", _in(copy.weights, "GB")),
        ("Adapters", _in(copy.adapters, "GB")),
        ("Activations", _in(copy.activations, "GB")),
        ("Cache of a token", _in(_per_token(copy.model, given, facts), "kB/tok")),
        ("Cache of a request at its end", _in(cache, "GB")),
        ("All of it for one request", _in(single, "GB")),
        ("Left for the cache", _in(copy.room, "GB")),
        ("Sequences that fit", Quantity.of(float(copy.room) / float(copy.sequence), "sequence")),
        ("Accelerators for a copy", Quantity.of(float(copy.on.count), "accelerator")),
        ("Copies at the peak", Quantity.of(float(copy.needed), "")),
        ("Accelerators with spare copies", _accelerators(copy, given)),
    )
    note: Sentence = (
        f"One {facts.offer(rental).name} holds ",
        _in(facts.accelerator(facts.offer(rental).accelerator)["memory"], "GB"),
        ", of which the engine fills ",
        Quantity.of(float(given.memory_share) * 100, "%"),
        ".",
    )
    return Table("memory", "What one copy needs", ("Part", "Size"), rows, note)


def _per_token(model: Model, given: SelfHosting, facts: Facts) -> Any:
    return serving.kv_bytes_per_token(model, cache_of(given, facts), facts)


def _in(value: Any, unit_text: str) -> Quantity:
    return Quantity.of(value.to(unit_text), unit_text)


def at_peak(draft: Draft, rental: str) -> float:
    """
    Sequences in work on one copy in the peak hour, at least one: as many as serve what comes.

    Found in the float reading, on a rate that grows with the sequences.
    """
    given, facts = draft.case.given, draft.case.facts
    copy = best_copy(rental, given, facts)  # type: ignore[arg-type]  # floats read alike
    assert not isinstance(copy, str)
    wanted = given.requests * given.peak / facts.number("730 h/month") / copy.needed

    def left(sequences: float) -> float:
        served = service_of(sequences, copy.model, copy.on, given.adapters, given, facts)  # type: ignore[arg-type]
        return float(served.rate - wanted)

    most = float(copy.service.sequences)
    if most <= 1 or left(1.0) >= 0:
        return min(most, 1.0)
    return root(left, 1.0, most)


SEQUENCES = (1, 8, 32, 64, 128, 256)


def speeds(copy: Copy, peak: float, given: SelfHosting, facts: Facts) -> Table:
    """What one copy does at the concurrency asked for, in the peak hour, and at some others."""
    columns = (
        "Sequences",
        "Time to first token",
        "Time per token",
        "Whole request",
        "Tokens written",
        "A user",
        "An accelerator",
        "Requests",
    )
    asked = float(copy.service.sequences)
    others = [n for n in SEQUENCES if n * float(copy.sequence) <= float(copy.room) and n != asked]
    rows: list[tuple[Cell, ...]] = []
    for when, sequences in (("full", asked), ("peak hour", peak), *(("", n) for n in others)):
        number = Quantity.of(float(sequences), "sequence")
        service = service_of(number, copy.model, copy.on, given.adapters, given, facts)
        written = (service.rate * given.output_tokens).to("tok/s")
        rows.append(
            (
                (f"{when}: ", number) if when else number,
                _in(service.first, "ms"),
                _in(service.token, "ms"),
                _in(service.request, "s"),
                Quantity.of(written, "tok/s"),
                Quantity.of(1 / service.token.to("s"), "tok/s"),
                Quantity.of(written / float(copy.on.count), "tok/s"),
                Quantity.of((service.rate).to("request/min"), "request/min"),
            )
        )
    note = (
        "Full is the concurrency asked for, or what fits; the peak hour has in work what your "
        "requests then keep there. Medians under steady load; at the edge of its target a server's "
        "95th percentile of the first token is about twice the median (MLPerf 4.1)."
    )
    return Table("speed", "How fast one copy is", columns, tuple(rows), (note,))


def worth(draft: Draft, slug: str, copy: Copy) -> Table:
    """What a million tokens cost, and how busy accelerators must be to beat the API."""
    given = draft.inputs
    tokens = given.requests * (given.prompt_tokens + given.output_tokens)
    own = draft.option(slug)
    full = copy.hourly / (copy.service.rate * (given.prompt_tokens + given.output_tokens))
    rows: list[tuple[str, Quantity]] = []
    if given.requests > 0:
        rows.append(("A million tokens, self-hosted", _in(own.total / tokens, "USD/Mtok")))
    rows.append(("A million tokens, never idle", _in(full, "USD/Mtok")))
    api = draft.option("api")
    if not api.refused and given.requests > 0 and float(api.total) > 0:
        rows.insert(0, ("A million tokens, API", _in(api.total / tokens, "USD/Mtok")))
        price = api.total / given.requests
        share = copy.hourly / (copy.service.rate * price)
        rows.append(("How busy to beat the API", Quantity.of(float(share) * 100, "%")))
    busy = copy.busy / (copy.needed + math.ceil(given.spare))
    rows.append(("How busy they are", Quantity.of(float(busy) * 100, "%")))
    note = (
        "Tokens are those of prompts and answers together. Busy is the share of what all rented "
        "accelerators could serve in the month; above 100 % nothing beats the API."
    )
    return Table("worth", "When it beats the API", ("Measure", "Value"), tuple(rows), (note,))


def warnings(draft: Draft, copy: Copy | str, rental: str) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given, facts = draft.inputs, draft.facts
    found: list[Sentence] = []
    offer = facts.offer(given.model)
    closed = offer.event("closed_to_new_customers", facts.day)
    if closed:
        found.append((f"{offer.name} is closed to new customers since {closed.day}.",))
    served = facts.book.models[given.weights].name
    if _plain(served) not in _plain(offer.name):
        found.append((f"{offer.name} is not {served}: compare their answers too.",))
    if isinstance(copy, str):
        return tuple(found)
    if copy.service.sequences < given.concurrency:
        found.append(
            (
                "Memory holds ",
                Quantity.of(float(copy.service.sequences), "sequence"),
                " at once and not as many as asked for.",
            )
        )
    if copy.model.routed > 0:
        experts = (
            "A mixture of experts: tables of throughput that was measured are between half of ours "
            "and 1.6 times, in the median of each. Measure before you rent."
        )
        found.append((experts,))
    if copy.service.token > facts.number("200 ms"):
        found.append(("A token takes ", _in(copy.service.token, "ms"), ": lower the concurrency."))
    if given.utilisation > 0.9:
        found.append(("Above 90 % of what it can do a copy keeps its callers waiting.",))
    sheet = facts.accelerator(facts.offer(rental).accelerator)
    how, _, peak = PRECISIONS[given.precision]
    name = facts.offer(rental).name
    if peak not in sheet:
        found.append((f"{name} does not multiply in {how}: weights are unpacked to 16 bits.",))
    elif f"{peak}_reached" not in sheet:
        found.append(
            (f"What {name} reaches in {how} is not in our source; we took what others reach.",)
        )
    if given.engine == TUNED:
        found += _untuned(copy, sheet, given, facts)
    busy = copy.busy / (copy.needed + math.ceil(given.spare))
    if busy < 0.1:
        found.append(
            ("Rented accelerators work ", Quantity.of(float(busy) * 100, "%"), " of their hours.")
        )
    return tuple(found)


def _untuned(
    copy: Copy, sheet: dict[str, Any], given: SelfHosting, facts: Facts
) -> Iterator[Sentence]:
    """What a copy serves where the engine was not tuned, if that is much less."""
    plain = replace(given, engine=PLAIN)
    reached = reached_of(plain, facts)
    on = serving.machine(sheet, copy.on.count, given.precision, copy.model, reached, facts)
    served = service_of(copy.service.sequences, copy.model, on, given.adapters, plain, facts)
    if served.rate < copy.service.rate * 0.85:
        yield (
            "A tuned engine serves ",
            _in(copy.service.rate, "request/min"),
            " a copy, one as it comes ",
            _in(served.rate, "request/min"),
            ". Measure before you rent.",
        )


def _plain(name: str) -> str:
    """A name without what its writers differ in: `Qwen3 8B` and `Qwen3-8B` are one."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
