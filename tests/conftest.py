"""
What holds in every test: no network but the loopback interface, and the same cases each time.

And what several of them need: the book, the macros of a page, a record with a fault in it.
"""

from __future__ import annotations

import copy
import ipaddress
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest

from calculators.kernel.book import Book
from calculators.kernel.facts import Facts
from calculators.kernel.items import Item
from tools.records import book as read_book

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "site"
# Seconds that any test waits for what must come: only a test that fails waits so long, however
# slow the machine is. No test has a limit of its own.
PATIENCE = 300
NOT_BUILT = "the site is not built: make build"

# The same examples in every run, and no clock: a slow machine is not a failure.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, print_blob=False
)
hypothesis.settings.load_profile("repeatable")


class NetworkError(AssertionError):
    """A test tried to leave the machine."""


def is_local(address: object) -> bool:
    """Whether a socket address stays on this machine (a path is a Unix socket)."""
    if not isinstance(address, tuple):
        return True
    host = address[0]
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def no_network() -> None:
    """Every connection and look-up that leaves the machine fails, in this process at once."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    look_up = socket.getaddrinfo

    def refuse(address: object) -> None:
        if not is_local(address):
            raise NetworkError(f"a test may not reach the network, this one asked for {address}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse(address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, port: Any, *args: Any, **options: Any) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        refuse((name or "", port))
        return look_up(host, port, *args, **options)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
    # Child processes (builders, browser, Node) inherit a proxy that refuses; the loopback
    # interface is exempt.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        patch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        patch.setenv(name, "localhost,127.0.0.1")


def changed(records: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The records with another value at that path, or with none where it is None."""
    found = record = copy.deepcopy(records)
    for key in path[:-1]:
        record = record[key]
    if value is None:
        del record[path[-1]]
    else:
        record[path[-1]] = value
    return found


def macros(url: str = "", page: Any = None) -> dict[str, Callable[..., str]]:
    """The macros of the site, for the page at that address, as a site builder gives them to it."""
    import main  # not every test wants the whole site

    found: dict[str, Callable[..., str]] = {}
    main.define_env(
        SimpleNamespace(
            page=page or SimpleNamespace(url=url),
            macro=lambda macro: found.setdefault(macro.__name__, macro),
        )
    )
    return found


def by_label(lines: Mapping[Item, Any]) -> dict[str, Any]:
    """Line items by what a reader calls them."""
    return {item.label: amount for item, amount in lines.items()}


@pytest.fixture(scope="session")
def book() -> Book:
    """The book of facts as it stands in data/."""
    return read_book()


@pytest.fixture(scope="session")
def today(book: Book) -> Facts:
    """The facts on the site's own day."""
    return book.on(book.day)


@pytest.fixture(scope="session")
def built_site() -> Path:
    """The folder of the built site; a test that wants it is skipped where nothing is built."""
    if not (SITE / "index.html").exists():
        pytest.skip(NOT_BUILT)
    return SITE
