"""Measure how soon the guide answers, in a real Chromium: `python -m tools.workbench.bench [RUNS]`.

Needs a built site. Every start is measured in a browser of its own, with nothing cached, one way
after the other, RUNS times (5 unless told); figures are medians. The server is on this machine and
sends what hosts send that compress beforehand (Brotli, quality 11), unless a line speed is named.
Writes `build/bench.json` and `build/bench.md`.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, sync_playwright

from calculators import CALCULATORS
from calculators.kernel.calculator import Calculator
from calculators.kernel.facts import Facts
from tools import records
from tools.paths import ROOT
from tools.site import bundle
from tools.workbench import loop
from tools.workbench.chromium import launch
from tools.workbench.serve import Encoding, Handler, Site

BUILD = ROOT / "build"
SCRATCH = BUILD / "bench"
STOCK = Path(__file__).parent / "stock" / "worker.js"
PAGE = "calculators/approach-cost/"
SLUG = "approach-cost"
REQUEST = json.dumps({"slug": SLUG, "given": {"requests": "5M"}})
EDITS = 60
RANGED = 10  # edits with ranges on each calculator
RANGES = 4  # given at once
SLOWEST = 3  # calculators of which the table has a line
LOOP_NAMES = {
    "build_clean": "building the site from its sources alone",
    "build_unchanged": "the same where nothing has changed",
    "build_after_a_price": "the same after a price and a formula have changed",
    "save_prose": "`make serve`: from the save of a sentence to its page",
    "save_price": "`make serve`: from the save of a price to a page with it",
    "save_formula": "`make serve`: from the save of a formula to a page with it",
}
SETTLED = 3000  # milliseconds in which Python, once up, rehearses what it has not been asked yet
MBIT = 1e6 / 8  # bytes a second
LINES = (30, 10, 3)  # Mbit/s, besides the loopback interface
# What a reader sees first, on a phone and on a desk.
SCREENS: dict[str, dict[str, Any]] = {
    "390": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "1280": {"viewport": {"width": 1280, "height": 900}},
}
# The start of every element in which a text could stand.
TEXTUAL = re.compile(r"<(?!/|!|script|style|svg|path|g\b|template|head|meta|link)(\w+)(?=[\s>])")
CHUNK = 16_384

OURS = """async ({ how, request }) => {
  const manifest = await (await fetch("/assets/live/manifest.json")).json();
  const absolute = ([name, path]) => [name, new URL("/" + path, location).href];
  const live = Object.fromEntries(Object.entries(manifest).map(absolute));
  const begun = performance.now();
  const worker = new Worker("/assets/worker.js", { type: "module" });
  return new Promise((resolve, reject) => {
    let ready;
    worker.onmessage = ({ data }) => {
      if (data.type === "ready") ready = data.how;
      if (data.type === "failed" || data.error) reject(new Error(data.message ?? data.error));
      if (data.reply) resolve({ how: ready, ms: performance.now() - begun });
    };
    worker.postMessage({ type: "start", live, how });
    worker.postMessage({ id: 0, request });
  });
}"""
USUAL = """async ({ request }) => {
  const begun = performance.now();
  const worker = new Worker("/stock/worker.js", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => resolve({ ms: performance.now() - begun });
    worker.postMessage({ request });
  });
}"""
COMPILE = """async ({ url }) => {
  const begun = performance.now();
  await WebAssembly.compileStreaming(fetch(url));
  return { ms: performance.now() - begun };
}"""
# When the last text above the fold was painted for the first time, and how far things moved after
# they were painted. Python does not start here, as for readers who save data: its progress would
# be one more thing to paint.
WATCH = """(() => {
  Object.defineProperty(navigator, "connection", { value: { saveData: true } });
  globalThis.view = { whole_ms: 0, shift: 0 };
  new PerformanceObserver((list) => {
    for (const { renderTime, intersectionRect: { top, width, height } } of list.getEntries()) {
      if (top < innerHeight && width && height) view.whole_ms = Math.max(view.whole_ms, renderTime);
    }
  }).observe({ type: "element", buffered: true });
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) view.shift += value;
  }).observe({ type: "layout-shift", buffered: true });
})()"""
VIEW = """() => ({
  ...view,
  first_ms: performance.getEntriesByName("first-paint")[0].startTime,
})"""
# One edit: a new number of requests a month, and the wait until its answer has been laid out.
EDIT = """async ({ number }) => {
  const calculator = document.querySelector("live-calculator");
  const input = calculator.querySelector('[name="requests"]');
  const answer = calculator.querySelector(".answer__html");
  const begun = performance.now();
  return new Promise((resolve) => {
    const seen = new MutationObserver(() => {
      const link = answer.querySelector("[data-copy]").dataset.copy;
      if (new URLSearchParams(link).get("requests") !== String(number)) return;
      seen.disconnect();
      answer.getBoundingClientRect();
      resolve(performance.now() - begun);
    });
    seen.observe(answer, { attributes: true, childList: true, subtree: true });
    input.value = String(number);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}"""
# One edit of several inputs, and the waits until an answer to it and until the whole one is there.
RANGED_EDIT = """async ({ texts }) => {
  const calculator = document.querySelector("live-calculator");
  const answer = calculator.querySelector(".answer__html");
  const [[name, text]] = Object.entries(texts);
  const begun = performance.now();
  let first;
  return new Promise((resolve) => {
    const seen = new MutationObserver(() => {
      const link = answer.querySelector("[data-copy]").dataset.copy;
      if (new URLSearchParams(link).get(name) !== text) return;
      answer.getBoundingClientRect();
      first ??= performance.now() - begun;
      if (answer.ariaBusy) return;
      seen.disconnect();
      resolve({ first, final: performance.now() - begun });
    });
    seen.observe(answer, { attributes: true, childList: true, subtree: true });
    for (const [name, text] of Object.entries(texts)) {
      calculator.querySelector(`[name="${name}"]`).value = text;
    }
    calculator.querySelector("form").dispatchEvent(new Event("input"));
  });
}"""


class Measured(Site):
    """A site that counts what it sends, and can be made as slow as a line."""

    def __init__(self, root: Path):
        super().__init__(root, quality=11)
        self.RequestHandlerClass = Paced
        self.sent = 0
        self.speed: float | None = None
        self.line = threading.Lock()

    def body(self, file: Path, encoding: Encoding) -> bytes:
        content = super().body(file, encoding)
        self.sent += len(content)
        return content


class Paced(Handler):
    """Sends no faster than the line, which all connections share."""

    server: Measured

    def setup(self) -> None:
        super().setup()
        if self.server.speed:
            self.wfile = Slow(self.wfile, self.server)  # type: ignore[assignment]


class Slow:
    """A file that is written to at the speed of the line."""

    def __init__(self, file: Any, site: Measured):
        self.file = file
        self.site = site

    def write(self, content: bytes) -> int:
        for at in range(0, len(content), CHUNK):
            piece = content[at : at + CHUNK]
            with self.site.line:
                if self.site.speed:
                    time.sleep(len(piece) / self.site.speed)
                self.file.write(piece)
        return len(content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


@contextmanager
def measured(root: Path) -> Iterator[Measured]:
    with Measured(root) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()


def prepare() -> None:
    """The built site with the usual way of starting Pyodide beside ours."""
    if not (ROOT / "site" / "index.html").exists():
        raise SystemExit("The site is not built; run `make build`.")
    shutil.rmtree(SCRATCH, ignore_errors=True)
    shutil.copytree(ROOT / "site", SCRATCH)
    stock = SCRATCH / "stock"
    stock.mkdir()
    for name in (*bundle.ENGINE, "python_stdlib.zip", "pyodide-lock.json"):
        shutil.copy(bundle.PYODIDE / name, stock)
    shutil.copy(STOCK, stock)
    sources = {name: text.encode() for name, text in bundle.sources().items()}
    (stock / "sources.zip").write_bytes(bundle.archive(sources))
    # The browser times the first paint of each text that is marked so.
    page = SCRATCH / PAGE / "index.html"
    head, mark, body = page.read_text("utf-8").partition("</head>")
    marked = TEXTUAL.sub(r'<\1 elementtiming="text"', body)
    page.write_text(head + mark + marked, "utf-8")


@contextmanager
def fresh(
    playwright: Playwright, url: str, path: str = "404.html", **screen: Any
) -> Iterator[Page]:
    """A page in a browser that was never here; by default one on which nothing starts by itself."""
    browser = launch(playwright)
    try:
        page = browser.new_page(**screen)
        page.goto(url + path)
        yield page
    finally:
        browser.close()


def start(
    playwright: Playwright, site: Measured, script: str, given: dict[str, Any]
) -> dict[str, float]:
    """Milliseconds to the first answer, and the bytes sent for it."""
    with fresh(playwright, site.url) as page:
        page.wait_for_load_state("networkidle")
        before = site.sent
        told = page.evaluate(script, {**given, "request": REQUEST})
        if given.get("way") and told["how"] != given["way"]:
            raise SystemExit(f"The worker started by {told['how']}, not by {given['way']}.")
        return {"ms": told["ms"], "bytes": site.sent - before}


def starts(playwright: Playwright, site: Measured, runs: int) -> dict[str, list[dict[str, float]]]:
    """Each way of starting, in turn."""
    [wasm] = (SCRATCH / "assets" / "live").glob("python.*/pyodide.asm.wasm")
    ways: dict[str, tuple[str, dict[str, Any]]] = {
        "stock": (USUAL, {}),
        "boot": (OURS, {"how": "boot", "way": "boot"}),
        "snapshot": (OURS, {"way": "snapshot"}),
        "compile": (COMPILE, {"url": "/" + wasm.relative_to(SCRATCH).as_posix()}),
    }
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, (script, given) in ways.items():
            found[name].append(start(playwright, site, script, given))
    return found


def views(playwright: Playwright, site: Measured, runs: int) -> dict[str, dict[str, float]]:
    """By screen, milliseconds to the first paint and to the whole first view, and what moved.

    The browser is up and has nothing of the site. The shift is the largest of the runs.
    """
    figures: dict[str, dict[str, float]] = {}
    for name, screen in SCREENS.items():
        found = []
        for _ in range(runs):
            with fresh(playwright, "about:blank", "", **screen) as page:
                page.wait_for_timeout(SETTLED)
                page.add_init_script(WATCH)
                page.goto(site.url + PAGE)
                page.wait_for_timeout(SETTLED)
                found.append(page.evaluate(VIEW))
        figures[name] = {
            "first_ms": median(found, "first_ms"),
            "whole_ms": median(found, "whole_ms"),
            "shift": max(run["shift"] for run in found),
        }
    return figures


def edits(playwright: Playwright, site: Measured) -> list[float]:
    """Milliseconds from an edit to its answer in the page, once Python is up."""
    with fresh(playwright, site.url, PAGE) as page:
        page.evaluate(EDIT, {"number": 1_000_000})  # starts Python
        page.wait_for_timeout(SETTLED)
        return [page.evaluate(EDIT, {"number": 1_000_003 + 7 * step}) for step in range(EDITS)]


def ranges(calculator: Calculator, facts: Facts, step: int) -> dict[str, str]:
    """Ranges about the defaults of the first inputs that take one, a little apart by step."""
    named = [calculator.field(name) for name in calculator.leading]
    fields = dict.fromkeys((*named, *calculator.inputs.fields()))
    inputs = calculator.inputs.read({}, facts).inputs
    found: dict[str, str] = {}
    for field in fields:
        if field.is_choice or len(found) == RANGES:
            continue
        now = getattr(inputs, field.name).to(field.unit)
        low, high = max(now * 0.7, field.low), min(now * (1.4 + step / 1000), field.high)
        if now and low < high:
            found[field.name] = f"{low:.9g}..{high:.9g}"
    return found


def ranged(playwright: Playwright, site: Site) -> dict[str, dict[str, float]]:
    """
    By calculator, milliseconds from an edit with ranges to a first answer and to the whole one.

    The first edit is left out: a formula is recorded at it.
    """
    book = records.book()
    facts = book.on(book.day)
    found = {}
    for slug, calculator in CALCULATORS.items():
        with fresh(playwright, site.url, f"calculators/{slug}/") as page:
            page.evaluate(RANGED_EDIT, {"texts": ranges(calculator, facts, 0)})
            page.wait_for_timeout(SETTLED)
            taken = [
                page.evaluate(RANGED_EDIT, {"texts": ranges(calculator, facts, step)})
                for step in range(1, RANGED + 1)
            ]
            firsts, finals = ([one[when] for one in taken] for when in ("first", "final"))
            found[slug] = {
                "first_median_ms": statistics.median(firsts),
                "median_ms": statistics.median(finals),
                "p95_ms": p95(finals),
            }
    return found


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def median(found: list[dict[str, float]], what: str = "ms") -> float:
    return statistics.median(run[what] for run in found)


def measure(runs: int) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "runs": runs,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "loop_seconds": loop.measure(),
    }
    prepare()
    with sync_playwright() as playwright, measured(SCRATCH) as site:
        browser = launch(playwright)
        figures["chromium"] = browser.version
        browser.close()
        print("[bench] compressing once, as a host would beforehand …", flush=True)
        starts(playwright, site, 1)
        print(f"[bench] starting {runs} times by each way …", flush=True)
        found = starts(playwright, site, runs)
        for name, each in found.items():
            figures[name] = {
                "ms": median(each),
                "best_ms": min(run["ms"] for run in each),
                "bytes": median(each, "bytes"),
                "all_ms": [round(run["ms"]) for run in each],
            }
        for speed in LINES:
            print(f"[bench] the same on a line of {speed} Mbit/s …", flush=True)
            site.speed = speed * MBIT
            for name, each in starts(playwright, site, 1).items():
                figures[name][f"ms_at_{speed}_mbit"] = median(each)
        site.speed = None
        print("[bench] the page …", flush=True)
        figures["views"] = views(playwright, site, runs)
        taken = edits(playwright, site)
        figures["edit_median_ms"] = statistics.median(taken)
        figures["edit_p95_ms"] = p95(taken)
        print("[bench] edits with ranges …", flush=True)
        figures["ranged"] = ranged(playwright, site)
    figures["sooner_than_stock"] = figures["stock"]["ms"] / figures["snapshot"]["ms"]
    figures["boot_sooner_than_stock"] = figures["stock"]["ms"] / figures["boot"]["ms"]
    return figures


def slowest(ranged: dict[str, dict[str, float]]) -> list[tuple[str, dict[str, float]]]:
    """The calculators that take longest over ranges, the slowest first."""
    return sorted(ranged.items(), key=lambda item: -item[1]["median_ms"])[:SLOWEST]


def table(figures: dict[str, Any]) -> str:
    names = {
        "stock": "stock `loadPyodide`",
        "boot": "ordinary start on the trimmed library (the fallback)",
        "snapshot": "from the memory image",
        "compile": "compiling the WebAssembly alone",
    }
    lines = [
        "| Python, nothing cached | first live answer | best run |"
        + "".join(f" at {speed} Mbit/s |" for speed in LINES)
        + " sent |",
        "|---|---|---|" + "---|" * len(LINES) + "---|",
    ]
    for key, name in names.items():
        each = figures[key]
        lines.append(
            f"| {name} | {each['ms'] / 1000:.2f} s | {each['best_ms'] / 1000:.2f} s"
            + "".join(f" | {each[f'ms_at_{speed}_mbit'] / 1000:.1f} s" for speed in LINES)
            + f" | {each['bytes'] / 1e6:.2f} MB |"
        )
    sentence = (
        f"The image starts {figures['sooner_than_stock']:.1f} times sooner than stock, the ordinary"
        f" start {figures['boot_sooner_than_stock']:.1f} times"
        f" (medians of {figures['runs']}, Chromium {figures['chromium']}, {figures['machine']})."
    )
    lines += [
        "",
        sentence,
        "",
        "| | |",
        "|---|---|",
        *(
            f"| {width} pixels wide: first paint, whole first view, layout shift"
            f" | {each['first_ms']:.0f} ms, {each['whole_ms']:.0f} ms, {each['shift']:.3f} |"
            for width, each in figures["views"].items()
        ),
        f"| edit to answer, median of {EDITS} | {figures['edit_median_ms']:.0f} ms |",
        f"| edit to answer, 95th percentile | {figures['edit_p95_ms']:.0f} ms |",
        *(
            f"| edit with {RANGES} ranges on `{slug}`: first answer, whole answer, 95th percentile"
            f" | {each['first_median_ms']:.0f}, {each['median_ms']:.0f},"
            f" {each['p95_ms']:.0f} ms |"
            for slug, each in slowest(figures["ranged"])
        ),
        *(f"| {what} | {figures['loop_seconds'][key]:.1f} s |" for key, what in LOOP_NAMES.items()),
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    figures = measure(runs)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", "utf-8")
    (BUILD / "bench.md").write_text(table(figures), "utf-8")
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
