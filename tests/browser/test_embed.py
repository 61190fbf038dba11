"""A calculator in a frame of a page on another host, and an answer on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.test_live import APPROACH, TODAY, field, headline
from tools.workbench.serve import served
from views.answer.embed import frame

HOST = '<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body>{}'


def test_a_frame_takes_its_height_and_shows_what_was_asked_for(
    open_page: Opener, site: str, tmp_path: Path, axe: Callable[[Page], list[str]]
) -> None:
    link = f"{site}{APPROACH}?on={TODAY}&requests=5M"
    (tmp_path / "whole.html").write_text(HOST.format(frame(link, "Cost", "frame")), "utf-8")
    (tmp_path / "chart.html").write_text(HOST.format(frame(link, "Cost", "frame-chart")), "utf-8")
    with served(tmp_path) as host:
        page = open_page(f"{host}whole.html", expect=(host,))
        inner = page.frames[1]
        expect(headline(inner)).to_contain_text("$863")  # type: ignore[arg-type]
        fits = "() => document.scrollingElement.scrollHeight === innerHeight && innerHeight !== 800"
        inner.wait_for_function(fits)
        before = inner.evaluate("innerHeight")
        # It is the calculator alone, and it answers; more of an answer makes the frame higher.
        for part in (".md-header", ".md-footer", ".beside", ".answer__share", "#how-it-is-counted"):
            expect(inner.locator(part).first).to_be_hidden()
        inner.locator(".assumptions summary").click()
        inner.wait_for_function(f"() => innerHeight > {before} + 200")
        inner.wait_for_function(fits)
        field(inner, "requests").fill("1M")  # type: ignore[arg-type]
        guide = inner.locator(".embedded a")
        expect(guide).to_have_attribute("href", f"?on={TODAY}&requests=1M")
        expect(guide).to_have_attribute("target", "_blank")
        inner.wait_for_url(f"**/?embed&on={TODAY}&requests=1M")

        page.goto(f"{host}chart.html")
        inner = page.frames[1]
        inner.wait_for_function(fits)
        expect(inner.locator("#curve")).to_be_visible()
        for part in (".inputs", "#options", "#what-flips-it", "#sources", ".answer__warnings"):
            expect(inner.locator(part).first).to_be_hidden()
        expect(inner.locator(".answer__day")).to_be_visible()
    faults = axe(open_page(f"{APPROACH}?embed", scheme="dark", phone=True))
    assert not faults, "\n".join(faults)


def test_an_answer_on_paper_is_whole_and_says_where_it_is(open_page: Opener) -> None:
    page = open_page(f"{APPROACH}?requests=5M&on={TODAY}", scheme="dark")
    expect(headline(page)).to_contain_text("$863")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    told = page.locator(".answer__share").evaluate("(e) => getComputedStyle(e, '::before').content")
    assert f"{page.url.split('?')[0]}?on={TODAY}&requests=5M" in told
    # Folded bills and inputs are unfolded, the dark scheme is light, and the form stays behind.
    for part in ("#retrieval-rerank", ".assumptions table", ".chart__numbers table"):
        expect(page.locator(part).first).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("form.inputs")).to_be_hidden()
    source = page.locator(".sources a").first
    shown = source.evaluate("(e) => getComputedStyle(e, '::after').content")
    assert (source.get_attribute("href") or "-") in shown
    cited = page.locator(".cite-this pre").nth(1)
    expect(cited).to_contain_text("version of")
    expect(cited).to_be_visible()
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
