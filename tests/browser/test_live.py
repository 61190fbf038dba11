"""A calculator that answers in the page: edits, links, bad input, charts, one worker for all.

What the page shows is compared with what CPython renders for the same request.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from calculators import CALCULATORS
from tests.browser.conftest import Opener, let_timers_run, until, until_navigable
from tools.records import records
from views.answer.live import Live

APPROACH = "calculators/approach-cost/"
BREAK_EVEN = "calculators/break-even/"


@cache
def python() -> Live:
    return Live(json.dumps(records()))


TODAY = str(python().book.day)


def answered(slug: str, **given: str) -> dict[str, Any]:
    """What CPython replies to an edit."""
    reply: dict[str, Any] = json.loads(python().handle(json.dumps({"slug": slug, "given": given})))
    return reply


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#in-{name}")


def headline(page: Page) -> Locator:
    return page.locator(".answer__headline")


def shown(page: Page) -> str:
    """The answer's text as it stands, without the drawings and what a button has said."""
    text: str = page.evaluate(
        """() => {
            const copy = document.querySelector(".answer__html").cloneNode(true);
            const apart = copy.querySelectorAll(".chart__picture, .answer__copied");
            apart.forEach((one) => one.replaceChildren());
            return copy.textContent;
        }"""
    )
    return text


def text_of(page: Page, html: str) -> str:
    """The text of some HTML as a browser reads it."""
    text: str = page.evaluate(
        """(html) => {
            const made = document.createElement("template");
            made.innerHTML = html;
            return made.content.textContent;
        }""",
        html,
    )
    return text


def expect_shown(page: Page, html: str) -> None:
    """Wait until the answer has just the text of that HTML: a headline may be an earlier one's."""
    text = text_of(page, html)
    until(
        page, lambda: shown(page) == text, lambda: f"\n--- shown\n{shown(page)}\n--- wanted\n{text}"
    )


def expect_address(page: Page, **given: str) -> None:
    """Wait until the address says just this."""
    page.wait_for_url(
        lambda url: parse_qs(urlsplit(url).query) == {name: [text] for name, text in given.items()}
    )


def test_an_edit_is_answered_as_cpython_answers_it(open_page: Opener) -> None:
    page = open_page(APPROACH)
    reply = answered("approach-cost", requests="5M")
    assert reply["said"] not in shown(page), "the edit would change nothing"
    field(page, "requests").fill("5M")
    expect(headline(page)).to_have_text(reply["said"])
    expect_shown(page, reply["html"])
    expect_address(page, requests="5M", on=TODAY)
    changed = page.locator(".field.is-changed")
    expect(changed).to_have_count(1)
    expect(changed.locator("input")).to_have_attribute("name", "requests")
    expect(changed.get_by_role("button", name="Reset Requests")).to_be_visible()


def test_a_reset_and_a_cleared_field_mean_the_default(open_page: Opener) -> None:
    page = open_page(f"{APPROACH}?requests=5M")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="5M")["said"])
    page.get_by_role("button", name="Reset Requests").click()
    default = answered("approach-cost")
    expect(headline(page)).to_have_text(default["said"])
    expect(field(page, "requests")).to_have_value("400k")
    expect(field(page, "requests")).to_be_focused()
    expect(page.locator(".field.is-changed")).to_have_count(0)
    field(page, "top_k").fill("50")
    expect(headline(page)).not_to_have_text(default["said"])
    field(page, "top_k").fill("")
    expect(headline(page)).to_have_text(default["said"])
    expect(field(page, "top_k")).to_have_attribute("placeholder", "5")


def test_a_shared_link_gives_the_same_figure_to_somebody_else(open_page: Opener) -> None:
    mine = open_page(APPROACH)
    mine.context.grant_permissions(["clipboard-read", "clipboard-write"])
    field(mine, "requests").fill("5M")
    field(mine, "top_k").fill("8")
    field(mine, "reranker").select_option("none")
    given = {"requests": "5M", "top_k": "8", "reranker": "none"}
    said = answered("approach-cost", **given)["said"]
    expect(headline(mine)).to_have_text(said)
    # It is the answer to the last edit, though an earlier one may have the same headline.
    expect_address(mine, **given, on=TODAY)
    mine.get_by_role("button", name="Copy link").click()
    expect(mine.locator(".answer__copied")).to_have_text("Copied")
    link = mine.evaluate("() => navigator.clipboard.readText()")
    # A page ships the chosen offer; the others come with Python.
    expect(field(mine, "model").locator("option:checked")).to_have_text("GPT-6 Luna")
    expect(field(mine, "model").locator("option").nth(20)).to_be_attached()
    assert link == mine.url, "the copied link is the address, with the day of its prices"

    yours = open_page(link)
    expect(headline(yours)).to_have_text(said)
    for name, text in given.items():
        expect(field(yours, name)).to_have_value(text)
    expect(yours.locator(".field.is-changed")).to_have_count(3)
    until(yours, lambda: shown(yours) == shown(mine))


