"""
Inputs: one declaration from which form, table, query string, command line and tests derive.

`Inputs.read` is the only parser of what a person writes, wherever it was written.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

from calculators.kernel.facts import Facts
from calculators.kernel.meters import MODEL
from calculators.kernel.offers import PriceError
from calculators.kernel.units import HOURS_PER_MONTH, Quantity, UnitError, unit

NONE = "none"


class InputError(ValueError):
    """A value that cannot be used; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Range:
    """The 10th and the 90th percentile of an uncertain input, in base units."""

    low: float
    high: float

    def middle(self, share: bool) -> float:
        """The median: of a normal for shares, of a log-normal otherwise."""
        if share:
            return (self.low + self.high) / 2
        return math.sqrt(self.low * self.high)


@dataclass(frozen=True, slots=True)
class Field:
    """
    One input as it was declared.

    `imposed` is what somebody else decides, so no answer names it as a way to another.
    `formerly` are names that older links carry. A default that changes stays true for older
    links, which leave it out: `default_until` holds (day, default before that day), oldest first.
    """

    name: str
    label: str
    help: str
    group: str
    default: str
    unit: str = ""
    low: float = 0.0
    high: float = math.inf
    kind: str = ""
    options: tuple[tuple[str, str], ...] = ()
    optional: bool = False
    rare: bool = False
    imposed: bool = False
    checked: tuple[float, float] | None = None
    formerly: tuple[str, ...] = ()
    default_until: tuple[tuple[str, str], ...] = ()

    def default_on(self, day: date) -> str:
        """The default that a link with that day was made with."""
        before = (text for end, text in self.default_until if day < date.fromisoformat(end))
        return next(before, self.default)

    @property
    def is_choice(self) -> bool:
        """Whether it names an offer of a kind, or one of its options, instead of a number."""
        return bool(self.kind or self.options)

    @property
    def is_share(self) -> bool:
        """Whether it is a percentage."""
        return self.unit.startswith("%")


def _declared(
    default: str,
    label: str,
    help: str,
    *,
    group: str,
    rare: bool = False,
    formerly: tuple[str, ...] = (),
    default_until: Mapping[str, str] | None = None,
    **kind: Any,
) -> Any:
    """A dataclass field that carries a Field but for its name."""
    about = {"default": default, "label": label, "help": help, "group": group, "rare": rare}
    past = {"formerly": formerly, "default_until": tuple((default_until or {}).items())}
    return dataclasses.field(metadata={**about, **past, **kind})


def quantity(
    default: str,
    label: str,
    help: str,
    *,
    low: float = 0.0,
    high: float | None = None,
    checked: tuple[float, float] | None = None,
    **common: Any,
) -> Any:
    """
    Declares a number: `quantity("400k request/month", "Requests", "…", group="traffic")`.

    The default is written as a reader would, then its unit; bounds are in that unit. A share
    ends at 100 unless `high` says otherwise. `checked` is the span in which the formula has been
    held against measurements; outside it the answer warns.

    Common to all declarations: `group`; `rare`, which folds it away; and for old links, which go on
    working after a change, `formerly=("calls",)` and `default_until={"2027-03-01": "300k"}`.
    """
    number, _, unit = default.partition(" ")
    if high is None:
        high = 100.0 if unit == "%" else math.inf
    return _declared(number, label, help, unit=unit, low=low, high=high, checked=checked, **common)


def choice(
    kind: str, default: str, label: str, help: str, *, optional: bool = False, **common: Any
) -> Any:
    """Declares a choice among the offers of a kind; an optional one may be `none`."""
    return _declared(default, label, help, kind=kind, optional=optional, **common)


def one_of(options: Mapping[str, str], default: str, label: str, help: str, **common: Any) -> Any:
    """Declares a choice among words that stand in links: `one_of({"lora": "LoRA"}, "lora", …)`."""
    return _declared(default, label, help, options=tuple(options.items()), **common)


def same(source: type[Inputs], name: str, **changes: Any) -> Any:
    """Declares an input as another question does, but for the `changes`: `default`, `group`, …"""
    about = next(f.metadata for f in dataclasses.fields(source) if f.name == name)  # type: ignore[arg-type]
    return dataclasses.field(metadata={**about, **changes})


