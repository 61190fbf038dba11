"""The search: what of a page can be searched, and how the worker answers the theme."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tools.site import search
from tools.site.assets import FILES, PACKAGES
from tools.site.tree import Page, pages
from views import tables

WORKER = ROOT / "docs" / "assets" / "search.js"
LIBRARY = PACKAGES / FILES["search/minisearch.js"]
SETTINGS = {"separator": r"[\s\-,:;!?=()/]+"}

# Asks the worker as the theme does, and prints what it answers, and what it loads before the first
# question.
ASK = """
const fs = require("fs");
const vm = require("vm");
const [worker, library, sections, settings, questions] = process.argv.slice(2);
const loaded = [];
const answers = [];
const waiting = [];
let hear;
Object.assign(globalThis, {
  location: new URL("https://guide.example/deep/assets/search.js"),
  addEventListener: (_, listener) => (hear = listener),
  postMessage: (answer) => (answers.push(answer), waiting.shift()()),
  importScripts: (path) => (loaded.push(path), vm.runInThisContext(fs.readFileSync(library))),
  fetch: async (url) => {
    loaded.push(url.pathname);
    return { ok: true, json: async () => JSON.parse(fs.readFileSync(sections)) };
  },
});
vm.runInThisContext(fs.readFileSync(worker, "utf-8"));
const tell = (data) => new Promise((done) => (waiting.push(done), hear({ data })));
(async () => {
  await tell({ type: 0, data: { config: JSON.parse(settings), docs: [], options: {} } });
  await tell({ type: 2, data: "" });
  const early = loaded.length;
  for (const question of JSON.parse(questions)) await tell({ type: 2, data: question });
  console.log(JSON.stringify({ early, loaded, answers }));
})();
"""

PAGE = """<!doctype html><html><head><meta name="description" content="D"></head><body><article>
<h1 id="top">What <abbr title="x">fits</abbr>?<a class="headerlink" href="#top">#</a></h1>
<p>First <em>line</em>,<br>second<code>.</code></p><p>Third.</p><button>Press</button>
<h2 id="prices">Prices</h2><div><table><tr><td>gpt-4o</td><td>2.50</td></tr></table></div>
<p data-search-exclude>Not this</p><p hidden>Nor this</p><svg><text>Nor this</text></svg>
<math alttext="a"><mi>b</mi></math><h3>A heading without an id</h3>
<details class="cite-this"><p>Cite.</p></details></article></body></html>"""


def asked(folder: Path, sections: list[search.Section], *questions: str) -> dict[str, Any]:
    """What the worker answers to each question about these sections."""
    ask, listed = folder / "ask.cjs", folder / "sections.json"
    ask.write_text(ASK, "utf-8")
    listed.write_text(json.dumps(sections), "utf-8")
    given = [ask, WORKER, LIBRARY, listed, json.dumps(SETTINGS), json.dumps(questions)]
    command = [shutil.which("node") or "node", *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    assert [one["type"] for one in told["answers"]] == [1, 3, *(3 for _ in questions)]
    told["found"] = [one["data"]["items"] for one in told["answers"][2:]]
    return told


def places(found: list[list[dict[str, Any]]]) -> list[list[str]]:
    return [[item["location"] for item in group] for group in found]


def test_a_page_is_searched_by_section() -> None:
    page = Page.of("a/", PAGE)
    assert page
    assert list(search.sections(page)) == [
        ("a/", "What fits?", "First line, second. Third."),
        ("a/#prices", "Prices", "gpt-4o 2.50 A heading without an id"),
    ]


def test_the_theme_gets_its_settings_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "search").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    index = tmp_path / search.THEMES_INDEX
    index.write_text(json.dumps({"config": SETTINGS, "docs": [{"location": "a/"}]}))
    for _ in range(2):
        search.write(tmp_path, pages(tmp_path))
        assert json.loads(index.read_text()) == {"config": SETTINGS, "docs": []}
        listed = json.loads((tmp_path / search.SECTIONS).read_text())
        assert [one[0] for one in listed] == ["", "#prices"]


def test_a_site_with_another_search_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE)
    search.write(tmp_path, pages(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


# Words with digits, which the theme's own index merges (olivernn/lunr.js#503).
WORDS = [f"a{x}{y}" for x in "cdefghij" for y in range(1, 10)] + [
    f"c{x}{y}1{x * (i % 3 + 1)}{y}" for i, x in enumerate("abcdefghij") for y in "klmnopqrst"
]


def test_every_word_with_digits_is_found_first(tmp_path: Path) -> None:
    sections = [(f"{word}/", word, word) for word in WORDS]
    told = asked(tmp_path, sections, *WORDS)
    for word, found in zip(WORDS, told["found"], strict=True):
        assert places(found)[0] == [f"{word}/"]


def test_library_and_sections_are_loaded_when_a_reader_types(tmp_path: Path) -> None:
    told = asked(tmp_path, [("a/", "A", "b")], "a", "b")
    assert told["early"] == 0
    assert told["loaded"] == ["live/search/minisearch.js", "/deep/search/sections.json"]


SECTIONS: list[search.Section] = [
    ("cost/", "What does it cost?", "An answer with prices, <b> & all. " + "Filler words. " * 60),
    ("cost/#hour", "An H100 hour", "It costs $2.50 an hour. " + "Other words. " * 60 + "At 3.1."),
    ("other/", "Something else", "An hour of work."),
    ("third/", "Embeddings", "Vectors of text."),
]


def test_the_best_section_leads_and_its_page_is_there(tmp_path: Path) -> None:
    (found,) = asked(tmp_path, SECTIONS, "H100 hours")["found"]
    assert places(found) == [["cost/#hour", "cost/"], ["other/"]]
    best, page = found[0]
    assert best["title"] == "An <mark>H100</mark> <mark>hour</mark>"
    assert best["terms"] == {"h100": True, "hours": True}
    assert best["score"] > found[1][0]["score"] > page["score"] == 0
    assert page["terms"] == {}
    assert found[1][0]["terms"]["h100"] is False


@pytest.mark.parametrize("question", ["embedding", "Embedings", "embed", "VECTORS?"])
def test_near_words_are_found(tmp_path: Path, question: str) -> None:
    (found,) = asked(tmp_path, SECTIONS, question)["found"]
    assert places(found)[0] == ["third/"]


@pytest.mark.parametrize("question", ["$2.50", "2.50", "3.1"])
def test_figures_are_words(tmp_path: Path, question: str) -> None:
    (found,) = asked(tmp_path, SECTIONS, question)["found"]
    assert places(found)[0] == ["cost/#hour", "cost/"]
    assert f"<mark>{question.removeprefix('$')}</mark>" in found[0][0]["text"]


def test_the_teaser_is_where_the_words_are_and_is_text(tmp_path: Path) -> None:
    first, second = asked(tmp_path, SECTIONS, "prices", "3.1")["found"]
    assert first[0][0]["text"].startswith(
        "An answer with <mark>prices</mark>, &lt;b&gt; &amp; all. Filler"
    )
    assert first[0][0]["text"].endswith(" …")
    assert second[0][0]["text"].startswith("… ")
    assert second[0][0]["text"].endswith("At <mark>3.1</mark>.")
    assert all(len(re.sub("<[^>]+>", "", g[0]["text"])) < 300 for g in (*first, *second))


def test_what_is_typed_is_completed(tmp_path: Path) -> None:
    told = asked(tmp_path, SECTIONS, "what does embed", "zzz")
    assert told["answers"][2]["data"]["suggest"] == ["embeddings"]
    assert told["answers"][3]["data"] == {"items": [], "suggest": []}


def test_what_stands_in_two_cells_is_two_words() -> None:
    """Without a space between them a search takes the texts of neighbours for one word."""
    table = (
        "<table><caption>a</caption><thead><tr><th>b</th><th>c<small>d</small></th></tr></thead>"
        "<tbody><tr><th>e</th><td>f</td></tr><tr><td>g</td></tr></tbody></table>"
    )
    assert re.sub("<[^>]+>", "", tables.scrolled("Label", table)).split() == list("abcdefg")