def test_a_link_says_what_it_could_not_use_and_loads_the_rest(open_page: Opener) -> None:
    page = open_page(f"{APPROACH}?requests=2M&top_k=lots&colour=blue&on=2026-13-40")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="2M")["said"])
    expect(page.locator("#error-top_k")).to_contain_text("'lots' is not a number")
    expect(field(page, "top_k")).to_have_value("lots")
    expect(page.locator(".answer__status")).to_contain_text("colour")
    expect(page.locator(".answer__status")).to_contain_text("2026-13-40")
    field(page, "top_k").fill("8")
    expect(page.locator("#error-top_k")).to_be_hidden()
    expect(headline(page)).to_have_text(answered("approach-cost", requests="2M", top_k="8")["said"])


def test_the_prices_of_a_link_s_day_hold_and_today_s_are_a_click_away(open_page: Opener) -> None:
    day = "2026-11-20"
    page = open_page(f"{APPROACH}?on={day}&requests=3M")
    then = answered("approach-cost", requests="3M", on=day)
    expect(page.locator(".answer__day time")).to_have_attribute("datetime", day)
    expect_shown(page, then["html"])
    field(page, "requests").fill("4M")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="4M", on=day)["said"])
    expect_address(page, requests="4M", on=day)


def test_an_offer_of_the_past_has_its_name_in_its_chooser(open_page: Opener) -> None:
    page = open_page(f"{APPROACH}?model=openai/o4-mini&reranker=none&on=2026-10-14")
    chosen = field(page, "model").locator("option:checked")
    expect(chosen).to_have_text("o4-mini")
    expect(field(page, "model")).to_have_value("openai/o4-mini")
    page.locator("[data-field=model] .field__reset").click()
    expect(chosen).to_have_text("GPT-6 Luna")


