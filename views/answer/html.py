"""An answer as HTML: the same bytes at build time and in the browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

from calculators.kernel.calculator import Calculator, Result
from calculators.kernel.drift import Drift
from calculators.kernel.facts import Basis, Facts
from calculators.kernel.items import Item
from calculators.kernel.results import Cell, Curve, Link, Move, Option, Sentence, Table
from calculators.kernel.units import Quantity, unit
from views import charts, tables, text
from views.answer import citation, drift, embed
from views.answer.form import query, worded
from views.answer.record import FILES, VARIANTS
from views.book.offers import TOP
from views.charts import Picture
from views.palette import tones

SHOWN_FLIPS = 3
WIDE_CELL = 3  # cells of a map that hold a name in full
MAP_HEADS = 2  # columns of a map that share a title


def answer(
    calculator: Calculator,
    facts: Facts,
    result: Result,
    picture: Picture | None = None,
    brief: str = "",
) -> str:
    """
    The whole answer, or a short one that links to the page at `brief`. `picture` draws a chart's
    specification where something can (the build); without it the page has to draw it.
    """
    if brief:
        sections = [
            _headline(result),
            _warnings(result),
            _options(result),
            _line_items(result, opened=""),
            _sources(calculator, facts, result),
            _whole(f"{brief}?{query(_pinned(result))}"),
        ]
        return "".join(sections)
    sections = [
        _headline(result),
        _warnings(result),
        _options(result),
        _flips(result),
        _spreads(result, picture),
        _chart(result, picture),
        _chances(result, picture),
        _map(result),
        *(_table(table) for table in result.tables),
        _line_items(result, opened=result.best),
        _moves(result),
        _notices(result),
        _sources(calculator, facts, result),
        _share(result),
    ]
    return _with_former_ids("".join(sections), calculator.moved)


def _with_former_ids(html: str, moved: Mapping[str, str]) -> str:
    """The answer with places for links that carry a former id of one of its parts."""
    for old, new in moved.items():
        link = f'<a class="headerlink" href="#{new}"'
        html = html.replace(link, f'<span id="{old}"></span>{link}')
    return html


def then_and_now(
    then: Result,
    now: Result | None,
    given: dict[str, str],
    gone: Mapping[str, str] = MappingProxyType({}),
    moved: Drift | None = None,
) -> str:
    """
    What a link with another day says first: the figure then and today, and what made the
    difference. `gone` says, where there is no figure today, what is not sold any more.
    """
    said = f"Today there is no such answer: {' '.join(gone.values())}"
    link, table = "", ""
    if now is not None:
        same = text.sentence(now.headline) == text.sentence(then.headline)
        today = f"At the prices of {text.day(now.day)}: {text.sentence(now.headline)}"
        said = "Today’s prices give the same answer." if same else today
        link = f' <a href="?{escape(query(given))}">Answer with today’s prices</a>'
        table = drift.table(moved, then, now) if moved else ""
    if table:
        table = f"<p>What made the difference:</p>{table}"
    return (
        f'<aside class="then-and-now"><p>These are the prices of {text.day(then.day)}. '
        f"{escape(said)}{link}</p>{table}</aside>"
    )


def money_span(quantity: Quantity) -> str:
    """A figure in a sentence."""
    return f'<span class="figure">{escape(text.quantity(quantity))}</span>'


def _said(parts: Sentence) -> str:
    return "".join(_part(part) for part in parts)


def _part(part: str | Quantity | Link) -> str:
    if isinstance(part, Link):
        return _link(part)
    return escape(part) if isinstance(part, str) else money_span(part)


def _link(link: Link) -> str:
    """An anchor; to a page of the guide as seen from a calculator's own page."""
    if link.to.startswith("https://"):
        return f'<a href="{escape(link.to)}" rel="noopener">{escape(link.words)}</a>'
    page = link.to.removesuffix(".md").removesuffix("index")
    return f'<a href="{TOP}{page.rstrip("/")}/">{escape(link.words)}</a>'


