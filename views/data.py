"""A result as plain data, whole: what the command line prints as JSON."""

from __future__ import annotations

from typing import Any

from calculators.kernel.calculator import Calculator
from calculators.kernel.results import Cell, Option, Result
from calculators.kernel.units import Quantity
from views import text

VERSION = 1


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
                "halved": _number(move.halved, found.unit),
                "doubled": _number(move.doubled, found.unit),
            }
            for move in found.moves
        ],
        "spreads": {
            slug: {
                "p10": _number(spread.p10, found.unit),
                "p50": _number(spread.p50, found.unit),
                "p90": _number(spread.p90, found.unit),
                "best_share": spread.best,
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
                    "options": [value for value, _ in field.options],
                }
                for field in calculator.inputs.fields()
            ],
        }
        for calculator in calculators.values()
    ]


def _option(option: Option, unit: str) -> dict[str, Any]:
    return {
        "id": option.slug,
        "label": option.label,
        "refused": option.refused,
        "for_comparison": option.floor,
        "total": None if option.refused else _number(option.total, unit),
        "total_once": None if option.refused else _number(option.total_once, "USD"),
        "lines": [_item(name, line, unit) for name, line in option.lines.items()],
        "once": [_item(name, line, "USD") for name, line in option.once.items()],
    }


def _item(name: str, line: Quantity, unit: str) -> dict[str, Any]:
    return {"item": name, "amount": _number(line, unit), "worked": text.worked(line)}


def _number(quantity: Quantity | float, unit: str) -> float:
    """The number in that unit; the sum of nothing is a bare zero."""
    return quantity.to(unit) if isinstance(quantity, Quantity) else quantity


def _cell(cell: Cell) -> Any:
    return text.sentence(cell if isinstance(cell, tuple) else (cell,))
