"""A figure of an answer, as pages take it, and what they are told of one that is not there."""

from __future__ import annotations

from typing import Any

import pytest

from calculators.kernel.units import Quantity
from tests.conftest import macros
from tools.site.macros import answered
from views import text


@pytest.fixture(scope="module")
def cell() -> Any:
    return macros()["cell"]


def test_a_cell_is_the_one_that_the_answer_shows(cell: Any) -> None:
    case = {"parameters": "8.2B", "rental": "runpod/h100-sxm"}
    table = next(t for t in answered("training-run", case)[2].tables if t.slug == "needs")
    row = next(cells for cells in table.rows if cells[0] == "QLoRA")
    shown = cell("training-run", "needs", "QLoRA", "Memory in all", **case)
    memory = row[table.columns.index("Memory in all")]
    assert isinstance(memory, Quantity)
    assert shown == text.quantity(memory)
    assert shown.endswith(" GB")


def test_without_a_column_it_is_the_first_after_the_name(cell: Any) -> None:
    # 131,072 B: a key and a value of 8 groups of 128 in 32 layers, 2 bytes each.
    case = {"weights": "llama-3.1-8b", "precision": "bf16"}
    assert cell("self-hosting", "memory", "Cache of a token", **case) == "131 kB a token"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("memory", "LoRA", "Weights"), "no table 'memory'; there is needs"),
        (("needs", "DoRA", "Weights"), "no row 'DoRA' in needs; there is LoRA"),
        (("needs", "LoRA", "Colour"), "no column 'Colour' in needs; there is Method"),
    ],
)
def test_a_cell_that_is_not_there_is_told_with_those_that_are(
    cell: Any, names: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ValueError, match=f"^training-run: {said}"):
        cell("training-run", *names)


@pytest.mark.parametrize(
    ("macro", "names", "said"),
    [
        ("total", ("aproach-cost",), "aproach-cost: no such calculator; there is approach-cost"),
        ("method", ("aproach-cost",), "aproach-cost: no such calculator; there is approach-cost"),
        ("total", ("approach-cost", "rag"), "approach-cost: no option 'rag'; there is prompt"),
        (
            "item",
            ("approach-cost", "retrieval", "Rockets"),
            "approach-cost: no item 'Rockets' of retrieval; there is fresh-input",
        ),
    ],
)
def test_a_figure_that_is_not_there_is_told_with_those_that_are(
    macro: str, names: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        macros()[macro](*names)
