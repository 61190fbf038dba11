"""Both site builders, strict, from the same sources: equal answers, and equal bytes each time."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.site.citations import cite
from tools.site.finish import finish
from tools.site.sources import day, environment

SOURCES = (
    "calculators",
    "commands",
    "data",
    "docs",
    "includes",
    "overrides",
    "tools",
    "views",
    "tests/validation",
    "main.py",
    "mkdocs.yml",
)
CALCULATOR = re.compile(r"<live-calculator\b.*?</live-calculator>", re.DOTALL)
UPWARD = re.compile(r"""\b(?:href|src)=["']?((?:\.\./)+)""")


def copied(to: Path) -> Path:
    """The sources in another place, with other file times."""
    to.mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            (to / name).parent.mkdir(exist_ok=True)
            shutil.copytree(source, to / name, copy_function=shutil.copyfile, ignore=ignored)
        else:
            shutil.copyfile(source, to / name)
    return to


def built(project: Path, builder: str, *options: str, **settings: str) -> Path:
    """Build the project as `make build` does, and fail with what the builder said."""
    told = subprocess.run(
        [sys.executable, "-m", builder, "build", "--strict", *options],
        cwd=project,
        env=environment() | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        pytest.fail(f"{builder} build --strict:\n{told.stdout}{told.stderr}")
    cite(project / "site")
    finish(project / "site")
    return project / "site"


def calculators(site: Path) -> dict[str, list[str]]:
    """The calculators of each page, as written into it, but for what a search leaves out."""
    return {
        str(page.relative_to(site)): found
        for page in sorted(site.rglob("*.html"))
        # Zensical takes the mark away when it has read it.
        if (
            found := CALCULATOR.findall(page.read_text("utf-8").replace(" data-search-exclude", ""))
        )
    }


def leaving(site: Path) -> list[str]:
    """Pages with a link that goes up beyond the site's root, and so breaks under a path."""
    return [
        str(page.relative_to(site))
        for page in sorted(site.rglob("*.html"))
        if any(
            up.count("/") >= len(page.relative_to(site).parts)
            for up in UPWARD.findall(page.read_text("utf-8"))
        )
    ]


@pytest.fixture(scope="module")
def mkdocs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copied(tmp_path_factory.mktemp("mkdocs") / "project")
    return built(project, "mkdocs", PYTHONHASHSEED="1", TZ="Pacific/Auckland")


def test_the_same_sources_give_the_same_bytes(mkdocs: Path, tmp_path: Path) -> None:
    again = built(copied(tmp_path / "elsewhere"), "mkdocs", PYTHONHASHSEED="2", TZ="America/Lima")
    first = {str(path.relative_to(mkdocs)) for path in mkdocs.rglob("*") if path.is_file()}
    second = {str(path.relative_to(again)) for path in again.rglob("*") if path.is_file()}
    assert first == second
    differing = [
        name
        for name in sorted(first)
        if (mkdocs / name).read_bytes() != (again / name).read_bytes()
    ]
    assert not differing


def test_make_build_gives_the_same_bytes(mkdocs: Path) -> None:
    """What is served and published is what these tests look at."""
    site = ROOT / "site"
    differing = [
        str(path.relative_to(mkdocs))
        for path in sorted(mkdocs.rglob("*.html"))
        if not (site / path.relative_to(mkdocs)).is_file()
        or path.read_bytes() != (site / path.relative_to(mkdocs)).read_bytes()
    ]
    assert not differing, "the site is not built from these sources; make build"


def test_zensical_builds_the_same_calculators(mkdocs: Path, tmp_path: Path) -> None:
    zensical = built(copied(tmp_path / "project"), "zensical", "--clean")
    expected = calculators(mkdocs)
    assert expected, "no page has a calculator"
    found = calculators(zensical)
    assert found.keys() == expected.keys()
    for page, answers in expected.items():
        assert found[page] == answers, page
    assert not leaving(mkdocs)
    assert not leaving(zensical), "Zensical changed links of macros; see views/links.py"


def test_the_sites_day_is_the_newest_read(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "sources:\n  x:\n    read: 2026-11-12\n  y:\n    read: 2026-11-20\n"
    )
    (tmp_path / "b.yml").write_text("sources:\n  x:\n    read: 2026-10-01\n")
    assert day(tmp_path) == "2026-11-20"


@pytest.mark.parametrize(
    "command", [["main.py", "approach-cost"], ["-m", "tools.site.build"]], ids=["terminal", "build"]
)
def test_a_fault_in_the_data_is_one_line_that_names_the_place(
    command: list[str], tmp_path: Path
) -> None:
    project = copied(tmp_path / "project")
    faulty = project / "data" / "stores" / "pinecone.yml"
    lines = faulty.read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if "minimum: 50 USD/month" in line)
    lines[at] = lines[at].replace("month", "moth")
    faulty.write_text("\n".join(lines))
    told = subprocess.run(
        [sys.executable, *command], cwd=project, capture_output=True, text=True, check=False
    )
    assert told.returncode
    said = [line for line in told.stderr.splitlines() if "moth" in line]
    assert len(said) == 1
    assert said[0].startswith(f"data/stores/pinecone.yml:{at + 1}: ")
    assert "write it in USD/month" in said[0]
    assert "Traceback" not in told.stdout + told.stderr
