"""Quantities: units cancel or it raises, and a product remembers its factors."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.kernel.units import Quantity, UnitError, unit
from views.text import figures, money, price, quantity, short, unit_words, worked

numbers = st.floats(min_value=1e-6, max_value=1e12)
units = st.sampled_from(["USD/Mtok", "tok/request", "request/month", "GB", "USD/h", "%", "dim"])


def test_units_of_a_bill_cancel() -> None:
    requests = Quantity.parse("100_000 request/month")
    prompt = Quantity.parse("3_000 tok/request")
    price = Quantity.parse("2.50 USD/Mtok")
    assert (requests * prompt * price).to("USD/month") == pytest.approx(750)


def test_a_product_prints_as_it_was_multiplied() -> None:
    bill = Quantity.parse("100_000 request/month") * Quantity.parse("2.50 USD/Mtok")
    assert worked(bill) == "100,000 request/month × 2.5 USD/Mtok"
    assert worked(bill / Quantity.parse("4 week")) == f"{worked(bill)} ÷ 4 week"


@pytest.mark.parametrize(
    ("left", "right"), [("1 tok", "1 request"), ("1 USD/month", "1 USD/h"), ("1 GB", "1 tok")]
)
def test_what_has_other_units_does_not_add_up_or_compare(left: str, right: str) -> None:
    with pytest.raises(UnitError):
        Quantity.parse(left) + Quantity.parse(right)
    with pytest.raises(UnitError):
        max(Quantity.parse(left), Quantity.parse(right))
    with pytest.raises(UnitError):
        Quantity.parse(left).to(right.partition(" ")[2])


def test_a_bare_number_is_no_quantity_but_zero_fits_any_unit() -> None:
    price = Quantity.parse("2 USD")
    assert (price + 0).value == 2
    with pytest.raises(UnitError):
        price + 1


def test_gb_is_not_gib() -> None:
    assert Quantity.parse("1 GiB").to("GB") == pytest.approx(1.073741824)


@pytest.mark.parametrize(
    ("base", "premium", "shown"),
    [
        ("1.50 USD/Mtok", "150 %", "$2.25 a million tokens"),
        ("0.15 USD/Mtok", "150 %", "$0.225 a million tokens"),
        ("9.00 USD/Mtok", "110 %", "$9.90 a million tokens"),
    ],
)
def test_a_price_with_a_premium_keeps_the_unit_of_its_base(
    base: str, premium: str, shown: str
) -> None:
    assert price(Quantity.parse(base) * Quantity.parse(premium)) == shown


def test_a_month_meets_hours_only_through_a_constant() -> None:
    hourly = Quantity.parse("1.70 USD/h")
    with pytest.raises(UnitError):
        hourly.to("USD/month")
    assert (hourly * Quantity.parse("730 h/month")).to("USD/month") == pytest.approx(1241)


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(UnitError, match="'Mtoken' is not a unit here"):
        unit("USD/Mtoken")


@pytest.mark.parametrize("text", ["2.50", "USD", "1e3 USD", "2,50 USD", "", "NaN USD", "2.5USD"])
def test_a_fact_is_a_number_and_a_unit(text: str) -> None:
    if text == "2.50":
        assert Quantity.parse(text).dims == ()
    else:
        with pytest.raises(UnitError):
            Quantity.parse(text)


@given(numbers, units, numbers, units)
def test_multiplying_and_dividing_back_is_the_same(a: float, u: str, b: float, v: str) -> None:
    left, right = Quantity.of(a, u), Quantity.of(b, v)
    back = left * right / right
    assert back.dims == left.dims
    assert back.value == pytest.approx(left.value)


@given(numbers, numbers, units)
def test_values_agree_with_plain_floats_in_base_units(a: float, b: float, u: str) -> None:
    left, right = Quantity.of(a, u), Quantity.of(b, u)
    assert float(left + right) == pytest.approx(float(left) + float(right))
    assert float(left * right) == pytest.approx(float(left) * float(right))
    assert (left < right) == (float(left) < float(right))
    assert math.ceil(left).value == math.ceil(left.value)


def test_the_rest_of_a_share_is_a_share() -> None:
    assert worked(1 - Quantity.parse("30 %")) == "70 %"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (412.4, "412"),
        (0.004312, "0.00431"),
        (999.6, "1,000"),
        (12_449, "12,400"),
        (0, "0"),
        (1.005e-5, "0.0000101"),
        (9.996, "10"),
    ],
)
def test_three_significant_figures(number: float, shown: str) -> None:
    assert figures(number) == shown


@pytest.mark.parametrize(
    ("dollars", "shown"),
    [
        (412.4, "$412"),
        (2.9, "$2.90"),
        (12_400, "$12,400"),
        (1_244_000, "$1.24M"),
        (-56.4, "−$56.4"),
        (0.00005, "$0.00005"),
        (2, "$2"),
        (999_600, "$1M"),
    ],
)
def test_money(dollars: float, shown: str) -> None:
    assert money(dollars) == shown


def test_words() -> None:
    assert short(414_234) == "414k"
    assert unit_words("request/month") == "requests a month"
    assert unit_words("USD/h") == "USD an hour"
    assert quantity(Quantity.of(1, "month")) == "1 month"
    assert quantity(Quantity.of(1.3e6, "request/month")) == "1.3M requests a month"
    assert quantity(Quantity.of(5, "%/month")) == "5 % a month"
    assert quantity(Quantity.of(0.0004, "USD/request")) == "$0.0004 a request"
