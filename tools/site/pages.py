"""
The pages of the site, rendered by MkDocs: all of them for a build, single ones for `make serve`.

The bytes are those of `mkdocs build --strict`. Pages do not read each other, so several processes
render them side by side. A page rests on its own source and on all that is not prose: data, code,
settings, templates, the glossary, and which pages there are. While these stay the same, what was
rendered is taken from `build/pages/`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from mkdocs.commands import build as mkdocs
from mkdocs.config import load_config
from mkdocs.structure.files import File, get_files, set_exclusions
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page

from tools.paths import DOCS, ROOT
from tools.site import cards, macros, sources, tree

KEPT = ROOT / "build" / "pages"
# Rendered first, because they take longest.
LONG = ("{{ validation(", "{{ calculator(")


class PageError(Exception):
    """Pages cannot be rendered; the message is for their author."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """
    A page, and what its links are checked by.

    `ids` is what links to it can name, and `links` the names that it uses of each page, with the
    link as it is written.
    """

    html: str
    ids: list[str]
    links: dict[str, dict[str, str]]


class Pages:
    """The pages as MkDocs knows them, each rendered from its source as it stands."""

    def __init__(self, site: Path, command: Literal["build", "serve"] = "build") -> None:
        """
        Read the settings, the navigation and the macros. HTML is written into `site`.

        Raises:
            PageError: MkDocs warns of something.
        """
        self.warnings = _Warnings()
        logging.getLogger("mkdocs").addHandler(self.warnings)
        os.environ.update(sources.environment())
        config = load_config(str(ROOT / "mkdocs.yml"), strict=True, site_dir=str(site))
        config.plugins.on_startup(command=command, dirty=False)
        self.config = config = config.plugins.on_config(config)
        # What a reader searches is written by tools/site/search.py.
        search: Any = config.plugins["material/search"]
        search.search_index.add_entry_from_context = lambda _page: None
        config.plugins.on_pre_build(config=config)
        files = get_files(config)
        for file in list(files):  # of the bundle, which may be made anew meanwhile
            if file.src_uri.startswith("assets/live/"):
                files.remove(file)
        env = config.theme.get_env()
        files.add_files_from_theme(env, config)
        self.files = config.plugins.on_files(files, config=config)
        set_exclusions(self.files, config)
        nav = get_navigation(self.files, config)
        self.nav = config.plugins.on_nav(nav, config=config, files=self.files)
        self.known = self.files.documentation_pages()
        for file in self.known:
            # Pages show each other's titles and marks.
            (file.page or Page(None, file, config)).read_source(config)
        self.env = config.plugins.on_env(env, config=config, files=self.files)
        self.by_address = {file.url.removeprefix("./"): file for file in self.known}
        self.by_source = {file.src_uri: file for file in self.known}
        self.warnings.check()

    def rendered(self, address: str) -> Rendered:
        """
        The page at that address, such as `choose/`, or `` for the first one.

        Raises:
            PageError: there is no such page, or it cannot be rendered.
        """
        file = self.by_address.get(address)
        if file is None:
            raise PageError(f"There is no page at /{address}")
        page = _page(file)
        try:
            mkdocs._populate_page(page, self.config, self.files)
            mkdocs._build_page(page, self.config, self.known, self.nav, self.env)
        except (Exception, SystemExit) as error:
            said = str(error) if isinstance(error, Exception) else ""
            raise PageError("\n".join([*self.warnings.taken(), said]).strip()) from error
        self.warnings.check()
        links = page.links_to_anchors or {}
        return Rendered(
            html=Path(file.abs_dest_path).read_text("utf-8"),
            ids=sorted(page.present_anchor_ids or ()),
            links={to.src_uri: dict(names) for to, names in links.items()},
        )

    def common(self) -> None:
        """Write what is no page of the guide: files to copy, the site map, the page for 404."""
        self.files.copy_static_files()
        for template in self.config.theme.static_templates:
            mkdocs._build_theme_template(template, self.env, self.files, self.config, self.nav)
        self.warnings.check()

    def joined(self, rendered: Mapping[str, Rendered]) -> None:
        """
        Check the links between these pages and write what MkDocs makes of all of them.

        Raises:
            PageError: a link names a place that its page does not have.
        """
        for address, one in rendered.items():
            page = _page(self.by_address[address])
            page.present_anchor_ids = set(one.ids)
            page.links_to_anchors = {self.by_source[to]: names for to, names in one.links.items()}
        for file in self.known:
            level = self.config.validation.links.anchors
            _page(file).validate_anchor_links(files=self.files, log_level=level)
        self.config.plugins.on_post_build(config=self.config)
        self.warnings.check()


def _page(file: File) -> Page:
    assert file.page is not None
    return file.page


class _Warnings(logging.Handler):
    """Keeps what MkDocs warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(f"{record.levelname:<7} -  {record.getMessage().strip()}")

    def taken(self) -> list[str]:
        """The messages; they are told once."""
        messages, self._messages = self._messages, []
        return messages

    def check(self) -> None:
        """Raises PageError with the messages, if there are any."""
        if messages := self.taken():
            raise PageError("\n".join(messages))


