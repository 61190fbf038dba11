"""The schema of the data files is as strict as the parser."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from calculators.kernel.book import Book
from calculators.kernel.meters import METERS, SIZES
from calculators.kernel.strict import FactsError
from calculators.kernel.units import Quantity
from tests.conftest import ROOT
from tools.book import schema
from tools.paths import DATA
from tools.records import DataError

Record = dict[str, Any]
Change = Callable[[Record], object]

SOUND: dict[str, Record] = {
    "offers": {
        "vendor": "Acme",
        "sources": {
            "page": {"title": "Prices", "url": "https://acme.example/", "read": "2026-03-02"}
        },
        "offers": {
            "acme/base": {
                "name": "Base",
                "kind": "inference",
                "context_window": "1_000 tok",
                "facts_source": "page",
                "feeds": {"litellm": "acme-base"},
                "rates": {
                    "2026-01-01": {
                        "input": "3.00 USD/Mtok",
                        "above": {"500 tok": {"input": "6.00 USD/Mtok"}},
                        "regional": "110 %",
                        "source": "page",
                        "confidence": "vendor page",
                        "dated": "first seen",
                        "note": "A note.",
                        "disputed": "A feed has 5.",
                    },
                    "2026-02-01": {
                        "withdrawn": "It ends.",
                        "source": "page",
                        "confidence": "vendor page",
                    },
                },
                "lifecycle": {
                    "2026-01-05": {"event": "notice", "source": "page", "note": "It will end."}
                },
            },
            "acme/quiet": {
                "name": "Quiet",
                "kind": "tuning",
                "not_published": "Only on request.",
                "source": "page",
            },
        },
    },
    "stores": {
        "vendor": "Acme",
        "sources": {
            "page": {"title": "Prices", "url": "https://acme.example/", "read": "2026-03-02"}
        },
        "offers": {
            "acme/store": {
                "name": "Store",
                "kind": "store",
                "rates": {
                    "2026-01-01": {
                        "storage": "0.33 USD/GB/month",
                        "storage_included": "1 GiB",
                        "read": "16 USD/MRU",
                        "source": "page",
                        "confidence": "two feeds agree",
                    }
                },
            }
        },
    },
    "rentals": {
        "vendor": "Acme",
        "sources": {
            "page": {"title": "Prices", "url": "https://acme.example/", "read": "2026-03-02"}
        },
        "offers": {
            "acme/h100": {
                "name": "H100",
                "kind": "rental",
                "accelerator": "h100-sxm-80gb",
                "rates": {
                    "2026-01-01": {
                        "hour": "1.70 USD/h",
                        "source": "page",
                        "confidence": "one secondary source",
                    }
                },
            }
        },
    },
}


def at(record: Record, *place: str) -> Record:
    """The mapping at that place."""
    for key in place:
        record = record[key]
    return record


def base(record: Record) -> Record:
    return at(record, "offers", "acme/base")


def block(record: Record) -> Record:
    return at(base(record), "rates", "2026-01-01")


def end(record: Record) -> Record:
    return at(base(record), "rates", "2026-02-01")


def event(record: Record) -> Record:
    return at(base(record), "lifecycle", "2026-01-05")


def quiet(record: Record) -> Record:
    return at(record, "offers", "acme/quiet")


def page(record: Record) -> Record:
    return at(record, "sources", "page")


BROKEN: dict[str, Change] = {
    "a field that there is not": lambda r: r.update(currency="USD"),
    "no vendor": lambda r: r.pop("vendor"),
    "an address that is not https": lambda r: page(r).update(url="http://acme.example/"),
    "a source without its day": lambda r: page(r).pop("read"),
    "a day in words": lambda r: page(r).update(read="2 March 2026"),
    "an offer without a name": lambda r: base(r).pop("name"),
    "a kind that there is not": lambda r: base(r).update(kind="oracle"),
    "a size without a source": lambda r: base(r).pop("facts_source"),
    "a size in a price's unit": lambda r: base(r).update(context_window="3.00 USD/Mtok"),
    "a feed that there is not": lambda r: at(base(r), "feeds").update(acme="x"),
    "neither prices nor a reason": lambda r: base(r).pop("rates"),
    "no block": lambda r: at(base(r), "rates").clear(),
    "prices and a reason why there are none": lambda r: base(r).update(
        not_published="No.", source="page"
    ),
    "a reason without a source": lambda r: quiet(r).pop("source"),
    "a source beside prices": lambda r: base(r).update(source="page"),
    "a typed end": lambda r: block(r).update(until="2026-02-01"),
    "a meter of another kind": lambda r: block(r).update(hosting="1 USD/h"),
    "a price without a unit": lambda r: block(r).update(input="3.00"),
    "a price in another unit": lambda r: block(r).update(input="3.00 USD/h"),
    "a price with a sign": lambda r: block(r).update(input="$3.00"),
    "a price below zero": lambda r: block(r).update(input="-3.00 USD/Mtok"),
    "a note of another form": lambda r: block(r).update(note=["A note."]),
    "a block without a source": lambda r: block(r).pop("source"),
    "a block without confidence": lambda r: block(r).pop("confidence"),
    "a confidence that there is not": lambda r: block(r).update(confidence="sure"),
    "a vague day": lambda r: block(r).update(dated="about"),
    "a block without a price": lambda r: (block(r).pop("input"), block(r).pop("regional")),
    "a block in spring": lambda r: at(base(r), "rates").update({"spring": block(r)}),
    "a block in a week": lambda r: at(base(r), "rates").update({"2026-W09-7": block(r)}),
    "an end with a price": lambda r: end(r).update(input="3.00 USD/Mtok"),
    "a length of prompt in words": lambda r: block(r).update(
        above={"long": {"input": "6.00 USD/Mtok"}}
    ),
    "another meter for long prompts": lambda r: block(r).update(
        above={"500 tok": {"note": "dear"}}
    ),
    "an event that there is not": lambda r: event(r).update(event="party"),
    "an event without a note": lambda r: event(r).pop("note"),
}


@pytest.fixture(scope="module")
def check() -> jsonschema.Draft202012Validator:
    found = schema.schema()
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def test_the_first_line_of_a_file_leads_to_the_schema() -> None:
    """That each file has it is a test of the data."""
    target = schema.FIRST_LINE.strip().partition("$schema=")[2]
    for path in set(DATA.glob("*/*.yml")) - set(DATA.glob("evidence/*.yml")):
        assert (path.parent / target).resolve() == schema.PATH


@pytest.mark.parametrize("collection", SOUND)
def test_a_sound_record_is_valid_for_both(
    check: jsonschema.Draft202012Validator, collection: str
) -> None:
    assert check.is_valid(SOUND[collection])
    Book.parse({f"{collection}/acme": SOUND[collection]})


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_what_the_parser_refuses_the_schema_refuses(
    check: jsonschema.Draft202012Validator, change: Change
) -> None:
    record = copy.deepcopy(SOUND["offers"])
    change(record)
    assert not check.is_valid(record)
    with pytest.raises(FactsError):
        Book.parse({"offers/acme": record})


def test_a_rental_says_what_it_rents(check: jsonschema.Draft202012Validator) -> None:
    record = copy.deepcopy(SOUND["rentals"])
    del record["offers"]["acme/h100"]["accelerator"]
    assert not check.is_valid(record)
    with pytest.raises(FactsError):
        Book.parse({"rentals/acme": record})


@pytest.mark.parametrize(
    ("meter", "price"),
    [
        ("input", "0.000003 USD/tok"),
        ("input", "1_000.50 USD/ktok"),
        ("regional", "1.1"),
        ("regional", "110 %"),
        ("cache_storage", "1 USD/Mtok/h"),
        ("cache_storage", "1 USD/h/Mtok"),
        ("cache_storage", "1 USD/Mtok/day"),
    ],
)
def test_what_the_parser_takes_the_schema_takes(
    check: jsonschema.Draft202012Validator, meter: str, price: str
) -> None:
    record = copy.deepcopy(SOUND["offers"])
    block(record)[meter] = price
    Book.parse({"offers/acme": record})
    assert check.is_valid(record)


def test_every_unit_that_the_schema_names_fits() -> None:
    units = {unit for meters in METERS.values() for unit in meters.values() if unit}
    for unit in units | set(SIZES.values()):
        for part in unit.split("/"):
            for word in schema.alike(part):
                Quantity.of(1, word).to(part)
        shown = schema.example(unit)
        assert Quantity.parse(shown).dims == Quantity.of(1, unit).dims
        assert re.search(schema.quantity(unit)["pattern"], shown)


def test_every_field_has_a_description() -> None:
    """It is what an editor shows, and what a tool reads in the published schema."""
    offer = schema.schema()["$defs"]["offer"]
    fields = list(offer["properties"].items())
    for kind in offer["allOf"]:
        (block_of_kind,) = kind["then"]["properties"]["rates"]["patternProperties"].values()
        fields += block_of_kind["properties"].items()
    assert len(fields) > 80
    assert not [name for name, value in fields if not value["description"]]
    told = schema.told("Meters", "cached_input", "inference")
    assert told in (ROOT / "data" / "README.md").read_text("utf-8")


def test_a_meter_without_a_description_is_named() -> None:
    with pytest.raises(DataError, match=r"data/README.md: say what `hue` of store is in the table"):
        schema.told("Meters", "hue", "store")
