"""The form of a calculator, from its declarations alone: it works before any script does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from calculators.kernel.calculator import Calculator
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import NONE, Field, canonical
from calculators.kernel.meters import MODEL
from calculators.kernel.offers import Offer
from views.text import unit_words

MORE = "<option disabled>More offers once the calculator has started</option>"


def form(
    calculator: Calculator, facts: Facts, given: Mapping[str, str], brief: bool = False
) -> str:
    """The `<form>` with every input, or the leading ones, at its given text or its default."""
    fields = [f for f in calculator.inputs.fields() if not brief or f.name in calculator.leading]
    question = escape(calculator.question)
    # What the inputs are stands in a table on the page too, for a search to find.
    parts = [f'<form class="inputs" method="get" data-search-exclude aria-label="{question}">']
    for group, title in calculator.groups.items():
        mine = [field for field in fields if field.group == group]
        if not mine:
            continue
        plain = [field for field in mine if not field.rare]
        rare = [field for field in mine if field.rare]
        parts.append(f'<fieldset class="inputs__group"><legend>{escape(title)}</legend>')
        parts += [_row(field, facts, given.get(field.name, "")) for field in plain]
        if rare:
            folded = escape(summary(rare, facts, given))
            parts.append(
                f'<details class="inputs__rare"><summary>More '
                f'<span data-fold="{escape(group)}">{folded}</span></summary>'
            )
            parts += [_row(field, facts, given.get(field.name, "")) for field in rare]
            parts.append("</details>")
        parts.append("</fieldset>")
    parts.append('<button class="inputs__submit" type="submit">Answer</button></form>')
    return "".join(parts)


def folds(calculator: Calculator, facts: Facts, given: Mapping[str, str]) -> dict[str, str]:
    """By group, what the title of its folded inputs says: their values now."""
    found = {}
    for group in calculator.groups:
        rare = [f for f in calculator.inputs.fields() if f.group == group and f.rare]
        if rare:
            found[group] = summary(rare, facts, given)
    return found


def summary(fields: list[Field], facts: Facts, given: Mapping[str, str]) -> str:
    """Labels and values of some inputs in one line."""
    return ", ".join(
        f"{field.label.lower()} {_shown(field, facts, given.get(field.name) or field.default)}"
        for field in fields
    )


def _shown(field: Field, facts: Facts, text: str) -> str:
    if field.is_choice:
        return chosen_name(field, facts, text)
    return f"{text} %" if field.is_share else text


def chosen_name(field: Field, facts: Facts, text: str) -> str:
    """What a reader calls the value of a choice: the offer's name or the option's label."""
    if field.options:
        return dict(field.options).get(text, text)
    named: Mapping[str, Any] = facts.book.models if field.kind == MODEL else facts.book.offers
    return named[text].name if text in named else text


def worded(field: Field, facts: Facts, value: str) -> tuple[str, str]:
    """An input's value and its unit in words: `60` and `requests a day`; an offer's name and ''."""
    if field.is_choice:
        return chosen_name(field, facts, value), ""
    over = field.unit.partition("/")[0]
    ends = [end.partition("/") for end in value.split("..")]
    rates = {rate for _, _, rate in ends}
    if len(rates) > 1:
        return value, unit_words(over)
    rate = rates.pop()
    number = "..".join(end.removesuffix(over) for end, _, _ in ends)
    return number, unit_words(f"{over}/{rate}" if rate else field.unit, 1 if number == "1" else 2)


def presets(calculator: Calculator) -> str:
    """The named cases, each a link that anyone can read."""
    links = "".join(
        f'<li><a href="?{escape(query(preset.given))}">{escape(preset.label)}</a></li>'
        for preset in calculator.presets
    )
    return f'<ul class="presets" aria-label="Example cases">{links}</ul>' if links else ""


def query(given: Mapping[str, str]) -> str:
    """A query string that a person can read: sorted, and only what must be is encoded."""
    return "&".join(f"{_quoted(name)}={_quoted(given[name])}" for name in sorted(given))


MOST_PARAMETERS = 100
MOST_LETTERS = 20_000


EMBED = "embed"  # in a link, how much of the page is shown; it changes no answer


def parameters(search: str) -> dict[str, str]:
    """The names and texts of a query string; of one that no person wrote, the beginning."""
    pairs = parse_qsl(search.removeprefix("?")[:MOST_LETTERS], keep_blank_values=True)
    return {name: text for name, text in pairs[:MOST_PARAMETERS] if name != EMBED}


_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/,:*()!")


def _quoted(text: str) -> str:
    return "".join(
        letter
        if letter in _SAFE
        else "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "replace"))
        for letter in text
    )


def _row(field: Field, facts: Facts, given: str) -> str:
    name = field.name
    control = _select(field, facts, given) if field.is_choice else _number(field, given)
    words = escape(unit_words(field.unit))
    unit = "" if field.is_choice else f'<span class="field__unit">{words}</span>'
    return (
        f'<div class="field" data-field="{name}">'
        f'<label for="in-{name}">{escape(field.label)}</label>'
        f'<details class="field__help"><summary><span class="visually-hidden">'
        f"About {escape(field.label)}</span></summary>"
        f'<p id="help-{name}">{escape(field.help)}</p></details>'
        f'<span class="field__control">{control}{unit}</span>'
        f'<button class="field__reset" type="button" hidden>'
        f'Reset<span class="visually-hidden"> {escape(field.label)}</span></button>'
        f'<p class="field__error" id="error-{name}" hidden></p>'
        "</div>"
    )


def _number(field: Field, given: str) -> str:
    return (
        f'<input id="in-{field.name}" name="{field.name}" type="text" inputmode="decimal" '
        f'autocomplete="off" spellcheck="false" value="{escape(given or field.default)}" '
        f'placeholder="{escape(field.default)}" data-default="{escape(field.default)}" '
        f'aria-describedby="error-{field.name} help-{field.name}">'
    )


def _select(field: Field, facts: Facts, given: str) -> str:
    chosen = canonical(field, given or field.default)
    if field.options:
        options = "".join(_option(value, label, chosen) for value, label in field.options)
        more = ""
    else:
        options = _option(chosen, _called(field, facts, chosen), chosen) + MORE
        more = " data-more"
    return (
        f'<select id="in-{field.name}" name="{field.name}" data-default="{escape(field.default)}" '
        f'aria-describedby="error-{field.name} help-{field.name}"{more}>{options}</select>'
    )


def lists(
    calculator: Calculator, facts: Facts, kept: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """
    By input, the offers to choose from on that day, and those to be kept all the same.

    A page ships the chosen offer alone: it is not to grow with the book.
    """
    found = {}
    for field in calculator.inputs.fields():
        if field.name in kept and field.is_choice and not field.options:
            wanted = {canonical(field, text) for text in (*kept[field.name], field.default)}
            found[field.name] = _offers(field, facts, wanted)
    return found


def _offers(field: Field, facts: Facts, wanted: set[str]) -> str:
    by_vendor: dict[str, list[Offer]] = {}
    for offer in facts.on_sale(field.kind):
        by_vendor.setdefault(offer.vendor, []).append(offer)
        wanted.discard(offer.id)
    first = [NONE] if field.optional else []
    first += sorted(wanted - {NONE})
    groups = [_option(value, _called(field, facts, value)) for value in first]
    for vendor, offers in by_vendor.items():
        inner = "".join(_option(offer.id, _offered(offer, facts)) for offer in offers)
        groups.append(f'<optgroup label="{escape(vendor)}">{inner}</optgroup>')
    return "".join(groups)


def _called(field: Field, facts: Facts, value: str) -> str:
    return "None" if value == NONE else chosen_name(field, facts, value)


def _offered(offer: Offer, facts: Facts) -> str:
    return offer.name if offer.open_to_newcomers(facts.day) else f"{offer.name} (closed to new)"


def _option(value: str, label: str, chosen: str | None = None) -> str:
    selected = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'
