"""
What the parser says of a fault in a data file, and what an offer without a price does.

The rules of the data are in tools/lint/, and tested in tests/unit/lint/.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calculators.kernel.book import Book
from calculators.kernel.meters import KINDS, METERS
from calculators.kernel.offers import PriceError
from calculators.kernel.strict import FactsError
from tests.made_up import PRICES, records
from tools.book.schema import schema
from tools.lint.order import ABOUT
from tools.records import DataError
from tools.records import book as read_book


def test_the_schema_has_the_fields_of_the_registry() -> None:
    offer = schema()["$defs"]["offer"]
    kinds = {branch["if"]["properties"]["kind"]["const"]: branch for branch in offer["allOf"]}
    assert set(kinds) == set(KINDS)
    for kind, branch in kinds.items():
        (block,) = branch["then"]["properties"]["rates"]["patternProperties"].values()
        assert set(block["properties"]) - set(METERS[kind]) <= set(ABOUT)
        assert set(METERS[kind]) <= set(block["properties"])


# The reader and the parser: one clear line with the file, the line, the field and the fix.

STORED = "        plan: 25 USD/month\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "        source: page\n",
            "        source: blog\n",
            23,
            "source: 'blog' is not among the sources of this",
        ),
        (
            "        source: page\n",
            "",
            17,
            "acme/large › rates › 2026-03-01: needs a field 'source'",
        ),
        ("read: 2026-11-20", "read: today", 6, "read: 'today' is not a date such as"),
        ("2027-03-01:", "1 March:", 34, "'1 March' is not a date such as"),
        (
            "2026-09-15:",
            "2026-03-01:",
            25,
            "'2026-03-01' stands twice (first on line 17); keep one",
        ),
        ("2026-09-15:", "2025-09-15:", 25, "comes after 2026-03-01: sort blocks"),
        ("    facts_source: page\n", "", 8, "context_window needs a facts_source"),
        ("        confidence: vendor page\n", "", 17, "needs a field 'confidence'"),
        (
            "            output: 20.00 USD/Mtok\n",
            "            note: Long.\n",
            31,
            "above › 100_000 tok › note: is not a field of inference",
        ),
        ("2026-03-01:", "2026-W09-7:", 17, "'2026-W09-7' is not a date such as"),
        ("base: acme/large", "base: acme/rank", 46, "base: 'acme/rank' is not an inference offer"),
        ("event: notice", "event: rumour", 40, "event: 'rumour' is not one of"),
        ("kind: tuning", "kind: tuned", 45, "kind: 'tuned' is not one of inference"),
        ("vendor page", "unchecked", 24, "confidence: 'unchecked' is not one of"),
        ("Acme announced the end.", "[a, b]", 39, "needs a field 'note' with some text"),
        (STORED, "        plan: -25 USD/month\n", 92, "plan: '-25 USD/month' is below zero"),
        (STORED, "        ? [plan]\n        : 25 USD/month\n", 92, "a key is a word"),
        (STORED, STORED + "        # \x01\n", 1, "take out U+0001"),
        (STORED, "        plan: 25 USD/tok\n", 92, "plan: USD/tok is not USD/month"),
        (STORED, "        plan: 25 EUR/month\n", 92, "plan: 'EUR' is not a unit here"),
        (STORED, "        plans: 25 USD/month\n", 92, "plans: is not a field of store"),
    ],
)
def test_a_fault_in_a_file_is_one_clear_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    """File, line, field and what is wrong, whoever reads the book: build, page or terminal."""
    file = tmp_path / "data" / "offers" / "acme.yml"
    file.parent.mkdir(parents=True)
    file.write_text(PRICES, encoding="utf-8")
    assert read_book(tmp_path / "data").offer("acme/large").sold(date(2026, 11, 20))
    assert old in PRICES
    file.write_text(PRICES.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_book(tmp_path / "data")
    said = str(caught.value)
    assert said.startswith(f"data/offers/acme.yml:{line}: ")
    assert words in said
    assert "\n" not in said


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "data" / "offers" / "acme.yml"
    file.parent.mkdir(parents=True)
    file.write_bytes(PRICES.encode("utf-16"))
    with pytest.raises(DataError, match=r"^data/offers/acme.yml:1: is not UTF-8 text"):
        read_book(tmp_path / "data")


SHEET = {
    "accelerators": {"memory": "80 GB", "bf16": "989 TFLOP/s"},
    "models": {
        "layers": "32 layer",
        "width": "4096 dim",
        "heads": "32",
        "head_width": "128 dim",
        "vocabulary": "128256",
        "tables": "2",
    },
}


def _with_sheet(collection: str, change: dict[str, str]) -> dict[str, Any]:
    page = {"title": "Acme card", "url": "https://acme.example/card", "read": "2026-11-20"}
    sheet = {"name": "Acme", "source": "page", **SHEET[collection], **change}
    file = {"vendor": "Acme AI", "sources": {"page": page}, collection: {"acme-80gb": sheet}}
    return records(PRICES) | {f"{collection}/acme": file}


@pytest.mark.parametrize(
    ("collection", "change", "words"),
    [
        ("accelerators", {"memory": "80 GB/s"}, "not B"),
        ("accelerators", {"bf16": "989"}, "FLOP/s"),
        ("accelerators", {"cores": "132"}, "not a field"),
        ("accelerators", {"source": "nowhere"}, "not among the sources"),
        ("models", {"layers": "32 dim"}, "layer"),
        ("models", {"colour": "red"}, "not a field"),
        ("models", {"note": ""}, "with some text"),
    ],
)
def test_a_data_sheet_is_read_strictly(collection: str, change: dict[str, str], words: str) -> None:
    sound = _with_sheet(collection, {})
    assert set(Book.parse(sound).sheets[collection]) == {"acme-80gb"}
    with pytest.raises(FactsError, match=words):
        Book.parse(_with_sheet(collection, change))
    twice = sound | {f"{collection}/other": sound[f"{collection}/acme"]}
    with pytest.raises(FactsError, match="stands in another file too"):
        Book.parse(twice)


def test_what_has_no_price_cannot_be_chosen(book: Book) -> None:
    unpriced = [offer for offer in book.offers.values() if offer.not_published]
    assert unpriced
    for offer in unpriced:
        assert not offer.sold(book.day), offer.id
        with pytest.raises(PriceError, match="has no published price"):
            offer.on(book.day)
