"""The price book as a whole: enough to choose from, and nothing lost that others rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from calculators import CALCULATORS
from calculators.kernel.evidence import EvidenceError
from calculators.kernel.inputs import NONE
from calculators.kernel.meters import KINDS, METERS, MODEL, SIZES
from calculators.kernel.offers import Offer, PriceError
from calculators.kernel.units import Quantity
from tools.lint.project import Project, rule, rule_of_the_whole
from tools.lint.reading import Fault, at

FACTS = "tests/known-facts.yml"
# How many offers a new customer can choose from at least, and of how many vendors.
CHOICE = {"inference": (6, 4), "tuning": (3, 1), "embedding": (4, 1), "rerank": (2, 1)}


@rule_of_the_whole
def there_is_enough_to_choose_from(project: Project) -> Iterator[Fault]:
    """On the site's day a new customer has a choice of each kind, of models that do not end."""
    book = project.book
    for kind, (offers, vendors) in CHOICE.items():
        open_ = [
            offer
            for offer in book.on(book.day).on_sale(kind)
            if offer.open_to_newcomers(book.day) and not (kind == "inference" and offer.ends())
        ]
        if len(open_) < offers or len({offer.vendor for offer in open_}) < vendors:
            yield Fault(
                "data/",
                f"add {kind} offers: a new customer has {len(open_)} to choose from on {book.day}, "
                f"and needs {offers} of {vendors} or more vendors",
            )


@rule_of_the_whole
def every_offer_on_sale_has_its_rates(project: Project) -> Iterator[Fault]:
    """A premium finds the price that it multiplies, on every day on which it is sold."""
    book = project.book
    files = {name: place for place, name, _ in project.offers()}
    days = sorted({block.start for offer in book.offers.values() for block in offer.blocks})
    broken: dict[str, str] = {}
    for day in days:
        facts = book.on(day)
        for offer in (offer for kind in KINDS for offer in facts.on_sale(kind)):
            try:
                rates = facts.rates(offer.id)
            except PriceError as error:
                broken.setdefault(offer.id, f"has no rates on {day}: {error}")
            else:
                if not rates:
                    broken.setdefault(offer.id, f"has no rates on {day}; add a block for that day")
    yield from (at(files[name], message) for name, message in broken.items())


@rule_of_the_whole
def data_sheets_are_of_what_is_rented(project: Project) -> Iterator[Fault]:
    """Every data sheet of an accelerator is of one that somebody rents out."""
    rented = {offer.accelerator for offer in project.book.offers.values() if offer.accelerator}
    for file, record in project.data.sound.items():
        for name in record.get("accelerators", {}):
            if name not in rented:
                message = "no rental names it; add one under data/rentals/, or remove it"
                yield at((file, "accelerators", name), message)


@rule_of_the_whole
def defaults_can_be_bought(project: Project) -> Iterator[Fault]:
    """What a calculator chooses by default is open to a new customer on the site's day."""
    facts = project.book.on(project.book.day)
    for slug, calculator in CALCULATORS.items():
        for field in calculator.inputs.fields():
            if not field.kind or field.default == NONE:
                continue
            if field.kind == MODEL:
                sound = field.default in project.book.models
            else:
                offer = project.book.offers.get(field.default)
                sound = offer is not None and offer.open_to_newcomers(facts.day)
            if not sound:
                file = f"calculators/{slug.replace('-', '_')}"
                message = f"the default of {field.name}, {field.default}, is not open to new"
                yield Fault(file, f"{message} customers; choose another")


@rule
def meters_and_sizes_are_explained(project: Project) -> Iterator[Fault]:
    """data/README.md says what each meter and size is; editors and the API print it."""
    guide = project.text("data", "README.md")
    for name in dict.fromkeys([*(meter for meters in METERS.values() for meter in meters), *SIZES]):
        if f"`{name}`" not in guide:
            yield Fault("data/README.md", f"say what `{name}` is, in the table of meters or fields")


