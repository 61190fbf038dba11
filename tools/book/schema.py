"""
The form of a data file as JSON Schema, for editors: `make fresh` writes it.

It is made from the registries of calculators/kernel/meters.py and evidence.py, so that an editor
offers the fields, units and choices that the parser takes, with the descriptions of the tables in
data/README.md. There is one for the price book and one for the evidence; the first line of a data
file names its own.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import permutations
from typing import Any

from calculators.kernel import evidence, units
from calculators.kernel.meters import (
    CONFIDENCE,
    EVENTS,
    FEEDS,
    KINDS,
    METERS,
    SHEET_NEEDS,
    SHEETS,
    SIZES,
)
from tools.paths import DATA
from tools.records import DataError

Schema = dict[str, Any]

PATH = DATA / "schema.json"
EVIDENCE = DATA / "evidence.schema.json"
FIRST_LINE = "# yaml-language-server: $schema=../schema.json\n"
EVIDENCE_FIRST_LINE = "# yaml-language-server: $schema=../evidence.schema.json\n"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
SOME_TEXT = r"\S"
NUMBER = r"[0-9][0-9_]*(\.[0-9]+)?"


# What data/README.md says of each field.


@cache
def words(heading: str) -> dict[tuple[str, str], str]:
    """What the table under that heading says, by kind (where it has that column) and name."""
    found: dict[tuple[str, str], str] = {}
    kinds: list[str] = [""]
    text = (DATA / "README.md").read_text("utf-8").partition(f"\n## {heading}\n")[2]
    for row in re.findall(r"^\|(.* .*)\|$", text.partition("\n## ")[0], re.MULTILINE)[1:]:
        cells = [cell.strip() for cell in row.split("|")]
        if heading == "Meters":
            kinds = cells[0].split(", ") if cells[0] else kinds
            cells = cells[1:]
        names = re.findall(r"`(\w+)", cells[0])
        meaning = f"{', '.join(names)}: {cells[-1]}" if len(names) > 1 else cells[-1]
        found |= {(kind, name): meaning.replace("`", "") for kind in kinds for name in names}
    return found


def described(schema: Schema, heading: str, name: str, kind: str = "") -> Schema:
    """The schema with what the README says of the field. Raises DataError where it is silent."""
    return schema | {"description": told(heading, name, kind)}


def told(heading: str, name: str, kind: str = "") -> str:
    """What the README says of the field. Raises DataError where it is silent."""
    try:
        return words(heading)[kind, name]
    except KeyError:
        of = f" of {kind}" if kind else ""
        message = f"say what `{name}`{of} is in the table under '{heading}'"
        raise DataError(message, "data/README.md") from None


# Text as it stands in a data file.


@cache
def alike(word: str) -> tuple[str, ...]:
    """Every word for a unit of the same dimension: kB, MB, GiB and the others for B."""
    dims = units.unit(word).dims
    names = [name for name in units._UNITS if name]
    names += [prefix + name for name in units._PREFIXED for prefix in units._PREFIXES]
    return tuple(sorted(name for name in names if units.unit(name).dims == dims))


def quantity(unit: str) -> Schema:
    """A number and any unit that `facts.py` takes for this one, in any order below the line."""
    if not unit:
        return text(rf"^{NUMBER}( \S.*)?$", "write a number and its unit, such as 16 USD/MRU")
    over, *under = (f"({'|'.join(map(re.escape, alike(part)))})" for part in unit.split("/"))
    ways = ["".join(f"/{word}" for word in way) for way in permutations(under)]
    tail = f"({'|'.join(ways)})" if len(ways) > 1 else ways[0]
    bare = not units.unit(unit).dims  # a share may be written as a plain number
    body = f"( {over}{tail})?" if bare else f" {over}{tail}"
    return text(f"^{NUMBER}{body}$", f"write a number and its unit, such as {example(unit)}")


def example(unit: str) -> str:
    """How a quantity of that unit is usually written."""
    usual = unit.replace("/tok", "/Mtok").replace("/B", "/GB").replace("/search", "/ksearch")
    return f"110 {usual}" if usual == "%" else f"2.50 {usual}"


def text(pattern: str = SOME_TEXT, fix: str = "say it in words") -> Schema:
    """Text of that form; editors show the fix where it is not."""
    return {"type": "string", "pattern": pattern, "patternErrorMessage": fix}


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def mapping(properties: Schema, required: tuple[str, ...], **more: Any) -> Schema:
    """Fields of which the required ones must be there, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    } | more


def keyed(patterns: Schema, **more: Any) -> Schema:
    """Keys of these forms, each with its value."""
    return {"type": "object", "patternProperties": patterns, "additionalProperties": False} | more


# The form.


def schema() -> Schema:
    """The whole of it."""
    used = {unit for meters in METERS.values() for unit in meters.values()} | {*SIZES.values()}
    used |= {unit for sheet in SHEETS.values() for unit in sheet.values()}
    day = text(DAY, "write the day like 2026-11-22")
    source = mapping(
        {
            "title": text() | {"description": "what a reader sees"},
            "url": text("^https://", "give an https address") | {"description": "where it stands"},
            "read": day | {"description": "the day on which it was read; edit it on re-reading"},
        },
        ("title", "url", "read"),
    )
    offers = {"^[a-z0-9-]+/[a-z0-9][a-z0-9.-]*$": ref("offer")}
    fields: Schema = {
        "vendor": text() | {"description": "the name a reader knows"},
        "sources": {"type": "object", "additionalProperties": source, "minProperties": 1},
        "offers": keyed(offers, minProperties=1),
        **{
            collection: keyed({"^[a-z0-9.-]+$": _sheet(collection)}, minProperties=1)
            for collection in SHEETS
        },
    }
    either = [{"required": [what]} for what in ("offers", *SHEETS)]
    return {
        "$schema": DIALECT,
        "title": "A file of the price book",
        **mapping(fields, ("vendor", "sources"), oneOf=either),
        "$defs": {"offer": _offer(), **{_named(unit): quantity(unit) for unit in sorted(used)}},
    }


