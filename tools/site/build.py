"""Build the site: browser bundle, pages, data, security policy. `python -m tools.site.build [SITE]`.

The pages are built beside the site and put in its place only when every step has succeeded, so a
mistake in a page or in the data never takes away the site that is being read. Nothing here reads
the clock: the same sources give the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tools.site.finish import FinishError, finish
from tools.paths import ROOT

# A page's error is told in words above the traceback, which mkdocs-macros puts into a fence.
TRACEBACK = re.compile(r"^```\nTraceback.*?^```$", re.DOTALL | re.MULTILINE)
PROGRESS = re.compile(r"INFO |DEBUG ")
READ = re.compile(r"^\s*read: (\d{4}-\d{2}-\d{2})\s*$", re.MULTILINE)


class BuildError(Exception):
    """A step failed; its own message has been printed."""


def day(data: Path) -> str:
    """The site's day: the newest day on which a source of the book was read."""
    days = [day for file in data.rglob("*.yml") for day in READ.findall(file.read_text("utf-8"))]
    return max(days, default="2000-01-01")


def environment() -> dict[str, str]:
    """What the builders are told: the site's day in place of the clock, and no advertisement."""
    midnight = datetime.fromisoformat(day(ROOT / "data")).replace(tzinfo=UTC)
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())),
        "NO_MKDOCS_2_WARNING": "1",
    }


def step(name: str, *command: str) -> None:
    """Run a script or module of this Python as one step, and say how long it took.

    What the step prints is kept in build/, and shown as far as it is not mere progress or
    traceback when the step fails.
    """
    begun = time.perf_counter()
    print(f"[build] {name} …", end=" ", flush=True)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    log = ROOT / "build" / f"{name.replace(' ', '-')}.log"
    log.write_text(done.stdout, "utf-8")
    print(f"{time.perf_counter() - begun:.1f} s", flush=True)
    if done.returncode:
        raise BuildError(
            f"{told(done.stdout)}\n"
            f"[build] {name} failed: see above, or {log.relative_to(ROOT)} for all of it; "
            "the site is left as it was"
        )


def told(output: str) -> str:
    """The part of a failed step's output that says what is wrong and where."""
    lines = TRACEBACK.sub("", output).splitlines()
    return "\n".join(line for line in lines if line.strip() and not PROGRESS.match(line))


def build(site: Path) -> None:
    """Build into the directory `site`.

    Raises:
        BuildError: a step failed.
        FinishError: a page would run or load what the security policy forbids.
    """
    (ROOT / "build").mkdir(exist_ok=True)
    # First the command line: it tells a mistake in the data or the code in one line, where
    # mkdocs-macros would hide a failed import and go on.
    step("facts and formulas", "main.py", "approach-cost")
    step("browser bundle", "-m", "tools.site.bundle")
    step("fonts and charts", "-m", "tools.site.assets")
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="site-") as scratch:
        fresh = Path(scratch) / "fresh"
        step("pages", "-m", "mkdocs", "build", "--strict", "--site-dir", str(fresh))
        step("data for other tools", "-m", "tools.site.api", str(fresh))
        step("former addresses", "-m", "tools.site.redirects", str(fresh))
        step("cards", "-m", "tools.site.cards", str(fresh))
        step("citations", "-m", "tools.site.citations", str(fresh))
        step("twins for machines", "-m", "tools.site.twins", str(fresh))
        step("search", "-m", "tools.site.search", str(fresh))
        finish(fresh)
        if site.exists():
            site.rename(Path(scratch) / "old")
        shutil.move(fresh, site)


if __name__ == "__main__":
    try:
        build(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "site")
    except (BuildError, FinishError) as error:
        sys.exit(str(error))
