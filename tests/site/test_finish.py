"""What `tools/site/finish.py` makes of pages: one stylesheet, and one content security policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
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


def test_each_page_of_the_built_site_waits_for_one_stylesheet(built_site: Path) -> None:
    pages = {path: path.read_text("utf-8") for path in built_site.rglob("*.html")}
    many = [
        str(path.relative_to(ROOT))
        for path, text in pages.items()
        if len(re.findall(r"<link\b[^>]*\bstylesheet\b", text)) > 1
    ]
    assert pages
    assert many == []


def test_the_built_site_allows_no_eval(built_site: Path) -> None:
    text = (built_site / "index.html").read_text("utf-8")
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert found, "make build"
    rules = directives(found[1])
    assert "'unsafe-eval'" not in found[1]
    assert "'unsafe-inline'" not in rules["script-src"] + rules["style-src"]
    assert rules["default-src"] == rules["connect-src"] == rules["worker-src"] == ["'self'"]
    assert "://" not in found[1]


def sheets(*names: str) -> str:
    return "".join(f'<link rel="stylesheet" href="../assets/{name}.css">' for name in names)


def styled(site: Path, **texts: str) -> None:
    (site / "assets").mkdir()
    for name, text in texts.items():
        (site / "assets" / f"{name}.css").write_text(text)


def test_a_page_waits_for_one_stylesheet(tmp_path: Path) -> None:
    styled(tmp_path, theme="a{b:c}\n/*# sourceMappingURL=theme.map */", ours='d{e:url("f.woff2")}')
    for name in ("a", "b"):
        (tmp_path / f"{name}.html").write_text(page(sheets("theme", "ours")))
    (tmp_path / "moved.html").write_text(page())
    finish(tmp_path)
    for name in ("a", "b"):
        text = (tmp_path / f"{name}.html").read_text()
        assert re.findall("<link[^>]*>", text) == [sheets("ours")]
    joined = tmp_path / "assets" / "ours.css"
    assert joined.read_text() == 'a{b:c}\n\nd{e:url("f.woff2")}'
    finish(tmp_path)
    assert joined.read_text().count("a{b:c}") == 1


def test_pages_with_different_stylesheets_are_refused(tmp_path: Path) -> None:
    styled(tmp_path, theme="", ours="", other="")
    (tmp_path / "a.html").write_text(page(sheets("theme", "ours")))
    (tmp_path / "b.html").write_text(page(sheets("other", "ours")))
    with pytest.raises(FinishError, match="different stylesheets"):
        finish(tmp_path)


@pytest.mark.parametrize("text", ["a{b:url(c.png)}", 'a{b:url("../c.png")}', '@import "c.css";'])
def test_a_stylesheet_that_cannot_stand_elsewhere_is_refused(tmp_path: Path, text: str) -> None:
    styled(tmp_path, theme=text, ours="")
    (tmp_path / "a.html").write_text(page(sheets("theme", "ours")))
    with pytest.raises(FinishError, match="would mean something else"):
        finish(tmp_path)
