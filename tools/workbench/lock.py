"""Renew the locks: newest versions that pyproject.toml and package.json allow.

uv resolves for every platform and Python at once, which pip does not; it is installed for this
one run only. Neither lock holds an index or a download address: what is locked is the content.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from tools.paths import ROOT

OPTIONS = (
    "--universal",
    "--upgrade",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--no-annotate",
    "--quiet",
)


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        run(sys.executable, "-m", "venv", scratch)
        python = Path(scratch) / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "uv")
        resolve = (python, "-m", "uv", "pip", "compile", *OPTIONS)
        run(*resolve, "pyproject.toml", "--output-file", "requirements.txt")
        # Node has a lock of its own, as it is installed only where there is none.
        run(*resolve, "--group", "node", "--output-file", "requirements-node.txt")
        # An extra has one that holds what it adds, at the versions of the lock of all.
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        wanted = Path(scratch) / "mcp.in"
        wanted.write_text("\n".join(project["optional-dependencies"]["mcp"]), "utf-8")
        same = ("--constraints", "requirements.txt", "--python-version", "3.11")
        run(*resolve, *same, wanted, "--output-file", "requirements-mcp.txt")
    run("npm", "install", "--package-lock-only", "--ignore-scripts")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error.cmd[0]} failed; its message is above, the locks may be half renewed")
