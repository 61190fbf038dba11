"""What the rules look at, each part read once; a rule, and a fault that it reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from calculators.kernel.book import Book
from calculators.kernel.evidence import Evidence
from calculators.kernel.meters import METERS
from tools.lint import reading
from tools.lint.reading import Fault
from tools.paths import ROOT
from tools.records import COLLECTIONS, EVIDENCE, REFERENCES, DataError, TextLoader

Records = Mapping[str, Any]
# The repaired text of a data file, given its collection (`offers`) and its text.
Fixer = Callable[[str, str], str]

FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Rule:
    """
    One rule; calling it yields the faults of a project.

    A rule of the `whole` waits until every data file can be read: it would otherwise miss what is
    in the files that cannot. `fix` is the repair that `make fix` makes, if there is one.
    """

    check: Callable[[Project], Iterator[Fault]]
    whole: bool = False
    fix: Fixer | None = None

    def __call__(self, project: Project) -> Iterator[Fault]:
        return self.check(project)

    @property
    def name(self) -> str:
        return self.check.__name__


Check = Callable[["Project"], Iterator[Fault]]


def rule(check: Check) -> Rule:
    """Mark a function as a rule."""
    return Rule(check)


def rule_of_the_whole(check: Check) -> Rule:
    """Mark a function as a rule that needs every data file."""
    return Rule(check, whole=True)


def rule_with(fix: Fixer) -> Callable[[Check], Rule]:
    """Mark a function as a rule whose faults `make fix` repairs."""
    return lambda check: Rule(check, fix=fix)


@dataclass(frozen=True)
class Entry:
    """One dated block of one offer, with where it is."""

    place: tuple[str, ...]
    kind: str
    block: dict[str, Any]

    def meters(self) -> dict[str, str]:
        """The block's own meters as they are written."""
        return {key: text for key, text in self.block.items() if key in METERS[self.kind]}

    def tiers(self) -> list[tuple[tuple[str, ...], dict[str, str]]]:
        """
        Each set of prices in the block with its place: those of any prompt, then those of long
        prompts, as written.
        """
        above = self.block.get("above", {})
        longer = [((*self.place, "above", size), tier) for size, tier in above.items()]
        return [(self.place, self.meters()), *longer]


@dataclass(frozen=True)
class Page:
    """A page of the guide: its file from the root, and its text."""

    file: str
    text: str

    @property
    def source(self) -> str:
        """The page as the navigation names it: `choose/rag.md`."""
        return self.file.removeprefix("docs/")

    @property
    def folder(self) -> str:
        """The first folder of the page under docs/, '' for the home page."""
        return self.source.rpartition("/")[0].partition("/")[0]

    @cached_property
    def prose(self) -> str:
        """The text with its fenced code blanked, each line where it was."""
        return FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), self.text)

    def line(self, offset: int) -> int:
        """The number of the line at that offset."""
        return self.text.count("\n", 0, offset) + 1

    def fault(self, message: str, line: int = 0) -> Fault:
        return Fault(self.file, message, line)


class Project:
    """The files under a root, as the rules want them. Data files that break the form are apart."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self._yaml: dict[tuple[str, ...], Any] = {}

    @cached_property
    def data(self) -> reading.Data:
        """All data files with the faults of their form."""
        return reading.data(self.root / "data")

    @property
    def whole(self) -> bool:
        """Whether every data file keeps the form."""
        return not self.data.faults

    def _files(self, collections: tuple[str, ...]) -> dict[str, Any]:
        sound = self.data.sound
        return {name: record for name, record in sound.items() if _of(name) in collections}

    @cached_property
    def sold(self) -> dict[str, Any]:
        """The records of what is sold, by file (`offers/openai`): all scalars text."""
        return self._files(COLLECTIONS)

    @cached_property
    def studies(self) -> dict[str, Any]:
        """The records of the evidence, by file."""
        return self._files(EVIDENCE)

    @cached_property
    def book(self) -> Book:
        """The price book, without what breaks the form."""
        return Book.parse(self._files(COLLECTIONS + REFERENCES))

    @cached_property
    def evidence(self) -> Evidence:
        """The studies, without those that break the form."""
        return Evidence.parse(self.studies)

    def offers(self) -> Iterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
        """Each offer: its place, its id and its record."""
        for file, record in self.sold.items():
            for name, offer in record["offers"].items():
                yield (file, "offers", name), name, offer

    def entries(self) -> Iterator[Entry]:
        """Each dated block of each offer."""
        for place, _, offer in self.offers():
            for day, block in offer.get("rates", {}).items():
                yield Entry((*place, "rates", day), offer["kind"], block)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every page of docs/, the decision records too, sorted."""
        return tuple(
            Page(path.relative_to(self.root).as_posix(), path.read_text("utf-8"))
            for path in sorted((self.root / "docs").rglob("*.md"))
        )

    @cached_property
    def guide(self) -> tuple[Page, ...]:
        """The pages for readers: all but the decision records."""
        return tuple(page for page in self.pages if page.folder != "adr")

    @cached_property
    def settings(self) -> dict[str, Any]:
        """mkdocs.yml, all scalars text."""
        settings: dict[str, Any] = yaml.load(self.text("mkdocs.yml"), Loader=yaml.BaseLoader)
        return settings

    def text(self, *path: str) -> str:
        """The text of a file, '' where there is none."""
        file = self.root.joinpath(*path)
        return file.read_text("utf-8") if file.exists() else ""

    def yaml(self, *path: str) -> Any:
        """What a YAML file holds, all scalars text. Raises DataError."""
        if path not in self._yaml:
            try:
                self._yaml[path] = yaml.load(self.text(*path), Loader=TextLoader)
            except yaml.MarkedYAMLError as error:
                line = error.problem_mark.line + 1 if error.problem_mark else 1
                raise DataError(f"is no YAML: {error.problem}", "/".join(path), line) from None
        return self._yaml[path]


def _of(name: str) -> str:
    """The collection of a file."""
    return name.partition("/")[0]