def test_bad_input_is_refused_beside_its_field_and_nothing_else_is_lost(open_page: Opener) -> None:
    page = open_page(APPROACH)
    field(page, "requests").fill("5M")
    good = answered("approach-cost", requests="5M")["said"]
    expect(headline(page)).to_have_text(good)

    field(page, "top_k").fill("many")
    problem = answered("approach-cost", top_k="many")["problems"]["top_k"]
    expect(page.locator("#error-top_k")).to_have_text(problem)
    expect(page.locator("#error-top_k")).to_be_visible()
    expect(field(page, "top_k")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Reset Top-k")).to_be_visible()
    expect(headline(page)).to_have_text(good)
    expect_address(page, requests="5M", on=TODAY)

    # Another input goes on working.
    field(page, "output_tokens").fill("900")
    both = answered("approach-cost", requests="5M", output_tokens="900")
    expect(headline(page)).to_have_text(both["said"])
    expect(page.locator("#error-top_k")).to_have_text(problem)

    field(page, "top_k").fill("9")
    last = answered("approach-cost", requests="5M", output_tokens="900", top_k="9")
    expect(headline(page)).to_have_text(last["said"])
    expect(page.locator("#error-top_k")).to_be_hidden()
    expect(field(page, "top_k")).not_to_have_attribute("aria-invalid", "true")
    expect_shown(page, last["html"])


def hold_python(page: Page, held: list[Route]) -> None:
    """Python does not come before the test lets it: `held[0].continue_()`."""
    page.context.route("**/worker.js", lambda route: held.append(route))


def test_a_problem_is_told_however_late_python_comes(open_page: Opener) -> None:
    held: list[Route] = []
    page = open_page(APPROACH, before=lambda page: hold_python(page, held))
    field(page, "top_k").fill("many")
    until(page, lambda: held)
    let_timers_run(page)  # the pause at which one is told of what one has typed
    held[0].continue_()
    problem = answered("approach-cost", top_k="many")["problems"]["top_k"]
    expect(page.locator("#error-top_k")).to_have_text(problem)
    expect(page.locator("#error-top_k")).to_be_visible()
    expect(field(page, "top_k")).to_have_attribute("aria-invalid", "true")


def test_the_newest_of_many_edits_wins(open_page: Opener) -> None:
    """Some are typed before Python is up, and several while an answer is on its way."""
    held: list[Route] = []
    page = open_page(APPROACH, before=lambda page: hold_python(page, held))
    for text in ("1M", "2M", "3M"):
        field(page, "requests").fill(text)
    until(page, lambda: held)
    held[0].continue_()
    third = answered("approach-cost", requests="3M")["said"]
    expect(headline(page)).to_have_text(third)
    page.evaluate(
        """() => {
            const control = document.querySelector("#in-requests");
            for (let count = 10; count <= 90; count += 1) {
                control.value = `${count}k`;
                control.dispatchEvent(new Event("input", { bubbles: true }));
            }
        }"""
    )
    last = answered("approach-cost", requests="90k")
    expect(headline(page)).to_have_text(last["said"])
    expect_shown(page, last["html"])
    expect_address(page, requests="90k", on=TODAY)


def test_an_answer_with_ranges_is_whole_in_the_end(open_page: Opener) -> None:
    page = open_page(BREAK_EVEN)
    given = {"requests": "100k..1M", "build_weeks": "3..10"}
    for name, text in given.items():
        field(page, name).fill(text)
    reply = answered("break-even", **given)
    expect(headline(page)).to_have_text(reply["said"])
    expect(page.locator(".answer__html")).not_to_have_attribute("aria-busy", "true")
    expect_shown(page, reply["html"])
    expect_address(page, **given, on=TODAY)


def test_presets_are_links_that_change_the_form_and_history_goes_back(open_page: Opener) -> None:
    page = open_page(APPROACH)
    element = page.locator("live-calculator")
    element.evaluate("(element) => { element.kept = true; }")
    first, second = [one for one in CALCULATORS["approach-cost"].presets if one.given][:2]
    for preset in (first, second):
        page.get_by_role("link", name=preset.label).click()
        expect(headline(page)).to_have_text(answered("approach-cost", **preset.given)["said"])
        for name, text in preset.given.items():
            expect(field(page, name)).to_have_value(text)
        expect_address(page, **preset.given, on=TODAY)
    page.go_back()
    expect(headline(page)).to_have_text(answered("approach-cost", **first.given)["said"])
    page.go_back()
    expect(headline(page)).to_have_text(answered("approach-cost")["said"])
    expect(field(page, "requests")).to_have_value("400k")
    page.go_forward()
    expect(headline(page)).to_have_text(answered("approach-cost", **first.given)["said"])
    assert element.evaluate("(element) => element.kept === true"), "the page was made anew"


def test_an_answer_keeps_what_the_reader_opened_and_where_they_are(open_page: Opener) -> None:
    page = open_page(APPROACH)
    bill = page.locator("#items-hybrid")
    bill.locator("summary").click()
    page.locator("#what-moves-it").scroll_into_view_if_needed()
    before = page.evaluate("() => scrollY")
    control = field(page, "requests")
    control.focus()
    control.press("Control+a")
    control.press_sequentially("410k")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="410k")["said"])
    assert bill.evaluate("(bill) => bill.open"), "an opened bill was folded"
    expect(control).to_be_focused()
    assert abs(page.evaluate("() => scrollY") - before) < 40, "the page was scrolled"


def test_the_form_does_not_move_when_the_answer_changes(open_page: Opener) -> None:
    for phone in (False, True):
        page = open_page(APPROACH, phone=phone)
        control = field(page, "requests")
        control.focus()
        place = control.bounding_box()
        control.fill("900M")
        expect(headline(page)).to_have_text(answered("approach-cost", requests="900M")["said"])
        assert control.bounding_box() == place


def test_the_chart_is_drawn_again_for_the_new_answer(open_page: Opener) -> None:
    page = open_page(APPROACH)
    field(page, "requests").fill("5M")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="5M")["said"])
    page.locator("#curve").scroll_into_view_if_needed()
    drawing = page.locator(".chart__picture > .chart__canvas svg")
    expect(drawing).to_be_visible()
    expect(page.locator(".chart__still")).to_have_count(0)
    expect(drawing).to_contain_text("your case")
    first = drawing.inner_html()
    box, picture = drawing.bounding_box(), page.locator(".chart__picture").bounding_box()
    assert box
    assert picture
    assert box["width"] <= picture["width"] + 1
    field(page, "requests").fill("50k")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="50k")["said"])

    # While it is drawn, the old one and the new one stand there.
    def drawings() -> list[str]:
        return drawing.evaluate_all("(all) => all.map((one) => one.innerHTML)")  # type: ignore[no-any-return]

    until(page, lambda: len(drawings()) == 1 and drawings() != [first])


