"""The published data: valid by their own schemas, complete, the same each time, and never moved."""

from __future__ import annotations

import copy
import csv
import io
import json
import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import icalendar
import jsonschema
import pytest

from calculators.kernel.book import Book
from calculators.kernel.meters import METERS
from calculators.kernel.units import Quantity, unit
from tests.conftest import ROOT
from tools.book import api_schema
from tools.site import api, subscriptions
from views.book import feeds

ATOM = "{http://www.w3.org/2005/Atom}"
PAGE = (ROOT / "docs" / "reference" / "data.md").read_text("utf-8")
# RFC 5545, 3.1: a name, parameters, a colon and a value without control characters.
CONTENT_LINE = re.compile(r"[A-Z-]+(;[A-Z-]+=[A-Za-z0-9:/-]+)*:[^\x00-\x08\x0a-\x1f\x7f]*")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")

MADE_UP: dict[str, Any] = {
    "offers/acme": {
        "vendor": "Acme; Söhne, AI",
        "sources": {
            "page": {
                "title": "Prices, “Acme” & others",
                "url": "https://acme.example/?a=1&b=2",
                "read": "2026-03-02",
            },
            "later": {"title": "News", "url": "https://acme.example/news", "read": "2026-03-05"},
        },
        "offers": {
            "acme/base": {
                "name": "Base",
                "kind": "inference",
                "context_window": "1_000 tok",
                "facts_source": "page",
                "feeds": {"litellm": "acme-base"},
                "rates": {
                    "2026-01-01": {
                        "input": "3.00 USD/Mtok",
                        "output": "4 USD/Mtok",
                        "above": {"500 tok": {"input": "6.00 USD/Mtok", "output": "8 USD/Mtok"}},
                        "source": "page",
                        "confidence": "vendor page",
                        "dated": "first seen",
                        "disputed": "A feed has 5.",
                    },
                    "2026-02-01": {
                        "input": "0.00002 USD/tok",
                        "output": "4.00 USD/Mtok",
                        "above": {"500 tok": {"input": "6.00 USD/Mtok", "output": "8 USD/Mtok"}},
                        "source": "page",
                        "confidence": "vendor page",
                    },
                    "2026-06-01": {
                        "withdrawn": "Ends; really, at \\ last < & >.",
                        "source": "later",
                        "confidence": "vendor page",
                    },
                },
            },
            "acme/new": {
                "name": "New",
                "kind": "rerank",
                "rates": {
                    "2026-12-01": {
                        "search": "2.00 USD/ksearch",
                        "source": "page",
                        "confidence": "vendor page",
                    }
                },
            },
            "acme/quiet": {
                "name": "Quiet",
                "kind": "store",
                "not_published": "Only on request.",
                "source": "later",
            },
            "acme/tuned": {
                "name": "Base, tuned",
                "kind": "tuning",
                "base": "acme/base",
                "rates": {
                    "2025-12-01": {
                        "training": "10 USD/Mtok",
                        "premium": "150 %",
                        "source": "page",
                        "confidence": "vendor page",
                    }
                },
                "lifecycle": {
                    "2026-05-01": {
                        "event": "training_ends",
                        "source": "later",
                        "note": "No more jobs; "
                        + "ein Ende mit Schrecken, größer als gedacht. " * 4,
                    }
                },
            },
        },
    }
}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return api.files(site=address())


def address() -> str:
    """The site's address as the build was told it."""
    told = os.environ.get("SITE_URL", "").rstrip("/")
    return f"{told}/" if told else ""


@pytest.fixture(scope="module")
def whole(files: dict[str, str]) -> list[dict[str, Any]]:
    offers: list[dict[str, Any]] = json.loads(files["book.json"])["offers"]
    return offers


@pytest.fixture
def made_up() -> Book:
    return Book.parse(MADE_UP)


def jsons(files: dict[str, str]) -> dict[str, Any]:
    return {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}


