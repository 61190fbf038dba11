"""Vector stores: what a query reads and what that costs are in the same unit."""

from __future__ import annotations

from collections.abc import Iterator

from calculators.kernel.units import unit
from tools.lint.project import Project, rule
from tools.lint.reading import Fault, at
from tools.lint.values import quantity


@rule
def store_units_agree(project: Project) -> Iterator[Fault]:
    """What a query reads, times the price of reading, is dollars; the same for writing."""
    for entry in project.entries():
        for verb, units, each in (("read", "RU", "/search"), ("write", "WU", "")):
            if entry.kind != "store" or verb not in entry.block:
                continue
            counted = units if f"{verb}_size" in entry.block else "B"
            wanted = {
                verb: f"USD/{counted}",
                f"{verb}_size": f"{counted}/B{each}",
                f"{verb}_floor": f"{counted}{each}",
                f"{verb}_large": f"USD/{counted}",
                f"{verb}_large_above": f"{counted}{each}",
                f"{verb}_huge": f"USD/{counted}",
                f"{verb}_huge_above": f"{counted}{each}",
            }
            for meter, fits in wanted.items():
                if meter not in entry.block:
                    continue
                value = quantity(entry.block[meter])
                if value is None or value.dims != unit(fits).dims:
                    yield at(
                        (*entry.place, meter),
                        f"write it in {fits}, or a multiple; {verb} is priced by {counted} here",
                    )
