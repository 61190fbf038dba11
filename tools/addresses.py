"""
The addresses that people link: every page, and every heading with an id of its own.

`python -m tools.addresses --publish` adds what is new to the registry of those that stay. A page
that moves leaves a page behind; a heading that is renamed keeps its old id in an empty element,
`<span id="old-id"></span>`. What the data bring, such as the rows of a price table, is not listed:
it goes with the data.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PUBLISHED = ROOT / "tests" / "published-addresses.txt"
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{2,6} .*\{ #([a-z0-9-]+) \}$", re.MULTILINE)
SPAN = re.compile(r'<span id="([a-z0-9-]+)"></span>')


def addresses(docs: Path = DOCS) -> set[str]:
    """`calculators/break-even/` and `calculators/break-even/#when-it-flips`, from the root."""
    found = set()
    for path in docs.rglob("*.md"):
        page = path.relative_to(docs).with_suffix("").as_posix().removesuffix("index")
        page = page if not page or page.endswith("/") else f"{page}/"
        text = FENCE.sub("", path.read_text("utf-8"))
        found.add(page or "/")
        found.update(f"{page}#{name}" for name in (*HEADING.findall(text), *SPAN.findall(text)))
    return found


def published() -> set[str]:
    """Every address that was ever published."""
    lines = PUBLISHED.read_text("utf-8").splitlines() if PUBLISHED.exists() else []
    return {line for line in lines if not line.startswith("// ")}


def publish() -> None:
    """Add the addresses that are new to those that stay."""
    head = "// What links out there lead to, from the site's root. Only ever added to.\n"
    lines = sorted(published() | addresses())
    PUBLISHED.write_text(head + "".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--publish"]:
        sys.exit("python -m tools.addresses --publish")
    publish()
