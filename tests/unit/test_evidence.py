"""
What others measured: parsed strictly, printed with its source, and never sent to the browser.

What else must hold of the records is in tools/lint/evidence.py.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from calculators.kernel.evidence import Evidence, EvidenceError
from calculators.kernel.strict import FactsError
from tests.conftest import changed, macros
from tests.made_up import STUDIES, records
from tools.book import schema
from tools.records import DataError, everything, evidence
from tools.site import bundle
from views.evidence import studies as view

GOOD = records(STUDIES, "evidence/acme")
ACME = ("evidence/acme", "studies", "acme-2024")
MRR = (*ACME, "findings", "mrr")


BROKEN: list[tuple[tuple[str, ...], Any, str]] = [
    ((*ACME, "stars"), "5", "is not a field here"),
    ((*ACME, "title"), None, "needs a field 'title'"),
    ((*ACME, "title"), " ", "needs a field 'title' with some text"),
    ((*ACME, "year"), "last year", "'last year' is not a year such as 2024"),
    ((*ACME, "url"), "http://acme.example/", "is not an https address"),
    ((*ACME, "kind"), "rumour", "'rumour' is not one of paper, vendor benchmark"),
    ((*ACME, "run_by"), None, "needs a field 'run_by'"),
    ((*ACME, "interest"), None, "has 'run_by' and 'interest'"),
    ((*ACME, "topics"), "reranking", "should be a list"),
    ((*ACME, "topics"), ["magic"], "'magic' is not one of knowledge"),
    ((*ACME, "findings"), {}, "add what was found"),
    ((*MRR, "basis"), "unchecked", "'unchecked' is not one of verified, quoted, derived"),
    ((*MRR, "basis"), None, "needs a field 'basis'"),
    ((*MRR, "does_not_show"), None, "needs a field 'does_not_show'"),
    ((*MRR, "figure"), "", "needs a field 'figure' with some text"),
    ((*MRR, "topics"), ["magic"], "'magic' is not one of"),
]


@pytest.fixture(scope="module")
def good() -> Evidence:
    return Evidence.parse(GOOD)


@pytest.fixture(scope="module")
def real() -> Evidence:
    return evidence()


@pytest.fixture(scope="module")
def check() -> jsonschema.Draft202012Validator:
    form = schema.evidence_schema()
    jsonschema.Draft202012Validator.check_schema(form)
    return jsonschema.Draft202012Validator(form)


@pytest.mark.parametrize(("path", "value", "words"), BROKEN)
def test_parser_and_schema_refuse_what_breaks_the_form(
    check: jsonschema.Draft202012Validator, path: tuple[str, ...], value: Any, words: str
) -> None:
    broken = changed(GOOD, path, value)
    with pytest.raises(FactsError, match=re.escape(words)):
        Evidence.parse(broken)
    assert not check.is_valid(broken["evidence/acme"])


def test_studies_stand_in_the_order_of_their_topics(good: Evidence) -> None:
    assert list(good.studies) == ["beta-2023", "acme-2024"]


def test_a_study_stands_in_one_file() -> None:
    twice = GOOD | {"evidence/other": GOOD["evidence/acme"]}
    with pytest.raises(FactsError, match="stands in another file too"):
        Evidence.parse(twice)


def test_a_fault_in_a_file_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "data" / "evidence" / "acme.yml"
    path.parent.mkdir(parents=True)
    path.write_text(STUDIES.replace("basis: verified", "basis: unchecked"), "utf-8")
    with pytest.raises(DataError) as error:
        evidence(tmp_path / "data")
    assert str(error.value) == (
        "data/evidence/acme.yml:19: studies › acme-2024 › findings › mrr › basis: "
        "'unchecked' is not one of verified, quoted, derived"
    )


def test_nothing_of_it_is_sent_to_the_browser() -> None:
    """Neither a record nor the code that reads one."""
    assert not [name for name in everything() if name.startswith("evidence/")]
    assert not [name for name in bundle.sources() if "evidence" in name]


# What a page prints.


def test_a_figure_in_a_sentence(good: Evidence) -> None:
    assert view.found(good, "acme-2024", "mrr", "../../") == (
        "MRR of .61 &amp; then .74 (ten candidates; "
        '<span class="cite"><a href="https://acme.example/reranking" rel="noopener">Acme 2024</a>, '
        '<a href="../../evidence/#acme-2024--mrr">read in the source</a>, '
        "run by Bolt</span>)"
    )


def test_a_citation_alone(good: Evidence) -> None:
    assert view.cite(good, "beta-2023", "") == (
        '<span class="cite"><a href="https://beta.example/" rel="noopener">Beta et al. 2023</a>, '
        '<a href="evidence/#beta-2023">quoted by others</a></span>'
    )
    both = view.cite(good, "acme-2024", "")
    assert "partly read in the source, partly worked out from its data" in both
    assert "worked out from its log" in view.found(good, "acme-2024", "seconds", "")


def test_a_vendor_is_named_once(good: Evidence) -> None:
    own = Evidence.parse(changed(GOOD, (*ACME, "run_by"), "Acme"))
    assert view.cite(own, "acme-2024", "").endswith("</a>, vendor’s own</span>")
    assert "Run by Bolt, which sells it" in view.everything(good)


def test_a_topic_has_its_findings_only(good: Evidence) -> None:
    shown = view.studies(good, "reranking", "../")
    assert "MRR of .61" in shown
    assert "0.3 s" not in shown
    assert "Not shown: Anything of other corpora." in shown
    assert "0.3 s" in view.studies(good, "latency", "../")
    assert view.studies(good, "caching", "../") == ""


def test_the_whole_table_has_every_finding_under_its_id(real: Evidence) -> None:
    html = view.everything(real)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    expected = {f"{study.id}--{one.id}" for study, one in real.about("")} | set(real.studies)
    assert set(ids) == expected
    assert "\n\n" not in html
    assert html.count("<tr") == sum(1 for _ in real.about("")) + 1


@pytest.mark.parametrize(
    ("study", "finding", "words"),
    [
        ("ovadia", "mistral-rag", "no study 'ovadia' in data/evidence/; did you mean ovadia-2024"),
        ("ovadia-2024", "rag", "ovadia-2024 has no finding 'rag'; it has summary, mistral-rag"),
    ],
)
def test_a_wrong_id_is_named(real: Evidence, study: str, finding: str, words: str) -> None:
    with pytest.raises(EvidenceError, match=re.escape(words)):
        view.found(real, study, finding, "")


def test_a_wrong_topic_is_named(real: Evidence) -> None:
    with pytest.raises(EvidenceError, match="no topic 'rerank'; topics are knowledge"):
        view.studies(real, "rerank", "")


@pytest.mark.parametrize(
    ("url", "way"),
    [
        ("", ""),
        ("evidence/", "../"),
        ("choose/rag/", "../../"),
    ],
)
def test_a_citation_finds_its_row_from_any_depth(url: str, way: str) -> None:
    page = macros(url)
    assert f'href="{way}evidence/#ovadia-2024"' in page["cite"]("ovadia-2024")
    assert f'href="{way}evidence/#qu-2025--cost"' in page["found"]("qu-2025", "cost")
    assert f'href="{way}evidence/#qu-2025--cost"' in page["studies"]("chunking")


@pytest.mark.parametrize(
    ("path", "url", "written"),
    [
        ("evidence/index.md", "evidence/", "../evidence/"),
        ("choose/rag.md", "choose/rag/", "../evidence/"),
        ("vendors/openai/index.md", "vendors/openai/", "../../evidence/"),
    ],
)
def test_zensical_is_given_links_from_the_source(path: str, url: str, written: str) -> None:
    """It puts a `../` before links in HTML on every page that is not an index."""
    about = {"__module__": "zensical.extensions.context", "url": url, "path": path}
    page = macros(page=type("Page", (), about)())
    assert f'href="{written}#ovadia-2024"' in page["cite"]("ovadia-2024")