def _led(headline: Sentence) -> str:
    """The first sentence large; what comes after it is set smaller."""
    for i, part in enumerate(headline):
        if isinstance(part, str) and ". " in part:
            end, _, start = part.partition(". ")
            rest = _said((start, *headline[i + 1 :]))
            return f'{_said((*headline[:i], end))}. <span class="answer__rest">{rest}</span>'
    return _said(headline)


def _headline(result: Result) -> str:
    return (
        f'<p class="answer__headline" id="answer">{_led(result.headline)}</p>'
        f'<p class="answer__day">List prices in force on <time datetime="{result.day}">'
        f"{text.day(result.day)}</time>. {text.precision(result.unit)}</p>"
    )


def _warnings(result: Result) -> str:
    if not result.warnings:
        return ""
    items = "".join(f"<li>{_said(warning)}</li>" for warning in result.warnings)
    return f'<ul class="answer__warnings" aria-label="Mind">{items}</ul>'


def _section(slug: str, title: str, body: str) -> str:
    return (
        f'<section class="answer__section" aria-labelledby="{slug}">'
        f'<h2 id="{slug}">{escape(title)}'
        f"{_permalink(slug)}</h2>{body}</section>"
    )


def _permalink(part: str) -> str:
    """The sign that leads to a part of the answer, and copies its link when it is pressed."""
    return f'<a class="headerlink" href="#{part}" title="Link to this part">#</a>'


def _grid(label: str, heads: Iterable[tuple[str, str]], body: str, style: str = "table") -> str:
    """
    A table that scrolls inside itself when it is wide, by keyboard too. `heads` are column
    titles, as HTML, each with its class. (The theme wraps tables that have no class.)
    """
    head = "".join(
        f'<th scope="col" class="{kind}">{title}</th>' if kind else f'<th scope="col">{title}</th>'
        for title, kind in heads
    )
    return _scrolled(label, head, body, style)


def _scrolled(label: str, head: str, body: str, style: str) -> str:
    table = f'<table class="{style}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return tables.scrolled(label, table)


def _tag(result: Result, slug: str) -> str:
    """An option's name with its colour beside it."""
    tone = tones(result.options)[slug]
    return f'<span class="approach tone--{tone}">{escape(result.option(slug).label)}</span>'


def _options(result: Result) -> str:
    spread = [("10th to 90th percentile", ""), (_won(result), "number")] if result.spreads else []
    once = [("Paid once", "number")] if _pays_once(result) else []
    heads = [
        ("Option", ""),
        (text.heading(result.unit), "number"),
        ('<span class="visually-hidden">Share of the largest</span>', "options__bar"),
        *spread,
        *once,
    ]
    rows = "".join(_option_row(option, result, len(heads) - 1) for option in result.options)
    return _section(
        "options", "Side by side", _grid("Options side by side", heads, rows, "options")
    )


def _pays_once(result: Result) -> bool:
    return any(option.once for option in result.options)


def _option_row(option: Option, result: Result, columns: int) -> str:
    name = _tag(result, option.slug)
    if option.floor:
        name += f'<small class="options__note">{escape(option.floor)}</small>'
    if option.slug == result.best:
        name += f'<small class="options__note options__best">{result.superlative}</small>'
    if option.refused:
        return (
            f'<tr class="options__refused"><th scope="row">{name}</th>'
            f'<td colspan="{columns}">{escape(option.refused)}</td></tr>'
        )
    cells = [
        f'<td class="number">{_total(result, float(option.total))}</td>',
        f'<td class="options__bar">{_bar(option, result)}</td>',
    ]
    if result.spreads:
        found = result.spreads.get(option.slug)
        cells += (
            [
                f"<td>{text.quantity(found.p10)} to {text.quantity(found.p90)}</td>",
                f'<td class="number">{found.best * 100:.0f} %</td>',
            ]
            if found
            else ["<td></td>", "<td></td>"]
        )
    if _pays_once(result):
        once = float(option.total_once)
        cells.append(f'<td class="number">{text.money(once) if once else "–"}</td>')
    return f'<tr><th scope="row">{name}</th>{"".join(cells)}</tr>'


def _bar(option: Option, result: Result) -> str:
    widest = max(float(option.total) for option in result.options if not option.refused)
    width = 100 * float(option.total) / widest if widest > 0 else 0.0
    tone = tones(result.options)[option.slug]
    return (
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="tone--{tone}" width="{width:.1f}" height="8"></rect></svg>'
    )


