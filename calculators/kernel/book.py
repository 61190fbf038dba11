"""
The price book: what is on sale, at what price, from which day, and who says so.

The same strict parser reads the records in the build, in the tests and in the browser; it opens
no file.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from datetime import date

from calculators.kernel.facts import Facts
from calculators.kernel.meters import SHEETS
from calculators.kernel.offers import Offer, PriceError, Sheet, Source
from calculators.kernel.parsing import File, sheets_of
from calculators.kernel.strict import FactsError, Records

_ELSEWHERE = "stands in another file too; keep one"

MOST_DAYS = 8  # whose facts are kept looked up


@dataclass(frozen=True, slots=True)
class Book:
    """All offers with their histories. `day` is the newest day on which a source was read."""

    offers: dict[str, Offer]
    day: date
    sources: tuple[Source, ...] = field(default=())
    sheets: dict[str, dict[str, Sheet]] = field(default_factory=dict)
    _days: dict[date, Facts] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def accelerators(self) -> dict[str, Sheet]:
        """The data sheets of accelerators."""
        return self.sheets.get("accelerators", {})

    @property
    def models(self) -> dict[str, Sheet]:
        """The models whose shape is known."""
        return self.sheets.get("models", {})

    @classmethod
    def parse(cls, records: Records) -> Book:
        """
        The book in these records: `{"offers/openai": {vendor, sources, offers}, …}`, all
        scalars text. Raises FactsError at the first record that breaks the form.
        """
        offers: dict[str, Offer] = {}
        files: dict[str, str] = {}
        sources: list[Source] = []
        sheets: dict[str, dict[str, Sheet]] = {collection: {} for collection in SHEETS}
        for name, record in records.items():
            collection = name.partition("/")[0]
            if collection in SHEETS:
                for sheet in sheets_of(collection, name, record):
                    if sheet.id in sheets[collection]:
                        raise FactsError((name, collection, sheet.id), _ELSEWHERE)
                    sheets[collection][sheet.id] = sheet
                continue
            of_file = File(name, record)
            sources += of_file.sources.values()
            for offer in of_file.offers():
                if offer.id in offers:
                    raise FactsError((name, "offers", offer.id), _ELSEWHERE)
                offers[offer.id] = offer
                files[offer.id] = name
        for offer in offers.values():
            base = offers.get(offer.base)
            if offer.base and (base is None or base.kind != "inference"):
                message = f"'{offer.base}' is not an inference offer in the book"
                raise FactsError((files[offer.id], "offers", offer.id, "base"), message)
        if not sources:
            raise FactsError(("data",), "the book is empty: add a file under data/offers/")
        return cls(offers, max(source.read for source in sources), tuple(sources), sheets)

    def offer(self, name: str) -> Offer:
        """The offer of that id. Raises PriceError with the nearest names where there is none."""
        try:
            return self.offers[name]
        except KeyError:
            near = difflib.get_close_matches(name, self.offers, n=3, cutoff=0.5)
            hint = f"; did you mean {' or '.join(near)}" if near else ""
            raise PriceError(f"No offer '{name}' in the book{hint}") from None

    def on(self, day: date) -> Facts:
        """The facts as they stand on that day, with what has been looked up in them before."""
        if day not in self._days:
            if len(self._days) == MOST_DAYS:
                self._days.clear()
            self._days[day] = Facts(self, day)
        return self._days[day]

    def forget(self) -> None:
        """Drop what has been looked up in the facts of any day."""
        self._days.clear()

    def lasting(self, day: date) -> Book:
        """The same book in which nothing ends or closes after that day; prices still change."""
        offers = {
            name: replace(
                offer,
                blocks=tuple(b for b in offer.blocks if b.start <= day or not b.withdrawn),
                lifecycle=tuple(event for event in offer.lifecycle if event.day <= day),
            )
            for name, offer in self.offers.items()
        }
        return replace(self, offers=offers)
