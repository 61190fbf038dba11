"""Then and now: what an answer was, what it is today, and which prices made the difference."""

from __future__ import annotations

from html import escape

from calculators.kernel.calculator import Result
from calculators.kernel.drift import LONG_PROMPTS, Change, Drift
from calculators.kernel.units import Quantity
from views import tables, text


def shown(found: Drift, then: Result, now: Result) -> tuple[str, ...]:
    """
    The options whose difference is told: the best one then and, if it is another, the best now;
    where nothing moved for these, those for which something did.
    """
    touched = dict.fromkeys(
        slug for one in found.changes for slug in (*one.effects, *one.once)
    ) | dict.fromkeys(found.rest)
    best = [slug for slug in dict.fromkeys((then.best, now.best)) if found.then.get(slug)]
    return tuple(best if set(best) & set(touched) else touched)


def moved(change: Change, back: bool) -> str:
    """One change in words: `Large, input: $0.10 → $0.12 a million tokens, since 3 March 2027`."""
    when = f"{'before' if back else 'since'} {text.day(change.changed)}"
    if change.meter == LONG_PROMPTS:
        return f"{change.offer}, prices of {LONG_PROMPTS}: changed, {when}"
    return f"{change.offer}, {change.meter.replace('_', ' ')}: {_prices(change)}, {when}"


def _prices(change: Change) -> str:
    ends = [_price(change.then), _price(change.now)]
    shared = _tail(*ends)
    return f"{ends[0].removesuffix(shared)} → {ends[1]}" if shared else " → ".join(ends)


def _price(price: Quantity | None) -> str:
    return "none" if price is None else text.price(price)


def _tail(one: str, other: str) -> str:
    """The words with which both end: ` a million tokens`."""
    words = one.partition(" ")[2]
    return f" {words}" if words and other.endswith(f" {words}") else ""


def effect(change: Change, slug: str, unit: str) -> str:
    """What it adds to that option: `+$8.20`, `+$8.20 and −$3 once`, or a dash."""
    parts = []
    if slug in change.effects:
        parts.append(signed(change.effects[slug], unit))
    if slug in change.once:
        parts.append(f"{signed(change.once[slug], 'USD')} once")
    return " and ".join(parts) or "–"


def signed(value: float, unit: str) -> str:
    """A difference in base units, with its sign."""
    return f"{'−' if value < 0 else '+'}{text.amount(abs(value), unit)}"


def table(found: Drift, then: Result, now: Result) -> str:
    """Each price that moved and what it did, as a table; nothing where none did."""
    slugs = shown(found, then, now)
    if not slugs:
        return ""
    changes = [one for one in found.changes if {*one.effects, *one.once} & set(slugs)]
    rest = [slug for slug in slugs if slug in found.rest]
    labels = [escape(then.option(slug).label) for slug in slugs]
    heads = "".join(f'<th scope="col" class="number">{label}</th>' for label in labels)
    rows = [_row(text.day(then.day), [_total(found.then.get(slug), then.unit) for slug in slugs])]
    rows += [
        _row(moved(one, found.back), [effect(one, s, then.unit) for s in slugs]) for one in changes
    ]
    if rest:
        left = [signed(found.rest[s], then.unit) if s in found.rest else "–" for s in slugs]
        rows.append(_row("What began, what ended, and dates that have passed", left))
    rows.append(_row(text.day(now.day), [_total(found.now.get(slug), then.unit) for slug in slugs]))
    return tables.scrolled(
        "What made the difference",
        f'<table class="table"><thead><tr><th scope="col">{text.heading(then.unit)}</th>{heads}'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table>",
    )


def _total(value: float | None, unit: str) -> str:
    return "–" if value is None else text.amount(value, unit)


def _row(title: str, cells: list[str]) -> str:
    inner = "".join(f'<td class="number">{escape(cell)}</td>' for cell in cells)
    return f'<tr><th scope="row">{escape(title)}</th>{inner}</tr>'
