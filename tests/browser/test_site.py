"""The site's own machinery in a real browser: policy, instant navigation, search, schemes."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, until_navigable

CALCULATOR = "calculators/approach-cost/"


def test_the_policy_is_in_force(open_page: Opener) -> None:
    """What the policy forbids does not run: the policy is read by the browser, not just there."""
    page = open_page(expect=("Content Security Policy", "EvalError"))
    assert (
        page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "document.body.dataset.injected = 'yes'";
        document.body.append(script);
        return document.body.dataset.injected ?? "blocked";
    }""")
        == "blocked"
    )


def test_instant_navigation_keeps_the_document_and_upgrades_the_calculator(
    open_page: Opener,
) -> None:
    page = open_page()
    title = page.locator("h1").inner_text()
    page.evaluate("() => { window.kept = true; }")
    until_navigable(page)
    page.locator(f"article a[href*='{CALCULATOR}']").first.click()
    page.wait_for_url(f"**/{CALCULATOR}*")
    expect(page.locator("h1")).to_contain_text("What does each approach cost")
    assert page.evaluate("() => window.kept === true"), "the document was loaded anew"
    expect(page.locator("live-calculator:defined")).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_have_text(title)
    assert page.evaluate("() => window.kept === true"), "the document was loaded anew"


def test_search_finds_a_page(page: Page) -> None:
    box = page.locator("input[data-md-component='search-query']")
    box.click()
    # The theme says so once its worker has the index, and misses what was typed before.
    expect(page.locator(".md-search-result__meta")).to_have_text("Type to start searching")
    box.press_sequentially("approach cost")
    hit = page.locator(f".md-search-result__link[href*='{CALCULATOR}']").first
    expect(hit).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_system(open_page: Opener, scheme: Literal["light", "dark"]) -> None:
    page = open_page(scheme=scheme)
    expected = {"light": "default", "dark": "slate"}[scheme]
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", expected)


def test_the_palette_toggle_goes_round(page: Page) -> None:
    seen = []
    label = page.locator("form[data-md-component='palette'] label:not([hidden])")
    for _ in range(3):
        name = label.get_attribute("title") or ""
        label.click()
        expect(label).not_to_have_attribute("title", name)
        seen.append(page.locator("body").get_attribute("data-md-color-scheme"))
    assert set(seen) == {"default", "slate"}


def test_a_missing_page_says_so(open_page: Opener) -> None:
    page = open_page("no/such/page/", expect=("status of 404",))
    expect(page.locator("h1")).to_contain_text("404")
