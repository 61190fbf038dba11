"""What the repository promises of itself: locks, ignored files, workflows, the Makefile."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, NetworkError

LOCKS = ("requirements.txt", "requirements-node.txt", "requirements-mcp.txt")
GENERATED = (
    ".venv/x",
    "node_modules/x",
    "build/x",
    "site/index.html",
    "docs/assets/live/x",
    "calculators/__pycache__/x",
)
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# The only jobs that may write anything, and what.
WRITES = {("publish", "deploy"): {"pages", "id-token"}, ("freshness", "report"): {"issues"}}
# Spelled apart, so that this file does not name what it forbids.
MACHINE_PATHS = tuple(f"/{name}/" for name in ("work", "tmp", "root", "home", "Users"))
REGISTRIES = tuple(
    "".join(parts)
    for parts in (("pypi", ".org"), ("python", "hosted.org"), ("npmjs", ".org"), ("npmjs", ".com"))
)


def sources() -> Iterator[Path]:
    """The repository's own files: what is neither generated nor ignored."""
    skipped = {".git", ".venv", ".cache", "node_modules", "build", "site", "__pycache__"}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name not in skipped
            and not name.endswith("_cache")
            and name != ".hypothesis"
            and Path(folder, name) != ROOT / "docs" / "assets" / "live"
        ]
        yield from (Path(folder, name) for name in names)


def texts() -> Iterator[tuple[str, int, str]]:
    """File, line number and line of every text file of the repository."""
    for path in sources():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            yield str(path.relative_to(ROOT)), number, line


@pytest.mark.parametrize("lock", LOCKS)
def test_python_lock_is_exact_and_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    for entry in entries:
        name = entry.split("\n")[0]
        assert re.match(r"[a-z0-9.-]+==\S+", name), f"{lock}: {name} is not one version; make lock"
        assert "--hash=sha256:" in entry, f"{lock}: {name} has no hash; make lock"


def test_locks_hold_no_addresses() -> None:
    for lock in LOCKS:
        text = (ROOT / lock).read_text("utf-8")
        assert "://" not in text, f"{lock} holds an address; make lock"
        assert not re.search(r"^-", text, re.MULTILINE), f"{lock} holds an option; make lock"
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    addressed = [name for name, package in packages.items() if "resolved" in package]
    assert not addressed, f"package-lock.json has download addresses for {addressed}; make lock"


def test_locks_follow_what_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    text = (ROOT / LOCKS[0]).read_text("utf-8")
    locked = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))
    for wanted in project["dependencies"]:
        name = re.split(r"[<>=]", wanted)[0].lower()
        assert name in locked, f"{name} is declared but not locked; make lock"
        if exact := re.search(r"==(\S+)", wanted):
            assert locked[name] == exact[1], f"{name} is locked at {locked[name]}; make lock"
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for kind in ("dependencies", "devDependencies"):
        for name, version in package[kind].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"package.json: {name} is not exact"
            assert lock[f"node_modules/{name}"]["version"] == version, f"{name}: make lock"


def test_no_file_names_a_machine_or_a_registry() -> None:
    named = [
        f"{file}:{number}: {word}"
        for file, number, line in texts()
        for word in (*MACHINE_PATHS, *REGISTRIES)
        if re.search(rf"(?<![\w.}}/-]){re.escape(word)}", line)
    ]
    assert not named, "\n".join(named)


def test_generated_files_are_ignored(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    for name in GENERATED:
        told = subprocess.run(["git", "check-ignore", "--quiet", name], cwd=tmp_path, check=False)
        assert told.returncode == 0, f".gitignore lets {name} in"
    told = subprocess.run(["git", "check-ignore", "docs/index.md"], cwd=tmp_path, check=False)
    assert told.returncode == 1, ".gitignore keeps pages out"


def workflow(path: Path) -> dict[str, Any]:
    # BaseLoader, because YAML would read the key `on` as true.
    found: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned(path: Path) -> None:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        used = re.search(r"uses:\s*(\S+)", line)
        if used and not used[1].startswith("./"):
            assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), (
                f"{path.name}:{number}: pin {used[1]} by its full commit, version in a comment"
            )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_ask_for_the_least(path: Path) -> None:
    read = workflow(path)
    assert read["permissions"] == {}, f"{path.name}: permissions belong to the jobs"
    assert "concurrency" in read, f"{path.name}: needs a concurrency group"
    for name, job in read["jobs"].items():
        writes = {scope for scope, level in job["permissions"].items() if level == "write"}
        allowed = WRITES.get((path.stem, name), set())
        assert writes <= allowed, f"{path.name}: {name} may not write {writes - allowed}"
        for step in job.get("steps", []):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] == "false", f"{path.name}: {name}"


def test_publishing_waits_for_the_check() -> None:
    jobs = workflow(ROOT / ".github" / "workflows" / "publish.yml")["jobs"]
    assert jobs["check"]["uses"] == "./.github/workflows/check.yml"
    assert jobs["build"]["needs"] == "check"
    assert jobs["deploy"]["needs"] == "build"


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK), "chmod +x .ci/run"
    assert re.search(r"^exec make test$", script.read_text("utf-8"), re.MULTILINE)
    steps = workflow(ROOT / ".github" / "workflows" / "check.yml")["jobs"]["test"]["steps"]
    assert {"run": ".ci/run"} in steps


def test_every_make_target_is_explained() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
    explained = set(re.findall(r"^([a-z-]+):[^#\n]*## \S", text, re.MULTILINE))
    assert phony == explained, f"say what it does with `##`: {phony ^ explained}"
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^  make ([a-z-]+)  +\S", told.stdout, re.MULTILINE)) == explained


def test_set_up_reads_under_an_old_python() -> None:
    """Otherwise it could not say that a newer one is needed."""
    ast.parse(
        (ROOT / "tools" / "workbench" / "prepare.py").read_text("utf-8"), feature_version=(3, 8)
    )


def test_nothing_reads_the_clock() -> None:
    """The site's day comes from the data; `perf_counter` only says how long a thing took."""
    clocks = {f"{owner}.{name}" for owner in ("date", "datetime") for name in ("today", "now")}
    clocks |= {f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "strftime")}
    clocks |= {"datetime.utcnow"}
    found = []
    for path in sources():
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    called = ".".join(ast.unparse(node.func).split(".")[-2:])
                    if called in clocks:
                        found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {called}()")
    assert not found, "\n".join(found)


def test_no_test_depends_on_the_speed_of_the_machine() -> None:
    """A test waits for a state, under the one limit of tests/conftest.py, and reads no clock."""
    waits = re.compile(
        r"timeout=(?!PATIENCE|LIMIT)|wait_for_timeout\((?!TURN)|\bsleep\(|perf_counter|monotonic"
        r"|performance\.now\(\)"
    )
    here = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted((ROOT / "tests").rglob("*.*"))
        if path.suffix in {".py", ".mjs"} and path != here
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if waits.search(line)
    ]
    assert not found, "\n".join(["wait for a state with `expect` or `until`:", *found])


def test_tests_cannot_leave_the_machine() -> None:
    with pytest.raises(NetworkError):
        socket.create_connection(("192.0.2.1", 80))
    with pytest.raises(NetworkError):
        socket.getaddrinfo("example.com", 80)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        socket.create_connection(listening.getsockname()).close()
