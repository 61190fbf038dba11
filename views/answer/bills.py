"""A bill as a page works it out: of one option of a case, or of what no calculator asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from calculators.billing.rentals import rental_month
from calculators.billing.retrieval import retrieval_month
from calculators.billing.training import run_cost
from calculators.kernel.calculator import Calculator, Result
from calculators.kernel.facts import Facts
from calculators.kernel.results import Option
from calculators.kernel.units import Quantity
from views import tables, text
from views.answer.form import query
from views.book.offers import TOP


def bill(
    calculator: Calculator,
    facts: Facts,
    result: Result,
    option: str,
    only: Sequence[str] = (),
) -> str:
    """
    The line items of one option of a case with their arithmetic, and the way to the calculator.
    `only` keeps the items with these ids, or of groups with these ids: what one vendor bills.
    """
    found = result.option(option)
    if found.refused:
        raise ValueError(f"{option} cannot be had in that case: {found.refused}")
    if only:
        kept = {
            item: cost
            for item, cost in found.lines.items()
            if item.id in only or (item.group and item.group.id in only)
        }
        if not kept:
            ids = ", ".join(item.id for item in found.lines)
            raise ValueError(f"{option} has no item {', '.join(only)}; it has {ids}")
        found = Option(found.slug, found.label, kept)
    given = result.reading.given | {"on": str(facts.day)}
    link = f"{TOP}calculators/{calculator.slug}/?{query(given)}"
    return (
        f'<section class="prices">{_bill_table(found)}'
        f'<p><a href="{escape(link)}">Open this case in the calculator</a></p></section>'
    )


def worked(facts: Facts, name: str, case: Mapping[str, str]) -> str:
    """
    A bill that no calculator asks for: a month of one accelerator; `searches` over `files` of
    managed retrieval; a training run of `examples`, `example_tokens` each, `epochs` times.
    """
    offer = facts.offer(name)
    rates = facts.rates(name)
    given = {key: Quantity.parse(words) for key, words in case.items()}
    found = Option(offer.kind, offer.name)
    if offer.kind == "rental":
        found.lines = rental_month(facts, rates)
    elif offer.kind == "retrieval":
        found.lines = retrieval_month(facts, rates, given["searches"], given["files"])
    elif offer.kind == "training":
        none = facts.number("0 tok")
        sizes = (given["examples"], given["example_tokens"], given["epochs"])
        found.once = run_cost(rates, *sizes, none)
    else:
        raise ValueError(f"{name} is billed by the case of a calculator: use bill()")
    return f'<section class="prices">{_bill_table(found)}</section>'


def _bill_table(option: Option) -> str:
    rows = ""
    for title, items, total in (
        ("A month", option.lines, option.total),
        ("Paid once", option.once, option.total_once),
    ):
        if not items:
            continue
        for item, cost in items.items():
            rows += (
                f'<tr><th scope="row">{escape(item.label)}</th>'
                f'<td class="bill__worked">{escape(text.worked(cost))}</td>'
                f'<td class="number">{text.money(cost.value)}</td></tr>'
            )
        rows += (
            f'<tr class="bill__total"><th scope="row">{title}</th><td></td>'
            f'<td class="number">{text.money(float(total))}</td></tr>'
        )
    return tables.scrolled(
        "A worked bill",
        '<table class="prices__table"><thead><tr><th scope="col">Item</th>'
        '<th scope="col">Worked out</th><th scope="col" class="number">USD</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>",
    )