_NUMBER = re.compile(
    r"(?P<number>-?[0-9]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)(?P<scale>[kKMGB]?)(?P<unit>.*)"
)
# A whole number with marks between its thousands; in 1,5 or 1.234,5 the comma is none.
_THOUSANDS = re.compile(r"(?<![0-9,])(?<![0-9]\.)[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9,])")
_SCALES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "B": 1e9}
_PERIODS = {
    "s": HOURS_PER_MONTH * 3600,
    "sec": HOURS_PER_MONTH * 3600,
    "second": HOURS_PER_MONTH * 3600,
    "min": HOURS_PER_MONTH * 60,
    "minute": HOURS_PER_MONTH * 60,
    "h": HOURS_PER_MONTH,
    "hour": HOURS_PER_MONTH,
    "d": HOURS_PER_MONTH / 24,
    "day": HOURS_PER_MONTH / 24,
    "w": HOURS_PER_MONTH / 168,
    "week": HOURS_PER_MONTH / 168,
    "mo": 1.0,
    "month": 1.0,
    "y": 1 / 12,
    "year": 1 / 12,
}
LONGEST = 60
MOST = 1e18  # in a field's own unit: products of such numbers are still numbers


def canonical(field: Field, text: str) -> str:
    """The text as it stands in a link: no spaces, no thousands marks, no sign of a share."""
    text = text.strip()
    if field.is_choice:
        return text
    text = _joined(text)
    return text.removesuffix("%") if field.is_share else text


def _joined(text: str) -> str:
    """Without spaces, and without what parts the thousands of a number."""
    return _THOUSANDS.sub(lambda found: found[0].replace(",", ""), re.sub(r"[\s_]", "", text))


def parse_number(field: Field, text: str) -> float | Range:
    """What a person wrote for this field, in base units. Raises InputError."""
    shown = text.strip()
    if len(shown) > LONGEST:
        raise InputError(f"Too long for a number: write it like {field.default}.")
    low, dots, high = shown.partition("..")
    if not dots:
        return _bounded(field, _one(field, shown), shown)
    ends = Range(
        _bounded(field, _one(field, low), low.strip()),
        _bounded(field, _one(field, high), high.strip()),
    )
    if ends.low == ends.high:
        raise InputError(f"A range has two ends: write {low.strip()} alone.")
    if ends.low > ends.high:
        raise InputError(f"A range goes from low to high: write {high.strip()}..{low.strip()}.")
    if not field.is_share and ends.low <= 0:
        raise InputError("A range starts above zero, because it is read as a log-normal.")
    return ends


def _one(field: Field, text: str) -> float:
    text = text.strip()
    written = _joined(text)
    match = _NUMBER.fullmatch(written)
    if not match or not re.match(r"-?\.?[0-9]", match["number"]):
        example = f"{field.default}, 1.5k or 2M" if not field.is_share else field.default
        raise InputError(f"'{text}' is not a number: write it like {example}.")
    if "," in written:
        raise InputError(f"'{text}' has a comma: write the decimals after a point.")
    number = float(match["number"]) * _SCALES[match["scale"]]
    number *= _conversion(field, match["unit"], text)
    if not math.isfinite(number) or abs(number) > MOST:
        raise InputError(f"'{text}' is too large to count with.")
    if 0 < abs(number) < 1 / MOST:
        raise InputError(f"'{text}' is too small to count with.")
    return number * unit(field.unit).scale


def _conversion(field: Field, written: str, text: str) -> float:
    """How many of the field's own unit one of the written unit is."""
    written = written.strip("/ ") if written.strip("/ ") in _PERIODS else written.strip()
    if not written or written == "%" == field.unit[:1]:
        return 1.0
    own = unit(field.unit)
    monthly = field.unit.endswith("/month")
    what, slash, period = written.removeprefix("%").rpartition("/")
    if monthly and (period if slash else written) in _PERIODS and what in ("", field.unit[:-6]):
        return _PERIODS[period if slash else written]
    try:
        given = unit(written)
    except UnitError:
        given = None
    if given is None or given.dims != own.dims:
        raise InputError(f"'{text}' has a unit that does not fit: write it in {field.unit}.")
    return given.scale / own.scale


