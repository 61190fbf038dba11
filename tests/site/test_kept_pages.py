"""Pages that are kept between builds are those of a build from nothing; a fault is told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.test_builders import copied, mkdocs  # noqa: F401  # a fixture
from tools.site.citations import cite
from tools.site.finish import finish
from tools.site.sources import environment

PROSE = "docs/choose/index.md"
CHANGES = {
    PROSE: ("\n# ", "\n# Changed: "),
    "data/offers/openai.yml": ("name: GPT-6 Luna", "name: GPT-6 Lunar"),
    "calculators/billing/tokens.py": ('"Fresh input"', '"Input not cached"'),
}
BUILD = "from pathlib import Path; from tools.site.pages import build; build(Path('site'))"


def build(project: Path) -> subprocess.CompletedProcess[str]:
    """Make the pages of the project as `make build` does, from what is kept of the last time."""
    shutil.rmtree(project / "site", ignore_errors=True)
    return subprocess.run(
        [sys.executable, "-c", BUILD],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def change(project: Path, name: str, *, back: bool = False) -> None:
    """Change a source, or change it back."""
    old, new = reversed(CHANGES[name]) if back else CHANGES[name]
    text = (project / name).read_text("utf-8")
    assert old in text
    (project / name).write_text(text.replace(old, new, 1), "utf-8")


def kept(project: Path) -> dict[str, int]:
    """What is kept, and when each page was rendered."""
    files = (project / "build" / "pages").glob("*/*.json")
    return {path.name: path.stat().st_mtime_ns for path in files}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built, changed in three ways, built again, and changed back."""
    place = copied(tmp_path_factory.mktemp("kept") / "project")
    for name in CHANGES:
        change(place, name)
    assert not build(place).stderr
    assert "Changed: " in (place / "site" / "choose" / "index.html").read_text("utf-8")
    for name in CHANGES:
        change(place, name, back=True)
    assert not build(place).stderr
    return place


def test_a_build_after_changes_gives_the_bytes_of_one_from_nothing(
    project: Path,
    mkdocs: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    site = shutil.copytree(project / "site", tmp_path / "site")
    cite(site)
    finish(site)
    pages = {path.relative_to(mkdocs) for path in mkdocs.rglob("*.html")}
    assert pages == {path.relative_to(site) for path in site.rglob("*.html")}
    assert not [
        str(page)
        for page in sorted(pages)
        if (site / page).read_bytes() != (mkdocs / page).read_bytes()
    ]


def test_a_change_of_prose_renders_its_page_alone(project: Path) -> None:
    before = kept(project)
    change(project, PROSE)
    assert not build(project).stderr
    after = kept(project)
    assert "Changed: " in (project / "site" / "choose" / "index.html").read_text("utf-8")
    assert len(after) == len(before)
    assert len(after.items() - before.items()) == 1
    change(project, PROSE, back=True)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("[nowhere](../index.md#nowhere)", "does not contain an anchor '#nowhere'"),
        ("[nowhere](nowhere.md)", "'nowhere.md'"),
        ("{{ no_such_macro() }}", "no_such_macro"),
    ],
    ids=["anchor", "page", "macro"],
)
def test_a_fault_is_told_with_its_page(project: Path, fault: str, words: str) -> None:
    page = project / PROSE
    sound = page.read_text("utf-8")
    page.write_text(f"{sound}\n{fault}\n", "utf-8")
    failed = build(project)
    page.write_text(sound, "utf-8")
    assert failed.returncode
    told = failed.stderr.partition("PageError: ")[2]
    assert words in told
    assert "choose/index.md" in told
