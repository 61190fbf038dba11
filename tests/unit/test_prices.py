"""The pages of the price book: every offer stands there once, with price, day and source."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.facts import Facts
from calculators.kernel.offers import Offer
from tests.conftest import ROOT
from views import text
from views.answer import bills
from views.book import calendar, columns, offers, prices, vendors

DOCS = ROOT / "docs"
DAY = date(2026, 11, 22)


def drawn(spec: dict[str, Any]) -> str:
    """In place of a drawing: the days and prices that are in it."""
    return "".join(f"[{p['day']} {p['price']}]" for p in spec["layer"][0]["data"]["values"])


def seen(html: str) -> str:
    """What a reader sees of it, on one line; figures without the spaces that align them."""
    plain = unescape(re.sub(r"<[^>]+>", " ", html)).translate({0x2007: " ", 0x2008: " "})
    return " ".join(plain.split())


def small_book() -> Book:
    """Four models of one vendor: steady, changing and ending, ended, and without a price."""
    page = {"source": "page", "confidence": "vendor page"}
    shop: dict[str, Any] = {
        "vendor": "Shop & Co",
        "sources": {
            "page": {"title": "Price page", "url": "https://shop.example/p", "read": str(DAY)}
        },
        "offers": {
            "shop/large": {
                "name": "Large",
                "kind": "inference",
                "rates": {
                    "2026-01-01": {"input": "2.00 USD/Mtok", "output": "8.00 USD/Mtok"} | page,
                    "2026-12-01": {"input": "4.00 USD/Mtok", "output": "8.00 USD/Mtok"} | page,
                    "2027-02-01": {"withdrawn": "Closed for good."} | page,
                },
                "lifecycle": {
                    "2026-06-01": {
                        "event": "closed_to_new_customers",
                        "source": "page",
                        "note": "Nobody new.",
                    },
                },
            },
            "shop/small": {
                "name": "Small <1>",
                "kind": "inference",
                "rates": {
                    "2026-01-01": page
                    | {
                        "input": "0.125 USD/Mtok",
                        "output": "1.00 USD/Mtok",
                        "cache_write_1h": "0.25 USD/Mtok",
                        "dated": "first seen",
                        "disputed": "Another list says 9.",
                        "above": {"100_000 tok": {"input": "0.50 USD/Mtok"}},
                    }
                },
            },
            "shop/old": {
                "name": "Old",
                "kind": "inference",
                "rates": {
                    "2025-01-01": {"input": "7.00 USD/Mtok", "output": "9.00 USD/Mtok"} | page,
                    "2026-02-01": {"withdrawn": "Shut down."} | page,
                },
            },
            "shop/silent": {
                "name": "Silent",
                "kind": "inference",
                "not_published": "It tells nobody.",
                "source": "page",
            },
        },
    }
    return Book.parse({"offers/shop": shop})


@pytest.fixture(scope="module")
def small() -> Facts:
    return small_book().on(DAY)


@pytest.fixture(scope="module")
def facts(book: Book) -> Facts:
    return book.on(book.day)


def row(html: str, identifier: str) -> str:
    found = re.search(rf'<(tr|li)[^>]* id="{re.escape(identifier)}".*?</\1>', html)
    assert found, f"no row {identifier}"
    return found[0]


def figures_of(row: str) -> set[float]:
    """The figures in the cells between an offer's name and its source: `10k` as 10,000."""
    cells = seen(row[row.index("</th>") : row.rindex("<td")]).replace(",", "")
    found = re.findall(r"(?<![\d.-])(\d+(?:\.\d+)?)(k?)", cells)
    return {float(number) * (1000 if thousands else 1) for number, thousands in found}


@pytest.mark.parametrize("kind", columns.KINDS)
def test_every_offer_can_be_linked(facts: Facts, kind: str) -> None:
    html = prices.prices(facts, kind)
    ids = re.findall(r' id="([^"]+)"', html)
    mine = [o for o in facts.book.offers.values() if o.kind == kind]
    assert sorted(ids) == sorted(offers.row_id(offer) for offer in mine)


@pytest.mark.parametrize("kind", columns.KINDS)
def test_every_price_in_force_stands_in_its_row_with_its_source(facts: Facts, kind: str) -> None:
    html = prices.prices(facts, kind)
    for offer in facts.on_sale(kind):
        block = offer.on(facts.day)
        shown = seen(row(html, offers.row_id(offer)))
        figures = figures_of(row(html, offers.row_id(offer)))
        for meter, price in block.meters.items():
            told = f"{offer.id} does not show its {meter}: {shown}"
            assert price.factors[0].number in figures, told
        assert str(block.start) in shown
        assert f"{block.confidence}, read {block.source.read}" in shown
        assert block.source.title in shown
        assert ("first seen" in shown) == block.first_seen
        assert ("Disputed" in shown) == bool(block.disputed)


