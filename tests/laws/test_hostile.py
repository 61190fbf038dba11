"""What nobody means well: shown as text or refused, never run, never more work than any link."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

import main
from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.explore import SAMPLES
from commands import check
from tests.conftest import ROOT
from tools.records import everything
from views.answer.form import MOST_PARAMETERS
from views.answer.live import Live
from views.answer.record import VARIANTS

SLUG = "approach-cost"
NAMES = [field.name for field in CALCULATORS[SLUG].inputs.fields()]
NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "</aside></section><h1>",
    "'><svg/onload=alert(1)>",
    "{{ 7*7 }}${7*7}",
    "9" * 5_000,
    "1e308..1e309",
    "1e-308",
    "-1",
    "nan",
    "inf",
    "1..2..3",
    "1" + ",000" * 300,
    "1_" * 3_000,
    "a" * 20_000,
    "\U0001f4a9" * 500,
    "\u202e5M",
    "e\u0301\u200b" * 300,
    "\x00\x1b[31m\r\n::error::x",
    "\ud800",
    "../../etc/passwd",
    "openai/gpt-4o\n",
    "%00%ff%fe",
    "9999-12-31",
)
TEXTS = st.sampled_from(NASTY) | st.text(max_size=60) | st.text("0123456789.,kMe-+%/ ", max_size=20)
PAIRS = st.lists(st.tuples(st.sampled_from([*NAMES, "on", ""]) | st.text(max_size=20), TEXTS))
# What the answer is made of; whatever else stood in it would have come from the link.
MAY_STAND = re.compile(
    "a|aside|br|button|caption|code|details|div|em|figcaption|figure|h2|li|line|optgroup|option|p|rect|"
    "section|select|small|span|strong|summary|svg|table|tbody|td|textarea|th|thead|time|tr|ul"
)


def faults(html: str) -> list[str]:
    """What must not stand in an answer's HTML, read as a browser reads it."""
    found = []
    for node in LexborHTMLParser(html, is_fragment=True).css("*"):
        if not MAY_STAND.fullmatch(node.tag or ""):
            found.append(f"<{node.tag}>")
        for name, value in node.attributes.items():
            link = (value or "").strip().lower()
            if name.startswith("on") or link.startswith(("javascript:", "data:")):
                found.append(f"<{node.tag} {name}={value!r}>")
    return found


@pytest.fixture(scope="module")
def live() -> Live:
    return Live(json.dumps(everything()))


def ask(live: Live, **request: Any) -> Any:
    return json.loads(live.handle(json.dumps({"slug": SLUG, **request})))


def search_of(pairs: list[tuple[str, str]], encoded: bool) -> str:
    def shown(said: str) -> str:
        return quote(said.encode("utf-8", "surrogatepass")) if encoded else said

    return "?" + "&".join(f"{shown(name)}={shown(value)}" for name, value in pairs)


def expect_text(reply: Any) -> None:
    html = reply.get("html", "")
    assert not faults(html)
    assert len(html) < 200_000
    said = [reply.get("notice", ""), *reply["problems"].values()]
    assert all(len(message) < 500 for message in said), "a problem repeats all that was given"


@settings(max_examples=30)
@given(PAIRS, st.booleans())
def test_any_link_is_answered_as_text(
    live: Live, pairs: list[tuple[str, str]], encoded: bool
) -> None:
    expect_text(ask(live, search=search_of(pairs, encoded)))


@settings(max_examples=12)
@given(st.binary(max_size=200))
def test_broken_encodings_are_answered(live: Live, raw: bytes) -> None:
    expect_text(ask(live, search="?requests=" + raw.decode("latin-1")))
    expect_text(ask(live, search="?" + "".join(f"%{byte:02x}" for byte in raw)))


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from([*NAMES, "on"]) | st.text(max_size=20), TEXTS))
def test_any_edit_is_answered_or_refused(live: Live, texts: dict[str, str]) -> None:
    reply = ask(live, given=texts)
    expect_text(reply)
    record = ask(live, given=texts, record="full", page=next(iter(texts.values()), ""))
    assert ("html" in reply) == ("text" in record)
    assert not faults(record.get("html", "").replace("<h1>", "")) or "text" not in record


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_each_nasty_value_in_every_input(live: Live, value: str) -> None:
    everywhere = [(name, value) for name in (*NAMES, "on", value)]
    expect_text(ask(live, search=search_of(everywhere, encoded=True)))
    expect_text(ask(live, given=dict(everywhere)))


