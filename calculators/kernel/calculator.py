"""
A calculator: a question, its inputs, and a formula that runs in three readings.

The formula is arithmetic alone. What every answer has besides — totals, flips,
moves, curve, spread, notices — is assembled here, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from calculators.kernel import explore
from calculators.kernel.explore import Case, Formula
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field, Inputs, Reading
from calculators.kernel.results import (
    Curve,
    Flip,
    Move,
    Option,
    Result,
    Sentence,
    Spread,
    Table,
)
from calculators.kernel.units import Quantity, unit
from calculators.kernel.warnings import warnings


@dataclass(frozen=True, slots=True)
class Draft:
    """What a calculator's report may look at: the formula's options and the case behind them."""

    inputs: Any
    facts: Facts
    case: Case
    options: tuple[Option, ...]
    best: str
    flips: tuple[Flip, ...]

    def option(self, slug: str) -> Option:
        """The option of that slug."""
        return next(option for option in self.options if option.slug == slug)


@dataclass(frozen=True, slots=True)
class Report:
    """What only this calculator can say about its options, and the offers that it used."""

    headline: Sentence
    finding: Sentence
    uses: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    warnings: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """A realistic case by name: texts as a reader would give them."""

    label: str
    given: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Calculator:
    """
    `along` names the input of the curve, drawn over `decades` (powers of ten) in its unit;
    `leading` the inputs of the brief form. Options are measured in `unit`, the least is the best
    and is called the `superlative`.
    """

    slug: str
    question: str
    inputs: type[Inputs]
    groups: Mapping[str, str]
    formula: Formula
    report: Callable[[Draft], Report]
    along: str
    decades: tuple[int, int]
    presets: tuple[Preset, ...] = ()
    leading: tuple[str, ...] = ()
    unit: str = "USD/month"
    superlative: str = "cheapest"

    def field(self, name: str) -> Field:
        """The declaration of that input."""
        return next(field for field in self.inputs.fields() if field.name == name)

    def answer(self, facts: Facts, given: Mapping[str, str]) -> Result:
        """The whole answer to what was given, on the day of the facts."""
        return self.answer_to(facts, self.inputs.read(given, facts))

    def answer_to(self, facts: Facts, reading: Reading) -> Result:
        """The whole answer to inputs that have been read already."""
        fields = self.inputs.fields()
        options = self.formula(reading.inputs, facts)
        for option in options:
            _check_units(option, self.unit)
        case = Case.of(self.formula, reading.inputs, facts)
        best = explore.cheapest(case.costs())
        flips: tuple[Flip, ...] = ()
        moves: tuple[Move, ...] = ()
        if best:
            varied = explore.variations(case, fields)
            flips = tuple(
                Flip(field, getattr(reading.inputs, field.name), _in_unit(at, field), winner)
                for field, at, winner in explore.flips(case, varied, best)
            )
            moves = tuple(
                Move(field, self._total(low), self._total(high))
                for field, low, high in explore.moves(varied, best)[:5]
                if low is not None and high is not None
            )
        report = self.report(Draft(reading.inputs, facts, case, options, best, flips))
        return Result(
            slug=self.slug,
            day=facts.day,
            unit=self.unit,
            superlative=self.superlative,
            reading=reading,
            headline=report.headline,
            options=options,
            best=best,
            flips=flips,
            moves=moves,
            curve=self._curve(case, report.finding),
            spreads=self._spreads(case, fields, reading),
            tables=report.tables,
            warnings=report.warnings
            + warnings(reading.inputs, fields, facts, options, best, report.uses),
            notices=facts.notices(*report.uses),
            bases=facts.bases(*report.uses),
        )

    def _curve(self, case: Case, finding: Sentence) -> Curve:
        field = self.field(self.along)
        scale = unit(field.unit).scale
        here = getattr(case.given, field.name)
        xs = tuple(x * scale for x in explore.decades(*self.decades))
        return Curve(field, xs, explore.curve(case, field, xs), here, finding)

    def _spreads(
        self, case: Case, fields: tuple[Field, ...], reading: Reading
    ) -> dict[str, Spread]:
        if not reading.ranges:
            return {}
        drawn = explore.sample(case, fields, reading.ranges)
        winners = [
            min(costs, key=costs.__getitem__)
            for costs in (
                dict(zip(drawn, draw, strict=True)) for draw in zip(*drawn.values(), strict=True)
            )
        ]
        spreads = {}
        for slug, costs in drawn.items():
            ordered = sorted(costs)
            p10, p50, p90 = (explore.percentile(ordered, share) for share in (0.1, 0.5, 0.9))
            if math.isfinite(p90):
                won = winners.count(slug) / len(winners)
                spreads[slug] = Spread(self._total(p10), self._total(p50), self._total(p90), won)
        return spreads

    def _total(self, value: float) -> Quantity:
        return Quantity.of(value / unit(self.unit).scale, self.unit)


def _check_units(option: Option, wanted_unit: str) -> None:
    """Raises UnitError where an item's units do not cancel to those of its total."""
    for items, wanted in ((option.lines, wanted_unit), (option.once, "USD")):
        for item in items.values():
            item.to(wanted)


def _in_unit(value: float, field: Field) -> Quantity:
    return Quantity.of(value / unit(field.unit).scale, field.unit)
