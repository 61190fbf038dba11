"""
What others measured: parsed strictly, printed with its source, and never sent to the browser.

Each rule of tools/lint_evidence.py is shown a record that breaks it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from calculators.kernel.evidence import BASES, KINDS, TOPICS, Evidence, EvidenceError
from calculators.kernel.strict import FactsError
from tests.conftest import ROOT, changed, macros
from tools.book import schema
from tools.lint_evidence import (
    RULES,
    Rule,
    conclusions_are_sentences,
    figures_fit_in_a_sentence,
    ids_end_with_the_year,
    studies_are_sorted,
)
from tools.paths import DATA
from tools.records import DataError, everything, evidence, studies
from tools.site import bundle
from views.evidence import studies as view

GOOD = """\
studies:
  acme-2024:
    cited: Acme
    authors: Ada and Bob
    title: How often our reranker helps
    venue: Acme blog
    year: 2024
    url: https://acme.example/reranking
    kind: vendor benchmark
    run_by: Bolt
    interest: sells it
    topics: [reranking, latency]
    models: Acme Rank 1
    setting: 300 questions
    findings:
      mrr:
        figure: MRR of .61 & then .74
        setting: ten candidates
        basis: verified
        shows: Reranking helped there.
        does_not_show: Anything of other corpora.
      seconds:
        figure: 0.3 s more
        setting: ten candidates
        basis: derived
        basis_note: from its log
        topics: [latency]
        shows: What it costs.
        does_not_show: The tail.
  beta-2023:
    cited: Beta et al.
    title: A paper
    venue: Proceedings
    year: 2023
    url: https://beta.example/
    kind: paper
    topics: [chunking]
    setting: a corpus
    findings:
      none:
        figure: no difference
        setting: a corpus
        basis: quoted
        shows: Nothing moved.
        does_not_show: Other corpora.