class Counter:
    """Counts the runs of a formula."""

    def __init__(self, formula: Callable[..., Any]) -> None:
        self.formula = formula
        self.runs = 0

    def __call__(self, *given: Any) -> Any:
        self.runs += 1
        return self.formula(*given)


@pytest.mark.parametrize(
    "search",
    [
        "?" + "&".join(f"p{i}=1" for i in range(10_000)),
        "?" + "&".join(f"requests={i}" for i in range(10_000)),
        "?" + "&".join(f"{name}=1e{i}" for i in range(100) for name in NAMES),
        "?" + "&" * 1_000_000,
        "?requests=" + "1" * 1_000_000,
        "?model=" + "openai/gpt-" * 100_000,
        "?" + "&".join(f"{name}=1..2" for name in NAMES),
        "?requests=1e300&corpus_tokens=1e300",
        "?requests=1e-300&corpus_tokens=1e-300&chunk_tokens=1e-300",
    ],
    ids=range(9),
)
def test_no_link_makes_more_work_than_a_range_does(
    live: Live, search: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, because a clock would measure the machine."""
    counter = Counter(CALCULATORS[SLUG].formula)
    counted = dataclasses.replace(CALCULATORS[SLUG], formula=counter)
    monkeypatch.setitem(CALCULATORS, SLUG, counted)
    ask(live, search="")
    usual, counter.runs = counter.runs, 0
    reply = ask(live, search=search)
    assert counter.runs <= 2 * usual + SAMPLES
    assert len(reply["values"]) <= MOST_PARAMETERS
    assert len(json.dumps(reply)) < 500_000


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=20), TEXTS), max_size=5))
def test_the_terminal_answers_or_refuses(pairs: list[tuple[str, str]]) -> None:
    given = [f"{name}={value}" for name, value in pairs]
    for command in ([SLUG], ["record", SLUG, "--variant", next(iter(VARIANTS))]):
        assert main.main([*command, "--", *given]) in (0, 2)


@settings(max_examples=25)
@given(PAIRS, st.text(max_size=40), st.booleans())
def test_a_document_is_checked_without_obeying_it(
    book: Book, pairs: list[tuple[str, str]], around: str, encoded: bool
) -> None:
    search = search_of(pairs[:3], encoded)
    document = f"{around}/calculators/{SLUG}/{search}{around}\n[a]({around}"
    found = check.check(book, [(f"{around}.md", document)])
    told = check.as_text(found)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", told)
    json.loads(check.as_json(found))
    json.loads(check.as_sarif(found))
    lines = check.as_github(found).splitlines()
    noted = sum(said.severity != "ok" for _, said in found)
    assert len(lines) == 1 + noted, "a document wrote a command of its own"
    told.encode("utf-8")


def test_a_long_line_is_read_once(book: Book) -> None:
    """Quadratic searching would not come back from these; a count of steps is the length."""
    for document in (
        "a" * 2_000_000,
        "calculators/" * 200_000,
        "x" * 500_000 + f"/calculators/{SLUG}/?" + "y" * 500_000,
        "(" * 1_000_000 + f"/calculators/{SLUG}/?a=1" + ")" * 1_000_000,
    ):
        assert len(check.check(book, [("x.md", document)])) <= 1


def test_the_scripts_put_no_text_into_markup() -> None:
    """What a link holds reaches the page as HTML that Python escaped, or as plain text."""
    scripts = sorted((ROOT / "docs" / "assets").glob("*.js"))
    text = "".join(script.read_text("utf-8") for script in scripts)
    written = re.findall(r"(\w+)\.innerHTML = (\w+)", text)
    assert written == [("chooser", "lists"), ("fresh", "html")]
    assert not re.search(r"insertAdjacentHTML|outerHTML|document\.write|eval\(|new Function", text)
