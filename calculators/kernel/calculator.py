"""
A calculator: a question, its inputs, and a formula that runs in three readings.

The formula is arithmetic alone. What every answer has besides — totals, flips,
moves, curve, spread, notices — is assembled here, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from calculators.kernel import explore
from calculators.kernel.explore import Case, Formula
from calculators.kernel.facts import Facts
from calculators.kernel.inputs import Field, Inputs, Reading
from calculators.kernel.results import (
    Curve,
    Flip,
    Map,
    Move,
    Option,
    Result,
    Sentence,
    Spread,
    Table,
    Turn,
)
from calculators.kernel.units import Quantity, unit
from calculators.kernel.warnings import warnings

MOST_MOVES = 7
BAND_STEP = 4  # of the curve's points, one has a band: two in a decade
MAP_STEP = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """What a calculator's report may look at: the formula's options and the case behind them."""

    inputs: Any
    facts: Facts
    case: Case
    options: tuple[Option, ...]
    best: str
    flips: tuple[Flip, ...]
    turns: tuple[Turn, ...]
    drawn: list[Case]  # in each of some draws of its ranges; without any, none

    def option(self, slug: str) -> Option:
        """The option of that slug."""
        return next(option for option in self.options if option.slug == slug)

    def elsewhere(self, name: str) -> Sentence:
        """Where along that input another option gets the best, in words that end a finding."""
        flip = next((flip for flip in self.flips if flip.field.name == name), None)
        if flip is None:
            return (" and at any other within a thousandfold",)
        way = "above" if flip.at > flip.now else "below"
        return (f"; {self.option(flip.winner).label.lower()} {way} ", flip.at)


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
class Across:
    """
    The second input of a map, beside that of the curve: its name, its values in its unit, and what
    the rows are called. They show the value, `times` another input where one is named.
    """

    name: str
    values: tuple[float, ...]
    label: str
    times: str = ""


@dataclass(frozen=True, slots=True)
class Calculator:
    """
    `along` names the input of the curve, drawn over `decades` (powers of ten) in its unit, and
    `across` a second one, to map which option is the best over both;
    `leading` the inputs of the brief form; `rising` those of which, if they are asked for, more
    never makes an option cheaper. Options are measured in `unit`, the least is the best and is
    called the `superlative`. `target` names the input that totals are held to; `draws` is how
    often ranges are drawn from. `formerly` are slugs, and the keys of `moved` ids of parts of the
    answer, that older links carry; `moved` gives the id of today.
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
    rising: tuple[str, ...] = ("requests",)
    across: Across | None = None
    formerly: tuple[str, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    draws: int = explore.SAMPLES

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
        turns: tuple[Turn, ...] = ()
        moves: tuple[Move, ...] = ()
        if best:
            varied = explore.variations(case, fields, reading.ranges)
            flips = tuple(
                Flip(field, getattr(reading.inputs, field.name), _in_unit(at, field), winner)
                for field, at, winner in explore.flips(case, varied, best)
            )
            turns = tuple(Turn(*turn) for turn in explore.turns(case, fields, best))
            moves = tuple(
                Move(field, _in_unit(x, field), _in_unit(y, field), self._total(a), self._total(b))
                for field, (x, a), (y, b) in explore.moves(varied, best)[:MOST_MOVES]
            )
        drawn = explore.drawn_cases(case, fields, reading.ranges, self.field(self.along))
        report = self.report(Draft(reading.inputs, facts, case, options, best, flips, turns, drawn))
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
            turns=turns,
            moves=moves,
            curve=self._curve(case, report.finding, drawn),
            map=self._map(case, reading.inputs),
            spreads=self._spreads(case, fields, reading),
            draws=self.draws if reading.ranges else 0,
            tables=report.tables,
            warnings=report.warnings
            + warnings(reading.inputs, fields, facts, options, best, report.uses),
            notices=facts.notices(*report.uses),
            bases=facts.bases(*report.uses),
        )

    def _curve(self, case: Case, finding: Sentence, drawn: list[Case]) -> Curve:
        field = self.field(self.along)
        scale = unit(field.unit).scale
        here = getattr(case.given, field.name)
        xs = tuple(x * scale for x in explore.decades(*self.decades))
        target = getattr(case.given, self.target) if self.target else None
        band = explore.band(drawn, field, xs[::BAND_STEP]) if drawn else None
        return Curve(field, xs, explore.curve(case, field, xs), here, finding, band, target)

    def _map(self, case: Case, inputs: Any) -> Map | None:
        if self.across is None:
            return None
        along, across = self.field(self.along), self.field(self.across.name)
        xs = tuple(x * unit(along.unit).scale for x in explore.decades(*self.decades)[:-1:MAP_STEP])
        ys = tuple(y * unit(across.unit).scale for y in self.across.values)
        now = tuple(getattr(case.given, field.name) for field in (along, across))
        shown = [_in_unit(y, across) for y in ys]
        if self.across.times:
            shown = [(y * getattr(inputs, self.across.times)).whole() for y in shown]
        return Map(
            field=along,
            label=self.across.label,
            xs=tuple(_in_unit(x, along) for x in xs),
            ys=tuple(shown),
            best=explore.winners(case, across, ys, along, xs),
            here=(explore.nearest(xs, now[0]), explore.nearest(ys, now[1])),
        )

    def _spreads(
        self, case: Case, fields: tuple[Field, ...], reading: Reading
    ) -> dict[str, Spread]:
        if not reading.ranges:
            return {}
        drawn = explore.sample(case, fields, reading.ranges, self.draws)
        won = explore.shares_won(drawn)
        spreads = {}
        for slug, costs in drawn.items():
            p10, p50, p90 = explore.tenths(costs)
            if math.isfinite(p90):
                ends = (self._total(p10), self._total(p50), self._total(p90))
                spreads[slug] = Spread(*ends, won[slug])
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
