"""
The glossary as a page; the same list makes the tooltips of all pages.

`includes/glossary.md` is written as Markdown abbreviations, `*[term]: meaning`, which the site's
Markdown appends to every page. Lines with one meaning are one entry: a term and its other forms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Entry:
    """A term, its other forms, and what it means."""

    term: str
    forms: tuple[str, ...]
    meaning: str

    @property
    def id(self) -> str:
        """Where it is linked: `recall-k` for recall@k."""
        return re.sub(r"[^a-z0-9]+", "-", self.term.lower()).strip("-")


def entries(text: str) -> list[Entry]:
    """The list in that text, by term. Raises ValueError for a line that is no abbreviation."""
    forms: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        found = re.fullmatch(r"\*\[([^]\\]+)\]: (\S.*)", line)
        if not found:
            raise ValueError(f"glossary, line {number}: write *[term]: meaning, not {line!r}")
        forms.setdefault(found[2], []).append(found[1])
    listed = [Entry(terms[0], tuple(terms[1:]), meaning) for meaning, terms in forms.items()]
    return sorted(listed, key=lambda entry: (entry.term.lower(), entry.term))


def glossary(text: str) -> str:
    """Every term with its meaning, under an id that links keep."""
    body = "".join(
        f'<div id="{entry.id}"><dt><a href="#{entry.id}">{escape(entry.term)}</a></dt>'
        f"<dd>{escape(entry.meaning)}</dd></div>"
        for entry in entries(text)
    )
    return f'<section><dl class="glossary">{body}</dl></section>'
