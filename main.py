"""
The two ways in: the macros of the site, and the command line.

`define_env` is what MkDocs and Zensical call. `python main.py --help` says the rest.
"""

from __future__ import annotations

import sys
from typing import Any

from calculators.kernel.offers import PriceError
from commands import ask, check, mcp_server
from tools.records import DataError
from tools.site.macros import Macros, book


def define_env(env: Any) -> None:
    """Gives pages their macros."""
    Macros(env).register()


COMMANDS = {"check": check.main, "record": ask.record, "serve-mcp": mcp_server.main}


def main(arguments: list[str]) -> int:
    """The command line: 0 with an answer, 2 with one line for each bad input."""
    try:
        command = COMMANDS.get(arguments[0]) if arguments else None
        return command(arguments[1:], book()) if command else ask.main(arguments, book())
    except (DataError, PriceError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
