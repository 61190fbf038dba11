"""Prompt caching: the whole corpus in every prompt, cached or not, or retrieval."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from calculators.approach_cost import ApproachCost
from calculators.billing.caching import hits, reads_that_pay
from calculators.billing.contradictions import contradictions
from calculators.billing.residency import placed, residency_warnings
from calculators.billing.search import searching
from calculators.billing.tokens import Prompt, refusal
from calculators.kernel import explore
from calculators.kernel.calculator import Calculator, Draft, Preset, Report
from calculators.kernel.facts import Facts, Rates
from calculators.kernel.inputs import NONE, Inputs, quantity, same
from calculators.kernel.results import Cell, Option, Sentence, Table
from calculators.kernel.units import HOURS_PER_MONTH, Number, Quantity

LABELS = {
    "no-cache": "Whole corpus, no cache",
    "cache": "Whole corpus, cached",
    "cache-long": "Whole corpus, cached longer",
    "cache-kept": "Whole corpus, cache kept",
    "retrieval": "Retrieval",
}

IN_A_SENTENCE = {
    "no-cache": "the whole corpus without a cache",
    "cache": "the whole corpus from the cache",
    "cache-long": "the whole corpus from a longer cache",
    "cache-kept": "the whole corpus from a kept cache",
    "retrieval": "retrieval",
}

LONGER = {"cache_write_1h": "1 h", "cache_write_12h": "12 h"}

GROUPS = {
    "traffic": "Traffic",
    "corpus": "Corpus and cache",
    "prompt": "Prompt and answer",
    "model": "Model",
    "retrieval": "Retrieval",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCaching(Inputs):
    """The traffic on one corpus, how long a cache lives, and the retrieval to compare with."""

    requests: Number = same(
        ApproachCost,
        "requests",
        help="Calls a month on this one corpus; ten customers with a corpus each are ten cases. "
        "Write 20k/day if that is how you count.",
    )
    active_hours: Number = quantity(
        "12 h/day",
        "Active hours",
        "Hours of the day over which requests come. The fewer, the closer together they are and "
        "the more find the cache warm. A product for one continent is busy 8 to 14 (rule of "
        "thumb).",
        group="traffic",
        low=0.5,
        high=24,
    )
    corpus_tokens: Number = same(
        ApproachCost,
        "corpus_tokens",
        group="corpus",
        default="100k",
        help="All the text the system may need. 150 help articles of 670 tokens are 100,000.",
    )
    updates: Number = quantity(
        "30 update/month",
        "Corpus updates",
        "Times a month, in active hours, that a changed corpus goes live. Each makes what is "
        "cached worthless; one a day is usual for a help centre (rule of thumb).",
        group="corpus",
    )
    cache_ttl: Number = quantity(
        "0 min",
        "Cache lifetime",
        "How long the cache holds a prompt after its last use, for the shortest lifetime its "
        "vendor sells. 0 takes what the book knows of the model, and 30 minutes (rule of thumb) "
        "where it knows nothing. An hour or twelve, where sold, is an option of its own.",
        group="corpus",
        high=1440,
    )
    hit_rate: Number = same(
        ApproachCost,
        "hit_rate",
        group="corpus",
        default="100",
        label="Hit rate, at most",
        help="Share of requests that find the whole corpus in the prompt cache. It follows from "
        "arrivals and lifetime; put in what you measured where that is less, because a cache "
        "belongs to one machine and may be evicted.",
    )
    prompt_tokens: Number = same(ApproachCost, "prompt_tokens")
    query_tokens: Number = same(
        ApproachCost,
        "query_tokens",
        help="The part of the prompt that the user wrote. It differs each time, so it is never "
        "cached; retrieval embeds it, and reranks with it.",
    )
    output_tokens: Number = same(ApproachCost, "output_tokens")
    model: str = same(ApproachCost, "model", help="Answers in every option here.")
    residency: str = same(ApproachCost, "residency")
    top_k: Number = same(ApproachCost, "top_k")
    chunk_tokens: Number = same(ApproachCost, "chunk_tokens")
    chunk_overlap: Number = same(ApproachCost, "chunk_overlap")
    corpus_change: Number = same(ApproachCost, "corpus_change", group="retrieval")
    metadata_bytes: Number = same(ApproachCost, "metadata_bytes")
    embedding: str = same(ApproachCost, "embedding")
    vector_store: str = same(ApproachCost, "vector_store")
    reranker: str = same(ApproachCost, "reranker")
    rerank_candidates: Number = same(ApproachCost, "rerank_candidates")


def prompt_caching(given: PromptCaching, facts: Facts) -> tuple[Option, ...]:
    r"""
    The same $R$ requests a month are answered in every option, each with question $q$ and
    output $o$. Their common beginning, the prefix $P$, is the instructions and the corpus; with
    a share $h$ of requests that find it in the cache,

    $$
    C = R \left[ q\,p_\text{in} + h\,P\,p_\text{read} + (1 - h)\,P\,p_\text{write}
        + o\,p_\text{out} \right],
    $$

    at the prices of a prompt of that length. Without a cache, $P$ is billed as input. A model
    refuses a prefix longer than its window, and caches none below its least length.

    Requests and updates of the corpus come at random, $\lambda$ and $\mu$ an hour, over $A$
    active hours a day. A request finds the cache warm where the latest of them within the
    lifetime $\tau$ was a request: with $x = (\lambda + \mu)\,\tau$, an interval shorter than
    both day and night, and $N = (\lambda + \mu) A$,

    $$
    h = \frac{\lambda}{\lambda + \mu}
        \left[ 1 - \frac{(1 - e^{-x}) + (N - x)\,e^{-x}}{N} \right].
    $$

    Every use renews the lifetime, and the first request after a night longer than $\tau$ misses.
    Where the vendor charges storage by the hour, a cache is also *kept*: all requests read it,
    it is stored through the active hours, kept or written again overnight (whichever is
    cheaper), and written again after each update.

    Retrieval puts top-k × chunk tokens of fresh text $x_k$ into each prompt instead of the corpus,
    and pays for searching, as in approach cost. With a warm cache and a busy index both sides
    grow by the request, $R$ cancels, and an index pays above a corpus of about

    $$
    P^* = \frac{x_k\,p_\text{in} + s}{p_\text{read}},
    $$

    with $s$ what searching costs a request. Batch prices, reasoning tokens and people are left
    out.
    """
    corpus = given.corpus_tokens * facts.number("1 /request")
    instructions = max(given.prompt_tokens - given.query_tokens, given.prompt_tokens * 0)
    whole = Prompt(instructions + given.query_tokens, corpus=corpus)
    context = given.top_k * given.chunk_tokens
    return (
        *_whole(given, facts, whole, instructions + corpus),
        _retrieval(given, facts, Prompt(whole.stable, context), instructions),
    )


def lifetime(given: PromptCaching, facts: Facts) -> Any:
    """How long the shorter cache holds a prompt: as given, as the book knows, or 30 minutes."""
    if given.cache_ttl > 0:
        return given.cache_ttl
    return facts.size(given.model, "cache_lifetime") or facts.number("30 min")


def _whole(given: PromptCaching, facts: Facts, prompt: Prompt, prefix: Any) -> list[Option]:
    """The options that send the corpus along."""
    model = placed(given, facts, given.model)
    refused = refusal(facts, model, prompt, given.output_tokens)
    if refused:
        return [Option(slug, LABELS[slug], refused=refused) for slug in LABELS][:-1]
    rates = model.at(prompt.length())
    sent = given.requests * prefix
    fresh = _fresh(given, rates)
    name = "Corpus and instructions"
    uncached = _uncached(facts, model, prefix)
    longer = next((meter for meter in LONGER if meter in rates), "")
    short = "" if longer else f"{model.offer.name} sells no longer lifetime."
    unkept = "" if "cache_storage" in rates else f"{model.offer.name} keeps no cache by the hour."

    def held(lifetime: Any, write: str) -> dict[str, Any]:
        hit = hits(given, facts, lifetime, given.updates)
        return _cached(name, sent, hit, rates["cached_input"], rates.first(write, "input"))

    ways: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
        "no-cache": ("", lambda: {name: sent * rates["input"]}),
        "cache": (uncached, lambda: held(lifetime(given, facts), "cache_write")),
        "cache-long": (uncached or short, lambda: held(facts.number(LONGER[longer]), longer)),
        "cache-kept": (
            uncached or unkept,
            lambda: (
                {f"{name} read from the cache": sent * rates["cached_input"]}
                | _kept(given, facts, rates, prefix * facts.number("1 request"))
            ),
        ),
    }
    return [
        Option(slug, LABELS[slug], {} if why else items() | fresh, refused=why)
        for slug, (why, items) in ways.items()
    ]


def _uncached(facts: Facts, model: Rates, prefix: Any) -> str:
    """Why this model caches no prefix of that length (tok/request), or ''."""
    if "cached_input" not in model:
        return f"{model.offer.name} sells no cached input."
    least = facts.size(model.offer.id, "cache_minimum")
    if least is not None and prefix < least:
        short, needed = f"{prefix:,.0f}", f"{least:,.0f}"
        return f"The prefix has {short} tokens; {model.offer.name} caches {needed} or more."
    return ""


def _fresh(given: PromptCaching, rates: Rates) -> dict[str, Any]:
    """What every option pays for alike, but for the tier: question and answer."""
    return {
        "Question": given.requests * given.query_tokens * rates["input"],
        "Output": given.requests * given.output_tokens * rates["output"],
    }


def _cached(name: str, sent: Any, hit: Any, read: Any, write: Any) -> dict[str, Any]:
    """USD/month of `sent` (tok/month), read back by the share `hit` and written by the rest."""
    return {
        f"{name} read from the cache": sent * hit * read,
        f"{name} written to the cache": sent * (1 - hit) * write,
    }


def _kept(given: PromptCaching, facts: Facts, rates: Rates, prefix: Any) -> dict[str, Any]:
    """USD/month to keep a prefix (tok) in a cache through all active hours."""
    hours = facts.number("730 h/month")
    write = rates.first("cache_write", "input")
    night = facts.number("24 h") * (1 - given.active_hours)
    overnight = min(night * rates["cache_storage"], write)
    return {
        "Cache stored in active hours": prefix
        * rates["cache_storage"]
        * (hours * given.active_hours),
        "Cache stored or written again overnight": prefix
        * overnight
        * (hours / facts.number("24 h")),
        "Cache written after updates": prefix * write * given.updates,
    }


def _retrieval(given: PromptCaching, facts: Facts, prompt: Prompt, instructions: Any) -> Option:
    """Retrieval; its instructions are cached where that is possible and saves."""
    label = LABELS["retrieval"]
    model = placed(given, facts, given.model)
    refused = refusal(facts, model, prompt, given.output_tokens)
    if refused:
        return Option("retrieval", label, refused=refused)
    rates = model.at(prompt.length())
    sent = given.requests * instructions
    items: dict[str, Any] = {"Instructions": sent * rates["input"]}
    if not _uncached(facts, model, instructions):
        hit = hits(given, facts, lifetime(given, facts), given.updates * 0)
        write = rates.first("cache_write", "input")
        cached = _cached("Instructions", sent, hit, rates["cached_input"], write)
        first, second = cached.values()
        if first + second < items["Instructions"]:
            items = cached
    items["Retrieved context"] = given.requests * prompt.fresh * rates["input"]
    monthly, once = searching(given, facts)
    return Option("retrieval", label, items | _fresh(given, rates) | monthly, once)


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


PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "requests": "1.5k/day",
            "active_hours": "10",
            "corpus_tokens": "120k",
            "updates": "2",
            "corpus_change": "2",
            "prompt_tokens": "14k",
            "query_tokens": "12k",
            "output_tokens": "800",
            "model": "anthropic/claude-sonnet-5-5",
        },
    ),
    Preset(
        "Regulated bank",
        {
            "requests": "200/day",
            "active_hours": "9",
            "corpus_tokens": "180k",
            "updates": "4",
            "cache_ttl": "5",
            "corpus_change": "2",
            "prompt_tokens": "2k",
            "output_tokens": "500",
            "model": "anthropic/claude-sonnet-5-5",
        },
    ),
    Preset(
        "Code assistant",
        {
            "requests": "3k/day",
            "active_hours": "10",
            "corpus_tokens": "400k",
            "updates": "20/day",
            "cache_ttl": "5",
            "corpus_change": "20",
            "prompt_tokens": "3k",
            "query_tokens": "500",
            "output_tokens": "800",
            "top_k": "15",
            "model": "anthropic/claude-opus-5-5",
        },
    ),
    Preset(
        "Medical coding",
        {
            "requests": "20k",
            "active_hours": "10",
            "corpus_tokens": "60k",
            "updates": "1",
            "cache_ttl": "5",
            "corpus_change": "1",
            "query_tokens": "700",
            "prompt_tokens": "2.5k",
            "output_tokens": "150",
            "model": "google/gemini-3.8-flash",
        },
    ),
    Preset("Internal search", {"requests": "50k", "corpus_tokens": "500M", "top_k": "10"}),
)

CALCULATOR = Calculator(
    slug="prompt-caching",
    question="Whole corpus in the prompt, or retrieval?",
    inputs=PromptCaching,
    groups=GROUPS,
    formula=prompt_caching,
    report=report,
    along="corpus_tokens",
    decades=(3, 7),
    presets=PRESETS,
    rising=(),  # a request keeps the cache warm for the next
    leading=("corpus_tokens", "requests", "active_hours", "cache_ttl", "model", "top_k"),
)