def test_a_row_says_everything(small: Facts) -> None:
    shown = seen(row(prices.prices(small, "inference"), "shop--small"))
    assert shown == (
        "Small <1> Disputed Another list says 9. Shop & Co 0.125 0.50 1.00 – to 100k tokens "
        "longer than 100k cache write, 1 h 0.25 2026-01-01 first seen "
        f"Price page vendor page, read {DAY}"
    )


def test_what_closes_ends_or_changes_is_marked_with_its_day(small: Facts) -> None:
    html = row(prices.prices(small, "inference"), "shop--large")
    for day, said in (
        ("2026-06-01", "closed to new customers"),
        ("2026-12-01", "price changes on 1 December 2026"),
        ("2027-02-01", "ends on 1 February 2027"),
    ):
        assert f'<a href="../../reference/calendar/#d-{day}">{said}</a>' in html


def test_what_has_ended_or_has_no_price_is_told_apart(small: Facts) -> None:
    html = prices.prices(small, "inference")
    table, rest = html.split("</price-table>")
    assert 'id="shop--old"' not in table
    assert seen(row(rest, "shop--old")).startswith("Old Shop & Co 2026-02-01 Shut down. input $7")
    assert seen(row(rest, "shop--silent")) == "Silent ( Shop & Co ): It tells nobody."


def test_figures_sort_by_their_value_and_not_by_their_text(small: Facts) -> None:
    html = prices.prices(small, "inference")
    values = re.findall(r'<td class="number" data-sort="([^"]+)"', row(html, "shop--small"))
    assert [float(value) for value in values] == pytest.approx([0.125, 1.0])


def test_figures_stand_on_their_points(small: Facts) -> None:
    """Two decimals beside three: one space as wide as a figure."""
    assert "2.00\u2007</td>" in row(prices.prices(small, "inference"), "shop--large")


def test_a_long_table_names_its_roles(facts: Facts, small: Facts) -> None:
    assert 'role="cell"' not in prices.prices(small, "inference")
    long = prices.prices(facts, "inference")
    table = long[long.index("<table") : long.index("</table>")]
    assert table.count("<td") == table.count('<td role="cell"')
    columns = re.search(r"--columns:([^;]+);", table)
    assert columns
    assert columns[1].count("minmax") == table[: table.index("</thead>")].count("<th ")


def test_a_vendor_s_page_has_what_it_sells_what_ended_and_what_the_prices_were(
    small: Facts,
) -> None:
    page = vendors.vendor(small, "shop", drawn)
    assert re.findall(r"## (.*) \{ #(.*) \}", page) == [
        ("Models", "inference"),
        ("What has ended", "ended"),
        ("What closes or changes", "dates"),
        ("What the prices were", "history"),
    ]
    history = page[page.index("{ #history }") :]
    assert "Input rises from $2.00 to $4.00 a million tokens on 1 December 2026." in history
    assert "[2026-01-01 2.0][2026-12-01 4.0][2027-02-01 4.0]" in history
    assert "Ends. Closed for good." in history
    assert "Output rises" not in history, "it did not"
    with pytest.raises(ValueError, match="known are shop"):
        vendors.vendor(small, "shopp", drawn)


def test_no_price_that_stayed_is_drawn(facts: Facts) -> None:
    for offer in facts.book.offers.values():
        steps = vendors.price_steps(offer, facts.day)
        if steps:
            drawn_prices = {p["price"] for p in steps[0]["layer"][0]["data"]["values"]}
            assert len(drawn_prices) > 1, offer.id


def test_the_cheapest_is_what_a_newcomer_may_buy(small: Facts) -> None:
    assert prices.span(small, "inference", "input") == (
        "from $0.125 a million tokens (Small &lt;1&gt;) to "
        "$0.125 a million tokens (Small &lt;1&gt;)"
    )
    with pytest.raises(ValueError, match="no store on sale"):
        prices.span(small, "store", "node")


