"""
The names that links carry: inputs of calculators, terms of the glossary, findings of studies.

tests/published.yml has them all, and is only ever added to.
"""

from __future__ import annotations

from typing import Any

import yaml

from calculators import CALCULATORS
from tools.paths import ROOT, TESTS
from tools.records import evidence
from views.glossary import entries

PUBLISHED = TESTS / "published.yml"
HEAD = """\
# What links out there carry. Only ever added to, by `make fresh`; a renamed input needs an alias.
"""


def published() -> dict[str, Any]:
    """Every name that was ever published: `inputs` and `evidence` by slug or study, `glossary`."""
    names: dict[str, Any] = yaml.load(PUBLISHED.read_text("utf-8"), Loader=yaml.BaseLoader)
    return names


def names() -> dict[str, Any]:
    """The names of today, in the same form. Raises DataError, or ValueError for the glossary."""
    return {
        "inputs": {
            slug: [field.name for field in calculator.inputs.fields()]
            for slug, calculator in CALCULATORS.items()
        },
        "glossary": [e.id for e in entries((ROOT / "includes" / "glossary.md").read_text("utf-8"))],
        "evidence": {study.id: list(study.findings) for study in evidence().studies.values()},
    }


def text() -> str:
    """The registry with the names of today added. Raises DataError or ValueError."""
    before, now = published(), names()
    parts = [HEAD]
    for kind in ("inputs", "evidence"):
        parts.append(f"{kind}:\n")
        for name in sorted({*before[kind], *now[kind]}):
            both = {*before[kind].get(name, ()), *now[kind].get(name, ())}
            parts += [f"  {name}:\n", *(f"    - {one}\n" for one in sorted(both))]
    terms = sorted({*before["glossary"], *now["glossary"]})
    parts += ["glossary:\n", *(f"  - {term}\n" for term in terms)]
    return "".join(parts)
