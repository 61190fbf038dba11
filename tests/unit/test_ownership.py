"""Laws of ownership: what sums, what a longer life adds, and what forces a change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import CALCULATORS
from calculators.approach_cost import CALCULATOR as APPROACH_COST
from calculators.kernel.book import Book
from calculators.kernel.calculator import Result
from calculators.kernel.explore import Case
from calculators.kernel.facts import Facts
from calculators.kernel.results import Cell, Table
from calculators.kernel.units import Quantity, unit
from calculators.ownership.formula import (
    OWN_LABELS,
    PARTS,
    embedding_changes,
    model_changes,
    tuned_changes,
    tuned_end,
)
from calculators.ownership.inputs import Ownership
from calculators.ownership.report import ROLES
from tests.laws.test_laws import assert_no_cheaper, drawn_case

CALCULATOR = CALCULATORS["ownership"]


def asked(facts: Facts, **texts: str) -> Case:
    """The case of these inputs, in floats."""
    reading = CALCULATOR.inputs.read(texts, facts)
    assert not reading.problems
    return Case.of(CALCULATOR.formula, reading.inputs, facts)


def table(result: Result, slug: str) -> Table:
    return next(table for table in result.tables if table.slug == slug)


def figure(cell: Cell) -> float:
    assert isinstance(cell, Quantity)
    return cell.value


@settings(max_examples=40)
@given(data=st.data(), factor=st.floats(1.0, 20.0))
def test_a_longer_life_never_costs_less(data: st.DataObject, factor: float, today: Facts) -> None:
    case = drawn_case(CALCULATOR, data, today)
    assert_no_cheaper(case.costs(horizon=case.given.horizon * factor), case.costs())


@settings(max_examples=40)
@given(
    data=st.data(),
    name=st.sampled_from(
        [
            "build_weeks",
            "retrieval_build_weeks",
            "self_run_build_weeks",
            "runs",
            "retraining_weeks",
            "fresh_examples",
            "label_minutes",
            "labeller_cost",
            "test_cases",
            "case_change",
            "upkeep",
            "index_upkeep",
            "move_weeks",
            "accelerators",
            "training_hours",
            "operations_hours",
            "operations_cost",
            "experiments",
        ]
    ),
)
def test_more_of_anything_never_costs_less(data: st.DataObject, name: str, today: Facts) -> None:
    case = drawn_case(CALCULATOR, data, today)
    assert_no_cheaper(case.costs(**{name: getattr(case.given, name) * 2}), case.costs())


@settings(max_examples=40)
@given(data=st.data(), name=st.sampled_from(["model_life", "embedding_life"]))
def test_a_longer_life_of_a_model_never_costs_more(
    data: st.DataObject, name: str, today: Facts
) -> None:
    case = drawn_case(CALCULATOR, data, today)
    assert_no_cheaper(case.costs(), case.costs(**{name: getattr(case.given, name) * 2}))


@settings(max_examples=40)
@given(data=st.data())
def test_twice_the_cost_of_an_engineer_doubles_what_engineers_do_and_nothing_else(
    data: st.DataObject, today: Facts
) -> None:
    case = drawn_case(CALCULATOR, data, today)
    before, after = case.options(), case.options(engineer_cost=case.given.engineer_cost * 2)
    for one, other in zip(before, after, strict=True):
        for item, cost in one.lines.items():
            times = 2 if item.label.startswith("Engineers: ") else 1
            assert other.lines[item] == times * cost


@settings(max_examples=10)
@given(data=st.data())
def test_parts_and_years_sum_to_the_total(data: st.DataObject, today: Facts) -> None:
    from tests.laws.test_laws import workloads

    result = CALCULATOR.answer(today, data.draw(workloads(today, CALCULATOR)))
    there = [option for option in result.options if not option.refused]
    parts = {str(row[0]): row for row in table(result, "parts").rows}
    years = table(result, "years")
    for at, option in enumerate(there, start=1):
        row = parts[option.label]
        whole = pytest.approx(float(option.total), rel=1e-9)
        assert sum(figure(cell) for cell in row[1 : len(PARTS) + 1]) == whole
        rows = [row for row in years.rows if row[0] != "In all"]
        assert sum(figure(row[at]) for row in rows) == whole
        assert all(figure(row[at]) >= -1e-6 * float(option.total) for row in rows)


def test_people_are_the_lines_of_the_roles(today: Facts) -> None:
    result = CALCULATOR.answer(today, {"judge": "none"})
    for row, option in zip(
        table(result, "people").rows,
        (option for option in result.options if not option.refused),
        strict=True,
    ):
        people = sum(cost.value for item, cost in option.lines.items() if item.group in ROLES)
        assert figure(row[2]) + figure(row[4]) + figure(row[6]) == pytest.approx(people)
        assert figure(row[7]) == pytest.approx(people / float(option.total))
        assert (figure(row[6]) > 0) == (option.slug in OWN_LABELS)
    engineers = table(result, "people").rows[1][1]
    # 4 to build, 36 x (0.2 + 0.2) to keep up, one change of the model and one of the embedding
    assert isinstance(engineers, Quantity)
    assert engineers.to("week") == pytest.approx(4 + 14.4 + 2)


def test_the_bills_are_those_of_approach_cost(today: Facts) -> None:
    """Every line of a month stands in the life, so many months long."""
    lived = CALCULATOR.answer(today, {"horizon": "7"})
    for month in APPROACH_COST.answer(today, {}).options:
        if not month.refused:
            life = lived.option(month.slug)
            for name, cost in month.lines.items():
                assert life.lines[name].value == pytest.approx(7 * cost.value)
            for name, cost in month.once.items():
                assert life.lines[name].value == pytest.approx(cost.value)


def test_a_month_without_requests_costs_what_is_kept_ready(today: Facts) -> None:
    floors = {
        str(row[0]): figure(row[-1]) for row in table(CALCULATOR.answer(today, {}), "parts").rows
    }
    hour = today.rates("azure/gpt-oss-20b-tuned")["hosting"]
    least = today.rates("pinecone/standard")["minimum"]
    rented = today.rates("runpod/h100-sxm")["hour"]
    assert floors["Prompt only"] == 0
    assert floors["Retrieval"] == pytest.approx(float(least), rel=1e-3)  # and the changed text
    assert floors["Fine-tuned"] == pytest.approx(730 * float(hour))
    assert floors["Fine-tuned, self-run"] == pytest.approx(2 * 730 * float(rented))


def test_a_correct_answer_costs_the_total_by_the_right_ones(today: Facts) -> None:
    result = CALCULATOR.answer(today, {"retrieval_accuracy": "80", "requests": "100k"})
    rows = {str(row[0]): row for row in table(result, "quality").rows}
    assert rows["Hybrid"][1:] == ("not given", "", "")
    cost = rows["Retrieval"][3]
    assert isinstance(cost, Quantity)
    total = float(result.option("retrieval").total)
    assert cost.to("USD/request") == pytest.approx(total / (100_000 * 36 * 0.8))


def test_running_it_yourself_is_compared_year_by_year(today: Facts) -> None:
    result = CALCULATOR.answer(today, {"horizon": "30"})
    rows = table(result, "build-or-buy").rows
    assert [row[0] for row in rows] == ["Year 1", "Year 2", "Year 3, to the end"]
    bought = min(
        float(o.total)
        for o in result.options
        if not o.floor and not o.refused and o.slug not in OWN_LABELS
    )
    own = min(float(result.option(slug).total) for slug in OWN_LABELS)
    assert figure(rows[-1][4]) == pytest.approx(own - bought)


@pytest.mark.parametrize(
    ("horizon", "life", "count"),
    [("24", "24", 0), ("24.1", "24", 1), ("36", "12", 2), ("36.1", "12", 3), ("0.1", "1", 0)],
)
def test_without_a_known_end_a_model_lasts_its_life(
    horizon: str, life: str, count: int, today: Facts
) -> None:
    given_: Any = asked(today, horizon=horizon, model_life=life, embedding_life=life).given
    facts = today.floats()
    assert model_changes(given_, facts) == count
    assert tuned_changes(given_, facts) == count
    assert embedding_changes(given_, facts) == count


def test_nobody_shuts_down_weights_of_your_own(today: Facts) -> None:
    result = CALCULATOR.answer(today, {"model_life": "3", "embedding_life": "3"})
    for option in result.options:
        named = [item for item in option.lines if "model changes" in item.label]
        assert bool(named) == (option.slug not in OWN_LABELS and not option.refused)


def test_a_retrained_model_is_left_when_its_training_closes(today: Facts) -> None:
    """The days come from the book: the end of serving, and that of training if it is retrained."""
    for offer in today.on_sale("tuning"):
        if not today.trainable(offer.id):
            continue
        kept: Any = asked(today, tuned_model=offer.id, runs="0").given
        retrained: Any = asked(today, tuned_model=offer.id, runs="1").given
        end, early = (tuned_end(case, today.floats()) for case in (kept, retrained))
        closes = [e.day for e in offer.lifecycle if e.event == "training_ends"]
        if today.days_left(offer.id) is not None:
            assert end == today.days_left(offer.id)
        if closes:
            assert early == (min(closes) - today.day).days
        else:
            assert early == end


def test_what_ends_keeps_its_last_price_and_what_changes_does_not(book: Book) -> None:
    """Two offers of the book: one is shut down within a year, one doubles on New Year's Day."""
    day = date(2026, 11, 22)
    facts = book.on(day)
    ends, doubles = "openai/gpt-4o-tuned", "google/gemini-3.8-flash"
    now, *later = facts.ahead(ends, doubles)
    assert now == (0, facts)
    assert [days for days, _ in later] == [(date(2027, 1, 1) - day).days]
    assert facts.ahead(ends)[1:] == ()
    then = later[0][1]
    assert float(then.rates(doubles)["input"]) == 2 * float(facts.rates(doubles)["input"])
    assert facts.days_left(ends) is not None
    assert then.days_left(ends) is None
    assert then.trainable(ends)
    far = book.lasting(day).on(date(2029, 1, 1))
    assert float(far.rates(ends)["output"]) == float(facts.rates(ends)["output"])
    floats = facts.floats().ahead(ends, doubles)[1][1]
    assert isinstance(floats.rates(doubles)["input"], float)


