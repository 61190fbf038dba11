"""
The browser's way in: texts in, HTML out, both as JSON.

One instance answers every calculator on the site. The page knows no input, no
number and no label; it carries form values here and puts the HTML where it belongs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from calculators import CALCULATORS
from calculators.kernel.book import Book
from calculators.kernel.calculator import Answering, Calculator, Result
from calculators.kernel.drift import drift
from calculators.kernel.facts import Facts
from calculators.kernel.request import Request, read_day, read_request
from views import text
from views.answer.export import standalone
from views.answer.form import folds, lists, parameters, query
from views.answer.html import answer, then_and_now
from views.answer.record import FORMS, address, take

LETTERS = 110  # of an address in one line of a picture

Reply = dict[str, Any]


class Asked:
    """
    A request on its way, so that who asks may look at a first answer or let it be.

    Draws of ranges take long; whatever else is asked is answered as it is made.
    """

    def __init__(self, reply: Callable[[], Reply], *answering: Answering) -> None:
        self._reply, self._answering = reply, answering

    def advance(self) -> float:
        """Works a little while; the share of the work that is done by now."""
        return min((one.advance() for one in self._answering), default=1.0)

    def reply(self) -> str:
        """The reply as JSON: from what is done, which is the whole where the share is 1."""
        return json.dumps(self._reply())


class Live:
    """Answers requests from the page; made once from the book's records."""

    def __init__(self, records_json: str) -> None:
        self.book = Book.parse(json.loads(records_json))

    def handle(self, request_json: str) -> str:
        """The whole reply to what `ask` describes."""
        asked = self.ask(request_json)
        while asked.advance() < 1:
            pass
        return asked.reply()

    def ask(self, request_json: str) -> Asked:
        """
        `{"slug", "given": {name: text}}` for an edit, `{"slug", "search": "?…"}` for a link;
        `{"slug", "kept": {name: [text]}, "on"}` for what can be chosen on that day: `lists`.
        `"brief"` is the address of the whole answer where only a short one is wanted. With
        `"record"`, one of the forms of views/answer/record.py, an edit gets that to take away; with
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
            facts, _ = read_day(self.book, request["on"])
            return _at_once({"lists": lists(calculator, facts, request["kept"])})
        if "record" in request or "spec" in request:
            return _at_once(self._taken(calculator, request))
        if "search" in request:
            return self._opened(calculator, request["search"], brief)
        return self._edited(calculator, request["given"], brief)

    def _edited(self, calculator: Calculator, given: dict[str, str], brief: str) -> Asked:
        request = read_request(self.book, calculator, given)
        if request.problems:
            return _at_once({"problems": request.problems})
        return self._answered(request, brief, {"problems": {}})

    def _taken(self, calculator: Calculator, request: dict[str, Any]) -> Reply:
        read = read_request(self.book, calculator, request["given"])
        if read.problems:
            return {"problems": read.problems}
        facts = read.facts
        result = calculator.answer_to(facts, read.reading)
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

    def _opened(self, calculator: Calculator, search: str, brief: str) -> Asked:
        given = parameters(search)
        request = read_request(self.book, calculator, given)
        reading, problems = request.reading, request.problems
        known = {field.name for field in calculator.inputs.fields()}
        named = {reading.renamed.get(name, name): value for name, value in given.items()}
        values = reading.given | {name: named[name] for name in named if name in known}
        if reading.inputs is None:
            return _at_once({"problems": problems, "values": values})
        more = {
            "problems": problems,
            "values": values,
            "notice": " ".join(self._remarks(request)),
        }
        return self._answered(request, brief, more)

    def _remarks(self, request: Request) -> Iterator[str]:
        """What is to be said about a link whose parts are not all of this version of the guide."""
        calculator, facts, reading = request.calculator, request.facts, request.reading
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

    def _answered(self, request: Request, brief: str, more: Reply) -> Asked:
        calculator, facts, reading = request.calculator, request.facts, request.reading
        then = Answering(calculator, facts, reading)
        if facts.day == self.book.day:
            return Asked(lambda: _shown(calculator, facts, then.result(), brief) | more, then)
        today = self.book.on(self.book.day)
        again = calculator.inputs.read(reading.given, today)
        moved = None
        both = [then]
        if not again.problems:
            both.append(Answering(calculator, today, again))
            moved = drift(calculator.formula, reading.inputs, facts, today)

        def reply() -> Reply:
            result, *now = [one.result() for one in both]
            shown = _shown(calculator, facts, result, brief)
            later = now[0] if now else None
            told = then_and_now(result, later, reading.given, again.problems, moved)
            return shown | more | {"html": told + shown["html"]}

        return Asked(reply, *both)


def _at_once(reply: Reply) -> Asked:
    return Asked(lambda: reply)


def _shown(calculator: Calculator, facts: Facts, result: Result, brief: str) -> Reply:
    """What the page is to show of an answer, and to know of it."""
    given = result.reading.given
    return {
        "html": answer(calculator, facts, result, brief=brief),
        "query": query(given | {"on": facts.day.isoformat()}),
        "changed": sorted(given),
        "folds": folds(calculator, facts, given),
        "said": text.sentence(result.headline),
    }
