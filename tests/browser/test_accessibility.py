"""No page has a fault that axe-core can find on a phone, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opener
from tests.conftest import ROOT

# Vendors' pages are alike, made by the same macros: one with every part stands for them.
LIKE_ANOTHER = {"adr", "vendors"}
SOURCES = [
    path.relative_to(ROOT / "docs").with_suffix("")
    for path in (ROOT / "docs").rglob("*.md")
    if path.relative_to(ROOT / "docs").parts[0] not in LIKE_ANOTHER
]
PAGES = sorted((path.parent if path.name == "index" else path).as_posix() for path in SOURCES)
PAGES += ["vendors", "vendors/openai", "vendors/pinecone"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_page_has_no_fault(
    open_page: Opener,
    axe: Callable[[Page], list[str]],
    path: str,
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page(f"{path}/" if path != "." else "", scheme=scheme, phone=True)
    faults = axe(page)
    assert not faults, "\n".join(faults)


def test_a_fault_would_be_found(open_page: Opener, axe: Callable[[Page], list[str]]) -> None:
    page = open_page()
    page.evaluate("""() => {
        document.querySelector("article").append(document.createElement("button"));
    }""")
    assert any(fault.startswith("button-name") for fault in axe(page))
