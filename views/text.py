"""How numbers, units and sentences read: three significant figures, the field's own words."""

from __future__ import annotations

import math
from datetime import date

from calculators.kernel.inputs import Field
from calculators.kernel.results import Cell, Sentence
from calculators.kernel.units import Factor, Quantity, base_unit, unit

_WORDS = {
    "tok": "token",
    "ktok": "thousand tokens",
    "Mtok": "million tokens",
    "dim": "dimension",
    "Mdim": "million dimensions",
    "RU": "read unit",
    "MRU": "million read units",
    "WU": "write unit",
    "MWU": "million write units",
    "ksearch": "thousand searches",
    "h": "hour",
    "min": "minute",
    "s": "second",
    "ms": "millisecond",
    "chunk": "chunk",
}
_MEASURES = frozenset({"s", "ms", "GB", "GiB", "h"})
_COUNTED = frozenset({"case"})
_UNCOUNTED = frozenset({"USD", "B", "kB", "MB", "GB", "TB", "PB", "GiB", "%", ""})
_MONTHS = "January February March April May June July August September October November December"


def figures(number: float, digits: int = 3) -> str:
    """A number to so many significant figures, with thousands marks and no exponent."""
    if number == 0 or not math.isfinite(number):
        return "0" if number == 0 else "∞"
    magnitude = math.floor(math.log10(abs(number)))
    rounded = round(number, digits - 1 - magnitude)
    if rounded and math.floor(math.log10(abs(rounded))) > magnitude:
        magnitude += 1
    decimals = max(0, digits - 1 - magnitude)
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def short(number: float, digits: int = 3) -> str:
    """Like `figures`, with k, M and B from ten thousand on: `1.25M`."""
    for scale, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= scale * 0.9995 and abs(number) >= 9_999.5:
            return figures(number / scale, digits) + letter
    return figures(number, digits)


def money(dollars: float) -> str:
    """Dollars to three significant figures: `$0.0043`, `$412`, `$12,400`, `$1.24M`."""
    sign = "−" if dollars < 0 else ""
    size = abs(dollars)
    if size >= 999_500:
        return f"{sign}${short(size)}"
    text = figures(size)
    if 1 <= size < 99.95 and "." in text:
        text = f"{size:.2f}" if size < 9.995 else f"{size:.1f}"
    return f"{sign}${text}"


def counted(number: float, unit_text: str) -> str:
    """A number of things; a whole number of test cases keeps all its digits up to a million."""
    if unit_text in _COUNTED and number < 1e6 and number == math.floor(number):
        return f"{number:,.0f}"
    return short(number)


def amount(value: float, unit_text: str) -> str:
    """A total, given in base units, in its unit: `$412` for money, `1.25 s`, `1,030`."""
    number = value / unit(unit_text).scale
    if unit_text.startswith("USD"):
        return money(number)
    if unit_text in _COUNTED:
        return counted(number, unit_text)
    return f"{short(number)} {unit_text}" if unit_text in _MEASURES else short(number)


def heading(unit_text: str) -> str:
    """A unit as the title of a column or an axis: `USD a month`, `Seconds`."""
    words = unit_words(unit_text)
    return words[:1].upper() + words[1:]


def precision(unit_text: str) -> str:
    """What the figures of an answer in that unit are good for."""
    if unit_text in _COUNTED:
        return "Cases are counted whole; costs are estimates, to three significant figures."
    return "Estimates, to three significant figures."


def axis(field: Field) -> str:
    """What stands along an axis: `requests a month`, or `difference, points` for bare shares."""
    words = unit_words(field.unit)
    return words if unit(field.unit).dims else ", ".join(filter(None, (field.label.lower(), words)))


def plain(number: float) -> str:
    """A factor as it was given: all its digits, no exponent, no rounding that shows."""
    if number == 0 or not math.isfinite(number):
        return "0" if number == 0 else "∞"
    decimals = max(0, 5 - math.floor(math.log10(abs(number))))
    text = f"{number:,.{min(decimals, 15)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_words(text: str, number: float = 2.0) -> str:
    """A unit in words: `request/month` as `requests a month`."""
    over, *under = text.split("/")
    words = [_plural(over, number), *(_WORDS.get(word, word) for word in under)]
    return _each([word for word in words if word])