def _bounded(field: Field, value: float, text: str) -> float:
    number = value / unit(field.unit).scale
    slack = 1e-9 * max(1.0, abs(number))
    if number < field.low - slack:
        raise InputError(f"'{text}' is too small: at least {field.low:,.15g} {field.unit}.")
    if number > field.high + slack:
        raise InputError(f"'{text}' is too large: at most {field.high:,.15g} {field.unit}.")
    return value


class Inputs:
    """Base of the frozen, keyword-only dataclasses that hold a calculator's inputs."""

    __slots__ = ()

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The declarations, in order."""
        return _fields(cls)  # type: ignore[arg-type]  # a class is hashable, whatever its objects

    @classmethod
    def read(cls, given: Mapping[str, str], facts: Facts) -> Reading:
        """
        The one parser: texts by name, from a form, a link, a terminal or a test.

        Never raises for what a person wrote: what cannot be used is named in `problems` or
        `unknown`, the default stands in for it, and the rest still counts. `inputs` is None
        where even a default is not on sale on the day of the facts. A name of former days is read
        as today's, and a default of former days is put in, so that an old link stays what it was.
        """
        today = {old: field.name for field in cls.fields() for old in field.formerly}
        renamed = {name: today[name] for name in given if name in today}
        given = {new: given[old] for old, new in renamed.items()} | dict(given)
        values: dict[str, Any] = {}
        accepted: dict[str, str] = {}
        ranges: dict[str, Range] = {}
        problems: dict[str, str] = {}
        for field in cls.fields():
            text = canonical(field, given.get(field.name, ""))
            text = text or canonical(field, field.default_on(facts.day))
            try:
                value = _value(field, text or field.default, facts)
            except InputError as error:
                problems[field.name] = str(error)
                text = ""
                try:
                    value = _value(field, field.default, facts)
                except InputError as unsold:
                    problems[field.name] = str(unsold)
                    value = None
            if text and text != canonical(field, field.default):
                accepted[field.name] = text
            if isinstance(value, Range):
                ranges[field.name] = value
                value = value.middle(field.is_share)
            if value is not None and not field.is_choice:
                value = Quantity.of(value / unit(field.unit).scale, field.unit)
            values[field.name] = value
        known = {field.name for field in cls.fields()}
        unknown = tuple(name for name in given if name not in known and name not in renamed)
        usable = None not in values.values()
        inputs = cls(**values) if usable else None
        return Reading(inputs, accepted, ranges, problems, unknown, renamed)

    def floats(self) -> SimpleNamespace:
        """The same inputs as plain floats in base units, open to change: for exploring."""
        return SimpleNamespace(
            **{
                field.name: getattr(self, field.name)
                if field.is_choice
                else getattr(self, field.name).value
                for field in self.fields()
            }
        )


@cache
def _fields(cls: type[Inputs]) -> tuple[Field, ...]:
    return tuple(
        Field(name=field.name, **field.metadata)
        for field in dataclasses.fields(cls)  # type: ignore[arg-type]
    )


def _value(field: Field, text: str, facts: Facts) -> Any:
    if not field.is_choice:
        return parse_number(field, text)
    if field.options:
        words = [word for word, _ in field.options]
        if text not in words:
            raise InputError(f"'{text[:LONGEST]}' is not one of {', '.join(words)}.")
        return text
    if text == NONE and field.optional:
        return NONE
    if len(text) > LONGEST:
        raise InputError("No offer has so long a name: choose one from the list.")
    if field.kind == MODEL:
        if text not in facts.book.models:
            raise InputError(f"No model '{text}' in the book: choose one from the list.")
        return text
    try:
        offer = facts.offer(text)
        offer.on(facts.day)
    except PriceError as error:
        raise InputError(f"{str(error).rstrip('.?')}. Choose another.") from None
    if offer.kind != field.kind:
        raise InputError(f"{text} is sold as {offer.kind}; choose one of {field.kind}.")
    return text


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What came of reading texts: usable inputs, and what could not be used.

    `given` holds the accepted texts that differ from the defaults, in canonical form;
    `ranges` the inputs that were given as a range; `problems` a message by field name;
    `unknown` the names that no field has; `renamed` today's name by the former one that was used.
    """

    inputs: Any
    given: dict[str, str]
    ranges: dict[str, Range]
    problems: dict[str, str]
    unknown: tuple[str, ...]
    renamed: dict[str, str]
