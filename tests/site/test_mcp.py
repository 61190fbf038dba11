"""The calculators and the pages for agents, asked by the SDK's own client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from calculators import CALCULATORS
from calculators.kernel.book import Book
from commands import mcp_server
from tests.conftest import ROOT
from views.answer import data

anyio = pytest.importorskip("anyio")
mcp = pytest.importorskip("mcp", reason="needs the extra `mcp`: make .venv/.mcp")
Client: Any = mcp.Client
MCPError = pytest.importorskip("mcp.shared.exceptions").MCPError

GUIDE = "https://guide.example/"
PAGE = """# How is it done?

> One sentence.

## First {#first}

Words.

```text
## Not a heading {#second}
```

### Within {#within}

More.

## Second {#second}

Last.
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A built site of one page."""
    place = tmp_path / "reference" / "linking"
    place.mkdir(parents=True)
    (place / "index.md").write_text(PAGE, "utf-8")
    return tmp_path


def asked(server: Any, question: Callable[[Client], Awaitable[Any]]) -> Any:
    """What a client is told; over standard input and output where the server is a command."""

    async def ask() -> Any:
        async with Client(server) as client:
            return await question(client)

    # In a thread of its own: a browser's tests may run a loop in this one.
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(anyio.run, ask).result()


def test_a_command_answers_over_standard_input_and_output(book: Book, site: Path) -> None:
    command = mcp.StdioServerParameters(
        command=sys.executable,
        args=[str(ROOT / "main.py"), "serve-mcp", "--site", str(site)],
        env={"SITE_URL": GUIDE},
    )

    async def question(client: Client) -> Any:
        tools = await client.list_tools()
        given = {"requests": 5_000_000, "top_k": "8"}
        answer = await client.call_tool("approach-cost", given)
        page = await client.read_resource("guide:///reference/linking/")
        return tools, answer, page

    tools, answer, page = asked(command, question)
    assert [tool.name for tool in tools.tools] == [*CALCULATORS, "offers"]
    calculator = CALCULATORS["approach-cost"]
    facts = book.on(book.day)
    reading = calculator.inputs.read({"requests": "5000000", "top_k": "8"}, facts)
    expected = data.result(calculator.answer_to(facts, reading))
    link = f"{GUIDE}calculators/approach-cost/?on={book.day}&requests=5000000&top_k=8"
    assert answer.structured_content == json.loads(json.dumps(expected | {"link": link}))
    assert not answer.is_error
    said = answer.content[0].text
    assert said.startswith(expected["headline"])
    assert link in said
    assert page.contents[0].text == PAGE


def test_what_a_tool_asks_is_what_the_form_asks(book: Book, site: Path) -> None:
    listed = asked(mcp_server.server(book, site), lambda client: client.list_tools())
    for tool in listed.tools[:-1]:
        calculator = CALCULATORS[tool.name]
        assert tool.title == calculator.question
        assert tool.annotations.read_only_hint
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        properties = tool.input_schema["properties"]
        fields = calculator.inputs.fields()
        assert list(properties) == [*(field.name for field in fields), "on"]
        for field in fields:
            about = properties[field.name]
            assert about["title"] == field.label
            assert about["description"].startswith(field.help)
            assert about["default"] == field.default
            assert about.get("minimum", field.low) == field.low
            assert about.get("maximum", float("inf")) == field.high
        # The guide's own case, written out, is what the schema allows.
        jsonschema.validate({field.name: field.default for field in fields}, tool.input_schema)


def test_bad_input_is_a_tool_error_with_a_line_for_each(book: Book, site: Path) -> None:
    given = {"requests": "lots", "top_k": [3], "model": "acme/none", "colour": "red", "on": "soon"}
    server = mcp_server.server(book, site)
    answer = asked(server, lambda client: client.call_tool("approach-cost", given))
    assert answer.is_error
    lines = answer.content[0].text.splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == sorted(given)
    assert any("write it like" in line for line in lines)


def test_a_number_beyond_a_float_is_a_tool_error(book: Book) -> None:
    with pytest.raises(mcp_server.ToolError, match="requests: Too long for a number"):
        mcp_server.call(book, "approach-cost", {"requests": 10**400})


def test_no_such_tool_names_those_there_are(book: Book, site: Path) -> None:
    server = mcp_server.server(book, site)
    answer = asked(server, lambda client: client.call_tool("approach-price", {}))
    assert answer.is_error
    assert "approach-cost" in answer.content[0].text


def test_the_day_decides_what_may_be_chosen(book: Book) -> None:
    today = mcp_server.call(book, "offers", {"kind": "inference"}).content["offers"]
    former = mcp_server.call(book, "offers", {"kind": "inference", "on": "2024-06-01"}).content
    assert {one["id"] for one in today} > {"openai/gpt-4o"}
    assert {one["id"] for one in former["offers"]} != {one["id"] for one in today}
    with pytest.raises(mcp_server.ToolError, match="kind: 'gold' is not one of"):
        mcp_server.call(book, "offers", {"kind": "gold"})


def test_a_page_and_its_sections_are_resources(book: Book, site: Path) -> None:
    server = mcp_server.server(book, site)
    listed = asked(server, lambda client: client.list_resources()).resources
    assert [(one.uri, one.title, one.description) for one in listed] == [
        ("guide:///reference/linking/", "How is it done?", "One sentence.")
    ]
    templates = asked(server, lambda client: client.list_resource_templates())
    assert templates.resource_templates[0].uri_template == "guide:///{+page}{#section}"

    def section(part: str) -> str:
        uri = f"guide:///reference/linking/#{part}"
        text: str = asked(server, lambda client: client.read_resource(uri)).contents[0].text
        return text

    assert section("second") == "## Second {#second}\n\nLast.\n"
    assert section("first").endswith("### Within {#within}\n\nMore.\n")


@pytest.mark.parametrize("uri", ["guide:///\0/", f"guide:///{'a' * 5000}/"], ids=range(2))
def test_what_no_page_could_be_called_is_not_there(site: Path, uri: str) -> None:
    with pytest.raises(mcp_server.ResourceError, match="no such page"):
        mcp_server.read(site, uri)


@pytest.mark.parametrize(
    "uri",
    ["guide:///no/such/", "guide:///../", "file:///etc/passwd", "guide:///reference/linking/#no"],
)
def test_what_is_not_there_is_an_error(book: Book, site: Path, uri: str) -> None:
    async def question(client: Client) -> str:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)
        return str(refused.value)

    assert "no such" in asked(mcp_server.server(book, site), question)


def test_without_the_sdk_it_names_the_command_that_brings_it(tmp_path: Path) -> None:
    (tmp_path / "mcp").mkdir()
    (tmp_path / "mcp" / "__init__.py").write_text("raise ImportError\n")
    told = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "serve-mcp"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert "python tools/workbench/prepare.py mcp" in told.stderr
    assert len(told.stderr.splitlines()) == 1
