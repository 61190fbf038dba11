"""How Python starts in a real browser: from the memory image, else in the ordinary way, else aloud.

The worker is driven directly, on the site's own home page and so under its policy.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Opener
from tests.conftest import ROOT
from tools.records import records
from views.answer.live import Live

LIVE = ROOT / "docs" / "assets" / "live"
DEFAULT = {"slug": "approach-cost", "given": {}}
EDITED = {"slug": "approach-cost", "given": {"requests": "5M"}}

# Starts a worker, sends it the messages, and returns all it says until each has been dealt with.
DRIVE = """async ({ how, messages }) => {
  const manifest = await (await fetch("assets/live/manifest.json")).json();
  const absolute = ([name, path]) => [name, new URL(path, document.baseURI).href];
  const live = Object.fromEntries(Object.entries(manifest).map(absolute));
  const worker = new Worker("assets/worker.js", { type: "module" });
  const said = [];
  const over = new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      said.push(data);
      if (said.filter(({ id }) => id !== undefined).length === messages.length) resolve(said);
    };
  });
  worker.postMessage({ type: "start", live, how });
  messages.forEach((message, id) => worker.postMessage({ id, ...message }));
  return over.finally(() => worker.terminate());
}"""


def drive(page: Page, *messages: dict[str, Any], how: str | None = None) -> list[dict[str, Any]]:
    """All that a fresh worker says to the messages."""
    said: list[dict[str, Any]] = page.evaluate(DRIVE, {"how": how, "messages": messages})
    return said


def ask(request: dict[str, Any], **more: str) -> dict[str, str]:
    return {"request": json.dumps(request), **more}


def started(said: list[dict[str, Any]]) -> str:
    """By which way Python came up."""
    [ready] = [message for message in said if message.get("type") == "ready"]
    assert ready["ms"] > 0
    way: str = ready["how"]
    return way


def replies(said: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {message["id"]: message for message in said if "id" in message}


@pytest.fixture(scope="module")
def expected() -> Callable[[dict[str, Any]], str]:
    """The same answer by the Python that runs the tests."""
    live = Live(json.dumps(records(), sort_keys=True, ensure_ascii=False))
    return lambda request: live.handle(json.dumps(request))


def answers(page: Page, way: str, expected: Callable[[dict[str, Any]], str], **how: str) -> None:
    """Python comes up in that way, and gives the answers that CPython gives."""
    said = drive(page, ask(DEFAULT), ask(EDITED), **how)
    assert started(said) == way
    given = replies(said)
    assert given[0]["reply"] == expected(DEFAULT)
    assert given[1]["reply"] == expected(EDITED)
    progress = [message["done"] for message in said if message.get("type") == "progress"]
    assert progress
    assert progress == sorted(progress)
    assert 0 < progress[-1] <= 1


def test_it_starts_from_the_memory_image(
    open_page: Opener, expected: Callable[[dict[str, Any]], str]
) -> None:
    answers(open_page(), "snapshot", expected)


def test_it_starts_without_the_image_when_told_to(
    open_page: Opener, expected: Callable[[dict[str, Any]], str]
) -> None:
    answers(open_page(), "boot", expected, how="boot")


def of_another_pyodide(image: bytes) -> bytes:
    """The image with another build's mark in the head that Pyodide reads."""
    plain = bytearray(gzip.decompress(image))
    plain[16 + 16] ^= 0xFF  # four words of ours, then magic, lengths and the mark
    return gzip.compress(plain)


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda _: b"\x00garbage" * 1000, id="garbage"),
        pytest.param(lambda image: image[: len(image) // 2], id="cut short"),
        pytest.param(of_another_pyodide, id="of another Pyodide"),
        pytest.param(None, id="missing"),
    ],
)
def test_a_spoilt_image_only_costs_time(
    open_page: Opener,
    expected: Callable[[dict[str, Any]], str],
    spoilt: Callable[[bytes], bytes] | None,
) -> None:
    [image] = LIVE.glob("image.*.bin")
    routed: list[str] = []

    def spoil(route: Route) -> None:
        routed.append(route.request.url)
        if spoilt:
            route.fulfill(body=spoilt(image.read_bytes()))
        else:
            route.fulfill(status=404)

    page = open_page(
        expect=("404",) if spoilt is None else (),
        before=lambda page: page.context.route("**/assets/live/image.*", spoil),
    )
    answers(page, "boot", expected)
    assert routed, "the image was not asked for"


@pytest.mark.parametrize("lost", ["**/assets/live/*.*.*", "**/assets/live/**/*.wasm"])
def test_where_nothing_starts_it_says_what_to_do(open_page: Opener, lost: str) -> None:
    """Also where WebAssembly alone is missing, on which Pyodide would wait for ever."""
    page = open_page(
        # Pyodide has requests of its own that nobody waits for once another has failed.
        expect=("Failed to load resource", "Failed to fetch"),
        before=lambda page: page.context.route(lost, lambda route: route.abort()),
    )
    said = drive(page, ask(DEFAULT), ask(EDITED))
    [failed] = [message for message in said if message.get("type") == "failed"]
    assert "reload the page" in failed["message"]
    assert all(reply["error"] == failed["message"] for reply in replies(said).values())


def test_of_edits_that_wait_only_the_newest_is_answered(
    open_page: Opener, expected: Callable[[dict[str, Any]], str]
) -> None:
    edits = [
        {"slug": "approach-cost", "given": {"requests": f"{number}M"}} for number in range(1, 6)
    ]
    other = {"slug": "break-even", "given": {}}
    messages = [ask(edit, key="approach-cost") for edit in edits]
    said = drive(open_page(), *messages, ask(other, key="break-even"))
    in_order = [message["id"] for message in said if "id" in message]
    assert in_order == [0, 1, 2, 3, 4, 5]
    given = replies(said)
    assert all(given[number]["dropped"] for number in range(4))
    assert given[4]["reply"] == expected(edits[4])
    assert given[5]["reply"] == expected(other)


def test_a_request_that_breaks_leaves_the_next_one_unharmed(
    open_page: Opener, expected: Callable[[dict[str, Any]], str]
) -> None:
    page = open_page(expect=("console error",))
    said = drive(page, ask({"slug": "no-such-calculator", "given": {}}), ask(DEFAULT))
    given = replies(said)
    assert "KeyError" in given[0]["error"]
    assert given[1]["reply"] == expected(DEFAULT)
