"""A result as plain data, whole: what the command line prints as JSON."""

from __future__ import annotations

from typing import Any

from calculators.kernel.calculator import Calculator
from calculators.kernel.results import Option, Result, Sentence
from calculators.kernel.units import Quantity
from views import text

VERSION = 1


def result(found: Result) -> dict[str, Any]:
    """The result with every figure in its unit; money in USD and USD/month."""
    return {
        "schema_version": VERSION,
        "calculator": found.slug,
        "on": found.day.isoformat(),
        "given": found.reading.given,
        "problems": found.reading.problems,
        "unknown": list(found.reading.unknown),
        "headline": text.sentence(found.headline),
        "cheapest": found.best,
        "options": [_option(option) for option in found.options],
        "flips": [
            {
                "input": flip.field.name,
                "now": _number(flip.now, flip.field.unit),
                "at": _number(flip.at, flip.field.unit),
                "unit": flip.field.unit,
                "cheapest_beyond": flip.winner,
            }
            for flip in found.flips
        ],
        "moves": [
            {"input": m.field.name, "halved": m.halved.value, "doubled": m.doubled.value}
            for m in found.moves
        ],
        "spreads": {
            slug: {
                "p10": spread.p10.value,
                "p50": spread.p50.value,
                "p90": spread.p90.value,
                "cheapest_share": spread.cheapest,
            }
            for slug, spread in found.spreads.items()
        },
        "tables": [
            {
                "id": table.slug,
                "title": table.title,
                "columns": list(table.columns),
                "rows": [[_cell(cell) for cell in row] for row in table.rows],
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
                }
                for field in calculator.inputs.fields()
            ],
        }
        for calculator in calculators.values()
    ]


def _option(option: Option) -> dict[str, Any]:
    return {
        "id": option.slug,
        "label": option.label,
        "refused": option.refused,
        "for_comparison": option.floor,
        "usd_per_month": None if option.refused else float(option.total),
        "usd_once": None if option.refused else float(option.total_once),
        "monthly": [_item(name, cost) for name, cost in option.monthly.items()],
        "once": [_item(name, cost) for name, cost in option.once.items()],
    }


def _item(name: str, cost: Quantity) -> dict[str, Any]:
    return {"item": name, "usd": cost.value, "worked": text.worked(cost)}


def _number(quantity: Quantity, unit: str) -> float:
    return quantity.to(unit)


def _cell(cell: str | Quantity | Sentence) -> Any:
    if isinstance(cell, Quantity):
        return text.quantity(cell)
    return cell if isinstance(cell, str) else text.sentence(cell)
