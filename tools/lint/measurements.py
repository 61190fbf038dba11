"""What others measured, to check a formula: the form of the cases in tests/validation/."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

from tools.book.validation import Published
from tools.lint.project import Project, rule
from tools.lint.reading import Fault

FOLDER = ("tests", "validation")
KNOWN = {field.name for field in fields(Published)} - {"slug"}
NEEDED = {
    field.name
    for field in fields(Published)
    if field.default is MISSING and field.default_factory is MISSING
} - {"slug"}
BASES = ("verified", "derived", "quoted")

Case = dict[str, Any]


def _cases(project: Project) -> Iterator[tuple[str, Case]]:
    """Every case, with its file."""
    for path in sorted(project.root.joinpath(*FOLDER).glob("*.yml")):
        yield from ((path.name, case) for case in project.yaml(*FOLDER, path.name))


def _fault(project: Project, file: str, case: Case, message: str) -> Fault:
    name = case.get("name", "")
    lines = project.text(*FOLDER, file).splitlines()
    same = (
        number for number, text in enumerate(lines, 1) if name and text.endswith(f"name: {name}")
    )
    group = f"{case.get('group', '')}, {name}"
    return Fault(f"tests/validation/{file}", f"{group}: {message}", next(same, 0))


@rule
def cases_keep_their_form(project: Project) -> Iterator[Fault]:
    """A case has the fields that tools/book/validation.py explains, and says where it was read."""
    for file, case in _cases(project):
        faults = [f"{key} is not a field here" for key in sorted(set(case) - KNOWN)]
        faults += [f"add {key}" for key in sorted(NEEDED - set(case))]
        if not case.get("url", "https://").startswith("https://"):
            faults.append("url: write the whole https address")
        if case.get("basis", BASES[0]) not in BASES:
            faults.append(f"basis: write one of {', '.join(BASES)}")
        if bool(case.get("answer")) == bool(case.get("formula")):
            faults.append("give either answer or formula")
        tolerance = case.get("tolerance", "digits")
        if tolerance != "digits" and not tolerance.endswith("%"):
            faults.append("tolerance: write digits, or a share such as 10 %")
        yield from (_fault(project, file, case, fault) for fault in faults)


@rule
def cases_are_told_apart(project: Project) -> Iterator[Fault]:
    """No two cases of a group have one name."""
    seen = set()
    for file, case in _cases(project):
        key = (file, case.get("group"), case.get("name"))
        if key in seen:
            yield _fault(project, file, case, "another case is called so; name one otherwise")
        seen.add(key)


@rule
def groups_agree_on_their_goal(project: Project) -> Iterator[Fault]:
    """The cases of a group that has a goal have the same goal, `missed` and `used`."""
    first: dict[tuple[str, str], Case] = {}
    goals = {(file, case.get("group")) for file, case in _cases(project) if case.get("goal")}
    for file, case in _cases(project):
        group = (file, case.get("group", ""))
        if group not in goals:
            continue
        other = first.setdefault(group, case)
        for key in ("goal", "missed", "used"):
            if case.get(key) != other.get(key):
                message = f"{key}: write what the first case of its group says"
                yield _fault(project, file, case, message)
