"""Taking an answer away in a real browser: what lands on the clipboard and in files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, until
from tests.browser.test_live import APPROACH, TODAY, answered, field, headline, python

KINDS = ("text/plain", "text/html")


def clipboard(page: Page) -> dict[str, str]:
    """What is on the clipboard, by media type."""
    found: dict[str, str] = page.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            const texts = item.types.map(async (type) =>
                [type, await (await item.getType(type)).text()]);
            return Object.fromEntries(await Promise.all(texts));
        }"""
    )
    return found


def taken(page: Page, record: str, **given: str) -> Any:
    """What CPython makes of it, for a page at that address."""
    where = page.evaluate("() => location.origin + location.pathname")
    asked = {"slug": "approach-cost", "given": given, "record": record, "page": where}
    return json.loads(python().handle(json.dumps(asked)))


def test_an_answer_is_taken_away(open_page: Opener) -> None:
    page = open_page(APPROACH)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    told = page.locator(".answer__copied")
    # Pressed before Python is up and after an edit, it waits for the answer to that edit.
    field(page, "requests").fill("5M")
    page.get_by_role("button", name="Copy as decision record").click()
    expect(told).to_have_text("Copied")
    record = taken(page, "full", requests="5M")
    copied = clipboard(page)
    assert set(copied) == set(KINDS)
    assert copied["text/plain"] == record["text"]
    # The browser cleans rich text before it hands it on; what an editor needs is still there.
    for tag in ("<h1", "<h2", "<table", "<th", "<li", f'href="{page.url.split("?")[0]}?on='):
        assert tag in copied["text/html"], tag

    # By keyboard: another form of it.
    page.get_by_role("combobox", name="Form of the record").select_option("madr")
    page.get_by_role("button", name="Copy as decision record").focus()
    page.keyboard.press("Enter")
    expect(told).to_have_text("Copied")
    assert clipboard(page)["text/plain"] == taken(page, "madr", requests="5M")["text"]

    page.get_by_role("button", name="Copy with today").click()
    expect(told).to_have_text("Copied")
    assert clipboard(page)["text/plain"].endswith(f"{APPROACH}?requests=5M")

    for form in ("full", "csv", "json"):
        page.get_by_role("combobox", name="Kind of file").select_option(form)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download", exact=True).click()
        expect(told).to_have_text("Saved")
        file = taken(page, form, requests="5M")
        assert download.value.suggested_filename == file["name"]
        assert Path(download.value.path()).read_bytes() == file["text"].encode()

    link = f"{APPROACH}?on={TODAY}&requests=5M#curve"
    title = page.locator("figure.chart figcaption").first.inner_text()
    for label, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("Vega-Lite", b"{")):
        with page.expect_download() as download:
            page.locator(".chart__take").first.get_by_role("button", name=label).click()
        content = Path(download.value.path()).read_bytes()
        assert content.startswith(start)
        assert download.value.suggested_filename.startswith(f"approach-cost-curve-{TODAY}.")
        if label == "PNG":
            continue
        for part in (title, link.replace("&", "&amp;") if label == "SVG" else link, "Prices of"):
            assert part in content.decode(), f"{label} does not say {part}"
        assert "var(" not in content.decode()


def test_a_link_to_a_part_is_copied_and_opens_it(open_page: Opener) -> None:
    phone = open_page(APPROACH, phone=True)
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    field(phone, "requests").fill("2M")
    said = answered("approach-cost", requests="2M")["said"]
    expect(headline(phone)).to_have_text(said)
    phone.locator("#items-hybrid summary").click()
    part = phone.locator("#hybrid-rerank .headerlink")
    part.evaluate(
        """(part) => {
            window.said = [];
            new MutationObserver(() => window.said.push(part.dataset.said ?? ""))
                .observe(part, { attributeFilter: ["data-said"] });
        }"""
    )
    part.click()
    # It stands for a moment only, which a slow machine may not see.
    until(phone, lambda: phone.evaluate("window.said")[:1] == ["Copied"])
    link = clipboard(phone)["text/plain"]
    assert link.endswith(f"{APPROACH}?on={TODAY}&requests=2M#hybrid-rerank")
    assert phone.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    until(phone, lambda: phone.evaluate("window.said") == ["Copied", ""])

    yours = open_page(link)
    expect(headline(yours)).to_have_text(said)
    expect(yours.locator("#hybrid-rerank")).to_be_in_viewport()
    expect(yours.locator("#items-hybrid")).to_have_js_property("open", value=True)

    # Where the page may not write to the clipboard, the text is there to be copied by hand.
    yours.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new Error('no')); }")
    yours.get_by_role("combobox", name="Form of the record").select_option("table")
    yours.get_by_role("button", name="Copy as decision record").click()
    by_hand = yours.get_by_label("To be copied by hand")
    expect(by_hand).to_be_focused()
    expect(by_hand).to_have_value(taken(yours, "table", requests="2M")["text"])
    expect(yours.locator(".answer__copied")).to_contain_text("copy it yourself")
