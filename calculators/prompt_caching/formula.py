"""Prompt caching: how it is calculated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from calculators.billing.caching import hits
from calculators.billing.residency import placed
from calculators.billing.search import searching
from calculators.billing.tokens import OUTPUT, RETRIEVED_CONTEXT, Prompt, refusal
from calculators.kernel.facts import Facts, Rates
from calculators.kernel.items import Item
from calculators.kernel.results import Option
from calculators.prompt_caching.inputs import PromptCaching

QUESTION = Item("question", "Question")
CACHE_STORED_IN_ACTIVE_HOURS = Item("cache-stored-in-active-hours", "Cache stored in active hours")
CACHE_STORED_OR_WRITTEN_AGAIN_OVERNIGHT = Item(
    "cache-stored-or-written-again-overnight", "Cache stored or written again overnight"
)
CACHE_WRITTEN_AFTER_UPDATES = Item("cache-written-after-updates", "Cache written after updates")


@dataclass(frozen=True, slots=True)
class Prefix:
    """What every prompt begins with, by how it is billed: fresh, read back, or written."""

    fresh: Item
    read: Item
    written: Item


def _prefix(name: str, label: str) -> Prefix:
    return Prefix(
        Item(name, label),
        Item(f"{name}-read-from-the-cache", f"{label} read from the cache"),
        Item(f"{name}-written-to-the-cache", f"{label} written to the cache"),
    )


PREFIX = _prefix("corpus-and-instructions", "Corpus and instructions")
INSTRUCTIONS = _prefix("instructions", "Instructions")

LABELS = {
    "no-cache": "Whole corpus, no cache",
    "cache": "Whole corpus, cached",
    "cache-long": "Whole corpus, cached longer",
    "cache-kept": "Whole corpus, cache kept",
    "retrieval": "Retrieval",
}

LONGER = {"cache_write_1h": "1 h", "cache_write_12h": "12 h"}


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
    uncached = _uncached(facts, model, prefix)
    longer = next((meter for meter in LONGER if meter in rates), "")
    short = "" if longer else f"{model.offer.name} sells no longer lifetime."
    unkept = "" if "cache_storage" in rates else f"{model.offer.name} keeps no cache by the hour."

    def held(lifetime: Any, write: str) -> dict[Item, Any]:
        hit = hits(given, facts, lifetime, given.updates)
        return _cached(PREFIX, sent, hit, rates["cached_input"], rates.first(write, "input"))

    ways: dict[str, tuple[str, Callable[[], dict[Item, Any]]]] = {
        "no-cache": ("", lambda: {PREFIX.fresh: sent * rates["input"]}),
        "cache": (uncached, lambda: held(lifetime(given, facts), "cache_write")),
        "cache-long": (uncached or short, lambda: held(facts.number(LONGER[longer]), longer)),
        "cache-kept": (
            uncached or unkept,
            lambda: (
                {PREFIX.read: sent * rates["cached_input"]}
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


def _fresh(given: PromptCaching, rates: Rates) -> dict[Item, Any]:
    """What every option pays for alike, but for the tier: question and answer."""
    return {
        QUESTION: given.requests * given.query_tokens * rates["input"],
        OUTPUT: given.requests * given.output_tokens * rates["output"],
    }


def _cached(prefix: Prefix, sent: Any, hit: Any, read: Any, write: Any) -> dict[Item, Any]:
    """USD/month of `sent` (tok/month), read back by the share `hit` and written by the rest."""
    return {
        prefix.read: sent * hit * read,
        prefix.written: sent * (1 - hit) * write,
    }


def _kept(given: PromptCaching, facts: Facts, rates: Rates, prefix: Any) -> dict[Item, Any]:
    """USD/month to keep a prefix (tok) in a cache through all active hours."""
    hours = facts.number("730 h/month")
    write = rates.first("cache_write", "input")
    night = facts.number("24 h") * (1 - given.active_hours)
    overnight = min(night * rates["cache_storage"], write)
    return {
        CACHE_STORED_IN_ACTIVE_HOURS: prefix
        * rates["cache_storage"]
        * (hours * given.active_hours),
        CACHE_STORED_OR_WRITTEN_AGAIN_OVERNIGHT: prefix
        * overnight
        * (hours / facts.number("24 h")),
        CACHE_WRITTEN_AFTER_UPDATES: prefix * write * given.updates,
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
    items: dict[Item, Any] = {INSTRUCTIONS.fresh: sent * rates["input"]}
    if not _uncached(facts, model, instructions):
        hit = hits(given, facts, lifetime(given, facts), given.updates * 0)
        write = rates.first("cache_write", "input")
        cached = _cached(INSTRUCTIONS, sent, hit, rates["cached_input"], write)
        first, second = cached.values()
        if first + second < items[INSTRUCTIONS.fresh]:
            items = cached
    items[RETRIEVED_CONTEXT] = given.requests * prompt.fresh * rates["input"]
    monthly, once = searching(given, facts)
    return Option("retrieval", label, items | _fresh(given, rates) | monthly, once)
