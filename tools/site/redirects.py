"""Keep former addresses working in a built site: `python -m tools.site.redirects SITE`.

A page that was renamed, or a calculator's, gets a page at its old address that hands query and
part on to the new one. A heading that was renamed gets a place with its old id beside it, so the
browser finds it without a script. What was renamed stands in redirects.yml, and for calculators in
their own declarations. Twice gives the same bytes.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import yaml

from calculators import CALCULATORS
from tools.paths import ROOT

# The same script in every such page, so that the site's policy names it once.
SCRIPT = (
    'const to = document.querySelector("link[rel=canonical]");'
    "location.replace(to.href + location.search + location.hash);"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Moved</title>
<link rel="canonical" href="{to}">
<meta name="robots" content="noindex">
<script>{script}</script>
<noscript><meta http-equiv="refresh" content="0; url={to}"></noscript>
</head>
<body><p>This page is now at <a href="{to}">{to}</a>.</p></body>
</html>
"""


class RedirectError(Exception):
    """A redirect leads nowhere, or from where there is a page already."""


def declared() -> Mapping[str, Mapping[str, Any]]:
    """What redirects.yml says."""
    read = yaml.load((ROOT / "redirects.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    return {part: read[part] or {} for part in ("pages", "ids")}


def pages() -> dict[str, str]:
    """Every former address of a page and today's, under the site's root."""
    of_slugs = {
        f"calculators/{old}/": f"calculators/{slug}/"
        for slug, calculator in CALCULATORS.items()
        for old in calculator.formerly
    }
    return of_slugs | dict(declared()["pages"])


def redirect(site: Path, moved: Mapping[str, str], ids: Mapping[str, Mapping[str, str]]) -> None:
    """
    Write the redirects into the site.

    Raises:
        RedirectError: a new address or id does not exist, or an old one is in use again.
    """
    for old, new in moved.items():
        to, at = site / new / "index.html", site / old / "index.html"
        if not to.exists():
            raise RedirectError(f"redirects: {old} leads to {new}, which is no page")
        there = os.path.relpath(to.parent, at.parent) + "/"
        text = PAGE.format(to=escape(there), script=SCRIPT)
        if at.exists() and SCRIPT not in at.read_text("utf-8"):
            raise RedirectError(f"redirects: {old} is a page again; take it from the redirects")
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(text, "utf-8")
    for page, renamed in ids.items():
        path = site / re.sub(r"(^|/)index\.md$|\.md$", r"\1/", page) / "index.html"
        text = path.read_text("utf-8")
        for old, new in renamed.items():
            place = f'<span id="{old}"></span>'
            heading = re.compile(rf'(?<!{re.escape(place)})(<h[1-6]\b[^>]*\bid="?{new}"?[ >])')
            if f'id="{old}"' in text.replace(place, ""):
                raise RedirectError(f"redirects: {page} has a heading {old} again")
            if place not in text:
                text, count = heading.subn(rf"{place}\1", text, count=1)
                if not count:
                    raise RedirectError(f"redirects: {page} has no heading {new}")
        path.write_text(text, "utf-8")


def write(site: Path) -> None:
    """Write all redirects into a built site. Raises RedirectError like `redirect`."""
    redirect(site, pages(), declared()["ids"])


if __name__ == "__main__":
    try:
        write(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
    except RedirectError as error:
        sys.exit(str(error))
