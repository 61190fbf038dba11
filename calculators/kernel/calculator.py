"""
A calculator: a question, its inputs, and a formula that runs in three readings.

The formula is arithmetic alone. What every answer has besides — totals, flips,
moves, curve, spread, notices — is assembled here, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from calculators.kernel import explore
from calculators.kernel.explore import Along, Case, Costs, Formula
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
    drawn: Sequence[Any]  # what the calculator noted of draws of the ranges, if there are any

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
    called the `superlative`. `target` names the input that totals are held to. `drawn` notes for
    the report what it wants to know of one draw of the ranges, from the costs along the curve's
    input. `formerly` are slugs, and the keys of `moved` ids of parts of the answer, that older
    links carry; `moved` gives the id of today.
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
    drawn: Callable[[Along], Any] | None = None

    def field(self, name: str) -> Field:
        """The declaration of that input."""
        return next(field for field in self.inputs.fields() if field.name == name)

    def answer(self, facts: Facts, given: Mapping[str, str]) -> Result:
        """The whole answer to what was given, on the day of the facts."""
        return self.answer_to(facts, self.inputs.read(given, facts))

    def answer_to(self, facts: Facts, reading: Reading) -> Result:
        """The whole answer to inputs that have been read already."""
        answering = Answering(self, facts, reading)
        while answering.advance() < 1:
            pass
        return answering.result()

    def total(self, value: float) -> Quantity:
        """What an option comes to, from base units."""
        return Quantity.of(value / unit(self.unit).scale, self.unit)


ROUNDS = 50  # in which the draws of ranges are made


class Answering:
    """
    One answer on its way. What does not hang on draws of the ranges is there from the start; the
    draws come in rounds, after each of which there is an answer from those made so far.
    """

    def __init__(self, calculator: Calculator, facts: Facts, reading: Reading) -> None:
        self.calculator, self.facts, self.reading = calculator, facts, reading
        fields = calculator.inputs.fields()
        self.options = calculator.formula(reading.inputs, facts)
        for option in self.options:
            _check_units(option, calculator.unit)
        case = self.case = Case.of(calculator.formula, reading.inputs, facts)
        self.best = explore.cheapest(case.costs())
        self.flips: tuple[Flip, ...] = ()
        self.turns: tuple[Turn, ...] = ()
        self.moves: tuple[Move, ...] = ()
        if self.best:
            total = calculator.total
            varied = explore.variations(case, fields, reading.ranges)
            self.flips = tuple(
                Flip(field, getattr(reading.inputs, field.name), _in_unit(at, field), winner)
                for field, at, winner in explore.flips(case, varied, self.best)
            )
            self.turns = tuple(Turn(*turn) for turn in explore.turns(case, fields, self.best))
            self.moves = tuple(
                Move(field, _in_unit(x, field), _in_unit(y, field), total(a), total(b))
                for field, (x, a), (y, b) in explore.moves(varied, self.best)[:MOST_MOVES]
            )
        along = calculator.field(calculator.along)
        self.xs = tuple(x * unit(along.unit).scale for x in explore.decades(*calculator.decades))
        self.series = explore.curve(case, along, self.xs)
        self.map = self._map()
        self._costs = case.varying(*explore.drawn(fields, reading.ranges))
        self._draws = explore.draws(fields, reading.ranges, explore.SAMPLES)
        self._cases = explore.drawn_cases(case, fields, reading.ranges, along)
        self._drawn: list[Costs] = []
        self._bands: list[tuple[Costs, ...]] = []
        self._noted: list[Any] = []

    def advance(self) -> float:
        """Makes another round of draws, if there are ranges; the share of the draws made by now."""
        if not self.reading.ranges:
            return 1.0
        costs = self._costs
        self._drawn += [costs(*v) for v in islice(self._draws, explore.SAMPLES // ROUNDS)]
        for along in islice(self._cases, explore.BAND_DRAWS // ROUNDS):
            self._bands.append(tuple(map(along, self.xs[::BAND_STEP])))
            if self.calculator.drawn:
                self._noted.append(self.calculator.drawn(along))
        return len(self._drawn) / explore.SAMPLES

    def result(self) -> Result:
        """The answer from the draws made so far."""
        calculator, facts, reading = self.calculator, self.facts, self.reading
        report = calculator.report(
            Draft(
                reading.inputs,
                facts,
                self.case,
                self.options,
                self.best,
                self.flips,
                self.turns,
                self._noted,
            )
        )
        fields = calculator.inputs.fields()
        return Result(
            slug=calculator.slug,
            day=facts.day,
            unit=calculator.unit,
            superlative=calculator.superlative,
            reading=reading,
            headline=report.headline,
            options=self.options,
            best=self.best,
            flips=self.flips,
            turns=self.turns,
            moves=self.moves,
            curve=self._curve(report.finding),
            map=self.map,
            spreads=self._spreads(),
            draws=len(self._drawn),
            tables=report.tables,
            warnings=report.warnings
            + warnings(reading.inputs, fields, facts, self.options, self.best, report.uses),
            notices=facts.notices(*report.uses),
            bases=facts.bases(*report.uses),
        )

    def _curve(self, finding: Sentence) -> Curve:
        calculator, given = self.calculator, self.case.given
        here = getattr(given, calculator.along)
        target = getattr(given, calculator.target) if calculator.target else None
        band = explore.band(self.xs[::BAND_STEP], self._bands) if self._bands else None
        along = calculator.field(calculator.along)
        return Curve(along, self.xs, self.series, here, finding, band, target)

    def _map(self) -> Map | None:
        calculator, case = self.calculator, self.case
        if calculator.across is None:
            return None
        along, across = (calculator.field(n) for n in (calculator.along, calculator.across.name))
        xs = self.xs[:-1:MAP_STEP]
        ys = tuple(y * unit(across.unit).scale for y in calculator.across.values)
        now = tuple(getattr(case.given, field.name) for field in (along, across))
        shown = [_in_unit(y, across) for y in ys]
        if calculator.across.times:
            times = getattr(self.reading.inputs, calculator.across.times)
            shown = [(y * times).whole() for y in shown]
        return Map(
            field=along,
            label=calculator.across.label,
            xs=tuple(_in_unit(x, along) for x in xs),
            ys=tuple(shown),
            best=explore.winners(case, across, ys, along, xs),
            here=(explore.nearest(xs, now[0]), explore.nearest(ys, now[1])),
        )

    def _spreads(self) -> dict[str, Spread]:
        if not self._drawn:
            return {}
        drawn = explore.columns(self._drawn)
        won = explore.shares_won(drawn)
        total = self.calculator.total
        spreads = {}
        for slug, costs in drawn.items():
            p10, p50, p90 = explore.tenths(costs)
            if math.isfinite(p90):
                spreads[slug] = Spread(total(p10), total(p50), total(p90), won[slug])
        return spreads


def _check_units(option: Option, wanted_unit: str) -> None:
    """Raises UnitError where an item's units do not cancel to those of its total."""
    for items, wanted in ((option.lines, wanted_unit), (option.once, "USD")):
        for item in items.values():
            item.to(wanted)


def _in_unit(value: float, field: Field) -> Quantity:
    return Quantity.of(value / unit(field.unit).scale, field.unit)
