"""What pages write between braces: figures of a case, and an error that names what there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import main


class Environment:
    """As much of a page's environment as a figure needs."""

    def __init__(self) -> None:
        self.macros: dict[str, Callable[..., str]] = {}

    def macro(self, function: Callable[..., str]) -> Callable[..., str]:
        self.macros[function.__name__] = function
        return function


@pytest.fixture(scope="module")
def macros() -> dict[str, Callable[..., Any]]:
    page = Environment()
    main.define_env(page)
    return page.macros


def test_a_cell_of_a_table_is_said_as_in_the_answer(macros: dict[str, Callable[..., str]]) -> None:
    case = {"weights": "llama-3.1-8b", "precision": "bf16"}
    # 131,072 B: a key and a value of 8 groups of 128 in 32 layers, 2 bytes each.
    assert macros["cell"]("self-hosting", "memory", "Cache of a token", **case) == "131 kB a token"


def test_a_row_that_is_not_there_is_refused(macros: dict[str, Callable[..., str]]) -> None:
    with pytest.raises(ValueError, match="'Weight' in 'memory'; it has Parameters, "):
        macros["cell"]("self-hosting", "memory", "Weight")
    with pytest.raises(ValueError, match="in 'memories'; it has memory, "):
        macros["cell"]("self-hosting", "memories", "Weights")
