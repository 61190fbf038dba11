"""Each rule of pages and other files is shown a text that breaks it, and must name line and fix."""

from __future__ import annotations

import pytest

from tests.made_up import Edited
from tools.lint import book, form, glossary, measurements, order, pages, promises, snippets
from tools.lint.project import Project, Rule

HOME = "docs/index.md"
RAG = "docs/choose/retrieval.md"
GUIDE = "docs/cost/caching-and-batch.md"
NEW = "docs/choose/new.md"
TERMS = "includes/glossary.md"
CASES = "tests/validation/training-run.yml"
FACTS = "tests/known-facts.yml"
NAMES = "tests/published.yml"

# The rule, a file, what is replaced in it by what ("" is the end of the file), and what the
# complaint must say after its file.
BREAKS: list[tuple[Rule, str, str, str, str]] = [
    (pages.pages_have_no_typed_price, RAG, "", "It costs $3.50.\n", "write $3.50 as a macro"),
    (pages.pages_have_no_typed_price, RAG, "", "```\n4 USD\n```\n", "write 4 USD as a macro"),
    (
        pages.headings_have_fixed_ids,
        RAG,
        "",
        "## What it leaves out\n",
        "give '## What it leaves out' an id that never changes, such as { #what-it-leaves-out }",
    ),
    (pages.headings_have_fixed_ids, RAG, "", "## Bad { #Id }\n", "{ #bad }"),
    (pages.pages_have_a_day_of_review, RAG, "reviewed: ", "seen: ", "say in its head when"),
    (
        pages.no_page_was_reviewed_after_its_sources,
        RAG,
        "reviewed: ",
        "reviewed: 2099-01-01\nbefore: ",
        "reviewed is after 20",
    ),
    (pages.pages_are_in_the_navigation, NEW, "", "# New\n", "add choose/new.md to the nav"),
    (
        pages.pages_are_in_the_navigation,
        "mkdocs.yml",
        "choose/retrieval.md",
        "choose/rag.md",
        "nav: there is no docs/choose/rag.md",
    ),
    (
        pages.citations_name_what_there_is,
        RAG,
        "",
        '{{ found("ovadia-2024", "rag") }}\n',
        "ovadia-2024 has no finding 'rag'",
    ),
    (pages.citations_name_what_there_is, RAG, "", '{{ cite("ovadia") }}\n', "no study 'ovadia'"),
    (
        pages.vendors_have_pages,
        "docs/vendors/acme.md",
        "",
        "# Acme\n",
        "no file of data/ has offers",
    ),
    (
        pages.pages_of_vendors_have_their_offers,
        "docs/vendors/jina.md",
        '{{ vendor("jina") }}',
        "",
        'show the offers of the vendor with {{ vendor("jina") }}',
    ),
    (
        pages.kinds_have_a_table_of_prices,
        "docs/prices/rerankers.md",
        '{{ prices("rerank") }}',
        "",
        'have {{ prices("rerank") }} once in all pages, not 0 times',
    ),
    (
        pages.calculators_are_in_four_places,
        "docs/calculators/query-cost.md",
        "",
        "# What does embedding cost?\n",
        "query-cost is not here; a calculator is in calculators/query_cost.py and ",
    ),
    (
        pages.pages_of_calculators_ask_their_question,
        "docs/calculators/break-even.md",
        'calculator("break-even"',
        'calculator("approach-cost"',
        'write calculator("break-even" into it',
    ),
    (
        pages.pages_of_calculators_ask_their_question,
        "docs/calculators/break-even.md",
        "\n# ",
        "\n# Or ",
        "write # At what volume",
    ),
    (
        snippets.snippets_hold_no_macro,
        GUIDE,
        "",
        "```python\nx = 1\ny = {{1: 2}}\n```\n",
        "'{{' would be read as a macro",
    ),
    (
        snippets.snippets_can_be_run,
        GUIDE,
        "",
        "  ```python\n  import numpy.linalg\n  ```\n",
        "a reader would lack numpy",
    ),
    (snippets.snippets_can_be_run, GUIDE, "", "```python\nx =\n```\n", "is no Python"),
    (
        snippets.snippets_assert,
        HOME,
        "",
        "```python\nx = 1\n```\n",
        "nothing in this code can fail",
    ),
    (glossary.glossary_is_a_list_of_terms, TERMS, "", "term: meaning\n", "write *[term]: meaning"),
    (glossary.meanings_fit_a_tooltip, TERMS, "", "*[zz]: no stop\n", "zz: write a sentence"),
    (
        glossary.meanings_fit_a_tooltip,
        TERMS,
        "",
        f"*[zz]: {'Long' * 40}.\n",
        "zz: say it in 160 letters, not 161",
    ),
    (glossary.terms_have_ids_of_their_own, TERMS, "", "*[BM25]: Other.\n", "BM25: has the id of"),
    (glossary.terms_have_ids_of_their_own, TERMS, "", "*[Top k]: Other.\n", "top-k; word one"),
    (measurements.cases_keep_their_form, CASES, "basis: ", "base: ", "base is not a field here"),
    (measurements.cases_keep_their_form, CASES, "  published: ", "  publish: ", "add published"),
    (measurements.cases_keep_their_form, CASES, "url: https", "url: http", "the whole https"),
    (measurements.cases_keep_their_form, CASES, "basis: ", "basis: un", "basis: write one of"),
    (measurements.cases_keep_their_form, CASES, "tolerance: 8 %", "tolerance: 8", "such as 10 %"),
    (
        measurements.cases_keep_their_form,
        CASES,
        "  answer: ",
        "  note: ",
        "either answer or formula",
    ),
    (
        book.meters_and_sizes_are_explained,
        "data/README.md",
        "`idle_deletion`",
        "idle_deletion",
        "say what `idle_deletion` is",
    ),
    (book.known_facts_stand, FACTS, "store: [aws", "store: [acme", "no store offer of acme"),
    (
        book.known_facts_stand,
        FACTS,
        "2024-10-01: 5.00 USD/Mtok",
        "2024-10-01: 5.01 USD/Mtok",
        "openai/gpt-4o input was 5.01 USD/Mtok on 2024-10-01 and is 5e-06 in base units now",
    ),
    (
        book.known_facts_stand,
        FACTS,
        "openai/gpt-4o input: {2024",
        "openai/gpt-4o input: {2014",
        "has no known price before",
    ),
    (
        book.known_facts_stand,
        FACTS,
        "newcomers: 2026-05-06",
        "newcomers: 2026-05-07",
        "openai/gpt-4o-tuned: 2026-05-07 is not the last day (newcomers)",
    ),
    (
        book.known_facts_stand,
        FACTS,
        "trainable: 2027-01-05",
        "trainable: 2027-01-04",
        "(trainable)",
    ),
    (book.known_facts_stand, FACTS, "{sold: 2026-12-10}", "{sold: 2026-12-09}", "(sold)"),
    (book.known_facts_stand, FACTS, "argon: [2026-12-01]", "argon: [2026-12-02]", "no notice of"),
    (book.known_facts_stand, FACTS, "[pinecone/standard,", "[aws/s3-vectors,", "that is for sale"),
    (book.known_facts_stand, FACTS, "[cohere/chat-tuned]", "[openai/o3]", "that is ended"),
    (book.known_facts_stand, FACTS, "[aws/s3-vectors,", "[openai/o3,", "that is not published"),
    (book.known_facts_stand, FACTS, ".810 with both", ".811 with both", "no '.811 with both'"),
    (book.known_facts_stand, FACTS, "[87.3 %, 267 of 306", "[267 of 306, 87.3 %", "no '87.3 %'"),
    (book.known_facts_stand, FACTS, "  ovadia-2024 m", "  ovadia-2023 m", "no study 'ovadia-2023'"),
    (
        promises.names_of_inputs_stay,
        NAMES,
        "    - batch_share\n",
        "    - batches\n",
        "lost batches",
    ),
    (promises.names_of_inputs_stay, NAMES, "  break-even:", "  even:", "even is gone"),
    (promises.ids_of_terms_stay, NAMES, "  - adapter\n", "  - adaptor\n", "adaptor is gone"),
    (
        promises.ids_of_studies_stay,
        NAMES,
        "    - fading\n",
        "    - faded\n",
        "a16z-2025 lost faded",
    ),
    (promises.ids_of_studies_stay, NAMES, "  a16z-2025:", "  a16z-2024:", "a16z-2024 lost"),
    (
        promises.addresses_stay,
        "tests/published-addresses.txt",
        "",
        "choose/old/\n",
        "choose/old/ was published: say in redirects.yml",
    ),
    (
        promises.paths_of_the_api_stay,
        "tests/published-api.txt",
        "",
        "api/v1/offers/acme/old.json\n",
        "offers/acme/old.json was published: bring it back",
    ),
    (
        form.first_lines_name_the_schema,
        "data/evidence/form.yml",
        "# yaml-language-server: ",
        "# ",
        "begin with # yaml-language-server: $schema=../evidence.schema.json",
    ),
    (
        form.first_lines_name_the_schema,
        "data/models/meta.yml",
        "# yaml-language-server: ",
        "# ",
        "begin with # yaml-language-server: $schema=../schema.json",
    ),
]

