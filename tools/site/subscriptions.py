"""The dates of the price book to subscribe to: a calendar (iCalendar) and a feed (Atom)."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from xml.etree import ElementTree as ET

from icalendar import Calendar, Event

from calculators.kernel.book import Book
from views.book.feeds import LICENCE, NAMES, Happening, happenings

TITLE = "Crossover: what closes and what changes its price"
AUTHOR = "Crossover contributors"
PRODUCT = "-//Crossover//Price book//EN"


def calendar(book: Book) -> str:
    """The happenings as days of a calendar, by RFC 5545; made on the book's day."""
    found = Calendar()
    found.add("version", "2.0")
    found.add("prodid", PRODUCT)
    found.add("calscale", "GREGORIAN")
    found.add("name", TITLE)
    found.add("x-wr-calname", TITLE)
    found.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    for one in happenings(book):
        found.add_component(_event(one, book.day))
    written: bytes = found.to_ical(sorted=False)
    return written.decode()


def _event(one: Happening, made: date) -> Event:
    event = Event()
    event.add("uid", one.id)
    event.add("dtstamp", datetime.combine(made, time(tzinfo=UTC)))
    event.add("dtstart", one.day)
    event.add("dtend", one.day + timedelta(days=1))
    event.add("summary", one.title)
    event.add("description", one.text)
    event.add("url", one.sources[0].url)
    event.add("categories", [one.what])
    event.add("transp", "TRANSPARENT")
    return event


def feed(book: Book, site: str = "") -> str:
    """
    The happenings as a feed, by RFC 4287, the latest day first.

    An entry is as new as the newest reading of its sources. `site` is the address of the site,
    ending in a slash; without it links are relative to `api/v1/calendar.xml`.
    """
    latest_first = happenings(book)[::-1]
    home = f"{site or '../../'}reference/calendar/"
    own = f"{site}api/v1/calendar.xml" if site else "calendar.xml"
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    _add(root, "id", uuid.uuid5(NAMES, "calendar").urn)
    _add(root, "title", TITLE)
    _add(root, "updated", _moment(max((one.read for one in latest_first), default=book.day)))
    _add(_add(root, "author"), "name", AUTHOR)
    _add(root, "rights", LICENCE)
    _add(root, "link", rel="self", type="application/atom+xml", href=own)
    _add(root, "link", rel="alternate", type="text/html", href=home)
    for one in latest_first:
        entry = _add(root, "entry")
        _add(entry, "id", f"urn:uuid:{one.id}")
        _add(entry, "title", f"{one.day.isoformat()}: {one.title}")
        _add(entry, "updated", _moment(one.read))
        _add(entry, "link", rel="alternate", type="text/html", href=f"{home}#{one.anchor}")
        for source in one.sources:
            _add(entry, "link", rel="via", href=source.url, title=source.title)
        _add(entry, "category", term=one.what)
        _add(entry, "content", one.text, type="text")
    ET.indent(root, space="")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text or None
    return element


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
