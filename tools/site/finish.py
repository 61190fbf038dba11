"""Finish a built site: one stylesheet, one security policy. `python -m tools.site.finish SITE`.

A static host sends no headers of ours, so the policy stands in the page. It is the same in all
pages, because instant navigation swaps pages within one document, whose policy stays that of the
page first opened. Works on the output of MkDocs and of Zensical alike.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from html import escape
from html.parser import HTMLParser
from pathlib import Path

# The address that mkdocs.yml gives a site of which it is not told where it will be published.
UNPUBLISHED = "http://localhost/"
SCRIPT_TYPES = {"", "text/javascript", "application/javascript", "module", "importmap"}
# Elements that load what their attribute names; links are followed only for these relations.
LOADING = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "audio": "src",
    "video": "src",
    "embed": "src",
    "object": "data",
    "link": "href",
}
LOADED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "mask-icon"}
POLICY_TAG = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
HINT_TAG = re.compile(
    r'<link\b[^>]*\brel="?(?:preconnect|dns-prefetch|prefetch)\b[^>]*>\s*', re.IGNORECASE
)
CANONICAL_TAG = re.compile(rf'<link rel="?canonical"? href="?{UNPUBLISHED}[^>]*>')
STYLESHEET = re.compile(r'<link rel="stylesheet" href="[^"]*?(assets/[^"]+\.css)">\s*')
# What means something else, or nothing, where it stands in another file.
PLACED = re.compile(r"""@import\b|url\((?!["']?data:)""")
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=[^*]*\*/\s*")
HEAD = re.compile(r'<head>\s*(?:<meta charset="?utf-8"?\s*/?>)?', re.IGNORECASE)


class FinishError(Exception):
    """A page would run or load what the policy forbids."""


class Page(HTMLParser):
    """Collects a page's inline scripts and styles, and what it would load from elsewhere."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=False)
        self.name = name
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.faults: list[str] = []
        self._inline: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        for name, value in given.items():
            if name.startswith("on") or value.strip().lower().startswith("javascript:"):
                self.faults.append(
                    f"{self.name}:{line}: <{tag} {name}=…> is a script in an attribute, "
                    "which the policy blocks; attach a listener in a script of the site"
                )
        if tag == "script":
            executable = given.get("type", "").lower() in SCRIPT_TYPES
            self._inline = self.scripts if executable and "src" not in given else None
        elif tag == "style":
            self._inline = self.styles
        if self._inline is not None:
            self._inline.append("")
        address = given.get(LOADING.get(tag, ""), "")
        relations = set(given.get("rel", "").lower().split())
        loads = tag != "link" or relations & LOADED_LINKS
        if loads and re.match(r"(https?:)?//", address):
            self.faults.append(
                f"{self.name}:{line}: <{tag}> loads {address}; nothing may come from another "
                "host, so serve the file from the site"
            )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._inline = None

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._inline = None

    def handle_data(self, data: str) -> None:
        if self._inline is not None:
            self._inline[-1] += data


def hashes(texts: set[str]) -> list[str]:
    """What a policy calls inline scripts or styles by."""
    return sorted(
        "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        for text in texts
    )


def policy(scripts: set[str], styles: set[str]) -> str:
    """The policy of a site whose pages hold these inline scripts and styles."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self' 'wasm-unsafe-eval'", *hashes(scripts))),
            " ".join(("style-src 'self'", *hashes(styles))),
            # Charts and the theme set style attributes.
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        )
    )


def join(site: Path) -> None:
    """Join the theme's stylesheets and ours in the last of them, so that a page waits for one.

    Raises:
        FinishError: pages name different stylesheets, or one that cannot stand elsewhere.
    """
    pages = {path: path.read_text("utf-8") for path in sorted(site.rglob("*.html"))}
    named = {tuple(STYLESHEET.findall(text)) for text in pages.values()} - {()}
    if not any(len(names) > 1 for names in named):
        return
    if len(named) > 1:
        raise FinishError(
            f"{site}: pages name different stylesheets: {sorted(named)}; "
            "give all of them the same, by extra_css in mkdocs.yml"
        )
    [(*others, last)] = named
    texts = [SOURCE_MAP.sub("", (site / name).read_text("utf-8")) for name in (*others, last)]
    for name, text in zip(others, texts, strict=False):
        if found := PLACED.search(text):
            raise FinishError(f"{name}: {found[0]} would mean something else in {last}")
    (site / last).write_text("\n".join(texts), "utf-8")
    for path, text in pages.items():
        kept = STYLESHEET.sub(lambda link: link[0] if link[1] == last else "", text)
        path.write_text(kept, "utf-8")


def finish(site: Path) -> str:
    """Join the stylesheets, write the policy into every page under `site`, and return it.

    Twice gives the same bytes.

    Raises:
        FinishError: no pages, pages that hold script attributes or load from other hosts, or
            stylesheets that cannot be joined.
    """
    join(site)
    pages: dict[Path, str] = {}
    scripts: set[str] = set()
    styles: set[str] = set()
    faults: list[str] = []
    for path in sorted(site.rglob("*.html")):
        text = path.read_text("utf-8")
        pages[path] = CANONICAL_TAG.sub("", HINT_TAG.sub("", POLICY_TAG.sub("", text)))
        page = Page(str(path.relative_to(site)))
        page.feed(pages[path])
        page.close()
        scripts.update(page.scripts)
        styles.update(page.styles)
        faults += page.faults
        if not HEAD.search(text):
            faults.append(f"{page.name}: has no <head>, so the policy has no place")
    if not pages:
        faults.append(f"{site}: holds no pages; build it first: make build")
    if faults:
        raise FinishError("\n".join(faults))
    rule = policy(scripts, styles)
    tag = f'<meta http-equiv="Content-Security-Policy" content="{escape(rule, quote=False)}">'
    for path, text in pages.items():
        # After the charset, which has to stand in the first 1024 bytes, and before all else.
        finished = HEAD.sub(lambda head: head[0] + tag, text, count=1)
        if finished != path.read_text("utf-8"):
            path.write_text(finished, "utf-8")
    return rule


if __name__ == "__main__":
    try:
        finish(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
    except FinishError as error:
        sys.exit(str(error))
