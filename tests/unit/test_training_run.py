"""Laws of training: what more of anything does, what fits, and what is published exactly."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import CALCULATORS
from calculators.billing.training import job_cost
from calculators.hardware import training
from calculators.hardware.training import (
    FLASH,
    FULL,
    LORA,
    MIXED,
    NOTHING,
    OPTIMISER,
    QLORA,
    WEIGHTS,
    Pass,
    Shape,
)
from calculators.kernel.book import Book
from calculators.kernel.calculator import Result
from calculators.kernel.explore import Case
from calculators.kernel.facts import Facts, Rates
from calculators.kernel.units import Quantity
from calculators.training_run.formula import OWN, Job, memory_of, own
from tests.conftest import by_label
from tests.laws.test_laws import assert_no_cheaper, drawn_case

CALCULATOR = CALCULATORS["training-run"]


def needs(result: Result, column: str) -> dict[str, float]:
    """A column of the table of needs, by method."""
    table = next(table for table in result.tables if table.slug == "needs")
    at = table.columns.index(column)
    found = {}
    for row in table.rows:
        cell = row[at]
        assert isinstance(cell, Quantity)
        found[str(row[0])] = cell.value
    return found


@settings(max_examples=40)
@given(
    data=st.data(),
    name=st.sampled_from(
        [
            "examples",
            "example_tokens",
            "epochs",
            "experiments",
            "label_minutes",
            "job_hours",
            "setup_hours",
            "launch_time",
            "gather_time",
            "unpack_time",
            "rank",
        ]
    ),
)
def test_more_of_anything_never_costs_less(data: st.DataObject, name: str, today: Facts) -> None:
    case = drawn_case(CALCULATOR, data, today)
    assert_no_cheaper(case.costs(**{name: getattr(case.given, name) * 2}), case.costs())


@settings(max_examples=40)
@given(data=st.data(), less=st.floats(0.1, 1))
def test_a_better_utilisation_never_costs_more(
    data: st.DataObject, less: float, today: Facts
) -> None:
    case = drawn_case(CALCULATOR, data, today)
    assert_no_cheaper(case.costs(mfu=case.given.mfu * less), case.costs())


@settings(max_examples=40)
@given(data=st.data())
def test_padding_and_more_parameters_never_cost_less(data: st.DataObject, today: Facts) -> None:
    case = drawn_case(CALCULATOR, data, today)
    assert_no_cheaper(case.costs(parameters=case.given.parameters * 2), case.costs())
    assert_no_cheaper(case.costs(padding=max(case.given.padding, 0.5)), case.costs(padding=0.0))


@settings(max_examples=60)
@given(data=st.data())
def test_what_is_rented_holds_what_is_needed(data: st.DataObject, today: Facts) -> None:
    """The share of each accelerator fits, and one accelerator fewer would not do."""
    case = drawn_case(CALCULATOR, data, today)
    inputs: Any = case.given
    facts = case.facts
    for method in OWN:
        job = own(method, inputs, facts)
        if isinstance(job, str):
            continue
        holds = facts.accelerator(facts.offer(inputs.rental).accelerator)["memory"]
        over = inputs.memory_overhead
        assert job.memory.each(job.accelerators, over) <= holds * (1 + 1e-9)
        if job.accelerators > max(1, math.ceil(inputs.accelerators)):
            assert job.memory.each(job.accelerators - 1, over) > holds * (1 - 1e-9)
        assert job.hours * job.accelerators == pytest.approx(job.busy)


@settings(max_examples=40)
@given(data=st.data())
def test_methods_keep_their_order(data: st.DataObject, today: Facts) -> None:
    """LoRA is never slower than QLoRA; all parameters take the most memory."""
    case = drawn_case(CALCULATOR, data, today)
    inputs: Any = case.given
    facts = case.facts
    inputs.rank = 1.0
    inputs.trained_in = MIXED
    inputs.vocabulary = 1000.0
    whole = {method: memory_of(method, inputs, facts) for method in OWN}
    frozen = {method: need.weights for method, need in whole.items()}
    assert frozen[QLORA] <= frozen[LORA] * (1 + 1e-9) < frozen[FULL]
    plain, packed = own(LORA, inputs, facts), own(QLORA, inputs, facts)
    if not isinstance(plain, str) and not isinstance(packed, str):
        assert plain.busy <= packed.busy


def round_shape(facts: Facts, parameters: str = "70 Gparameter") -> Shape:
    return Shape(
        facts.number(parameters),
        facts.number("100 %"),
        facts.number("80 layer"),
        facts.number("8192 dim"),
        facts.number("32000"),
    )


def test_lora_saves_a_third_of_the_arithmetic_and_not_nineteen_twentieths(today: Facts) -> None:
    """6 FLOP a parameter and token against 4: TR-06 of the published cases is wrong with 95 %."""
    read = Pass(
        today.number("1 tok"),
        today.number("1 sequence"),
        today.number("0 %"),
        today.number("0 %"),
        FLASH,
        today.number("12 B/tok"),
    )
    shape, rank = round_shape(today), today.number("1")
    full = training.per_token(FULL, shape, read, rank, today).to("FLOP/tok")
    lora = training.per_token(LORA, shape, read, rank, today).to("FLOP/tok")
    assert full == pytest.approx(6 * 70e9, rel=1e-3)
    assert 1 - lora / full == pytest.approx(1 / 3, abs=1e-3)


def test_the_bounds_of_the_qlora_paper(today: Facts) -> None:
    """65 billion parameters: above 780 GB with all trained, below 48 GB with QLoRA."""
    given_ = {
        "parameters": "65.2B",
        "layers": "80",
        "hidden_size": "8192",
        "vocabulary": "32000",
        "sequence_tokens": "512",
        "rank": "16",
        "rental": "runpod/h100-sxm",
    }
    whole = needs(CALCULATOR.answer(today, given_), "Memory in all")
    assert whole["All parameters"] > 780e9
    assert whole["QLoRA"] < 48e9


def test_eighteen_bytes_a_parameter_when_all_are_trained(today: Facts) -> None:
    need = memory_of(FULL, CALCULATOR.inputs.read({"parameters": "1B"}, today).inputs, today)
    assert need.states.to("B") == pytest.approx(18e9)


# A billion parameters without embeddings to speak of, and passes of one token: nothing is computed.
TINY = {
    "parameters": "1B",
    "layers": "10",
    "hidden_size": "1000",
    "vocabulary": "1",
    "rank": "1",
    "sequence_tokens": "16",
    "example_tokens": "16",
    "examples": "1",
    "epochs": "1",
    "validation_tokens": "0",
    "launch_time": "0",
    "rental": "runpod/h100-sxm",
}


def job(method: str, facts: Facts, **given_: str) -> Job:
    """The job of this method where it runs."""
    reading = CALCULATOR.inputs.read(TINY | given_, facts)
    assert not reading.problems
    found = own(method, reading.inputs, facts)
    assert isinstance(found, Job), found
    return found


def test_what_accelerators_send_one_another_is_that_of_the_zero_paper(today: Facts) -> None:
    """
    Two link at 450 GB/s, of which 80 % are reached: 360. Of 1e9 parameters with all trained each
    gets half of 2 x 2 B and of 2 B, 3 GB: 8.333 ms. With nothing divided half of 2 x 2 B, 2 GB.
    """
    two = {"accelerators": "2", "gather_time": "0"}
    whole = job(FULL, today, sharing="weights", **two)
    assert whole.busy.to("ms") == pytest.approx(3 / 360 * 1e3, rel=1e-3)
    for sharing in (OPTIMISER, NOTHING):
        assert job(FULL, today, sharing=sharing, **two).busy.to("ms") == pytest.approx(
            2 / 360 * 1e3, rel=1e-3
        )
    # LoRA gathers as much and sends next to nothing back, QLoRA gathers about a quarter of that.
    lora = job(LORA, today, sharing="weights", **two).busy.to("ms")
    assert lora == pytest.approx(2 / 360 * 1e3, rel=1e-2)
    qlora = job(QLORA, today, sharing="weights", unpack_time="0", **two).busy.to("ms")
    assert qlora / lora == pytest.approx(0.258, abs=0.01)
    assert job(FULL, today, sharing="weights", accelerators="1").busy.to("ms") < 1


def test_scores_that_are_kept_are_moved_through_memory(today: Facts) -> None:
    """
    16 tokens x 10 layers x 1,000 / 128 heads x 16 tokens x (24 + 24 + 28) B are 1.52 MB, of which
    80 % of 3,350 GB/s move 2.68 GB in a millisecond: 0.567 thousandths of one.
    """
    scores = job(LORA, today, attention="scores").busy
    assert (scores - job(LORA, today).busy).to("ms") == pytest.approx(1.52e6 / 2.68e9, rel=1e-6)


def test_a_layer_that_is_gathered_waits_and_a_long_pass_hides_it(today: Facts) -> None:
    two = {"accelerators": "2", "sharing": "weights", "examples": "1"}
    waiting = job(LORA, today, **two).busy - job(LORA, today, gather_time="0", **two).busy
    assert waiting.to("ms") == pytest.approx(50), "ten layers of 5 ms"
    long = two | {"sequence_tokens": "64k", "example_tokens": "64k"}
    assert job(LORA, today, **long).busy.to("s") == pytest.approx(
        job(LORA, today, **(long | {"accelerators": "1"})).busy.to("s")
    )


def test_the_network_of_a_machine_counts_beyond_eight(today: Facts) -> None:
    """Fifty GB/s instead of 450: eight do not notice, sixteen take nine times as long."""
    given_ = {"sharing": "weights", "gather_time": "0"}
    for count, slower in (("8", 1.0), ("16", 9.0)):
        slow = job(FULL, today, accelerators=count, network="50", **given_).busy
        fast = job(FULL, today, accelerators=count, network="900", **given_).busy
        assert float(slow / fast) == pytest.approx(slower)


def test_as_little_is_divided_as_fits(today: Facts) -> None:
    """8.2 billion parameters on eight H100: all of LoRA on each, the optimiser in eight parts."""
    given_ = {"parameters": "8.2B", "layers": "36", "hidden_size": "4096", "accelerators": "8"}
    assert job(LORA, today, **given_).memory.sharing == NOTHING
    assert job(FULL, today, **given_).memory.sharing == OPTIMISER
    assert job(FULL, today, **(given_ | {"accelerators": "1"})).memory.sharing == WEIGHTS
    each = {
        sharing: job(LORA, today, sharing=sharing, **given_).memory.each(8, 0.0).to("GB")
        for sharing in (WEIGHTS, OPTIMISER, NOTHING)
    }
    assert each[WEIGHTS] < each[OPTIMISER] == each[NOTHING]


def test_a_larger_model_never_sends_less(today: Facts) -> None:
    """Where a third accelerator is taken, dividing the optimiser alone would fit, and cost less."""
    given_ = {
        "layers": "36",
        "hidden_size": "4096",
        "sequence_tokens": "64",
        "example_tokens": "64",
    }
    jobs = [
        job(FULL, today, parameters=f"{size}B", **given_) for size in (7.5, 7.8, 8.0, 8.2, 8.5, 9.0)
    ]
    assert len({one.accelerators for one in jobs}) > 1
    assert [one.busy for one in jobs] == sorted(one.busy for one in jobs)


def test_a_model_that_nothing_divides_must_fit_whole(today: Facts) -> None:
    huge = {"parameters": "70.6B", "layers": "80", "hidden_size": "8192", "sharing": "nothing"}
    assert "Divide the weights" in CALCULATOR.answer(today, huge).option(LORA).refused


def test_a_method_that_does_not_fit_takes_more_accelerators_or_is_refused(today: Facts) -> None:
    few = CALCULATOR.answer(today, {"rental": "runpod/l40s"})
    assert needs(few, "Accelerators") == {"LoRA": 1, "QLoRA": 1, "All parameters": 4}
    huge = CALCULATOR.answer(today, {"sequence_tokens": "200k", "rental": "runpod/l40s"})
    for method in OWN:
        assert "activations of one pass" in huge.option(method).refused


def test_an_accelerator_without_a_data_sheet_is_refused(today: Facts) -> None:
    result = CALCULATOR.answer(today, {"rental": "lambda/a10"})
    assert all("data sheet" in result.option(method).refused for method in OWN)
    assert result.best == "hosted"


def test_what_nobody_trains_is_refused(today: Facts, book: Book) -> None:
    served = CALCULATOR.answer(today, {"tuned_model": "aws/custom-model-import"})
    assert "sells no training" in served.option("hosted").refused
    ended = CALCULATOR.answer(book.on(date(2027, 1, 7)), {"tuned_model": "openai/gpt-4o-tuned"})
    assert "cannot be trained on 2027-01-07" in ended.option("hosted").refused


def test_each_way_can_be_cheapest_but_training_all_parameters(today: Facts) -> None:
    """All parameters take more arithmetic and more memory than LoRA, on the same accelerators."""
    cases: tuple[dict[str, str], ...] = (
        {"examples": "1k"},
        {"examples": "100k"},
        {"parameters": "60B", "layers": "80", "hidden_size": "8192", "setup_hours": "10"}
        | {"tuned_model": "openai/gpt-4o-tuned"},
    )
    winners = {CALCULATOR.answer(today, case).best for case in cases}
    assert winners == {"hosted", LORA, QLORA}, "LoRA starts two accelerators here, and QLoRA one"


def test_a_least_charge_is_reached(today: Facts) -> None:
    offer = today.offer("together/qwen3.5-9b-tuned")
    meters = {"training": today.number("0.34 USD/Mtok"), "minimum": today.number("4 USD/run")}
    rates = Rates(offer, today.day, meters)
    number = today.number

    def cost(examples: str) -> dict[str, Any]:
        amounts = ("500 tok/example", "3 epoch", "0 tok", "0 h/run")
        return by_label(job_cost(rates, number(examples), *(number(amount) for amount in amounts)))

    small = cost("100 example")
    assert sum(item.to("USD") for item in small.values()) == pytest.approx(4)
    assert "Up to the least charge" in small
    assert "Up to the least charge" not in cost("10_000 example")


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"label_minutes": "10"}, "more than the training itself"),
        ({"example_tokens": "4k"}, "they would be cut"),
        ({"mfu": "90"}, "Utilisation is "),
        ({"sequence_tokens": "32k"}, "Sequence is "),
        ({"sequence_tokens": "512"}, "wait for kernels"),
        ({"accelerators": "16", "sharing": "weights", "network": "10"}, "for one another"),
        ({"parameters": "70B"}, "do not belong to"),
        ({"examples": "9k", "setup_hours": "2", "tuned_model": "openai/gpt-4o-tuned"}, "Starting"),
    ],
)
def test_a_doubtful_answer_says_so(given_: dict[str, str], said: str, today: Facts) -> None:
    def texts(case: dict[str, str]) -> str:
        result = CALCULATOR.answer(today, case)
        return " ".join(str(part) for warning in result.warnings for part in warning)

    assert said in texts(given_)
    assert said not in texts({})


def test_presets_warn_of_no_contradiction(today: Facts) -> None:
    for preset in CALCULATOR.presets:
        result = CALCULATOR.answer(today, preset.given)
        texts = [str(part) for warning in result.warnings for part in warning]
        assert not [text for text in texts if "belong" in text or "cut" in text], preset.label


def test_samples_are_quick_enough_to_wait_for(today: Facts) -> None:
    reading = CALCULATOR.inputs.read({"examples": "5k..20k", "mfu": "30..50"}, today)
    result = CALCULATOR.answer_to(today, reading)
    spread = result.spreads[LORA]
    assert spread.p10.value < spread.p50.value < spread.p90.value
    assert Case.of(CALCULATOR.formula, reading.inputs, today).costs()
