"""Make what the browser needs to answer by itself: `python -m tools.site.bundle`.

Writes into `docs/assets/live/`, under names that hold a hash of the content, the calculators, the
views and the book of facts, compiled for Pyodide's Python, with the part of its standard library
that they import; and an image of the memory of a Python that has imported all of it, from which
the worker starts several times sooner. `manifest.json` there names the files. The same sources
give the same bytes; nothing is done while the sources stay as they are.
"""

from __future__ import annotations

import ast
import base64
import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from tools.paths import ROOT
from tools.records import DataError, everything
from tools.site.sources import QUICK

PLACE = "assets/live"  # under the site's root
LIVE = ROOT / "docs" / PLACE
WORK = ROOT / "build" / "live"
PYODIDE = ROOT / "node_modules" / "pyodide"
HERE = Path(__file__).parent
INSIDE = HERE / "inside"
ENGINE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
NAMED_BY_CONTENT = re.compile(r"[a-z]+\.[0-9a-f]{16}(\.[a-z]+)?")
# What a change to which means a new bundle, besides the sources, the facts and Pyodide.
MAKERS = (
    HERE / "bundle.py",
    HERE / "live.mjs",
    ROOT / "docs" / "assets" / "worker.js",
)


class BundleError(Exception):
    """The bundle cannot be made; the message says what to do."""


def archive(files: dict[str, bytes], level: int = 9) -> bytes:
    """A zip of the files, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name)  # dated 1980
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED
            written.writestr(entry, content, compresslevel=level)
    return buffer.getvalue()


def digest(*parts: bytes) -> str:
    """A short hash of the parts, one after the other."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]


def imported(source: str) -> set[Path]:
    """Our own files that a source imports, and those of the packages that they are in."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    found: set[Path] = set()
    for name in names:
        place = ROOT.joinpath(*name.split("."))
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.exists():
                found.add(file)
                inner = file.relative_to(ROOT).parents
                found.update(ROOT / folder / "__init__.py" for folder in inner if folder.name)
    return found


def sources() -> dict[str, str]:
    """Everything that is imported in the browser, by path; the facts are a module too.

    Raises:
        DataError: a data file is faulty.
    """
    found = {"start.py": (INSIDE / "start.py").read_text("utf-8")}
    wanted = imported(found["start.py"])
    while wanted:
        file = wanted.pop()
        path = file.relative_to(ROOT).as_posix()
        if path not in found:
            found[path] = file.read_text("utf-8")
            wanted |= imported(found[path])
    text = json.dumps(everything(), sort_keys=True, ensure_ascii=False)
    found["records.py"] = f"TEXT = {text!r}\n"
    return found


def library() -> bytes:
    """Pyodide's standard library with our stand-ins for the heavy parts that it never needs."""
    ours = {
        file.relative_to(INSIDE).as_posix(): file.read_bytes()
        for file in INSIDE.rglob("*.py")
        if file.name not in {"start.py", "workshop.py"}
    }
    with zipfile.ZipFile(PYODIDE / "python_stdlib.zip") as stock:
        files = {name: stock.read(name) for name in stock.namelist() if not name.endswith("/")}
    return archive(files | ours, level=0)


