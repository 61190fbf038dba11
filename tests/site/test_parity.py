"""The browser's Python answers as this one does, byte for byte, from either start."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from calculators import CALCULATORS
from tests.conftest import ROOT
from tests.golden_cases import golden_cases
from tools.records import everything
from views.answer.live import Live

LIVE = ROOT / "docs" / "assets" / "live"
WAYS = ("snapshot", "boot")


RANGES = {
    "percentile": "90..98",
    "prompt_tokens": "700..1.5k",
    "top_k": "3..8",
    "hit_rate": "80..95",
}


def golden() -> list[dict[str, Any]]:
    """A request for every golden case."""
    return [{"slug": case.slug, "given": {**case.given, "on": case.on}} for case in golden_cases()]


def odd() -> list[dict[str, Any]]:
    """What golden cases do not hold: links, bad values, days that are none, and every default."""
    found: list[dict[str, Any]] = []
    for slug in sorted(CALCULATORS):
        found += [
            {"slug": slug, "given": {}},
            {"slug": slug, "given": {"requests": "many"}},
            {"slug": slug, "given": {"requests": "800k..1.5M"}},
            {"slug": slug, "given": {"on": "yesterday"}},
            {"slug": slug, "search": ""},
            {"slug": slug, "search": "?requests=5M&nonsense=é%20<b>&top_k=-1&on=2026-11-01"},
        ]
    taken = {
        "slug": "approach-cost",
        "given": {"requests": "5M"},
        "page": "https://guide.example/a/",
    }
    found += [{**taken, "record": form} for form in ("full", "madr", "csv")]
    found.append({**taken, "spec": '{"mark": "var(--ink)"}', "title": "It falls", "part": "curve"})
    found.append({"slug": "latency-budget", "given": RANGES})
    # Prices that double between two days, told one by one.
    search = "?model=google/gemini-4-argon&on=2026-12-01"
    return [*found, {"slug": "approach-cost", "search": search}]


def requests() -> list[str]:
    return [json.dumps(request) for request in golden() + odd()]


def browser(way: str, asked: list[str], script: str = "parity.mjs") -> Any:
    """What the bundle answers in Node, from a start of its own."""
    manifest = LIVE / "manifest.json"
    if not manifest.exists():
        pytest.skip("the browser's bundle is not made: make build")
    paths = json.loads(manifest.read_text("utf-8"))
    live = {name: f"{ROOT / 'docs'}/{path}" for name, path in paths.items()}
    done = subprocess.run(
        [shutil.which("node") or "node", str(ROOT / "tests" / script)],
        input=json.dumps({"live": live, "how": way, "requests": asked}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("way", WAYS)
def test_the_browser_answers_byte_for_byte_as_the_build_does(way: str) -> None:
    here = Live(json.dumps(everything(), sort_keys=True, ensure_ascii=False))
    asked = requests()
    expected = [here.handle(request) for request in asked]
    for request, one, other in zip(asked, expected, browser(way, asked)["replies"], strict=True):
        assert one == other, f"{request} is answered differently in Pyodide"


def test_the_worker_tells_a_first_answer_and_lets_an_older_request_be() -> None:
    """With ranges: told of before it is whole, given up for a newer one, and whole in the end."""
    here = Live(json.dumps(everything(), sort_keys=True, ensure_ascii=False))
    older = json.dumps({"slug": "break-even", "given": {"build_weeks": "3..10"}})
    plain = json.dumps({"slug": "break-even", "given": {"build_weeks": "8"}})
    newest = json.dumps({"slug": "latency-budget", "given": RANGES})
    said = browser("snapshot", [older, plain, newest], "worker.mjs")
    kinds = [(one["id"], "more" in one, "dropped" in one) for one in said]
    assert kinds == [
        (0, True, False),
        (0, False, True),
        (1, False, False),
        (2, True, False),
        (2, False, False),
    ]
    assert said[2]["reply"] == here.handle(plain)
    assert "100 draws" in json.loads(said[3]["reply"])["html"]
    assert said[4]["reply"] == here.handle(newest)


def test_every_calculator_has_a_golden_case_here() -> None:
    """Else the comparison above would hold for nothing."""
    assert {request["slug"] for request in golden()} == set(CALCULATORS)


def test_a_restored_python_does_not_repeat_the_chance_of_the_one_it_was_copied_from() -> None:
    assert browser("snapshot", [])["chance"] != browser("snapshot", [])["chance"]
