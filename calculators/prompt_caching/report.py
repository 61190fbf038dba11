"""Prompt caching: the answer in words and tables."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

from calculators.billing.caching import hits, reads_that_pay
from calculators.billing.contradictions import contradictions
from calculators.billing.residency import placed, residency_warnings
from calculators.kernel import explore
from calculators.kernel.calculator import Draft, Report
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE
from calculators.kernel.results import Cell, Option, Sentence, Table
from calculators.kernel.units import HOURS_PER_MONTH, Quantity
from calculators.prompt_caching.formula import LONGER, lifetime
from calculators.prompt_caching.inputs import PromptCaching

IN_A_SENTENCE = {
    "no-cache": "the whole corpus without a cache",
    "cache": "the whole corpus from the cache",
    "cache-long": "the whole corpus from a longer cache",
    "cache-kept": "the whole corpus from a kept cache",
    "retrieval": "retrieval",
}

Stretch = tuple[float | None, float | None]

CORPUS_POWERS, REQUEST_POWERS = (2, 8), (1, 10)  # of ten, between which an index may begin to pay

WITHOUT_LIMIT = 1e13  # requests a month at which only what each request costs still counts

VOLUMES = (10.0, 100.0, 1_000.0, 10_000.0, 100_000.0)  # requests a day

CORPORA = (10e3, 50e3, 100e3, 200e3, 500e3)  # tokens

DAYS = HOURS_PER_MONTH / 24  # in a month


def index_lead(costs: explore.Costs) -> float:
    """By how much retrieval is cheaper than the cheapest way to send the whole corpus."""
    whole = [cost for slug, cost in costs.items() if slug != "retrieval" and cost is not None]
    index = costs["retrieval"]
    return -math.inf if index is None else min(whole, default=math.inf) - index


def index_pays(
    case: explore.Case, name: str, powers: tuple[int, int], **held: Any
) -> list[Stretch]:
    """
    The stretches of one input (base units) over which an index pays, other inputs `held`.

    None stands for an end outside the powers of ten that are walked.
    """

    def lead(x: float) -> float:
        return index_lead(case.costs(**(held | {name: x})))

    walked = [(x, lead(x) > 0) for x in explore.decades(*powers)]
    found: list[Stretch] = []
    start: float | None = None
    for (x, paid), (y, pays) in pairwise(walked):
        if paid == pays:
            continue
        at = explore.root(lead, x, y)
        if paid:
            found.append((start, at))
        start = at
    if walked[-1][1]:
        found.append((start, None))
    return found


def said(stretches: list[Stretch], unit: str, per: float = 1.0) -> Sentence:
    """'above 58k tokens', 'from … to …', 'at any' or 'never'; ends are divided by `per`."""
    parts: list[str | Quantity] = []
    for low, high in stretches:
        begin, end = (None if x is None else Quantity.of(x / per, unit) for x in (low, high))
        parts += ["; "] if parts else []
        if begin is None and end is None:
            parts.append("at any")
        elif begin is None or end is None:
            parts += ["below ", end] if end is not None else ["above ", begin or ""]
        else:
            parts += ["from ", begin, " to ", end]
    return tuple(parts) or ("never",)


def report(draft: Draft) -> Report:
    """What the options cost, and from which corpus and which volume on an index pays."""
    given = draft.inputs
    chosen = (given.model, given.embedding, given.vector_store, given.reranker)
    uses = tuple(offer for offer in chosen if offer != NONE)
    if not draft.best:
        nothing: Sentence = ("None of these options can be had on that day.",)
        return Report(nothing, nothing, uses, warnings=warnings(draft))
    by_corpus = index_pays(draft.case, "corpus_tokens", CORPUS_POWERS)
    by_volume = index_pays(draft.case, "requests", REQUEST_POWERS)
    best = draft.option(draft.best)
    subject = IN_A_SENTENCE[best.slug]
    headline: Sentence = (f"{subject[:1].upper()}{subject[1:]} costs ", best.total, " a month")
    rival = cheapest_of(draft, whole=best.slug == "retrieval")
    if rival:
        headline += (f"; {IN_A_SENTENCE[rival.slug]} ", rival.total)
    pays = said(by_corpus, "tok")
    headline += (". At your volume an index pays ", *_where(pays, "corpus"))
    headline += (", and for your corpus ", *_where(said(by_volume, "request/day", DAYS), "volume"))
    return Report(
        headline=(*headline, "."),
        finding=("An index pays ", *_where(pays, "corpus")),
        uses=uses,
        tables=(_by_volume(draft, by_corpus), _by_corpus(draft, by_volume), _caches(draft)),
        warnings=warnings(draft),
    )


def _where(pays: Sentence, what: str) -> Sentence:
    return ("at any ", what) if pays == ("at any",) else pays


def cheapest_of(draft: Draft, whole: bool) -> Option | None:
    """The cheapest option that sends the whole corpus, or retrieval; None where refused."""
    there = [o for o in draft.options if (o.slug != "retrieval") == whole and not o.refused]
    return min(there, key=lambda option: float(option.total), default=None)


def _by_volume(draft: Draft, here: list[Stretch]) -> Table:
    case, given = draft.case, draft.inputs
    daily = given.requests.value / DAYS
    rows: list[tuple[Cell, ...]] = []
    for volume in sorted({*VOLUMES, daily}):
        pays = here if volume == daily else _corpora(case, volume * DAYS)
        found = _hit(draft, lifetime(given, draft.facts), volume)
        rows.append((Quantity.of(volume, "request/day"), found, said(pays, "tok")))
    limit = said(_corpora(case, WITHOUT_LIMIT), "tok")
    rows.append(("without limit", Quantity.of(float(given.hit_rate) * 100, "%"), limit))
    rule = (
        "A rule such as “under 200,000 tokens, no retrieval” is the last row: with the cache "
        "always warm and fixed costs spread over any number of requests, both sides cost by the "
        "request, so volume cancels. On this model and this retrieval an index then pays "
    )
    note = (rule, *_where(limit, "corpus"), "; the rows above are what the rule leaves out.")
    columns = ("Requests", "Find the shorter cache warm", "An index pays, by corpus")
    title = "The corpus from which an index pays, by volume"
    return Table("by-volume", title, columns, tuple(rows), note)


def _corpora(case: explore.Case, requests: float) -> list[Stretch]:
    return index_pays(case, "corpus_tokens", CORPUS_POWERS, requests=requests)


def _by_corpus(draft: Draft, here: list[Stretch]) -> Table:
    own = draft.inputs.corpus_tokens.value
    rows = []
    for corpus in sorted({*CORPORA, own}):
        pays = here
        if corpus != own:
            pays = index_pays(draft.case, "requests", REQUEST_POWERS, corpus_tokens=corpus)
        rows.append((Quantity.of(corpus, "tok"), said(pays, "request/day", DAYS)))
    columns = ("Corpus", "An index pays, by volume")
    title = "The volume from which an index pays, by corpus"
    return Table("by-corpus", title, columns, tuple(rows))


def _caches(draft: Draft) -> Table:
    """Each way to send the corpus: how often it is warm, from when that pays, what it costs."""
    given, facts = draft.inputs, draft.facts
    model = placed(given, facts, given.model)
    rates: Any = model.at(_sent(given, facts))
    longer = next((meter for meter in LONGER if meter in rates), "")
    rows: list[tuple[Cell, ...]] = []
    for option in draft.options:
        if option.refused or option.slug == "retrieval":
            continue
        life: Cell = "–"
        warm: Cell = "–"
        pays: Cell = "–"
        if option.slug in ("cache", "cache-long"):
            long = option.slug == "cache-long"
            life = facts.number(LONGER[longer]) if long else lifetime(given, facts)
            warm = _hit(draft, life, given.requests.value / DAYS)
            write = rates.first(longer if long else "cache_write", "input")
            if rates["cached_input"] < rates["input"]:
                reads = float(reads_that_pay(rates["input"], rates["cached_input"], write))
                pays = ("above ", Quantity.of(100 * reads / (1 + reads), "%"))
        each = option.total / given.requests if given.requests else "–"
        rows.append((option.label, life, warm, pays, each))
    columns = ("Whole corpus", "Lifetime", "Find it warm", "Pays", "A request costs")
    return Table("caches", "How warm each cache is", columns, tuple(rows))


def _sent(given: PromptCaching, facts: Facts) -> Any:
    """Tokens of a prompt with the whole corpus (tok/request)."""
    prompt = max(given.prompt_tokens, given.query_tokens)
    return prompt + given.corpus_tokens * facts.number("1 /request")


def _hit(draft: Draft, lifetime: Any, volume: float) -> Quantity:
    """The share of `volume` requests a day that find the corpus in the cache."""
    day = Quantity.of(volume * DAYS, "request/month")
    shifted = replace(draft.inputs, requests=day)
    share: Quantity = hits(shifted, draft.facts, lifetime, draft.inputs.updates)
    return share


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given, facts = draft.inputs, draft.facts
    model = placed(given, facts, given.model)
    name = model.offer.name
    found: list[Sentence] = []
    cached, plain = draft.option("cache"), draft.option("no-cache")
    if not plain.refused:
        length = _sent(given, facts)
        prices: list[Any] = [model.at(length)["input"], model["input"]]
        dear, usual = prices
        if dear > usual:
            shown = [Quantity.of(price.to("USD/Mtok"), "USD/Mtok") for price in (dear, usual)]
            found.append(
                (f"With the corpus, {name} bills input at ", shown[0], ", not ", shown[1], ".")
            )
    if not cached.refused:
        if facts.size(given.model, "cache_minimum") is None:
            found.append((f"The least prefix that {name} caches is not known; none is checked.",))
        if cached.total > plain.total:
            warm = _hit(draft, lifetime(given, facts), given.requests.value / DAYS)
            found.append(("The cache costs more than none: only ", warm, " find it warm."))
    known = facts.size(given.model, "cache_lifetime")
    if known is not None and given.cache_ttl > known:
        found.append((f"{name} keeps a prompt for ", known, "; you gave ", given.cache_ttl, "."))
    return (*found, *residency_warnings(given, facts), *contradictions(given))
