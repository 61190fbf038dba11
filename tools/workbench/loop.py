"""How long the loop of writing takes: the build, and a save until the page shows it.

All of it happens in a copy of the sources, so that nothing of the checkout is built or changed.
`python -m tools.workbench.loop` prints the figures alone; `make bench` has them in its table.
"""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tools.paths import ROOT
from tools.site.sources import GENERATED, SOURCES, environment

LINKED = ("node_modules", ".venv")
PATIENT = 600.0  # seconds after which a step is taken to hang
# What is changed, and the page that shows it: file, old words, new words, address.
SAVES = {
    "prose": ("docs/choose/index.md", "\n# ", "\n# Rewritten: ", "choose/"),
    "price": ("data/offers/openai.yml", "name: GPT-6 Luna", "name: GPT-6 Lunar", "prices/models/"),
    "formula": (
        "calculators/billing/tokens.py",
        '"Fresh input"',
        '"Input not cached"',
        "calculators/approach-cost/",
    ),
}

SHOWN = {
    "index.md": "Rewritten: ",
    "openai.yml": "GPT-6 Lunar",
    "tokens.py": "Input not cached",
}


@contextmanager
def copy_of_sources() -> Iterator[Path]:
    """A project with the sources alone, in which nothing has been built."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="loop-") as scratch:
        project = Path(scratch)
        ignored = shutil.ignore_patterns("__pycache__", GENERATED.name)
        for name in (*SOURCES, "package.json"):
            source, target = ROOT / name, project / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=ignored)
            else:
                shutil.copyfile(source, target)
        for name in LINKED:
            (project / name).symlink_to((ROOT / name).resolve())
        yield project


def build_seconds(project: Path) -> float:
    """
    How long the project takes to build as it stands.

    Raises:
        CalledProcessError: it cannot be built.
    """
    begun = time.perf_counter()
    command = [sys.executable, "-m", "tools.site.build", "site"]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    return time.perf_counter() - begun


def _version(changes: http.client.HTTPResponse) -> int:
    """The next version of the site that the server tells a browser."""
    while line := changes.readline().decode():
        if line.startswith("data: "):
            return int(line.removeprefix("data: "))
    raise ConnectionError("the development server ended")


def _page(host: str, address: str) -> str:
    with closing(http.client.HTTPConnection(host, timeout=PATIENT)) as connection:
        connection.request("GET", f"/{address}")
        return connection.getresponse().read().decode()


def save_seconds(project: Path) -> dict[str, float]:
    """
    By kind of change, seconds from a save until a browser that reloads has the changed page.

    For a price and a formula the Python of live calculators is new by then, too.

    Raises:
        ValueError: the page does not show the change.
    """
    # A change since the last build: the server begins to render without being asked.
    first = project / "docs" / "index.md"
    first.write_text(first.read_text("utf-8") + "\nBegun.\n", "utf-8")
    command = [sys.executable, "-u", "-m", "tools.workbench.dev", "--port", "0"]
    with subprocess.Popen(
        command, cwd=project, env=environment(), stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        try:
            host = urlsplit(server.stdout.readline().split()[1]).netloc
            with closing(http.client.HTTPConnection(host, timeout=PATIENT)) as stream:
                stream.request("GET", "/-/changes")
                with stream.getresponse() as changes:
                    while not _version(changes):  # before it renders, it says 0
                        pass
                    _page(host, "")
                    return {
                        kind: _save(project / name, old, new, changes, host, address)
                        for kind, (name, old, new, address) in SAVES.items()
                    }
        finally:
            server.terminate()


def _save(
    file: Path, old: str, new: str, changes: http.client.HTTPResponse, host: str, address: str
) -> float:
    text = file.read_text("utf-8")
    begun = time.perf_counter()
    file.write_text(text.replace(old, new, 1), "utf-8")
    _version(changes)
    html = _page(host, address)
    taken = time.perf_counter() - begun
    if SHOWN[file.name] not in html:
        raise ValueError(f"/{address} does not show the change of {file.name}")
    return taken


def measure() -> dict[str, float]:
    """Seconds by what is done; `clean` has neither a bundle nor cards nor a site to start from."""
    with copy_of_sources() as project:
        clean = build_seconds(project)
        unchanged = build_seconds(project)
        saves = save_seconds(project)
        changed = build_seconds(project)
    return {
        "build_clean": clean,
        "build_unchanged": unchanged,
        "build_after_a_price": changed,
        **{f"save_{kind}": taken for kind, taken in saves.items()},
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