def closed(part: Any) -> Any:
    """A schema that takes no field but those it names: a field left out of it is a mistake."""
    if isinstance(part, list):
        return [closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {key: closed(value) for key, value in part.items()}
    if found.get("type") == "object" and "properties" in found:
        found["additionalProperties"] = False
    return found


def walk(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Every value with the object in which it stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*place, str(key)), inner, value
        if isinstance(inner, dict | list):
            yield from walk(inner, (*place, str(key)))


# JSON.


def test_every_file_is_valid_by_the_schema_that_it_names(files: dict[str, str]) -> None:
    contents = jsons(files)
    checkers = {}
    for name, content in contents.items():
        if name.startswith("schema/"):
            jsonschema.Draft202012Validator.check_schema(content)
            checkers[name] = jsonschema.Draft202012Validator(
                closed(content), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
            )
    assert len(checkers) == len(api_schema.DOCUMENTS)
    used = set()
    for name, content in contents.items():
        if name in checkers:
            continue
        by = posixpath.normpath(posixpath.join(posixpath.dirname(name), content["$schema"]))
        faults = [f"{name}: {e.json_path}: {e.message}" for e in checkers[by].iter_errors(content)]
        assert not faults, "\n".join(faults[:5])
        used.add(by)
    assert used == set(checkers)


def test_a_schema_refuses_a_price_without_its_unit(files: dict[str, str]) -> None:
    content = json.loads(files["book.json"])
    checker = jsonschema.Draft202012Validator(json.loads(files["schema/book.schema.json"]))
    assert checker.is_valid(content)
    sold = next(offer for offer in content["offers"] if offer["current"])
    del next(iter(sold["current"]["meters"].values()))["unit"]
    assert not checker.is_valid(content)


def test_every_number_has_its_unit(files: dict[str, str]) -> None:
    seen = 0
    for place, value, within in walk(json.loads(files["book.json"])):
        if isinstance(value, int | float) and not isinstance(value, bool):
            if place == ("schema_version",):
                continue
            assert place[-1] == "number", place
            unit(within["unit"])
            seen += 1
    assert seen > 1000


def test_what_is_published_in_parts_is_the_whole(
    files: dict[str, str], whole: list[dict[str, Any]]
) -> None:
    contents = jsons(files)
    of_offers = [content["offer"] for name, content in contents.items() if name[:7] == "offers/"]
    of_vendors = [
        offer
        for name, content in contents.items()
        if name[:8] == "vendors/"
        for offer in content["offers"]
    ]
    ids = sorted(offer["id"] for offer in whole)
    assert sorted(offer["id"] for offer in of_offers) == ids
    assert sorted(offer["id"] for offer in of_vendors) == ids
    by_id = {offer["id"]: offer for offer in whole}
    assert all(offer == by_id[offer["id"]] for offer in [*of_offers, *of_vendors])
    for name, content in contents.items():
        if name[:8] == "vendors/":
            assert {offer["id"].split("/")[0] for offer in content["offers"]} == {content["vendor"]}


def test_the_index_names_every_file(files: dict[str, str]) -> None:
    index = json.loads(files["index.json"])
    assert index["files"] == sorted(files)
    for entry in index["offers"]:
        assert json.loads(files[entry["path"]])["offer"]["id"] == entry["id"]
        assert json.loads(files[entry["path"]])["offer"]["status"] == entry["status"]


def test_current_prices_are_those_of_the_book(book: Book, whole: list[dict[str, Any]]) -> None:
    facts = book.on(book.day).floats()
    for offer in whole:
        found = book.offers[offer["id"]]
        assert (offer["current"] is not None) == found.sold(book.day)
        if offer["current"] is None:
            continue
        rates = facts.rates(found.id)
        assert set(offer["current"]["meters"]) == {m for m in METERS[found.kind] if m in rates}
        for meter, price in offer["current"]["meters"].items():
            written = Quantity.of(price["number"], price["unit"])
            assert written.value == pytest.approx(rates[meter], rel=1e-11), (found.id, meter)


def test_every_source_of_the_data_is_cited(book: Book, whole: list[dict[str, Any]]) -> None:
    cited = {
        (value["url"], value["read"], value["title"])
        for _, value, _ in walk(whole)
        if isinstance(value, dict) and "url" in value
    }
    assert cited == {(s.url, s.read.isoformat(), s.title) for s in book.sources}


def test_a_made_up_book(made_up: Book) -> None:
    said = feeds.undated(MADE_UP)
    offers = {o["id"]: o for o in feeds.whole(made_up, said)["offers"]}
    base, tuned = offers["acme/base"], offers["acme/tuned"]
    page = {
        "title": "Prices, “Acme” & others",
        "url": "https://acme.example/?a=1&b=2",
        "read": "2026-03-02",
    }
    assert {name: offer["status"] for name, offer in offers.items()} == {
        "acme/base": "on_sale",
        "acme/new": "announced",
        "acme/quiet": "not_published",
        "acme/tuned": "on_sale",
    }
    terms = [(block["start"], block["until"]) for block in base["blocks"]]
    assert terms == [
        ("2026-01-01", "2026-02-01"),
        ("2026-02-01", "2026-06-01"),
        ("2026-06-01", None),
    ]
    assert [block["first_seen"] for block in base["blocks"]] == [True, False, False]
    assert base["blocks"][0]["disputed"] == "A feed has 5."
    assert base["blocks"][0]["source"] == page
    assert base["blocks"][2]["withdrawn"] == "Ends; really, at \\ last < & >."
    assert base["current"]["meters"]["input"] == {"number": 0.00002, "unit": "USD/tok"}
    assert base["blocks"][0]["tiers"][0]["above"] == {"number": 500, "unit": "tok"}
    assert base["sizes"] == {"context_window": {"number": 1000, "unit": "tok"}}
    assert base["sizes_source"] == page
    assert base["feeds"] == {"litellm": "acme-base"}
    assert offers["acme/quiet"]["not_published"] == "Only on request."
    assert offers["acme/quiet"]["not_published_source"]["url"] == "https://acme.example/news"
    # 150 % of 4 and of 8 USD/Mtok, for as long as both prices hold.
    assert tuned["current"]["meters"]["output"] == {"number": 6, "unit": "USD/Mtok"}
    assert tuned["current"]["tiers"][0]["above"] == {"number": 500, "unit": "tok"}
    assert tuned["current"]["tiers"][0]["meters"]["output"] == {"number": 12, "unit": "USD/Mtok"}
    assert (tuned["current"]["start"], tuned["current"]["until"]) == ("2026-02-01", "2026-06-01")
    ended = feeds.status(made_up.offers["acme/base"], date(2026, 6, 1))
    assert ended == "ended"


def test_a_premium_holds_until_the_first_of_two_ends() -> None:
    records = copy.deepcopy(MADE_UP)
    tuned = records["offers/acme"]["offers"]["acme/tuned"]
    ends = {"withdrawn": "Ends too.", "source": "page", "confidence": "vendor page"}
    for day, until in (("2026-12-31", "2026-06-01"), ("2026-04-01", "2026-04-01")):
        tuned["rates"] = {"2025-12-01": tuned["rates"]["2025-12-01"], day: ends}
        book = Book.parse(records)
        current = feeds.offer(book, book.offers["acme/tuned"], {})["current"]
        assert (current["start"], current["until"]) == ("2026-02-01", until)


# CSV.


def test_the_table_holds_every_current_price(
    files: dict[str, str], whole: list[dict[str, Any]]
) -> None:
    text = files["prices.csv"]
    assert text.count("\n") == text.count("\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert tuple(rows[0]) == feeds.COLUMNS
    found = {
        (r["offer"], r["prompt_above_tok"], r["meter"], float(r["number"]), r["unit"], r["until"])
        for r in rows
    }
    assert len(found) == len(rows)
    expected = set()
    for offer in whole:
        now = offer["current"]
        if now is None:
            continue
        tiers = [(str(tier["above"]["number"]), tier["meters"]) for tier in now["tiers"]]
        for above, meters in [("", now["meters"]), *tiers]:
            expected |= {
                (offer["id"], above, meter, q["number"], q["unit"], now["until"] or "")
                for meter, q in meters.items()
            }
    assert found == expected
    assert not [row for row in rows if "e" in row["number"]]


def test_the_table_says_what_is_worked_out(made_up: Book) -> None:
    rows = list(csv.DictReader(io.StringIO(feeds.prices_csv(made_up), newline="")))
    tuned = [row for row in rows if row["offer"] == "acme/tuned"]
    told = {(row["meter"], row["prompt_above_tok"]): row["worked_out_from"] for row in tuned}
    assert told == {
        ("training", ""): "",
        ("premium", ""): "",
        ("input", ""): "acme/base",
        ("output", ""): "acme/base",
        ("input", "500"): "acme/base",
        ("output", "500"): "acme/base",
    }
    fresh = next(row for row in rows if row["offer"] == "acme/base" and row["meter"] == "input")
    assert fresh["number"] == "0.00002"
    assert fresh["vendor"] == "Acme; Söhne, AI"


# Calendar and feed.


def unfolded(text: str) -> list[str]:
    """The content lines of a calendar, each rule of RFC 5545 about lines checked."""
    raw = text.encode()
    assert raw.endswith(b"\r\n")
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    for line in lines:
        assert 0 < len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # no character is cut in two
    joined = re.sub(rb"\r\n ", b"", b"\r\n".join(lines)).decode().split("\r\n")
    for whole_line in joined:
        assert CONTENT_LINE.fullmatch(whole_line), whole_line
    return joined


def events_of(text: str) -> list[Any]:
    """The events as a calendar reads them."""
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def test_the_calendar_keeps_to_its_rules(book: Book, files: dict[str, str]) -> None:
    lines = unfolded(files["calendar.ics"])
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("VERSION:2.0") == 1
    events = events_of(files["calendar.ics"])
    expected = feeds.happenings(book)
    assert len(events) == len(expected) > 20
    assert len({str(event["UID"]) for event in events}) == len(events)
    for event, one in zip(events, expected, strict=True):
        assert not event.errors
        assert str(event["UID"]) == one.id
        assert event["DTSTART"].dt == one.day
        assert type(event["DTSTART"].dt) is date
        assert event["DTSTAMP"].dt == datetime(*book.day.timetuple()[:3], tzinfo=UTC)
        assert str(event["SUMMARY"]) == one.title
        assert str(event["DESCRIPTION"]).startswith("\n".join(one.lines))
        assert str(event["URL"]) == one.sources[0].url
        assert str(event["URL"]).startswith("https://")


def test_the_calendar_carries_any_text(made_up: Book) -> None:
    text = subscriptions.calendar(made_up)
    unfolded(text)
    events = {str(event["CATEGORIES"].cats[0]): event for event in events_of(text)}
    assert set(events) == {"price", "training_ends", "withdrawn"}
    assert str(events["withdrawn"]["SUMMARY"]) == "End of sale at Acme; Söhne, AI: Base"
    assert str(events["withdrawn"]["DESCRIPTION"]) == (
        "Base: Ends; really, at \\ last < & >.\nNews, read 2026-03-05: https://acme.example/news"
    )
    assert "Input from 3 USD/Mtok to 0.00002 USD/tok." in str(events["price"]["DESCRIPTION"])
    assert "größer als gedacht" in str(events["training_ends"]["DESCRIPTION"])


def test_every_dated_fact_is_in_the_calendar(book: Book, files: dict[str, str]) -> None:
    told = {
        (event["DTSTART"].dt, line)
        for event in events_of(files["calendar.ics"])
        for line in str(event["DESCRIPTION"]).split("\n")
    }
    for offer in book.offers.values():
        facts = [(event.day, event.note) for event in offer.lifecycle]
        facts += [(block.start, block.withdrawn) for block in offer.blocks if block.withdrawn]
        for day, said in facts:
            assert any(day == on and said in line and offer.name in line for on, line in told), (
                f"{offer.id}: {day} is not in the calendar"
            )


def test_an_event_keeps_its_name(made_up: Book) -> None:
    """Calendars and feed readers know an event by it; what is said of it may change."""
    before = {one.what: one.id for one in feeds.happenings(made_up)}
    assert before["withdrawn"] == "7b14e86e-6a10-5e41-917e-1c24a0ea8bfd"
    more = copy.deepcopy(MADE_UP)
    of_acme = more["offers/acme"]["offers"]
    of_acme["acme/twin"] = of_acme["acme/base"] | {"name": "Twin"}
    of_acme["acme/base"]["rates"]["2026-06-01"]["withdrawn"] = "Other words."
    after = feeds.happenings(Book.parse(more))
    assert {one.what: one.id for one in after} == before
    assert {one.what: one.title for one in after}["withdrawn"].endswith(": Base; Twin")


def test_a_meter_that_comes_or_goes_is_no_change_of_price() -> None:
    records = copy.deepcopy(MADE_UP)
    blocks = records["offers/acme"]["offers"]["acme/base"]["rates"]
    blocks["2026-02-01"] = blocks["2026-01-01"] | {"cached_input": "1 USD/Mtok"}
    del blocks["2026-02-01"]["dated"]
    assert "price" not in {one.what for one in feeds.happenings(Book.parse(records))}
    blocks["2026-02-01"] = blocks["2026-01-01"] | {"above": {"500 tok": {"input": "7 USD/Mtok"}}}
    found = {one.what: one for one in feeds.happenings(Book.parse(records))}["price"]
    (line,) = found.lines
    assert line == (
        "Base: Input above 500 tok from 6 to 7 USD/Mtok; output above 500 tok is no longer listed."
        " First seen on this day."
    )


@pytest.mark.parametrize("site", ["", "https://guide.example/deep/"])
def test_the_feed_keeps_to_its_rules(book: Book, site: str) -> None:
    text = subscriptions.feed(book, site)
    feed = ET.fromstring(text)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(feeds.happenings(book))
    # RFC 4287, 4.1: one each, and an author for all entries.
    for part in [feed, *entries]:
        for needed in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{needed}")) == 1
        assert MOMENT.fullmatch(part.findtext(f"{ATOM}updated", ""))
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", part.findtext(f"{ATOM}id", ""))
        relations = [link.get("rel") for link in part.findall(f"{ATOM}link")]
        assert relations.count("alternate") == 1
        assert all(link.get("href") for link in part.findall(f"{ATOM}link"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    updated = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    assert feed.findtext(f"{ATOM}updated") == max(updated)
    assert max(updated) <= f"{book.day}T00:00:00Z"
    for entry in entries:
        assert {link.get("rel") for link in entry.findall(f"{ATOM}link")} == {"alternate", "via"}
        assert entry.findtext(f"{ATOM}content")
    own = next(link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self")
    assert own.get("href") == (f"{site}api/v1/calendar.xml" if site else "calendar.xml")
    read = feedparser.parse(text.encode())
    assert not read.bozo, read.get("bozo_exception")
    assert [entry.id for entry in read.entries] == [e.findtext(f"{ATOM}id") for e in entries]


def test_the_feed_carries_any_text_and_the_day_of_reading(made_up: Book) -> None:
    read = feedparser.parse(subscriptions.feed(made_up, "https://guide.example/").encode())
    last = read.entries[0]
    assert last.title == "2026-06-01: End of sale at Acme; Söhne, AI: Base"
    assert "Ends; really, at \\ last < & >." in ET.fromstring(subscriptions.feed(made_up)).findtext(
        f"{ATOM}entry/{ATOM}content", ""
    )
    assert last.updated == "2026-03-05T00:00:00Z"
    assert last.link == "https://guide.example/reference/calendar/#d-2026-06-01"
    price = next(entry for entry in read.entries if entry.tags[0].term == "price")
    assert price.updated == "2026-03-02T00:00:00Z"
    via = next(link for link in price.links if link.rel == "via")
    assert via.href == "https://acme.example/?a=1&b=2"


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    for name, seed, zone in (("a", "1", "Pacific/Auckland"), ("b", "2", "America/Lima")):
        told = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "SITE_URL": "https://x.example"}
        command = [sys.executable, "-m", "tools.site.api", str(tmp_path / name)]
        subprocess.run(command, cwd=ROOT, env=told, check=True)
    first = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*.*")}
    second = {p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*.*")}
    assert first == second
    assert b'href="https://x.example/api/v1/calendar.xml"' in first[Path("api/v1/calendar.xml")]


def test_the_page_says_what_every_field_is() -> None:
    """Also that the links from the page lead to files that there are."""
    words = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
    offer = api_schema.schema("offer")["$defs"]
    fields = {
        name
        for part in ("offer", "block", "current", "event", "source")
        for name in offer[part]["properties"]
    }
    assert fields <= words, f"data.md does not say what {sorted(fields - words)} is"
    assert set(feeds.COLUMNS) <= words | {"number", "unit"}
    assert set(feeds.STATUSES) <= words
    for link in re.findall(r'href="\.\./\.\./([^"]+)"', PAGE):
        assert link in api.paths(), f"data.md links to {link}, which is not there"
