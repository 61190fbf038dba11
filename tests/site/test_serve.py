"""The server answers as a static host would."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest

from tests.conftest import PATIENCE
from tools.workbench.serve import served

TEXT = "Retrieval or fine-tuning? " * 100


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[http.client.HTTPConnection]:
    site = tmp_path / "site"
    live = site / "assets" / "live"
    live.mkdir(parents=True)
    (site / "page").mkdir()
    (site / "index.html").write_text(TEXT)
    (site / "page" / "index.html").write_text("page")
    (site / "404.html").write_text("lost")
    (site / "sitemap.xml").write_text("<loc>http://localhost/page/</loc>")
    (live / "python.0123456789ab.wasm").write_bytes(b"\0asm" * 100)
    (live / "of.0123456789ab").mkdir()
    (live / "of.0123456789ab" / "a.wasm").write_bytes(b"\0asm")
    (live / "manifest.json").write_text("{}")
    (tmp_path / "secret").write_text("secret")
    with served(site) as url:
        made = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        yield made
        made.close()


def get(
    connection: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"Accept-Encoding": "identity"} | given)
    response = connection.getresponse()
    return response, response.read()


def test_pages_and_types(connection: http.client.HTTPConnection) -> None:
    response, body = get(connection, "/?requests=5M")
    assert (response.status, body.decode()) == (200, TEXT)
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    response, _ = get(connection, "/assets/live/python.0123456789ab.wasm")
    assert response.headers["Content-Type"] == "application/wasm"


def test_a_folder_without_its_slash_is_redirected(connection: http.client.HTTPConnection) -> None:
    response, _ = get(connection, "/page?on=2026-11-22")
    assert response.status == 301
    assert response.headers["Location"] == "/page/?on=2026-11-22"


def test_compression_is_negotiated(connection: http.client.HTTPConnection) -> None:
    response, body = get(connection, "/", Accept_Encoding="gzip, deflate, br")
    assert response.headers["Content-Encoding"] == "br"
    assert brotli.decompress(body).decode() == TEXT
    response, body = get(connection, "/", Accept_Encoding="gzip, br;q=0")
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body).decode() == TEXT
    response, body = get(connection, "/")
    assert response.headers["Content-Encoding"] is None
    assert response.headers["Vary"] == "Accept-Encoding"


def test_only_files_named_by_content_are_kept_for_ever(
    connection: http.client.HTTPConnection,
) -> None:
    for path in ("/assets/live/python.0123456789ab.wasm", "/assets/live/of.0123456789ab/a.wasm"):
        response, _ = get(connection, path)
        assert "immutable" in response.headers["Cache-Control"]
    for path in ("/", "/assets/live/manifest.json"):
        response, _ = get(connection, path)
        assert response.headers["Cache-Control"] == "no-cache"


def test_what_has_not_changed_is_not_sent_again(connection: http.client.HTTPConnection) -> None:
    response, _ = get(connection, "/")
    again, body = get(connection, "/", If_None_Match=response.headers["ETag"])
    assert (again.status, body) == (304, b"")


def test_a_missing_page_is_the_sites_own(connection: http.client.HTTPConnection) -> None:
    response, body = get(connection, "/no/such/")
    assert (response.status, body) == (404, b"lost")


@pytest.mark.parametrize(
    "path",
    ["/../secret", "/%2e%2e/secret", "/page/..%2f..%2fsecret", "/%00", "/" + "a" * 5000],
    ids=range(5),
)
def test_nothing_outside_the_site_is_served(
    connection: http.client.HTTPConnection, path: str
) -> None:
    response, body = get(connection, path)
    assert (response.status, body) == (404, b"lost")


def test_head_has_no_body(connection: http.client.HTTPConnection) -> None:
    response, body = get(connection, "/", method="HEAD")
    assert (response.status, body) == (200, b"")
    assert response.headers["Content-Length"] == str(len(TEXT))


def test_the_site_map_names_this_server(connection: http.client.HTTPConnection) -> None:
    _, body = get(connection, "/sitemap.xml")
    assert body.decode() == f"<loc>http://{connection.host}:{connection.port}/page/</loc>"
