"""What every data file has in common: the strict form, and the line that tells editors of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema

from tools.book.schema import EVIDENCE_FIRST_LINE, FIRST_LINE, evidence_schema, schema
from tools.lint.project import Project, rule, rule_with
from tools.lint.reading import ALL, Fault, at
from tools.records import EVIDENCE, names


@rule
def files_keep_the_form(project: Project) -> Iterator[Fault]:
    """Each file is read by the strict parser: known fields, with units, days and sources."""
    yield from project.data.faults


@rule
def files_fit_the_schema(project: Project) -> Iterator[Fault]:
    """What the parser takes the schema takes too, so that an editor marks no sound line."""
    of_book, of_evidence = map(jsonschema.Draft202012Validator, (schema(), evidence_schema()))
    for name, record in project.data.sound.items():
        validator = of_evidence if name.partition("/")[0] in EVIDENCE else of_book
        for error in validator.iter_errors(record):
            message = f"{error.message[:200]}; correct it, or tools/book/schema.py"
            yield at((name, *map(str, error.absolute_path)), message)


@rule
def blanks_are_filled(project: Project) -> Iterator[Fault]:
    """No `?` is left of those that `make new` writes where a fact is to be found."""
    for name, record in project.data.sound.items():
        for place, text in _scalars(record, (name,)):
            if text == "?" or text.startswith("? "):
                yield at(place, "write what is known in place of the ?")


def _scalars(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in a record, with its place."""
    if isinstance(value, str):
        yield place, value
    else:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _scalars(inner, (*place, str(key)))


def first_line(collection: str) -> str:
    """The line that names the schema of such a file."""
    return EVIDENCE_FIRST_LINE if collection in EVIDENCE else FIRST_LINE


def with_first_line(collection: str, text: str) -> str:
    """The same file, with the line that names its schema on top."""
    line = first_line(collection)
    return text if text.startswith(line) else line + text


@rule_with(with_first_line)
def first_lines_name_the_schema(project: Project) -> Iterator[Fault]:
    """The first line names the schema, so that an editor offers fields, units and choices."""
    for name in names(project.root / "data", ALL):
        line = first_line(name.partition("/")[0])
        if not project.text("data", f"{name}.yml").startswith(line):
            yield Fault(f"data/{name}.yml", f"begin with {line.strip()}", 1)
