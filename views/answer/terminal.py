"""An answer as plain text for a terminal."""

from __future__ import annotations

from calculators.kernel.calculator import Result
from calculators.kernel.results import Option
from views import text
from views.answer.html import SHOWN_FLIPS


def answer(result: Result) -> str:
    """The headline, the options, the cheapest one's bill, what flips it, dates and sources."""
    lines = [text.sentence(result.headline), ""]
    lines += [f"! {text.sentence(warning)}" for warning in result.warnings]
    lines += [_line(option, result) for option in result.options]
    if result.spreads:
        lines += ["", f"10th, 50th and 90th percentile of {result.draws:,} draws:"]
        lines += [_reach(slug, result) for slug in result.spreads]
    if result.best:
        best = result.option(result.best)
        lines += ["", f"{best.label}: {text.heading(result.unit)}"]
        lines += [
            f"  {text.amount(cost.value, result.unit):>10}  {item}: {text.worked(cost)}"
            for item, cost in best.lines.items()
        ]
    for flip in result.flips[:SHOWN_FLIPS]:
        way = "above" if flip.at > flip.now else "below"
        winner = result.option(flip.winner).label
        lines.append(f"flips: {flip.field.label} {way} {text.quantity(flip.at)}: {winner}")
    for turn in result.turns:
        winner = result.option(turn.winner).label if turn.winner else "none can be had"
        lines.append(f"flips: {turn.field.label}: {turn.said}: {winner}")
    for table in result.tables:
        lines += ["", table.title]
        for row in table.rows:
            cells = [text.cell(cell) for cell in row]
            lines.append("  " + " · ".join(cell for cell in cells if cell))
        if table.note:
            lines.append("  " + text.sentence(table.note))
    if result.notices:
        lines.append("")
    lines += [f"{notice.when}  {notice.offer}: {notice.text}" for notice in result.notices]
    lines.append("")
    lines += [
        f"source: {b.offer}: {b.source.title}, {b.source.url}, read {b.source.read}"
        for b in result.bases
    ]
    return "\n".join([*lines, f"prices of {result.day}", ""])


def _reach(slug: str, result: Result) -> str:
    found = result.spreads[slug]
    p10, p50, p90 = (text.amount(float(q), result.unit) for q in (found.p10, found.p50, found.p90))
    won = f"{result.superlative} in {found.best * 100:.0f} %"
    return f"  {p50:>10}  {result.option(slug).label}: {p10} to {p90}, {won}"


def _line(option: Option, result: Result) -> str:
    if option.refused:
        return f"  {'–':>10}  {option.label}: {option.refused}"
    mark = f" ({result.superlative})" if option.slug == result.best else ""
    once = float(option.total_once)
    also = f", and {text.money(once)} once" if once else ""
    return f"  {text.amount(float(option.total), result.unit):>10}  {option.label}{mark}{also}"
