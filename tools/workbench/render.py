"""
Single pages of the site, rendered when they are asked for: what `make serve` shows after a save.

MkDocs reads its settings, the navigation and the macros once, in a process of its own; after that
a page takes as long as its Markdown and its template. The process is thrown away when code, data
or settings change, and begun anew from one that has imported MkDocs already.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import re
import tempfile
import threading
import traceback
from html import escape
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from mkdocs.commands import build as mkdocs
from mkdocs.config import load_config
from mkdocs.structure.files import get_files, set_exclusions
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page

from tools.paths import ROOT
from tools.site import finish, tree
from tools.site.sources import QUICK, environment

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
TRACEBACK = re.compile(r"^```\nTraceback.*?^```$", re.DOTALL | re.MULTILINE)


class RenderError(Exception):
    """A page or the whole site cannot be rendered; the message is for its author."""


class Pages:
    """The pages of the site as MkDocs knows them, each rendered from its source as it stands."""

    def __init__(self, scratch: Path) -> None:
        self.messages: list[str] = []
        logging.getLogger("mkdocs").addHandler(_Kept(self.messages))
        os.environ.update(environment())
        config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(scratch))
        config.plugins.on_startup(command="serve", dirty=False)
        self.config = config = config.plugins.on_config(config)
        config.plugins.on_pre_build(config=config)
        files = get_files(config)
        env = config.theme.get_env()
        files.add_files_from_theme(env, config)
        self.files = config.plugins.on_files(files, config=config)
        set_exclusions(self.files, config)
        nav = get_navigation(self.files, config)
        self.nav = config.plugins.on_nav(nav, config=config, files=self.files)
        for file in self.files.documentation_pages():
            if file.page is None:
                Page(None, file, config)
        self.env = config.plugins.on_env(env, config=config, files=self.files)
        self.by_address = {file.url: file for file in self.files.documentation_pages()}

    def html(self, address: str) -> str:
        """
        The page at that address, such as `choose/` or `` for the first.

        Raises:
            RenderError: there is no such page, or it cannot be rendered.
        """
        file = self.by_address.get(address or "./") or self.by_address.get(address)
        if file is None or file.page is None:
            raise RenderError(f"There is no page at /{address}")
        self.messages.clear()
        macros = import_module("tools.site.macros")
        if (QUICK / "manifest.json").exists():
            vars(macros)["MANIFEST"] = QUICK / "manifest.json"  # made after the last save
        try:
            mkdocs._populate_page(file.page, self.config, self.files)
            known = self.files.documentation_pages()
            mkdocs._build_page(file.page, self.config, known, self.nav, self.env)
        except (Exception, SystemExit) as error:
            raise RenderError("\n".join([*self.messages, str(error)])) from error
        if self.messages:
            raise RenderError("\n".join(self.messages))
        return _finished(address, Path(file.abs_dest_path).read_text("utf-8"))


def _finished(address: str, html: str) -> str:
    """The page with what the build adds to it afterwards, and a policy of its own."""
    from tools.site import citations  # imports code of ours, in which there may be a fault

    page = tree.Page.of(address, html)
    if page:
        html = citations.cited(page, "", citations.version())
    inside = finish.contents(address, tree.parse(html))
    if inside.faults:
        raise RenderError("\n".join(inside.faults))
    return finish.with_policy(html, finish.policy(set(inside.scripts), set(inside.styles)))


class _Kept(logging.Handler):
    """Keeps what MkDocs warns of."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(TRACEBACK.sub("", record.getMessage()).strip())


def _serve(connection: Connection) -> None:
    """What the process does: an address comes in, HTML or an error goes out."""
    with tempfile.TemporaryDirectory() as scratch, contextlib.suppress(EOFError, KeyboardInterrupt):
        try:
            import_module("main")  # the macros' plugin would go on without it
            pages = Pages(Path(scratch))
        except (Exception, SystemExit) as error:
            connection.send((False, "".join(traceback.format_exception(error, limit=-1))))
            return
        connection.send((True, ""))
        while True:
            address = connection.recv()
            try:
                connection.send((True, pages.html(address)))
            except RenderError as error:
                connection.send((False, str(error)))


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
