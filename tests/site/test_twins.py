"""What machines read beside the pages: twins in Markdown, llms.txt, and the inventory."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from calculators import CALCULATORS
from calculators.kernel.book import Book
from tests.conftest import ROOT
from tools.site import twins
from tools.site.tree import Page, pages, parse
from views.glossary import entries

ARTICLE = """
<h1 id="how">How is it <abbr title="x">done</abbr>?<a class="headerlink" href="#how">#</a></h1>
<p>One line
of <strong>two</strong>, <a href="../b/">a link</a>, <code>top_k</code> and <em>five * six</em>.</p>
<h2 id="first">First</h2>
<ol><li><strong>Cut</strong> it<ul><li>small</li></ul></li><li>Keep it</li></ol>
<div class="scroll"><table class="options"><thead><tr><th>Option</th>
<th class="number">USD</th><th>Bar</th></tr></thead><tbody>
<tr><th>Hybrid<small>cheapest</small></th><td class="number">1</td><td><svg></svg></td></tr>
<tr><th>None</th><td colspan="2">No | such</td></tr></tbody></table></div>
<p><math alttext="\\frac{a}{b}"><mi>a</mi></math></p>
<div class="formula"><math alttext="a = b" display="block"><mi>a</mi></math></div>
<pre><code class="language-sh"><span>make</span> *all*
</code></pre>
<dl class="glossary"><div id="kv"><dt><a href="#kv">KV</a></dt><dd>A cache.</dd></div></dl>
<form><label>Not this</label></form><p hidden>Nor this</p>
<details><summary>More</summary>Loose &lt;text&gt;</details>
"""
TWIN = r"""# How is it done?

> Said.

One line of **two**, [a link](../b/), `top_k` and five \* six.

## First {#first}

1. **Cut** it
2. small
3. Keep it

| Option | USD |
| --- | --- |
| Hybrid (cheapest) | 1 |
| None | No \| such |

$\frac{a}{b}$

$$a = b$$

```sh
make *all*
```

* **KV**: A cache.

**More**

Loose \<text\>
"""


def page(address: str, title: str, description: str, article: str = "") -> Page:
    found = parse(f"<article>{article}</article>").css_first("article", strict=True)
    assert found
    return Page(address, title, description, found)


def test_a_page_reads_the_same_in_markdown() -> None:
    assert twins.twin(page("a/", "How is it done?", "Said.", ARTICLE)) == TWIN


def test_a_list_of_pages_follows_the_navigation() -> None:
    found = [
        page("", "Home", "About it."),
        page("cost/", "What does it cost?", "Prices."),
        page("vendors/acme/", "Acme", ""),
    ]
    nav = [{"Home": "index.md"}, {"Cost": [{"All": "cost/index.md"}, "gone.md"]}]
    told = twins.llms(found, nav, "About it.", "https://guide.example/")
    assert told.startswith("# Crossover\n\n> About it.\n")
    assert (
        "## Cost\n\n- [What does it cost?](https://guide.example/cost/index.md): Prices.\n" in told
    )
    assert told.endswith("## Optional\n\n- [Acme](https://guide.example/vendors/acme/index.md)\n")


def names(inventory: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Name, role, address and title, as Sphinx reads an inventory of version 2."""
    *head, body = inventory.split(b"\n", 4)
    assert head[0] == b"# Sphinx inventory version 2"
    assert head[1].startswith(b"# Project: ")
    assert head[2].startswith(b"# Version: ")
    assert b"zlib" in head[3]
    for line in zlib.decompress(body).decode().splitlines():
        found = re.fullmatch(r"(.+?)\s+(\S+)\s+(-?\d+)\s+?(\S*)\s+(.*)", line)
        assert found, line
        name, role, priority, uri, shown = found.groups()
        assert priority == "1"
        assert role in {"std:doc", "std:label", "std:term"}
        yield name, role, uri, name if shown == "-" else shown


