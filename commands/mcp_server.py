"""
The calculators as tools and the guide's pages as resources, for agents: `python main.py serve-mcp`.

Speaks the Model Context Protocol over standard input and output, by the official Python SDK,
which is installed only where it is wanted. What a tool asks is what the form asks, and the parser
of what it is given is the form's own.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calculators import CALCULATORS, find
from calculators.kernel.book import Book
from calculators.kernel.facts import Facts
from calculators.kernel.request import DAY, Request, read_day, read_request
from tools.paths import ROOT
from views.answer import data
from views.answer.record import address as address_of
from views.answer.record import take

SCHEME = "guide:///"
OFFERS = "offers"
MISSING = (
    "serve-mcp needs the official Python SDK of the Model Context Protocol; this brings it into "
    "the environment: python tools/workbench/prepare.py mcp"
)
INSTRUCTIONS = (
    "Crossover decides between fine-tuning, retrieval, both, long context and a prompt alone, "
    "with dated list prices. Each calculator is a tool: leave an input out and the guide's own "
    "case stands in for it. Quote a figure with the link that comes with it: the link holds the "
    f"inputs and the day of the prices. `{OFFERS}` lists what may be chosen. The resources are "
    "the guide's pages in Markdown."
)
SECTION = re.compile(r"^(#{2,6}) .* \{#([A-Za-z0-9_-]+)\}$", re.MULTILINE)
FENCED = re.compile(r"^(```+).*?^\1$", re.MULTILINE | re.DOTALL)


class ToolError(Exception):
    """What is wrong with a call, a line for each fault."""


class ResourceError(Exception):
    """There is no such page or section."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a tool answers: a text to read, and the same as data."""

    text: str
    content: dict[str, Any]


