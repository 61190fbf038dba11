"""Latency budget: how long an answer takes stage by stage, and whether that meets a target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calculators.approach_cost import APPROACHES, FLOOR, ApproachCost
from calculators.kernel import explore
from calculators.kernel.calculator import Calculator, Draft, Preset, Report
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field, Inputs, one_of, quantity, same
from calculators.kernel.results import Cell, Option, Sentence, Table
from calculators.kernel.trace import applied, bare, recording
from calculators.kernel.units import Number, Quantity, added, unit
from calculators.statistics.sums import Case, Mixture, spread

GROUPS = {
    "target": "The target",
    "request": "The request",
    "retrieval": "Before the model",
    "model": "The model",
    "cold": "Cold starts",
}

UNTIL = {"first-token": "First token", "last-token": "Last token"}
PERCENTILES = (0.5, 0.95, 0.99)

SHOWN = 10  # inputs in the table of changes
NEVER, AT_MOST, AT_LEAST = "–", "≤\N{NO-BREAK SPACE}", "≥\N{NO-BREAK SPACE}"
SEARCHING = frozenset({"Query embedding", "Vector search", "Reranking"})
IN_A_SENTENCE = {
    "long-context": "with long context",
    "retrieval": "with retrieval",
    "fine-tuned": "fine-tuned",
    "hybrid": "with both",
}

# Published 95th percentiles by their medians, least and greatest: MLPerf's server logs, in which
# those of whole answers of reasoning are the longest of all.
MEASURED_TAILS = {
    "first_token_tail": (1.4, 2.6),
    "decode_tail": (1.0, 1.35),
    "output_tail": (1.0, 6.5),
}
LONGEST_TAIL = 6.5

ADDED_UP = (
    "The last column is what a budget says that adds up each stage's own percentile: too much in "
    "the tail, because stages are seldom slow together."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyBudget(Inputs):
    """The target, the request, and each stage by its median and its tail."""

    target: Number = quantity(
        "2 s",
        "Target",
        "By when a reader must see something. MLPerf allows its reasoning model 2 s to the first "
        "token; a sizing guide for retrieval calls up to 3 s low-latency chat.",
        group="target",
        low=0.001,
    )
    percentile: Number = quantity(
        "95 %",
        "Percentile",
        "The share of requests that must meet the target. The median says nothing of the tail; "
        "MLPerf holds its target for 99 %.",
        group="target",
        low=50,
        high=99.9,
    )
    until: str = one_of(
        UNTIL,
        "first-token",
        "Clock stops at",
        "The first token where the answer is streamed to a person; the last where it is parsed, "
        "checked or handed on.",
        group="target",
    )
    prompt_tokens: Number = same(ApproachCost, "prompt_tokens", group="request")
    tuned_prompt_tokens: Number = same(ApproachCost, "tuned_prompt_tokens", group="request")
    top_k: Number = same(ApproachCost, "top_k", group="request")
    chunk_tokens: Number = same(ApproachCost, "chunk_tokens", group="request")
    corpus_tokens: Number = same(
        ApproachCost,
        "corpus_tokens",
        group="request",
        default="100k",
        help="Long context only: all the text, read with every request that does not find it in "
        "the cache. 150 help articles of 670 tokens are 100,000.",
    )
    output_tokens: Number = same(ApproachCost, "output_tokens", group="request", checked=(1, 2_000))
    output_tail: Number = quantity(
        "2.6",
        "Answer length, tail",
        "Length at the 95th percentile by the median. End to end, chat in MLPerf took 2.6 times "
        "its median and reasoning 6.3 times, mostly because answers differ in length.",
        group="request",
        low=1,
        high=10,
        rare=True,
    )
    cached_share: Number = same(
        ApproachCost,
        "cached_share",
        group="request",
        help="Share of the prompt that is found in the prompt cache and not read again. "
        "Retrieved text is counted as never cached.",
    )
    hit_rate: Number = same(
        ApproachCost,
        "hit_rate",
        group="request",
        help="Long context only: share of requests that find the whole corpus in the prompt "
        "cache. The others wait until it is read.",
    )
    context_window: Number = quantity(
        "1M tok/request",
        "Context window",
        "Long context only: the longest prompt and answer that the model takes.",
        group="request",
        rare=True,
    )
    network_latency: Number = quantity(
        "0.05 s",
        "Network",
        "From the reader to your service and back, with your own code (rule of thumb).",
        group="retrieval",
        low=0.001,
    )
    network_tail: Number = quantity(
        "2",
        "Network, tail",
        "95th percentile by the median (rule of thumb).",
        group="retrieval",
        low=1,
        high=10,
        rare=True,
    )
    embedding_latency: Number = quantity(
        "0.2 s",
        "Query embedding",
        "One call. Public services: 0.15 to 0.3 s on average (one weak source); a dedicated one "
        "answered in 0.09 s. 0 where there is none.",
        group="retrieval",
    )
    embedding_tail: Number = quantity(
        "1.3",
        "Query embedding, tail",
        "95th percentile by the median. One weak source has a 99th percentile of 1.4 to 1.5 times "
        "the average, which makes it 1.3.",
        group="retrieval",
        low=1,
        high=10,
        rare=True,
    )
    search_latency: Number = quantity(
        "0.01 s",
        "Vector search",
        "With the way there. Over 10 million vectors most stores publish a 99th percentile of 2 to "
        "18 ms without network, serverless ones of 55 ms and object storage of 560 ms.",
        group="retrieval",
    )
    search_tail: Number = quantity(
        "1.3",
        "Vector search, tail",
        "95th percentile by the median. One benchmark has 1.24 to 1.27 times the mean.",
        group="retrieval",
        low=1,
        high=10,
        rare=True,
    )
    rerank_latency: Number = quantity(
        "0.35 s",
        "Reranking",
        "Public services add 0.33 to 0.36 s, a dedicated one took 0.1 to 0.2 s, a small model on "
        "a processor 3.5 s. 0 where there is none.",
        group="retrieval",
    )
    rerank_tail: Number = quantity(
        "2",
        "Reranking, tail",
        "95th percentile by the median; no published figure, so that of a first token "
        "(rule of thumb).",
        group="retrieval",
        low=1,
        high=10,
        rare=True,
    )
    first_token_latency: Number = quantity(
        "0.45 s",
        "First token",
        "Time to first token of a short prompt: queue, way there, first step. Trackers have 0.45 "
        "to 0.74 s for hosted models in June 2026, and disagree by up to 1.7 times.",
        group="model",
        checked=(0.1, 1),
    )
    first_token_tail: Number = quantity(
        "2",
        "First token, tail",
        "95th percentile by the median, reading of the prompt included. MLPerf: 1.4 to 2.2 for "
        "one model on ten systems, means of 1.7 to 2.6 over six. No public figure of a hosted "
        "service is to be trusted; expect worse.",
        group="model",
        low=1,
        high=10,
        rare=True,
    )
    prefill_rate: Number = quantity(
        "10k tok/s",
        "Prefill rate",
        "Prompt tokens read a second. A tuned 20B model had its first token after 1,600 tokens in "
        "0.135 s, some 12,000 a second; an 8B under load read 26,000 (rule of thumb).",
        group="model",
        low=1,
    )
    prefill_doubling: Number = quantity(
        "60k tok/request",
        "Prefill doubles at",
        "Prompt length at which attention takes as long as the weights: parameters by layers and "
        "hidden size, 61,000 for 8B and 107,000 for 70B models of the Llama shape.",
        group="model",
        low=100,
        rare=True,
    )
    decode_rate: Number = quantity(
        "100 tok/s",
        "Decode rate",
        "Tokens written a second to one reader. Trackers have 104 to 200 for three hosted models.",
        group="model",
        low=0.1,
        checked=(5, 140),
    )
    decode_tail: Number = quantity(
        "1.2",
        "Decode, tail",
        "Time per token at the 95th percentile by the median. MLPerf: 1.02 to 1.32 over six "
        "workloads.",
        group="model",
        low=1,
        high=10,
        rare=True,
    )
    context_doubling: Number = quantity(
        "147k tok/request",
        "Decode halves at",
        "Context at which a token takes twice as long to write. Measured on one H100 with an 8B "
        "model: 6.44 ms and 0.0437 ms more for each thousand tokens.",
        group="model",
        low=100,
        rare=True,
    )
    tuned_speed: Number = quantity(
        "100 %",
        "Tuned model's speed",
        "Prefill and decode of the tuned model, by the other's. 100 % where weights are merged; an "
        "adapter kept apart took 1.7 times as long in one measurement, 59 %. A smaller model is "
        "faster.",
        group="model",
        low=1,
        high=1000,
    )
    cold_start: Number = quantity(
        "20 s",
        "Cold start",
        "Time to load the tuned model or its adapter where it is not in memory (rule of thumb); "
        "measure it.",
        group="cold",
    )
    cold_start_tail: Number = quantity(
        "1.5",
        "Cold start, tail",
        "95th percentile by the median (rule of thumb).",
        group="cold",
        low=1,
        high=10,
        rare=True,
    )
    cold_start_share: Number = quantity(
        "0 %",
        "Cold requests",
        "Share of requests that meet the tuned model cold. None where it is always kept running; "
        "some where it is scaled to zero or adapters take turns.",
        group="cold",
    )


@dataclass(slots=True)
class Stage:
    """Parts, by name, that share one random factor; its spread; their median in hours."""

    parts: dict[str, Any]
    spread: Any
    median: Any


# How often, and the stages that the request has then.
Way = tuple[Any, Sequence[Stage]]


def latency_budget(given: LatencyBudget, facts: Facts) -> tuple[Option, ...]:
    r"""
    A stage takes its median times a random factor, log-normal and independent of the other
    stages. With $\tau$ for its tail, the 95th percentile by the median, the factor has

    $$
    \sigma = \frac{\ln \tau}{1.645}.
    $$

    The model reads $n$ new tokens after $c$ cached ones at rate $r$, slower as attention grows,

    $$
    t_\text{read} = \frac{n}{r} \left( 1 + \frac{2c + n}{n_2} \right),
    $$

    where $n_2$ is the length at which it takes twice as long. Time to first token, with
    everything that is read, has one factor. The answer of $o$ tokens after a context of $x$ takes

    $$
    t_\text{write} = \frac{o}{d} \left( 1 + \frac{x}{x_2} \right),
    $$

    at decode rate $d$, halved at a context of $x_2$; its length and its pace both vary, so its
    factor is the product of two.

    The percentile is that of the sum, never the sum of percentiles. The sum is taken for a
    shifted log-normal with the same mean, variance and third moment. Where some requests meet a
    cold start or miss the cache, both kinds are mixed by their shares. A line item is what its
    stage takes on average in the requests at that percentile: its median times the factor shown.
    """
    refused = refusal(given, facts)
    return tuple(
        Option(slug, label, floor=FLOOR if slug == "prompt" else "", refused=refused)
        if slug == "long-context" and refused
        else _option(slug, label, given, facts)
        for slug, label in APPROACHES.items()
    )


def refusal(given: Any, facts: Facts) -> str:
    """Why the corpus cannot be read whole, or ''."""
    corpus = given.corpus_tokens * facts.number("1 /request")
    fits = not given.prompt_tokens + corpus + given.output_tokens > given.context_window
    return "" if fits else "The corpus does not fit into the context window."


def _option(slug: str, label: str, given: Any, facts: Facts) -> Option:
    """The percentile of one approach, parted into what its stages have in it."""
    found = ways(slug, given, facts)
    mixture = Mixture.of(cases(found))
    point = mixture.at(bare(given.percentile))
    medians: dict[str, Any] = {}
    factors: dict[str, float] = {}
    shares = () if recording(point) else mixture.contributions(point)
    for (_, stages), means in zip(found, shares, strict=False):
        for stage, mean in zip(stages, means, strict=True):
            factor = mean / stage.median if stage.median else 0.0
            for name, median in stage.parts.items():
                if median:
                    medians[name] = median
                    factors[name] = factors.get(name, 0.0) + factor
    lines = {name: median * factors[name] for name, median in medians.items() if factors[name]}
    floor = FLOOR if slug == "prompt" else ""
    return Option(slug, label, lines, floor=floor, comes_to=facts.number("1 h") * point)


def cases(found: Sequence[Way]) -> tuple[Case, ...]:
    """The same as medians in hours and spreads, for the sum."""
    return tuple(
        (often, tuple((stage.median, stage.spread) for stage in stages)) for often, stages in found
    )


def whatever_fits(given: LatencyBudget, facts: Facts) -> tuple[Option, ...]:
    """What each approach takes, whether or not the corpus fits into the context window."""
    return tuple(_option(slug, label, given, facts) for slug, label in APPROACHES.items())


def ways(slug: str, given: Any, facts: Facts) -> list[Way]:
    """The stages of one approach, for each kind of request that there is."""
    request = facts.number("1 request")
    tuned, searched = slug in ("fine-tuned", "hybrid"), slug in ("retrieval", "hybrid")
    prompt = given.tuned_prompt_tokens if tuned else given.prompt_tokens
    cached = prompt * given.cached_share
    fresh = prompt * (1 - given.cached_share)
    before = [_stage({"Network": given.network_latency}, _spread(given.network_tail))]
    if searched:
        before += [
            _stage({"Query embedding": given.embedding_latency}, _spread(given.embedding_tail)),
            _stage({"Vector search": given.search_latency}, _spread(given.search_tail)),
            _stage({"Reranking": given.rerank_latency}, _spread(given.rerank_tail)),
        ]

    def pace(rate: Any) -> Any:
        return rate * given.tuned_speed if tuned else rate

    def read(new: Any, after: Any) -> Any:
        slower = 1 + (new + after * 2) / given.prefill_doubling
        return new * request / pace(given.prefill_rate) * slower

    def answered(added: dict[str, Any], context: Any) -> list[Stage]:
        """All stages, where so much is read beside the prompt, and the answer has that context."""
        parts = {"First token": given.first_token_latency, "Prompt": read(fresh, cached)} | added
        stages = [*before, _stage(parts, _spread(given.first_token_tail))]
        if given.until == "last-token":
            slower = 1 + context / given.context_doubling
            writing = given.output_tokens * request / pace(given.decode_rate) * slower
            both = _spread(given.output_tail), _spread(given.decode_tail)
            varied = applied(math.hypot, *both)
            stages.append(_stage({"Answer": writing}, varied))
        return stages

    if slug == "long-context":
        corpus = given.corpus_tokens * facts.number("1 /request")
        hits, whole = bare(given.hit_rate), prompt + corpus
        # What the prompt takes longer because it is read after the corpus.
        after = fresh * request / pace(given.prefill_rate) * (corpus * 2 / given.prefill_doubling)
        hit = answered({"Corpus in the cache": after}, whole)
        missed = answered({"Corpus": read(corpus, prompt)}, whole)
        return [(often, stages) for often, stages in ((hits, hit), (1 - hits, missed)) if often]
    if searched:
        found = given.top_k * given.chunk_tokens
        stages = answered({"Retrieved text": read(found, prompt)}, prompt + found)
    else:
        stages = answered({}, prompt)
    cold = bare(given.cold_start_share) if tuned else 0.0
    start = _stage({"Cold start": given.cold_start}, _spread(given.cold_start_tail))
    both = ((1 - cold, stages), (cold, [*stages, start]))
    return [(often, stages) for often, stages in both if often]


def _stage(parts: dict[str, Any], sigma: Any) -> Stage:
    return Stage(parts, sigma, bare(added(parts.values())))


def _spread(tail: Any) -> Any:
    return applied(spread, tail)


def room(draft: Draft, case: explore.Case, slug: str, field: Field) -> tuple[float, bool] | None:
    """
    The value of an input at which that approach takes exactly the target, and whether it takes
    less below it; None where no value within a thousandfold does, or within a share's bounds.
    """
    target, taken = float(case.given.target), float(draft.option(slug).total)
    now, scale = getattr(case.given, field.name), unit(field.unit).scale
    low, high = field.low * scale, field.high * scale

    def late(x: float) -> float:
        taken = case.totals(**{field.name: x})[slug]
        assert taken is not None, "none is refused"
        return taken - target

    if field.is_share and math.isfinite(high):
        sides = ((low, now), (high, now))
    else:
        sides = (
            (max(now / explore.FAR, low), max(now / 2, low)),
            (min(now * explore.FAR, high), min(now * 2, high)),
        )
    for far, near in sides:
        there = late(far)
        if far != now and math.isclose(there + target, taken, rel_tol=1e-9):
            return None  # this approach does not depend on it
        if (there > 0) != (taken > target):
            within = now if (late(near) > 0) == (there > 0) else far
            return explore.root(late, *sorted((near, within))), (there > 0) == (far > now)
    return None


def report(draft: Draft) -> Report:
    """Which approaches meet the target, what retrieval adds, and what would have to change."""
    given, facts = draft.case.given, draft.case.facts
    offered = [option for option in draft.options if not option.refused]
    times = {option.slug: Mixture.of(cases(ways(option.slug, given, facts))) for option in offered}
    share = _percent(given.percentile)
    ends = "have their first token" if given.until == "first-token" else "are answered in full"
    other = "retrieval" if draft.best != "retrieval" else "fine-tuned"
    headline: Sentence = (
        share, f" of requests {ends} within ", _time(float(draft.option(draft.best).total)),
        f" {IN_A_SENTENCE[draft.best]} and within ", _time(float(draft.option(other).total)),
        f" {IN_A_SENTENCE[other]}. ", *_verdict(draft),
    )  # fmt: skip
    before, after = (float(draft.option(slug).total) for slug in ("fine-tuned", "retrieval"))
    more = "Retrieval adds " if after > before else "Retrieval saves "
    finding: Sentence = (more, _time(abs(after - before)), " over a tuned model, at ", share)
    return Report(
        headline=headline,
        finding=finding,
        uses=(),
        tables=(_met(draft, times), _added(draft, times), _changes(draft)),
        warnings=warnings(draft),
    )


def _verdict(draft: Draft) -> Sentence:
    meets: dict[bool, list[str]] = {True: [], False: []}
    for option in draft.options:
        if not option.refused and not option.floor:
            late = float(option.total) > float(draft.inputs.target)
            meets[not late].append(APPROACHES[option.slug].lower())
    target = _time(float(draft.inputs.target))
    if not meets[True]:
        return ("None of the approaches meets the target of ", target, ".")
    if not meets[False]:
        return ("All of the approaches meet the target of ", target, ".")
    some, others = (_listed(meets[met]) for met in (True, False))
    verb = "meets" if len(meets[True]) == 1 else "meet"
    negative = "does not" if len(meets[False]) == 1 else "do not"
    return (
        f"{some[:1].upper()}{some[1:]} {verb} the target of ",
        target,
        f"; {others} {negative}.",
    )


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _time(hours: float) -> Quantity:
    return Quantity.of(hours / unit("s").scale, "s")


def _percent(share: Any) -> Quantity:
    return Quantity.of(float(share) * 100, "%")


def _met(draft: Draft, times: dict[str, Mixture]) -> Table:
    """Each approach at the usual percentiles, and the share of requests that meet the target."""
    target = draft.case.given.target
    return Table(
        "target",
        "How often is the target met?",
        ("Approach", "Median", "95 %", "99 %", "Requests in time"),
        tuple(
            (
                APPROACHES[slug],
                *(_time(taken.at(share)) for share in PERCENTILES),
                _percent(taken.share_below(target)),
            )
            for slug, taken in times.items()
        ),
        ("The target is ", _time(target), "."),
    )


def _added(draft: Draft, times: dict[str, Mixture]) -> Table:
    """What retrieval takes longer than a tuned model with its short prompt."""
    given, facts = draft.case.given, draft.case.facts
    ((_, stages),) = ways("retrieval", given, facts)
    rows = []
    for share in PERCENTILES:
        tuned, searched = times["fine-tuned"].at(share), times["retrieval"].at(share)
        alone = [Mixture.of([(1.0, ((s.median, s.spread),))]).at(share) for s in stages]
        rows.append(
            (
                _percent(share),
                _time(tuned),
                _time(searched),
                _time(searched - tuned),
                _time(math.fsum(alone)),
            )
        )
    lines = draft.option("retrieval").lines
    searching = added(v for n, v in lines.items() if n in SEARCHING)
    note: Sentence = (
        "In the requests at ", _percent(given.percentile), ", searching takes ",
        _time(float(searching)), " and reading what was found ",
        _time(float(lines.get("Retrieved text", 0.0))),
        f". {ADDED_UP}",
    )  # fmt: skip
    return Table(
        "added",
        "What does retrieval add to a tuned model with the short prompt?",
        ("Requests within", "Fine-tuned", "Retrieval", "Added", "Retrieval, percentiles added up"),
        tuple(rows),
        note,
    )


def _changes(draft: Draft) -> Table:
    """For each input the value at which each approach takes exactly the target."""
    slugs = [option.slug for option in draft.options if not option.refused and not option.floor]
    case = explore.Case.of(whatever_fits, draft.inputs, draft.facts)
    rows: list[tuple[float, tuple[Cell, ...]]] = []
    for field in LatencyBudget.fields():
        if field.is_choice or field.group == "target":
            continue
        now = getattr(draft.case.given, field.name)
        cells: list[Cell] = []
        nearest = math.inf
        for slug in slugs:
            found = room(draft, case, slug, field)
            if not found:
                cells.append(NEVER)
                continue
            at, less = found
            nearest = min(nearest, explore.distance(field, now, at))
            cells.append((AT_MOST if less else AT_LEAST, _of(field, at)))
        if nearest < math.inf:
            rows.append((nearest, (field.label, _of(field, now), *cells)))
    rows.sort(key=lambda row: row[0])
    return Table(
        "changes",
        "What would meet the target?",
        ("Input", "Now", *(APPROACHES[slug] for slug in slugs)),
        tuple(row for _, row in rows[:SHOWN]),
        (f"One input at a time, within a thousandfold, the least change first; {NEVER}: never.",),
    )


def _of(field: Field, value: float) -> Quantity:
    return Quantity.of(value / unit(field.unit).scale, field.unit)


def warnings(draft: Draft) -> tuple[Sentence, ...]:
    """What a reader of this answer must know before using it."""
    given = draft.inputs
    found: list[Sentence] = []
    target = float(given.target)
    (_, stages), *_ = ways(draft.best, draft.case.given, draft.case.facts)
    for stage in stages:
        if stage.median > target and ("Answer" in stage.parts or "First token" in stage.parts):
            what = "Writing the answer" if "Answer" in stage.parts else "The model's first token"
            found.append(
                (
                    f"{what} alone takes ",
                    _time(stage.median),
                    " in the median: nothing before the model can meet the target.",
                )
            )
    for field, (low, high) in MEASURED_TAILS.items():
        tail = float(getattr(given, field))
        used = field == "first_token_tail" or given.until == "last-token"
        if used and not low <= tail <= high:
            label = CALCULATOR.field(field).label
            found.append((f"{label}: {tail:g} is outside of what was measured, {low} to {high}.",))
    worst = max(
        float(getattr(given, field.name))
        for field in LatencyBudget.fields()
        if field.name.endswith("_tail")
    )
    if worst > LONGEST_TAIL:
        found.append(
            (f"A tail of {worst:g} is beyond {LONGEST_TAIL}, up to which the sum was checked.",)
        )
    late = 1 - float(given.percentile)
    if float(given.cold_start_share) > late:
        found.append(
            (
                _percent(given.cold_start_share),
                " of the tuned model's requests start cold and only ",
                _percent(late),
                " may be late: the figure is that of a cold start.",
            )
        )
    missed = 1 - float(given.hit_rate)
    if missed > late and not draft.option("long-context").refused:
        found.append(
            (
                _percent(missed),
                " of the requests with long context read the whole corpus and only ",
                _percent(late),
                " may be late: the figure is that of a miss.",
            )
        )
    if float(given.percentile) > 0.99:
        found.append(("Beyond 99 % no tail was published that could be checked against.",))
    if given.tuned_prompt_tokens > given.prompt_tokens:
        found.append(("The tuned prompt is longer than the prompt it replaces.",))
    return tuple(found)


PRESETS = (
    Preset("Support bot", {}),
    Preset(
        "Contract extraction",
        {
            "until": "last-token",
            "target": "30",
            "prompt_tokens": "4k",
            "tuned_prompt_tokens": "1k",
            "output_tokens": "800",
            "output_tail": "1.5",
            "top_k": "8",
            "chunk_tokens": "600",
        },
    ),
    Preset(
        "Code assistant",
        {
            "until": "last-token",
            "target": "1.5",
            "output_tokens": "60",
            "output_tail": "2",
            "prompt_tokens": "2k",
            "top_k": "3",
            "rerank_latency": "0",
            "tuned_speed": "150",
        },
    ),
    Preset(
        "Scaled to zero",
        {"target": "3", "percentile": "99", "cold_start_share": "3", "hit_rate": "99.5"},
    ),
    Preset(
        "Reasoning",
        {
            "until": "last-token",
            "target": "1 min",
            "output_tokens": "2k",
            "output_tail": "6.3",
            "hit_rate": "99",
        },
    ),
)

CALCULATOR = Calculator(
    slug="latency-budget",
    question="Does it meet the latency target?",
    inputs=LatencyBudget,
    groups=GROUPS,
    formula=latency_budget,
    report=report,
    along="top_k",
    decades=(0, 2),
    presets=PRESETS,
    leading=("target", "percentile", "until", "prompt_tokens", "top_k", "output_tokens"),
    unit="s",
    superlative="fastest",
    target="target",
)
