"""The browser's way in, called as the worker calls it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import CALCULATORS
from tools.records import everything
from views.live import Live


@pytest.fixture(scope="module")
def live() -> Live:
    return Live(json.dumps(everything()))


def ask(live: Live, **request: Any) -> Any:
    return json.loads(live.handle(json.dumps({"slug": "approach-cost", **request})))


def test_an_edit_is_answered_with_html_and_a_link(live: Live) -> None:
    reply = ask(live, given={"requests": "5M", "top_k": "5"})
    assert reply["query"] == f"on={live.book.day}&requests=5M"
    assert "answer__headline" in reply["html"]
    assert reply["changed"] == ["requests"]
    assert reply["problems"] == {}


def test_a_bad_edit_gets_no_html_so_that_the_last_answer_stays(live: Live) -> None:
    reply = ask(live, given={"requests": "-1", "top_k": "8"})
    assert set(reply) == {"problems"}
    assert list(reply["problems"]) == ["requests"]


def test_a_link_gives_the_figure_of_its_own_edit(live: Live) -> None:
    edited = ask(live, given={"requests": "5M"})
    opened = ask(live, search="?" + edited["query"])
    assert opened["html"] == edited["html"]
    assert opened["values"] == {"requests": "5M"}


def test_a_bad_link_loads_what_is_good(live: Live) -> None:
    reply = ask(live, search="?requests=5M&top_k=lots&colour=red&on=tomorrow")
    assert set(reply["problems"]) == {"top_k", "on"}
    assert reply["values"] == {"requests": "5M", "top_k": "lots"}
    assert "colour" in reply["notice"]
    assert "answer__headline" in reply["html"]


def test_an_old_day_answers_with_its_prices_and_today_beside_them(live: Live) -> None:
    query = "?model=google/gemini-4-argon&on=2026-12-01"
    reply = ask(live, search=query)
    assert "then-and-now" in reply["html"]
    assert "1 December 2026" in reply["html"]
    today = ask(live, search="?model=google/gemini-4-argon")
    assert "then-and-now" not in today["html"]


def test_a_day_before_the_book_says_so(live: Live) -> None:
    reply = ask(live, search="?on=2019-01-01")
    assert "html" not in reply
    assert reply["problems"]


@settings(max_examples=150)
@given(st.text(max_size=300))
def test_any_link_is_answered_and_never_run(live: Live, search: str) -> None:
    reply = ask(live, search="?requests=" + search)
    assert "html" in reply


@pytest.mark.parametrize(
    "search",
    [
        "?requests=<script>alert(1)</script>",
        '?model="><img src=x onerror=alert(1)>',
        "?" + "&".join(f"p{i}=1" for i in range(10_000)),
        "?requests=%ff%fe%00",
        "?requests=" + "9" * 5000,
        "?<b>=<i>",
        "?on=<script>",
        "?requests=\U0001f4a9" * 50,
    ],
)
def test_a_hostile_link_is_text(live: Live, search: str) -> None:
    reply = ask(live, search=search)
    html = reply["html"]
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "<b>" not in html


def test_every_slug_is_answered(live: Live) -> None:
    for slug in CALCULATORS:
        assert "answer__headline" in ask(live, slug=slug, given={})["html"]


def test_folds_follow_the_values(live: Live) -> None:
    reply = ask(live, given={"batch_share": "40"})
    assert "batched 40 %" in reply["folds"]["traffic"]


def test_choosers_hold_the_offers_of_a_day_and_what_is_chosen(live: Live) -> None:
    kept = {"model": ["openai/gpt-4o"], "reranker": ["none"]}
    today = ask(live, kept=kept, on="")["lists"]
    assert set(today) == {"model", "reranker"}
    assert 'value="openai/gpt-6-luna"' in today["model"]
    assert today["reranker"].startswith('<option value="none">None</option>')
    assert "selected" not in today["model"]
    earlier = ask(live, kept=kept, on="2025-06-01")["lists"]
    assert earlier["model"].count('value="openai/gpt-4o"') == 1
    # The default was not sold then, and has its place all the same.
    assert earlier["model"].startswith('<option value="openai/gpt-6-luna">GPT-6 Luna</option>')


def test_what_is_not_an_offer_has_a_place_in_its_chooser_as_text(live: Live) -> None:
    lists = ask(live, kept={"model": ["<b>x</b>"], "colour": ["red"]}, on="never")["lists"]
    assert list(lists) == ["model"]
    assert lists["model"].startswith('<option value="&lt;b&gt;x')
