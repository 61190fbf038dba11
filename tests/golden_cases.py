"""Reads the golden cases; every scalar is the text that stands in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.records import TextLoader

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True, slots=True)
class Golden:
    """One case, worked by hand: what is given on which day, and what must come out."""

    slug: str
    name: str
    on: str
    given: dict[str, str]
    expect: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.slug}: {self.name}"


def golden_cases() -> list[Golden]:
    """Every case of every calculator, in the order of the files."""
    return [
        Golden(slug=path.stem, **case)
        for path in sorted(GOLDEN.glob("*.yml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=TextLoader)
    ]
