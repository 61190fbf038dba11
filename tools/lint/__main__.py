"""Complaints on standard error and 1, or nothing and 0: `python -m tools.lint [--fix] [FILE…]`."""

from __future__ import annotations

import argparse
import sys

from tools.lint.driver import complaints, relative, repair
from tools.lint.project import Project


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.lint", description="Check the rules of data, pages and promises."
    )
    parser.add_argument("--fix", action="store_true", help="repair what needs no decision first")
    parser.add_argument("files", nargs="*", metavar="FILE", help="report these files only")
    given = parser.parse_args()
    try:
        files = {relative(path, Project().root) for path in given.files}
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for file in repair(Project(), files) if given.fix else ():
        print(f"repaired {file}")
    lines = complaints(Project(), files)
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
