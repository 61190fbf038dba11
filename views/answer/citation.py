"""How a page, a section or an answer is cited: Markdown, plain text, BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html import escape

from views import text
from views.answer.document import Inline, Link, Paragraph, markdown

GUIDE = "Crossover"
AUTHORS = "Crossover contributors"
FORMS = {"cite-markdown": "Markdown", "cite-text": "plain text", "cite-bibtex": "BibTeX"}
# The day on which it was read is the reader's to fill in.
ACCESSED = "accessed YYYY-MM-DD"
_SPECIAL = re.compile(r"[\\{}#$%&_~^]")
_SPELLED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


@dataclass(frozen=True, slots=True)
class Work:
    """
    What is cited. `version` is the day of the guide's facts; `prices` the day of an answer's;
    `within` the title of the page that a section is part of; `place` names it in a BibTeX key.
    """

    title: str
    address: str
    version: date
    place: str
    within: str = ""
    prices: date | None = None


def said(work: Work) -> str:
    """The citation up to its address."""
    parts = [f"{GUIDE}, “{work.title}”"]
    if work.within:
        parts.append(f"in “{work.within}”")
    if work.prices:
        parts.append(f"prices of {text.day(work.prices)}")
    return ", ".join((*parts, f"version of {text.day(work.version)}")) + ". "


def linked(work: Work) -> Inline:
    """The citation with its address."""
    return (said(work), Link(work.address, work.address))


def cited(work: Work, form: str) -> str:
    """The citation in one of FORMS. Raises KeyError for another."""
    if form == "cite-markdown":
        return markdown([Paragraph((*linked(work), f" ({ACCESSED})"))])
    if form == "cite-text":
        return f"{said(work)}{work.address} ({ACCESSED})\n"
    return {"cite-bibtex": _bibtex}[form](work)


def _bibtex(work: Work) -> str:
    """An entry with its `urldate` left open; inner braces keep capitals and names as they are."""
    days = f"Version of {text.day(work.version)}"
    if work.prices:
        days += f", prices of {text.day(work.prices)}"
    title = f"{work.title}, in: {work.within}" if work.within else work.title
    key = re.sub(r"[^a-z0-9]+", "-", f"{GUIDE} {work.place} {work.prices or work.version}".lower())
    fields = {
        "author": f'"{{{AUTHORS}}}"',
        "title": f'"{{{_tex(title)}}}"',
        "howpublished": f"{{{GUIDE}}}",
        "year": f"{{{work.version.year}}}",
        "version": f"{{{work.version}}}",
        "note": f"{{{_tex(days)}}}",
        "url": f"{{{work.address.replace('{', '%7B').replace('}', '%7D')}}}",
        "urldate": "{}",
    }
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items())
    return f"@misc{{{key.strip('-')},\n{lines}}}\n"


def _tex(words: str) -> str:
    return _SPECIAL.sub(lambda found: _SPELLED.get(found[0], f"\\{found[0]}"), words)


def details(page: Work, sections: Iterable[Work]) -> str:
    """What a reader unfolds at the end of a page: the page and each section, in all forms."""
    inner = "".join(
        f"<details><summary>{escape(one.title)}</summary>{_all(one)}</details>" for one in sections
    )
    return (
        '<details class="cite-this"><summary>Cite this page or a section</summary>'
        f"{_all(page)}{inner}</details>"
    )


def _all(work: Work) -> str:
    forms = (
        f"<dt>{name}</dt><dd><pre>{escape(cited(work, form))}</pre></dd>"
        for form, name in FORMS.items()
    )
    return f"<dl>{''.join(forms)}</dl>"
