"""
Renews every file that is generated and committed, and prints those that changed: `make fresh`.

A registry of what was published is only ever added to. What needs a network or a browser has a
command of its own: `make lock`, and `python -m tools.workbench.screenshot`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from tools.book import schema
from tools.paths import ROOT
from tools.promises import addresses, names, published
from tools.records import DataError
from tools.site import api


@dataclass(frozen=True)
class Generated:
    """A file, and what it holds when it is fresh. `text` raises DataError or ValueError."""

    path: Path
    text: Callable[[], str]

    def now(self) -> str:
        """What it holds now."""
        return self.path.read_text("utf-8") if self.path.exists() else ""

    def stale(self) -> str:
        """How it differs from what it must hold, in a few words; '' where it does not."""
        changes = [
            line
            for line in unified_diff(self.now().splitlines(), self.text().splitlines(), n=0)
            if line[0] in "+-" and not line.startswith(("+++", "---"))
        ]
        if not changes:
            return ""
        first = next((line for line in changes if line[0] == "+"), changes[0])
        words = f"{'it lacks' if first[0] == '+' else 'it has'} {first[1:].strip()}"
        more = len(changes) - 1
        return words + (f", and {more} more line{'s' * (more > 1)}" if more else "")

    def renew(self) -> bool:
        """Write it anew where it is stale; whether it was."""
        text = self.text()
        if text == self.now():
            return False
        self.path.write_text(text, "utf-8")
        return True


GENERATED = (
    Generated(schema.PATH, lambda: schema.written(schema.schema())),
    Generated(schema.EVIDENCE, lambda: schema.written(schema.evidence_schema())),
    Generated(api.PUBLISHED, api.registry),
    Generated(addresses.PUBLISHED, addresses.registry),
    Generated(names.PUBLISHED, names.text),
    Generated(published.LINKS, published.registry),
)


def main() -> int:
    """0, or 1 with a line on what must be mended first."""
    try:
        for one in GENERATED:
            if one.renew():
                print(f"renewed {one.path.relative_to(ROOT)}")
    except (DataError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
