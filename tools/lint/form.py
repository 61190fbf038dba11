"""What every data file has in common: the strict form, and the line that tells editors of it."""

from __future__ import annotations

from collections.abc import Iterator

from tools.book.schema import EVIDENCE_FIRST_LINE, FIRST_LINE
from tools.lint.project import Project, rule, rule_with
from tools.lint.reading import ALL, Fault
from tools.records import EVIDENCE, names


@rule
def files_keep_the_form(project: Project) -> Iterator[Fault]:
    """Each file is read by the strict parser: known fields, with units, days and sources."""
    yield from project.data.faults


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