# What is missing is named where it should be, and not in the file that was changed.
ELSEWHERE = {
    pages.calculators_are_in_four_places: "calculators/query_cost.py",
    pages.kinds_have_a_table_of_prices: "docs/prices/",
}


@pytest.fixture(scope="module")
def real() -> Project:
    return Project()


@pytest.mark.parametrize(
    ("rule", "file", "old", "new", "words"),
    BREAKS,
    ids=[f"{rule.name}-{number}" for number, (rule, *_) in enumerate(BREAKS)],
)
def test_a_broken_file_is_named(
    real: Project, rule: Rule, file: str, old: str, new: str, words: str
) -> None:
    text = real.text(*file.split("/"))
    assert old in text
    edited = text.replace(old, new, 1) if old else text + new
    faults = list(rule(Edited(real, {file: edited})))
    shown = [fault.shown({}) for fault in faults]
    assert any(words in line for line in shown), shown
    named = {fault.file for fault in faults}
    assert file in named or ELSEWHERE[rule] in named


def test_a_page_is_told_its_line(real: Project) -> None:
    text = "---\nreviewed: 2026-11-22\n---\n\n# A\n\n```\n## no heading\n```\n\n## B\n\n$5\n"
    project = Edited(real, {NEW: text})
    (heading,) = pages.headings_have_fixed_ids(project)
    (price,) = pages.pages_have_no_typed_price(project)
    assert (heading.line, price.line) == (11, 13)
    assert heading.shown({}).startswith("docs/choose/new.md:11: give '## B' an id")
    code = Edited(real, {NEW: "# A\n\n```python\nx = 1\n\nimport numpy\n```\n"})
    (lacking,) = snippets.snippets_can_be_run(code)
    assert lacking.line == 6


