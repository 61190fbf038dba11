"""Take the README's picture from the built site: `python -m tools.workbench.screenshot`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.paths import ROOT
from tools.workbench.chromium import launch
from tools.workbench.serve import served

PICTURE = ROOT / "docs" / "assets" / "screenshot.png"


def screenshot(site: Path, picture: Path) -> None:
    """The first screen of the cost calculator on a desk, in light."""
    with served(site) as url, sync_playwright() as playwright:
        chromium = launch(playwright)
        page = chromium.new_page(viewport={"width": 1280, "height": 880}, java_script_enabled=False)
        page.goto(f"{url}calculators/approach-cost/")
        page.screenshot(path=picture)
        chromium.close()


if __name__ == "__main__":
    screenshot(ROOT / "site", PICTURE)
    print(f"[screenshot] {PICTURE.relative_to(ROOT)}")
