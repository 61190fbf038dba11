"""Build the site: browser bundle, pages, data, policy. `python -m tools.site.build [SITE]`.

The pages are built beside the site and put in its place only when every step has succeeded, so a
mistake in a page or in the data never takes away the site that is being read. Nothing here reads
the clock: the same sources give the same bytes, and nothing is done where they have not changed.
"""

from __future__ import annotations

import json
import multiprocessing
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.paths import ROOT
from tools.site.finish import FinishError
from tools.site.sources import GENERATED, digest, environment

BUILD = ROOT / "build"
# A page's error is told in words above the traceback, which mkdocs-macros puts into a fence.
TRACEBACK = re.compile(r"^```\nTraceback.*?^```$", re.DOTALL | re.MULTILINE)
PROGRESS = re.compile(r"INFO |DEBUG ")
# What pages carry in place of the bundle's manifest while both are being made; see macros.py.
LATER = "the manifest of the bundle"


class BuildError(Exception):
    """A step failed; its own message has been printed."""


_printing = threading.Lock()


def say(text: str) -> None:
    """One line of progress, whole though steps run side by side."""
    with _printing:
        print(f"[build] {text}", flush=True)


def step(name: str, *command: str, **settings: str) -> None:
    """Run a script or module of this Python as one step, and say how long it took.

    What the step prints is kept in build/, and shown as far as it is not mere progress or
    traceback when the step fails.

    Raises:
        BuildError: it failed.
    """
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment() | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    log = BUILD / f"{name.replace(' ', '-')}.log"
    log.write_text(done.stdout, "utf-8")
    if done.returncode:
        raise BuildError(
            f"{told(done.stdout)}\n"
            f"[build] {name} failed: see above, or {log.relative_to(ROOT)} for all of it; "
            "the site is left as it was"
        )
    say(f"{name}: {time.perf_counter() - begun:.1f} s")


def timed(name: str, work: Callable[[], object]) -> None:
    """Do a step in this process, and say how long it took."""
    begun = time.perf_counter()
    work()
    say(f"{name}: {time.perf_counter() - begun:.1f} s")


def told(output: str) -> str:
    """The part of a failed step's output that says what is wrong and where."""
    lines = TRACEBACK.sub("", output).splitlines()
    return "\n".join(line for line in lines if line.strip() and not PROGRESS.match(line))


def build(site: Path) -> None:
    """Build into the directory `site`, unless it is built from these very sources already.

    Raises:
        BuildError: a step failed.
        FinishError: a page would run or load what the security policy forbids.
    """
    BUILD.mkdir(exist_ok=True)
    made_from = digest()
    stamp = BUILD / f"site-{site.name}.json"
    if stamp.exists() and json.loads(stamp.read_text("utf-8")) == _state(made_from, site):
        say("nothing has changed")
        return
    # First the command line: it tells a mistake in the data or the code in one line, where
    # mkdocs-macros would hide a failed import and go on.
    step("facts and formulas", "main.py", "approach-cost")
    step("fonts and charts", "-m", "tools.site.assets")
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="site-") as scratch:
        fresh = Path(scratch) / "fresh"
        # The bundle takes as long as the pages: one processor each.
        with ThreadPoolExecutor(2) as lanes:
            pages = lanes.submit(_pages, fresh)
            bundle = lanes.submit(_bundle)
        bundle.result()
        pages.result()
        _complete(fresh)
        if site.exists():
            site.rename(Path(scratch) / "old")
        shutil.move(fresh, site)
    stamp.write_text(json.dumps(_state(made_from, site)), "utf-8")


def _pages(fresh: Path) -> None:
    mkdocs = ("-m", "mkdocs", "build", "--strict", "--site-dir", str(fresh))
    step("pages", *mkdocs, CROSSOVER_MANIFEST=LATER)


def _bundle() -> None:
    step("browser bundle", "-m", "tools.site.bundle")
    step("cards of answers", "-m", "tools.site.cards")


def _complete(fresh: Path) -> None:
    """All that is made from the built pages, in one process; the cards in another beside it."""
    from tools.site import api, cards, citations, finish, redirects, search, tree, twins

    shutil.rmtree(fresh / "assets" / "live", ignore_errors=True)
    shutil.copytree(GENERATED, fresh / "assets" / "live")
    timed("the bundle's names", lambda: _name_bundle(fresh))
    pages = list(tree.pages(fresh))
    titles = [(page.address, page.title, page.description) for page in pages]
    beside = multiprocessing.get_context("fork").Process(
        target=timed, args=("cards", lambda: cards.write(fresh, titles))
    )
    beside.start()
    timed("data for other tools", lambda: api.write(fresh))
    timed("former addresses", lambda: redirects.write(fresh))
    timed("citations", lambda: citations.cite(fresh))
    timed("twins for machines", lambda: twins.write(fresh, pages))
    timed("search", lambda: search.write(fresh, pages))
    timed("security policy", lambda: finish.finish(fresh))
    beside.join()
    if beside.exitcode:
        raise BuildError("[build] cards failed: see above; the site is left as it was")


def _name_bundle(fresh: Path) -> None:
    """Write the manifest of the bundle into the pages that were built beside it."""
    from html import escape

    from tools.site.macros import manifest

    names = escape(manifest())
    for path in fresh.rglob("*.html"):
        text = path.read_text("utf-8")
        if LATER in text:
            path.write_text(text.replace(LATER, names), "utf-8")


def _state(made_from: str, site: Path) -> dict[str, object]:
    """The sources' digest, and the files of the site as they stand."""
    there = sorted(path for path in site.rglob("*") if path.is_file()) if site.is_dir() else []
    stats = ((path, path.stat()) for path in there)
    files = [[str(p.relative_to(site)), s.st_size, s.st_mtime_ns] for p, s in stats]
    return {"sources": made_from, "site": str(site), "files": files}


if __name__ == "__main__":
    try:
        build(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "site")
    except (BuildError, FinishError) as error:
        sys.exit(str(error))
