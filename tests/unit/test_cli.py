"""The command line: 0 with an answer, 2 with one line for each bad input."""

from __future__ import annotations

import json

import pytest

import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main.main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "approach-cost", "requests=5M", "top_k=8", "--on", "2026-11-22")
    assert (code, err) == (0, "")
    assert "prices of 2026-11-22" in out
    assert "5,000,000 request/month × 400 tok/request × 50 % × 0.07 USD/Mtok" in out


def test_the_json_is_the_result_whole(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "approach-cost", "requests=5M", "--json")
    result = json.loads(out)
    assert code == 0
    assert result["given"] == {"requests": "5M"}
    by_id = {option["id"]: option for option in result["options"]}
    assert list(by_id) == ["prompt", "long-context", "retrieval", "fine-tuned", "hybrid"]
    assert result["unit"] == "USD/month"
    lines = by_id["retrieval"]["lines"]
    assert sum(line["amount"] for line in lines) == pytest.approx(by_id["retrieval"]["total"])
    assert all(basis["url"].startswith("https://") for basis in result["sources"])


def test_a_day_with_other_prices(capsys: pytest.CaptureFixture[str]) -> None:
    _, before, _ = run(capsys, "approach-cost", "model=google/gemini-4-argon", "--json")
    _, after, _ = run(
        capsys, "approach-cost", "model=google/gemini-4-argon", "--json", "--on", "2026-12-01"
    )
    costs = [json.loads(out)["options"][0]["total"] for out in (before, after)]
    assert costs[1] == pytest.approx(2 * costs[0])


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["approach-cost", "requests=-1", "top_k=x"], ["requests: ", "top_k: "]),
        (["approach-cost", "requets=5M"], ["requets: not an input"]),
        (["approach-cost", "5M"], ["5M: write it as name=value"]),
        (["approach-cost", "=5M"], ["=5M: write it as name=value"]),
        (["approach-cost", "top_k=5", "top_k=8"], ["top_k: given twice"]),
        (["approach-cost", "on=2026-11-22", "--on", "2026-11-21"], ["on: given twice"]),
        (["approach-cost", "model=openai/gpt-4.1-nano"], ["model: openai/gpt-4.1-nano ended"]),
        (["approach-cost", "--on", "tomorrow"], ["on: 'tomorrow' is not a day"]),
        (["approach-cost", "--on", "2019-01-01"], ["embedding: ", "vector_store: "]),
        (["approach-price"], ["name a calculator: approach-cost"]),
        ([], ["name a calculator"]),
    ],
)
def test_a_bad_input_is_one_line_that_names_it(
    capsys: pytest.CaptureFixture[str], arguments: list[str], lines: list[str]
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    said = err.splitlines()
    for line in lines:
        assert any(each.startswith(line) for each in said), err


def test_the_list_names_every_input(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--list")
    assert code == 0
    assert "  requests=400k request/month  Requests" in out
    _, as_json, _ = run(capsys, "--list", "--json")
    inputs = json.loads(as_json)[0]["inputs"]
    assert inputs[0] == {
        "name": "requests",
        "label": "Requests",
        "help": inputs[0]["help"],
        "default": "400k",
        "unit": "request/month",
        "choices": "",
        "options": [],
    }