def _each(words: list[str]) -> str:
    """Words joined by "a" or "an": tokens a request, USD an hour."""
    text = words[0] if words else ""
    for word in words[1:]:
        text += f" {'an' if word[0] in 'aeh' else 'a'} {word}"
    return text


def _plural(word: str, number: float) -> str:
    if word in _UNCOUNTED or word in ("ktok", "Mtok", "Mdim", "MRU", "MWU", "ksearch"):
        return _WORDS.get(word, word)
    name = _WORDS.get(word, word)
    if number == 1:
        return name
    if word == "query":
        return "queries"
    return name + ("es" if word == "search" else "s")


def quantity(q: Quantity) -> str:
    """A quantity in a sentence: `$412`, `1.3M requests a month`, `30 %`, `7.2 months`."""
    text = q.factors[0].unit if len(q.factors) == 1 else base_unit(q.dims)
    if text == "USD/month" or text == "USD":
        return money(q.value)
    if text.startswith("USD"):
        return _each([money(q.to(text)), *(_WORDS.get(word, word) for word in text.split("/")[1:])])
    number = q.to(text)
    if text.startswith("%"):
        tail = text[1:].replace("/", " a ")
        return f"{figures(number)} %{tail}"
    return f"{counted(number, text)} {unit_words(text, number)}".strip()


def sentence(parts: Sentence) -> str:
    """A sentence as plain text."""
    return "".join(quantity(p) if isinstance(p, Quantity) else str(p) for p in parts)


def cell(one: Cell) -> str:
    """A cell of a table, whatever it holds."""
    return sentence(one if isinstance(one, tuple) else (one,))


def factor(one: Factor) -> str:
    """One factor as it is worked with: `400,000 request/month`, `0.1 USD/Mtok`, `5.94 GB`."""
    number, text = one.number, one.unit
    word, slash, rest = text.partition("/")
    if word in ("B", "FLOP") and abs(number) >= 1e6:
        for scale, prefix in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")):
            if abs(number) >= scale:
                return f"{plain(number / scale)} {prefix}{word}{slash}{rest}"
    shown = plain(number)
    return f"{shown} {text}".strip()


def worked(q: Quantity) -> str:
    """How a quantity came about: its factors with × and ÷ between them."""
    parts: list[str] = []
    for one in q.factors:
        if parts or one.power < 0:
            parts.append("÷" if one.power < 0 else "×")
        parts.append(factor(one))
    return " ".join(parts)


def in_own_unit(q: Quantity) -> float:
    """The number of a quantity in the unit in which it was given."""
    return q.to(q.factors[0].unit if len(q.factors) == 1 else base_unit(q.dims))


def brief(q: Quantity) -> str:
    """A quantity where there is little room: `200k`, `30 %`, `7.2 months`."""
    unit_text = q.factors[0].unit if len(q.factors) == 1 else base_unit(q.dims)
    if unit_text.startswith(("%", "USD")) or "/" not in unit_text:
        return quantity(q)
    return short(q.to(unit_text))


def in_unit(q: Quantity, text: str) -> float:
    """The number of a quantity in a unit."""
    return q.value / unit(text).scale


def day(when: date) -> str:
    """A date as a reader says it: `22 November 2026`."""
    return f"{when.day} {_MONTHS.split()[when.month - 1]} {when.year}"


def price(q: Quantity) -> str:
    """
    A price with all its digits and its unit: `$2.50 a million tokens`.

    A share of a price, such as a premium on it, keeps the unit that the price was given in.
    """
    one, *shares = q.factors
    if not one.unit.startswith("USD/") or any(share.unit != "%" for share in shares):
        return quantity(q)
    if shares:
        # To the digits of a price: 0.15 x 150 % is 0.22499999999999998 in floats.
        one = Factor(float(f"{q.to(one.unit):.12g}"), one.unit)
    cents = f"{one.number:,.2f}"
    shown = cents if abs(float(cents.replace(",", "")) - one.number) < 1e-12 else plain(one.number)
    return _each([f"${shown}", *(_WORDS.get(word, word) for word in one.unit.split("/")[1:])])
