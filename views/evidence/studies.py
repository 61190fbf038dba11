"""
What others measured, as a page prints it: a figure in a sentence, a citation, a table.

A citation links its source, and its basis links the row of the evidence page that says what the
figure does not show. `top` is the way from the page to the site's root.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from calculators.kernel.evidence import BASES, TOPICS, Evidence, Finding, Study
from views import tables

PAGE = "evidence/"


def found(evidence: Evidence, study: str, finding: str, top: str) -> str:
    """A figure with its setting and its citation, as a phrase within a sentence."""
    source = evidence.study(study)
    one = source.finding(finding)
    cited = _cited(source, _row(source, one), _basis((one,)), top)
    figure = escape(one.figure).replace(" %", "\N{NO-BREAK SPACE}%")
    return f"{figure} ({escape(one.setting)}; {cited})"


def cite(evidence: Evidence, study: str, top: str) -> str:
    """The citation alone: who and when, linked; how far it was checked; a vendor's own or not."""
    source = evidence.study(study)
    return _cited(source, source.id, _basis(source.findings.values()), top)


def studies(evidence: Evidence, topic: str, top: str) -> str:
    """A small table of what was found on a topic."""
    rows = "".join(
        f"<tr>{_source_cell(study, finding, top)}<td>{escape(finding.figure)}"
        f"<small>{escape(finding.setting)}</small></td><td>{escape(finding.shows)}"
        f"<small>Not shown: {escape(finding.does_not_show)}</small></td></tr>"
        for study, finding in evidence.about(topic)
    )
    if not rows:
        return ""
    titles = ("Study", "Measured", "What it shows, and what it does not")
    head = "".join(tables.head(title) for title in titles)
    return (
        '<section class="prices evidence" data-search-exclude>'
        f"{tables.scrolled(f'Studies: {TOPICS[topic]}', _table(head, rows))}</section>"
    )


def everything(evidence: Evidence) -> str:
    """All that is in the book of evidence, one row for each finding, to sort and to filter."""
    rows = []
    before = None
    for study, finding in evidence.about(""):
        anchor = "" if study is before else f' id="{study.id}"'
        before = study
        about = ", ".join(TOPICS[topic] for topic in finding.topics)
        rows.append(
            f'<tr id="{_row(study, finding)}">{_study_cell(study, anchor)}'
            f"<td>{escape(finding.setting)}<small>{escape(study.setting)}</small>"
            f"{f'<small>{escape(study.models)}</small>' if study.models else ''}</td>"
            f"<td>{escape(finding.figure)}<small>{_basis((finding,))}</small></td>"
            f"<td>{escape(finding.shows)}</td><td>{escape(finding.does_not_show)}</td>"
            f"<td>{escape(about)}</td></tr>"
        )
    heads = (
        ("Study", "text"),
        ("Setting and models", ""),
        ("Measured", ""),
        ("What it shows", ""),
        ("What it does not show", ""),
        ("About", "text"),
    )
    head = "".join(tables.head(title, sort) for title, sort in heads)
    return (
        f'<section class="prices evidence"><price-table>{tables.search_box("findings")}'
        f"{tables.scrolled('What has been measured', _table(head, ''.join(rows)))}"
        "</price-table></section>"
    )


def size(evidence: Evidence) -> str:
    """How much there is, in words: `90 sources with 187 findings, 35 of them from vendors`."""
    known = evidence.studies.values()
    findings = sum(len(study.findings) for study in known)
    vendors = sum(bool(study.run_by) for study in known)
    return (
        f"{len(known)} papers, benchmarks and documents with {findings} findings; "
        f"{vendors} of them come from those who sell what was measured"
    )


def _table(head: str, rows: str) -> str:
    """A table whose roles are named, since on a phone its rows are laid out as blocks."""
    return tables.with_roles(
        f'<table class="prices__table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(study: Study, finding: Finding) -> str:
    """Where a finding is linked: `ovadia-2024--mistral-rag`."""
    return f"{study.id}--{finding.id}"


def _name(study: Study) -> str:
    return f"{study.cited} {study.year}"


def _link(study: Study) -> str:
    return f'<a href="{escape(study.url)}" rel="noopener">{escape(_name(study))}</a>'


def _cited(study: Study, row: str, basis: str, top: str) -> str:
    vendor = ""
    if study.run_by:
        named = study.run_by in study.cited
        vendor = ", vendor’s own" if named else f", run by {escape(study.run_by)}"
    return (
        f'<span class="cite">{_link(study)}, <a href="{top}{PAGE}#{row}">{basis}</a>{vendor}</span>'
    )


def _basis(findings: Iterable[Finding]) -> str:
    """How far it was checked, in words; of several findings, each basis once."""
    notes = {(one.basis, one.basis_note) for one in findings}
    bases = [basis for basis in BASES if any(basis == known for known, _ in notes)]
    note = notes.pop()[1] if len(notes) == 1 else ""
    words = [" ".join((BASES[basis][0], note or BASES[basis][1])) for basis in bases]
    return escape("partly " + ", partly ".join(words) if len(words) > 1 else words[0])


def _source_cell(study: Study, finding: Finding, top: str) -> str:
    basis = f'<a href="{top}{PAGE}#{_row(study, finding)}">{_basis((finding,))}</a>'
    return f'<th scope="row">{_link(study)}<small>{basis}</small>{_run_by(study)}</th>'


def _study_cell(study: Study, anchor: str) -> str:
    authors = f"{study.authors}. " if study.authors else ""
    return (
        f'<th scope="row"{anchor}>{_link(study)}<small>{escape(authors)}{escape(study.title)}. '
        f"{escape(study.venue)}</small>{_run_by(study)}</th>"
    )


def _run_by(study: Study) -> str:
    if not study.run_by:
        return ""
    return f"<small>Run by {escape(study.run_by)}, which {escape(study.interest)}</small>"
