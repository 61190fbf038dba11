"""Links are a contract: what is out there keeps decoding, and says what moved since."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import main
from calculators import CALCULATORS, find
from calculators.kernel.book import Book
from calculators.kernel.calculator import Calculator, Draft, Report
from calculators.kernel.drift import drift
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Inputs, choice, quantity
from calculators.kernel.items import Item
from calculators.kernel.results import Option
from calculators.kernel.units import Number
from commands import check
from tests.conftest import ROOT
from tools.promises import published
from tools.records import everything
from tools.site.redirects import RedirectError, redirect
from views import text
from views.answer.form import parameters
from views.answer.html import answer, figures
from views.answer.live import Live

DAY = date(2026, 11, 22)  # of the examples
PUBLISHED = yaml.safe_load((ROOT / "tests" / "published-links.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def live() -> Live:
    return Live(json.dumps(everything()))


@pytest.mark.parametrize("entry", PUBLISHED, ids=lambda entry: entry["link"].partition("s/")[2])
def test_a_published_link_stands_for_its_figure(live: Live, entry: dict[str, str]) -> None:
    (place,) = check.links("corpus", entry["link"])
    calculator = find(place.slug)
    assert calculator
    given = parameters(place.query)
    facts = live.book.on(date.fromisoformat(given.pop("on")))
    reading = calculator.inputs.read(given, facts)
    assert (reading.problems, reading.unknown) == ({}, ())
    result = calculator.answer_to(facts, reading)
    part = calculator.moved.get(place.part, place.part)
    figure = figures(result)[part]
    assert text.amount(figure.value, figure.unit) == entry["figure"]
    asked = {"slug": calculator.slug, "search": f"?{place.query}"}
    opened = json.loads(live.handle(json.dumps(asked)))
    assert opened["problems"] == {}
    assert f'id="{place.part}"' in opened["html"], "the page has no such part"


def test_links_are_proposed_with_the_figures_they_show(book: Book) -> None:
    for slug, calculator in CALCULATORS.items():
        for entry in yaml.safe_load("".join(published.entries(calculator, book))):
            ((place, said),) = check.check(book, [("new", entry["link"])])
            assert (place.slug, said.severity) == (slug, "ok")
            assert said.then is not None
            assert text.amount(said.then, said.unit) == entry["figure"]
            break  # one of each is enough


# A question of two versions of this guide, a year apart.


@dataclass(frozen=True, slots=True, kw_only=True)
class Before(Inputs):
    requests: Number = quantity("400k request/month", "Requests", "Calls.", group="all")
    tokens: Number = quantity("100 tok/request", "Tokens", "Their length.", group="all")
    model: str = choice("embedding", "acme/small", "Model", "What embeds.", group="all")


@dataclass(frozen=True, slots=True, kw_only=True)
class After(Inputs):
    calls: Number = quantity(
        "400k request/month", "Calls", "Calls.", group="all", formerly=("requests",)
    )
    tokens: Number = quantity(
        "150 tok/request",
        "Tokens",
        "Their length.",
        group="all",
        default_until={"2027-03-01": "100"},
    )
    model: str = choice("embedding", "acme/small", "Model", "What embeds.", group="all")


QUESTIONS = Item("questions", "Questions")
QUESTIONS_IN_BATCHES = Item("questions-in-batches", "Questions in batches")


def cost(requests: Number, given: Any, facts: Facts) -> tuple[Option, ...]:
    price = facts.rates(given.model)
    tokens = requests * given.tokens
    return (
        Option("now", "At once", {QUESTIONS: tokens * price["input"]}),
        Option("batch", "In batches", {QUESTIONS_IN_BATCHES: tokens * price["batch_input"]}),
    )


def report(draft: Draft) -> Report:
    best = draft.option(draft.best)
    return Report(
        (f"{best.label} costs ", best.total, " a month."), ("Both grow.",), (draft.inputs.model,)
    )


BEFORE = Calculator(
    slug="query-cost",
    question="What do questions cost?",
    inputs=Before,
    groups={"all": "All"},
    formula=lambda given, facts: cost(given.requests, given, facts),
    report=report,
    along="requests",
    decades=(3, 8),
)
AFTER = dataclasses.replace(
    BEFORE,
    slug="question-cost",
    inputs=After,
    formula=lambda given, facts: cost(given.calls, given, facts),
    along="calls",
    formerly=("query-cost",),
    moved={"batch-questions-once": "batch-questions-in-batches"},
)


def records(read: str, later: dict[str, Any] | None = None) -> dict[str, Any]:
    """A vendor's prices as they were read on a day."""
    block = {"input": "0.02 USD/Mtok", "batch_input": "0.01 USD/Mtok"}
    said = {"source": "pricing", "confidence": "vendor page"}
    return {
        "offers/acme": {
            "vendor": "Acme",
            "sources": {
                "pricing": {"title": "Prices", "url": "https://acme.example/p", "read": read}
            },
            "offers": {
                "acme/small": {
                    "name": "Acme Small",
                    "kind": "embedding",
                    "rates": {"2026-01-01": block | said}
                    | {day: change | said for day, change in (later or {}).items()},
                }
            },
        }
    }


