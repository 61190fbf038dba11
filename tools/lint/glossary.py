"""The glossary: one list makes the page and the tooltips of all pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lint.project import Project, rule
from tools.lint.reading import Fault
from views.glossary import Entry, entries

FILE = "includes/glossary.md"
LONGEST = 160


@rule
def glossary_is_a_list_of_terms(project: Project) -> Iterator[Fault]:
    """Each line is `*[term]: meaning`."""
    for number, line in enumerate(project.text(FILE).splitlines(), 1):
        try:
            entries(line)
        except ValueError:
            yield Fault(FILE, f"write *[term]: meaning, not {line!r}", number)


@rule
def meanings_fit_a_tooltip(project: Project) -> Iterator[Fault]:
    """A meaning is a sentence of at most 160 letters."""
    for line, entry in _entries(project):
        if len(entry.meaning) > LONGEST:
            message = f"{entry.term}: say it in {LONGEST} letters, not {len(entry.meaning)}"
            yield Fault(FILE, message, line)
        if not re.fullmatch(r"[A-Z0-9].*\.", entry.meaning):
            yield Fault(FILE, f"{entry.term}: write a sentence with a full stop", line)


@rule
def terms_have_ids_of_their_own(project: Project) -> Iterator[Fault]:
    """Two meanings do not share the id that links carry."""
    terms: dict[str, str] = {}
    for line, entry in _entries(project):
        if other := terms.get(entry.id):
            message = f"{entry.term}: has the id of {other}, {entry.id}; word one of them otherwise"
            yield Fault(FILE, message, line)
        terms[entry.id] = entry.term


def _entries(project: Project) -> Iterator[tuple[int, Entry]]:
    """The entries of the lines that can be read, each with the line of its first form."""
    lines = project.text(FILE).splitlines()
    sound = [line for line in lines if re.fullmatch(r"\*\[([^]\\]+)\]: (\S.*)", line)]
    for entry in entries("\n".join(sound)):
        yield lines.index(f"*[{entry.term}]: {entry.meaning}") + 1, entry