def _flips(result: Result) -> str:
    if not result.best:
        return ""
    if not result.flips and not result.turns:
        said = f"<p>No input by itself changes which is {result.superlative}.</p>"
        return _section("what-flips-it", "What flips it", said)
    items = "".join(
        f"<li><strong>{escape(flip.field.label)}</strong> "
        f"{'above' if flip.at > flip.now else 'below'} {money_span(flip.at)} "
        f"(now {money_span(flip.now)}): {_tag(result, flip.winner)} "
        f"is {result.superlative}.</li>"
        for flip in result.flips[:SHOWN_FLIPS]
    )
    items += "".join(
        f"<li><strong>{escape(turn.field.label)}:</strong> {escape(turn.said)}: "
        + (
            f"{_tag(result, turn.winner)} is {result.superlative}.</li>"
            if turn.winner
            else "none can be had.</li>"
        )
        for turn in result.turns
    )
    return _section("what-flips-it", "What flips it", f'<ul class="flips">{items}</ul>')


def _chart(result: Result, picture: Picture | None) -> str:
    curve = result.curve
    spec = charts.cost_curve(result, curve) if curve else {}
    if not curve or not spec:
        return ""
    title = f"{text.sentence(curve.title)}."
    note = "; every other input as above."
    if curve.band:
        note = f"; the bands are the 10th to the 90th percentile of {curve.band.draws} draws."
    body = _figure(result, spec, picture, title, _described(result), _numbers(result), note)
    return _section("curve", _charted(result, curve), body)


def _figure(
    result: Result,
    spec: charts.Spec,
    picture: Picture | None,
    title: str,
    described: str,
    table: str,
    note: str,
) -> str:
    """A chart with its finding, its words, its numbers folded beneath, its day and a note."""
    source = json.dumps(spec, separators=(",", ":"))
    return (
        f'<figure class="chart" data-spec="{escape(source)}">'
        f"<figcaption>{escape(title)}</figcaption>"
        f'<div class="chart__picture" role="img" aria-label="{escape(described)}">'
        f"{picture(spec) if picture else ''}</div>"
        '<p class="chart__failed" hidden>The chart could not be drawn anew; '
        "its numbers are in the table below.</p>"
        '<details class="chart__numbers"><summary>The numbers of this chart</summary>'
        f"{table}</details>"
        f'<p class="chart__source">Prices of <time datetime="{result.day}">{text.day(result.day)}'
        f"</time>{escape(note)}</p>{_pictures()}</figure>"
    )


def _spreads(result: Result, picture: Picture | None) -> str:
    """Where inputs are ranges: how far each option reaches, and how often it is the best."""
    if not result.spreads:
        return ""
    likely = max(result.spreads, key=lambda slug: result.spreads[slug].best)
    often = f"{result.spreads[likely].best * 100:.0f} % of {result.draws:,} draws"
    label = result.option(likely).label
    rows, parts = [], []
    for slug, found in result.spreads.items():
        p10, p50, p90 = (_total(result, float(q)) for q in (found.p10, found.p50, found.p90))
        cells = "".join(f'<td class="number">{shown}</td>' for shown in (p10, p50, p90))
        rows.append(
            f'<tr><th scope="row">{_tag(result, slug)}</th>{cells}'
            f'<td class="number">{found.best * 100:.0f} %</td></tr>'
        )
        parts.append(f"{result.option(slug).label} from {p10} to {p90}, median {p50}")
    ends = ("10th percentile", "Median", "90th percentile", _won(result))
    heads = [("Option", ""), *((head, "number") for head in ends)]
    table = _grid("Numbers of the chart of ranges", heads, "".join(rows))
    body = _figure(
        result,
        charts.intervals(result),
        picture,
        f"{label} is {result.superlative} in {often}.",
        f"Interval chart, {text.unit_words(result.unit)}: {'; '.join(parts)}.",
        table,
        "; bars from the 10th to the 90th percentile, a mark and a figure at the median.",
    )
    return _section("ranges", "What your ranges make of it", body)


def _won(result: Result) -> str:
    return f"{result.superlative[:1].upper()}{result.superlative[1:]} in"


