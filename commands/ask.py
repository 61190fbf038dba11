"""Answers and decision records in the terminal: `python main.py approach-cost requests=5M`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from calculators import CALCULATORS, find
from calculators.kernel.book import Book
from calculators.kernel.request import DAY, Request, read_request
from views.answer import data, terminal
from views.answer.record import FORMS, take

PLACE = "calculators/"  # of the calculators' pages, under the site's root


def main(arguments: Sequence[str], book: Book) -> int:
    """Print an answer, or the list of calculators: 0, or 2 with a line for each fault."""
    parser = _parser(
        "python main.py",
        "Answer a question of the guide in the terminal.",
        "Other commands, each with --help: record, a decision record; check, links in files; "
        "serve-mcp, the calculators and the pages for agents.",
    )
    parser.add_argument("--json", action="store_true", help="print the whole result as JSON")
    parser.add_argument("--list", action="store_true", help="name calculators and their inputs")
    options = parser.parse_intermixed_args(arguments)
    if options.list:
        return _list(options.json)
    request = _request(options, book)
    if request is None:
        return 2
    result = request.calculator.answer_to(request.facts, request.reading)
    if options.json:
        print(json.dumps(data.result(result), indent=2, ensure_ascii=False))
    else:
        print(terminal.answer(result), end="")
    return 0


def record(arguments: Sequence[str], book: Book) -> int:
    """Print the decision record of an answer: 0, or 2 with a line for each fault."""
    parser = _parser("python main.py record", "Write the decision record of an answer.")
    parser.add_argument("--variant", choices=list(FORMS), default="full")
    options = parser.parse_intermixed_args(arguments)
    request = _request(options, book)
    if request is None:
        return 2
    calculator, facts = request.calculator, request.facts
    site = os.environ.get("SITE_URL", "")
    page = f"{site.rstrip('/')}/{PLACE}{calculator.slug}/" if site else ""
    result = calculator.answer_to(facts, request.reading)
    print(take(calculator, facts, result, options.variant, page).text, end="")
    return 0


def _parser(prog: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=description, epilog=epilog)
    parser.add_argument("slug", nargs="?", help="the calculator, such as approach-cost")
    parser.add_argument("given", nargs="*", help="inputs as in a link: requests=5M top_k=8")
    parser.add_argument("--on", default="", metavar="DAY", help="the day whose prices hold")
    return parser


def _request(options: argparse.Namespace, book: Book) -> Request | None:
    """What was asked, or None when what is wrong with it has been printed."""
    calculator = find(options.slug or "")
    if calculator is None:
        known = ", ".join(CALCULATORS)
        print(f"name a calculator: {known}; --list shows their inputs", file=sys.stderr)
        return None
    parts = [*options.given, *([f"{DAY}={options.on}"] if options.on else [])]
    faults = [f"{part}: write it as name=value" for part in parts if part.find("=") < 1]
    pairs = [part.split("=", 1) for part in parts if part.find("=") > 0]
    names = [name for name, _ in pairs]
    faults += [
        f"{name}: given twice; keep one" for name in dict.fromkeys(names) if names.count(name) > 1
    ]
    request = read_request(book, calculator, dict(pairs))
    faults += request.faults()
    for old, new in request.reading.renamed.items():
        print(f"{old}: called {new} now, and read as that", file=sys.stderr)
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return None
    return request


def _list(as_json: bool) -> int:
    if as_json:
        print(json.dumps(data.catalogue(CALCULATORS), indent=2, ensure_ascii=False))
        return 0
    for calculator in CALCULATORS.values():
        print(f"{calculator.slug}  {calculator.question}")
        for field in calculator.inputs.fields():
            print(f"  {field.name}={field.default} {field.unit}".rstrip() + f"  {field.label}")
    return 0
