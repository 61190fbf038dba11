"""Build the site: browser bundle, pages, data, policy. `python -m tools.site.build [SITE]`.

The pages are built beside the site and put in its place only when every step has succeeded, so a
mistake in a page or in the data never takes away the site that is being read. Nothing here reads
the clock: the same sources give the same bytes, and nothing is done where they have not changed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from html import escape
from importlib import import_module
from pathlib import Path

from tools.paths import ROOT
from tools.site.sources import GENERATED, digest, environment

BUILD = ROOT / "build"
# A fault in a macro comes with a traceback, in a fence, below what is wrong in words.
TRACEBACK = re.compile(r"^```\nTraceback.*?^```$", re.DOTALL | re.MULTILINE)
# What pages carry in place of the bundle's manifest while both are being made; see macros.py.
LATER = "the manifest of the bundle"


class BuildError(Exception):
    """A step failed; the message says what is wrong, and where."""


def failure(name: str, message: str) -> BuildError:
    """What is told when a step fails: its message without tracebacks; all of it is in build/."""
    log = BUILD / f"{name.replace(' ', '-')}.log"
    log.write_text(message, "utf-8")
    words = TRACEBACK.sub("", message).splitlines()
    return BuildError(
        "\n".join(line for line in words if line.strip()) + f"\n[build] {name} failed: see above, "
        f"or {log.relative_to(ROOT)} for all of it; the site is left as it was"
    )


@contextlib.contextmanager
def step(name: str, *errors: type[Exception]) -> Iterator[None]:
    """Say how long a step took; of its own errors, only what they say.

    Raises:
        BuildError: the step raised one of the `errors`.
    """
    begun = time.perf_counter()
    try:
        yield
    except errors as error:
        raise failure(name, str(error)) from error
    print(f"[build] {name}: {time.perf_counter() - begun:.1f} s", flush=True)


def build(site: Path) -> None:
    """Build into the directory `site`, unless it is built from these very sources already.

    Raises:
        BuildError: a step failed.
    """
    BUILD.mkdir(exist_ok=True)
    made_from = digest()
    stamp = BUILD / f"site-{site.name}.json"
    if stamp.exists() and json.loads(stamp.read_text("utf-8")) == _state(made_from, site):
        print("[build] nothing has changed")
        return
    os.environ.update(environment())
    _check()
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="site-") as scratch:
        fresh = Path(scratch) / "fresh"
        _make(fresh)
        if site.exists():
            site.rename(Path(scratch) / "old")
        shutil.move(fresh, site)
    stamp.write_text(json.dumps(_state(made_from, site)), "utf-8")


def _check() -> None:
    """Ask for one answer: it tells a mistake in the data in one line, where pages would hide it."""
    output = io.StringIO()
    with step("facts and formulas"), contextlib.redirect_stdout(output):
        with contextlib.redirect_stderr(output):
            try:
                failed = import_module("main").main(["approach-cost"])
            except Exception:
                traceback.print_exc()
                failed = 1
        if failed:
            raise failure("facts and formulas", output.getvalue())


def _make(fresh: Path) -> None:
    """Pages and bundle side by side, then all that is made from both."""
    # Not before the data and the code are known to be sound: these import them.
    from tools.site import api, assets, citations, finish, pages, redirects, search, tree, twins

    with step("fonts and charts", assets.AssetError):
        assets.write()
    with _bundle():
        # A token in place of the bundle's names, which are not known yet.
        os.environ["CROSSOVER_MANIFEST"] = LATER
        with step("pages", pages.PageError):
            pages.build(fresh)
        del os.environ["CROSSOVER_MANIFEST"]
        with step("data for other tools"):
            api.write(fresh)
        with step("former addresses", redirects.RedirectError):
            redirects.write(fresh)
    with step("names of the bundle"):
        _name_bundle(fresh)
    with step("citations and twins"):
        built = list(tree.pages(fresh))
        citations.cite(fresh)
        twins.write(fresh, built)
    with step("search"):
        search.write(fresh, built)
    with step("security policy", finish.FinishError):
        finish.finish(fresh)


@contextlib.contextmanager
def _bundle() -> Iterator[None]:
    """Have another process make the browser's bundle meanwhile; most of the time it is Node."""
    command = [sys.executable, "-m", "tools.site.bundle"]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT) as making,
    ):
        try:
            yield
        except BaseException:
            making.terminate()
            raise
        with step("browser bundle, after the pages"):
            failed = making.wait()
            output.seek(0)
            if failed:
                raise failure("browser bundle", output.read())


def _name_bundle(fresh: Path) -> None:
    """Copy the bundle into the site, and write its manifest into the pages built beside it."""
    place = fresh / "assets" / "live"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(GENERATED, place)
    names = escape(import_module("tools.site.macros").manifest())
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
    except BuildError as error:
        sys.exit(str(error))
