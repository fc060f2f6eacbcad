"""A meeting that moves, is called off and takes place after all: one mail a person, calendars right, old reminders
silent. Also across the nights on which the clock changes.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from alliances.models import Alliance, Membership
from meetings import actions
from meetings.models import CalendarFeed, Meeting
from meetings.timing import AMSTERDAM, Evening, moment, remind_at
from messaging.models import Delivery, Message
from tests.acting import acting_as, as_worker, browser, fresh
from tests.make import make_alliance, make_feed, make_meeting, members

from .mailed import calendar_parts, event, mails
from .nights import AUTUMN, MOVES, SPRING

pytestmark = pytest.mark.django_db
EACH_MOVE = pytest.mark.parametrize(("old", "new"), MOVES, ids=lambda day: f"{day:%d%b%y}")
EACH_NIGHT = pytest.mark.parametrize("night", [SPRING, AUTUMN], ids=str)


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


def planned(table: Alliance, day: date) -> Meeting:
    return make_meeting(table, moment(day, Evening(day).begin).astimezone(UTC))


def move(meeting: Meeting, day: date, by: Membership) -> None:
    with acting_as(by.user):
        actions.move_meeting(meeting=meeting, evening=Evening(day), by=by)


def remind(meeting: Meeting, when: datetime) -> int:
    with as_worker():
        return actions.remind(meeting_id=meeting.pk, at=when)


def in_feed(feed: CalendarFeed):
    return event(browser().get(reverse("meetings:feed", args=[feed.token])).content)


@EACH_MOVE
def test_one_mail_a_person_and_calendars_that_are_right(table: Alliance, old: date, new: date):
    mover, *others = members(table)
    meeting = planned(table, old)
    feed = make_feed(others[0].user)
    move(meeting, new, mover)
    begins = moment(new, Evening(new).begin)
    for member in others:
        (mail,) = mails("meeting_moved", member)
        beside, file = calendar_parts(mail)
        assert beside[1] == file[1]
        assert "method=REQUEST" in beside[0].replace('"', "")
        found = event(file[1])
        assert found["dtstart"].dt.astimezone(UTC) == begins.astimezone(UTC)
        assert found["dtstart"].dt.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M") == f"{new} 18:30"
        (other,) = IcsCalendarStream.calendar_from_ics(file[1].decode()).events
        assert other.start.astimezone(UTC) == begins.astimezone(UTC)
        assert found["sequence"] == 1
        assert str(found["attendee"]) == f"mailto:{member.user.email}"
    assert mails("meeting_moved", mover) == []
    shown = in_feed(feed)
    assert (shown["sequence"], shown["dtstart"].dt.astimezone(UTC)) == (1, begins.astimezone(UTC))


@EACH_MOVE
def test_old_reminders_stay_silent_and_new_ones_come_at_nine(table: Alliance, old: date, new: date):
    mover = members(table)[0]
    meeting = planned(table, old)
    early = min(remind_at(moment(day, Evening(day).begin), 14) for day in (old, new))
    assert remind(meeting, remind_at(meeting.starts_at, 14)) == 4
    move(meeting, new, mover)
    with as_worker():
        waiting = Delivery.objects.filter(message__kind="meeting_reminder", state="due")
        assert not waiting.exists()
    begins = fresh(meeting).starts_at
    day, written = early.astimezone(AMSTERDAM).date(), set()
    while day <= new:
        beats = [moment(day, time(hour)) for hour in (0, 8, 9, 10, 21)]
        written |= {beat for beat in beats if early <= beat < begins and remind(meeting, beat)}
        day += timedelta(days=1)
    assert all(said.astimezone(AMSTERDAM).hour == 9 or said == early for said in written), written
    with as_worker():
        keys = list(Message.objects.filter(kind="meeting_reminder").values_list("dedupe_key", flat=True))
        assert len(keys) == len(set(keys))
        anew = [key for key in keys if begins.astimezone(UTC).isoformat() in key]
    assert len(anew) == 8  # everybody is silent: fourteen days and three days before


@EACH_NIGHT
def test_off_and_on_again(table: Alliance, night: date):
    mover, other, *_rest = members(table)
    meeting = planned(table, night)
    feed = make_feed(other.user)
    remind(meeting, remind_at(meeting.starts_at, 14))
    with acting_as(mover.user):
        actions.cancel_meeting(meeting=meeting, by=mover)
    (mail,) = mails("meeting_cancelled", other)
    beside, file = calendar_parts(mail)
    assert "method=CANCEL" in beside[0].replace('"', "")
    assert Calendar.from_ical(file[1])["method"] == "CANCEL"
    gone = event(file[1])
    assert (gone["status"], gone["sequence"]) == ("CANCELLED", 1)
    assert in_feed(feed)["status"] == "CANCELLED"
    assert remind(meeting, remind_at(meeting.starts_at, 3)) == 0
    with acting_as(mover.user):
        actions.restore_meeting(meeting=Meeting.objects.select_related("alliance").get(pk=meeting.pk), by=mover)
    (mail,) = mails("meeting_moved", other)
    beside, file = calendar_parts(mail)
    assert "method=REQUEST" in beside[0].replace('"', "")
    back = event(file[1])
    assert (back["status"], back["sequence"], back["uid"]) == ("CONFIRMED", 2, gone["uid"])
    assert in_feed(feed)["status"] == "CONFIRMED"


def test_the_first_mail_is_an_invitation_with_the_shape_that_calendars_expect(table: Alliance):
    me = members(table)[0]
    meeting = planned(table, date(2027, 6, 17))
    remind(meeting, remind_at(meeting.starts_at, 14))
    (mail,) = mails("meeting_reminder", me)
    assert mail.get_content_type() == "multipart/mixed"
    alternative, file = mail.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    parts = list(alternative.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "text/calendar"]
    assert (parts[2].get_param("method"), parts[2].get_param("charset")) == ("REQUEST", "utf-8")
    assert parts[2].get_filename() is None
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "afspraak.ics")
    assert Calendar.from_ical(file.get_payload(decode=True))["method"] == "REQUEST"
    assert mail.get_body(("plain",)) is parts[0]


def test_food_does_not_raise_the_sequence_and_a_place_does(table: Alliance):
    me = members(table)[0]
    meeting = planned(table, date(2027, 6, 17))
    with acting_as(me.user):
        actions.edit_meeting(meeting=meeting, place=meeting.place, food="soep", by=me)
    assert fresh(meeting).sequence == 0
    with acting_as(me.user):
        actions.edit_meeting(meeting=meeting, place="De Zaal", food="soep", by=me)
    assert fresh(meeting).sequence == 1
