"""Links between pages, as they lead from where a page is published, under either site builder."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from html import escape
from pathlib import PurePosixPath
from typing import Any

_UPWARD = re.compile(r'(\b(?:href|src)=")\.\./')


def top(url: str) -> str:
    """The way to the site's root from the page at that address: `../../` from `choose/hybrid/`."""
    return "../" * url.count("/")


def api(path: str, words: str, top: str) -> str:
    """A link to a file under `api/v1/`, in words or by its path."""
    shown = escape(words) if words else f"<code>{escape(path)}</code>"
    return f'<a href="{top}api/v1/{escape(path)}">{shown}</a>'


class Linked:
    """
    The builder's environment, with macros whose links lead from where the page is published.

    MkDocs leaves them alone. Zensical reads a link in HTML as seen from the page's source, so on a
    page that is not an index it puts one `../` more before it; here one is taken away first.
    """

    def __init__(self, env: Any) -> None:
        self._env = env

    @property
    def page(self) -> Any:
        """The page being rendered."""
        return self._env.page

    def macro(self, function: Callable[..., str]) -> Callable[..., str]:
        """Registers a function as a macro."""

        @functools.wraps(function)
        def linked(*given: Any, **named: Any) -> str:
            html = function(*given, **named)
            if not type(self.page).__module__.startswith("zensical."):
                return html
            index = PurePosixPath(self.page.path).name == "index.md"
            return html if index else _UPWARD.sub(r"\1", html)

        self._env.macro(linked)
        return linked