YEAR = {
    # Batches get dearer than what is answered at once, which stays as it was.
    "2027-06-01": {"input": "0.02 USD/Mtok", "batch_input": "0.015 USD/Mtok"},
    "2027-09-01": {"input": "0.02 USD/Mtok", "batch_input": "0.03 USD/Mtok"},
}


@pytest.fixture
def then(monkeypatch: pytest.MonkeyPatch) -> Live:
    monkeypatch.setitem(CALCULATORS, BEFORE.slug, BEFORE)
    return Live(json.dumps(records("2026-11-22")))


@pytest.fixture
def a_year_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Live]:
    def turn() -> Live:
        monkeypatch.delitem(CALCULATORS, BEFORE.slug)
        monkeypatch.setitem(CALCULATORS, AFTER.slug, AFTER)
        return Live(json.dumps(records("2027-11-22", YEAR)))

    return turn


def ask(live: Live, **request: Any) -> Any:
    return json.loads(live.handle(json.dumps(request)))


def test_a_record_still_stands_a_year_later(
    then: Live,
    a_year_later: Callable[[], Live],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = "https://guide.example/calculators/query-cost/"
    given = {"requests": "5M", "on": ""}
    record = ask(then, slug="query-cost", given=given, record="full", page=page)["text"]
    assert "$5 " in record  # 5M x 100 tok x 0.01 USD/Mtok
    doc = tmp_path / "decision.md"
    doc.write_text(record, "utf-8")
    assert check.main([str(doc)], then.book) == 0
    capsys.readouterr()

    live = a_year_later()
    # The link opens, with the inputs and the default that it was made with.
    (place, *others) = check.links(str(doc), record)
    assert {one.link for one in others} == {place.link}
    opened = ask(live, slug="question-cost", search=f"?{place.query}")
    assert opened["problems"] == {}
    assert opened["values"] == {"calls": "5M", "tokens": "100"}
    assert "requests, which is now calls" in opened["notice"]
    assert "In batches costs" in opened["html"]
    # Then and now, and what made the difference.
    told, _, answer = opened["html"].partition("</aside>")
    assert "22 November 2026" in told
    assert "22 November 2027: At once costs $10 a month." in told
    change = "Acme Small, batch input: $0.01 → $0.03 a million tokens, since 1 September 2027"
    assert change in told
    assert "+$10" in told
    assert re.search(r"<th[^>]*>22 November 2027</th> <td[^>]*>\$15</td> <td[^>]*>\$10</td>", told)
    assert '<span class="figure">$5</span>' in answer
    assert 'id="batch-questions-once"' in answer

    # And `check` says just that.
    assert check.main([str(doc), "--format", "json"], live.book) == 1
    found = json.loads(capsys.readouterr().out)["links"]
    assert len(found) == 1 + len(others)
    assert all(
        {**one, "line": 0, "column": 0} == {**found[0], "line": 0, "column": 0} for one in found
    )
    said = found[0]
    assert said["severity"] == "drift"
    assert said["renamed"] == {"requests": "calls", "query-cost": "question-cost"}
    assert said["figure"] == "In batches"
    assert (said["then"], said["now"]) == (pytest.approx(5), pytest.approx(15))
    assert said["percent"] == pytest.approx(200)
    assert (said["best_then"], said["best_now"]) == ("batch", "now")
    (moved,) = said["moved"]
    assert (moved["offer"], moved["meter"], moved["changed"]) == (
        "Acme Small",
        "batch_input",
        "2027-09-01",
    )
    assert moved["then"] == {"number": 0.01, "unit": "USD/Mtok"}
    assert moved["now"] == {"number": 0.03, "unit": "USD/Mtok"}
    assert moved["effect"] == pytest.approx(10)
    assert said["link_today"] == "calculators/question-cost/?calls=5M&tokens=100"


def test_a_link_of_today_has_todays_default(a_year_later: Callable[[], Live], then: Live) -> None:
    assert then.book.day < date(2027, 1, 1)
    live = a_year_later()
    assert ask(live, slug="question-cost", search="?on=2027-03-01")["values"] == {}
    assert ask(live, slug="question-cost", search="?on=2027-02-28")["values"] == {"tokens": "100"}
    named = ask(live, slug="question-cost", search="?requests=1M&calls=2M")
    assert named["values"] == {"calls": "2M"}, "the name of today wins"


@pytest.mark.usefixtures("then")
def test_the_terminal_reads_former_names_too(
    a_year_later: Callable[[], Live],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    live = a_year_later()
    monkeypatch.setattr(main, "book", lambda: live.book)
    assert main.main(["query-cost", "requests=5M", "--on", "2026-11-22"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("In batches costs $5 a month.")
    assert "requests: called calls now" in err


def test_a_link_from_a_newer_version_says_so(then: Live) -> None:
    reply = ask(then, slug="query-cost", search="?calls=5M&on=2027-11-22")
    assert "calls" in reply["notice"]
    assert "22 November 2027" in reply["notice"]
    assert "newer copy" in reply["notice"]
    assert ask(then, slug="query-cost", search="?on=2026-11-22")["notice"] == ""


def test_effects_add_up_to_the_difference(book: Book) -> None:
    """For every calculator, between two days of the real book with a price change between."""
    first, last = book.on(date(2026, 11, 22)), book.on(date(2026, 12, 1))
    seen = 0
    for calculator in CALCULATORS.values():
        names = {field.name for field in calculator.inputs.fields()}
        given = {"model": "google/gemini-4-argon"} if "model" in names else {}
        reading = calculator.inputs.read(given, first)
        found = drift(calculator.formula, reading.inputs, first, last)
        for slug, before in found.then.items():
            after = found.now[slug]
            if before is None or after is None:
                continue
            effects = sum(change.effects.get(slug, 0.0) for change in found.changes)
            grown = effects + found.rest.get(slug, 0.0)
            assert before + grown == pytest.approx(after)
        seen += len(found.changes)
    assert seen >= 3, "the doubling of Gemini 4 Argon is announced for that day"


@pytest.mark.usefixtures("then")
def test_a_day_ahead_is_told_backwards() -> None:
    live = Live(json.dumps(records("2026-11-22", YEAR)))
    opened = ask(live, slug="query-cost", search="?on=2027-10-01")
    told = opened["html"].partition("</aside>")[0]
    assert "$0.03 → $0.01 a million tokens, before 1 September 2027" in told


@pytest.mark.usefixtures("then")
def test_what_is_no_longer_sold_is_named() -> None:
    gone = {"2027-06-01": {"withdrawn": "Acme closes."}}
    live = Live(json.dumps(records("2027-11-22", gone)))
    reply = ask(live, slug="query-cost", search="?on=2026-11-22")
    assert "acme/small ended on 2027-06-01: Acme closes. Choose another." in reply["html"]
    found = check.check(live.book, [("x.md", "/calculators/query-cost/?on=2026-11-22")])
    assert found[0][1].severity == "drift"
    assert "Acme closes" in found[0][1].messages[0]


@pytest.mark.parametrize(
    ("said", "links"),
    [
        ("see [it](https://x.example/calculators/approach-cost/?top_k=8).", ["?top_k=8"]),
        ("<https://x.example/calculators/approach-cost/?top_k=8#curve>,", ["?top_k=8#curve"]),
        ("(calculators/approach-cost/?top_k=8)", ["?top_k=8"]),
        ("[a](../calculators/approach-cost/?a=(b)) c", ["?a=(b)"]),
        ('<a href="/calculators/approach-cost/?a=1&amp;parameters=2">', ["?a=1&amp;parameters=2"]),
        ("| /calculators/approach-cost/?a=1|b |", ["?a=1"]),
        ("/calculators/approach-cost/ names no case", []),
        ("https://bank.example/calculators/mortgage/?years=30", []),
        ("/mycalculators/approach-cost/?a=1", []),
        ("/calculators/approach-cost/index.html?a=1 /calculators/break-even/#x", ["?a=1", "#x"]),
    ],
)
def test_links_are_found_in_markdown(said: str, links: list[str]) -> None:
    found = list(check.links("x.md", said))
    assert [re.sub(r"^[^?#]*", "", place.link) for place in found] == links
    for place in found:
        assert said[place.column - 1 :].startswith(place.link)


def test_an_entity_is_not_read_into_a_name() -> None:
    (place,) = check.links("x.md", "/calculators/training-run/?on=2026-11-22&parameters=8B")
    assert parameters(place.query) == {"on": "2026-11-22", "parameters": "8B"}


def test_a_slug_that_never_was_is_bad_under_the_guides_own_address(book: Book) -> None:
    doc = [("x.md", "https://guide.example/calculators/no-such/?a=1")]
    assert not check.check(book, doc)
    ((_, said),) = check.check(book, doc, site="https://guide.example/")
    assert (said.severity, said.messages) == ("bad", ["there is no calculator no-such"])


@pytest.mark.parametrize(
    ("query", "severity", "said"),
    [
        ("?on=2026-11-22", "ok", ""),
        ("?requests=5M", "note", "no day is named"),
        ("?on={later}", "note", "later than this copy"),
        ("?on=2026-13-01", "bad", "'2026-13-01' is not a day"),
        ("?on=2026-11-22&requets=5M", "bad", "requets: not an input"),
        ("?on=2026-11-22&requests=lots", "bad", "requests: 'lots' is not a number"),
        ("?on=2026-11-22&model=acme/none", "bad", "No offer 'acme/none'"),
    ],
)
def test_what_a_link_may_come_to(book: Book, query: str, severity: str, said: str) -> None:
    query = query.format(later=book.day + timedelta(days=9))
    link = f"/calculators/approach-cost/{query}"
    ((_, found),) = check.check(book, [("x.md", link)], DAY)
    assert found.severity == severity, found.messages
    assert any(said in message for message in found.messages) or not said


DOC = """Two of them:
 /calculators/approach-cost/?on=2026-11-22&model=google/gemini-4-argon#items-retrieval
and again /calculators/approach-cost/?on=tomorrow, and one is fine.
/calculators/break-even/?on=2026-11-22
"""


def test_the_forms_of_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], book: Book
) -> None:
    doc = tmp_path / "a, b.md"
    doc.write_text(DOC, "utf-8")
    day = ["--on", "2026-12-01"]
    assert check.main([str(doc), *day], book) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{doc}:2:2: drift: Retrieval: $3,370 on 22 November 2026 is $6,590")
    assert lines[1].strip().startswith("Gemini 4 Argon, input: $2.00 → $4.00 a million tokens")
    assert lines[-1] == "3 links to Crossover checked: 1 bad, 1 drift"

    check.main([str(doc), *day, "--format", "sarif"], book)
    sarif = json.loads(capsys.readouterr().out)
    assert sarif["version"] == "2.1.0"
    results = sarif["runs"][0]["results"]
    assert [one["level"] for one in results] == ["warning", "error"]
    rules = {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert {one["ruleId"] for one in results} <= rules
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("/a%2C%20b.md")
    assert place["region"] == {"startLine": 2, "startColumn": 2, "endColumn": 87}

    check.main([str(doc), *day, "--format", "github"], book)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("::warning file=")
    assert "a%2C b.md,line=2,col=2,title=" in lines[0]
    assert "(+95.5 %25)%0AGemini 4 Argon" in lines[0]

    assert check.main([str(doc), *day, "--threshold", "100", "--format", "json"], book) == 2
    found = json.loads(capsys.readouterr().out)["links"]
    assert [one["severity"] for one in found] == ["ok", "bad", "ok"]
    assert found[0]["percent"] == pytest.approx(95.5, abs=0.1)


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], book: Book) -> None:
    assert check.main(["no/such.md"], book) == 2
    assert "no/such.md" in capsys.readouterr().err


def page(site: Path, path: str, text: str) -> Path:
    file = site / path / "index.html"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return file


def test_former_addresses_lead_on(tmp_path: Path) -> None:
    new = page(tmp_path, "calculators/new", '<h2 id="now">x</h2><h2 id=other>y</h2>')
    ids = {"calculators/new.md": {"once": "now", "before": "other"}}
    for _ in range(2):
        redirect(tmp_path, {"calculators/old/": "calculators/new/"}, ids)
        moved = (tmp_path / "calculators/old/index.html").read_text("utf-8")
        assert '<link rel="canonical" href="../new/">' in moved
        assert "location.search + location.hash" in moved
        assert new.read_text("utf-8") == (
            '<span id="once"></span><h2 id="now">x</h2><span id="before"></span><h2 id=other>y</h2>'
        )
    for wrong, fault in (
        (({"a/": "b/"}, {}), "which is no page"),
        (({"calculators/new/": "calculators/old/"}, {}), "is a page again"),
        (({}, {"calculators/new.md": {"x": "gone"}}), "has no heading gone"),
        (({}, {"calculators/new.md": {"now": "other"}}), "has a heading now again"),
    ):
        with pytest.raises(RedirectError, match=fault):
            redirect(tmp_path, *wrong)


LINKING = (ROOT / "docs" / "reference" / "linking.md").read_text("utf-8")


def test_the_examples_of_the_page_about_links_work(book: Book) -> None:
    pages = [("linking.md", LINKING)]
    found = check.check(book, pages, DAY, threshold=200, site="https://guide.example/")
    assert len(found) == 8
    assert {said.severity for _, said in found} <= {"ok", "note"}
    for _, said in found:
        assert all("later than this copy" in message for message in said.messages)
    for place, _ in found:
        calculator = find(place.slug)
        assert calculator
        result = calculator.answer(book.on(book.day), {})
        html = answer(calculator, book.on(book.day), result)
        assert f'id="{place.part}"' in html or not place.part


def test_the_commands_of_the_page_about_links_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    commands = re.findall(r"^python main\.py (.*)$", LINKING, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        day = [] if "--on" in command else ["--on", str(DAY)]  # so that no price moves
        assert main.main([*shlex.split(command), *day]) == 0
        assert capsys.readouterr().out


def test_the_page_about_links_says_the_threshold() -> None:
    assert f"`--threshold` percent ({check.THRESHOLD:g} if you do not say)" in LINKING


def test_the_hook_and_the_workflow_run_the_check() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert f"id: {hook['id']}" in LINKING
    script = ROOT / hook["entry"]
    assert os.access(script, os.X_OK)
    assert 'main.py" check "$@"' in script.read_text("utf-8")
    workflow = (ROOT / ".github" / "workflows" / "check-links.yml").read_text("utf-8")
    assert hook["entry"] in workflow
    assert re.findall(r"--format (\w+)", workflow) == ["github"]
    inputs = yaml.load(workflow, Loader=yaml.BaseLoader)["on"]["workflow_call"]["inputs"]
    assert inputs["threshold"]["default"] == f"{check.THRESHOLD:g}"
    assert {"guide", "files"} <= set(inputs)
