"""What a site is made from: its sources, their digest, and the site's day."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tools.paths import DATA, ROOT

SOURCES = (
    "calculators",
    "commands",
    "data",
    "docs",
    "includes",
    "overrides",
    "tools",
    "views",
    "tests/validation",
    "main.py",
    "mkdocs.yml",
    "redirects.yml",
    "package-lock.json",
    "requirements.txt",
)
GENERATED = ROOT / "docs" / "assets" / "live"
# The bundle that the development server makes after a save.
QUICK = ROOT / "build" / "dev" / "assets" / "live"
READ = re.compile(r"^\s*read: (\d{4}-\d{2}-\d{2})\s*$", re.MULTILINE)


def files() -> Iterator[Path]:
    """Every source of the site, in order."""
    for name in SOURCES:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            made = "__pycache__" in path.parts or path.is_relative_to(GENERATED)
            if path.is_file() and not made:
                yield path


def digest(paths: Iterable[Path] = ()) -> str:
    """A hash of all that decides the bytes of the site, or of what these sources decide."""
    whole = hashlib.sha256()
    for text in (sys.version, os.environ.get("SITE_URL", "")):
        whole.update(f"{text}\0".encode())
    for path in paths or files():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(ROOT).as_posix()} {content}\n".encode())
    return whole.hexdigest()


def day(data: Path = DATA) -> str:
    """The site's day: the newest day on which a source of the book was read."""
    days = [day for file in data.rglob("*.yml") for day in READ.findall(file.read_text("utf-8"))]
    return max(days, default="2000-01-01")


def environment() -> dict[str, str]:
    """What the builders are told: the site's day in place of the clock, and no advertisement."""
    midnight = datetime.fromisoformat(day()).replace(tzinfo=UTC)
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())),
        "NO_MKDOCS_2_WARNING": "1",
    }
