"""Calendar text, read back by two parsers that know nothing of each other."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from meetings import ical
from meetings.models import Meeting
from meetings.timing import AMSTERDAM, moment

from .nights import NIGHTS

AT = datetime(2027, 1, 5, 12, tzinfo=UTC)


def meeting(day: date, begin: time = time(18, 30), hours: float = 2.5, **fields: object) -> Meeting:
    starts_at = moment(day, begin).astimezone(UTC)
    return Meeting(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), **fields)


def event(content: bytes):
    calendar = Calendar.from_ical(content)
    (found,) = calendar.walk("VEVENT")
    return calendar, found


@pytest.mark.parametrize("day", [*NIGHTS, *(night - timedelta(days=1) for night in NIGHTS[:4]), date(2027, 6, 17)])
def test_both_parsers_read_the_same_moments(day: date):
    made = meeting(day, place="Buurthuis; zaal 2, achter\nde bar")
    content = ical.calendar(made, at=AT)
    _calendar, found = event(content)
    assert found["dtstart"].dt.astimezone(UTC) == made.starts_at
    assert found["dtend"].dt.astimezone(UTC) == made.ends_at
    assert found["dtstart"].params["TZID"] == "Europe/Amsterdam"
    assert str(found["location"]) == made.place
    (other,) = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert other.start.astimezone(UTC) == made.starts_at
    assert other.end.astimezone(UTC) == made.ends_at
    assert other.location == made.place


@pytest.mark.parametrize("begin", [time(1, 30), time(2, 30), time(3, 30), time(23)])
def test_the_hour_that_comes_twice(begin: time):
    made = meeting(date(2027, 10, 31), begin, hours=0.5)
    _calendar, found = event(ical.calendar(made, at=AT))
    assert found["dtstart"].dt.astimezone(UTC) == made.starts_at


@pytest.mark.parametrize("year", [2026, 2027, 2030, 2045])
def test_its_time_zone_is_that_of_amsterdam(year: int):
    calendar, _found = event(ical.calendar(meeting(date(2027, 1, 7)), at=AT))
    (zone,) = calendar.walk("VTIMEZONE")
    ours = zone.to_tz(lookup_tzid=False)
    noon = datetime(year, 1, 1, 12)  # noqa: DTZ001  (made aware below)
    for n in range(365):
        day = noon + timedelta(days=n)
        assert ours.utcoffset(day) == day.replace(tzinfo=AMSTERDAM).utcoffset(), day


def test_it_says_when_and_where_and_nothing_else():
    made = meeting(date(2027, 1, 7), place="De Zaal", food="soep", sequence=3)
    calendar, found = event(ical.calendar(made, at=AT))
    assert calendar["method"] == "PUBLISH"
    assert str(found["summary"]) == "Afspraak"
    assert str(found["uid"]) == f"{made.uuid}@tafel.example"
    assert found["sequence"] == 3
    assert found["dtstamp"].dt == AT
    assert found["status"] == "CONFIRMED"
    assert str(found["organizer"]) == "mailto:bericht@tafel.example"
    assert set(found) == {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "STATUS", "CLASS", "ORGANIZER",
    }  # fmt: skip


def test_cancelled_is_said_under_the_same_uid():
    made = meeting(date(2027, 1, 7), sequence=1)
    _calendar, before = event(ical.calendar(made, at=AT))
    made.state, made.sequence = Meeting.State.CANCELLED, 2
    _calendar, after = event(ical.calendar(made, at=AT))
    assert after["status"] == "CANCELLED"
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]


def test_lines_are_as_the_rfc_wants_them():
    content = ical.calendar(meeting(date(2027, 1, 7), place="ë" * 160), at=AT)
    assert content.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
