"""A short document as blocks, written as Markdown that pastes anywhere, or as plain HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Code:
    """A name as it is typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Math:
    """A formula in TeX; a displayed one stands by itself."""

    tex: str
    displayed: bool = False


Inline = tuple["str | Link | Code | Strong | Math", ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """Metadata by name, as the front matter of a Markdown file."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title. `id` is what a link to it ends in."""

    level: int
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    parts: Inline


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; of steps, if it is ordered."""

    items: tuple[Inline, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Fence:
    """Lines as they are typed, and their language if it is known."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the columns of these numbers are set right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    right: frozenset[int] = frozenset()


Block = Matter | Heading | Paragraph | Bullets | Fence | Grid

# What Markdown would read as something else than the letter that it is.
_MARKS = re.compile(r"[\\`*_\[\]<>|]")
_BREAKS = re.compile(r"\s*[\r\n\u2028\u2029]\s*")


def markdown(blocks: Iterable[Block]) -> str:
    """The document as Markdown (CommonMark with GitHub's tables), ending in one line break."""
    return "\n\n".join(_marked(block) for block in blocks) + "\n"


def _marked(block: Block) -> str:
    match block:
        case Matter(fields):
            return "\n".join(("---", *(_entry(*one) for one in fields), "---"))
        case Heading(level, said, part):
            return f"{'#' * level} {_plain(said)}" + (f" {{#{part}}}" if part else "")
        case Paragraph(parts):
            return _line(parts)
        case Bullets(items, ordered):
            marks = (f"{at}." if ordered else "*" for at in range(1, len(items) + 1))
            return "\n".join(
                f"{mark} {_line(item)}" for mark, item in zip(marks, items, strict=True)
            )
        case Fence(said, language):
            ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", said)), default=0))
            return f"{ticks}{language}\n{said.rstrip()}\n{ticks}"
        case Grid(heads, rows, right):
            rule = " | ".join("---:" if i in right else "---" for i in range(len(heads)))
            lines = [" | ".join(map(_plain, heads)), rule]
            lines += [" | ".join(map(_line, row)) for row in rows]
            return "\n".join(f"| {line} |" for line in lines)


def _entry(name: str, value: str) -> str:
    return f"{name}: {value}".rstrip()


def _line(parts: Inline) -> str:
    return "".join(map(_part, parts))


def _part(part: str | Link | Code | Strong | Math) -> str:
    match part:
        case Link(said, url):
            whole = said == url and url.startswith("https://")
            return f"<{_address(url)}>" if whole else f"[{_plain(said)}]({_address(url)})"
        case Code(name):
            return f"`{_BREAKS.sub(' ', name).replace('`', '')}`"
        case Strong(said):
            return f"**{_plain(said)}**"
        case Math(tex, displayed):
            return f"$${tex}$$" if displayed else f"${tex}$"
    return _plain(part)


def _plain(said: str) -> str:
    return _MARKS.sub(r"\\\g<0>", _BREAKS.sub(" ", said))


def _address(url: str) -> str:
    """An address with what would end it in Markdown percent-encoded."""
    return re.sub(r"[\s()<>|\\]", lambda found: f"%{ord(found[0]):02X}", url)


def html(blocks: Iterable[Block]) -> str:
    """The document as HTML without styles, for editors that take rich text."""
    return "".join(map(_tagged, blocks))


def _tagged(block: Block) -> str:
    match block:
        case Matter(fields):
            return f"<p>{'<br>'.join(escape(_entry(*one)) for one in fields)}</p>"
        case Heading(level, said, part):
            named = f' id="{escape(part)}"' if part else ""
            return f"<h{level}{named}>{escape(said)}</h{level}>"
        case Paragraph(parts):
            return f"<p>{_rich(parts)}</p>"
        case Bullets(items, ordered):
            kind = "ol" if ordered else "ul"
            return f"<{kind}>{''.join(f'<li>{_rich(item)}</li>' for item in items)}</{kind}>"
        case Fence(said):
            return f"<pre><code>{escape(said)}</code></pre>"
        case Grid(heads, rows, right):
            head = "".join(f"<th{_side(i, right)}>{escape(h)}</th>" for i, h in enumerate(heads))
            body = "".join(
                "<tr>"
                + "".join(f"<td{_side(i, right)}>{_rich(cell)}</td>" for i, cell in enumerate(row))
                + "</tr>"
                for row in rows
            )
            return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _side(column: int, right: frozenset[int]) -> str:
    return ' align="right"' if column in right else ""


def _rich(parts: Inline) -> str:
    return "".join(map(_piece, parts))


def _piece(part: str | Link | Code | Strong | Math) -> str:
    match part:
        case Link(said, url):
            return f'<a href="{escape(url)}">{escape(said)}</a>'
        case Code(name):
            return f"<code>{escape(name)}</code>"
        case Strong(said):
            return f"<strong>{escape(said)}</strong>"
        case Math(tex):
            return f"<code>{escape(tex)}</code>"
    return escape(part)