def _chances(result: Result, picture: Picture | None) -> str:
    """Along the curve's input: how often each option is the best, over the other ranges."""
    curve = result.curve
    band = curve.band if curve else None
    spec = charts.chances(result, curve, band) if curve and band else {}
    if not curve or not band or not spec:
        return ""
    scale = unit(curve.field.unit).scale
    shown = {slug: best for slug, best in band.best.items() if max(best) >= charts.LEAST_CHANCE}
    rows = "".join(
        f'<tr><th scope="row" class="number">{text.short(x / scale)}</th>'
        + "".join(f'<td class="number">{best[i] * 100:.0f} %</td>' for best in shown.values())
        + "</tr>"
        for i, x in enumerate(band.xs)
    )
    words = text.axis(curve.field)
    heads = [(words[:1].upper() + words[1:], "number")]
    heads += [(escape(result.option(slug).label), "number") for slug in shown]
    described = "; ".join(
        f"{result.option(slug).label} from {best[0] * 100:.0f} % to {best[-1] * 100:.0f} %"
        for slug, best in shown.items()
    )
    title = f"Chance of being {result.superlative}"
    body = _figure(
        result,
        spec,
        picture,
        f"How often each option is {result.superlative}, by {words}.",
        f"Line chart, per cent of draws by {words}: {described}.",
        _grid("Numbers of the chart of chances", heads, rows),
        f"; {band.draws} draws of your ranges.",
    )
    return _section("chances", title, body)


def _map(result: Result) -> str:
    """Which option is the best over two inputs: a table in which each region is named."""
    found = result.map
    if found is None:
        return ""
    won = {slug for row in found.best for slug in row}
    letters = _letters(result)
    rows = "".join(
        f'<tr><th scope="row" class="number">{escape(text.short(text.in_own_unit(y)))}</th>'
        f"{_map_cells(result, row, found.here[0] if at == found.here[1] else -1, letters)}</tr>"
        for at, (y, row) in reversed(list(enumerate(zip(found.ys, found.best, strict=True))))
    )
    shown = [text.short(text.in_own_unit(x)) for x in found.xs]
    columns = "".join(
        f'<th scope="colgroup" colspan="{min(MAP_HEADS, len(shown) - at)}">{shown[at]}</th>'
        for at in range(0, len(shown), MAP_HEADS)
    )
    keys = "".join(
        f"<li>{_tag(result, option.slug)} {letters[option.slug]}</li>"
        for option in result.options
        if option.slug in won
    )
    head = f'<th scope="col" class="map__rows">{escape(found.label)}</th>'
    words = text.axis(found.field)
    body = (
        f"<p>{words[:1].upper()}{words[1:]} across, {escape(found.label[:1].lower())}"
        f"{escape(found.label[1:])} up; every other input as above. The cell nearest to your case "
        f'is framed.</p><ul class="map__keys">{keys}</ul>'
        f"{_scrolled(f'Map of the {result.superlative} option', head + columns, rows, 'map')}"
    )
    return _section("map", f"Which is {result.superlative} where", body)


def _letters(result: Result) -> dict[str, str]:
    """A short name for each option, no two alike: initials, else a number."""
    found: dict[str, str] = {}
    for number, option in enumerate(result.options, 1):
        initials = "".join(word[:1] for word in option.label.replace("-", " ").split()).upper()
        found[option.slug] = initials if initials not in found.values() else f"{initials}{number}"
    return found


def _map_cells(result: Result, row: tuple[str, ...], here: int, letters: dict[str, str]) -> str:
    """One row: neighbours with the same winner are one cell, but for the reader's own."""
    found = tones(result.options)
    runs: list[tuple[str, int, bool]] = []
    for at, slug in enumerate(row):
        if runs and at != here and runs[-1][0] == slug and not runs[-1][2]:
            runs[-1] = (slug, runs[-1][1] + 1, False)
        else:
            runs.append((slug, 1, at == here))
    cells = []
    for slug, width, own in runs:
        span = f' colspan="{width}"' if width > 1 else ""
        if not slug:
            cells.append(f"<td{span}>–</td>")
            continue
        label = escape(result.option(slug).label if width >= WIDE_CELL else letters[slug])
        if own:
            label += '<span class="visually-hidden"> (your case)</span>'
        mark = " map__here" if own else ""
        cells.append(f'<td class="tone--{found[slug]}{mark}"{span}>{label}</td>')
    return "".join(cells)