class Kept:
    """What was rendered before, by what it rests on."""

    def __init__(self, pages: Pages) -> None:
        self._marks = [[file.src_uri, _marks(_page(file))] for file in pages.known]
        self._rest = self._shared()
        self._keys = {address: _key(file) for address, file in pages.by_address.items()}

    def _path(self, address: str) -> Path:
        return KEPT / self._rest / f"{self._keys[address]}.json"

    def find(self, address: str) -> Rendered | None:
        """The page, if it was rendered from what it rests on now."""
        path = self._path(address)
        return Rendered(**json.loads(path.read_text("utf-8"))) if path.exists() else None

    def keep(self, address: str, rendered: Rendered, file: File) -> None:
        """Keep the page, unless its source was saved while it was being rendered."""
        if _key(file) == self._keys[address]:
            path = self._path(address)
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".fresh")
            fresh.write_text(json.dumps(asdict(rendered)), "utf-8")
            fresh.replace(path)

    def _shared(self) -> str:
        """A hash of all that every page rests on, besides its own source."""
        listed = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*"))
        others = sources.digest(path for path in sources.files() if not path.is_relative_to(DOCS))
        whole = json.dumps([others, listed, self._marks], default=str)
        return hashlib.sha256(whole.encode()).hexdigest()[:32]

    def tidy(self) -> None:
        """Drop what rests on former states, and all if something was saved in the meantime."""
        if not KEPT.exists():
            return
        steady = self._shared() == self._rest
        for folder in KEPT.iterdir():
            if folder.name != self._rest or not steady:
                shutil.rmtree(folder)
        wanted = {self._path(address) for address in self._keys}
        for path in (KEPT / self._rest).glob("*"):
            if path not in wanted:
                path.unlink()


def _marks(page: Page) -> dict[str, Any]:
    """What other pages may show of a page."""
    return {name: said for name, said in page.meta.items() if name != "description"}


def _key(file: File) -> str:
    """A hash of a page's own source."""
    return hashlib.sha256(f"{file.src_uri}\n{file.content_string}".encode()).hexdigest()[:32]


# The processes that render are forked from the one that has read the settings.
_forked: tuple[Pages, Kept, date] | None = None


def _write(address: str) -> Rendered:
    """Write a page and its card; what is returned lacks its HTML."""
    assert _forked
    pages, kept, day = _forked
    file = pages.by_address[address]
    found = kept.find(address)
    if found:
        path = Path(file.abs_dest_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found.html, "utf-8")
    else:
        found = pages.rendered(address)
        kept.keep(address, found, file)
    page = tree.Page.of(address, found.html)
    if page:
        cards.write_titles(Path(pages.config.site_dir), [page], day)
    return replace(found, html="")


def _write_answers(site: Path) -> None:
    """Write the cards of answers, from the book that this process was forked with."""
    cards.write_answers(site, macros.book())


def build(site: Path) -> None:
    """
    Write the pages, their cards and what MkDocs makes beside them into the new folder `site`.

    Raises:
        PageError: MkDocs, a macro or a link is at fault; the message says where.
    """
    global _forked
    pages = Pages(site)
    kept = Kept(pages)
    _forked = pages, kept, date.fromisoformat(sources.day())
    pages.common()  # and with it the templates are compiled once for all processes
    processes = max(2, os.cpu_count() or 2)
    forking = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, forking) as workers:
        answers = workers.submit(_write_answers, site)
        running = {workers.submit(_write, one): one for one in _longest_first(pages)}
        try:
            rendered = {running[done]: done.result() for done in as_completed(running)}
            answers.result()
        finally:
            workers.shutdown(cancel_futures=True)
            kept.tidy()
    pages.joined({address: rendered[address] for address in pages.by_address})


def _longest_first(pages: Pages) -> list[str]:
    """The addresses of the pages, begun with those that take longest."""

    def length(address: str) -> int:
        source = pages.by_address[address].content_string
        return sum(source.count(macro) for macro in LONG)

    return sorted(pages.by_address, key=length, reverse=True)
