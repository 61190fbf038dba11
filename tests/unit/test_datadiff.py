"""A change of the data as tables: told whole, told once, and from any commit."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.book.datadiff import main

FILE = """\
# A comment.
vendor: Acme AI

sources:
  page:
    title: Acme AI, API pricing
    url: https://acme.example/pricing
    read: 2026-03-02

offers:
  acme/large:
    name: Acme Large
    kind: inference
    context_window: 128_000 tok
    facts_source: page
    rates:
      2026-03-01:
        input: 3.00 USD/Mtok
        output: 15.00 USD/Mtok
        above:
          200_000 tok:
            input: 6.00 USD/Mtok
        source: page
        confidence: vendor page
  acme/small:
    name: Acme Small
    kind: inference
    rates:
      2026-03-01:
        input: 0.20 USD/Mtok
        source: page
        confidence: vendor page
"""
PAGE = "[Acme AI, API pricing](<https://acme.example/pricing>)"
Told = Callable[..., str]


def git(root: Path, *command: str) -> None:
    name = ["-c", "user.name=A", "-c", "user.email=a@acme.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *name, *command], check=True, capture_output=True)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The one file of a committed book."""
    path = tmp_path / "data" / "offers" / "acme.yml"
    path.parent.mkdir(parents=True)
    path.write_text(FILE, "utf-8")
    (tmp_path / "data" / "README.md").write_text("About.\n", "utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "One")
    return path


@pytest.fixture
def told(book: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """What is printed once the file reads as given."""

    def run(text: str, *arguments: str) -> str:
        book.write_text(text, "utf-8")
        assert main([*arguments], book.parents[2]) == 0
        return capsys.readouterr().out

    return run


def rows(printed: str, title: str) -> list[list[str]]:
    """The cells of the table under that title, its head left out."""
    table = printed.partition(f"## {title}\n\n")[2].partition("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]


def titles(printed: str) -> list[str]:
    return [line[3:] for line in printed.splitlines() if line.startswith("## ")]


def test_no_change_is_said(told: Told) -> None:
    assert told(FILE) == "No fact of the price book changes.\n"
    rewritten = FILE.replace("3.00 USD", "3 USD").replace("128_000", "128000")
    rewritten = rewritten.replace("# A comment.", "# Another.")
    assert told(rewritten) == "No fact of the price book changes.\n"


def test_a_new_block_is_a_change_of_the_one_before_it(told: Told) -> None:
    printed = told(
        FILE.replace(
            "  acme/small:",
            "      2026-09-15:\n        input: 2.50 USD/Mtok\n        output: 15 USD/Mtok\n"
            "        cached_input: 0.25 USD/Mtok\n        above:\n          200_000 tok:\n"
            "            input: 5.00 USD/Mtok\n        source: page\n"
            "        confidence: vendor page\n        dated: first seen\n  acme/small:",
        )
    )
    day, cited = "2026-09-15, first seen", f"{PAGE}, read 2026-03-02"
    assert rows(printed, "Prices") == [
        ["acme/large", "input", "3.00 USD/Mtok", "2.50 USD/Mtok", day, cited],
        ["acme/large", "input above 200_000 tok", "6.00 USD/Mtok", "5.00 USD/Mtok", day, cited],
        ["acme/large", "cached_input", "—", "0.25 USD/Mtok", day, cited],
    ]
    assert "Offers added" not in titles(printed)


def test_a_rewritten_block_is_called_a_correction(told: Told) -> None:
    printed = told(FILE.replace("15.00 USD", "12.00 USD"))
    (row,) = rows(printed, "Prices")
    assert row[:5] == [
        "acme/large",
        "output",
        "15.00 USD/Mtok",
        "12.00 USD/Mtok",
        "2026-03-01, corrected",
    ]
    assert titles(printed) == ["Prices"]


def test_history_that_is_taken_away_is_told(told: Told) -> None:
    printed = told(
        FILE.replace("      2026-03-01:\n        input: 0.20", "X").partition("X")[0]
        + "      2026-04-01:\n        input: 0.20 USD/Mtok\n        source: page\n"
        "        confidence: vendor page\n"
    )
    assert ["acme/small", "input", "0.20 USD/Mtok", "—"] in [
        row[:4] for row in rows(printed, "Prices")
    ]
    assert "2026-03-01, removed from the history" in printed


def test_an_end_is_one_row(told: Told) -> None:
    printed = told(
        FILE + "      2026-12-01:\n        withdrawn: It ends | for good.\n        source: page\n"
        "        confidence: vendor page\n"
    )
    assert "| acme/small | all | on sale | ends: It ends \\| for good. | 2026-12-01 |" in printed
    assert len(rows(printed, "Prices")) == 1


def test_offers_come_and_go(told: Told) -> None:
    printed = told(FILE.replace("acme/small", "acme/tiny").replace("Acme Small", "Acme Tiny"))
    price = "input 0.20 USD/Mtok"
    cited = f"{PAGE}, read 2026-03-02"
    assert rows(printed, "Offers added") == [
        ["acme/tiny", "Acme Tiny", "inference", price, "2026-03-01", cited]
    ]
    assert rows(printed, "Offers removed") == [["acme/small", "Acme Small", "inference"]]
    assert titles(printed) == ["Offers added", "Offers removed"]


def test_an_offer_without_a_price_says_why(told: Told) -> None:
    printed = told(
        FILE + "  acme/quiet:\n    name: Quiet\n    kind: store\n"
        "    not_published: On request.\n    source: page\n"
    )
    (row,) = rows(printed, "Offers added")
    assert row[3:5] == ["not published: On request.", "—"]


def test_lifecycle_is_told(told: Told) -> None:
    event = (
        "    lifecycle:\n      2026-05-01:\n        event: training_ends\n        source: page\n"
        "        note: No more jobs.\n"
    )
    printed = told(FILE + event)
    cited = f"{PAGE}, read 2026-03-02"
    said = "training_ends: No more jobs."
    assert rows(printed, "Lifecycle") == [["acme/small", "2026-05-01", "—", said, cited]]
    assert titles(printed) == ["Lifecycle"]


def test_reading_again_is_one_row(told: Told) -> None:
    printed = told(FILE.replace("read: 2026-03-02", "read: 2026-11-20"))
    assert rows(printed, "Sources") == [
        ["offers/acme", "page", "read again", "2026-03-02", "2026-11-20"]
    ]
    assert titles(printed) == ["Sources"]


def test_other_fields_are_told(told: Told) -> None:
    changed = FILE.replace("128_000", "256_000").replace("name: Acme Small", "name: Acme Mini")
    changed = changed.replace(
        "confidence: vendor page\n  acme", "confidence: two feeds agree\n  acme"
    )
    assert rows(told(changed), "Other fields") == [
        ["acme/large", "context_window", "128_000 tok", "256_000 tok"],
        ["acme/large", "2026-03-01: confidence", "vendor page", "two feeds agree"],
        ["acme/small", "name", "Acme Small", "Acme Mini"],
    ]


def test_any_commit_can_be_compared_with(told: Told, book: Path) -> None:
    first = FILE.replace("15.00 USD", "12.00 USD")
    assert rows(told(first), "Prices")
    git(book.parents[2], "commit", "--all", "--quiet", "--message", "Two")
    assert told(first) == "No fact of the price book changes.\n"
    (row,) = rows(told(first, "HEAD~1"), "Prices")
    assert row[2:4] == ["15.00 USD/Mtok", "12.00 USD/Mtok"]


def test_what_breaks_the_rules_can_be_compared(told: Told) -> None:
    """A review shows a wrong change too; the rules are tests of their own."""
    printed = told(FILE.replace("input: 3.00 USD/Mtok", "input: three dollars\n        until: x"))
    found = [row[1:4] for row in rows(printed, "Prices")]
    assert found == [["input", "3.00 USD/Mtok", "three dollars"], ["until", "—", "x"]]


@pytest.mark.parametrize("revision", ["nonsense", "--output=x"])
def test_an_unknown_commit_is_named(
    book: Path, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    assert main(["--", revision], book.parents[2]) == 2
    assert capsys.readouterr().err == f"{revision}: is not a commit here\n"


def test_a_file_that_is_no_yaml_is_named(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book.write_text("vendor: [", "utf-8")
    assert main([], book.parents[2]) == 2
    assert capsys.readouterr().err.startswith("data/offers/acme.yml:1: ")