def _charted(result: Result, curve: Curve) -> str:
    """What the chart shows: cost by volume, or cases by difference."""
    if result.unit.startswith("USD") and curve.field.unit == "request/month":
        return "Cost by volume"
    return f"{text.heading(result.unit)} by {curve.field.label.lower()}"


def _total(result: Result, value: float) -> str:
    return text.amount(value, result.unit)


def _described(result: Result) -> str:
    curve = result.curve
    if curve is None:
        return ""
    words = text.axis(curve.field)
    parts = []
    for option in result.options:
        ys = curve.series.get(option.slug, ())
        known = [y for y in ys if y is not None]
        if known:
            parts.append(
                f"{option.label} from {_total(result, known[0])} to {_total(result, known[-1])}"
            )
    return f"Line chart, {text.unit_words(result.unit)} by {words}: {'; '.join(parts)}."


def _numbers(result: Result) -> str:
    curve = result.curve
    if curve is None:
        return ""
    labels = {option.slug: option.label for option in result.options}
    scale = unit(curve.field.unit).scale
    rows = []
    for i in range(0, len(curve.xs), 8):
        cells = "".join(
            f'<td class="number">{"–" if ys[i] is None else _total(result, ys[i] or 0.0)}</td>'
            for ys in curve.series.values()
        )
        rows.append(
            f'<tr><th scope="row" class="number">{text.short(curve.xs[i] / scale)}</th>{cells}</tr>'
        )
    words = text.axis(curve.field)
    heads = [(words[:1].upper() + words[1:], "number")]
    heads += [(escape(labels[slug]), "number") for slug in curve.series]
    return _grid("Numbers of the chart", heads, "".join(rows))


def _table(table: Table) -> str:
    body = ""
    if table.rows:
        numeric = {
            i
            for row in table.rows
            for i, cell in enumerate(row)
            if i and isinstance(cell, Quantity)
        }
        heads = [(escape(t), "number" if i in numeric else "") for i, t in enumerate(table.columns)]
        rows = "".join(
            "<tr>" + "".join(_table_cell(cell, i, numeric) for i, cell in enumerate(row)) + "</tr>"
            for row in table.rows
        )
        body = _grid(table.title, heads, rows)
    if table.note:
        body += f"<p>{_said(table.note)}</p>"
    return _section(table.slug, table.title, body)


def _table_cell(cell: Cell, column: int, numeric: set[int]) -> str:
    if isinstance(cell, Quantity):
        shown = escape(text.quantity(cell))
    else:
        shown = _said(cell if isinstance(cell, tuple) else (cell,))
    if column == 0:
        return f'<th scope="row">{shown}</th>'
    return f'<td class="number">{shown}</td>' if column in numeric else f"<td>{shown}</td>"


def _line_items(result: Result, opened: str) -> str:
    parts = [
        _bill(option, result, opened=option.slug == opened)
        for option in result.options
        if not option.refused
    ]
    return _section("line-items", "How it is worked out", "".join(parts))


def _bill(option: Option, result: Result, opened: bool) -> str:
    rows = "".join(
        _item(item, line, result.unit, part_of(option, item)) for item, line in option.lines.items()
    )
    rows += _sum("Together", option.total, result.unit)
    if option.once:
        rows += '</tbody><tbody><tr><th colspan="3" scope="rowgroup">Paid once</th></tr>'
        rows += "".join(
            _item(item, line, "USD", part_of(option, item, once=True))
            for item, line in option.once.items()
        )
        rows += _sum("Once", option.total_once, "USD")
    heads = [("Item", ""), ("Worked out", ""), (text.heading(result.unit), "number")]
    return (
        f'<details class="bill" id="items-{option.slug}"{" open" if opened else ""}>'
        f"<summary>{_tag(result, option.slug)} "
        f'<span class="figure">{_total(result, float(option.total))}</span></summary>'
        f"{_grid(f'Line items of {option.label}', heads, rows)}</details>"
    )


