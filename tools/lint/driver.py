"""Runs the rules and the repairs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import ModuleType

from tools.lint import (
    book,
    evidence,
    feeds,
    figures,
    form,
    glossary,
    lifecycle,
    measurements,
    names,
    order,
    pages,
    prices,
    promises,
    snippets,
    sources,
    stores,
)
from tools.lint.project import Project, Rule
from tools.lint.reading import ALL, Fault
from tools.records import DataError, read
from tools.records import names as data_files

# What offers must keep, one by one or beside each other.
OF_OFFERS = (order, names, sources, lifecycle, figures, prices, stores, feeds)
MODULES = (
    form,
    *OF_OFFERS,
    evidence,
    book,
    pages,
    snippets,
    glossary,
    measurements,
    promises,
)


def rules(modules: Iterable[ModuleType]) -> tuple[Rule, ...]:
    """The rules of these modules, in the order in which they are written."""
    return tuple(rule for one in modules for rule in vars(one).values() if isinstance(rule, Rule))


RULES = rules(MODULES)


def complaints(project: Project, files: Collection[str] = ()) -> list[str]:
    """
    A line for each fault, by file and line; of these files only (`data/offers/acme.yml`), if any.
    """
    faults = []
    for rule in RULES:
        if rule.whole and not project.whole:
            continue
        ending = "; make fix does it" if rule.fix else ""
        try:
            faults += [(fault, ending) for fault in rule(project)]
        except DataError as error:  # a file that the rule needs cannot be read
            faults.append((Fault(error.file, error.message, error.line), ""))
    lines = project.data.lines
    order = [
        (fault.file, fault.at_line(lines), fault.shown(lines) + ending)
        for fault, ending in faults
        if not files or fault.file in files
    ]
    return [text for _, _, text in sorted(set(order))]


def repair(project: Project, files: Collection[str] = ()) -> Iterator[str]:
    """Make every repair of the data files, or of these; yields those that changed."""
    fixes = dict.fromkeys(rule.fix for rule in RULES if rule.fix)
    data = project.root / "data"
    for name in data_files(data, ALL):
        file, path = f"data/{name}.yml", data / f"{name}.yml"
        if files and file not in files:
            continue
        try:
            read(data, name)
        except DataError:
            continue  # which a rule reports
        text = mended = path.read_text("utf-8")
        for fix in fixes:
            mended = fix(name.partition("/")[0], mended)
        if mended != text:
            path.write_text(mended, "utf-8")
            yield file


def relative(path: str, root: Path) -> str:
    """A path from the working folder, as one from the root. Raises ValueError with what to do."""
    file = Path(path).resolve()
    if not file.is_file():
        raise ValueError(f"{path} is no file")
    if not file.is_relative_to(root):
        raise ValueError(f"{path} is not in this checkout")
    return file.relative_to(root).as_posix()
