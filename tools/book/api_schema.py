"""
The form of the published data as JSON Schema, from the registry of calculators/kernel/meters.py.

Later versions may add fields, so the schemas refuse none that they do not know.
"""

from __future__ import annotations

from typing import Any

from calculators.kernel.meters import CONFIDENCE, EVENTS, FEEDS, KINDS, METERS, SIZES
from tools.book.schema import DIALECT, described, ref, told
from views.book import feeds

Schema = dict[str, Any]

DOCUMENTS = ("book", "index", "offer", "vendor")


def schema(document: str) -> Schema:
    """The schema of `book.json`, `index.json`, or of a vendor's or an offer's file."""
    offers = {"type": "array", "items": ref("offer")}
    content: dict[str, Schema] = {
        "book": {"offers": offers | {"description": "every offer, by file and id"}},
        "vendor": {
            "vendor": {"type": "string", "description": "the name that its offers' ids begin with"},
            "names": _list({"type": "string"}, "what it calls itself"),
            "offers": offers,
        },
        "offer": {"offer": ref("offer")},
        "index": {
            "files": _list({"type": "string"}, "every file, relative to this one"),
            "offers": _list(ref("entry"), "the offers by name"),
        },
    }
    head: Schema = {
        "$schema": {"type": "string", "description": "the schema, relative to this file"},
        "schema_version": {
            "const": feeds.VERSION,
            "description": "goes up when a field changes its meaning or is taken away",
        },
        "day": _api_day("the day of all prices: the newest day on which a source was read"),
        "licence": {"const": feeds.LICENCE, "description": "of the collection, as SPDX has it"},
    }
    fields = head | content[document]
    definitions = {"entry": _entry()} if document == "index" else _api_definitions()
    return {
        "$schema": DIALECT,
        "title": f"Crossover price book, {document}",
        **_api_object(fields),
        "$defs": definitions,
    }


def _api_object(properties: Schema, description: str = "") -> Schema:
    """An object in which all these fields stand; later versions may add others."""
    found: Schema = {"type": "object", "properties": properties, "required": list(properties)}
    return found | ({"description": description} if description else {})


def _list(items: Schema, description: str) -> Schema:
    return {"type": "array", "items": items, "description": description}


def _api_day(description: str) -> Schema:
    return {"type": "string", "format": "date", "description": description}


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        about = {key: value for key, value in schema.items() if key == "description"}
        return {"anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}], **about}
    return schema | {"type": [schema["type"], "null"]}


def _said(description: str) -> Schema:
    return {"type": "string", "minLength": 1, "description": description}


def _entry() -> Schema:
    return _api_object(
        {
            "id": _said("never changes"),
            "vendor": _said("the vendor's name"),
            "name": _said("the offer's name"),
            "kind": {"enum": list(KINDS)},
            "status": {"enum": list(feeds.STATUSES)},
            "path": _said("its file, relative to this one"),
        }
    )


def _api_definitions() -> dict[str, Schema]:
    source = _api_object(
        {
            "title": _said("what was read"),
            "url": {"type": "string", "format": "uri", "description": "where"},
            "read": _api_day("on which day"),
        },
        "who says so",
    )
    number = _api_object(
        {
            "number": {"type": "number"},
            "unit": {"type": "string", "description": "such as USD/Mtok; M is a million"},
        },
        "a number in the unit in which it was published",
    )
    tiers = _list(
        _api_object(
            {
                "above": ref("number") | {"description": "a prompt longer than this"},
                "meters": ref("meters") | {"description": "what all its tokens then cost"},
            }
        ),
        "other prices for long prompts",
    )
    block = _api_object(
        {
            "start": _api_day("the first day on which it holds"),
            "until": _or_null(_api_day("the first day on which it no longer holds; null if open")),
            "first_seen": {
                "type": "boolean",
                "description": "whether the start is only the day on which it was first seen",
            },
            "withdrawn": _or_null(_said("why the offer ends on this day")),
            "meters": ref("meters"),
            "tiers": tiers,
            "source": ref("source"),
            "confidence": {"enum": list(CONFIDENCE)},
            "note": _or_null(_said("what a reader could get wrong")),
            "disputed": _or_null(_said("which other source has which other figure")),
        },
        "prices that hold from one day to another",
    )
    event = _api_object(
        {
            "day": _api_day("when"),
            "event": {"enum": list(EVENTS)},
            "note": _said("what it means"),
            "source": ref("source"),
        }
    )
    current = _api_object(
        {
            "start": _api_day("since when"),
            "until": _or_null(_api_day("the first day of other prices, or the end; null if open")),
            "meters": ref("meters"),
            "tiers": tiers,
        },
        "what it costs on the day of the file, a premium applied; null if it is not on sale",
    )
    offer = _api_object(
        {
            "id": _said("never changes"),
            "vendor": _said("the vendor's name"),
            "name": _said("the name a reader knows"),
            "kind": {"enum": list(KINDS)},
            "status": {"enum": list(feeds.STATUSES), "description": "on the day of the file"},
            "current": _or_null(ref("current")),
            "base": _or_null(_said("the untuned model, by id")),
            "accelerator": _or_null(_said("what is rented")),
            "sizes": {
                "type": "object",
                "properties": {
                    size: described(ref("number"), "Fields of an offer", size) for size in SIZES
                },
                "description": "figures that have no day",
            },
            "sizes_source": _or_null(ref("source") | {"description": "who says the sizes"}),
            "not_published": _or_null(_said("why there is no price")),
            "not_published_source": _or_null(ref("source") | {"description": "who says that"}),
            "blocks": _list(ref("block"), "the price history, oldest first; may lie ahead"),
            "lifecycle": _list(ref("event"), "dated events, oldest first"),
            "feeds": {
                "type": "object",
                "properties": {
                    feed: _said("the id of the offer in that price list") for feed in FEEDS
                },
                "description": "what independent price lists call it",
            },
        }
    )
    return {
        "offer": offer,
        "current": current,
        "block": block,
        "event": event,
        "meters": _meters(),
        "number": number,
        "source": source,
    }


def _meters() -> Schema:
    """Every meter, with what it means for each kind of offer that has it."""
    meanings: dict[str, dict[str, list[str]]] = {}
    for kind, meters in METERS.items():
        for meter in meters:
            said = meanings.setdefault(meter, {})
            said.setdefault(told("Meters", meter, kind), []).append(kind)
    properties = {
        meter: ref("number")
        | {"description": "; ".join(f"{', '.join(of)}: {what}" for what, of in said.items())}
        for meter, said in meanings.items()
    }
    return {"type": "object", "properties": properties, "description": "prices and billing rules"}