@rule_of_the_whole
def known_facts_stand(project: Project) -> Iterator[Fault]:
    """What tests/known-facts.yml holds is in the data: old links and the guide rest on it."""
    known = project.yaml(FACTS)
    yield from _known_vendors(project, known["vendors"])
    yield from _known_prices(project, known["prices"])
    yield from _known_days(project, known["last days"])
    yield from _known_notices(project, known["notices"])
    yield from _known_states(project, known)
    yield from _known_findings(project, known["findings"])


def _fault(project: Project, text: str, message: str) -> Fault:
    """A fault of the known fact in which the text first occurs."""
    lines = project.text(FACTS).splitlines()
    line = next((number for number, line in enumerate(lines, 1) if text in line), 0)
    return Fault(FACTS, f"{message}; correct the data, or this file where the fact was wrong", line)


def _known_vendors(project: Project, vendors: dict[str, list[str]]) -> Iterator[Fault]:
    for kind, names in vendors.items():
        there = {o.id.split("/")[0] for o in project.book.offers.values() if o.kind == kind}
        for name in names:
            if name not in there:
                yield _fault(project, f"{kind}:", f"no {kind} offer of {name} is in data/")


def _known_prices(project: Project, prices: dict[str, dict[str, str]]) -> Iterator[Fault]:
    for name, days in prices.items():
        offer, meter = name.split(" ")
        for day, price in days.items():
            try:
                rate = project.book.on(date.fromisoformat(day)).rates(offer).get(meter)
            except PriceError as error:
                yield _fault(project, f"{name}:", f"{price} on {day}: {error}")
                continue
            want = Quantity.parse(price)
            if not isinstance(rate, Quantity) or abs(rate.value / want.value - 1) > 1e-9:
                now = f"{float(rate):g} in base units" if rate else "nothing"
                yield _fault(project, f"{name}:", f"{name} was {price} on {day} and is {now} now")


def _known_days(project: Project, days: dict[str, dict[str, str]]) -> Iterator[Fault]:
    checks = {
        "sold": Offer.sold,
        "newcomers": Offer.open_to_newcomers,
        "trainable": Offer.trainable,
    }
    for name, last in days.items():
        offer = project.book.offers.get(name)
        for what, day in last.items():
            on = date.fromisoformat(day)
            if not offer or not checks[what](offer, on) or checks[what](offer, on + timedelta(1)):
                yield _fault(project, f"{name}:", f"{name}: {day} is not the last day ({what})")


def _known_notices(project: Project, notices: dict[str, list[str]]) -> Iterator[Fault]:
    for name, days in notices.items():
        for day in days:
            on = date.fromisoformat(day)
            before = project.book.on(on - timedelta(1)).notices(name)
            if on not in {notice.when for notice in before}:
                yield _fault(project, f"{name}:", f"{name}: readers get no notice of {day}")


def _known_states(project: Project, known: dict[str, list[str]]) -> Iterator[Fault]:
    day = project.book.day
    states: dict[str, Callable[[Offer], bool]] = {
        "for sale": lambda offer: offer.open_to_newcomers(day),
        "ended": lambda offer: not offer.sold(day),
        "not published": lambda offer: bool(offer.not_published),
    }
    for state, holds in states.items():
        for name in known[state]:
            offer = project.book.offers.get(name)
            if not offer or not holds(offer):
                yield _fault(project, name, f"{name} is no offer that is {state} on {day}")


def _known_findings(project: Project, findings: dict[str, list[str]]) -> Iterator[Fault]:
    for name, words in findings.items():
        study, finding = name.split(" ")
        try:
            one = project.evidence.study(study).finding(finding)
        except EvidenceError as error:
            yield _fault(project, f"{name}:", str(error))
            continue
        rest = f"{one.basis}: {one.figure}"
        for word in words:
            _, there, rest = rest.partition(word)
            if not there:
                yield _fault(project, f"{name}:", f"{name} has no '{word}', in this order")
                break
