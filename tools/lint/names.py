"""Names and sentences: ids that links carry, and words that a reader is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lint.project import Project, rule
from tools.lint.reading import Fault, at


@rule
def ids_begin_with_their_file(project: Project) -> Iterator[Fault]:
    """An id says which file it is in, in letters that a link can carry."""
    for place, name, _ in project.offers():
        stem = place[0].split("/")[1]
        if not re.fullmatch(rf"{re.escape(stem)}/[a-z0-9][a-z0-9.-]*", name):
            yield at(place, f"rename it to {stem}/… in small letters, digits, dots and hyphens")


@rule
def accelerators_are_named(project: Project) -> Iterator[Fault]:
    """A rental says what is rented, in the form of every id: `h100-sxm-80gb`."""
    for place, _, offer in project.offers():
        rented = offer.get("accelerator")
        if (offer.get("kind") == "rental") != (rented is not None):
            yield at((*place, "accelerator"), "every rental has one, and nothing else")
        elif rented and not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z]+)?-[0-9]+gb", rented):
            yield at(
                (*place, "accelerator"),
                f"write {rented} as name, form and memory, as h100-sxm-80gb",
            )


@rule
def notes_are_sentences(project: Project) -> Iterator[Fault]:
    """What a reader is shown reads as a sentence."""
    for place, _, offer in project.offers():
        shown = [((*place, "not_published"), offer.get("not_published"))]
        for field in ("rates", "lifecycle"):
            for day, record in offer.get(field, {}).items():
                for key in ("note", "disputed"):
                    shown.append(((*place, field, day, key), record.get(key)))
        for where, text in shown:
            if text is not None and not re.fullmatch(r"[A-Z].*[.]", text):
                yield at(where, "write a sentence with a full stop")
