"""All that is wrong is said in one run, and what needs no decision is repaired."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.made_up import PRICES, STUDIES, project_of, records
from tests.unit.lint import test_data_rules, test_file_rules
from tools import fresh
from tools.book.schema import EVIDENCE_FIRST_LINE, FIRST_LINE
from tools.fresh import Generated
from tools.lint import book, evidence, form, measurements, pages, promises
from tools.lint.driver import RULES, complaints, relative, repair
from tools.lint.project import Project
from tools.lint.reading import data, strictly

# Shown what breaks them by a test of their own.
ALONE = {
    book.defaults_can_be_bought,
    book.there_is_enough_to_choose_from,
    evidence.words_of_the_evidence_are_used,
    form.files_keep_the_form,
    measurements.cases_are_told_apart,
    measurements.groups_agree_on_their_goal,
    pages.vendors_have_pages,
    promises.generated_files_are_fresh,
}


NEW_OFFER = """
  mistral/mistral-zz-9:
    name: Mistral Z
    kind: inference
    facts_source: SOURCE
    rates:
      2026-01-01:
        output: 3.00 USD/Mtok
        input: 1.00 USD/Mtok
        source: SOURCE
        confidence: vendor page
"""
BY_FIX = "make fix does it"
SCHEMA = "{} should be non-empty; correct it, or tools/book/schema.py"


def test_the_checkout_keeps_every_rule() -> None:
    lines = complaints(Project())
    assert not lines, "\n".join(lines)


def test_every_rule_is_shown_what_breaks_it() -> None:
    shown = {rule for rule, *_ in test_data_rules.EVERY}
    shown |= {rule for rule, *_ in test_file_rules.BREAKS}
    assert {rule.name for rule in shown | ALONE} == {rule.name for rule in RULES}


def test_every_rule_says_what_must_hold() -> None:
    assert not [rule.name for rule in RULES if not rule.check.__doc__]
    assert len({rule.name for rule in RULES}) == len(RULES)


def written(folder: Path, text: str, name: str = "offers/acme") -> Path:
    """A data file in that folder."""
    path = folder / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_one_run_names_every_fault(tmp_path: Path) -> None:
    """The parser stops at the first; the others are read with that part taken out."""
    text = PRICES
    for old, new in (
        ("        cached_input: 0.30 USD/Mtok\n", "        cached_inputs: 0.30 USD/Mtok\n"),
        ("        output: 15.00 USD/Mtok\n", "        output: 15.00 EUR/Mtok\n"),
        ("        confidence: two feeds agree\n", "        confidence: sure\n"),
        ("        event: notice\n", "        event: rumour\n"),
        ("    kind: rental\n", "    kind: rented\n"),
        ("        write: 2 USD/GB\n", "        write: two\n"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    written(tmp_path, text)
    written(tmp_path, STUDIES.replace("basis: verified", "basis: guessed"), "evidence/acme")
    written(tmp_path, "vendor: [", "stores/bad")
    read = data(tmp_path)
    shown = [fault.shown(read.lines) for fault in read.faults]
    for words in (
        "cached_inputs: is not a field of inference",
        "output: 'EUR' is not a unit",
        "confidence: 'sure' is not one of",
        "event: 'rumour' is not one of",
        "kind: 'rented' is not one of",
        "write: 'two' is not",
        "basis: 'guessed' is not one of",
    ):
        assert sum(words in line for line in shown) == 1, (words, shown)
    assert len(shown) == 8, "and the file that is no YAML"
    assert "data/offers/acme.yml:17: " not in " ".join(shown), "a block is not blamed for its price"
    assert "acme/large" not in read.sound["offers/acme"]["offers"]
    assert "acme/rank" in read.sound["offers/acme"]["offers"]
    # The base is at fault and waits; that is no fault of the model tuned from it.
    assert "acme/large-tuned" not in " ".join(shown)


def test_a_source_at_fault_is_named_and_what_names_it_is_not() -> None:
    sound, faults = strictly(records(PRICES.replace("    read: 2026-11-20\n", "    read: today\n")))
    (fault,) = faults
    assert fault.place == ("offers/acme", "sources", "page", "read")
    assert sound == {}, "its offers wait with it"


def test_what_only_several_files_show_is_named() -> None:
    twice = records(PRICES) | records(PRICES, "stores/acme")
    sound, faults = strictly(twice)
    assert {fault.message for fault in faults} == {"stands in another file too; keep one"}
    assert len(faults) == len(twice["offers/acme"]["offers"])
    alone = records(PRICES.replace("base: acme/large", "base: acme/huge"))
    (fault,) = strictly(alone)[1]
    assert fault.message == "'acme/huge' is not an inference offer in the book"
    assert "acme/large" in sound["offers/acme"]["offers"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the rules look at."""
    for name in ("data", "docs", "includes", "tests/validation", "tests/golden", "calculators"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("live", "*.pyc")
        )
    for name in ("mkdocs.yml", *(f"tests/{path.name}" for path in ROOT.glob("tests/*.*"))):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_newcomer_hears_all_at_once(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A price, a store, a vendor and a page, each with something forgotten."""
    monkeypatch.setattr(fresh, "GENERATED", ())
    assert complaints(Project(checkout)) == []
    path = checkout / "data" / "offers" / "mistral.yml"
    text = path.read_text("utf-8")
    source = text.split("sources:\n  ", 1)[1].split(":", 1)[0]
    path.write_text(text + NEW_OFFER.replace("SOURCE", source), "utf-8")
    written(
        checkout / "data", f"{FIRST_LINE}vendor: Acme\nsources: {{}}\noffers: {{}}\n", "stores/acme"
    )
    page = checkout / "docs" / "choose" / "new.md"
    page.write_text("# New\n\nIt costs $3.\n\n## Then\n", "utf-8")
    line = len(text.splitlines()) + 2
    offer = "offers › mistral/mistral-zz-9"
    block = f"{offer} › rates › 2026-01-01"
    assert complaints(Project(checkout)) == [
        f"data/offers/mistral.yml:{line}: {offer}: add context_window, with a facts_source",
        f"data/offers/mistral.yml:{line}: {offer}: add feeds, what independent price lists call it",
        f"data/offers/mistral.yml:{line + 7}: {block} › input: move it above output; {BY_FIX}",
        f"data/stores/acme.yml:3: sources: {SCHEMA}",
        f"data/stores/acme.yml:4: offers: {SCHEMA}",
        "docs/choose/new.md: add choose/new.md to the nav of mkdocs.yml",
        "docs/choose/new.md:1: say in its head when it was reviewed: reviewed: 2026-11-22",
        "docs/choose/new.md:3: write $3 as a macro, so that it moves with the data",
        "docs/choose/new.md:5: give '## Then' an id that never changes, such as { #then }",
    ]


def test_repairs_lose_nothing(tmp_path: Path) -> None:
    """Keys are put in order with their comments, thousands parted, the first line added."""
    mixed = PRICES.replace("        input: 3.00 USD/Mtok\n", "", 1).replace(
        "        output: 15.00 USD/Mtok\n",
        "        output: 15.00 USD/Mtok\n        # As of spring.\n        input: 3.00 USD/Mtok\n",
        1,
    )
    start, end = mixed.index("  acme/rank:"), mixed.index("  acme/store:")
    moved = mixed[:start] + mixed[end:] + mixed[start:end]
    shown = [line for rule in RULES if rule.fix for line in rule(project_of(records(moved)))]
    assert {fault.place[-1] for fault in shown} == {"input", "acme/rank"}
    studies = STUDIES.replace("beta-2023", "aaa-2023")
    path = written(tmp_path / "data", moved.replace("1_024 dim", "1024 dim"))
    other = written(tmp_path / "data", studies, "evidence/acme")
    broken = written(tmp_path / "data", "offers: [", "stores/bad")
    assert list(repair(Project(tmp_path), {"data/evidence/acme.yml"})) == ["data/evidence/acme.yml"]
    assert list(repair(Project(tmp_path))) == ["data/offers/acme.yml"]
    assert list(repair(Project(tmp_path))) == []
    tidied = path.read_text("utf-8").removeprefix(FIRST_LINE)
    assert path.read_text("utf-8").startswith(FIRST_LINE)
    assert sorted(tidied.splitlines()) == sorted(moved.splitlines())
    assert "        # As of spring.\n        input: 3.00 USD/Mtok\n        cached_input" in tidied
    text = other.read_text("utf-8")
    assert text.startswith(EVIDENCE_FIRST_LINE)
    assert text.index("aaa-2023") < text.index("acme-2024")
    assert sorted(text.splitlines()[1:]) == sorted(studies.splitlines())
    assert broken.read_text("utf-8") == "offers: ["


def test_the_checkout_needs_no_repair(checkout: Path) -> None:
    assert list(repair(Project(checkout))) == []


def test_a_generated_file_that_is_stale_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tests" / "registry.txt"
    path.parent.mkdir()
    one = Generated(path, lambda: "a\nb\nc\n")
    monkeypatch.setattr(fresh, "GENERATED", (one,))
    path.write_text("a\n", "utf-8")
    (fault,) = promises.generated_files_are_fresh(Project(tmp_path))
    assert fault.shown({}) == (
        "tests/registry.txt: is stale: it lacks b, and 1 more line; run make fresh"
    )
    assert one.renew()
    assert path.read_text("utf-8") == "a\nb\nc\n"
    assert not one.renew()
    assert list(promises.generated_files_are_fresh(Project(tmp_path))) == []
    path.write_text("a\nb\nc\nd\n", "utf-8")
    assert one.stale() == "it has d"


def test_a_path_is_one_of_the_checkout(tmp_path: Path) -> None:
    path = written(tmp_path / "data", PRICES)
    assert relative(str(path), tmp_path) == "data/offers/acme.yml"
    with pytest.raises(ValueError, match="is no file"):
        relative(str(tmp_path / "none.yml"), tmp_path)
    with pytest.raises(ValueError, match="is not in this checkout"):
        relative(str(path), tmp_path / "docs")


def test_one_file_is_checked_by_its_name() -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tools.lint", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run("data/offers/mistral.yml", "docs/index.md").returncode == 0
    none = run("data/offers/none.yml")
    assert (none.returncode, none.stderr) == (2, "data/offers/none.yml is no file\n")


def test_a_report_of_one_file_has_no_other(checkout: Path) -> None:
    for name in ("index", "evidence/index"):
        page = checkout / "docs" / f"{name}.md"
        page.write_text(page.read_text("utf-8") + "\nIt costs $3.\n", "utf-8")
    (line,) = complaints(Project(checkout), {"docs/index.md"})
    assert line.startswith("docs/index.md:")
