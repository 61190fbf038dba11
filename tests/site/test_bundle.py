"""The browser's bundle: the same bytes for the same sources, no work twice, faults in one line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.site import bundle

BUILT = ROOT / "docs" / "assets" / "live"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for a bundle of the real sources."""
    live = tmp_path / "docs" / "assets" / "live"
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    monkeypatch.setattr(bundle, "LIVE", live)
    monkeypatch.setattr(bundle, "WORK", tmp_path / "work")
    for name in ("calculators", "views"):
        (tmp_path / name).symlink_to(ROOT / name)
    return live


def parts(live: Path) -> dict[str, bytes]:
    """What the manifest names, and the manifest."""
    manifest = live / "manifest.json"
    named = [live.parent.parent / path for path in json.loads(manifest.read_text("utf-8")).values()]
    files = [file for path in named for file in ([path] if path.is_file() else path.iterdir())]
    return {
        file.relative_to(live).as_posix(): file.read_bytes() for file in sorted([manifest, *files])
    }


def test_the_same_sources_give_the_same_bytes_whatever_the_place(elsewhere: Path) -> None:
    """Here, in a directory without a history; there, where the site was built."""
    assert bundle.bundle()
    made = parts(elsewhere)
    assert made == parts(BUILT)
    image = (bundle.WORK / "image").read_bytes()
    for place in (elsewhere, ROOT, Path.home()):
        assert str(place).encode() not in image
    manifest = json.loads(made["manifest.json"])
    for path in manifest.values():
        name = Path(path).name
        assert bundle.NAMED_BY_CONTENT.fullmatch(name)
        if name in made:
            assert bundle.digest(made[name]) in name


def test_what_is_kept_between_builds_does_not_show(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an edit the bundle is as a clean clone makes it, and no work is done twice."""
    shutil.copytree(BUILT, elsewhere)
    shutil.copytree(ROOT / "build" / "live", bundle.WORK)
    assert not bundle.bundle()

    sources = bundle.sources
    edited = sources()
    edited["calculators/__init__.py"] += "import fractions\nHALF = fractions.Fraction(1, 2)\n"
    monkeypatch.setattr(bundle, "sources", lambda: edited)
    assert bundle.bundle()
    assert parts(elsewhere).keys() - parts(BUILT).keys(), "the edit made no difference"

    monkeypatch.setattr(bundle, "sources", sources)
    assert bundle.bundle()
    assert parts(elsewhere) == parts(BUILT)
    left = {file.name for file in elsewhere.iterdir()}
    assert left == {file.name for file in BUILT.iterdir()}, "not all of the edit was removed"

    next(elsewhere.glob("image.*")).unlink()
    assert not bundle.complete(elsewhere)


def test_python_that_does_not_start_is_told_with_its_place(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {
        **bundle.sources(),
        "views/answer/live.py": "from views import nothing_of_that_name\n",
    }
    monkeypatch.setattr(bundle, "sources", lambda: broken)
    with pytest.raises(bundle.BundleError, match="nothing_of_that_name") as fault:
        bundle.bundle()
    assert "views/answer/live.py" in str(fault.value)
    assert not elsewhere.exists()


@pytest.mark.usefixtures("elsewhere")
def test_what_is_missing_is_named_with_the_command_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(bundle.BundleError, match=r"Node 20 .* `make build`"):
        bundle.bundle()
    monkeypatch.setattr(bundle, "PYODIDE", tmp_path / "none")
    with pytest.raises(bundle.BundleError, match="`npm ci`"):
        bundle.bundle()


def test_a_quick_bundle_lacks_the_memory_image_alone(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The development server ships it after each save; the site's own stays as it was."""
    monkeypatch.setattr(bundle, "QUICK", tmp_path / "quick")
    shutil.copytree(ROOT / "build" / "live", bundle.WORK)
    assert bundle.bundle(quick=True)
    made = json.loads((tmp_path / "quick" / "manifest.json").read_text("utf-8"))
    whole = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    assert made == {name: whole[name] for name in ("app", "modules", "python")}
    assert not elsewhere.exists()
    assert not bundle.bundle(quick=True), "no work is done twice"
