"""Figures as a vendor publishes them, and the sizes that a calculator needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from calculators.kernel.meters import METERS, SIZES
from tools.lint.project import Project, rule, rule_with
from tools.lint.reading import Fault, at
from tools.lint.values import number
from tools.records import COLLECTIONS

# Names a newcomer might type out of habit; none of them is a fact that a vendor published.
DERIVED = ("per_month", "per_request", "per_year", "monthly", "total", "until", "to", "end")
NEEDED_SIZES = {"inference": ("context_window",), "embedding": ("dimensions", "max_input")}
FIGURES = {*SIZES, *(meter for meters in METERS.values() for meter in meters)}


def with_thousands_apart(collection: str, text: str) -> str:
    """The same file with `_` between the thousands of its figures."""
    if collection not in COLLECTIONS:
        return text
    return re.sub(
        r"^(\s+(\w+): )([0-9]{4,})(?=[. ])",
        lambda line: line[1] + f"{int(line[3]):_}" if line[2] in FIGURES else line[0],
        text,
        flags=re.MULTILINE,
    )


@rule_with(with_thousands_apart)
def thousands_are_apart(project: Project) -> Iterator[Fault]:
    """A long figure has `_` between its thousands, so that nobody miscounts its zeros."""
    for place, text in _figures(project):
        if re.match(r"[0-9]{4}", text):
            yield at(place, f"part the thousands of {text} with _, as in 128_000")


@rule
def figures_are_as_published(project: Project) -> Iterator[Fault]:
    """A vendor's figure is short; a long one was worked out, and so was a price a month."""
    for entry in project.entries():
        for key in entry.block:
            if key in DERIVED:
                message = "remove it; it can be worked out from the blocks"
                yield at((*entry.place, key), message)
    for place, text in _figures(project):
        digits = re.sub(r"[^0-9]", "", text.split(" ")[0]).lstrip("0")
        if len(digits) > 5 and "_" not in text and not re.match(r"[0-9]{4}", text):
            yield at(place, f"{text} looks worked out; write the figure the vendor publishes")


def _figures(project: Project) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every size and price as it is written, with its place."""
    for place, _, offer in project.offers():
        yield from (((*place, size), offer[size]) for size in SIZES if size in offer)
    for entry in project.entries():
        for place, meters in entry.tiers():
            yield from (((*place, meter), text) for meter, text in meters.items())


@rule
def sizes_are_given(project: Project) -> Iterator[Fault]:
    """Whether a prompt fits, and how big a vector is, can be answered for every offer."""
    for place, _, offer in project.offers():
        for size in NEEDED_SIZES.get(offer["kind"], ()):
            if size not in offer:
                yield at(place, f"add {size}, with a facts_source")


@rule
def caches_fit_their_window(project: Project) -> Iterator[Fault]:
    """The shortest prompt that is cached is one that may be sent."""
    for place, _, offer in project.offers():
        shortest, longest = offer.get("cache_minimum"), offer.get("context_window")
        if shortest and not number(shortest) <= number(longest or "inf"):
            yield at(
                (*place, "cache_minimum"),
                f"{shortest} is above the context_window ({longest}); correct one of them",
            )


@rule
def sheets_agree_with_their_names(project: Project) -> Iterator[Fault]:
    """The name of an accelerator says how much it holds, and its data sheet holds as much."""
    for name, sheet in project.book.accelerators.items():
        place = (_file_of(project, name), "accelerators", name)
        memory = f"{sheet.figures['memory'].to('GB'):.0f}gb"
        if not name.endswith(f"-{memory}"):
            yield at(
                (*place, "memory"), f"is {memory}, which {name} does not end with; correct one"
            )
        if sheet.figures["bf16"].to("FLOP/s") <= 1e14:
            message = "is below 100 TFLOP/s; write the figure of dense matrices, with its unit"
            yield at((*place, "bf16"), message)


def _file_of(project: Project, name: str) -> str:
    """The file of an accelerator's data sheet."""
    files = project.data.sound.items()
    return next(file for file, record in files if name in record.get("accelerators", {}))
