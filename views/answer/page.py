"""What stands around an answer in a page: the live element, the table of inputs, the dates."""

from __future__ import annotations

from datetime import date
from html import escape

from calculators.kernel.calculator import Calculator
from calculators.kernel.facts import Facts
from views import tables, text
from views.answer.form import worded

# What the page says by itself, where Python is not there to say it.
FAILED = (
    "The calculator could not start in this browser, so the answer does not follow the inputs. "
    "What is shown is right for the values the page came with. Check the connection and try again."
)
FAULT = (
    "This case could not be worked out; the answer shown is the one before it. "
    "Change an input back, or reload the page."
)


def live_calculator(
    slug: str,
    *,
    live: str,
    presets: str,
    form: str,
    answer: str,
    example: str,
    brief: str = "",
) -> str:
    """
    The element that a page ships already answered and a script brings to life.

    A section around it, and no blank line within: Markdown would open a paragraph.
    """
    short = f'brief="{escape(brief)}" ' if brief else ""
    html = (
        f'<section class="calculator"><live-calculator slug="{escape(slug)}" {short}'
        f'live="{escape(live)}" data-failed="{escape(FAILED)}" data-fault="{escape(FAULT)}">'
        f'{presets}<a class="calculator__skip" href="#options">Go to the answer</a>'
        '<div class="calculator__bench">'
        f'{form}<div class="answer">'
        '<progress class="answer__progress" max="1" value="0" aria-label="Starting Python" hidden>'
        '</progress><p class="answer__status" role="status"></p>'
        '<button class="answer__retry" type="button" hidden>Try again</button>'
        f'<div class="answer__html">{answer}</div>'
        '<p class="answer__said visually-hidden" role="status"></p></div></div>'
        '<p class="calculator__unscripted">Without JavaScript this page shows the answer above '
        "and no other. In a checkout, "
        f"<code>python main.py {escape(slug)} {escape(example)}</code> answers any case."
        "</p></live-calculator></section>"
    )
    return html.replace("\n", " ")


def inputs_table(calculator: Calculator, facts: Facts) -> str:
    """Every input with its name in links, its default and why it matters."""
    rows = []
    for field in calculator.inputs.fields():
        default, unit = worded(field, facts, field.default)
        rows.append(
            f'<tr id="input-{field.name}"><th scope="row">{escape(field.label)}<br>'
            f"<code>{field.name}</code></th>"
            f"<td>{escape(f'{default} {unit}'.strip())}</td><td>{escape(field.help)}</td></tr>"
        )
    return tables.scrolled(
        "Inputs and their defaults",
        '<table class="inputs-table"><thead><tr><th scope="col">Input</th>'
        '<th scope="col">Default</th><th scope="col">What it is</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>",
    )


def dates(facts: Facts, count: int) -> str:
    """The next days on which something closes or changes its price, over the whole book."""
    coming: dict[tuple[date, str, str], list[str]] = {}
    for notice in facts.notices(*facts.book.offers):
        if notice.when > facts.day:
            same = coming.setdefault((notice.when, notice.text, notice.source.url), [])
            same.append(notice.offer)
    days = sorted({when for when, _, _ in coming})[:count]
    items = "".join(
        f'<li><time datetime="{when}">{text.day(when)}</time> '
        f"<strong>{escape(', '.join(offers))}</strong> {escape(said)} "
        f'<a href="{escape(url)}" rel="noopener">source</a></li>'
        for (when, said, url), offers in sorted(coming.items())
        if when in days
    )
    return f'<ul class="notices">{items}</ul>'