def test_a_bill_is_the_calculator_s(facts: Facts) -> None:
    calculator = CALCULATORS["approach-cost"]
    result = calculator.answer(facts, {})
    option = result.option("retrieval")
    shown = seen(bills.bill(calculator, facts, result, "retrieval"))
    for item, cost in option.lines.items():
        assert f"{item} {text.worked(cost)} {text.money(cost.value)}" in shown
    assert f"A month {text.money(float(option.total))}" in shown
    part = seen(bills.bill(calculator, facts, result, "retrieval", ["vector-store"]))
    stored = sum(c.value for n, c in option.lines.items() if n.label.startswith("Vector store"))
    assert f"A month {text.money(stored)}" in part
    assert "Rerank" not in part
    with pytest.raises(ValueError, match="no item rocket"):
        bills.bill(calculator, facts, result, "retrieval", ["rocket"])
    with pytest.raises(ValueError, match="cannot be had"):
        bills.bill(calculator, facts, result, "long-context")


@pytest.mark.parametrize(
    ("kind", "meters", "case", "expected"),
    [
        ("rental", {"hour": "2.00 USD/h"}, {}, "A month $1,460"),
        (
            "retrieval",
            {
                "search": "2.50 USD/ksearch",
                "searches_included": "1_000 search/month",
                "storage_daily": "0.10 USD/GB/day",
                "storage_included": "1 GB",
            },
            {"searches": "3_000 search/month", "files": "3 GB"},
            # 2,000 searches at 2.50 a thousand; 2 GB for 730 / 24 days at 0.10.
            "A month $11.1",
        ),
        (
            "training",
            {"training": "4.00 USD/Mtok"},
            {"examples": "1_000 example", "example_tokens": "500 tok/example", "epochs": "3 epoch"},
            "Paid once $6",
        ),
    ],
)
def test_bills_that_no_calculator_asks_for(
    kind: str, meters: dict[str, str], case: dict[str, str], expected: str
) -> None:
    offer: dict[str, Any] = {
        "name": "Thing",
        "kind": kind,
        "rates": {"2026-01-01": meters | {"source": "page", "confidence": "vendor page"}},
    }
    if kind == "rental":
        offer["accelerator"] = "h100-sxm-80gb"
    source = {"title": "Page", "url": "https://shop.example/p", "read": str(DAY)}
    record = {"vendor": "Shop", "sources": {"page": source}, "offers": {"shop/thing": offer}}
    facts = Book.parse({"offers/shop": record}).on(DAY)
    assert seen(bills.worked(facts, "shop/thing", case)).endswith(expected)


def test_the_day_of_an_event(small: Facts) -> None:
    assert calendar.when(small, "shop/large", "ends") == "1 February 2027"
    assert calendar.when(small, "shop/large", "closed_to_new_customers") == "1 June 2026"
    with pytest.raises(ValueError, match="no 'ends' of shop/small"):
        calendar.when(small, "shop/small", "ends")


def test_the_calendar_says_what_to_do(small: Facts) -> None:
    coming, past = calendar.calendar(small).split("<details")
    assert re.findall(r'id="(d-[^"]+)"', coming) == ["d-2026-12-01", "d-2027-02-01"]
    assert re.findall(r'id="(d-[^"]+)"', past) == ["d-2026-06-01", "d-2026-02-01"]
    shown = seen(coming)
    assert "Price changes Large Shop & Co Input from $2.00 to $4.00 a million tokens." in shown
    assert "Work your case out at the new prices: Large on 1 December 2026." in shown
    assert 'href="../../calculators/approach-cost/?model=shop/large&amp;on=2026-12-01"' in coming
    assert "Ends Large Shop & Co Closed for good. Source: Price page" in shown
    assert "Move to another model and run your evaluation on it" in shown


def test_the_calendar_leaves_nothing_out(facts: Facts) -> None:
    """Every event and every end of the book, with its day, its offer and its source."""
    html = calendar.calendar(facts)
    days = dict(re.findall(r'<h3 id="d-([^"]+)">.*?(<ul>.*?</ul>)</section>', html))

    def stands(day: date, offer: Offer, url: str) -> bool:
        part = unescape(days.get(str(day), ""))
        return f'href="{offers.where(offer)}"' in part and url in part

    for offer in facts.book.offers.values():
        for event in offer.lifecycle:
            assert stands(event.day, offer, event.source.url), f"{offer.id} {event.event}"
        for block in offer.blocks:
            if block.withdrawn:
                assert stands(block.start, offer, block.source.url), f"{offer.id} ends"


def test_every_mark_leads_to_a_day_of_the_calendar(facts: Facts) -> None:
    html = "".join(prices.prices(facts, kind) for kind in columns.KINDS)
    days = set(re.findall(r'id="(d-[^"]+)"', calendar.calendar(facts)))
    linked = set(re.findall(r"reference/calendar/#(d-[\d-]+)", html))
    assert linked
    assert linked <= days