def pyodide(task: str, job: dict[str, Any]) -> None:
    """Do one task of tools/site/live.mjs in Node.

    Raises:
        BundleError: it failed; the message ends in what Python or Node said.
    """
    node = shutil.which("node")
    if not node:
        raise BundleError("Node 20 or newer is needed and there is no `node`; `make build` gets it")
    done = subprocess.run(
        [node, str(HERE / "live.mjs"), task],
        input=json.dumps({**job, "lock": lock(), "workshop": str(INSIDE / "workshop.py")}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip() and len(line) < 300]
        raise BundleError(f"Pyodide could not {task} the calculators:\n" + "\n".join(said[-12:]))


Archive = dict[str, bytes]


def compiled(
    live: dict[str, str], files: dict[str, str], *, of_library: bool
) -> tuple[list[str], Archive, Archive]:
    """What the sources import of the library, and the compiled files of themselves and of it."""
    out = WORK / "compiled.json"
    pyodide("compile", {"live": live, "sources": files, "library": of_library, "out": str(out)})
    told = json.loads(out.read_text("utf-8"))
    # `x.py` compiled is `x.pyc`.
    ours, library = (
        {f"{path}c": base64.b64decode(text) for path, text in told[part].items()}
        for part in ("files", "library")
    )
    return told["imported"], ours, library


def make(files: dict[str, str], *, quick: bool = False) -> dict[str, bytes]:
    """The files to publish, by name; `quick` ones lack the memory image, which takes longest."""
    WORK.mkdir(parents=True, exist_ok=True)
    empty, modules, app = WORK / "empty.zip", WORK / "modules.zip", WORK / "app.zip"
    empty.write_bytes(archive({}))
    live = {"python": f"{PYODIDE}/", "modules": str(modules), "app": str(empty)}

    # While the sources import the same part of the library, it need not be compiled again.
    kept = WORK / "modules.json"
    key = digest(library(), (INSIDE / "workshop.py").read_bytes())
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    if known.get("key") == key and modules.exists():
        try:
            imported, ours, _ = compiled(live, files, of_library=False)
        except BundleError:
            imported = []  # a module of the library may be missing: the full way will tell
    else:
        imported = []
    if not imported or imported != known["imported"]:
        whole = WORK / "library.zip"
        whole.write_bytes(library())
        imported, ours, parts = compiled({**live, "modules": str(whole)}, files, of_library=True)
        modules.write_bytes(archive(parts))
        kept.write_text(json.dumps({"key": key, "imported": imported}), "utf-8")
    app.write_bytes(archive(ours))

    if quick:
        return {"modules.zip": modules.read_bytes(), "app.zip": app.read_bytes()}
    image = WORK / "image"
    pyodide("snapshot", {"live": {**live, "app": str(app)}, "out": str(image)})
    return {
        "empty.zip": empty.read_bytes(),
        "modules.zip": modules.read_bytes(),
        "app.zip": app.read_bytes(),
        "image.bin": gzip.compress(image.read_bytes(), 9, mtime=0),
    }


def lock() -> dict[str, Any]:
    """Pyodide's list of packages without the packages: nothing is ever installed."""
    whole = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))
    return {"info": whole["info"], "packages": {}}


def publish(files: dict[str, bytes], live: Path) -> None:
    """Put the files and their manifest into that folder, in place of an earlier bundle."""
    live.mkdir(parents=True, exist_ok=True)
    engine = {name: (PYODIDE / name).read_bytes() for name in ENGINE}
    engine["pyodide-lock.json"] = json.dumps(lock()).encode()
    folder = f"python.{digest(*engine.values())}"
    manifest = {"python": f"{PLACE}/{folder}/"}
    wanted = {f"{folder}/{name}": content for name, content in engine.items()}
    for name, content in files.items():
        stem, ending = name.split(".")
        hashed = f"{stem}.{digest(content)}.{ending}"
        wanted[hashed] = content
        manifest[stem] = f"{PLACE}/{hashed}"
    wanted["manifest.json"] = (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()
    for name, content in wanted.items():
        file = live / name
        file.parent.mkdir(exist_ok=True)
        if not file.exists() or file.read_bytes() != content:
            file.write_bytes(content)
    published = {name.split("/")[0] for name in wanted}
    for entry in live.iterdir():
        if NAMED_BY_CONTENT.fullmatch(entry.name) and entry.name not in published:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def complete(live: Path) -> bool:
    """Whether all that the manifest names is there."""
    manifest = live / "manifest.json"
    if not manifest.exists():
        return False
    paths = json.loads(manifest.read_text("utf-8")).values()
    return all((live / path.removeprefix(f"{PLACE}/")).exists() for path in paths)


def bundle(*, quick: bool = False) -> bool:
    """Make the bundle unless it is there already; whether it was made.

    A `quick` one, for the development server, has a place of its own and no memory image.

    Raises:
        BundleError: it cannot be made.
        DataError: a data file is faulty.
    """
    if not (PYODIDE / "pyodide.asm.wasm").exists():
        raise BundleError("Pyodide is missing; `make build` brings it, or `npm ci` by hand")
    files = sources()
    makers = [file.read_bytes() for file in (*MAKERS, *sorted(INSIDE.rglob("*.py")))]
    version = (PYODIDE / "package.json").read_bytes()
    state = digest(json.dumps(files, sort_keys=True).encode(), version, *makers)
    live, stamp = (QUICK, WORK / "quick") if quick else (LIVE, WORK / "state")
    if stamp.exists() and stamp.read_text("utf-8") == state and complete(live):
        return False
    publish(make(files, quick=quick), live)
    stamp.write_text(state, "utf-8")
    return True


def main() -> int:
    try:
        made = bundle(quick=sys.argv[1:] == ["--quick"])
    except (BundleError, DataError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"[bundle] {LIVE.relative_to(ROOT)} {'made' if made else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
