"""A result as plain data: whole, as the command line prints it in JSON, or its items as CSV."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

from calculators.kernel.calculator import Calculator, Result
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field
from calculators.kernel.results import Map, Option
from calculators.kernel.units import Quantity, unit
from views import text

VERSION = 2


def result(found: Result) -> dict[str, Any]:
    """The result, totals and line items in its `unit`, what is paid once in USD."""
    return {
        "schema_version": VERSION,
        "calculator": found.slug,
        "on": found.day.isoformat(),
        "given": found.reading.given,
        "problems": found.reading.problems,
        "unknown": list(found.reading.unknown),
        "headline": text.sentence(found.headline),
        "unit": found.unit,
        "superlative": found.superlative,
        "best": found.best,
        "options": [_option(option, found.unit) for option in found.options],
        "flips": [
            {
                "input": flip.field.name,
                "now": _number(flip.now, flip.field.unit),
                "at": _number(flip.at, flip.field.unit),
                "unit": flip.field.unit,
                "best_beyond": flip.winner,
            }
            for flip in found.flips
        ],
        "turns": [
            {"input": turn.field.name, "to": turn.to, "best_then": turn.winner}
            for turn in found.turns
        ],
        "moves": [
            {
                "input": move.field.name,
                "low": _number(move.low, move.field.unit),
                "high": _number(move.high, move.field.unit),
                "unit": move.field.unit,
                "at_low": _number(move.at_low, found.unit),
                "at_high": _number(move.at_high, found.unit),
            }
            for move in found.moves
        ],
        "draws": found.draws,
        "spreads": {
            slug: {
                "p10": _number(spread.p10, found.unit),
                "p50": _number(spread.p50, found.unit),
                "p90": _number(spread.p90, found.unit),
                "best_share": spread.best,
            }
            for slug, spread in found.spreads.items()
        },
        "band": _band(found),
        "map": _map(found.map),
        "tables": [
            {
                "id": table.slug,
                "title": table.title,
                "columns": list(table.columns),
                "rows": [[text.cell(cell) for cell in row] for row in table.rows],
                "note": text.sentence(table.note),
            }
            for table in found.tables
        ],
        "warnings": [text.sentence(warning) for warning in found.warnings],
        "notices": [
            {
                "on": notice.when.isoformat(),
                "offer": notice.offer,
                "text": notice.text,
                "source": notice.source.url,
            }
            for notice in found.notices
        ],
        "sources": [
            {
                "offer": basis.offer,
                "id": basis.id,
                "prices": {
                    meter: {"number": price.factors[0].number, "unit": price.factors[0].unit}
                    for meter, price in basis.prices.items()
                },
                "since": basis.since.isoformat(),
                "first_seen": basis.first_seen,
                "confidence": basis.confidence,
                "note": basis.note,
                "title": basis.source.title,
                "url": basis.source.url,
                "read": basis.source.read.isoformat(),
            }
            for basis in found.bases
        ],
    }


COLUMNS = ("calculator", "on", "option", "label", "part", "item", "amount", "unit", "worked")


def csv(found: Result, link: str) -> str:
    """
    One row for each line item and each total, with the link that gives them again.

    `part` is line (of the total), total, once (a line of what is paid once), total_once, p10, p90
    or refused, whose reason stands in `worked`.
    """
    rows = [(*COLUMNS, "link")]
    for option in found.options:
        about = (found.slug, found.day.isoformat(), option.slug, option.label)
        rows += [(*about, *cells, link) for cells in _rows(found, option)]
    return "".join(",".join(map(_quoted, row)) + "\r\n" for row in rows)


def _rows(found: Result, option: Option) -> Iterator[tuple[str, str, str, str, str]]:
    if option.refused:
        yield "refused", "", "", "", option.refused
        return
    for part, lines, per in (("line", option.lines, found.unit), ("once", option.once, "USD")):
        for item, line in lines.items():
            yield part, item.label, _digits(line, per), per, text.worked(line)
    yield "total", "", _digits(option.total, found.unit), found.unit, option.floor
    if option.once:
        yield "total_once", "", _digits(option.total_once, "USD"), "USD", ""
    spread = found.spreads.get(option.slug)
    if spread:
        for part, value in (("p10", spread.p10), ("p90", spread.p90)):
            yield part, "", _digits(value, found.unit), found.unit, ""


def _digits(quantity: Quantity | float, unit: str) -> str:
    """Twelve figures: the last ones of a float differ between machines."""
    return f"{_number(quantity, unit):.12g}"


def _quoted(cell: str) -> str:
    """A cell by RFC 4180."""
    if not set(cell) & set('",\r\n'):
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def catalogue(calculators: dict[str, Calculator]) -> list[dict[str, Any]]:
    """Every calculator with its inputs, their units and defaults."""
    return [
        {
            "slug": calculator.slug,
            "question": calculator.question,
            "inputs": [
                {
                    "name": field.name,
                    "label": field.label,
                    "help": field.help,
                    "default": field.default,
                    "unit": field.unit,
                    "choices": field.kind,
                    "options": [value for value, _ in field.options],
                }
                for field in calculator.inputs.fields()
            ],
        }
        for calculator in calculators.values()
    ]


def input_schema(calculator: Calculator, facts: Facts) -> dict[str, Any]:
    """What a calculator asks, as a JSON Schema: every input may be left out."""
    properties = {field.name: _property(field) for field in calculator.inputs.fields()}
    return {
        "type": "object",
        "properties": properties | {"on": day_schema(facts.book.day)},
        "additionalProperties": False,
    }


def day_schema(latest: date) -> dict[str, Any]:
    """The day of the prices, beside the inputs."""
    said = f"The day whose list prices hold; {latest} if left out."
    return {"type": "string", "format": "date", "title": "Day of the prices", "description": said}


def _property(field: Field) -> dict[str, Any]:
    about: dict[str, Any] = {"title": field.label, "description": field.help}
    if field.options:
        options = [{"const": word, "title": label} for word, label in field.options]
        return about | {"type": "string", "oneOf": options, "default": field.default}
    if field.is_choice:
        none = ", or none" if field.optional else ""
        said = f"{field.help} The id of an offer of the kind {field.kind}{none}."
        return about | {"type": "string", "description": said, "default": field.default}
    words = text.unit_words(field.unit)
    unit_said = f" In {words}." if words else ""
    written = "15 for 15 %, 10..20" if field.is_share else "1200, 1.2k, 5M, 800..1500"
    said = f"{field.help}{unit_said} A number or a range: {written}."
    about |= {"type": ["number", "string"], "description": said, "default": field.default}
    if math.isfinite(field.low):
        about["minimum"] = field.low
    if math.isfinite(field.high):
        about["maximum"] = field.high
    return about


def _option(option: Option, per: str) -> dict[str, Any]:
    return {
        "id": option.slug,
        "label": option.label,
        "refused": option.refused,
        "for_comparison": option.floor,
        "total": None if option.refused else _number(option.total, per),
        "total_once": None if option.refused else _number(option.total_once, "USD"),
        "lines": [_item(item.label, line, per) for item, line in option.lines.items()],
        "once": [_item(item.label, line, "USD") for item, line in option.once.items()],
    }


def _band(found: Result) -> dict[str, Any] | None:
    """The uncertainty along the curve; None where no other input was given as a range."""
    if found.curve is None or found.curve.band is None:
        return None
    field, band = found.curve.field, found.curve.band
    along, per = unit(field.unit).scale, unit(found.unit).scale
    return {
        "along": field.name,
        "unit": field.unit,
        "draws": band.draws,
        "at": [x / along for x in band.xs],
        "options": {
            slug: {
                "percentiles": [three and [cost / per for cost in three] for three in known],
                "best_share": list(band.best[slug]),
            }
            for slug, known in band.percentiles.items()
        },
    }


def _map(found: Map | None) -> dict[str, Any] | None:
    """Which option is best over two inputs, row by row."""
    if found is None:
        return None
    return {
        "along": found.field.name,
        "across": found.label,
        "columns": [text.quantity(x) for x in found.xs],
        "rows": [
            {"at": text.quantity(y), "best": list(row)}
            for y, row in zip(found.ys, found.best, strict=True)
        ],
    }


def _item(name: str, line: Quantity, per: str) -> dict[str, Any]:
    return {"item": name, "amount": _number(line, per), "worked": text.worked(line)}


def _number(quantity: Quantity | float, per: str) -> float:
    """The number in that unit; the sum of nothing is a bare zero."""
    return quantity.to(per) if isinstance(quantity, Quantity) else quantity
