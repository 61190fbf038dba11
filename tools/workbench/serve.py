"""Serve the built site as a static host would: `python -m tools.workbench.serve`.

For the browser tests, the benchmark and a last look; `make serve` is `tools.workbench.dev`. Right
types, Brotli or gzip as the browser asks, files named by their content hash kept for ever and all
others checked again, 404.html for what is not there.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import brotli

from tools.paths import ROOT
from tools.site.finish import UNPUBLISHED

Encoding = Literal["br", "gzip", "identity"]

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
COMPRESSED = {".bin", ".gz", ".png", ".whl", ".woff2", ".zip"}
NAMED_BY_CONTENT = re.compile(r"\.[0-9a-f]{8,}[./]")
FOR_EVER = "public, max-age=31536000, immutable"


class Site(ThreadingHTTPServer):
    """A directory served over HTTP on the loopback interface.

    `quality` is Brotli's, 0 to 11: 5 is quick enough to compress on the fly, 11 is what hosts
    that compress beforehand send, and takes seconds a megabyte.
    """

    daemon_threads = True

    def __init__(self, root: Path, port: int = 0, host: str = "127.0.0.1", quality: int = 5):
        self.root = root.resolve()
        self.quality = quality
        self._encoded: dict[tuple[Path, int, int, Encoding], bytes] = {}
        self._encoding = threading.Lock()
        super().__init__((host, port), Handler)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader who leaves in the middle of a file is no error; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def find(self, path: str) -> Path | None:
        """The file that a URL's path names, if it is inside the site."""
        try:
            file = (self.root / unquote(path).lstrip("/")).resolve()
            if not file.is_relative_to(self.root):
                return None
            if file.is_dir() and path.endswith("/"):
                file /= "index.html"
            return file if file.is_file() else None
        except (OSError, ValueError):  # no file could have that name
            return None

    def plain(self, file: Path) -> bytes:
        """The file's bytes; in the site map, the address at which it is served here."""
        content = file.read_bytes()
        # The theme follows links within the page only if the site map lists them, port and all.
        if file.name == "sitemap.xml":
            content = content.replace(UNPUBLISHED.encode(), self.url.encode())
        return content

    def body(self, file: Path, encoding: Encoding) -> bytes:
        """The file's bytes in that encoding, compressed once while the file stays the same."""
        if encoding == "identity":
            return self.plain(file)
        status = file.stat()
        key = (file, status.st_mtime_ns, status.st_size, encoding)
        # One at a time: two requests for the same large file must not compress it twice.
        with self._encoding:
            if key not in self._encoded:
                plain = self.plain(file)
                self._encoded[key] = (
                    brotli.compress(plain, quality=self.quality)
                    if encoding == "br"
                    else gzip.compress(plain, 6, mtime=0)
                )
            return self._encoded[key]


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the site's directory."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: Site

    def do_GET(self) -> None:
        self.answer(body=True)

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def answer(self, *, body: bool) -> None:
        path = urlsplit(self.path).path
        file = self.server.find(path)
        status = HTTPStatus.OK
        if file is None and not path.endswith("/") and self.server.find(path + "/"):
            self.redirect(path + "/")
            return
        if file is None:
            file = self.server.find("/404.html")
            status = HTTPStatus.NOT_FOUND
        if file is None:
            self.note(HTTPStatus.NOT_FOUND, f"No such page: {path}\n", body=body)
            return
        encoding = self.encoding(file)
        stat = file.stat()
        tag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}-{encoding}"'
        lasting = "assets/live/" in path and NAMED_BY_CONTENT.search(path)
        if status == HTTPStatus.OK and self.headers.get("If-None-Match") == tag:
            status, content = HTTPStatus.NOT_MODIFIED, b""
        else:
            content = self.server.body(file, encoding)
        self.send_response(status)
        self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(content)))
        if encoding != "identity":
            self.send_header("Content-Encoding", encoding)
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", FOR_EVER if lasting else "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if body:
            self.wfile.write(content)

    def encoding(self, file: Path) -> Encoding:
        if file.suffix in COMPRESSED:
            return "identity"
        accepted = self.headers.get("Accept-Encoding", "")
        if re.search(r"\bbr\b(?!;q=0(?:\.0*)?(?:,|$))", accepted):
            return "br"
        if re.search(r"\bgzip\b(?!;q=0(?:\.0*)?(?:,|$))", accepted):
            return "gzip"
        return "identity"

    def redirect(self, path: str) -> None:
        query = urlsplit(self.path).query
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        # One slash: a path that begins with two would name another host.
        self.send_header("Location", "/" + path.lstrip("/") + (f"?{query}" if query else ""))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def note(self, status: HTTPStatus, text: str, *, body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        if body:
            self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal is for the builds."""


@contextmanager
def served(root: Path, quality: int = 5) -> Iterator[str]:
    """The address at which the directory is served while the block runs."""
    with Site(root, quality=quality) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield site.url
        finally:
            site.shutdown()
            thread.join()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=ROOT / "site")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    site: Path = given.site.resolve()
    if not site.is_dir():
        print(f"{given.site} is not there yet; build it first: make build")
        return 1
    try:
        server = Site(site, given.port, given.host)
    except OSError as error:
        print(f"Port {given.port} is not free ({error.strerror}); another: make serve PORT=8001")
        return 1
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"[serve] {server.url}  (Ctrl-C ends it)", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
    finally:
        server.shutdown()
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
