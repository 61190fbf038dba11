"""A real Chromium on the built site.

A page fails its test when anything is printed to the console as an error, when a script throws,
or when a request leaves the site. A test that provokes one of these names it: `expect` below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import PATIENCE, ROOT
from tools.workbench.chromium import ChromiumError, launch
from tools.workbench.serve import served

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LIMIT = PATIENCE * 1000.0  # Playwright counts in milliseconds
TURN = 20  # milliseconds between two looks of `until`
# What a browser that was never here tells of its line is a guess.
FAST_LINE = """Object.defineProperty(navigator, "connection", {
    value: { downlink: 10 }, configurable: true,
})"""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

# How much of a sideways scroll a page makes, and which elements stick out of it.
OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    const inside = (one) => one.closest(".scroll, .md-typeset__scrollwrap, pre, .formula,"
        + " .visually-hidden, .md-sidebar, .md-search, .md-dialog, .md-skip, .md-overlay,"
        + " .md-header__title, .md-toggle");
    const wide = [...document.body.querySelectorAll("*")].filter((one) =>
        one.getBoundingClientRect().right > width + 1 && !inside(one));
    return [document.documentElement.scrollWidth - width,
        wide.map((one) => one.tagName + "." + one.className)];
}"""


expect.set_options(timeout=LIMIT)


def until(
    page: Page, holds: Callable[[], object], instead: Callable[[], object] = lambda: ""
) -> None:
    """
    Wait until something holds that no locator can be asked for; fail where it never does.

    A page's policy forbids waiting by code of its own, so it is looked at again and again.
    `instead` is what a failure prints: the state that the page stayed in.
    """
    for _ in range(int(LIMIT / TURN)):
        if holds():
            return
        page.wait_for_timeout(TURN)
    pytest.fail(f"what the test waits for never came {instead()}".rstrip())


def expect_no_overflow(page: Page) -> None:
    """Wait until the page does not scroll sideways; the theme lays out some parts after it."""
    until(page, lambda: page.evaluate(OVERFLOW) == [0, []], lambda: page.evaluate(OVERFLOW))


def let_timers_run(page: Page) -> None:
    """Wait until timers of the page that are shorter than half a second have run, in its time."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 500))")


def until_navigable(page: Page) -> None:
    """Wait until the theme follows links within the document: it reads the site map first."""
    until(
        page,
        lambda: page.evaluate(
            """() => performance.getEntriesByType("resource")
                .some(({ name, responseEnd }) => name.endsWith("/sitemap.xml") && responseEnd)"""
        ),
    )
    page.evaluate("() => new Promise((done) => requestIdleCallback(done))")


@dataclass
class Watch:
    """What one browser context did that a page of this site must not do."""

    origin: str
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def on(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self.console(message.type, message.text))
        context.on("weberror", lambda error: self.faults.append(f"page error: {error.error}"))
        context.on("request", lambda request: self.request(request.url))

    def console(self, kind: str, text: str) -> None:
        if kind == "error":
            self.faults.append(f"console error: {text}")

    def request(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:" + self.origin)):
            self.faults.append(f"request to another host: {url}")

    def unexpected(self) -> list[str]:
        return [
            fault
            for fault in self.faults
            if not any(re.search(pattern, fault) for pattern in self.expected)
        ]


class Opener(Protocol):
    """Opens a page of the site in a fresh context, as for a reader who was never here."""

    def __call__(
        self,
        path: str = "",
        *,
        scheme: Literal["light", "dark"] = "light",
        phone: bool = False,
        javascript: bool = True,
        motion: Literal["reduce", "no-preference"] = "reduce",
        expect: tuple[str, ...] = (),
        before: Callable[[Page], object] | None = None,
    ) -> Page:
        """`expect`: patterns of faults the test provokes; `before`: called with the page before
        it is opened, to route requests or add scripts."""


@pytest.fixture(scope="session")
def site(built_site: Path) -> Iterator[str]:
    """The address of the built site, ending in a slash."""
    with served(built_site) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            chromium = launch(playwright)
        except ChromiumError as error:
            pytest.skip(str(error))
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Opener]:
    """Opens pages; at the end of the test, fails it for what they did wrong."""
    contexts: list[tuple[BrowserContext, Watch]] = []

    def opener(
        path: str = "",
        *,
        scheme: Literal["light", "dark"] = "light",
        phone: bool = False,
        javascript: bool = True,
        motion: Literal["reduce", "no-preference"] = "reduce",
        expect: tuple[str, ...] = (),
        before: Callable[[Page], object] | None = None,
    ) -> Page:
        context = browser.new_context(
            base_url=site,
            color_scheme=scheme,
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            has_touch=phone,
            is_mobile=phone,
            java_script_enabled=javascript,
            reduced_motion=motion,
            locale="en-GB",
            timezone_id="UTC",
        )
        watch = Watch(site, expected=list(expect))
        watch.on(context)
        contexts.append((context, watch))
        context.set_default_timeout(LIMIT)
        context.add_init_script(FAST_LINE)
        page = context.new_page()
        if before:
            before(page)
        page.goto(path)
        return page

    yield opener
    faults = [fault for _, watch in contexts for fault in watch.unexpected()]
    for context, _ in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(open_page: Opener) -> Page:
    """The home page, light, on a desk."""
    return open_page()


def violations(page: Page, *rules: str) -> list[str]:
    """Accessibility faults of the page as it stands, by axe-core (all of its rules, or these)."""
    # An isolated world is not bound by the page's policy, so the page keeps the policy it ships.
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})

    def run(expression: str) -> Any:
        told = session.send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": world["executionContextId"],
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in told:
            raise AssertionError(told["exceptionDetails"])
        return told["result"].get("value")

    # A colour on its way from one scheme to the other is neither's.
    run(
        "document.getAnimations().filter((one) => one instanceof CSSTransition)"
        ".forEach((one) => one.finish())"
    )
    run(AXE.read_text("utf-8") + "; true")
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = run(f"axe.run(document, {json.dumps(options)}).then((r) => r.violations)")
    return [
        f"{fault['id']}: {fault['help']} at {', '.join(map(str, node['target']))}"
        f" ({node.get('failureSummary', '')})"
        for fault in found
        for node in fault["nodes"]
    ]


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Finds accessibility faults in a page; an empty list is a pass."""
    return violations
