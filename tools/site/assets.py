"""Puts the packaged files that pages load where the site serves them.

Fonts and the libraries of charts and search come from npm packages; pages load them from the site
itself.
"""

from __future__ import annotations

from pathlib import Path

from tools.paths import ROOT

PACKAGES = ROOT / "node_modules"
LIVE = ROOT / "docs" / "assets" / "live"

_FONTS = "@fontsource-variable/{0}/files/{0}-{1}.woff2"
FILES = {
    "fonts/serif.woff2": _FONTS.format("source-serif-4", "latin-opsz-normal"),
    "fonts/serif-italic.woff2": _FONTS.format("source-serif-4", "latin-wght-italic"),
    "fonts/sans.woff2": _FONTS.format("source-sans-3", "latin-wght-normal"),
    "charts/vega.js": "vega/build/vega.min.js",
    "charts/vega-lite.js": "vega-lite/build/vega-lite.min.js",
    "charts/vega-embed.js": "vega-embed/build/vega-embed.min.js",
    "search/minisearch.js": "minisearch/dist/umd/index.js",
}


class AssetError(Exception):
    """A package is missing; the message names the command that brings it."""


def files() -> dict[Path, bytes]:
    """What to serve, by place.

    Raises:
        AssetError: a package is not installed.
    """
    found: dict[Path, bytes] = {}
    for place, source in FILES.items():
        try:
            content = (PACKAGES / source).read_bytes()
        except FileNotFoundError:
            raise AssetError(f"{source} is missing; `make build` brings it, or `npm ci`") from None
        if place.endswith(".js"):
            # The packages' source maps are not served.
            content = content.partition(b"\n//# sourceMappingURL=")[0] + b"\n"
        found[LIVE / place] = content
    return found


def write() -> None:
    """Put the files in their places.

    Raises:
        AssetError: a package is not installed.
    """
    for place, content in files().items():
        if not place.exists() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
