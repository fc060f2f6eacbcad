"""What RFC 5546 (iTIP) and RFC 5545 say about an event that goes to others, checked on every kind that we make.

Two parsers read each, and know nothing of each other.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar, Component

from meetings import ical
from meetings.models import Meeting
from meetings.timing import moment

from .nights import NIGHTS

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
READER = "noor@voorbeeld.example"
PLACE = "Buurthuis; zaal 2, achter\nde \\ bar — éérste deur"
Make = Callable[[Meeting], bytes]


def meeting(day: date = date(2026, 11, 5), begin: time = time(18, 30), **fields: object) -> Meeting:
    starts_at = moment(day, begin).astimezone(UTC)
    return Meeting(**{"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2.5), "place": PLACE} | fields)


def cancelled(**fields: object) -> Meeting:
    return meeting(state=Meeting.State.CANCELLED, sequence=2, **fields)


def as_mail(made: Meeting) -> bytes:
    return ical.invitation(made, attendee=READER, at=AT)


def as_file(made: Meeting) -> bytes:
    return ical.calendar(made, at=AT)


def as_feed(made: Meeting) -> bytes:
    return ical.feed([(made, AT)], name="Afspraken")


KINDS: list[tuple[str, Make, Meeting]] = [
    ("REQUEST", as_mail, meeting()),
    ("REQUEST", as_mail, meeting(sequence=4, place="")),
    ("CANCEL", as_mail, cancelled()),
    ("PUBLISH", as_file, meeting()),
    ("PUBLISH", as_file, cancelled()),
    ("PUBLISH", as_feed, meeting()),
    ("PUBLISH", as_feed, cancelled()),
]
EVERY_KIND = pytest.mark.parametrize(("method", "make", "made"), KINDS, ids=lambda value: getattr(value, "__name__", str(value)))  # fmt: skip  # noqa: E501


def event(content: bytes):
    calendar = Calendar.from_ical(content)
    (found,) = calendar.walk("VEVENT")
    return calendar, found


def times(component: Component, name: str) -> int:
    """How often a property stands in a component."""
    return sum(line.split(b";")[0].split(b":")[0] == name.encode() for line in unfolded(component.to_ical()))


def unfolded(content: bytes) -> list[bytes]:
    return content.replace(b"\r\n ", b"").split(b"\r\n")


@EVERY_KIND
def test_both_parsers_read_it(method: str, make: Make, made: Meeting):
    content = make(made)
    calendar, found = event(content)
    assert not calendar.errors
    assert not found.errors
    assert str(found.get("location", "")) == made.place
    (other,) = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert other.start.astimezone(UTC) == found["dtstart"].dt.astimezone(UTC) == made.starts_at
    assert other.end.astimezone(UTC) == found["dtend"].dt.astimezone(UTC) == made.ends_at
    assert (other.location or "") == made.place
    assert other.uid == str(found["uid"])
    assert other.sequence == found["sequence"] == made.sequence
    assert other.status == found["status"]


@pytest.mark.parametrize("make", [as_mail, as_file, as_feed])
@pytest.mark.parametrize("day", [*NIGHTS, *(night - timedelta(days=1) for night in NIGHTS[:4]), date(2027, 6, 17)])
def test_the_local_time_is_right_in_both_nights(make: Make, day: date):
    made = meeting(day)
    _calendar, found = event(make(made))
    begins: Any = found["dtstart"].dt
    assert begins.replace(tzinfo=None) == datetime(day.year, day.month, day.day, 18, 30)  # noqa: DTZ001
    (other,) = IcsCalendarStream.calendar_from_ics(make(made).decode()).events
    start: Any = other.start
    assert start.replace(tzinfo=None) == begins.replace(tzinfo=None)
    assert other.start.astimezone(UTC) == made.starts_at


# --- RFC 5546, 3.2.1 (PUBLISH), 3.2.2 (REQUEST) and 3.2.5 (CANCEL): how often each property stands there ------------


@EVERY_KIND
def test_what_every_method_wants_once(method: str, make: Make, made: Meeting):
    calendar, found = event(make(made))
    assert times(calendar, "METHOD") == times(calendar, "VERSION") == times(calendar, "PRODID") == 1
    assert calendar["method"] == method
    for name in ("DTSTAMP", "DTSTART", "ORGANIZER", "SUMMARY", "UID", "SEQUENCE", "STATUS"):
        assert times(found, name) == 1, name
    for name in ("DTEND", "LOCATION", "CLASS"):
        assert times(found, name) <= 1
    assert len(calendar.walk("VTIMEZONE")) == 1  # "MUST be present if any date/time refers to a timezone"


@EVERY_KIND
def test_what_no_method_may_have(method: str, make: Make, made: Meeting):
    _calendar, found = event(make(made))
    assert times(found, "REQUEST-STATUS") == 0
    assert not (times(found, "DTEND") and times(found, "DURATION"))
    assert not found.walk("VALARM")


@EVERY_KIND
def test_who_is_in_it(method: str, make: Make, made: Meeting):
    """PUBLISH must have no attendee; REQUEST and CANCEL go to one reader, who is told of nobody else."""
    content = make(made)
    _calendar, found = event(content)
    addresses = set(
        re.findall(rb"[\w.+-]+@[\w.-]+", b"\r\n".join(unfolded(content)).replace(str(found["uid"]).encode(), b""))
    )
    ours = b"bericht@tafel.example"
    assert found["organizer"] == f"mailto:{ours.decode()}"
    if method == "PUBLISH":
        assert times(found, "ATTENDEE") == 0
        assert addresses == {ours}
        return
    assert times(found, "ATTENDEE") == 1
    assert found["attendee"] == f"mailto:{READER}"
    assert found["attendee"].params["RSVP"] == "FALSE"  # what a calendar mails back is read by nobody
    assert "CN" not in found["attendee"].params
    assert addresses == {ours, READER.encode()}


@EVERY_KIND
def test_the_status_fits_the_method(method: str, make: Make, made: Meeting):
    _calendar, found = event(make(made))
    allowed = {"REQUEST": ("TENTATIVE", "CONFIRMED"), "CANCEL": ("CANCELLED",), "PUBLISH": ("CONFIRMED", "CANCELLED")}
    assert found["status"] in allowed[method]
    assert (found["status"] == "CANCELLED") == (made.state == Meeting.State.CANCELLED)


def test_an_update_has_the_same_uid_and_a_higher_sequence():
    """3.2.2.1 and 3.2.5: the same UID; whoever gets them in the wrong order keeps the highest SEQUENCE."""
    made = meeting()
    steps = []
    for sequence, state in enumerate(("planned", "planned", "cancelled", "planned")):
        made.sequence, made.state = sequence, state
        calendar, found = event(as_mail(made))
        steps.append((calendar["method"], str(found["uid"]), found["sequence"], found["status"]))
    assert [step[0] for step in steps] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    assert len({step[1] for step in steps}) == 1
    assert [step[2] for step in steps] == [0, 1, 2, 3]
    assert steps[3][3] == "CONFIRMED"


def test_mail_file_and_feed_are_one_event_in_a_calendar():
    made = meeting()
    assert len({str(event(make(made))[1]["uid"]) for make in (as_mail, as_file, as_feed)}) == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [("", "NEEDS-ACTION"), ("coming", "ACCEPTED"), ("perhaps", "TENTATIVE"), ("not", "DECLINED")],
)
def test_a_calendar_shows_what_the_reader_told_us(answer: str, state: str):
    _calendar, found = event(ical.invitation(meeting(), attendee=READER, at=AT, answer=answer))
    assert found["attendee"].params["PARTSTAT"] == state


# --- RFC 5545: how it is written -----------------------------------------------------------------------------------


@EVERY_KIND
def test_lines_end_fold_and_escape_as_they_should(method: str, make: Make, made: Meeting):
    if made.place:
        made.place = PLACE + " é😀" * 40  # folding must not cut a letter in two
    content = make(made)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode() or not line for line in lines)  # each line by itself is UTF-8
    if made.place:
        (location,) = [line for line in unfolded(content) if line.startswith(b"LOCATION")]
        assert location.startswith(rb"LOCATION:Buurthuis\; zaal 2\, achter\nde \\ bar ")
    made.place = PLACE if made.place else ""


@EVERY_KIND
def test_moments_are_written_as_they_should(method: str, make: Make, made: Meeting):
    lines = unfolded(make(made))
    assert b"DTSTAMP:20261001T120000Z" in lines
    assert b"DTSTART;TZID=Europe/Amsterdam:20261105T183000" in lines
    assert b"DTEND;TZID=Europe/Amsterdam:20261105T210000" in lines


@EVERY_KIND
def test_it_says_when_and_where_and_nothing_else(method: str, make: Make, made: Meeting):
    _calendar, found = event(make(made))
    assert str(found["summary"]) == "Afspraak"
    assert set(found) <= {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "STATUS", "CLASS", "ORGANIZER",
        "ATTENDEE",
    }  # fmt: skip


def test_a_feed_says_how_often_to_look_and_never_changes_by_itself():
    made = meeting()
    content = as_feed(made)
    lines = unfolded(content)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT4H" in lines
    assert b"X-PUBLISHED-TTL:PT4H" in lines
    assert b"X-WR-CALNAME:Afspraken" in lines
    assert content == as_feed(made)


def test_an_empty_feed_is_a_calendar_too():
    content = ical.feed([], name="Afspraken")
    assert not Calendar.from_ical(content).walk("VEVENT")
    assert not IcsCalendarStream.calendar_from_ics(content.decode()).events
