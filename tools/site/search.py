"""Mend the search of a built site: `python -m tools.site.search SITE`.

The theme searches with lunr, which merges the states of its graph of words by a text in which the
digits of a word and those of a state's number run together. So states are merged that differ:
words with digits in them are not found (olivernn/lunr.js#503), and words are led to that are not
there, which ends the search with an error. A comma behind each number, which no word holds, parts
them. Twice gives the same bytes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

WORKERS = "assets/javascripts/workers/search.*.js"
# The text of a state: for each letter that leads on, the letter and the number of the next state.
STATE = re.compile(r'(\w)=\1\+(\w)\+(\w)\.id(\+",")?\}return \1\}')


class SearchError(Exception):
    """The theme's search is not the one that is known here."""


def mend(site: Path) -> None:
    """
    Part letters and numbers in the search of the site.

    Raises:
        SearchError: the theme has another search, which may need no mending.
    """
    for path in site.glob(WORKERS):
        mended, count = STATE.subn(r'\1=\1+\2+\3.id+","}return \1}', path.read_text("utf-8"))
        if count == 1:
            path.write_text(mended, "utf-8")
            return
    raise SearchError(
        f"{WORKERS}: the theme's search has changed; if a search for `gpt-4o` finds it without "
        "tools/site/search.py, take that out of tools/site/build.py"
    )


if __name__ == "__main__":
    try:
        mend(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
    except SearchError as error:
        sys.exit(str(error))
