"""Serve the site while it is being written: `python -m tools.workbench.dev [--port 8000]`.

The last build is served at once. A page whose sources have changed since is rendered when it is
asked for, and open browsers reload after each save. Cards, Markdown twins, the files of the price
book and the search stay those of the last `make build`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from tools.paths import DOCS, ROOT
from tools.site.build import BUILD
from tools.site.sources import QUICK, SOURCES, digest, files
from tools.workbench.render import Renderer, RenderError, error_page
from tools.workbench.serve import Handler, Site

CHANGES, SCRIPT = "/-/changes", "/-/reload.js"
TAG = f'<script src="{SCRIPT}" defer></script>'
# The version comes with the connection, and another one with each change.
RELOAD = """let seen;
new EventSource("/-/changes").onmessage = ({ data }) => {
  if (seen !== undefined && seen !== data) location.reload();
  seen = data;
};
"""
PULSE = 10.0  # seconds after which a browser that left is noticed
QUIET = 0.05  # seconds without another change after which a save is over


def is_prose(path: Path) -> bool:
    """Whether only a page's words rest on a file: a page of the guide, or the glossary."""
    return path.suffix == ".md" and (path.is_relative_to(DOCS) or path.parent.name == "includes")


def is_static(path: Path) -> bool:
    """Whether browsers get a file as it is."""
    return path.is_relative_to(DOCS / "assets")


def stamps() -> dict[Path, int]:
    """When each source was last changed."""
    found: dict[Path, int] = {}
    for path in files():
        try:
            found[path] = path.stat().st_mtime_ns
        except FileNotFoundError:  # removed while we looked
            continue
    return found


