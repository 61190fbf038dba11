"""The price tables, the vendors' pages and the calendar in a real browser."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from calculators.kernel.book import Book
from tests.browser.conftest import Opener, expect_no_overflow, until_navigable
from tools.records import records
from views.book import prices

PAGES = {
    "models": "prices/models/",
    "fine-tuning": "prices/fine-tuning/",
    "stores": "prices/vector-stores/",
    "accelerators": "prices/accelerators/",
    "vendors": "vendors/",
    "openai": "vendors/openai/",
    "qdrant": "vendors/qdrant/",
    "calendar": "reference/calendar/",
}
MODELS = PAGES["models"]

ROWS = 3000
# Counts what a filter does, by the row.
WORK = """() => {
    window.work = { read: 0, touched: 0 };
    const text = Object.getOwnPropertyDescriptor(Node.prototype, "textContent");
    Object.defineProperty(HTMLTableRowElement.prototype, "textContent", {
        get() {
            window.work.read += 1;
            return text.get.call(this);
        },
    });
    new MutationObserver((changes) => {
        window.work.touched += changes.filter(({ target }) => target.localName === "tr").length;
    }).observe(document.body, { attributeFilter: ["hidden"], subtree: true });
}"""


def rows(page: Page) -> Locator:
    """The rows that a filter has left, in view or not."""
    return page.locator("price-table tbody:not([hidden]) > tr:not([hidden])")


def names(page: Page) -> list[str]:
    return rows(page).locator("th > a").all_text_contents()


def figures(page: Page, column: str) -> list[float]:
    """The values that a column of figures sorts by, as it stands; NaN where there is none."""
    found: list[float] = page.evaluate(
        """(title) => {
            const table = document.querySelector("price-table table");
            const heads = [...table.tHead.rows[0].cells];
            const at = heads.findIndex((head) => head.textContent.startsWith(title));
            return [...table.tBodies].flatMap((body) => [...body.rows])
                .map((row) => parseFloat(row.cells[at].dataset.sort));
        }""",
        column,
    )
    return found


@pytest.mark.parametrize("name", PAGES)
def test_no_accessibility_faults_on_a_desk(
    open_page: Opener, axe: Callable[[Page], list[str]], name: str
) -> None:
    """On a phone, and in the dark, every page of the site is looked at elsewhere."""
    page = open_page(PAGES[name])
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => one.open = true)")
    expect_no_overflow(page)
    assert not axe(page)


def test_on_a_phone_the_name_of_a_row_stays_in_view(open_page: Opener) -> None:
    page = open_page(MODELS, phone=True)
    name = page.locator("#openai--gpt-4o > th")
    name.scroll_into_view_if_needed()
    page.locator("price-table .scroll").evaluate("(box) => { box.scrollLeft = 300; }")
    expect(name).to_be_in_viewport(ratio=0.9)


def test_without_javascript_the_table_is_whole(open_page: Opener, book: Book) -> None:
    page = open_page(MODELS, javascript=False)
    sold = [o for o in book.offers.values() if o.kind == "inference" and o.sold(book.day)]
    assert page.locator("price-table tbody tr").count() == len(sold)
    expect(page.locator(".prices__filter")).to_be_hidden()
    expect(page.locator("price-table thead button")).to_have_count(0)


def test_words_in_any_order_filter_rows(open_page: Opener) -> None:
    page = open_page(MODELS)
    everything = names(page)
    box = page.get_by_label("Filter")
    box.fill("openai gpt-4o")
    wanted = [one for one in everything if one in ("GPT-4o", "GPT-4o mini")]
    assert len(wanted) == 2
    expect(rows(page)).to_have_count(len(wanted))
    assert names(page) == wanted
    said = f"{len(wanted)} of {len(everything)} offers"
    expect(page.locator(".prices__filter [role=status]")).to_have_text(said)
    box.fill("gpt-4o OPENAI")
    assert names(page) == wanted
    box.fill("no such thing")
    expect(rows(page)).to_have_count(0)
    expect(page.locator("price-table tbody tr:visible")).to_have_count(0)
    box.fill("")
    assert names(page) == everything
    expect(page.locator(".prices__filter [role=status]")).to_have_text("")


def test_a_column_sorts_by_keyboard_and_says_so(open_page: Opener) -> None:
    page = open_page(MODELS)
    head = page.locator("price-table thead th", has_text="Output").first
    expect(head).not_to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    up = figures(page, "Output")
    assert up == sorted(up)
    page.keyboard.press("Space")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert figures(page, "Output") == up[::-1]
    page.get_by_role("button", name="Offer").click()
    expect(page.locator("price-table thead th", has_text="Offer")).to_have_attribute(
        "aria-sort", "ascending"
    )
    expect(page.locator("[aria-sort]")).to_have_count(1)
    shown = [name.lower() for name in names(page)]
    assert shown[0] == min(shown)
    assert shown[-1] == max(shown)


def test_what_has_no_value_stands_last_both_ways(open_page: Opener) -> None:
    page = open_page(MODELS)
    head = page.locator("price-table thead th", has_text="Cache write")
    for way in ("ascending", "descending"):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", way)
        found = figures(page, "Cache write")
        known = [value for value in found if value == value]  # NaN is not itself
        assert 0 < len(known) < len(found)
        assert all(value != value for value in found[len(known) :])


def test_a_filter_holds_while_one_sorts(open_page: Opener) -> None:
    page = open_page(MODELS)
    page.get_by_label("Filter").fill("openai")
    before = names(page)
    head = page.locator("price-table thead th", has_text="Input").first
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert sorted(names(page)) == sorted(before)


def test_a_price_can_be_linked(open_page: Opener) -> None:
    page = open_page(f"{MODELS}#openai--gpt-4o")
    expect(page.locator("#openai--gpt-4o")).to_be_in_viewport()
    page = open_page("vendors/openai/#history-openai--gpt-4o")
    expect(page.locator("#history-openai--gpt-4o")).to_be_in_viewport()


def test_the_table_works_after_instant_navigation_and_back(open_page: Opener) -> None:
    page = open_page("prices/embeddings/")
    title = page.locator("h1").inner_text()
    page.evaluate("() => { window.kept = true; }")
    until_navigable(page)
    page.get_by_role("link", name="Prices", exact=True).first.click()
    page.wait_for_url(f"**/{MODELS}")
    # The address changes before the page does.
    expect(page.locator("h1")).not_to_have_text(title)
    box = page.get_by_label("Filter")
    box.fill("anthropic")
    expect(page.locator("price-table thead button").first).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("price-table thead button").first).to_be_visible()
    page.get_by_label("Filter").fill("openai")
    shown = names(page)
    assert shown
    assert all("embedding" in name for name in shown)
    assert page.evaluate("() => window.kept === true"), "the document was loaded anew"


def many(count: int) -> Book:
    """The book, its models repeated under other names until there are so many."""
    found: dict[str, Any] = copy.deepcopy(records())
    book = Book.parse(found)
    sold = {offer.id for offer in book.on(book.day).on_sale("inference")}
    models = [(file, name) for file in found for name in found[file]["offers"] if name in sold]
    for turn in range(count - len(models)):
        file, name = models[turn % len(models)]
        offer = copy.deepcopy(found[file]["offers"][name])
        found[file]["offers"][f"{name}-{turn}"] = offer | {"name": f"{offer['name']} {turn}"}
    return Book.parse(found)


def work(page: Page) -> dict[str, int]:
    """How many texts of rows the filter has read, and how many rows it has hidden or shown."""
    done: dict[str, int] = page.evaluate("window.work")
    return done


def test_three_thousand_rows_are_filtered_without_waste(open_page: Opener) -> None:
    """What makes a keystroke quick: a text is read once, and only what changes is touched."""
    book = many(ROWS)
    page = open_page(MODELS)
    html = prices.prices(book.on(book.day), "inference")
    page.locator(".prices").first.evaluate("(old, html) => { old.outerHTML = html; }", html)
    texts = page.locator("price-table tbody tr").all_text_contents()
    left, touched = list(zip(names(page), texts, strict=True)), 0
    assert len(left) == ROWS
    page.evaluate(WORK)
    for words in ("openai", "openai gpt-4o", "gpt-4o mini openai"):
        page.get_by_label("Filter").fill(words)
        before = len(left)
        left = [row for row in left if all(word in row[1].lower() for word in words.split())]
        assert 0 < len(left) < before
        expect(rows(page)).to_have_count(len(left))
        assert names(page) == [name for name, _ in left]
        touched += before - len(left)
        assert work(page) == {"read": ROWS, "touched": touched}
    page.get_by_label("Filter").fill("")
    expect(rows(page)).to_have_count(ROWS)
    assert work(page) == {"read": ROWS, "touched": 2 * touched}
