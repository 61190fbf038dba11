"""
The addresses that people link: every page, and every heading with an id of its own.

`make fresh` adds what is new to the registry of those that stay, tests/published-addresses.txt. A
page or heading that is renamed stays there by redirects.yml. What the data bring, such as the rows
of a price table, is not listed: it goes with the data.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools.paths import ROOT
from tools.site import redirects

DOCS = ROOT / "docs"
PUBLISHED = ROOT / "tests" / "published-addresses.txt"
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{2,6} .*\{ #([a-z0-9-]+) \}$", re.MULTILINE)


def addresses() -> set[str]:
    """`calculators/break-even/` and `calculators/break-even/#when-it-flips`, from the root."""
    found = set(redirects.pages())
    renamed = redirects.declared()["ids"]
    for path in DOCS.rglob("*.md"):
        source = path.relative_to(DOCS)
        folder = source.parent if source.stem == "index" else source.with_suffix("")
        page = "" if folder == Path() else f"{folder.as_posix()}/"
        text = FENCE.sub("", path.read_text("utf-8"))
        found.add(page or "/")
        names = (*HEADING.findall(text), *renamed.get(source.as_posix(), {}))
        found.update(f"{page}#{name}" for name in names)
    return found


def published(registry: str) -> set[str]:
    """Every address in the text of the registry."""
    return {line for line in registry.splitlines() if not line.startswith("// ")}


def registry() -> str:
    """The registry with the addresses of today added."""
    listed = published(PUBLISHED.read_text("utf-8")) | addresses()
    head = "// What links out there lead to, from the site's root. Only ever added to.\n"
    return head + "".join(f"{line}\n" for line in sorted(listed))
