"""The search: words with digits in them are told apart, and so are the cells of a table."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import material  # type: ignore[import-untyped]
import pytest

from tools.site import search
from views import tables

THEME = Path(material.__file__).parent / "templates"
# Asks the worker as the theme does: the index first, then a word; prints where it was found.
ASK = """
const [worker, index, ...words] = process.argv.slice(2);
const answers = [], hear = [];
globalThis.self = globalThis;
globalThis.addEventListener = (_, heard) => hear.push(heard);
globalThis.postMessage = (answer) => answers.push(answer);
require(worker);
(async () => {
  const tell = (data) => Promise.all(hear.map((heard) => heard({ data })));
  await tell({ type: 0, data: { ...JSON.parse(index), options: { suggest: true } } });
  const found = [];
  for (const word of words) {
    answers.length = 0;
    await tell({ type: 2, data: word }).catch(() => {});
    found.push((answers[0]?.data.items ?? []).flat().map((one) => one.location));
  }
  console.log(JSON.stringify(found));
})();
"""


def copied(to: Path) -> Path:
    """The theme's worker in a site of its own."""
    (source,) = THEME.glob(search.WORKERS)
    worker = to / source.relative_to(THEME)
    worker.parent.mkdir(parents=True)
    shutil.copy(source, worker)
    return worker


def asked(worker: Path, words: list[str]) -> list[list[str]]:
    """Where each word is found among pages that hold one of them each."""
    ask = worker.with_name("ask.cjs")
    ask.write_text(ASK, "utf-8")
    config = {
        "lang": ["en"],
        "separator": r"\s+",
        "pipeline": [],
        "fields": {"title": {}, "text": {}},
    }
    docs = [{"location": f"{word}/", "title": word, "text": word} for word in words]
    index = json.dumps({"config": config, "docs": docs})
    command = [shutil.which("node") or "node", str(ask), str(worker), index, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[list[str]] = json.loads(done.stdout)
    return found


# State 2 is the end of any word, and a state that 1 leads on to state 222 from is like one that
# both 1 and 2 lead to the end from: the first words make the latter, some of the others the former.
ENDS = [f"a{'cdefghij'[n - 2]}{digit}" for n in range(2, 10) for digit in (1, n)]
WORDS = ENDS + [
    f"c{x}{y}1{x * (i % 3 + 1)}{y}" for i, x in enumerate("abcdefghij") for y in "klmnopqrst"
]


def missed(worker: Path) -> list[str]:
    return [
        word
        for word, found in zip(WORDS, asked(worker, WORDS), strict=True)
        if found[:1] != [f"{word}/"]
    ]


def test_mended_it_finds_what_it_missed(tmp_path: Path) -> None:
    worker = copied(tmp_path)
    assert missed(worker), "the theme needs no mending any more: take out tools/site/search.py"
    search.mend(tmp_path)
    mended = worker.read_bytes()
    assert not missed(worker)
    search.mend(tmp_path)
    assert worker.read_bytes() == mended, "twice gives the same bytes"


def test_another_search_is_named(tmp_path: Path) -> None:
    with pytest.raises(search.SearchError, match=r"tools/site/build\.py"):
        search.mend(tmp_path)


def test_what_stands_in_two_cells_is_two_words() -> None:
    """Without a space between them a search takes the texts of neighbours for one word."""
    table = (
        "<table><caption>a</caption><thead><tr><th>b</th><th>c<small>d</small></th></tr></thead>"
        "<tbody><tr><th>e</th><td>f</td></tr><tr><td>g</td></tr></tbody></table>"
    )
    assert re.sub("<[^>]+>", "", tables.scrolled("Label", table)).split() == list("abcdefg")
