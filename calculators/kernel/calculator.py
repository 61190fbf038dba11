"""
A calculator: a question, its inputs, and a formula that runs in three readings.

The formula is arithmetic alone. What every answer has besides — totals, flips,
moves, curve, spread, notices — is assembled here, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from calculators.kernel import explore
from calculators.kernel.explore import Along, Case, Costs, Formula
from calculators.kernel.facts import Basis, Facts, Notice
from calculators.kernel.inputs import Field, Inputs, Reading
from calculators.kernel.results import (
    Curve,
    Flip,
    Map,
    Move,
    Option,
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


class Draft:
    """
    What a calculator's report may look at: the formula's options and the case behind them.

    `drawn` is what the calculator noted of draws of the ranges, if there are any.
    """

    def __init__(self, answering: Answering, drawn: Sequence[Any]) -> None:
        self.inputs: Any = answering.reading.inputs
        self.facts = answering.facts
        self.case = answering.case
        self.options = answering.options
        self.best = answering.best
        self.drawn = drawn
        self._answering = answering

    @property
    def flips(self) -> tuple[Flip, ...]:
        """The inputs nearest to changing which option is the best."""
        return self._answering.flips

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The words of choices with which another option is the best."""
        return self._answering.turns

    def flip(self, name: str) -> Flip | None:
        """Where along that input another option becomes the best, or None."""
        return self._answering.flip(name)

    def option(self, slug: str) -> Option:
        """The option of that slug."""
        return next(option for option in self.options if option.slug == slug)

    def elsewhere(self, name: str) -> Sentence:
        """Where along that input another option gets the best, in words that end a finding."""
        flip = self.flip(name)
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
    One answer on its way. What does not depend on draws of the ranges is calculated when it is
    first asked for; the draws come in rounds, after each of which there is an answer from those
    made so far.
    """

    def __init__(self, calculator: Calculator, facts: Facts, reading: Reading) -> None:
        self.calculator, self.facts, self.reading = calculator, facts, reading
        self.options = calculator.formula(reading.inputs, facts)
        for option in self.options:
            _check_units(option, calculator.unit)
        self.case = Case.of(calculator.formula, reading.inputs, facts)
        self.best = explore.cheapest(explore.ranked(self.case.options()))
        self._drawn: list[Costs] = []
        self._bands: list[tuple[Costs, ...]] = []
        self._noted: list[Any] = []

    @cached_property
    def along(self) -> Field:
        """The input of the curve."""
        return self.calculator.field(self.calculator.along)

    @cached_property
    def xs(self) -> tuple[float, ...]:
        """The points of the curve, in base units."""
        points = explore.decades(*self.calculator.decades)
        return tuple(x * unit(self.along.unit).scale for x in points)

    @cached_property
    def _varied(self) -> list[explore.Variation]:
        return explore.variations(self.case, self.calculator.inputs.fields(), self.reading.ranges)

    @cached_property
    def flips(self) -> tuple[Flip, ...]:
        """The values of single inputs at which another option becomes the best, nearest first."""
        return self._flips(self._varied) if self.best else ()

    def flip(self, name: str) -> Flip | None:
        """The same for one input, which takes a fraction of the time."""
        if "flips" in self.__dict__ or not self.best:
            return next((flip for flip in self.flips if flip.field.name == name), None)
        field = self.calculator.field(name)
        return next(
            iter(self._flips(explore.variations(self.case, [field], self.reading.ranges))), None
        )

    def _flips(self, varied: Iterable[explore.Variation]) -> tuple[Flip, ...]:
        return tuple(
            Flip(field, getattr(self.reading.inputs, field.name), _in_unit(at, field), winner)
            for field, at, winner in explore.flips(self.case, varied, self.best)
        )

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The words of choices with which another option becomes the best."""
        if not self.best:
            return ()
        fields = self.calculator.inputs.fields()
        return tuple(Turn(*turn) for turn in explore.turns(self.case, fields, self.best))

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """What the best option comes to at other values of single inputs."""
        if not self.best:
            return ()
        total = self.calculator.total
        return tuple(
            Move(field, _in_unit(x, field), _in_unit(y, field), total(a), total(b))
            for field, (x, a), (y, b) in explore.moves(self._varied, self.best)[:MOST_MOVES]
        )

    @cached_property
    def series(self) -> dict[str, tuple[float | None, ...]]:
        """What each option comes to along the curve's input."""
        return explore.curve(self.case, self.along, self.xs)

    @cached_property
    def map(self) -> Map | None:
        """The best option over two inputs, where the calculator names a second one."""
        return self._map()

    @cached_property
    def _draws(self) -> tuple[Callable[..., Costs], Iterator[Any], Iterator[Along]]:
        fields, ranges = self.calculator.inputs.fields(), self.reading.ranges
        return (
            self.case.varying(*explore.drawn(fields, ranges)),
            explore.draws(fields, ranges, explore.SAMPLES),
            explore.drawn_cases(self.case, fields, ranges, self.along),
        )

    def advance(self) -> float:
        """Makes another round of draws, if there are ranges; the share of the draws made by now."""
        if not self.reading.ranges:
            return 1.0
        costs, draws, cases = self._draws
        self._drawn += [costs(*v) for v in islice(draws, explore.SAMPLES // ROUNDS)]
        for along in islice(cases, explore.BAND_DRAWS // ROUNDS):
            self._bands.append(tuple(map(along, self.xs[::BAND_STEP])))
            if self.calculator.drawn:
                self._noted.append(self.calculator.drawn(along))
        return len(self._drawn) / explore.SAMPLES

    def result(self) -> Result:
        """The answer from the draws made so far."""
        return Result(self, tuple(self._drawn), tuple(self._bands), tuple(self._noted))

    def _map(self) -> Map | None:
        calculator, case = self.calculator, self.case
        if calculator.across is None:
            return None
        along, across = self.along, calculator.field(calculator.across.name)
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


class Result:
    """
    A whole answer, totals in `unit`. `best` is the slug of the option with the least total, or ''
    where none can be had, and `superlative` what that is called. `draws` is the number of draws of
    the ranges, 0 without ranges.

    Its parts are calculated when they are first asked for: a page that prints one total asks for
    the options alone.
    """

    def __init__(
        self,
        answering: Answering,
        drawn: tuple[Costs, ...],
        bands: tuple[tuple[Costs, ...], ...],
        noted: tuple[Any, ...],
    ) -> None:
        self._answering = answering
        self._drawn, self._bands, self._noted = drawn, bands, noted
        self.slug = answering.calculator.slug
        self.day: date = answering.facts.day
        self.unit = answering.calculator.unit
        self.superlative = answering.calculator.superlative
        self.reading = answering.reading
        self.options = answering.options
        self.best = answering.best
        self.draws = len(drawn)

    def option(self, slug: str) -> Option:
        """The option of that slug."""
        return next(option for option in self.options if option.slug == slug)

    @property
    def flips(self) -> tuple[Flip, ...]:
        """The values of single inputs at which another option becomes the best, nearest first."""
        return self._answering.flips

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The words of choices with which another option becomes the best."""
        return self._answering.turns

    @property
    def moves(self) -> tuple[Move, ...]:
        """What the best option comes to at other values of single inputs."""
        return self._answering.moves

    @property
    def map(self) -> Map | None:
        """The best option over two inputs, where the calculator names a second one."""
        return self._answering.map

    @cached_property
    def _report(self) -> Report:
        return self._answering.calculator.report(Draft(self._answering, self._noted))

    @property
    def headline(self) -> Sentence:
        """The answer in a sentence."""
        return self._report.headline

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that only this calculator has."""
        return self._report.tables

    @cached_property
    def warnings(self) -> tuple[Sentence, ...]:
        """What a reader must know before using the answer."""
        now, report = self._answering, self._report
        fields = now.calculator.inputs.fields()
        inputs = self.reading.inputs
        return report.warnings + warnings(
            inputs, fields, now.facts, self.options, self.best, report.uses
        )

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What has closed, will close or will change its price among the offers used."""
        return self._answering.facts.notices(*self._report.uses)

    @cached_property
    def bases(self) -> tuple[Basis, ...]:
        """Who says what the offers used cost, and since when it has held."""
        return self._answering.facts.bases(*self._report.uses)

    @cached_property
    def curve(self) -> Curve | None:
        """What each option comes to along one input."""
        now = self._answering
        calculator, given = now.calculator, now.case.given
        here = getattr(given, calculator.along)
        target = getattr(given, calculator.target) if calculator.target else None
        band = explore.band(now.xs[::BAND_STEP], self._bands) if self._bands else None
        return Curve(now.along, now.xs, now.series, here, self._report.finding, band, target)

    @cached_property
    def spreads(self) -> dict[str, Spread]:
        """By option, the percentiles of its total over the draws; empty without ranges."""
        if not self._drawn:
            return {}
        drawn = explore.columns(self._drawn)
        won = explore.shares_won(drawn)
        total = self._answering.calculator.total
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
