"""An answer to take away: records in Markdown and rich text, CSV, JSON, and charts as files."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from typing import Any

import pytest
import yaml
from markdown import markdown as html_of
from selectolax.lexbor import LexborHTMLParser

import main
from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.calculator import Result
from tests.conftest import ROOT
from tools.records import everything
from tools.site.tree import attribute
from views import text
from views.answer.export import standalone
from views.answer.form import worded
from views.answer.html import answer, figures
from views.answer.live import Live
from views.answer.record import FILES, GUIDE, VARIANTS, Taken, folded, take
from views.palette import PAPER, PRINTED

DAY = date(2026, 11, 22)  # of the figures typed here
PAGE = "https://guide.example/calculators/approach-cost/"
ODD = ({"requests": "800k..1.5M"}, {"requests": "900M"})


def taken(book: Book, form: str, slug: str = "approach-cost", **given: str) -> tuple[Taken, Result]:
    calculator = CALCULATORS[slug]
    facts = book.on(DAY)
    result = calculator.answer(facts, given)
    return take(calculator, facts, result, form, PAGE), result


def heads(markdown: str) -> list[str]:
    return re.findall("^#+ .*", markdown, re.MULTILINE)


def test_a_whole_record_holds_what_a_review_asks_for(book: Book) -> None:
    record, result = taken(book, "full", requests="5M")
    best = result.option(result.best)
    assert heads(record.text)[1:] == [
        "## Decision",
        "## Context",
        "## Options",
        "## Rejected options",
        "## What would flip it",
        "## Warnings",
        "## Assumptions",
        "## Prices and sources",
        "## Citation",
    ]
    assert heads(record.text)[0] == f"# {best.label}: {CALCULATORS['approach-cost'].question}"
    assert text.sentence(result.headline) in record.text
    for option in result.options:
        assert f"| {option.label} |" in record.text
    assert "| Fine-tuned | $863 | $162 | **chosen: cheapest** |" in record.text
    assert "* **Retrieval:** $2,470 more (286 %)" in record.text
    assert "* **Long context:** cannot be had: The request has" in record.text
    assert "* Requests below 414k requests a month (now 5M requests a month): " in record.text
    for field in CALCULATORS["approach-cost"].inputs.fields():
        assert f"`{field.name}`" in record.text
    for basis in result.bases:
        assert (
            f"]({basis.source.url}), read {basis.source.read} ({basis.confidence})" in record.text
        )
    assert "input $0.10 a million tokens; cached input $0.01 a million tokens" in record.text
    assert f"<{PAGE}?on={DAY}&requests=5M>" in record.text
    assert f"version of {text.day(book.day)}" in record.text
    assert record.name == f"approach-cost-{DAY}.md"


def test_madr_has_the_headings_of_its_template(book: Book) -> None:
    """As in `template/adr-template.md` of MADR 4.0.0, in its order, and its metadata."""
    record, result = taken(book, "madr")
    matter = yaml.safe_load(record.text.split("---")[1])
    assert matter == {"status": "proposed", "date": None, "decision-makers": None}
    found = [head for head in heads(record.text) if not head.startswith("# ")]
    options = [f"### {option.label}" for option in result.options]
    assert found == [
        "## Context and Problem Statement",
        "## Decision Drivers",
        "## Considered Options",
        "## Decision Outcome",
        "### Consequences",
        "### Confirmation",
        "## Pros and Cons of the Options",
        *options,
        "## More Information",
    ]
    assert f'Chosen option: "{result.option(result.best).label}", because ' in record.text
    points = record.text.split("## Pros and Cons of the Options")[1].split("## More")[0]
    for line in points.splitlines():
        assert not line.startswith("*") or re.match(r"\* (Good|Neutral|Bad), because ", line)


def test_a_paragraph_and_a_table(book: Book) -> None:
    paragraph, result = taken(book, "paragraph", requests="5M")
    assert len(paragraph.text.splitlines()) == 1
    assert paragraph.text.startswith(text.sentence(result.headline))
    assert "Inputs: Requests: 5M requests a month;" in paragraph.text
    table, _ = taken(book, "table")
    assert table.text.count("\n| ") == 1 + len(result.options)
    assert PAGE in table.text


class Outline:
    """Tags, links and text of some HTML."""

    def __init__(self, html: str) -> None:
        tree = LexborHTMLParser(html, is_fragment=True)
        self.tags = [node.tag or "" for node in tree.css("*")]
        self.links = [attribute(node, "href") for node in tree.css("[href]")]
        self.words = tree.text()


@pytest.mark.parametrize(
    ("slug", "given"),
    [*((slug, {}) for slug in CALCULATORS), *(("approach-cost", given) for given in ODD)],
    ids=[*CALCULATORS, "range", "nothing-flips"],
)
def test_rich_text_and_markdown_say_the_same(book: Book, slug: str, given: dict[str, str]) -> None:
    """A Markdown reader that is not ours makes of the one what we make the other of."""
    for form in VARIANTS:
        if form == "madr":
            continue  # front matter is no Markdown
        record, _ = taken(book, form, slug, **given)
        ours = Outline(record.html)
        theirs = Outline(html_of(record.text, extensions=["tables"]))
        assert "".join(ours.words.split()) == "".join(theirs.words.split())
        assert ours.links == theirs.links
        assert [t for t in ours.tags if t != "p"] == [t for t in theirs.tags if t != "p"]


def test_what_markdown_would_take_for_a_mark_is_escaped() -> None:
    """Names and notes come from files that others edit."""
    records = json.loads(json.dumps(everything()).replace("GPT-6 Luna", "A|B <i>*c*</i> [d](e)"))
    odd = Book.parse(records)
    record, _ = taken(odd, "full")
    assert "A\\|B \\<i\\>\\*c\\*\\</i\\> \\[d\\](e)" in record.text
    assert "<i>" not in record.html
    assert Outline(record.html).words.count("A|B <i>*c*</i> [d](e)") >= 2


def test_csv_has_every_item_and_sums_to_the_totals(book: Book) -> None:
    file, result = taken(book, "csv", requests="800k..1.5M")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert file.name.endswith(".csv")
    assert {row["link"] for row in rows} == {f"{PAGE}?on={DAY}&requests=800k..1.5M"}
    for option in result.options:
        mine = [row for row in rows if row["option"] == option.slug]
        if option.refused:
            assert [(row["part"], row["worked"]) for row in mine] == [("refused", option.refused)]
            continue
        by_part = {row["part"]: row for row in mine}
        lines = [float(row["amount"]) for row in mine if row["part"] == "line"]
        assert sum(lines) == pytest.approx(float(by_part["total"]["amount"]))
        assert float(by_part["total"]["amount"]) == pytest.approx(float(option.total))
        assert by_part["total"]["unit"] == result.unit
        if option.slug in result.spreads:
            spread = result.spreads[option.slug]
            assert float(by_part["p10"]["amount"]) == pytest.approx(spread.p10.to(result.unit))


def test_json_is_the_result_with_its_link(book: Book) -> None:
    file, result = taken(book, "json")
    read = json.loads(file.text)
    assert read["link"] == f"{PAGE}?on={DAY}"
    assert read["best"] == result.best
    assert read["sources"][0]["prices"]["input"] == {"number": 0.1, "unit": "USD/Mtok"}


@pytest.fixture(scope="module")
def live() -> Live:
    return Live(json.dumps(everything()))


@pytest.mark.parametrize("form", sorted({*VARIANTS, *FILES}))
def test_the_page_gets_it_from_python(live: Live, form: str) -> None:
    asked: dict[str, Any] = {
        "slug": "approach-cost",
        "given": {"requests": "5M", "on": str(DAY)},
        "record": form,
    }
    reply = json.loads(live.handle(json.dumps(asked | {"page": PAGE})))
    expected, _ = taken(live.book, form, requests="5M")
    assert reply == {
        "name": expected.name,
        "media": expected.media,
        "text": expected.text,
        "html": expected.html,
    }
    bad = json.loads(live.handle(json.dumps(asked | {"given": {"requests": "x"}})))
    assert list(bad) == ["problems"]
    other = json.loads(live.handle(json.dumps(asked | {"record": "pdf"})))
    assert list(other["problems"]) == ["record"]
    odd = json.loads(live.handle(json.dumps(asked | {"page": "javascript:alert(1)//"})))
    assert "javascript" not in odd["text"], "an address that is none is not repeated"


def test_a_chart_is_complete_in_itself(live: Live) -> None:
    spec = {
        "width": "container",
        "mark": {"color": "var(--approach-hybrid)"},
        "x": ["currentColor"],
    }
    given = {"requests": "5M", "on": "2026-11-22"}
    asked = {"slug": "approach-cost", "given": given, "spec": json.dumps(spec), "part": "curve"}
    reply = json.loads(live.handle(json.dumps(asked | {"page": PAGE, "title": "It falls"})))
    made = reply["spec"]
    assert json.loads(reply["text"]) == made
    assert reply["name"] == "approach-cost-curve-2026-11-22"
    assert made["title"]["text"] == "It falls"
    link = f"{PAGE}?on={DAY}&requests=5M#curve"
    assert made["title"]["subtitle"] == ["Prices of 22 November 2026", link]
    assert made["mark"]["color"] == PRINTED["approach-hybrid"]
    assert made["x"] == [PRINTED["ink"]]
    assert isinstance(made["width"], int)
    assert "var(" not in json.dumps(standalone({"c": "var(--series-3) var(--none)"}, "", ()))


def test_pictures_have_the_colours_of_the_light_page() -> None:
    css = (ROOT / "docs" / "assets" / "site.css").read_text("utf-8")
    light = css.split('[data-md-color-scheme="default"] {')[1].split("}")[0]
    here = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    assert here["paper"] == PAPER
    series = dict(re.findall(r"--(series-\d): var\(--([a-z-]+)\);", css))
    for name, colour in PRINTED.items():
        assert here[series.get(name, name)] == colour, name


def test_a_page_without_scripts_is_dark_in_the_same_colours() -> None:
    css = (ROOT / "docs" / "assets" / "site.css").read_text("utf-8")
    chosen = css.split('[data-md-color-scheme="slate"] {')[1].split("}")[0]
    unscripted = css.split("(scripting: none) and (prefers-color-scheme: dark) {")[1]
    assert unscripted.split("{")[1].split("}")[0].split() == chosen.split()


def test_the_guide_is_called_what_the_site_is_called() -> None:
    assert f"site_name: {GUIDE}\n" in (ROOT / "mkdocs.yml").read_text("utf-8")


@pytest.mark.parametrize("form", [*VARIANTS, "csv", "json"])
def test_the_terminal_writes_it(
    form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, book: Book
) -> None:
    monkeypatch.setenv("SITE_URL", "https://guide.example/")
    asked = ["record", "approach-cost", "requests=5M", "--variant", form, "--on", str(DAY)]
    assert main.main(asked) == 0
    assert capsys.readouterr().out == taken(book, form, requests="5M")[0].text
    monkeypatch.delenv("SITE_URL")
    main.main(asked)
    assert f"calculators/approach-cost/?on={DAY}" in capsys.readouterr().out
    assert main.main(["record", "approach-cost", "requests=lots"]) == 2


def test_every_figure_has_its_own_place(book: Book) -> None:
    facts = book.on(book.day)
    for calculator in CALCULATORS.values():
        result = calculator.answer(facts, {})
        sold = [option for option in result.options if not option.refused]
        count = sum(1 + len(option.lines) + len(option.once) for option in sold)
        assert len(figures(result)) == count, "two parts of an answer share an id"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("requests", "60/day", ("60", "requests a day")),
        ("requests", "1", ("1", "request a month")),
        ("requests", "800..1500", ("800..1500", "requests a month")),
        ("requests", "5k/day..6k/day", ("5k..6k", "requests a day")),
        ("requests", "5k/day..1M", ("5k/day..1M", "requests")),
        ("requests", "5krequest/day", ("5k", "requests a day")),
        ("corpus_change", "1/day", ("1", "% a day")),
        ("corpus_tokens", "20Mtok", ("20M", "tokens")),
        ("reranker", "none", ("none", "")),
    ],
)
def test_an_input_is_said_as_it_was_given(
    book: Book, name: str, value: str, said: tuple[str, str]
) -> None:
    calculator, facts = CALCULATORS["approach-cost"], book.on(DAY)
    assert worded(calculator.field(name), facts, value) == said


def test_a_rate_is_said_by_the_time_it_was_given_for(book: Book) -> None:
    record, result = taken(book, "paragraph", requests="60/day", corpus_change="1/day")
    assert "Requests: 60 requests a day;" in record.text
    assert "1 % a day" in record.text
    calculator, facts = CALCULATORS["approach-cost"], book.on(DAY)
    html = answer(calculator, facts, result)
    assert '<td class="number">60</td> <td>requests a day</td>' in html
    assert '<td class="number">1 %</td> <td>a day</td>' in html


def test_a_folded_record_has_no_heading_of_its_own_and_links_from_the_page(book: Book) -> None:
    calculator, facts = CALCULATORS["approach-cost"], book.on(DAY)
    record = take(calculator, facts, calculator.answer(facts, {"requests": "5M"}))
    shown = folded(record, "../../")
    assert not re.search(r"<h[1-6]", shown)
    assert shown.count("record__heading") == len(re.findall(r"<h[1-6]", record.html))
    assert 'href="../../calculators/approach-cost/?on=2026-11-22&amp;requests=5M"' in shown
    assert shown.count('<div class="scroll"') == shown.count("<table>") > 0