class DevSite(Site):
    """The last build, and pages rendered anew where it is out of date."""

    def __init__(self, site: Path, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__(site, port, host)
        self.RequestHandlerClass = DevHandler
        self.renderer = Renderer()
        self.version = 0
        self.stale = False  # whether a source has changed since the last build
        self.ready = site.is_dir()
        self.changed = threading.Condition()
        self._rendered: dict[str, tuple[int, str]] = {}

    def address(self, path: str) -> str | None:
        """The address of the page that a URL's path names, where the site has such a source."""
        address = unquote(path).lstrip("/")
        if address and not address.endswith("/"):
            return None
        place = DOCS / address
        sources = (place / "index.md", DOCS / f"{address.rstrip('/')}.md")
        return address if any(source.is_file() for source in sources) else None

    def page(self, address: str) -> tuple[HTTPStatus, str]:
        """A page as its sources make it now, or what is wrong with them."""
        known = self._rendered.get(address)
        if known and known[0] == self.version:
            return HTTPStatus.OK, known[1]
        version = self.version
        try:
            html = self.renderer.html(address)
        except RenderError as error:
            print(f"[serve] /{address}: {error}", flush=True)
            return HTTPStatus.INTERNAL_SERVER_ERROR, error_page(str(error))
        self._rendered[address] = (version, html)
        return HTTPStatus.OK, html

    def find(self, path: str) -> Path | None:
        """A file of docs/assets as it stands, or of the quick bundle, else of the last build.

        The pages of the last build keep its own.
        """
        if self.stale and path.startswith("/assets/"):
            for place in (DOCS, QUICK.parents[1]):
                source = (place / unquote(path).lstrip("/")).resolve()
                if source.is_relative_to(place / "assets") and source.is_file():
                    return source
        return super().find(path)

    def tell(self) -> None:
        """Have open browsers reload."""
        with self.changed:
            self.version += 1
            self.changed.notify_all()


class DevHandler(Handler):
    """Pages from their sources, a stream of changes, and all else from the last build."""

    server: DevSite

    def answer(self, *, body: bool) -> None:
        path = urlsplit(self.path).path
        if path == CHANGES:
            self.stream()
        elif path == SCRIPT:
            self.text(HTTPStatus.OK, "text/javascript", RELOAD, body=body)
        elif not self.server.ready:
            self.html(HTTPStatus.OK, error_page("The first build is being made."), body=body)
        elif (address := self.server.address(path)) is not None:
            if self.server.stale:
                self.html(*self.server.page(address), body=body)
            elif file := self.server.find(path):
                self.html(HTTPStatus.OK, file.read_text("utf-8"), body=body)
            else:
                super().answer(body=body)
        else:
            super().answer(body=body)

    def html(self, status: HTTPStatus, html: str, *, body: bool) -> None:
        """A page with the script that reloads it."""
        before, end, after = html.rpartition("</body>")
        self.text(status, "text/html", before + TAG + end + after, body=body)

    def text(self, status: HTTPStatus, kind: str, text: str, *, body: bool) -> None:
        """A short answer that no browser keeps."""
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if body:
            self.wfile.write(content)

    def stream(self) -> None:
        """The version of the site, once at the start and after each change, until they leave."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        site, sent = self.server, -1
        while True:
            with site.changed:
                if site.version == sent:
                    site.changed.wait(PULSE)
                changed, sent = site.version != sent, site.version
            self.wfile.write(f"data: {sent}\n\n".encode() if changed else b": still here\n\n")
            self.wfile.flush()


class _Wake(FileSystemEventHandler):
    def __init__(self, saved: threading.Event) -> None:
        self.saved = saved

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in {"opened", "closed_no_write"}:
            self.saved.set()


def bundle() -> None:
    """Make what live calculators run, without the memory image, and say what went wrong."""
    command = [sys.executable, "-m", "tools.site.bundle", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"[serve] live calculators stay as they were:\n{done.stderr}", flush=True)


def refresh(server: DevSite, changed: Iterable[Path]) -> None:
    """Do what a save of these files asks for, then have browsers reload."""
    changed = list(changed)
    for path in changed[:3]:
        print(f"[serve] changed: {path.relative_to(ROOT)}", flush=True)
    server.stale = True
    asked_for = all(is_static(path) or (is_prose(path) and path.exists()) for path in changed)
    if not asked_for:
        # Every page rests on what has changed, and so may the calculators in the browser.
        with ThreadPoolExecutor(1) as beside:
            if not all(is_prose(path) for path in changed):
                beside.submit(bundle)
            server.renderer.begin()
    server.tell()


def watch(server: DevSite, seen: dict[Path, int]) -> None:
    """Wait for saves and act on them, until interrupted."""
    saved = threading.Event()
    observer = Observer()
    for name in SOURCES:
        path = ROOT / name
        if path.is_dir():
            observer.schedule(_Wake(saved), str(path), recursive=True)
    observer.schedule(_Wake(saved), str(ROOT))
    observer.start()
    saved.set()  # something may have been saved before anybody watched
    while True:
        saved.wait()
        saved.clear()
        while saved.wait(QUIET):  # until the save is over
            saved.clear()
        now = stamps()
        changed = sorted(path for path in now.keys() | seen if now.get(path) != seen.get(path))
        seen = now
        if changed:
            refresh(server, changed)


def first_build(site: Path) -> bool:
    """Build in a process of its own, which tells what is wrong; whether it succeeded."""
    command = [sys.executable, "-m", "tools.site.build", str(site)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def is_current(site: Path) -> bool:
    """Whether the last build is made from the sources as they stand."""
    stamp = BUILD / f"site-{site.name}.json"
    if not stamp.exists():
        return False
    made = json.loads(stamp.read_text("utf-8"))
    return bool(made["sources"] == digest() and made["site"] == str(site))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=ROOT / "site")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    site: Path = given.site.resolve()
    try:
        server = DevSite(site, given.port, given.host)
    except OSError as error:
        print(f"Port {given.port} is not free ({error.strerror}); another: make serve PORT=8001")
        return 1
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"[serve] {server.url}  (Ctrl-C ends it)", flush=True)
    try:
        seen = stamps()
        if not server.ready:
            if not first_build(site):
                return 1
            server.ready = True
        stale = not is_current(site)
        server.renderer.begin()
        if stale:
            print("[serve] sources have changed since the last build", flush=True)
            server.stale = True
            server.tell()
        watch(server, seen)
    except KeyboardInterrupt:
        print()
    finally:
        server.shutdown()
        server.renderer.end()
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
