"""What a reader sees of some cases is what was approved, to the letter."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from calculators import CALCULATORS
from tests.approved_cases import APPROVED, CASES, lines, outputs, renew

OUTPUTS = outputs()
FIX = "if the change is meant, `make approve` renews the file; review the difference"
MOST_LINES = 80  # of a difference


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_is_as_approved(name: str) -> None:
    path = APPROVED / name
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = OUTPUTS[name]()
    if before != after:
        both = before.splitlines(), after.splitlines()
        difference = [*difflib.unified_diff(*both, "approved", "now", n=2, lineterm="")]
        shown = "\n".join(difference[:MOST_LINES])
        more = len(difference) - MOST_LINES
        tail = f"\n… and {more} lines more" if more > 0 else ""
        pytest.fail(f"{path.name}: {FIX}\n{shown}{tail}", pytrace=False)


def test_no_approved_file_is_left_over() -> None:
    left = {path.name for path in APPROVED.iterdir()} - set(OUTPUTS)
    assert not left, f"made by nothing: {', '.join(sorted(left))}; run `make approve`"


def test_every_calculator_has_two_cases() -> None:
    slugs = [case.slug for case in CASES]
    assert all(slugs.count(slug) >= 2 for slug in CALCULATORS)
    assert len({case.file for case in CASES}) == len(CASES)


def test_renewing_writes_every_file_and_removes_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.approved_cases.outputs", lambda: {"a.txt": lambda: "an answer\n"})
    (tmp_path / "old.txt").write_text("nobody makes it")
    renew(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "an answer\n"


def test_an_element_stands_on_a_line_of_its_own() -> None:
    rows = "".join(f"<tr><td>{'x' * 60}</td><td>{n}</td></tr>" for n in range(2))
    spread = lines(f'<p>Some <b>words</b>.</p><table><tbody>{rows}</tbody></table><input id="i">')
    assert spread.splitlines() == [
        "<p>Some <b>words</b>.</p>",
        "<table>",
        "  <tbody>",
        f"    <tr><td>{'x' * 60}</td><td>0</td></tr>",
        f"    <tr><td>{'x' * 60}</td><td>1</td></tr>",
        "  </tbody>",
        "</table>",
        '<input id="i">',
    ]


@pytest.mark.parametrize("broken", ["<p><b>x</p></b>", "<p>x", "x</p>"])
def test_an_element_that_is_not_closed_is_a_fault(broken: str) -> None:
    with pytest.raises(ValueError, match=r"is open|is missing"):
        lines(broken)
