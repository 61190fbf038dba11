"""How pages look and read: without scripts, in both schemes, on a phone, on paper, to everyone."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, expect_no_overflow, until, until_navigable
from tests.browser.test_live import answered, field, headline, text_of

PAGES = {
    "home": "",
    "approach-cost": "calculators/approach-cost/",
    "break-even": "calculators/break-even/",
    "prices": "prices/models/",
}
APPROACHES = ("prompt", "long-context", "retrieval", "fine-tuned", "hybrid", "self-hosted")
Colour = tuple[float, float, float]


@pytest.mark.parametrize("slug", ["approach-cost", "break-even"])
def test_without_javascript_the_page_is_answered(open_page: Opener, slug: str) -> None:
    page = open_page(PAGES[slug], javascript=False)
    reply = answered(slug)
    expect(headline(page)).to_have_text(reply["said"])
    expect(page.locator(".answer__html")).to_contain_text("How it is worked out")
    expect(page.locator(".chart__still--wide svg")).to_be_visible()
    expect(field(page, "requests")).to_have_value("400k")
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    expect(page.get_by_text("Without JavaScript this page")).to_be_visible()


@pytest.mark.parametrize("slug", ["approach-cost", "break-even"])
def test_the_page_ships_what_python_answers(open_page: Opener, slug: str) -> None:
    """Built by CPython, answered by Pyodide: the same text, drawing apart."""
    page = open_page(PAGES[slug])
    shown = page.evaluate(
        """() => {
            const copy = document.querySelector(".answer__html").cloneNode(true);
            copy.querySelector(".chart__picture").replaceChildren();
            return copy.textContent;
        }"""
    )
    assert shown == text_of(page, answered(slug)["html"])


SHIFT = """globalThis.shift = 0;
new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) shift += value;
}).observe({ type: "layout-shift", buffered: true });"""
# Whether the part of the page that the first paint waits for comes after the answer.
WAITED_FOR = """() => {
    const link = document.querySelector("head > link[rel=expect][blocking=render]");
    const part = document.querySelector(new URL(link.href).hash);
    const answer = document.getElementById("answer");
    return Boolean(answer.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("name", ["home", "approach-cost", "break-even"])
def test_the_first_view_is_painted_whole_and_stays(
    open_page: Opener, name: str, phone: bool
) -> None:
    page = open_page(PAGES[name], phone=phone, before=lambda page: page.add_init_script(SHIFT))
    page.wait_for_load_state("load")
    page.evaluate("() => document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    assert page.evaluate(WAITED_FOR)
    # The reader's own fonts are nearly as wide as ours, which come later.
    assert page.evaluate("shift") < 0.05


def test_only_a_calculator_takes_the_width_of_the_margins(open_page: Opener) -> None:
    """Also where the theme has put it in place of another page."""
    page = open_page("choose/")
    until_navigable(page)
    margin, siblings = page.locator(".md-sidebar--primary"), page.locator("nav.beside")
    expect(margin).to_be_visible()
    expect(siblings).to_be_hidden()
    page.locator(".md-tabs a[href*='calculators/']").click()
    expect(page.locator("live-calculator")).to_be_visible()
    expect(margin).to_be_hidden()
    expect(siblings).to_be_visible()
    page.go_back()
    expect(page.locator("live-calculator")).to_have_count(0)
    expect(margin).to_be_visible()
    expect(siblings).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_accessibility_faults(
    open_page: Opener,
    axe: Callable[[Page], list[str]],
    name: str,
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page(PAGES[name], scheme=scheme)
    expect(page.locator("h1")).to_be_visible()
    assert not axe(page)
    if name in ("home", "prices"):
        return
    # And in the state that the reader brings about: edited, refused, unfolded, drawn.
    field(page, "requests").fill("5M")
    expect(headline(page)).to_have_text(answered(name, requests="5M")["said"])
    field(page, "output_tokens").fill("many")
    expect(page.locator("#error-output_tokens")).to_be_visible()
    page.locator(".field__help > summary").first.click()
    page.locator("#curve").scroll_into_view_if_needed()
    expect(page.locator(".chart__still")).to_have_count(0)
    expect(page.locator(".chart__canvas svg")).to_be_visible()
    assert not axe(page)


@pytest.mark.parametrize("name", PAGES)
def test_at_twice_the_size_nothing_is_cut_off(open_page: Opener, name: str) -> None:
    """A window of 1280 pixels at 200 % is laid out as one of 640."""
    page = open_page(PAGES[name])
    page.set_viewport_size({"width": 640, "height": 450})
    until(page, lambda: page.evaluate("innerWidth") == 640)
    expect_no_overflow(page)


def test_on_a_phone_the_headline_stays_at_the_bottom_edge_while_one_edits(
    open_page: Opener,
) -> None:
    page = open_page(PAGES["approach-cost"], phone=True)
    height = page.evaluate("() => innerHeight")
    for name in ("requests", "top_k", "tuned_model"):
        field(page, name).evaluate("(control) => control.scrollIntoView({ block: 'center' })")
        box = headline(page).bounding_box()
        assert box
        assert abs(box["y"] + box["height"] - height) < 2, name
        assert box["height"] < height / 4, "it leaves no room to see what is typed"
    page.locator("#what-moves-it").scroll_into_view_if_needed()
    box = headline(page).bounding_box()
    assert box
    assert box["y"] < 0, "below the form it is an ordinary line of the answer"


def test_on_a_wide_screen_form_and_answer_stay_beside_each_other(open_page: Opener) -> None:
    page = open_page(PAGES["approach-cost"])
    for part in ("#options", "#curve", "#what-moves-it"):
        page.locator(part).evaluate("(part) => part.scrollIntoView({ block: 'center' })")
        expect(page.locator(part)).to_be_in_viewport()
        expect(field(page, "requests")).to_be_in_viewport()
    form, answer = page.locator(".inputs").bounding_box(), page.locator(".answer").bounding_box()
    assert form
    assert answer
    assert form["x"] + form["width"] < answer["x"]
    # The whole form can be reached in its own scroll.
    page.locator(".inputs__rare > summary").last.scroll_into_view_if_needed()
    expect(page.locator(".inputs__rare > summary").last).to_be_in_viewport()


def test_on_paper_everything_is_open_and_links_show_where_they_go(open_page: Opener) -> None:
    page = open_page(PAGES["approach-cost"])
    folded = page.locator(".bill:not([open]) tbody").first
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    expect(page.locator(".inputs")).to_be_hidden()
    expect(page.locator(".md-header")).to_be_hidden()
    shown = page.locator(".sources a").first.evaluate(
        "(link) => getComputedStyle(link, '::after').content"
    )
    assert "http" in shown


def test_parts_of_an_answer_can_be_linked(open_page: Opener) -> None:
    page = open_page(f"{PAGES['approach-cost']}#line-items")
    expect(page.locator("#line-items")).to_be_in_viewport()
    for anchor in ("options", "what-flips-it", "curve", "line-items", "what-moves-it", "sources"):
        expect(page.locator(f"h2#{anchor} > a.headerlink")).to_have_attribute(
            "href", re.compile(f"#{anchor}$")
        )


def test_figures_are_tabular_and_in_the_site_s_own_face(open_page: Opener) -> None:
    page = open_page(PAGES["approach-cost"])
    cell = page.locator(".options td.number").first
    style = cell.evaluate(
        "(cell) => [getComputedStyle(cell).fontVariantNumeric, getComputedStyle(cell).textAlign]"
    )
    assert style == ["lining-nums tabular-nums", "right"]
    loaded = page.evaluate(
        "() => document.fonts.ready.then(() => [...document.fonts]"
        ".filter((face) => face.status === 'loaded').map((face) => face.family))"
    )
    assert {name.strip('"') for name in loaded} >= {"Source Sans 3", "Source Serif 4"}


def linear(colour: str) -> Colour:
    """`#rrggbb` or `rgb(r, g, b)` in linear light."""
    if colour.startswith("#"):
        parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    else:
        parts = [int(part) for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return red, green, blue


def luminance(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2: 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


# Machado, Oliveira and Fernandes 2009, severity 1.0, in linear light.
EYES: dict[str, tuple[Colour, Colour, Colour]] = {
    "common": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopic": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopic": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopic": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# In OKLab, where black and white are 1 apart; below 0.02 two colours are hardly told apart.
APART = 0.08


def oklab(colour: Colour) -> Colour:
    """Björn Ottosson's OKLab, in which distances are about as large as they look."""
    red, green, blue = colour
    cones = (
        0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue,
        0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue,
        0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue,
    )
    long, middle, short = (math.cbrt(max(0.0, cone)) for cone in cones)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def seen(colour: Colour, eyes: str) -> Colour:
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, colour, strict=True))))
        for row in EYES[eyes]
    )
    return oklab((red, green, blue))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_approaches_have_readable_colours_that_everyone_can_tell_apart(
    open_page: Opener, scheme: Literal["light", "dark"]
) -> None:
    page = open_page(PAGES["approach-cost"], scheme=scheme)
    told = page.evaluate(
        """(names) => {
            const style = getComputedStyle(document.body);
            return [style.backgroundColor,
                names.map((name) => style.getPropertyValue(`--approach-${name}`).trim())];
        }""",
        list(APPROACHES),
    )
    paper = linear(told[0])
    colours = dict(zip(APPROACHES, map(linear, told[1]), strict=True))
    for name, colour in colours.items():
        assert contrast(colour, paper) >= 4.5, f"{name} is too faint as text"
    for eyes, (one, other) in itertools.product(EYES, itertools.combinations(APPROACHES, 2)):
        apart = math.dist(seen(colours[one], eyes), seen(colours[other], eyes))
        assert apart >= APART, f"{one} and {other} look alike to {eyes} eyes"
    tag = page.locator(".options .approach.tone--approach-retrieval")
    bar = page.locator(".options rect.tone--approach-retrieval")
    line = page.locator(".chart__still--wide [stroke='var(--approach-retrieval)']").first
    shown = {
        linear(tag.evaluate("(tag) => getComputedStyle(tag).color")),
        linear(bar.evaluate("(bar) => getComputedStyle(bar).fill")),
        linear(line.evaluate("(line) => getComputedStyle(line).stroke")),
    }
    assert shown == {colours["retrieval"]}, "one colour per approach, everywhere the same"
