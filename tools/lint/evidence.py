"""What papers, benchmarks and documents found, beside what the parser refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from calculators.kernel.evidence import BASES, KINDS, TOPICS
from tools.lint.project import Project, rule, rule_of_the_whole
from tools.lint.reading import Fault, at

Place = tuple[str, ...]


def _studies(project: Project) -> Iterator[tuple[Place, str, dict[str, Any]]]:
    for file, record in project.studies.items():
        for name, study in record["studies"].items():
            yield (file, "studies", name), name, study


def _findings(project: Project) -> Iterator[tuple[Place, dict[str, Any]]]:
    for place, _, study in _studies(project):
        for name, finding in study["findings"].items():
            yield (*place, "findings", name), finding


@rule
def ids_end_with_the_year(project: Project) -> Iterator[Fault]:
    """An id is a name and the year, in letters that a link can carry."""
    for place, name, study in _studies(project):
        if not re.fullmatch(rf"[a-z0-9]+(-[a-z0-9]+)*-{study['year']}", name):
            yield at(place, f"name it in small letters with its year: acme-{study['year']}")
        for finding in study["findings"]:
            if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", finding):
                message = "write the id in small letters, digits and hyphens"
                yield at((*place, "findings", finding), message)


@rule
def figures_fit_in_a_sentence(project: Project) -> Iterator[Fault]:
    """A figure is read after a verb, a setting in parentheses, so neither is a sentence."""
    for place, finding in _findings(project):
        for field in ("figure", "setting"):
            if finding[field].endswith(".") or re.match(r"(The|A|An|It) ", finding[field]):
                yield at((*place, field), "write a phrase, with a small letter and no full stop")
        if finding["figure"].endswith(")"):
            message = "parentheses follow it on a page; end without one"
            yield at((*place, "figure"), message)


@rule
def conclusions_are_sentences(project: Project) -> Iterator[Fault]:
    """What a figure shows, and does not, is read by itself."""
    for place, finding in _findings(project):
        for field in ("shows", "does_not_show"):
            if not re.fullmatch(r"[A-Z].*[.]", finding[field]):
                yield at((*place, field), "write a sentence with a full stop")


@rule_of_the_whole
def words_of_the_evidence_are_used(project: Project) -> Iterator[Fault]:
    """A topic, basis or kind that no study has is dead; the parser's list would be too long."""
    findings = list(project.evidence.about(""))
    used = {
        "TOPICS": {topic for _, finding in findings for topic in finding.topics},
        "BASES": {finding.basis for _, finding in findings},
        "KINDS": {study.kind for study in project.evidence.studies.values()},
    }
    known: dict[str, set[str]] = {"TOPICS": {*TOPICS}, "BASES": {*BASES}, "KINDS": {*KINDS}}
    for name, words in known.items():
        for word in sorted(words - used[name]):
            yield Fault(
                "calculators/kernel/evidence.py",
                f"{name}: no study has {word}; remove it, or add a study that has it",
            )