def test_a_chart_that_cannot_be_drawn_says_so_beside_its_numbers(open_page: Opener) -> None:
    def broken(page: Page) -> None:
        page.route("**/charts/vega.js", lambda route: route.abort())

    page = open_page(APPROACH, before=broken, expect=("ERR_FAILED", "vega", "Vega"))
    field(page, "requests").fill("5M")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="5M")["said"])
    page.locator("#curve").scroll_into_view_if_needed()
    expect(page.locator(".chart__failed")).to_be_visible()
    expect(page.locator(".chart__numbers table")).to_be_visible()
    expect(page.locator(".chart__picture svg")).to_have_count(0)


def test_no_chart_library_is_loaded_before_there_is_something_to_draw(open_page: Opener) -> None:
    asked: list[str] = []
    page = open_page(
        APPROACH, before=lambda page: page.on("request", lambda request: asked.append(request.url))
    )
    page.locator("#curve").scroll_into_view_if_needed()
    expect(page.locator(".chart__still--wide svg")).to_be_visible()
    # Python is up, which fills the choosers; a chart in view would have asked by now.
    expect(field(page, "model").locator("option").nth(20)).to_be_attached()
    let_timers_run(page)
    assert not [url for url in asked if "/charts/" in url]
    # And after the first answer it is.
    field(page, "requests").fill("5M")
    expect(page.locator(".chart__picture > .chart__canvas svg")).to_be_visible()
    until(page, lambda: [url for url in asked if "/charts/" in url])


def test_one_worker_serves_the_visit_from_page_to_page(open_page: Opener) -> None:
    page = open_page(APPROACH)
    field(page, "requests").fill("5M")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="5M")["said"])
    until_navigable(page)
    page.locator("nav.beside a[href*='break-even']").click()
    page.wait_for_url(f"**/{BREAK_EVEN}")
    expect(page.locator("h1")).to_contain_text("pay for itself")
    field(page, "output_tokens").fill("900")
    reply = answered("break-even", output_tokens="900")
    expect(headline(page)).to_have_text(reply["said"])
    expect_shown(page, reply["html"])
    # Back on a slow line, the page that is left stands for longer than its address takes to settle.
    slow = [True]
    held: list[Route] = []

    def gate(route: Route) -> None:
        held.append(route) if slow[0] else route.continue_()

    page.route(lambda address: APPROACH in address, gate)
    page.go_back(wait_until="commit")
    until(page, lambda: held)
    let_timers_run(page)
    slow[0] = False
    for route in held:
        route.continue_()
    page.wait_for_url(f"**/{APPROACH}?*")
    expect(page.locator("h1")).to_contain_text("What does each approach cost")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="5M")["said"])
    expect(field(page, "requests")).to_have_value("5M")
    field(page, "requests").fill("6M")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="6M")["said"])
    assert len(page.workers) - searchers(page) == 1


def searchers(page: Page) -> int:
    """Workers of the theme's own search."""
    return sum("search" in worker.url for worker in page.workers)


def test_the_home_page_answers_in_short(open_page: Opener) -> None:
    page = open_page()
    brief = page.locator("live-calculator").get_attribute("brief") or ""
    asked = {"slug": "approach-cost", "given": {"requests": "5M"}, "brief": brief}
    reply = json.loads(python().handle(json.dumps(asked)))
    field(page, "requests").fill("5M")
    expect(headline(page)).to_have_text(reply["said"])
    expect_shown(page, reply["html"])
    whole = page.locator(".answer__whole a")
    whole.click()
    page.wait_for_url(f"**/{APPROACH}?*")
    # Both pages have the field and the headline.
    expect(page.locator("h1")).to_contain_text("What does each approach cost")
    expect(field(page, "requests")).to_have_value("5M")
    expect(headline(page)).to_have_text(reply["said"])


def test_a_link_from_the_home_page_opens_its_case(open_page: Opener) -> None:
    page = open_page()
    link = page.locator(f".md-content a[href*='{APPROACH}?']").first
    given = {
        name: texts[0]
        for name, texts in parse_qs(urlsplit(link.get_attribute("href") or "").query).items()
    }
    link.click()
    page.wait_for_url(f"**/{APPROACH}?*")
    expect(page.locator("h1")).to_contain_text("What does each approach cost")
    expect(headline(page)).to_have_text(answered("approach-cost", **given)["said"])


