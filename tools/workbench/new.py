"""Write what is new in all its places: `python -m tools.workbench.new NAME [--kind calculator]`.

A calculator gets a module, a golden case and a page, and runs at once; a vendor or a store gets
its file and its page, with a `?` where a figure is yours to find; a page gets its place in the
navigation.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from tools.paths import DOCS, ROOT
from tools.site.sources import day

SKELETONS = Path(__file__).parent / "skeletons"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class NewError(Exception):
    """It cannot be written; the message says why."""


def written(skeleton: str, to: Path, words: dict[str, str]) -> Path:
    """Write a skeleton with these words in it. Raises NewError where there is a file already."""
    if to.exists():
        raise NewError(f"{to.relative_to(ROOT)} is there already; take another name")
    to.parent.mkdir(parents=True, exist_ok=True)
    text = (SKELETONS / f"{skeleton}.txt").read_text("utf-8")
    to.write_text(text.format_map(words), "utf-8")
    return to


def inserted(file: Path, line: str, after: str, *, in_order: bool = False) -> Path:
    """Write a line into those that follow `after` and are indented like it: last, or in order."""
    lines = file.read_text("utf-8").splitlines()
    at = next((n for n, one in enumerate(lines) if one == after), None)
    if at is None:
        raise NewError(f"{file.relative_to(ROOT)} has no line '{after}'")
    indent = len(line) - len(line.lstrip())
    end = at + 1
    while end < len(lines) and lines[end].startswith(" " * indent):
        if in_order and lines[end] > line:
            break
        end += 1
    lines.insert(end, line)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def calculator(name: str, words: dict[str, str]) -> list[Path]:
    """A calculator's module, golden case and page, and the lines that name them."""
    module = words["module"]
    package = ROOT / "calculators" / "__init__.py"
    files = [
        written("calculator.py", ROOT / "calculators" / f"{module}.py", words),
        written("golden.yml", ROOT / "tests" / "golden" / f"{name}.yml", words),
        written("calculator.md", DOCS / "calculators" / f"{name}.md", words),
        inserted(package, f"    {module},", "from calculators import (", in_order=True),
        inserted(package, f"        {module},", "    for module in (", in_order=True),
    ]
    line = f"      - {words['question']}: calculators/{name}.md"
    return [*files[:4], inserted(ROOT / "mkdocs.yml", line, "  - Calculators:")]


def vendor(name: str, words: dict[str, str]) -> list[Path]:
    """A vendor of models: its prices and its page."""
    return [
        written("vendor.yml", ROOT / "data" / "offers" / f"{name}.yml", words),
        written("vendor.md", DOCS / "vendors" / f"{name}.md", words),
    ]


def store(name: str, words: dict[str, str]) -> list[Path]:
    """A vendor of a vector store: its prices and its page."""
    return [
        written("store.yml", ROOT / "data" / "stores" / f"{name}.yml", words),
        written("vendor.md", DOCS / "vendors" / f"{name}.md", words),
    ]


def page(name: str, words: dict[str, str]) -> list[Path]:
    """A page of the guide, `cost/rate-limits`, in the navigation below its neighbours."""
    place = f"{name}.md"
    settings = ROOT / "mkdocs.yml"
    folder = name.rpartition("/")[0]
    lines = settings.read_text("utf-8").splitlines()
    beside = [n for n, line in enumerate(lines) if re.search(rf": {re.escape(folder)}/", line)]
    if not folder or not beside:
        raise NewError(f"a page stands in a folder of docs/ that has pages: cost/{name}")
    file = written("page.md", DOCS / place, words)
    indent = re.match(r" *", lines[beside[-1]])
    lines.insert(beside[-1] + 1, f"{indent[0] if indent else ''}- {words['question']}: {place}")
    settings.write_text("\n".join(lines) + "\n", "utf-8")
    return [file, settings]


KINDS = {"calculator": calculator, "vendor": vendor, "store": store, "page": page}
NEXT = {
    "calculator": "Write the question, the inputs and the formula; `make quick` tries them.",
    "vendor": "Fill in each ?; `make check` says where, and `make fresh` renews what follows.",
    "store": "Fill in each ?; `make check` says where, and `make fresh` renews what follows.",
    "page": "Write it; `make check` tries it, and `make fresh` registers its address.",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make new", description=__doc__)
    parser.add_argument("name", help="query-cost, acme, or cost/rate-limits")
    parser.add_argument("--kind", choices=KINDS, default="calculator")
    parser.add_argument("--title", default="", help="what readers see: a question, or a name")
    given = parser.parse_args()
    parts = given.name.split("/")
    try:
        if not all(NAME.fullmatch(part) for part in parts) or (
            given.kind != "page" and len(parts) > 1
        ):
            raise NewError(f"'{given.name}': write a name in small letters: query-cost")
        spoken = parts[-1].replace("-", " ")
        title = given.title or spoken[0].upper() + spoken[1:]
        words = {
            "name": given.name,
            "module": parts[-1].replace("-", "_"),
            "cls": "".join(part.capitalize() for part in parts[-1].split("-")),
            "spoken": spoken[0].upper() + spoken[1:],
            "title": title.rstrip("?"),
            "question": given.title or f"{title}?",
            "day": day(),
        }
        files = KINDS[given.kind](given.name, words)
    except NewError as error:
        print(error, file=sys.stderr)
        return 2
    for file in files:
        print(f"  {file.relative_to(ROOT)}")
    print(NEXT[given.kind])
    return 0


if __name__ == "__main__":
    sys.exit(main())
