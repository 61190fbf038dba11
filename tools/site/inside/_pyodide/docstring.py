"""In place of what writes the docstrings of Pyodide's own functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def dedent_docstring(docstring: str) -> str:
    return docstring


def get_cmeth_docstring(function: Callable[..., Any]) -> str:
    return f"{function.__name__}()\n--\n\n"