def test_where_python_cannot_start_the_page_says_so_and_tries_again(open_page: Opener) -> None:
    down = [True]

    def gate(route: Route) -> None:
        route.abort() if down[0] else route.continue_()

    page = open_page(
        APPROACH,
        before=lambda page: page.context.route("**/worker.js", gate),
        expect=("ERR_FAILED", "worker"),
    )
    before = headline(page).inner_text()
    field(page, "requests").fill("5M")
    expect(page.locator(".answer__status")).to_contain_text("could not start")
    expect(headline(page)).to_have_text(before)
    expect(page.locator(".answer__progress")).to_be_hidden()
    field(page, "requests").fill("6M")
    expect(field(page, "requests")).to_have_value("6M")
    down[0] = False
    page.get_by_role("button", name="Try again").click()
    expect(headline(page)).to_have_text(answered("approach-cost", requests="6M")["said"])
    expect(page.locator(".answer__status")).to_have_text("")
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_with_save_data_nothing_starts_before_the_first_touch(open_page: Opener) -> None:
    asked: list[str] = []

    def saving(page: Page) -> None:
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(
            "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
        )

    page = open_page(APPROACH, before=saving)
    # What comes into view is told with the next frame; Python starts when the page is idle then.
    page.evaluate(
        """async () => {
            for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
            await new Promise((done) => requestIdleCallback(() => setTimeout(done)));
        }"""
    )
    assert not [url for url in asked if "worker.js" in url or "/live/python" in url]
    with page.expect_worker(lambda worker: worker.url.endswith("/worker.js")):
        field(page, "requests").focus()


@pytest.mark.parametrize(
    ("line", "image"),
    [
        ("{ downlink: 10 }", True),
        ("{ downlink: 9.9 }", False),
        ("{ downlink: 10, saveData: true }", False),
        ("undefined", True),
    ],
)
def test_a_slow_line_is_not_sent_the_memory_image(
    open_page: Opener, line: str, image: bool
) -> None:
    """A line of which the browser says nothing is taken for a fast one."""
    sent: list[str] = []

    def watch(page: Page) -> None:
        page.context.on("request", lambda request: sent.append(request.url))
        page.add_init_script(f"Object.defineProperty(navigator, 'connection', {{value: {line}}})")

    page = open_page(APPROACH, before=watch)
    field(page, "requests").fill("5M")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="5M")["said"])
    assert any("/live/image." in url for url in sent) is image
    assert any("/live/app." in url for url in sent) is not image


def test_without_save_data_it_starts_by_itself(open_page: Opener) -> None:
    workers: list[str] = []
    page = open_page(
        APPROACH, before=lambda page: page.on("worker", lambda worker: workers.append(worker.url))
    )
    until(page, lambda: any(url.endswith("/worker.js") for url in workers))
    expect(page.locator(".answer__progress")).to_be_hidden()


def test_it_can_be_used_by_keyboard_alone(open_page: Opener) -> None:
    page = open_page(APPROACH)
    field(page, "requests").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("5M")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="5M")["said"])
    expect(page.locator(".answer__said")).to_have_text(
        answered("approach-cost", requests="5M")["said"]
    )
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Reset Requests")).to_be_focused()
    page.keyboard.press("Enter")
    expect(headline(page)).to_have_text(answered("approach-cost")["said"])
    page.keyboard.press("Tab")  # its own button is gone: on to the folded inputs
    fold = page.locator(".inputs__rare > summary").first
    expect(fold).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(field(page, "batch_share")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("50")
    expect(headline(page)).to_have_text(answered("approach-cost", batch_share="50")["said"])
    expect(fold).to_contain_text("batched 50 %")


# Every element that is animated, by its class.
MARKED = """
    window.marked = [];
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (...given) {
        window.marked.push(this.className);
        return animate.apply(this, given);
    };
"""


@pytest.mark.parametrize(("motion", "marked"), [("no-preference", True), ("reduce", False)])
def test_what_changed_is_marked_briefly(
    open_page: Opener, motion: Literal["no-preference", "reduce"], marked: bool
) -> None:
    """And not at all for readers who asked for less motion."""
    page = open_page(APPROACH, motion=motion, before=lambda page: page.add_init_script(MARKED))
    field(page, "requests").fill("5M")
    expect(headline(page)).to_have_text(answered("approach-cost", requests="5M")["said"])
    figures = [name for name in page.evaluate("() => window.marked") if "figure" in name]
    assert bool(figures) is marked
