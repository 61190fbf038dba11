"""
The browser's way in: texts in, HTML out, both as JSON.

One instance answers every calculator on the site. The page knows no input, no
number and no label; it carries form values here and puts the HTML where it belongs.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from calculators import CALCULATORS
from calculators.kernel.calculator import Calculator
from calculators.kernel.facts import Book, Facts
from calculators.kernel.inputs import Reading
from views import text
from views.answer import answer, then_and_now
from views.form import folds, lists, query

MOST_PARAMETERS = 100


class Live:
    """Answers requests from the page; made once from the book's records."""

    def __init__(self, records_json: str) -> None:
        self.book = Book.parse(json.loads(records_json))

    def handle(self, request_json: str) -> str:
        """
        `{"slug", "given": {name: text}}` for an edit, `{"slug", "search": "?…"}` for a link;
        `"brief"` is the address of the whole answer where only a short one is wanted.
        `{"slug", "kept": {name: [text]}, "on"}` for what can be chosen on that day: `lists`.

        An edit with a value that cannot be used gets `problems` and no `html`: the last good
        answer stays. A link gets an answer all the same, with defaults in those places, and
        `values` to put into the form.
        """
        request = json.loads(request_json)
        calculator = CALCULATORS[request["slug"]]
        brief = str(request.get("brief") or "")
        if "kept" in request:
            facts, _ = self._on(request["on"])
            return json.dumps({"lists": lists(calculator, facts, request["kept"])})
        if "search" in request:
            return json.dumps(self._opened(calculator, request["search"], brief))
        return json.dumps(self._edited(calculator, request["given"], brief))

    def _edited(self, calculator: Calculator, given: dict[str, str], brief: str) -> dict[str, Any]:
        facts, when = self._on(given.get("on", ""))
        texts = {name: value for name, value in given.items() if name != "on"}
        reading = calculator.inputs.read(texts, facts)
        problems = reading.problems | when
        if problems:
            return {"problems": problems}
        return self._answered(calculator, facts, reading, brief)

    def _opened(self, calculator: Calculator, search: str, brief: str) -> dict[str, Any]:
        pairs = parse_qsl(search.removeprefix("?")[:20_000], keep_blank_values=True)
        given = dict(pairs[:MOST_PARAMETERS])
        facts, problems = self._on(given.pop("on", ""))
        reading = calculator.inputs.read(given, facts)
        if reading.inputs is None:
            return {"problems": reading.problems | problems, "values": given}
        reply = self._answered(calculator, facts, reading, brief)
        reply["problems"] = reading.problems | problems
        known = {field.name for field in calculator.inputs.fields()}
        reply["values"] = {name: value for name, value in given.items() if name in known}
        if reading.unknown:
            names = ", ".join(name[:40] for name in reading.unknown[:5])
            reply["notice"] = (
                f"This link has parts that mean nothing here and were left out: {names}."
            )
        return reply

    def _on(self, when: str) -> tuple[Facts, dict[str, str]]:
        if not when:
            return self.book.on(self.book.day), {}
        try:
            return self.book.on(date.fromisoformat(when)), {}
        except ValueError:
            fix = f"'{when[:40]}' is not a day: write it like {self.book.day}."
            return self.book.on(self.book.day), {"on": fix}

    def _answered(
        self, calculator: Calculator, facts: Facts, reading: Reading, brief: str
    ) -> dict[str, Any]:
        result = calculator.answer_to(facts, reading)
        html = answer(calculator, facts, result, brief=brief)
        if facts.day != self.book.day:
            today = self.book.on(self.book.day)
            again = calculator.inputs.read(reading.given, today)
            now = None if again.problems else calculator.answer_to(today, again)
            html = then_and_now(result, now, reading.given) + html
        return {
            "html": html,
            "problems": {},
            "query": query(reading.given | {"on": facts.day.isoformat()}),
            "changed": sorted(reading.given),
            "folds": folds(calculator, facts, reading.given),
            "said": text.sentence(result.headline),
        }
