"""A meeting as calendar text (RFC 5545, 5546). It says when and where, never with whom or about what.

Three ways, one event: an `invitation` by mail (REQUEST, CANCEL), a `calendar` file from the site and a `feed` that a
calendar looks at by itself (both PUBLISH). The same UID everywhere, so that an evening never stands there twice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vCalAddress, vDuration, vText

from .models import Attendance, Meeting
from .timing import AMSTERDAM

FILE_NAME = "afspraak.ics"
# The rule of the European Union since 1996, instead of every change since 1970 (which would also end in 2037).
VTIMEZONE = """BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE
""".replace("\n", "\r\n")
PRODUCT = "-//aan tafel//afspraak//NL"
LOOK_AGAIN = timedelta(hours=4)  # how often a calendar is asked to look at a feed; most decide for themselves
# What a calendar shows beside the reader's own name: what they told us.
STATES = {
    Attendance.Answer.COMING: "ACCEPTED",
    Attendance.Answer.PERHAPS: "TENTATIVE",
    Attendance.Answer.NOT: "DECLINED",
}


class Appointment(Protocol):
    """What a calendar needs to know of an evening: a Meeting has it, and a row of a feed."""

    @property
    def uuid(self) -> UUID: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def place(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def sequence(self) -> int: ...


def method(meeting: Appointment) -> str:
    """What a mail about it asks of a calendar: REQUEST (there it is, or it changed) or CANCEL."""
    return "CANCEL" if _off(meeting) else "REQUEST"


def invitation(meeting: Appointment, *, attendee: str, at: datetime, answer: str = "") -> bytes:
    """The meeting for one reader's calendar, as it is at an aware moment: an invitation, a change or a cancellation.

    `attendee` is the mail address it goes to, and the only one in it beside our own; `answer` what they said already.
    No reply is asked (RSVP=FALSE): the mail has buttons, and what a calendar would mail back is read by nobody.
    """
    event = _event(meeting, at)
    invited = vCalAddress(f"mailto:{attendee}")
    invited.params["cutype"] = vText("INDIVIDUAL")
    invited.params["role"] = vText("REQ-PARTICIPANT")
    invited.params["partstat"] = vText(STATES[Attendance.Answer(answer)] if answer else "NEEDS-ACTION")
    invited.params["rsvp"] = vText("FALSE")
    event.add("attendee", invited)
    return _text(method(meeting), [event])


def calendar(meeting: Appointment, *, at: datetime) -> bytes:
    """The meeting as a file from the site, as it is at an aware moment. For nobody in particular: no attendee."""
    return _text("PUBLISH", [_event(meeting, at)])


def feed(meetings: Iterable[tuple[Appointment, datetime]], *, name: str) -> bytes:
    """Evenings for a calendar that looks by itself, each with the aware moment of its last change.

    The same bytes while nothing changes. What is off stays in it as cancelled, so that it goes from the calendar.
    """
    return _text("PUBLISH", [_event(meeting, changed_at) for meeting, changed_at in meetings], name=name)


def _text(method: str, events: Iterable[Event], *, name: str = "") -> bytes:
    text = Calendar()
    text.add("prodid", PRODUCT)
    text.add("version", "2.0")
    text.add("method", method)
    if name:
        text.add("name", name)  # RFC 7986; below it what older calendars read
        text.add("x-wr-calname", name)
        text.add("refresh-interval", vDuration(LOOK_AGAIN), parameters={"value": "DURATION"})
        text.add("x-published-ttl", vDuration(LOOK_AGAIN))
    text.add_component(Timezone.from_ical(VTIMEZONE))
    for event in events:
        text.add_component(event)
    return bytes(text.to_ical())


def _off(meeting: Appointment) -> bool:
    return meeting.state == Meeting.State.CANCELLED


def _event(meeting: Appointment, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{meeting.uuid}@{settings.MAIL_DOMAIN}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", meeting.starts_at.astimezone(AMSTERDAM))
    event.add("dtend", meeting.ends_at.astimezone(AMSTERDAM))
    event.add("summary", _("Appointment"))
    if meeting.place:
        event.add("location", meeting.place)
    event.add("status", "CANCELLED" if _off(meeting) else "CONFIRMED")
    event.add("class", "PRIVATE")
    name, address = parseaddr(settings.MAIL_FROM)
    organizer = vCalAddress(f"mailto:{address}")  # RFC 5546 wants one: the application, never a member
    organizer.params["cn"] = vText(name)
    event.add("organizer", organizer)
    return event