def test_the_inventory_names_what_can_be_linked() -> None:
    found = [page("reference/glossary/", "What does it mean?", "", ARTICLE)]
    assert set(names(twins.inventory(found, date(2026, 11, 22)))) == {
        ("reference/glossary", "std:doc", "reference/glossary/", "What does it mean?"),
        ("reference/glossary#first", "std:label", "reference/glossary/#first", "First"),
        ("KV", "std:term", "reference/glossary/#kv", "KV"),
    }


# The built site


@pytest.fixture(scope="module")
def built(built_site: Path) -> dict[str, Page]:
    return {page.address: page for page in pages(built_site)}


def test_every_page_has_a_twin_without_html(built_site: Path, built: dict[str, Page]) -> None:
    assert len(built) > 20
    for address, page in built.items():
        text = (built_site / address / "index.md").read_text("utf-8")
        assert text.startswith("# "), address
        prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.DOTALL | re.MULTILINE)
        tag = re.search(r"(?<!\\)</?[a-z][^>]*>", re.sub(r"<https://[^>]*>", "", prose))
        assert not tag, f"{address}: {tag[0]}"
        for heading in page.headings():
            assert f" {{#{heading.id}}}\n" in text, f"{address}: no section {heading.id}"


def test_the_twin_of_a_calculator_has_its_answer(built_site: Path) -> None:
    text = (built_site / "calculators" / "approach-cost" / "index.md").read_text("utf-8")
    assert "| Retrieval (cheapest) | $" in text
    assert re.search(r"\[The link that gives this answer again\]\(\?on=[0-9-]+\)", text)
    assert r"$$C = R" in text


def test_the_list_of_pages_leads_to_all_of_them(built_site: Path, built: dict[str, Page]) -> None:
    linked = re.findall(
        r"^- \[.*\]\((?:https?://[^/]*/)?(.*)index\.md\)",
        (built_site / "llms.txt").read_text("utf-8"),
        re.MULTILINE,
    )
    assert sorted(linked) == sorted(built)


def test_the_inventory_of_the_site_leads_to_what_is_there(
    built_site: Path, built: dict[str, Page], book: Book
) -> None:
    found = list(names((built_site / "objects.inv").read_bytes()))
    ids = {at: {node.id for node in page.article.css("[id]")} for at, page in built.items()}
    for name, _, uri, _ in found:
        address, _, part = uri.partition("#")
        assert address in built, name
        assert not part or part in ids[address], name
    by_role = {role: {name for name, one, _, _ in found if one == role} for _, role, _, _ in found}
    assert by_role["std:label"] >= set(CALCULATORS) | set(book.offers)
    terms = entries((ROOT / "includes" / "glossary.md").read_text("utf-8"))
    assert by_role["std:term"] == {entry.term for entry in terms}
    assert len({(name, role) for name, role, _, _ in found}) == len(found)


def test_the_navigation_is_read_as_it_stands() -> None:
    settings = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
    listed = [one for _, sources in twins._parts(settings["nav"]) for one in sources]
    assert len(listed) == len(set(listed))
    assert "calculators/approach-cost" in listed


def test_the_examples_of_the_page_about_links_are_there(built_site: Path) -> None:
    text = (ROOT / "docs" / "reference" / "linking.md").read_text("utf-8")
    roles = {"doc": "std:doc", "ref": "std:label", "term": "std:term"}
    found = {(name, role) for name, role, _, _ in names((built_site / "objects.inv").read_bytes())}
    known = {name for name, _ in found}
    used = re.findall(r"^:external\+crossover:(\w+):`(?:.* <)?(.*?)>?`$", text, re.MULTILINE)
    assert len(used) == 3
    assert {(name, roles[role]) for role, name in used} <= found
    table = text.partition("| Name | What")[2].partition("In Sphinx")[0]
    listed = re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)
    assert len(listed) == 6
    assert set(listed) <= known
    assert set(re.findall(r"\[the [^]]*\]\[(.*?)\]", text)) <= known
    for address in re.findall(
        r"https://guide\.example/((?:cards/|llms|[a-z/-]*index\.md)[\w./-]*)", text
    ):
        assert (built_site / address).is_file(), address