"""
ACME = ("evidence/acme", "studies", "acme-2024")
MRR = (*ACME, "findings", "mrr")


def records(text: str = GOOD) -> dict[str, Any]:
    return {"evidence/acme": yaml.load(text, Loader=yaml.BaseLoader)}


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
    return Evidence.parse(records())


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
    broken = changed(records(), path, value)
    with pytest.raises(FactsError, match=re.escape(words)):
        Evidence.parse(broken)
    assert not check.is_valid(broken["evidence/acme"])


def test_studies_stand_in_the_order_of_their_topics(good: Evidence) -> None:
    assert list(good.studies) == ["beta-2023", "acme-2024"]


def test_a_study_stands_in_one_file() -> None:
    twice = records() | {"evidence/other": records()["evidence/acme"]}
    with pytest.raises(FactsError, match="stands in another file too"):
        Evidence.parse(twice)


def test_a_fault_in_a_file_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "data" / "evidence" / "acme.yml"
    path.parent.mkdir(parents=True)
    path.write_text(GOOD.replace("basis: verified", "basis: unchecked"), "utf-8")
    with pytest.raises(DataError) as error:
        evidence(tmp_path / "data")
    assert str(error.value) == (
        "data/evidence/acme.yml:19: studies › acme-2024 › findings › mrr › basis: "
        "'unchecked' is not one of verified, quoted, derived"
    )


# The files.


def test_the_schema_is_fresh_and_takes_every_file(check: jsonschema.Draft202012Validator) -> None:
    fresh = schema.written(schema.evidence_schema())
    assert schema.EVIDENCE.read_text("utf-8") == fresh, "stale: python -m tools.book.schema"
    assert check.is_valid(records()["evidence/acme"])
    for name, record in studies().items():
        assert not list(check.iter_errors(record)), name
    for path in DATA.glob("evidence/*.yml"):
        assert path.read_text("utf-8").startswith(schema.EVIDENCE_FIRST_LINE), path.name


def test_the_example_of_the_readme_is_sound() -> None:
    text = (DATA / "README.md").read_text("utf-8")
    _, example = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    assert Evidence.parse(records(example)).study("acme-2024").finding("mrr")
    assert not [said for rule in RULES for said in rule(records(example))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_data_keep_the_rule(rule: Rule) -> None:
    assert list(rule(studies())) == []
    assert list(rule(records())) == []


@pytest.mark.parametrize(
    ("rule", "path", "value", "words"),
    [
        (ids_end_with_the_year, (*ACME, "year"), "2023", "name it in small letters with its year"),
        (ids_end_with_the_year, (*ACME, "findings", "MRR"), {}, "write the id in small letters"),
        (figures_fit_in_a_sentence, (*MRR, "figure"), "0.3 s more.", "figure: write a phrase"),
        (figures_fit_in_a_sentence, (*MRR, "figure"), ".7 (10)", "end without one"),
        (figures_fit_in_a_sentence, (*MRR, "setting"), "A corpus", "setting: write a phrase"),
        (conclusions_are_sentences, (*MRR, "shows"), "it helps", "shows: write a sentence"),
        (conclusions_are_sentences, (*MRR, "does_not_show"), "more", "does_not_show: write a"),
    ],
)
def test_a_rule_names_what_breaks_it(
    rule: Rule, path: tuple[str, ...], value: Any, words: str
) -> None:
    complaints = list(rule(changed(records(), path, value)))
    assert any(words in said for said in complaints), complaints
    assert all(said.startswith("data/evidence/acme.yml: acme-2024") for said in complaints)


def test_studies_out_of_order_are_named() -> None:
    record = records()["evidence/acme"]["studies"]
    turned = {"evidence/acme": {"studies": dict(reversed(record.items()))}}
    (complaint,) = studies_are_sorted(turned)
    assert complaint.startswith("data/evidence/acme.yml: move acme-2024 above beta-2023")


def test_nothing_of_it_is_sent_to_the_browser() -> None:
    """Neither a record nor the code that reads one."""
    assert not [name for name in everything() if name.startswith("evidence/")]
    assert not [name for name in bundle.sources() if "evidence" in name]


def test_every_topic_basis_and_kind_is_told(real: Evidence) -> None:
    """A word that nothing uses is dead; one without words for a reader would not be read."""
    assert {topic for _, one in real.about("") for topic in one.topics} == set(TOPICS)
    assert {one.basis for _, one in real.about("")} == set(BASES)
    assert {study.kind for study in real.studies.values()} == set(KINDS)


def test_what_the_guide_rests_on_is_there(real: Evidence) -> None:
    """Figures that a slip of the pen would turn round."""
    ovadia = real.study("ovadia-2024").finding("mistral-rag")
    assert ".875 with retrieval alone" in ovadia.figure
    assert ".810 with both" in ovadia.figure
    assert ovadia.basis == "quoted"
    rot = real.study("context-rot-2025").finding("focused")
    assert re.search(r"87\.3 %.*267 of 306.*62\.4 %.*191 of 306", rot.figure)
    assert round(267 / 306, 3) == 0.873
    assert round(191 / 306, 3) == 0.624
    assert "40.6 by keywords" in real.study("azure-search-2023").finding("hybrid").figure


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
    own = Evidence.parse(changed(records(), (*ACME, "run_by"), "Acme"))
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


def test_pages_cite_what_there_is(real: Evidence) -> None:
    """A build fails on a wrong id; this says so sooner, and for every page at once."""
    wrong = []
    for path in (ROOT / "docs").rglob("*.md"):
        text = path.read_text("utf-8")
        for study, finding in re.findall(r'\{\{ found\("([^"]+)", "([^"]+)"\) \}\}', text):
            try:
                real.study(study).finding(finding)
            except EvidenceError as error:
                wrong.append(f"{path.name}: {error}")
        wrong += [
            f"{path.name}: {study}"
            for study in re.findall(r'\{\{ cite\("([^"]+)"\) \}\}', text)
            if study not in real.studies
        ]
    assert not wrong


def test_published_studies_stay(real: Evidence) -> None:
    """Links to a finding are only ever added to."""
    published = yaml.safe_load((ROOT / "tests" / "published.yml").read_text("utf-8"))
    for study, findings in published["evidence"].items():
        assert set(findings) <= set(real.study(study).findings), study