def test_what_ends_or_changes_is_said(today: Facts) -> None:
    said = str(
        CALCULATOR.answer(
            today, {"tuned_model": "openai/gpt-4o-tuned", "model": "google/gemini-3.8-flash"}
        ).warnings
    )
    assert "GPT-4o, fine-tuned ends in" in said
    assert "can be retrained for" in said
    assert "Gemini 3.8 Flash changes its price in" in said
    assert "does not read your corpus" in str(CALCULATOR.answer(today, {"runs": "0"}).warnings)


def test_every_way_of_serving_can_be_cheapest(today: Facts) -> None:
    cases: list[dict[str, str]] = [
        {},
        {"runs": "0.25"},
        {"corpus_tokens": "5k", "requests": "1k"},
        {"requests": "3M", "model": "openai/gpt-6-sol", "tuned_model": "openai/gpt-4o-tuned"},
    ]
    best = [CALCULATOR.answer(today, case).best for case in cases]
    assert best == ["retrieval", "fine-tuned", "long-context", "fine-tuned-own"]


def test_shared_names_mean_what_they_mean_elsewhere() -> None:
    """An input declared by another question keeps its unit, its kind and its bounds here."""
    mine = {field.name: field for field in Ownership.fields()}
    for slug in ("approach-cost", "break-even", "evaluation-size", "training-run", "vector-index"):
        for field in CALCULATORS[slug].inputs.fields():
            same = mine.get(field.name, field)
            assert (same.kind, same.low, same.high) == (field.kind, field.low, field.high)
            assert unit(same.unit).dims == unit(field.unit).dims
