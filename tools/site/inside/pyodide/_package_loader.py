"""In place of Pyodide's package installer: nothing is ever installed, and archives are large."""

# Pyodide's snapshots count on the JavaScript objects that Python holds, and on their order.
from pyodide_js import loadedPackages as loadedPackages


class _Directory:
    """A path as Pyodide's JavaScript reads it: by `__str__` alone."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __str__(self) -> str:
        return self.path


SITE_PACKAGES = _Directory("/lib/python3.14/site-packages")
DSO_DIR = _Directory("/usr/lib")


def init_loaded_packages() -> None:
    """Pyodide calls this when its list of packages is read; ours is empty."""
