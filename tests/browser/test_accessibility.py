"""No page has a fault that axe-core can find, or scrolls sideways, on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, expect_no_overflow
from tests.conftest import ROOT

# Vendors' pages are alike, made by the same macros: one with every part stands for them.
LIKE_ANOTHER = {"adr", "vendors"}
SOURCES = [
    path.relative_to(ROOT / "docs").with_suffix("")
    for path in (ROOT / "docs").rglob("*.md")
    if path.relative_to(ROOT / "docs").parts[0] not in LIKE_ANOTHER
]
PAGES = sorted((path.parent if path.name == "index" else path).as_posix() for path in SOURCES)
PAGES += ["vendors", "vendors/openai", "vendors/pinecone", "vendors/qdrant"]


def quiet(page: Page) -> None:
    """Python does not start by itself: it is not what is looked at here."""
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_page_has_no_fault(open_page: Opener, axe: Callable[..., list[str]], path: str) -> None:
    page = open_page(f"{path}/" if path != "." else "", phone=True, before=quiet)
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => one.open = true)")
    expect_no_overflow(page)
    faults = axe(page)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    # All else is the same in the dark.
    faults += axe(page, "color-contrast")
    assert not faults, "\n".join(faults)


def test_a_fault_would_be_found(open_page: Opener, axe: Callable[..., list[str]]) -> None:
    page = open_page()
    page.evaluate("""() => {
        document.querySelector("article").append(document.createElement("button"));
    }""")
    assert any(fault.startswith("button-name") for fault in axe(page))
