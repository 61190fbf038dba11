"""Which Chromium the browser tests and the benchmark drive, and how it is started.

`python -m tools.workbench.chromium` prints its path, or says what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

# Seconds that a browser has to start: a busy machine takes long, and one that hangs is rare.
PATIENCE = 180

# Containers have no sandbox and often no GPU; the rest keeps Chromium from calling home. A test
# that asks for another host must fail, not depend on a network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


class ChromiumError(Exception):
    """No Chromium that starts."""


def starts(executable: str) -> bool:
    """Whether the file is a browser that can show a page here (a stub or a broken one is not)."""
    command = [executable, "--headless", *FLAGS, "--dump-dom", "about:blank"]
    try:
        told = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0 and b"<html>" in told.stdout


@cache
def executable(own: str) -> str:
    """The path of a Chromium: $CHROMIUM, else an installed one, else `own`, Playwright's.

    Raises:
        ChromiumError: there is none that starts.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if starts(named):
            return named
        raise ChromiumError(f"CHROMIUM={named} does not start; name another or leave it out")
    installed = [found for name in NAMES if (found := shutil.which(name))]
    for candidate in (*installed, *APPLICATIONS, own):
        if Path(candidate).exists() and starts(candidate):
            return candidate
    raise ChromiumError(
        "no Chromium that starts was found; install one (Debian: apt-get install chromium) "
        "or name it: make test CHROMIUM=/path/to/chrome"
    )


def launch(playwright: Playwright, *flags: str) -> Browser:
    """Start a headless Chromium with a fresh profile."""
    path = executable(playwright.chromium.executable_path)
    return playwright.chromium.launch(
        executable_path=path, args=[*FLAGS, *flags], timeout=PATIENCE * 1000
    )


def main() -> int:
    try:
        with sync_playwright() as playwright:
            print(executable(playwright.chromium.executable_path))
    except ChromiumError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
