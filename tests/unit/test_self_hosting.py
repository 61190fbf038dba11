"""Laws of serving: shapes of models, what fits, what more of anything does, published roofline."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import CALCULATORS
from calculators.hardware import serving
from calculators.hardware.serving import Machine, Reached
from calculators.kernel.calculator import Result
from calculators.kernel.explore import Case
from calculators.kernel.facts import Facts
from calculators.kernel.units import Quantity
from calculators.self_hosting.formula import COUNTS, LABELS, best_copy
from calculators.self_hosting.inputs import ENGINES, GROWS, PLAIN, ROOMS, TUNED, WHOLE
from tests.laws.test_laws import drawn_case

CALCULATOR = CALCULATORS["self-hosting"]


def cell(result: Result, table: str, row: str | int, column: int = 1) -> Quantity:
    rows = next(one for one in result.tables if one.slug == table).rows
    found = rows[row] if isinstance(row, int) else next(r for r in rows if r[0] == row)
    quantity = found[column]
    assert isinstance(quantity, Quantity)
    return quantity


# Parameters as their publishers print them, in billions: all, and those a token passes. A publisher
# who counts no table of inputs among those that are passed has one less, of 0.58 at gpt-oss.
PUBLISHED = {
    "llama-2-7b": ("6.74", "6.74"),
    "llama-2-13b": ("13.0", "13.0"),
    "llama-2-70b": ("69.0", "69.0"),
    "llama-3.1-8b": ("8.03", "8.03"),
    "llama-3.1-405b": ("405", "405"),
    "llama-3.2-1b": ("1.23", "1.23"),
    "llama-3.2-3b": ("3.21", "3.21"),
    "llama-3.3-70b": ("70.6", "70.6"),
    "mixtral-8x7b": ("46.7", "12.9"),
    "mixtral-8x22b": ("141", "39"),
    "gemma-3-12b": ("11.8", "11.8"),
    "gemma-3-27b": ("27.0", "27.0"),
    "gpt-oss-20b": ("20.9", "4.18"),
    "gpt-oss-120b": ("116.8", "5.7"),
    "qwen2.5-7b": ("7.61", "7.61"),
    "qwen2.5-14b": ("14.7", "14.7"),
    "qwen2.5-32b": ("32.5", "32.5"),
    "qwen2.5-72b": ("72.7", "72.7"),
    "qwen2.5-3b": ("3.09", "3.09"),
    "qwen3-8b": ("8.2", "8.2"),
    "qwen3-14b": ("14.8", "14.8"),
    "qwen3-32b": ("32.8", "32.8"),
    "qwen3-30b-a3b": ("30.5", "3.3"),
    "qwen3-235b-a22b": ("235", "22"),
    "deepseek-v3": ("671", "37"),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_follow_from_the_shape(name: str, today: Facts) -> None:
    model = serving.model_of(today.model(name), today)
    whole, passed = (float(text) for text in PUBLISHED[name])
    assert model.parameters.to("Gparameter") == pytest.approx(whole, rel=0.01)
    assert model.active.to("Gparameter") == pytest.approx(passed, rel=0.02)


@pytest.mark.parametrize(
    ("name", "narrow"),
    [("mixtral-8x7b", False), ("mixtral-8x22b", False), ("gpt-oss-20b", True), ("qwen3-8b", True)],
)
def test_wide_experts_multiply_like_a_dense_model(name: str, narrow: bool, today: Facts) -> None:
    sheet = today.accelerator("h100-sxm-80gb")
    dense, experts = today.number("70 %"), today.number("40 %")
    reached = serving.Reached(today.number("90 %"), dense, experts, today.number("0 ms/layer"))
    model = serving.model_of(today.model(name), today)
    machine = serving.machine(sheet, today.number("1"), "fp8", model, reached, today)
    apart = narrow and model.routed > 0
    expected = sheet["bf16_reached"] * experts if apart else sheet["fp8_reached"] * dense
    assert model.narrow is narrow
    assert float(machine.rate) == pytest.approx(float(expected))


@pytest.mark.parametrize(
    ("name", "precision", "share"),
    [
        ("b200-sxm-180gb", "fp4", None),  # measured: below twice the product in FP8
        ("gb200-186gb", "fp4", serving.UNMEASURED_FP4),
        ("gh200-96gb", "bf16", serving.UNMEASURED),
    ],
)
def test_a_product_is_what_was_measured_or_the_share_that_others_reach(
    name: str, precision: str, share: str | None, today: Facts
) -> None:
    sheet = today.accelerator(name)
    whole = today.number("100 %")
    reached = serving.Reached(whole, whole, whole, today.number("0 ms/layer"))
    model = serving.model_of(today.model("llama-3.1-8b"), today)
    on = serving.machine(sheet, today.number("1"), precision, model, reached, today)
    if share is None:
        assert on.rate == sheet[f"{precision}_reached"] < sheet["fp8_reached"] * 2
    else:
        assert on.rate == sheet[precision] * today.number(share)


def test_slots_exchange_slower_than_links(today: Facts) -> None:
    """35 of 63 GB/s were measured of four accelerators in PCIe 5 slots."""
    whole = today.number("100 %")
    reached = serving.Reached(whole, whole, whole, today.number("0 ms/layer"))
    model = serving.model_of(today.model("llama-3.3-70b"), today)
    four = today.number("4")

    def on(name: str) -> Machine:
        return serving.machine(today.accelerator(name), four, "fp8", model, reached, today)

    assert on("h100-pcie-80gb").link.to("GB/s") == pytest.approx(35, rel=0.02)
    assert on("h100-sxm-80gb").link.to("GB/s") == pytest.approx(360)
    assert on("h100-pcie-80gb").wait > on("h100-sxm-80gb").wait


def test_one_stream_does_not_wait_for_its_own_prompt_between_tokens(today: Facts) -> None:
    number = today.number
    step, prefill, output = number("10 ms"), number("200 ms"), number("100 tok")

    def token(sequences: str) -> float:
        served = serving.service(number(sequences), step, prefill, output, today)
        return float(served.token.to("ms"))

    assert token("1") == pytest.approx(10)
    assert token("0.5") == pytest.approx(10)
    assert token("11") == pytest.approx(10 + 10 * 200 / 100)


def test_every_attention_keeps_its_own_cache(today: Facts) -> None:
    """Bytes of the cache worked by hand, in 16 bits."""
    number = today.number
    two = number("2 B/dim")

    def held(name: str, tokens: str) -> float:
        model = serving.model_of(today.model(name), today)
        return float(serving.kv_bytes(model, number(tokens), two, today).to("B"))

    assert held("llama-3.1-8b", "1000 tok") == 2 * 32 * 8 * 128 * 2 * 1000
    assert held("qwen-7b", "1000 tok") == 2 * 32 * 32 * 128 * 2 * 1000
    assert held("deepseek-v3", "1000 tok") == 61 * (512 + 64) * 2 * 1000
    # Gemma: ten layers keep 10,000 tokens, 52 the last 1,024.
    assert held("gemma-3-27b", "10_000 tok") == 2 * 16 * 128 * 2 * (10 * 10_000 + 52 * 1024)
    # Qwen3-Next: twelve layers grow, 36 keep 32 states of 128 by 128 in 32 bits.
    state = 36 * 32 * 128 * 128 * 4
    assert held("qwen3-next-80b-a3b", "1000 tok") == 12 * 2 * 2 * 256 * 2 * 1000 + state


def test_the_step_of_the_scaling_book(today: Facts) -> None:
    """
    70 GB of weights and 32 caches of 8,192 tokens at 8 x 8.1e11 B/s: printed as about 17 ms, which
    is (70 + 160e-6 x 8,192 x 32) GB / 6,480 GB/s = 17.27. Ours has tables in 16 bits.
    """
    facts = today.floats()
    model = serving.model_of(facts.model("llama-3.3-70b"), facts)
    fast = 1e30
    on = Machine(8.0, 8.1e11 * 3600, rate=fast, exact=fast, link=fast, wait=0.0)
    none = Reached(1.0, 1.0, 1.0, 0.0)
    one = facts.number("1 B/parameter"), facts.number("1 B/dim")
    step = serving.decode_step_time(model, 32.0, 8192.0, *one, on, none, facts)
    assert step * 3.6e6 == pytest.approx(17.27, rel=0.02)


def test_the_line_of_one_stream(today: Facts) -> None:
    """Set from it, so it must come out: 6.44 ms and 0.0437 us a token (vLLM, 8B on H100)."""
    given_ = CALCULATOR.inputs.read({"precision": "bf16"}, today).inputs
    copy = best_copy("runpod/h100-sxm", given_, today)
    assert not isinstance(copy, str)
    reached = Reached(
        given_.bandwidth_share, given_.arithmetic_share, given_.expert_share, given_.layer_overhead
    )

    def step(tokens: str) -> float:
        time = serving.decode_step_time(
            copy.model,
            today.number("1 sequence"),
            today.number(tokens),
            today.number("2 B/parameter"),
            today.number("2 B/dim"),
            copy.on,
            reached,
            today,
        )
        return float(time.to("ms"))

    assert step("0 tok") == pytest.approx(6.44, rel=0.01)
    assert (step("100_000 tok") - step("0 tok")) / 100_000 == pytest.approx(4.37e-5, rel=0.01)


@given(share=st.floats(0.01, 0.99), few=st.floats(1, 5000), more=st.floats(1, 100))
def test_more_tokens_read_more_experts_and_never_all_twice(
    share: float, few: float, more: float, today: Facts
) -> None:
    facts = today.floats()
    rest = 1 - share
    less = serving._power(rest, few, facts)
    assert 0 <= serving._power(rest, few + more, facts) <= less <= rest
    assert serving._power(rest, float(math.floor(few)), facts) == pytest.approx(
        rest ** math.floor(few)
    )


@settings(max_examples=30)
@given(data=st.data())
def test_what_is_rented_holds_what_is_served(data: st.DataObject, today: Facts) -> None:
    """Weights and caches fit, one request at least, on a number that a machine has."""
    case = drawn_case(CALCULATOR, data, today)
    inputs: Any = case.given
    copy = best_copy(inputs.rental, inputs, case.facts)
    if isinstance(copy, str):
        return
    holds = case.facts.accelerator(case.facts.offer(inputs.rental).accelerator)["memory"]
    filled = copy.weights + copy.adapters + copy.activations
    filled += copy.service.sequences * copy.sequence
    assert filled <= copy.on.count * holds * inputs.memory_share * (1 + 1e-9)
    assert copy.on.count in COUNTS
    assert copy.service.sequences <= inputs.concurrency
    # Idle and busy hours make what is rented, which carries the peak.
    lines = copy.lines(0.0, case.facts)
    assert sum(lines.values()) == pytest.approx(copy.needed * copy.hourly * 730)
    assert copy.busy * inputs.peak <= copy.needed * inputs.utilisation * (1 + 1e-9)


@settings(max_examples=30)
@given(data=st.data())
def test_more_at_once_is_more_served_and_slower(data: st.DataObject, today: Facts) -> None:
    case = drawn_case(CALCULATOR, data, today)
    inputs: Any = SimpleNamespace(**vars(case.given))
    inputs.accelerators = 8.0
    before: Any = best_copy(inputs.rental, inputs, case.facts)
    inputs.concurrency *= 2
    after: Any = best_copy(inputs.rental, inputs, case.facts)
    if isinstance(before, str):
        assert isinstance(after, str)
        return
    slack = 1 - 1e-9
    assert after.service.token >= before.service.token * slack
    assert after.service.first >= before.service.first * slack
    if before.model.routed == 0 and inputs.adapters == 0:
        assert after.service.rate >= before.service.rate * slack


@settings(max_examples=20)
@given(data=st.data())
def test_a_tuned_engine_and_room_taken_as_answers_grow_serve_most(
    data: st.DataObject, today: Facts
) -> None:
    case = drawn_case(CALCULATOR, data, today)
    inputs: Any = SimpleNamespace(**vars(case.given))
    inputs.accelerators = 8.0
    rates, held = {}, {}
    for engine in ENGINES:
        for room in ROOMS:
            inputs.engine, inputs.room = engine, room
            copy: Any = best_copy(inputs.rental, inputs, case.facts)
            if isinstance(copy, str):
                return
            rates[engine, room], held[engine, room] = copy.service.rate, copy.service.sequences
    slack = 1 + 1e-9
    for engine in ENGINES:
        assert held[engine, WHOLE] <= held[engine, GROWS] * slack
        if copy.model.routed == 0 and inputs.adapters == 0:
            assert rates[engine, WHOLE] <= rates[engine, GROWS] * slack
    for room in ROOMS:
        assert held[PLAIN, room] == held[TUNED, room]
        assert rates[PLAIN, room] <= rates[TUNED, room] * slack


@pytest.mark.parametrize(
    ("name", "factor", "slower"),
    [
        ("prompt_tokens", 2.0, True),
        ("layer_overhead", 2.0, True),
        ("adapters", 2.0, True),
        ("bandwidth_share", 0.5, True),
        ("arithmetic_share", 0.5, True),
        ("cached_share", 2.0, False),
    ],
)
def test_what_makes_a_first_token_later(
    name: str, factor: float, slower: bool, today: Facts
) -> None:
    given_ = {"adapters": "4", "cached_share": "40"}
    case = Case.of(CALCULATOR.formula, CALCULATOR.inputs.read(given_, today).inputs, today)
    inputs: Any = case.given
    before: Any = best_copy(inputs.rental, inputs, case.facts)
    setattr(inputs, name, getattr(inputs, name) * factor)
    after: Any = best_copy(inputs.rental, inputs, case.facts)
    assert (after.service.first > before.service.first) == slower


def test_each_way_can_be_cheapest(today: Facts) -> None:
    cases: tuple[dict[str, str], ...] = (
        {},
        {"requests": "100M", "concurrency": "256", "other_rental": "none"},
        {"requests": "50M"},
        {"requests": "400M", "adapters": "2", "adapter_time": "50", "other_rental": "none"},
    )
    winners = {CALCULATOR.answer(today, case).best for case in cases}
    assert winners == set(LABELS)


def test_a_prompt_taxes_what_is_written(today: Facts) -> None:
    """2,000 tokens in instead of 100 at least halve the tokens written, as on OCI (0.50)."""
    about = {"concurrency": "128", "rental": "nebius/h200", "other_rental": "none"}

    def written(prompt: str, output: str) -> float:
        given_ = about | {"prompt_tokens": prompt, "output_tokens": output}
        return cell(CALCULATOR.answer(today, given_), "speed", 0, 4).value

    assert written("2000", "200") < written("100", "100") / 2


def test_the_peak_hour_is_served_by_what_is_in_work_then(today: Facts) -> None:
    """As many sequences as asked for serve the peak, and no more than are rented for it."""
    given_ = {"requests": "60M", "other_rental": "none", "peak": "2", "utilisation": "60"}
    result = CALCULATOR.answer(today, given_)
    copies = cell(result, "memory", "Copies at the peak").value
    served = cell(result, "speed", 1, 7).to("request/min") * copies
    assert served == pytest.approx(60e6 * 2 / 730 / 60)
    assert cell(result, "speed", 1, 1) < cell(result, "speed", 0, 1)
    idle = CALCULATOR.answer(today, {"requests": "1", "other_rental": "none"})
    assert cell(idle, "speed", 1, 7).value == cell(idle, "speed", 2, 7).value, "one at a time"


def test_how_busy_it_must_be_is_where_it_flips(today: Facts) -> None:
    """At the share printed, accelerators that never idle cost what the API does."""
    result = CALCULATOR.answer(today, {"other_rental": "none"})
    share = cell(result, "worth", "How busy to beat the API").value
    api = cell(result, "worth", "A million tokens, API").value
    assert cell(result, "worth", "A million tokens, never idle").value / share == pytest.approx(api)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"rental": "lambda/a10"}, "bandwidth of A10"),
        ({"weights": "llama-3.1-405b", "precision": "bf16"}, "do not fit on H100 SXM"),
        ({"weights": "llama-3.3-70b", "rental": "azure/a100-80gb-nc24ads-v4"}, "do not fit"),
    ],
)
def test_what_cannot_be_served_says_why(given_: dict[str, str], said: str, today: Facts) -> None:
    assert said in CALCULATOR.answer(today, given_).option("self-hosted").refused


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"weights": "gpt-oss-20b"}, "mixture of experts"),
        ({"weights": "qwen3-8b"}, "is not Qwen3 8B: compare"),
        ({"concurrency": "5000"}, "Memory holds"),
        ({"prompt_tokens": "33k"}, "outside the"),
        ({"other_rental": "none", "prompt_tokens": "16k"}, "one as it comes"),
        ({"utilisation": "95"}, "keeps its callers waiting"),
        ({"rental": "runpod/a100-80gb", "other_rental": "none"}, "does not multiply in FP8"),
    ],
)
def test_a_doubtful_answer_says_so(given_: dict[str, str], said: str, today: Facts) -> None:
    def texts(case: dict[str, str]) -> str:
        result = CALCULATOR.answer(today, case)
        return " ".join(str(part) for warning in result.warnings for part in warning)

    assert said in texts(given_)
    assert said not in texts({})


def test_an_unknown_model_is_named_and_the_default_stands_in(today: Facts) -> None:
    reading = CALCULATOR.inputs.read({"weights": "llama-9"}, today)
    assert "No model 'llama-9'" in reading.problems["weights"]
    assert reading.inputs.weights == "llama-3.1-8b"