def test_a_vendor_without_a_page_is_named(real: Project) -> None:
    project = Edited(real, {})
    project.pages = tuple(page for page in real.pages if page.source != "vendors/jina.md")
    (fault,) = pages.vendors_have_pages(project)
    assert fault.file == "docs/vendors/jina.md"
    assert '{{ vendor("jina") }}' in fault.message


def test_cases_of_one_name_and_groups_of_two_goals_are_named(real: Project) -> None:
    def shown(rule: Rule, change: str) -> list[str]:
        case = "- group: Acme\n  name: First\n  goal: digits\n"
        other = case.replace("First", "Second") + change
        return [fault.shown({}) for fault in rule(Edited(real, {CASES: case + other}))]

    assert shown(measurements.cases_are_told_apart, "") == []
    assert shown(measurements.cases_are_told_apart, "- group: Acme\n  name: First\n") == [
        f"{CASES}:2: Acme, First: another case is called so; name one otherwise"
    ]
    assert shown(measurements.groups_agree_on_their_goal, "") == []
    assert shown(measurements.groups_agree_on_their_goal, "  missed: Because.\n") == [
        f"{CASES}:5: Acme, Second: missed: write what the first case of its group says"
    ]


def test_studies_and_offers_are_not_sorted_by_their_fields() -> None:
    """A file of evidence has its studies sorted, and the fields of each as they were written."""
    text = (
        "studies:\n  b-2024:\n    z: 1\n    a: 2\n\n  # About a.\n  a-2024:\n    c: 1\n    b: 2\n"
    )
    assert order.tidy("evidence", text) == (
        "studies:\n  # About a.\n  a-2024:\n    c: 1\n    b: 2\n\n  b-2024:\n    z: 1\n    a: 2\n"
    )
    assert order.tidy("models", text) == text
