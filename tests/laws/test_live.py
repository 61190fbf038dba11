"""The browser's way in, called as the worker calls it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import CALCULATORS
from tools.records import everything
from views.answer.live import Live


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


RANGED = {"slug": "break-even", "given": {"requests": "100k..1M", "build_weeks": "3..10"}}


def test_an_answer_on_its_way_is_told_from_the_draws_made_so_far(live: Live) -> None:
    """To look at it does not change what it comes to, and it has the parts of the whole."""
    whole = live.handle(json.dumps(RANGED))
    asked = live.ask(json.dumps(RANGED))
    done = [asked.advance()]
    first = asked.reply()
    while done[-1] < 1:
        done.append(asked.advance())
        if len(done) == 7:
            asked.reply()
    assert done == sorted(set(done)), "each turn is of use"
    assert len(done) >= 20, "each turn is short"
    assert asked.reply() == whole
    assert asked.advance() == 1
    assert asked.reply() == whole
    ids = [re.findall(r'id="([^"]+)"', json.loads(reply)["html"]) for reply in (first, whole)]
    assert ids[0] == ids[1]
    assert "5,000 draws" in whole
    assert "5,000 draws" not in first


def test_an_answer_that_is_let_be_leaves_no_trace_in_the_next(live: Live) -> None:
    asked = live.ask(json.dumps({**RANGED, "given": {"requests": "1k..9M", "top_k": "1..90"}}))
    asked.advance()
    fresh = Live(json.dumps(everything()))
    assert live.handle(json.dumps(RANGED)) == fresh.handle(json.dumps(RANGED))


def test_what_has_no_ranges_is_whole_at_once(live: Live) -> None:
    for text in ("5M", "many"):
        request = {"slug": "approach-cost", "given": {"requests": text}}
        assert live.ask(json.dumps(request)).advance() == 1


def test_both_days_of_an_old_link_are_told_whole(live: Live) -> None:
    search = "?model=google/gemini-4-argon&on=2026-12-01&requests=300k..500k"
    asked = live.ask(json.dumps({"slug": "approach-cost", "search": search}))
    while asked.advance() < 1:
        pass
    assert json.loads(asked.reply()) == ask(live, search=search)


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
