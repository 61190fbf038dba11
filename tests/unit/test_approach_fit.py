"""Which approach fits: gates, weights, what flips the answer, and where its criteria lead."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.approach_fit import CALCULATOR
from calculators.approach_fit.formula import LABELS, METHODS, MISSES, OWN
from calculators.approach_fit.inputs import CRITERIA
from calculators.approach_fit.report import GATES
from calculators.kernel.book import Book
from calculators.kernel.calculator import Result
from calculators.kernel.facts import Facts
from calculators.kernel.results import Link, Option
from tests.conftest import ROOT, macros
from tests.laws.test_laws import workloads
from views.answer import data, terminal
from views.answer.html import answer

DOCS = ROOT / "docs"
PRESETS = {preset.label: dict(preset.given) for preset in CALCULATOR.presets}
OURS = {"residency": "own", "team": "operations"}
CLOSED = (
    "openai/gpt-4.1-mini-tuned"  # to new customers since 7 May 2026, to all from 6 January 2027
)

# A product for each approach; on machines of its own it is the same product.
FITS = {
    "prompt": PRESETS["Drafting helper"],
    "long-context": PRESETS["Team handbook"],
    "retrieval": PRESETS["Support bot"],
    "fine-tuned": PRESETS["Contract extraction"],
    "hybrid": PRESETS["Medical coding"],
}


def answered(facts: Facts, **given_: str) -> Result:
    result = CALCULATOR.answer(facts, given_)
    assert not result.reading.problems
    assert not result.reading.unknown
    return result


def options(facts: Facts, **given_: str) -> dict[str, Option]:
    """What the formula makes of it, without all that an answer has besides."""
    reading = CALCULATOR.inputs.read(given_, facts)
    assert not reading.problems
    return {option.slug: option for option in CALCULATOR.formula(reading.inputs, facts)}


def refused(found: dict[str, Option]) -> dict[str, str]:
    return {slug: option.refused for slug, option in found.items() if option.refused}


def points(found: dict[str, Option]) -> dict[str, float]:
    return {slug: float(o.total) * 100 for slug, o in found.items() if not o.refused}


def best(found: dict[str, Option]) -> str:
    left = points(found)
    return min(left, key=left.__getitem__) if left else ""


@pytest.mark.parametrize("method", METHODS)
def test_every_approach_fits_some_product(method: str, today: Facts) -> None:
    assert best(options(today, **FITS[method])) == method
    assert best(options(today, **(FITS[method] | OURS))) == OWN + method


def test_every_preset_has_the_answer_its_page_gives(today: Facts) -> None:
    winners = {label: best(options(today, **case)) for label, case in PRESETS.items()}
    assert winners == {
        "Support bot": "retrieval",
        "Contract extraction": "fine-tuned",
        "Code assistant": "retrieval",
        "Medical coding": "hybrid",
        "Internal search": "retrieval",
        "Regulated bank": "self-hosted-retrieval",
        "Team handbook": "long-context",
        "Drafting helper": "prompt",
    }


TUNED = {"fine-tuned", "hybrid", "self-hosted-fine-tuned", "self-hosted-hybrid"}
SHUT = {  # by gate: answers that close it, and whom it rules out beside those ruled out before
    "residency": ({"residency": "own", "team": "operations"}, set(METHODS)),
    "machines": ({"team": "learning"}, {OWN + method for method in METHODS}),
    "documents": ({"corpus_tokens": "10k"}, {"prompt", OWN + "prompt"}),
    "no documents": (
        {"corpus_tokens": "0"},
        {start + m for start in ("", OWN) for m in ("long-context", "retrieval", "hybrid")},
    ),
    "citation": (
        {"auditability": "required"},
        {start + m for start in ("", OWN) for m in ("prompt", "fine-tuned")},
    ),
    "freshness": ({"freshness": "minutes"}, {"fine-tuned", OWN + "fine-tuned"}),
    "examples": ({"examples": "9"}, TUNED),
    "offer": ({"tuned_model": CLOSED, "horizon": "1"}, {"fine-tuned", "hybrid"}),
    "window": ({"corpus_tokens": "20M"}, {"long-context", OWN + "long-context"}),
    "latency": (
        {"target": "1.2"},
        {start + m for start in ("", OWN) for m in ("retrieval", "hybrid")},
    ),
}
weights = st.fixed_dictionaries(
    {f"weight_{name}": st.integers(0, 100).map(str) for name in CRITERIA}
)


@pytest.mark.parametrize("gate", SHUT)
@settings(max_examples=10)
@given(drawn=weights)
def test_a_gate_rules_out_whatever_the_weights(
    gate: str, drawn: dict[str, str], today: Facts
) -> None:
    case, out = SHUT[gate]
    opened = {"corpus_tokens": "10k", "team": "operations", "examples": "5k"}
    closed = refused(options(today, **(opened | case | drawn)))
    before = set() if gate == "no documents" else set(refused(options(today, **opened)))
    assert set(closed) - before >= out - before
    assert out <= set(closed)
    for slug in out:
        assert closed[slug].endswith(".")


def test_no_gate_closes_without_its_answer(today: Facts) -> None:
    """With documents, machines, examples and time enough, only the bare prompt is out."""
    case = {"corpus_tokens": "10k", "team": "operations", "examples": "5k"}
    assert set(refused(options(today, **case))) == {"prompt", OWN + "prompt"}


def test_a_request_that_no_window_takes_is_ruled_out(today: Facts) -> None:
    """Not by the corpus alone: what is retrieved, or the prompt, may be too long as well."""
    case = {"top_k": "1000", "chunk_tokens": "2k", "target": "3000", "team": "operations"}
    found = refused(options(today, **case))
    assert "GPT-6 Luna takes 922,000" in found["retrieval"]
    assert "your own model takes 128,000" in found[OWN + "retrieval"]
    found = refused(options(today, corpus_tokens="0", prompt_tokens="1M", team="operations"))
    assert "GPT-6 Luna takes 922,000" in found["prompt"]
    assert "your own model takes 128,000" in found[OWN + "prompt"]


def test_the_gate_of_an_offer_is_read_from_the_book(book: Book) -> None:
    """Closed to newcomers, too short for the horizon, over: the same inputs, other days."""

    def out(day: str, **case: str) -> str:
        found = options(book.on(date.fromisoformat(day)), tuned_model=CLOSED, **case)
        return found["fine-tuned"].refused

    assert not options(book.on(book.day), horizon="120")["fine-tuned"].refused
    assert "closed to new customers since 2026-05-07" in out("2026-11-22", horizon="1")
    assert not out("2026-11-22", horizon="1", customer="existing")
    longer = out("2026-11-22", horizon="12", customer="existing")
    assert "trained from 2027-01-06" in longer
    assert "shut down on 2027-01-14" in longer
    between = out("2026-11-22", horizon="1.6", customer="existing")
    assert "trained from" in between
    assert "shut down" not in between
    over = out("2027-01-10", horizon="0.1", customer="existing")
    assert over.startswith("GPT-4.1 mini, fine-tuned cannot be trained on 2027-01-10:")


@settings(max_examples=40)
@given(data=st.data())
def test_points_are_shares_of_a_hundred(data: st.DataObject, today: Facts) -> None:
    for total in points(options(today, **data.draw(workloads(today, CALCULATOR)))).values():
        assert 0 <= total <= 100 + 1e-9


def better(found: dict[str, float], slug: str) -> int:
    """How many options miss clearly less than this one."""
    return len([other for other in found if found[other] < found[slug] - 1e-7])


@settings(max_examples=60)
@given(data=st.data(), name=st.sampled_from(list(CRITERIA)), more=st.integers(1, 100))
def test_weight_never_helps_who_misses_most(
    data: st.DataObject, name: str, more: int, today: Facts
) -> None:
    """Among all options, the one that misses most of a criterion does not gain by its weight."""
    field = CALCULATOR.field(f"weight_{name}")
    texts = data.draw(workloads(today, CALCULATOR)) | {"residency": "region", "team": "operations"}
    texts[field.name] = f"{min(float(texts[field.name]), 99.0):.3f}"
    before = options(today, **texts)
    if not best(before):
        return
    heavier = min(float(texts[field.name]) + more, 100.0)
    after = options(today, **(texts | {field.name: f"{heavier:.3f}"}))
    line = CRITERIA[name].item
    missed = {o.slug: float(o.lines.get(line, 0.0)) for o in after.values() if not o.refused}
    worst = max(missed, key=missed.__getitem__)
    assert better(points(after), worst) >= better(points(before), worst)


@given(scale=st.integers(1, 5))
@settings(max_examples=5)
def test_only_the_proportion_of_the_weights_counts(scale: int, today: Facts) -> None:
    fields = [f for f in CALCULATOR.inputs.fields() if f.name.startswith("weight_")]
    scaled = {f.name: f"{float(f.default) * scale}" for f in fields}
    assert points(options(today, **scaled)) == pytest.approx(points(options(today)))
    assert sum(float(f.default) for f in fields) == 100


def test_weights_of_nothing_say_so(today: Facts) -> None:
    result = answered(today, **{f"weight_{name}": "0" for name in CRITERIA})
    assert {float(o.total) for o in result.options if not o.refused} == {0.0}
    assert "All weights are zero" in str(result.warnings)


@pytest.mark.parametrize("label", PRESETS)
def test_the_answers_that_flip_it_are_all_named_and_true(label: str, today: Facts) -> None:
    """Choices as well as numbers: each other word is tried here by itself."""
    case = PRESETS[label]
    result = answered(today, **case)
    told = {(turn.field.name, turn.to): turn.winner for turn in result.turns}
    for field in CALCULATOR.inputs.fields():
        for word, _ in field.options:
            found = best(options(today, **(case | {field.name: word})))
            assert told.get((field.name, word), result.best) == found
    for flip in result.flips:
        beyond = flip.at.to(flip.field.unit) * (1.001 if flip.at > flip.now else 0.999)
        text = f"{beyond:.9f}"
        assert best(options(today, **(case | {flip.field.name: text}))) == flip.winner


def test_what_would_flip_it_is_shown_everywhere(today: Facts) -> None:
    result = answered(today, **PRESETS["Regulated bank"])
    assert {"input": "residency", "to": "anywhere", "best_then": "retrieval"} in data.result(
        result
    )["turns"]
    assert "flips: The team: Engineers who call an API: none can be had" in terminal.answer(result)
    html = answer(CALCULATOR, today, result)
    assert "Engineers who call an API: none can be had." in html
    others = next(table for table in result.tables if table.slug == "others")
    row = next(row for row in others.rows if row[0] == LABELS["retrieval"])
    assert "Data may be on: Any vendor's machines" in str(row[2])


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"residency": "own"}, "nobody is there to run them"),
        ({"corpus_tokens": "0", "auditability": "required"}, "no text to cite"),
    ],
)
def test_answers_that_contradict_each_other_leave_nothing(
    case: dict[str, str], said: str, today: Facts
) -> None:
    result = answered(today, **case)
    assert not result.best
    assert said in str(result.warnings)
    html = answer(CALCULATOR, today, result)
    assert "Every approach is ruled out" in html
    assert "Rules out" in html


def test_what_is_looked_up_names_answers_and_methods_that_exist() -> None:
    for name, answers in MISSES.items():
        words = {word for word, _ in CALCULATOR.field(name).options}
        assert set(answers) <= words
        assert all(set(shares) <= set(METHODS) for shares in answers.values())


def test_every_criterion_is_weighed_counted_and_explained(today: Facts) -> None:
    result = answered(today)
    table = next(table for table in result.tables if table.slug == "evidence")
    assert [row[0] for row in table.rows] == [Link(c.label, c.page) for c in CRITERIA.values()]
    cases = [*FITS.values(), {"residency": "region", "corpus_tokens": "10k"}]
    found = [option for case in cases for option in options(today, **case).values()]
    counted = {item for option in found for item in option.lines}
    for name, criterion in CRITERIA.items():
        assert "ule of thumb" in CALCULATOR.field(f"weight_{name}").help
        assert criterion.evidence
        assert criterion.basis
        assert criterion.item in counted
    html = answer(CALCULATOR, today, result)
    assert '<a href="../../decision/latency/">Latency</a>' in html
    assert '<a href="../../team/">Team</a>' in html
    assert '<a href="https://arxiv.org/abs/2411.05059" rel="noopener">FineTuneBench</a>' in html


def linked() -> list[str]:
    """The pages of the guide that criteria and gates lead to."""
    pages = {criterion.page for criterion in CRITERIA.values()} | {
        page for page, _ in GATES.values()
    }
    sources = {c.source.to for c in CRITERIA.values() if c.source}
    return sorted(pages | {to for to in sources if not to.startswith("https://")})


@pytest.mark.parametrize("page", linked())
def test_every_section_that_is_linked_exists(page: str) -> None:
    assert (DOCS / page).is_file(), f"{page} is linked from approach-fit and is not there"


def test_an_uncertain_case_says_how_often_each_fits_best(today: Facts) -> None:
    case = PRESETS["Contract extraction"]
    result = answered(today, **(case | {"requests": "10k..100k", "examples": "100..3k"}))
    shares = {slug: spread.best for slug, spread in result.spreads.items()}
    assert set(shares) == {"prompt", "fine-tuned"}
    assert sum(shares.values()) == pytest.approx(1)
    assert 0 < shares["fine-tuned"] < 1


def test_a_page_names_the_best_fit() -> None:
    best = macros()["best"]
    assert best("approach-fit", **PRESETS["Team handbook"]) == "Long context"
    with pytest.raises(ValueError, match="every option is refused"):
        best("approach-fit", residency="own")


def test_a_page_cannot_print_what_a_refused_option_comes_to() -> None:
    """It has no items, and their sum would be a zero that nobody worked out."""
    with pytest.raises(ValueError, match=r"Long context is refused: The request has"):
        macros()["total"]("approach-cost", "long-context")