def _sum(title: str, total: Quantity, unit: str) -> str:
    return (
        f'<tr class="bill__total"><th scope="row">{title}</th><td></td>'
        f'<td class="number">{text.amount(float(total), unit)}</td></tr>'
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an answer: what it is called, its `value` in base units, and its unit."""

    option: str
    label: str
    value: float
    unit: str


def figures(result: Result) -> dict[str, Figure]:
    """By the end of a link to a part of the answer, the one figure that stands there."""
    found: dict[str, Figure] = {}
    for option in result.options:
        if option.refused:
            continue
        slug, label = option.slug, option.label
        found[f"items-{slug}"] = Figure(slug, label, float(option.total), result.unit)
        for item, line in option.lines.items():
            part = part_of(option, item)
            found[part] = Figure(slug, f"{label}, {item}", float(line), result.unit)
        for item, line in option.once.items():
            part = part_of(option, item, once=True)
            found[part] = Figure(slug, f"{label}, {item}, once", float(line), "USD")
    return found


def part_of(option: Option, item: Item, *, once: bool = False) -> str:
    """
    What a link to that line of a bill ends in: `retrieval-rerank`, `hybrid-once-training-tokens`.

    These are promises like the names of inputs.
    """
    return "-".join((option.slug, *(["once"] if once else []), item.id))


def _item(item: Item, line: Quantity, unit: str, part: str) -> str:
    return (
        f'<tr id="{part}"><th scope="row">{escape(item.label)}{_permalink(part)}</th>'
        f'<td class="bill__worked">{escape(text.worked(line))}</td>'
        f'<td class="number">{text.amount(line.value, unit)}</td></tr>'
    )


def _moves(result: Result) -> str:
    if not result.moves:
        return ""
    best = result.option(result.best)
    rows = "".join(_move_row(move, result) for move in result.moves)
    heads = [
        ("Input", ""),
        ("Lower", "number"),
        ('<span class="visually-hidden">How far it moves the figure</span>', "moves__bar"),
        ("Higher", ""),
    ]
    now = "nothing"
    if isinstance(best.total, Quantity):
        now = text.quantity(Quantity.of(best.total.to(result.unit), result.unit))
    body = (
        f"<p>{_tag(result, best.slug)}: {now} now. One input at a time, to the ends of its range "
        "if it has one, else to half and double:</p>"
        f"{_grid('What moves the figure', heads, rows, 'moves')}"
    )
    return _section("what-moves-it", "What moves it", body)


def _move_row(move: Move, result: Result) -> str:
    """One input: its two values with what they come to, and between them how far that is."""
    ends = [float(cost) for one in result.moves for cost in (one.at_low, one.at_high)]
    now = float(result.option(result.best).total)
    least, most = min(*ends, now), max(*ends, now)
    low, high, here = (
        100 * (float(cost) - least) / (most - least) for cost in (move.at_low, move.at_high, now)
    )
    tone = tones(result.options)[result.best]
    bar = (
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="tone--{tone}" x="{min(low, high):.1f}" width="{abs(high - low):.1f}" '
        f'height="8"></rect><line x1="{here:.1f}" x2="{here:.1f}" y2="8"></line></svg>'
    )
    cells = [
        f"{text.quantity(cost)} <small>{escape(text.brief(value))}</small>"
        for value, cost in ((move.low, move.at_low), (move.high, move.at_high))
    ]
    return (
        f'<tr><th scope="row">{escape(move.field.label)}</th><td class="number">{cells[0]}</td>'
        f'<td class="moves__bar">{bar}</td><td>{cells[1]}</td></tr>'
    )


def _notices(result: Result) -> str:
    if not result.notices:
        return ""
    items = "".join(
        f'<li><time datetime="{notice.when}">{text.day(notice.when)}</time> '
        f"<strong>{escape(notice.offer)}</strong> {escape(notice.text)} "
        f'<a href="{escape(notice.source.url)}" rel="noopener">source</a></li>'
        for notice in result.notices
    )
    body = f'<ul class="notices">{items}</ul>'
    return _section("dates", "What closes or changes", body)


def _basis(basis: Basis) -> str:
    source = basis.source
    since = "first seen on" if basis.first_seen else "since"
    note = f" {escape(basis.note)}" if basis.note else ""
    return (
        f"<li><strong>{escape(basis.offer)}</strong> {since} "
        f'<time datetime="{basis.since}">{text.day(basis.since)}</time>: '
        f'<a href="{escape(source.url)}" rel="noopener">{escape(source.title)}</a>, '
        f'read on <time datetime="{source.read}">{text.day(source.read)}</time> '
        f"({escape(basis.confidence)}).{note}</li>"
    )


def _sources(calculator: Calculator, facts: Facts, result: Result) -> str:
    items = "".join(_basis(basis) for basis in result.bases)
    rows = []
    given = result.reading.given
    for field in calculator.inputs.fields():
        value = given.get(field.name, field.default)
        said, unit = worded(field, facts, value)
        if field.is_share:
            said, unit = f"{said} %", unit.removeprefix("%").strip()
        changed = ' class="changed"' if field.name in given else ""
        rows.append(
            f'<tr{changed}><th scope="row">{escape(field.label)}</th>'
            f'<td class="number">{escape(said)}</td><td>{escape(unit)}</td></tr>'
        )
    heads = [("Input", ""), ("Value", "number"), ("Unit", "")]
    assumed = (
        '<details class="assumptions"><summary>Every input of this answer</summary>'
        f"{_grid('Inputs', heads, ''.join(rows))}</details>"
    )
    return _section(
        "sources", "Assumptions and sources", f'{assumed}<ul class="sources">{items}</ul>'
    )


def _whole(address: str) -> str:
    return (
        f'<p class="answer__whole"><a href="{escape(address)}">'
        "Every input, what flips it and the cost by volume</a></p>"
    )


def _pinned(result: Result) -> dict[str, str]:
    """What a link to this answer carries: what was given, and the day whose prices hold."""
    return result.reading.given | {"on": result.day.isoformat()}


# What is said while and after something is taken; it is shown by the script.
_SAID = {
    "said": "Copied",
    "saved": "Saved",
    "waits": "Python is starting; this follows as soon as it is up.",
    "failed": "This browser did not let the page copy it: select the text and copy it yourself.",
    "fault": "This could not be made.",
}


def _share(result: Result) -> str:
    pinned, today = query(_pinned(result)), query(result.reading.given)
    told = "".join(f' data-{name}="{escape(said)}"' for name, said in _SAID.items())
    return (
        '<div class="answer__share" role="group" aria-label="Take this answer with you">'
        f"{_button('Copy link', f'?{pinned}')}"
        f"{_button('Copy with today’s prices', f'?{today}')}"
        f"{_taking('Copy as decision record', 'copy', VARIANTS, 'Form of the record')}"
        f"{_taking('Download', 'save', FILES, 'Kind of file')}"
        f"{_taking('Cite', 'copy', citation.FORMS, 'Form of the citation')}"
        f"{_taking('Copy embed code', 'copy', embed.FORMS, 'What is embedded')}"
        f'<p role="status" class="answer__copied"{told}></p>'
        '<textarea class="answer__by-hand" readonly rows="8" aria-label="To be copied by hand" '
        "hidden></textarea></div>"
    )


def _button(label: str, link: str) -> str:
    return f'<button type="button" data-copy="{escape(link)}">{label}</button>'


def _taking(label: str, how: str, forms: Mapping[str, str], asked: str) -> str:
    options = "".join(f'<option value="{form}">{said}</option>' for form, said in forms.items())
    return (
        f'<span class="answer__take"><button type="button" data-take="{how}">{label}</button>'
        f'<select aria-label="{asked}">{options}</select></span>'
    )


def _pictures() -> str:
    """What a chart can be taken as; for a figure that carries its specification."""
    kinds = {"svg": "SVG", "png": "PNG", "json": "Vega-Lite"}
    buttons = "".join(
        f'<button type="button" data-picture="{kind}">{label}</button>'
        for kind, label in kinds.items()
    )
    return (
        '<p class="chart__take" role="group" aria-label="Download this chart">'
        f"<span>Download as</span>{buttons}</p>"
    )
