"""A calculator in a frame of another page: its address, and the HTML to put there."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from calculators import CALCULATORS
from calculators.kernel.book import Book
from commands import check
from tools.records import everything
from views.answer import embed
from views.answer.form import parameters
from views.answer.live import Live

PAGE = "https://guide.example/calculators/approach-cost/"


@pytest.fixture(scope="module")
def live() -> Live:
    return Live(json.dumps(everything()))


@pytest.mark.parametrize("shown", ["embed", "embed=", "embed=curve", "embed=%3Cscript%3E"])
def test_what_is_shown_changes_no_answer(live: Live, shown: str) -> None:
    def opened(search: str) -> dict[str, str]:
        reply = live.handle(json.dumps({"slug": "approach-cost", "search": search}))
        found: dict[str, str] = json.loads(reply)
        return found

    assert parameters(f"?{shown}&requests=5M") == {"requests": "5M"}
    assert opened(f"?{shown}&requests=5M") == opened("?requests=5M")


def test_a_link_to_a_frame_is_checked_like_any_other(book: Book) -> None:
    text = f'<iframe src="{PAGE}?embed=curve&amp;on={book.day}&amp;requests=5M"></iframe>'
    (place,) = check.links("page.html", text)
    (plain,) = check.links("page.html", f"{PAGE}?on={book.day}&requests=5M")
    assert check.verdict(book, place, book.day) == check.verdict(book, plain, book.day)


def test_no_input_is_called_like_a_part_of_the_address() -> None:
    for calculator in CALCULATORS.values():
        names = {one for f in calculator.inputs.fields() for one in (f.name, *f.formerly)}
        assert not names & {"embed", "on"}


@pytest.mark.parametrize("form", embed.FORMS)
def test_a_frame_has_the_answers_link(live: Live, form: str, book: Book) -> None:
    asked = {"slug": "approach-cost", "given": {"requests": "5M"}, "record": form, "page": PAGE}
    made = json.loads(live.handle(json.dumps(asked)))
    address = unescape(re.findall(r'src="([^"]*)"', made["text"])[0])
    shown = embed.SHOWN[form]
    assert address == f"{PAGE}?embed{shown and '='}{shown}&on={book.day}&requests=5M"
    assert f'title="{CALCULATORS["approach-cost"].question}"' in made["text"]
    assert made["media"] == "text/html"
    # Pasted as rich text it is the HTML to read, not a frame.
    assert "<iframe" not in made["html"]


def test_what_can_be_framed_is_there(built_site: Path) -> None:
    """`answer` is no part, so the whole answer is shown; the others are ids that are promises."""
    page = built_site / "calculators" / "approach-cost" / "index.html"
    for part in set(embed.SHOWN.values()) - {"", "answer"}:
        assert f'<h2 id="{part}">' in page.read_text("utf-8")
