"""What `make new` writes works as it comes, or says what is still to be found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.site.test_builders import copied


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=project, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = copied(tmp_path / "project")
    (made / "tests" / "golden").mkdir(exist_ok=True)
    return made


def test_a_new_calculator_answers_and_is_formatted(project: Path) -> None:
    made = run(project, "-m", "tools.workbench.new", "query-cost", "--title", "What does it cost?")
    assert made.returncode == 0, made.stderr
    files = [project / line.strip() for line in made.stdout.splitlines() if line.startswith("  ")]
    assert project / "calculators" / "query_cost.py" in files
    answer = run(project, "main.py", "query-cost", "--on", "2026-11-22")
    assert answer.stdout.startswith("By the token costs $80"), answer.stderr
    [case] = yaml.safe_load((project / "tests" / "golden" / "query-cost.yml").read_text())
    assert case["expect"] == {"hosted": {"lines": {"Questions": 80}}}
    python = [str(file) for file in files if file.suffix == ".py"]
    settings = ("--config", str(ROOT / "pyproject.toml"))
    for command in (("format", "--check"), ("check",)):
        done = run(project, "-m", "ruff", *command, *settings, *python)
        assert done.returncode == 0, done.stdout
    assert "calculators/query-cost.md" in (project / "mkdocs.yml").read_text("utf-8")
    again = run(project, "-m", "tools.workbench.new", "query-cost")
    assert again.returncode == 2
    assert "is there already" in again.stderr


@pytest.mark.parametrize("kind", ["vendor", "store"])
def test_a_new_vendor_says_what_is_to_be_found(project: Path, kind: str) -> None:
    made = run(project, "-m", "tools.workbench.new", "acme", "--kind", kind, "--title", "Acme AI")
    assert made.returncode == 0, made.stderr
    told = run(project, "main.py", "approach-cost").stderr
    assert "acme.yml:" in told
    assert "?" in told


def test_a_new_page_stands_below_its_neighbours(project: Path) -> None:
    made = run(project, "-m", "tools.workbench.new", "cost/rate-limits", "--kind", "page")
    assert made.returncode == 0, made.stderr
    lines = (project / "mkdocs.yml").read_text("utf-8").splitlines()
    at = lines.index("      - Rate limits?: cost/rate-limits.md")
    assert ": cost/" in lines[at - 1]
    astray = run(project, "-m", "tools.workbench.new", "nowhere", "--kind", "page")
    assert astray.returncode == 2
    assert "cost/nowhere" in astray.stderr


@pytest.mark.parametrize("name", ["Query Cost", "a/b", "../x", ""])
def test_a_name_that_is_none_is_refused(project: Path, name: str) -> None:
    done = run(project, "-m", "tools.workbench.new", name)
    assert done.returncode == 2
    assert "small letters" in done.stderr
