"""Finish a built site: one security policy in all its pages. `python -m tools.site.finish SITE`.

A static host sends no headers of ours, so the policy stands in the page. It is the same in all
pages, because instant navigation swaps pages within one document, whose policy stays that of the
page first opened. Works on the output of MkDocs and of Zensical alike.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tools.site.tree import attribute, parse

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
HEAD = re.compile(r'<head>\s*(?:<meta charset="?utf-8"?\s*/?>)?', re.IGNORECASE)


class FinishError(Exception):
    """A page would run or load what the policy forbids."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A page's inline scripts and styles, and what in it the policy would block."""

    scripts: frozenset[str]
    styles: frozenset[str]
    faults: tuple[str, ...]


def contents(name: str, tree: LexborHTMLParser) -> Contents:
    """What the policy has to know of a page; `name` is its file in messages."""
    scripts = (
        script.text()
        for script in tree.css("script:not([src])")
        if attribute(script, "type").lower() in SCRIPT_TYPES
    )
    styles = (style.text() for style in tree.css("style"))
    faults = (f"{name}: {fault}" for node in tree.css("*") for fault in _faults(node))
    return Contents(frozenset(scripts), frozenset(styles), tuple(faults))


def _faults(node: LexborNode) -> Iterator[str]:
    for name, value in node.attributes.items():
        if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
            yield (
                f'<{node.tag} {name}="{value}"> is a script in an attribute, '
                "which the policy blocks; attach a listener in a script of the site"
            )
    loads = node.tag != "link" or set(attribute(node, "rel").lower().split()) & LOADED_LINKS
    address = attribute(node, LOADING.get(node.tag or "", ""))
    if loads and re.match(r"(https?:)?//", address):
        yield (
            f"<{node.tag}> loads {address}; nothing may come from another "
            "host, so serve the file from the site"
        )


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


def with_policy(html: str, rule: str) -> str:
    """A page with the policy in place of an earlier one, and without hints to other hosts."""
    tag = f'<meta http-equiv="Content-Security-Policy" content="{escape(rule, quote=False)}">'
    # After the charset, which has to stand in the first 1024 bytes, and before all else.
    return HEAD.sub(lambda head: head[0] + tag, plain(html), count=1)


def plain(html: str) -> str:
    """A page as it is before it is finished."""
    return CANONICAL_TAG.sub("", HINT_TAG.sub("", POLICY_TAG.sub("", html)))


def finish(site: Path) -> str:
    """Write the policy into every page under `site`, and return it.

    Twice gives the same bytes.

    Raises:
        FinishError: no pages, or pages that hold script attributes or load from other hosts.
    """
    pages: dict[Path, str] = {}
    scripts: set[str] = set()
    styles: set[str] = set()
    faults: list[str] = []
    for path in sorted(site.rglob("*.html")):
        text = path.read_text("utf-8")
        pages[path] = plain(text)
        name = path.relative_to(site).as_posix()
        page = contents(name, parse(pages[path]))
        scripts |= page.scripts
        styles |= page.styles
        faults += page.faults
        if not HEAD.search(text):
            faults.append(f"{name}: has no <head>, so the policy has no place")
    if not pages:
        faults.append(f"{site}: holds no pages; build it first: make build")
    if faults:
        raise FinishError("\n".join(faults))
    rule = policy(scripts, styles)
    for path, text in pages.items():
        finished = with_policy(text, rule)
        if finished != path.read_text("utf-8"):
            path.write_text(finished, "utf-8")
    return rule


if __name__ == "__main__":
    try:
        finish(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
    except FinishError as error:
        sys.exit(str(error))
