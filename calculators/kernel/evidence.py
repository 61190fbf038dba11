"""
What others measured: one study by id, and what it found, in the study's own metric.

The same strict parser reads the records in the build and in the tests; it opens no file. The
browser never asks for a study, so nothing that is shipped to it may import this module.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from calculators.kernel import strict
from calculators.kernel.strict import FactsError, Place, Records

# What a study is about, with the words a reader sees.
TOPICS = {
    "knowledge": "teaching facts",
    "form": "teaching form",
    "hybrid": "hybrid",
    "long-context": "long context",
    "caching": "caching",
    "chunking": "chunking",
    "embedding": "embeddings",
    "retrieval": "retrieval",
    "reranking": "reranking",
    "context": "context construction",
    "evaluation": "evaluation",
    "latency": "latency",
    "serving": "serving",
    "training": "training",
    "lifecycle": "lifecycle",
    "adoption": "adoption",
}
KINDS = ("paper", "vendor benchmark", "documentation", "repository", "survey")
# How far a figure was checked: what a reader sees of it, and where, if no note says better. What
# was read nowhere has no basis, and is not published.
BASES = {
    "verified": ("read", "in the source"),
    "quoted": ("quoted", "by others"),
    "derived": ("worked out", "from its data"),
}


class EvidenceError(LookupError):
    """A page asks for a study, a finding or a topic that there is not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A figure with what it was measured on, how far it was checked and how far it carries.

    `figure` reads within a sentence; `basis_note` is where it was read, quoted or worked out from.
    """

    id: str
    figure: str
    setting: str
    basis: str
    basis_note: str
    shows: str
    does_not_show: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """
    A paper, benchmark, document or survey. `cited` is how a sentence names it, without the year.

    `run_by` names the vendor who ran it, where one did, and `interest` what it has to do with it.
    """

    id: str
    cited: str
    authors: str
    title: str
    venue: str
    year: int
    url: str
    kind: str
    run_by: str
    interest: str
    topics: tuple[str, ...]
    models: str
    setting: str
    findings: dict[str, Finding]

    def finding(self, name: str) -> Finding:
        """The finding of that id. Raises EvidenceError with those that there are."""
        try:
            return self.findings[name]
        except KeyError:
            known = ", ".join(self.findings)
            raise EvidenceError(f"{self.id} has no finding '{name}'; it has {known}") from None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All studies by id, in the order of their first topics."""

    studies: dict[str, Study]

    @classmethod
    def parse(cls, records: Records) -> Evidence:
        """
        The studies in these records: `{"evidence/chunking": {"studies": {…}}, …}`, all scalars
        text. Raises FactsError at the first record that breaks the form.
        """
        studies: dict[str, Study] = {}
        for name, record in records.items():
            whole = strict.mapping((name,), record)
            strict.keys((name,), whole, {"studies"})
            for key, value in strict.mapping((name, "studies"), whole["studies"]).items():
                place = (name, "studies", key)
                if key in studies:
                    raise FactsError(place, "stands in another file too; keep one")
                studies[key] = _study(place, key, strict.mapping(place, value))
        topics = list(TOPICS)
        order = sorted(studies.values(), key=lambda study: topics.index(study.topics[0]))
        return cls({study.id: study for study in order})

    def study(self, name: str) -> Study:
        """The study of that id. Raises EvidenceError with the nearest ids where there is none."""
        try:
            return self.studies[name]
        except KeyError:
            near = difflib.get_close_matches(name, self.studies, n=3, cutoff=0.5)
            hint = f"; did you mean {' or '.join(near)}" if near else ""
            raise EvidenceError(f"no study '{name}' in data/evidence/{hint}") from None

    def about(self, topic: str) -> Iterator[tuple[Study, Finding]]:
        """What was found on a topic, in order; all of it for none. Raises EvidenceError."""
        if topic and topic not in TOPICS:
            raise EvidenceError(f"no topic '{topic}'; topics are {', '.join(TOPICS)}")
        for study in self.studies.values():
            for finding in study.findings.values():
                if not topic or topic in finding.topics:
                    yield study, finding


_STUDY = {"cited", "title", "venue", "year", "url", "kind", "topics", "setting"}
_FINDING = {"figure", "setting", "basis", "shows", "does_not_show"}


def _study(place: Place, name: str, record: Records) -> Study:
    strict.keys(place, record, _STUDY | {"findings"}, {"authors", "models", "run_by", "interest"})
    year = strict.text(place, record, "year")
    if not re.fullmatch(r"(19|20)[0-9]{2}", year):
        raise FactsError((*place, "year"), f"'{year}' is not a year such as 2024")
    topics = _topics(place, record["topics"])
    findings = strict.mapping((*place, "findings"), record["findings"])
    if not findings:
        raise FactsError((*place, "findings"), "is empty: add what was found")
    kind = strict.one_of(place, record, "kind", KINDS)
    run_by = strict.text_if_any(place, record, "run_by")
    interest = strict.text_if_any(place, record, "interest")
    if kind == "vendor benchmark" and not run_by:
        raise FactsError(place, "needs a field 'run_by': which vendor ran it")
    if bool(run_by) != bool(interest):
        raise FactsError(
            place, "has 'run_by' and 'interest', such as 'sells the store', or neither"
        )
    return Study(
        id=name,
        cited=strict.text(place, record, "cited"),
        authors=strict.text_if_any(place, record, "authors"),
        title=strict.text(place, record, "title"),
        venue=strict.text(place, record, "venue"),
        year=int(year),
        url=strict.address(place, record),
        kind=kind,
        run_by=run_by,
        interest=interest,
        topics=topics,
        models=strict.text_if_any(place, record, "models"),
        setting=strict.text(place, record, "setting"),
        findings={
            key: _finding((*place, "findings", key), key, value, topics)
            for key, value in findings.items()
        },
    )


def _finding(place: Place, name: str, value: Any, topics: tuple[str, ...]) -> Finding:
    record = strict.mapping(place, value)
    strict.keys(place, record, _FINDING, {"basis_note", "topics"})
    return Finding(
        id=name,
        figure=strict.text(place, record, "figure"),
        setting=strict.text(place, record, "setting"),
        basis=strict.one_of(place, record, "basis", BASES),
        basis_note=strict.text_if_any(place, record, "basis_note"),
        shows=strict.text(place, record, "shows"),
        does_not_show=strict.text(place, record, "does_not_show"),
        topics=_topics(place, record["topics"]) if "topics" in record else topics,
    )


def _topics(place: Place, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise FactsError((*place, "topics"), "should be a list: [knowledge, hybrid]")
    for topic in value:
        if topic not in TOPICS:
            raise FactsError((*place, "topics"), f"'{topic}' is not one of {', '.join(TOPICS)}")
    return tuple(value)
