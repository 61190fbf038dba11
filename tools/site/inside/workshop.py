"""What tools/site/live.mjs runs inside Pyodide while the browser's bundle is made."""

from __future__ import annotations

import gc
import importlib.util
import linecache
import marshal
import random
import re
import sys
import typing
import zipimport
from types import CodeType, ModuleType

STDLIB = "/lib/python314.zip/"
BARE = 2  # as an optimization level
# A compiled file that names the hash of its source, and is not to be checked against it.
UNCHECKED = (1).to_bytes(4, "little")


def without_lines(code: CodeType) -> CodeType:
    """Code that does not know its line numbers: a third of the library, and of use to nobody."""
    inner = [without_lines(c) if isinstance(c, CodeType) else c for c in code.co_consts]
    return code.replace(co_linetable=b"", co_consts=tuple(inner))


def compiled(source: str, file: str, optimize: int) -> bytes:
    """The bytes of the `.pyc` for a source; level 2 leaves out docstrings, assertions and lines."""
    code = compile(source, file, "exec", dont_inherit=True, optimize=optimize)
    if optimize == BARE:
        code = without_lines(code)
    digest = importlib.util.source_hash(source.encode())
    return importlib.util.MAGIC_NUMBER + UNCHECKED + digest + marshal.dumps(code)


def frozen(module: ModuleType) -> bool:
    """Whether a module is part of the interpreter itself."""
    return getattr(getattr(module, "__spec__", None), "origin", None) == "frozen"


def imported() -> list[str]:
    """The files of the standard library that are imported by now, as sources."""
    modules = [m for m in list(sys.modules.values()) if not frozen(m)]
    files = {getattr(module, "__file__", None) or "" for module in modules}
    found = {file.removeprefix(STDLIB) for file in files if file.startswith(STDLIB)}
    return sorted(re.sub(r"\.pyc$", ".py", file) for file in found)


def compiled_library(path: str) -> bytes:
    """One file of the standard library, compiled without docstrings."""
    archive = zipimport.zipimporter(STDLIB.rstrip("/"))
    return compiled(archive.get_data(STDLIB + path).decode(), STDLIB + path, BARE)


def tidy() -> None:
    """Drop what only fills memory: caches, places in archives that will not be there, this file."""
    sys.modules["start"].live.book.forget()  # type: ignore[attr-defined]
    del sys.modules[__name__]
    sys.path.remove("/workshop")
    linecache.clearcache()
    re.purge()
    for forget in typing._cleanups:  # type: ignore[attr-defined]
        forget()
    sys.path_importer_cache.clear()
    zipimport._zip_directory_cache.clear()  # type: ignore[attr-defined]
    sys._clear_internal_caches()
    random.seed(0)
    while gc.collect():
        pass
    gc.freeze()  # what is here stays: no later collection need look at it
