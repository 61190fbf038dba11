"""What tables on a page share: they scroll inside themselves, and some are filtered and sorted."""

from __future__ import annotations

import re
from html import escape

_ROLES = {
    "<table": "table",
    "<thead": "rowgroup",
    "<tbody": "rowgroup",
    "<tr": "row",
    "<td": "cell",
    '<th scope="row"': "rowheader",
    '<th scope="col"': "columnheader",
}


# Where a cell ends and where a line of its own begins in one, as nothing else says to a search.
_PARTS = re.compile(r"(?<=</td>|</th>)|(?<=</caption>)|(?<=\S)(?=<small)")


def scrolled(label: str, table: str) -> str:
    """A table that scrolls inside itself where it is wide, by keyboard too."""
    parted = _PARTS.sub(" ", table)
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(label)}">{parted}</div>'
    )


def search_box(things: str) -> str:
    """What filters the rows of a table, for a script to bring to life: `3 of 120 offers`."""
    return (
        '<p class="prices__filter"><label>Filter <input type="search" autocomplete="off" '
        'spellcheck="false"></label> '
        f'<span role="status" data-shown="{{shown}} of {{all}} {things}"></span></p>'
    )


def with_roles(table: str) -> str:
    """The table with its roles named, for one that the stylesheet does not lay out as a table."""
    for tag, role in _ROLES.items():
        table = table.replace(tag, f'{tag} role="{role}"')
    return table


def head(title: str, sort: str = "", unit: str = "") -> str:
    """The head of a column that may be sorted, by "text" or by "number"; its unit small below."""
    kind = ' class="number"' if sort == "number" else ""
    by = f' data-sort="{sort}"' if sort else ""
    small = f"<small>{escape(unit)}</small>" if unit else ""
    return f'<th scope="col"{kind}{by}><span>{escape(title)}</span>{small}</th>'
