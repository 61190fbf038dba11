"""
The browser's way in: texts in, HTML out, both as JSON.

One instance answers every calculator on the site. The page knows no input, no
number and no label; it carries form values here and puts the HTML where it belongs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from calculators import CALCULATORS
from calculators.kernel.calculator import Calculator
from calculators.kernel.drift import drift
from calculators.kernel.facts import Book, Facts
from calculators.kernel.inputs import Reading
from views import text
from views.answer import answer, then_and_now
from views.export import standalone
from views.form import folds, lists, parameters, query
from views.record import FORMS, address, take

LETTERS = 110  # of an address in one line of a picture


class Live:
    """Answers requests from the page; made once from the book's records."""

    def __init__(self, records_json: str) -> None:
        self.book = Book.parse(json.loads(records_json))

    def handle(self, request_json: str) -> str:
        """
        `{"slug", "given": {name: text}}` for an edit, `{"slug", "search": "?…"}` for a link;
        `{"slug", "kept": {name: [text]}, "on"}` for what can be chosen on that day: `lists`.
        `"brief"` is the address of the whole answer where only a short one is wanted. With
        `"record"`, one of the forms of views/record.py, an edit gets that to take away; with
        `"spec"`, a chart's specification, the same chart complete in itself. `"page"` is the
        address of the page, where it is known.

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
        if "record" in request or "spec" in request:
            return json.dumps(self._taken(calculator, request))
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

    def _taken(self, calculator: Calculator, request: dict[str, Any]) -> dict[str, Any]:
        given = dict(request["given"])
        facts, problems = self._on(given.pop("on", ""))
        reading = calculator.inputs.read(given, facts)
        problems = reading.problems | problems
        if problems:
            return {"problems": problems}
        result = calculator.answer_to(facts, reading)
        page = str(request.get("page", ""))
        if "spec" in request:
            part = str(request.get("part", ""))
            link = address(result, page, part)
            pieces = (link[at : at + LETTERS] for at in range(0, len(link), LETTERS))
            lines = (f"Prices of {text.day(facts.day)}", *pieces)
            spec = standalone(json.loads(request["spec"]), str(request.get("title", "")), lines)
            whole = json.dumps(spec, indent=1, ensure_ascii=False)
            name = f"{result.slug}-{part or 'chart'}-{facts.day}"
            return {"name": name, "media": "application/json", "text": whole, "spec": spec}
        if request["record"] not in FORMS:
            return {"problems": {"record": "is not a form of an answer"}}
        return asdict(take(calculator, facts, result, request["record"], page))

    def _opened(self, calculator: Calculator, search: str, brief: str) -> dict[str, Any]:
        given = parameters(search)
        facts, problems = self._on(given.pop("on", ""))
        reading = calculator.inputs.read(given, facts)
        known = {field.name for field in calculator.inputs.fields()}
        named = {reading.renamed.get(name, name): value for name, value in given.items()}
        values = reading.given | {name: named[name] for name in named if name in known}
        if reading.inputs is None:
            return {"problems": reading.problems | problems, "values": values}
        reply = self._answered(calculator, facts, reading, brief)
        reply["problems"] = reading.problems | problems
        reply["values"] = values
        reply["notice"] = " ".join(self._remarks(calculator, facts, reading))
        return reply

    def _remarks(self, calculator: Calculator, facts: Facts, reading: Reading) -> Iterator[str]:
        """What is to be said about a link whose parts are not all of this version of the guide."""
        if reading.unknown:
            names = ", ".join(name[:40] for name in reading.unknown[:5])
            yield f"This link has parts that mean nothing here and were left out: {names}."
        for old, new in reading.renamed.items():
            label = calculator.field(new).label
            yield f"This link says {old}, which is now {new} ({label}), and was read as that."
        if facts.day > self.book.day:
            yield (
                f"This link asks for the prices of {text.day(facts.day)}, and this copy of the "
                f"guide knows what was announced by {text.day(self.book.day)}. If the link comes "
                "from a newer copy, reload the page, or open the link there."
            )

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
            moved = drift(calculator.formula, reading.inputs, facts, today) if now else None
            html = then_and_now(result, now, reading.given, again.problems, moved) + html
        return {
            "html": html,
            "problems": {},
            "query": query(reading.given | {"on": facts.day.isoformat()}),
            "changed": sorted(reading.given),
            "folds": folds(calculator, facts, reading.given),
            "said": text.sentence(result.headline),
        }
