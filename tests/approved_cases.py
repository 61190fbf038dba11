"""
Approved outputs: what a reader sees of some cases, in files that a person can read and review.

`tests/approved/` holds the files. `make approve` writes them anew after a change that is meant;
the difference then belongs to the review. All of them are on one day, on which all sources count
as read, so that neither a new price nor a source that was read again changes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.calculator import Calculator, Result
from calculators.kernel.drift import drift
from tools.records import everything
from tools.records import evidence as read_evidence
from tools.site import subscriptions
from views import charts, glossary
from views.answer import bills, card, citation, data, embed, export, form, html, page, terminal
from views.answer.record import VARIANTS, folded, take
from views.book import calendar, columns, feeds, prices, vendors
from views.charts import Spec
from views.evidence import studies

APPROVED = Path(__file__).parent / "approved"
DAY = date(2026, 11, 22)
LATER = date(2027, 1, 15)  # on which some announced prices hold
SITE = "https://guide.example/"
WIDTH = 110  # letters of a line of HTML, beyond which an element's parts have lines of their own
FEW = 6  # values of a long list that are shown


@dataclass(frozen=True, slots=True)
class Case:
    """One answer: a calculator, a name for the case, and inputs as a link has them."""

    slug: str
    name: str
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """What its files are called, without the ending."""
        return f"{self.slug}-{self.name}"

    @property
    def calculator(self) -> Calculator:
        """The calculator that answers it."""
        return CALCULATORS[self.slug]

    def answer(self, on: date = DAY) -> Result:
        """Its answer. Raises ValueError where an input is wrong."""
        return _answer(self.slug, tuple(self.given.items()), on)


def preset(slug: str, name: str, label: str, **given: str) -> Case:
    """The preset of that label, with some inputs changed."""
    known = {preset.label: preset.given for preset in CALCULATORS[slug].presets}
    return Case(slug, name, {**known[label], **given})


USUAL = [Case(slug, "usual") for slug in CALCULATORS]
SPECIAL = [
    # Ranges, a map, a batch, a region, an offer that is closed, and nine warnings.
    Case(
        "approach-cost",
        "ranges",
        {
            "requests": "150k..600k",
            "cached_share": "30..70",
            "corpus_tokens": "300k",
            "batch_share": "20",
            "residency": "region",
            "model": "google/gemini-3.5-flash",
            "tuned_model": "azure/gpt-4o-tuned",
            "rental": "runpod/h100-sxm",
        },
    ),
    # Flips below and above, other words of a choice, and none that can be had with two of them.
    preset("approach-fit", "close-call", "Contract extraction"),
    # No option that can be had.
    Case(
        "approach-fit",
        "nothing-fits",
        {
            "residency": "own",
            "auditability": "required",
            "corpus_tokens": "500M",
            "freshness": "minutes",
        },
    ),
    # Flips below, and a band of break-even volumes.
    preset("break-even", "ranges", "Code assistant", build_weeks="4..10"),
    preset("evaluation-size", "strict", "Regulated bank"),
    # A target, tails, and ranges.
    preset("latency-budget", "cold", "Scaled to zero", first_token_latency="0.3..0.7"),
    # Offers that end, and qualities that differ.
    preset(
        "ownership",
        "ending",
        "Regulated bank",
        retrieval_accuracy="80",
        fine_tuned_accuracy="70",
    ),
    # A price that rises on a known day, and a cache that wins.
    preset("prompt-caching", "announced", "Medical coding"),
    # Nothing flips it.
    preset("prompt-caching", "too-large", "Internal search"),
    # Four accelerators, a word that flips it, and a model that ends.
    preset("self-hosting", "large", "Contract extraction, 70B"),
    preset("training-run", "large", "Regulated bank, 70B", label_minutes="2"),
    # A store that is too small, ranges, and flips below.
    preset("vector-index", "ranges", "Code assistant", queries="200k..2M"),
]
CASES = [*USUAL, *SPECIAL]

# Of each kind, offers whose rows have something of their own: an end, a change, a tier, a note.
OFFERS = (
    "anthropic/claude-haiku-5-5",
    "aws/claude-3-haiku-tuned",
    "aws/llama-3.3-70b",
    "aws/s3-vectors",
    "azure/gpt-4o-tuned",
    "azure/gpt-oss-20b-tuned",
    "azure/text-embedding-3-small",
    "cohere/chat-tuned",
    "cohere/rerank-v5.0-fast",
    "deepseek/deepseek-v4-pro",
    "fireworks/sft-lora-80b-training",
    "google/gemini-2.5-flash",
    "google/gemini-2.5-flash-tuned",
    "google/gemini-3.5-flash",
    "google/gemini-3.8-flash",
    "google/gemini-4-argon",
    "google/gemini-embedding-2",
    "google/file-search",
    "google/llama-3.3-70b-training",
    "openai/gpt-3.5-turbo",
    "openai/gpt-3.5-turbo-tuned",
    "openai/gpt-4o",
    "openai/gpt-4o-tuned",
    "openai/gpt-6-luna",
    "openai/gpt-6.1-sol",
    "openai/file-search",
    "pinecone/dedicated-read-nodes",
    "pinecone/pods",
    "pinecone/standard",
    "runpod/h100-sxm",
    "runpod/l40s",
    "supabase/pro",
    "together/h100",
    "turbopuffer/launch",
)
STUDIES = ("ovadia-2024", "finetunebench-2024", "mlperf-4-1-2024")


@cache
def book() -> Book:
    """The book, whose sources were all read on one day."""
    records = everything()
    for record in records.values():
        for source in record["sources"].values():
            source["read"] = DAY.isoformat()
    return Book.parse(records)


@cache
def few(names: tuple[str, ...] = OFFERS) -> Book:
    """A book of these offers alone."""
    whole = book()
    return replace(whole, offers={name: whole.offer(name) for name in sorted(names)})


def outputs() -> dict[str, Callable[[], str]]:
    """Every approved file by its name, and what makes its text."""
    made: dict[str, Callable[[], str]] = {}
    for case in CASES:
        made[f"{case.file}.txt"] = partial(_terminal, case)
        made[f"{case.file}.md"] = partial(_record, case)
        made[f"{case.file}.html"] = partial(_whole_answer, case)
    return made | PAGES


@cache
def _answer(slug: str, given: tuple[tuple[str, str], ...], on: date) -> Result:
    facts = book().on(on)
    reading = CALCULATORS[slug].inputs.read(dict(given), facts)
    if reading.problems or reading.unknown:
        raise ValueError(f"{slug}: {reading.problems} {reading.unknown}")
    return CALCULATORS[slug].answer_to(facts, reading)


def _terminal(case: Case) -> str:
    return terminal.answer(case.answer())


def _record(case: Case, form: str = "full") -> str:
    address = f"{SITE}calculators/{case.slug}/"
    return take(case.calculator, book().on(DAY), case.answer(), form, address).text


def _html(case: Case, brief: str = "") -> str:
    """The answer as HTML; its charts have files of their own."""
    answer = html.answer(case.calculator, book().on(DAY), case.answer(), brief=brief)
    return re.sub(r'data-spec="[^"]*"', 'data-spec="…"', answer)


def _whole_answer(case: Case) -> str:
    return lines(_html(case))


def lines(markup: str) -> str:
    """HTML or XML with an element a line, indented; what is short or holds words stays whole."""
    return "\n".join(_spread(_nodes(iter(re.findall(r"<[^>]+>|[^<]+", markup)), ""), 0)) + "\n"


Node = str | tuple[str, list[Any], str]
_VOID = re.compile(r"<(?:input|br|hr|meta|link|\?xml)\b|.*/>$", re.DOTALL)


def _nodes(tokens: Iterator[str], end: str) -> list[Node]:
    """Texts and elements up to the end tag. Raises ValueError where another tag ends."""
    nodes: list[Node] = []
    for token in tokens:
        if token.startswith("</"):
            if token != end:
                raise ValueError(f"{token} where {end or 'nothing'} is open")
            return nodes
        if token.startswith("<") and not _VOID.match(token):
            close = f"</{re.split(r'[ >]', token[1:], maxsplit=1)[0]}>"
            nodes.append((token, _nodes(tokens, close), close))
        elif token.strip():
            nodes.append(token)
    if end:
        raise ValueError(f"{end} is missing")
    return nodes


def _whole(node: Node) -> str:
    return node if isinstance(node, str) else node[0] + "".join(map(_whole, node[1])) + node[2]


def _spread(nodes: list[Node], depth: int) -> Iterator[str]:
    room = WIDTH - 2 * depth
    for node in nodes:
        whole = _whole(node)
        if isinstance(node, str) or len(whole) <= room or any(isinstance(n, str) for n in node[1]):
            yield "  " * depth + whole.strip()
        else:
            yield "  " * depth + node[0]
            yield from _spread(node[1], depth + 1)
            yield "  " * depth + node[2]


def thinned(part: Any) -> Any:
    """The same with some of the values of each long list: the first, the last, a few between."""
    if isinstance(part, dict):
        return {name: thinned(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        step = max(1, (len(part) - 1) // (FEW - 1)) if len(part) > 2 * FEW else 1
        kept = [*part[:-1:step], *part[-1:]]
        return [thinned(value) for value in kept]
    return part


def _indented(part: Any) -> str:
    text = json.dumps(thinned(part), indent=1, ensure_ascii=False)
    # A point of a chart, and any other mapping or list of plain values, is one line.
    text = re.sub(r"(?<=[\[{])\s+([^\[\]{}]{0,150}?)\s+(?=[\]}])", _joined, text)
    return text + "\n"


def _joined(found: re.Match[str]) -> str:
    return re.sub(r"\s*\n\s*", " ", found[1])


def _case(file: str) -> Case:
    return next(case for case in CASES if case.file == file)


def _charts(file: str) -> str:
    result = _case(file).answer()
    curve = result.curve
    assert curve
    made: dict[str, Spec] = {"curve": charts.cost_curve(result, curve)}
    if result.spreads:
        made["ranges"] = charts.intervals(result)
    if curve.band:
        made["chances"] = charts.chances(result, curve, curve.band)
    for spec in made.values():
        del spec["config"]  # the same in all of them; in the chart to take away it is whole
    return _indented(made)


def _taken_chart() -> str:
    result = _case("vector-index-usual").answer()
    assert result.curve
    spec = charts.cost_curve(result, result.curve)
    return _indented(export.standalone(spec, "Cost by volume", ("Prices of a day", SITE)))


def _price_steps() -> str:
    made = {}
    for name, offer in few().offers.items():
        steps = vendors.price_steps(offer, DAY)
        if steps:
            spec, finding = steps
            made[name] = {"finding": finding} | {k: v for k, v in spec.items() if k != "config"}
    return _indented(made)


def _form(case: Case) -> str:
    facts = book().on(DAY)
    whole = form.form(case.calculator, facts, case.given)
    brief = form.form(case.calculator, facts, {}, brief=True)
    names = [f.name for f in case.calculator.inputs.fields() if f.is_choice]
    kept = {name: [case.given[name]] for name in names if name in case.given}
    of_few = few().on(DAY)
    choices = form.lists(case.calculator, of_few, kept)
    parts = [form.presets(case.calculator), whole, *choices.values(), brief]
    return "\n".join(map(lines, parts)) + _indented(form.folds(case.calculator, facts, case.given))


def _page(slug: str) -> str:
    calculator, facts = CALCULATORS[slug], book().on(DAY)
    element = page.live_calculator(
        slug, live="{}", presets="", form="<form></form>", answer="<p></p>", example="requests=5M"
    )
    return lines(element) + "\n" + lines(page.inputs_table(calculator, facts))


def _prices(kind: str) -> str:
    return lines(prices.prices(few().on(DAY), kind))


def _vendor(name: str) -> str:
    drawn = vendors.vendor(few().on(DAY), name, lambda _: "<svg></svg>")
    return "\n".join(
        lines(part) if part.startswith("<") else f"{part}\n" for part in drawn.split("\n\n")
    )


def _then_and_now(file: str, then: date, now: date) -> str:
    case = _case(file)
    facts, today = book().on(then), book().on(now)
    before, after = case.answer(then), case.answer(now)
    moved = drift(case.calculator.formula, before.reading.inputs, facts, today)
    return lines(html.then_and_now(before, after, dict(case.given), moved=moved))


def _drifts() -> str:
    return "\n".join(
        (
            _then_and_now("prompt-caching-announced", DAY, LATER),
            _then_and_now("prompt-caching-announced", LATER, DAY),
            _then_and_now("approach-cost-usual", DAY, DAY),
            lines(
                html.then_and_now(
                    _case("approach-cost-usual").answer(), None, {}, {"model": "It ended."}
                )
            ),
        )
    )


def _records() -> str:
    case = _case("approach-cost-ranges")
    parts = [_record(case, variant) for variant in VARIANTS if variant != "full"]
    parts += [_record(_case("approach-fit-nothing-fits"), "madr")]
    parts += [_record(case, variant) for variant in (*citation.FORMS, *embed.FORMS)]
    taken = take(case.calculator, book().on(DAY), case.answer(), "full")
    return "\n".join([*parts, lines(folded(taken, "../"))])


def _bills() -> str:
    case, facts = _case("approach-cost-usual"), book().on(DAY)
    result = case.answer()
    month = {"searches": "100_000 request/month", "files": "5 GB"}
    run = {"examples": "10_000 example", "example_tokens": "500 tok/example", "epochs": "3 epoch"}
    parts = (
        bills.bill(case.calculator, facts, result, "hybrid"),
        bills.bill(case.calculator, facts, result, "retrieval", ["vector-store"]),
        bills.worked(facts, "runpod/h100-sxm", {}),
        bills.worked(facts, "openai/file-search", month),
        bills.worked(facts, "google/llama-3.3-70b-training", run),
    )
    return "\n".join(map(lines, parts))


def _cards() -> str:
    address = f"{SITE}calculators/approach-cost/?requests=150k..600k"
    case = _case("approach-cost-ranges")
    long = "What does it cost to answer, embed, rerank, store and judge, " * 4
    parts = (
        card.answered(case.calculator, case.answer(), address * 3),
        card.titled(long, long * 2, "22 November 2026", SITE),
        card.titled("Does it pay?", "It does.", "22 November 2026", SITE),
    )
    return "\n".join(map(lines, parts))


def _evidence() -> str:
    evidence = read_evidence()
    some = replace(evidence, studies={name: evidence.study(name) for name in STUDIES})
    first = [next(iter(study.findings)) for study in some.studies.values()]
    topics = dict.fromkeys(
        topic for s in some.studies.values() for f in s.findings.values() for topic in f.topics
    )
    parts = [
        *(studies.found(some, *pair, "../") for pair in zip(STUDIES, first, strict=True)),
        *(studies.cite(some, name, "../") for name in STUDIES),
        studies.size(some),
        *(studies.studies(some, topic, "../") for topic in topics),
        studies.everything(some),
    ]
    return "\n".join(map(lines, parts))


def _about(case: Case) -> str:
    result = case.answer()
    whole = data.result(result) | {"csv": data.csv(result, SITE).splitlines()}
    return _indented(whole)


_GLOSSARY = "*[RAG]: Retrieval, then an answer.\n*[Top-k]: How many.\n*[top-k]: How many.\n"

PAGES: dict[str, Callable[[], str]] = {
    "bills.html": _bills,
    "calendar.html": lambda: lines(calendar.calendar(few().on(DAY))),
    "cards.svg": _cards,
    "charts-cost.json": lambda: _charts("approach-cost-usual"),
    "charts-latency.json": lambda: _charts("latency-budget-cold"),
    "charts-ranges.json": lambda: _charts("approach-cost-ranges"),
    "chart-to-take.json": _taken_chart,
    "chart-prices.json": _price_steps,
    "dates.html": lambda: lines(page.dates(few().on(DAY), 3)),
    "evidence.html": _evidence,
    "feed-atom.xml": lambda: lines(subscriptions.feed(few(), SITE)),
    "feed-calendar.txt": lambda: subscriptions.calendar(few()).replace("\r\n", "\n"),
    "feed-prices.csv": lambda: feeds.prices_csv(few(OFFERS[::6])).replace("\r\n", "\n"),
    "form.html": lambda: _form(_case("approach-cost-ranges")),
    "glossary.html": lambda: lines(glossary.glossary(_GLOSSARY)),
    "page.html": lambda: _page("evaluation-size"),
    "records.md": _records,
    "result-prompt-caching.json": lambda: _about(_case("prompt-caching-announced")),
    "short-answer.html": lambda: lines(_html(_case("approach-cost-ranges"), brief="../a/")),
    "then-and-now.html": _drifts,
    "vendors.html": lambda: lines(vendors.vendors(few().on(DAY))),
    **{f"prices-{kind}.html": partial(_prices, kind) for kind in columns.KINDS},
    **{f"vendor-{name}.html": partial(_vendor, name) for name in ("google", "azure")},
}


def renew(folder: Path = APPROVED) -> None:
    """Writes every approved file, and removes what none of them is."""
    folder.mkdir(exist_ok=True)
    made = outputs()
    for path in folder.iterdir():
        if path.name not in made:
            path.unlink()
    for name, make in made.items():
        (folder / name).write_text(make(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    renew()