def _named(unit: str) -> str:
    """The name of a unit's definition."""
    return "in " + (unit.replace("/", " per ").replace("%", "percent") or "any unit")


def _sheet(collection: str) -> Schema:
    figures = {what: ref(_named(unit)) for what, unit in SHEETS[collection].items()}
    about = {"name": text(), "source": text(), "note": text()}
    return mapping(figures | about, ("name", *SHEET_NEEDS[collection], "source"))


def _offer() -> Schema:
    event = mapping(
        {
            "event": {"enum": list(EVENTS)},
            "source": text() | {"description": "one of the sources of this file"},
            "note": text() | {"description": "one sentence: what it means for a customer"},
        },
        ("event", "source", "note"),
    )
    fields: Schema = {
        "name": text(),
        "kind": {"enum": list(KINDS)},
        "accelerator": text(),
        "base": text(),
        **{size: ref(_named(unit)) for size, unit in SIZES.items()},
        "facts_source": text(),
        "feeds": mapping(dict.fromkeys(FEEDS, text()), ()),
        "not_published": text(),
        "source": text(),
        "rates": {"type": "object"},
        "lifecycle": keyed({DAY: event}),
    }
    about = {name: described(value, "Fields of an offer", name) for name, value in fields.items()}
    either = {
        "if": {"required": ["not_published"]},
        "then": {"required": ["source"], "properties": {"rates": False}},
        "else": {"required": ["rates"], "properties": {"source": False}},
    }
    return mapping(
        about,
        ("name", "kind"),
        dependentRequired={size: ["facts_source"] for size in SIZES},
        allOf=[_of_kind(kind) for kind in KINDS],
        **either,
    )


def _of_kind(kind: str) -> Schema:
    """What holds for offers of one kind only."""
    then: Schema = {"properties": {"rates": keyed({DAY: _block(kind)}, minProperties=1)}}
    if kind == "rental":
        then["required"] = ["accelerator"]
    return {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": then}


def _block(kind: str) -> Schema:
    prices = {meter: ref(_named(unit)) for meter, unit in METERS[kind].items()}
    fields: Schema = {
        "withdrawn": text(),
        "source": text(),
        "confidence": {"enum": list(CONFIDENCE)},
        "dated": {"const": "first seen"},
        "note": text(),
        "disputed": text(),
    }
    if "cached_input" in prices:  # what has prompts has long ones
        tier = mapping(prices, (), minProperties=1)
        fields["above"] = keyed({quantity("tok")["pattern"]: tier})
    meters = {meter: described(price, "Meters", meter, kind) for meter, price in prices.items()}
    about = {name: described(value, "Fields of a block", name) for name, value in fields.items()}
    either = {
        "if": {"required": ["withdrawn"]},
        "then": {"propertyNames": {"enum": list(about)}},
        "else": {"anyOf": [{"required": [meter]} for meter in meters]},
    }
    return mapping(meters | about, ("source", "confidence"), **either)


def evidence_schema() -> Schema:
    """The form of a file of data/evidence/."""
    topics = {"type": "array", "items": {"enum": list(evidence.TOPICS)}, "minItems": 1}
    finding: Schema = {
        "figure": text(),
        "setting": text(),
        "basis": {"enum": list(evidence.BASES)},
        "basis_note": text(),
        "topics": topics,
        "shows": text(),
        "does_not_show": text(),
    }
    found = mapping(
        {name: described(value, "Fields of a finding", name) for name, value in finding.items()},
        ("figure", "setting", "basis", "shows", "does_not_show"),
    )
    slug = r"^[a-z0-9][a-z0-9.-]*$"
    study: Schema = {
        "cited": text(),
        "authors": text(),
        "title": text(),
        "venue": text(),
        "year": text("^(19|20)[0-9]{2}$", "write the year like 2024"),
        "url": text("^https://", "give an https address"),
        "kind": {"enum": list(evidence.KINDS)},
        "run_by": text(),
        "interest": text(),
        "topics": topics,
        "models": text(),
        "setting": text(),
        "findings": keyed({slug: found}, minProperties=1),
    }
    fields = {name: described(value, "Fields of a study", name) for name, value in study.items()}
    one = mapping(
        fields,
        tuple(name for name in study if name not in ("authors", "models", "run_by", "interest")),
        **{
            "if": {"properties": {"kind": {"const": "vendor benchmark"}}, "required": ["kind"]},
            "then": {"required": ["run_by"]},
            "dependentRequired": {"run_by": ["interest"], "interest": ["run_by"]},
        },
    )
    # A year is text here as everywhere in data/, but an editor reads it as a number.
    one["properties"]["year"]["type"] = ["string", "integer"]
    return {
        "$schema": DIALECT,
        "title": "A file of what others measured",
        **mapping({"studies": keyed({slug: one}, minProperties=1)}, ("studies",)),
    }


def written(form: Schema) -> str:
    """The text of a schema file."""
    return json.dumps(form, ensure_ascii=False, indent=1) + "\n"
