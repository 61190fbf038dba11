"""What `tools/site/finish.py` makes of pages: one content security policy for all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.site.finish import FinishError, finish

# Echoed by `printf 'alert(1)' | openssl dgst -sha256 -binary | base64`.
ALERT = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"


def page(head: str = "", body: str = "") -> str:
    return (
        f'<!doctype html><html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    )


def directives(policy: str) -> dict[str, list[str]]:
    return {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}


def test_inline_scripts_are_named_by_hash(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(body="<script>alert(1)</script>"))
    rules = directives(finish(tmp_path))
    assert rules["script-src"] == ["'self'", "'wasm-unsafe-eval'", ALERT]
    assert rules["style-src"] == ["'self'"]


def test_inline_styles_are_named_by_hash(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(head="<style>alert(1)</style>"))
    assert directives(finish(tmp_path))["style-src"] == ["'self'", ALERT]


def test_data_in_script_tags_needs_no_permission(tmp_path: Path) -> None:
    data = '<script type="application/json">{"a": 1}</script><script src="a.js"></script>'
    (tmp_path / "a.html").write_text(page(body=data))
    assert directives(finish(tmp_path))["script-src"] == ["'self'", "'wasm-unsafe-eval'"]


def test_every_page_has_the_same_policy_first(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(body="<script>alert(1)</script>"))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "index.html").write_text(page('<link rel="stylesheet" href="a.css">'))
    policy = finish(tmp_path)
    for written in tmp_path.rglob("*.html"):
        head = '<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"'
        assert f'{head} content="{policy}">' in written.read_text()


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(page(body="<script>alert(1)</script>"))
    finish(tmp_path)
    once = file.read_bytes()
    finish(tmp_path)
    assert file.read_bytes() == once


def test_what_the_theme_leaves_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    canonical = '<link rel="canonical" href="{}">'
    kept = canonical.format("https://guide.example/a/")
    left = '<link href="https://fonts.example" rel="preconnect" crossorigin>'
    file.write_text(page(left + canonical.format("http://localhost/a/") + kept))
    finish(tmp_path)
    written = file.read_text()
    assert "fonts.example" not in written
    assert "localhost" not in written
    assert kept in written


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="#" onclick="x()">x</a>', r'a\.html: <a onclick="x\(\)"> is a script'),
        ('<a href="javascript:x()">x</a>', r'a\.html: <a href="javascript:x\(\)"> is a script'),
        ('<script src="https://cdn.example/x.js"></script>', r"loads https://cdn\.example/x\.js"),
        ('<img src="//img.example/x.png">', r"<img> loads //img\.example/x\.png"),
        ('<link rel="stylesheet" href="http://a.example/x.css">', r"<link> loads http://a"),
    ],
)
def test_what_the_policy_would_block_stops_the_build(tmp_path: Path, body: str, fault: str) -> None:
    (tmp_path / "a.html").write_text(page(body=body))
    with pytest.raises(FinishError, match=fault):
        finish(tmp_path)


def test_links_to_other_sites_are_links(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(body='<a href="https://example.com/">source</a>'))
    finish(tmp_path)


def test_an_empty_site_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FinishError, match="make build"):
        finish(tmp_path)


def test_the_built_site_allows_no_eval(built_site: Path) -> None:
    text = (built_site / "index.html").read_text("utf-8")
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert found, "make build"
    rules = directives(found[1])
    assert "'unsafe-eval'" not in found[1]
    assert "'unsafe-inline'" not in rules["script-src"] + rules["style-src"]
    assert rules["default-src"] == rules["connect-src"] == rules["worker-src"] == ["'self'"]
    assert "://" not in found[1]
