"""The development server: a save is seen, a fault is told, and a busy port is named at once."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import PATIENCE
from tests.site.test_builders import copied
from tools.paths import DOCS
from tools.site.finish import plain
from tools.site.sources import environment
from tools.workbench.dev import DevSite
from tools.workbench.render import Renderer

SERVE = [sys.executable, "-u", "-m", "tools.workbench.dev", "--port"]


@dataclass
class Served:
    """A copy of the project that is being served, and the stream of its changes."""

    project: Path
    host: str
    changes: http.client.HTTPResponse

    def version(self) -> int:
        """The next version that browsers are told of."""
        while True:
            line = self.changes.readline().decode()
            assert line, "the server ended"
            if line.startswith("data: "):
                return int(line.removeprefix("data: "))

    def page(self, address: str) -> tuple[int, str]:
        """What a browser gets at that address."""
        with closing(http.client.HTTPConnection(self.host, timeout=PATIENCE)) as asked:
            asked.request("GET", f"/{address}")
            answer = asked.getresponse()
            return answer.status, answer.read().decode()

    def save(self, name: str, old: str, new: str) -> None:
        """Change a source."""
        file = self.project / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")

    def shown(self, address: str, status: int, words: str) -> str:
        """The page once it has that status and those words, looked at whenever browsers reload."""
        while True:
            self.version()
            found, html = self.page(address)
            if found == status and words in html:
                return html


@pytest.fixture(scope="module")
def served(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    project = copied(tmp_path_factory.mktemp("dev") / "project")
    for name in ("redirects.yml", "package-lock.json", "requirements.txt"):
        shutil.copyfile(built_site.parent / name, project / name)
    (project / "build").mkdir()
    shutil.copytree(built_site, project / "site")
    with subprocess.Popen(
        [*SERVE, "0"], cwd=project, env=environment(), stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        try:
            host = urlsplit(server.stdout.readline().split()[1]).netloc
            with closing(http.client.HTTPConnection(host, timeout=PATIENCE)) as stream:
                stream.request("GET", "/-/changes")
                with stream.getresponse() as changes:
                    found = Served(project, host, changes)
                    # The copy is not what the last build was made from, of which browsers are told.
                    while not found.version():
                        pass
                    yield found
        finally:
            server.terminate()


def test_a_sentence_is_seen_once_it_is_saved(served: Served) -> None:
    served.save("docs/choose/index.md", "\n# ", "\n# Changed: ")
    html = served.shown("choose/", 200, "Changed: ")
    assert 'src="/-/reload.js"' in html
    assert "script-src 'self'" in html


def test_a_price_is_seen_once_it_is_saved(served: Served) -> None:
    served.save("data/offers/openai.yml", "name: GPT-6 Luna", "name: GPT-6 Lunar")
    served.shown("prices/models/", 200, "GPT-6 Lunar")


def test_a_formula_is_seen_once_it_is_saved(served: Served) -> None:
    served.save("calculators/billing/tokens.py", '"Fresh input"', '"Input not cached"')
    served.shown("calculators/approach-cost/", 200, "Input not cached")


def test_a_fault_is_told_in_the_page_and_the_server_goes_on(served: Served) -> None:
    served.save("docs/choose/index.md", "\n# ", "\n# {{ no_such_macro() }} ")
    html = served.shown("choose/", 500, "no_such_macro")
    assert "/-/reload.js" in html, "it comes back by itself"
    served.save("docs/choose/index.md", "{{ no_such_macro() }} ", "Mended: ")
    served.shown("choose/", 200, "Mended: ")
    served.save("calculators/break_even.py", "def break_even(", "def def break_even(")
    served.shown("choose/", 500, "break_even.py")
    served.save("calculators/break_even.py", "def def break_even(", "def break_even(")
    served.shown("choose/", 200, "Mended: ")


def test_a_rendered_page_is_the_built_one(built_site: Path) -> None:
    """But for the policy, which lists what this page alone needs."""
    renderer = Renderer()
    renderer.begin()
    try:
        for address in ("", "choose/", "prices/models/", "vendors/openai/"):
            rendered = renderer.html(address)
            built = (built_site / address / "index.html").read_text("utf-8")
            assert plain(rendered) == plain(built), address
    finally:
        renderer.end()


def test_a_page_of_the_last_build_has_the_stylesheet_of_that_build(built_site: Path) -> None:
    with DevSite(built_site) as site:
        assert site.find("/assets/site.css") == (built_site / "assets" / "site.css").resolve()
        site.stale = True
        assert site.find("/assets/site.css") == DOCS / "assets" / "site.css"


def test_a_port_that_is_taken_is_named_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*SERVE, port], capture_output=True, text=True, check=False, env=dict(os.environ)
        )
    assert done.returncode == 1
    assert done.stdout.startswith(f"Port {port} is not free")
    assert "[build]" not in done.stdout
