"""
Single pages of the site, rendered when they are asked for: what `make serve` shows after a save.

MkDocs reads its settings, the navigation and the macros once, in a process of its own; after that
a page takes as long as its Markdown and its template. The process is thrown away when code, data
or settings change, and begun anew from one that has imported MkDocs already.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import tempfile
import threading
import traceback
from html import escape
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from tools.site import finish, tree
from tools.site.build import TRACEBACK
from tools.site.finish import FinishError
from tools.site.sources import QUICK

# Imported once, before any code of ours, by the process that renderers are begun from.
PRELOADED = [
    "mkdocs.commands.build",
    "mkdocs_macros.plugin",
    "material.plugins.search.plugin",
    "pymdownx.superfences",
    "pymdownx.snippets",
    "vl_convert",
    "selectolax.lexbor",
    "yaml",
    "zensical",
]


class RenderError(Exception):
    """A page or the whole site cannot be rendered; the message is for its author."""


def _finished(address: str, html: str) -> str:
    """The page with what the build adds to it afterwards, and a policy of its own."""
    from tools.site import citations  # imports code of ours, in which there may be a fault

    page = tree.Page.of(address, html)
    if page:
        html = citations.cited(page, "", citations.version())
    inside = finish.contents(address, tree.parse(html))
    if inside.faults:
        raise FinishError("\n".join(inside.faults))
    return finish.with_policy(html, finish.policy(set(inside.scripts), set(inside.styles)))


def _serve(connection: Connection) -> None:
    """What the process does: an address comes in, HTML or an error goes out."""
    with tempfile.TemporaryDirectory() as scratch, contextlib.suppress(EOFError, KeyboardInterrupt):
        try:
            import_module("main")  # the macros' plugin would go on without it
            # Imports code of ours, in which there may be a fault.
            from tools.site import macros
            from tools.site.pages import PageError, Pages

            pages = Pages(Path(scratch), "serve")
        except (Exception, SystemExit) as error:
            connection.send((False, "".join(traceback.format_exception(error, limit=-1))))
            return
        connection.send((True, ""))
        while True:
            address = connection.recv()
            if (QUICK / "manifest.json").exists():
                macros.MANIFEST = QUICK / "manifest.json"  # made after the last save
            try:
                connection.send((True, _finished(address, pages.rendered(address).html)))
            except (PageError, FinishError) as error:
                connection.send((False, TRACEBACK.sub("", str(error)).strip()))


class Renderer:
    """A process that renders pages, begun anew when what all pages rest on has changed."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        self._busy = threading.Lock()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None
        self._fault = ""

    def begin(self) -> None:
        """Begin anew, and wait until pages can be asked for."""
        with self._busy:
            self._end()
            ours, theirs = self._context.Pipe()
            self._process = self._context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
            self._connection = ours
            try:
                works, fault = ours.recv()
            except EOFError:
                works, fault = False, "The renderer ended; its message is in the terminal."
            self._fault = "" if works else fault

    def html(self, address: str) -> str:
        """
        The page at that address.

        Raises:
            RenderError: it cannot be rendered, or nothing can.
        """
        with self._busy:
            if self._fault or self._connection is None:
                raise RenderError(self._fault or "The renderer has not begun.")
            self._connection.send(address)
            try:
                works, text = self._connection.recv()
            except EOFError:
                works, text = False, "The renderer ended; save a file to begin it anew."
        if not works:
            raise RenderError(text)
        return str(text)

    def end(self) -> None:
        """End the process."""
        with self._busy:
            self._end()

    def _end(self) -> None:
        if self._connection:
            self._connection.close()
        if self._process:
            self._process.terminate()
            self._process.join()
        self._process = self._connection = None


def error_page(fault: str) -> str:
    """What stands in a page's place while it cannot be rendered."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not rendered</title>'
        f"</head><body><h1>Not rendered</h1><pre>{escape(fault)}</pre>"
        "<p>This page comes back by itself once the fault is mended and saved.</p></body></html>"
    )