def schemas(book: Book) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Every tool: its name, its title, its description, and the JSON Schema of its input."""
    facts = book.on(book.day)
    for slug, calculator in CALCULATORS.items():
        said = f"{calculator.question} With list prices of {book.day}, or of the day in `on`."
        yield slug, calculator.question, said, data.input_schema(calculator, facts)
    kinds = sorted({offer.kind for offer in book.offers.values()})
    yield (
        OFFERS,
        "Which offers are there?",
        "What is on sale on a day and may be chosen in a calculator, by kind.",
        {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "enum": kinds},
                "on": data.day_schema(book.day),
            },
            "required": ["kind"],
            "additionalProperties": False,
        },
    )


def call(book: Book, name: str, given: Mapping[str, Any], address: str = "") -> Reply:
    """
    What a tool answers; `address` is where the guide stands, if it is known.

    Raises:
        ToolError: there is no such tool, or something that it was given cannot be used.
    """
    texts, faults = _texts(given)
    if name == OFFERS:
        facts, problems = read_day(book, texts.pop(DAY, ""))
        return _offers(facts, texts, faults + [f"{DAY}: {said}" for said in problems.values()])
    calculator = find(name)
    if calculator is None:
        raise ToolError(f"{name[:40]}: no such tool; there are {', '.join(CALCULATORS)}, {OFFERS}")
    return _answer(read_request(book, calculator, texts), faults, address)


def _answer(request: Request, faults: list[str], address: str) -> Reply:
    calculator, facts = request.calculator, request.facts
    faults = faults + request.faults()
    if faults:
        raise ToolError("\n".join(faults))
    result = calculator.answer_to(facts, request.reading)
    page = f"{address}calculators/{calculator.slug}/" if address else ""
    told = take(calculator, facts, result, "paragraph", page)
    return Reply(told.text, data.result(result) | {"link": address_of(result, page)})


def _offers(facts: Facts, texts: dict[str, str], faults: list[str]) -> Reply:
    kind = texts.pop("kind", "")
    kinds = sorted({offer.kind for offer in facts.book.offers.values()})
    if kind not in kinds:
        faults.append(f"kind: '{kind[:40]}' is not one of {', '.join(kinds)}")
    faults += [f"{name[:40]}: not an input of {OFFERS}" for name in texts]
    if faults:
        raise ToolError("\n".join(faults))
    found = [
        {
            "id": offer.id,
            "name": offer.name,
            "vendor": offer.vendor,
            "open_to_new_customers": offer.open_to_newcomers(facts.day),
        }
        for offer in facts.on_sale(kind)
    ]
    lines = "\n".join(f"{one['id']}: {one['name']}" for one in found)
    return Reply(lines, {"on": facts.day.isoformat(), "kind": kind, "offers": found})


def _texts(given: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """What was given, as a person would write it; and what is neither text nor number."""
    texts: dict[str, str] = {}
    faults = []
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            faults.append(f"{name[:40]}: give it as text or as a number")
        else:
            texts[name] = format(value, ".15g") if isinstance(value, float) else str(value)
    return texts, faults


# The guide's pages


def pages(site: Path) -> Iterator[tuple[str, str, str]]:
    """Every page of a built site that has a Markdown twin: its address, title and description."""
    for path in sorted(site.rglob("index.md")):
        place = path.parent.relative_to(site).as_posix()
        lines = path.read_text("utf-8").splitlines()
        title = next((line[2:] for line in lines if line.startswith("# ")), place)
        said = next((line[2:] for line in lines[:5] if line.startswith("> ")), "")
        yield SCHEME if place == "." else f"{SCHEME}{place}/", title, said


def read(site: Path, uri: str) -> str:
    """
    A page in Markdown, or one section of it.

    Raises:
        ResourceError: there is no such page or section, or no built site.
    """
    place, _, part = uri.removeprefix(SCHEME).partition("#")
    try:
        path = (site / place / "index.md").resolve()
        known = path.is_relative_to(site.resolve()) and path.is_file()
    except (OSError, ValueError):  # no file could have that name
        known = False
    if not known or not uri.startswith(SCHEME):
        raise ResourceError(f"{uri[:100]}: no such page; the guide's pages come with: make build")
    text = path.read_text("utf-8")
    return section(text, part) if part else text


def section(text: str, part: str) -> str:
    """
    The section whose heading has that id, down to the next heading of its rank.

    Raises:
        ResourceError: no heading has it.
    """
    # A fence may show headings of its own; its letters are blanked to look for headings.
    bare = FENCED.sub(lambda fence: re.sub(r"[^\n]", " ", fence[0]), text)
    found = list(SECTION.finditer(bare))
    for at, heading in enumerate(found):
        if heading[2] == part:
            rank = len(heading[1])
            after = (one.start() for one in found[at + 1 :] if len(one[1]) <= rank)
            return text[heading.start() : next(after, len(text))].rstrip() + "\n"
    raise ResourceError(f"{part[:40]}: no such section; there are {', '.join(o[2] for o in found)}")


# The protocol


def server(book: Book, site: Path, address: str = "") -> Any:
    """
    The server, to be run over any transport of the SDK.

    Raises:
        ImportError: the SDK is not installed.
    """
    import mcp_types as types
    from mcp.server import Server
    from mcp.shared.exceptions import MCPError

    listed = [
        types.Tool(
            name=name,
            title=title,
            description=said,
            input_schema=schema,
            annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
        )
        for name, title, said, schema in schemas(book)
    ]

    async def list_tools(_context: Any, _params: Any) -> Any:
        return types.ListToolsResult(tools=listed)

    async def call_tool(_context: Any, params: Any) -> Any:
        try:
            reply = call(book, params.name, params.arguments or {}, address)
        except ToolError as error:
            said = [types.TextContent(text=str(error))]
            return types.CallToolResult(content=said, is_error=True)
        said = [types.TextContent(text=reply.text)]
        return types.CallToolResult(content=said, structured_content=reply.content)

    async def list_resources(_context: Any, _params: Any) -> Any:
        found = [
            types.Resource(
                uri=uri, name=uri, title=title, description=said, mime_type="text/markdown"
            )
            for uri, title, said in pages(site)
        ]
        return types.ListResourcesResult(resources=found)

    async def list_templates(_context: Any, _params: Any) -> Any:
        one = types.ResourceTemplate(
            uri_template=SCHEME + "{+page}{#section}",
            name="section",
            title="A section of a page",
            description="By the page's address and the id behind the heading: "
            f"{SCHEME}reference/linking/#what-stays",
            mime_type="text/markdown",
        )
        return types.ListResourceTemplatesResult(resource_templates=[one])

    async def read_resource(_context: Any, params: Any) -> Any:
        try:
            text = read(site, str(params.uri))
        except ResourceError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None
        one = types.TextResourceContents(uri=params.uri, mime_type="text/markdown", text=text)
        return types.ReadResourceResult(contents=[one])

    return Server(
        "crossover",
        title="Crossover",
        version=book.day.isoformat(),
        instructions=INSTRUCTIONS,
        website_url=address or None,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def main(arguments: list[str], book: Book) -> int:
    """The command: serves until the input ends. 2 without the SDK, or with a wrong option."""
    parser = argparse.ArgumentParser(
        prog="python main.py serve-mcp",
        description="Offer the calculators and the guide's pages to agents, over standard input "
        "and output. SITE_URL names where the guide stands, so that links are whole.",
    )
    parser.add_argument(
        "--site", type=Path, default=ROOT / "site", help="the built site, for the pages"
    )
    options = parser.parse_args(arguments)
    stands = os.environ.get("SITE_URL", "").rstrip("/")
    try:
        from anyio import run
        from mcp.server.stdio import stdio_server

        offered = server(book, options.site, f"{stands}/" if stands else "")
    except ImportError:
        print(MISSING, file=sys.stderr)
        return 2

    async def serve() -> None:
        async with stdio_server() as (reading, writing):
            await offered.run(reading, writing, offered.create_initialization_options())

    run(serve)
    return 0
