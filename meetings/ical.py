"""A meeting as calendar text (RFC 5545, 5546). It says when and where, never with whom or about what."""

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from .models import Meeting
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


def calendar(meeting: Meeting, *, at: datetime) -> bytes:
    """The meeting as an .ics file, as it is at an aware moment. The same UID each time, and a SEQUENCE that grows."""
    text = Calendar()
    text.add("prodid", PRODUCT)
    text.add("version", "2.0")
    text.add("method", "PUBLISH")
    text.add_component(Timezone.from_ical(VTIMEZONE))
    text.add_component(_event(meeting, at))
    return bytes(text.to_ical())


def _event(meeting: Meeting, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{meeting.uuid}@{settings.MAIL_DOMAIN}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", meeting.starts_at.astimezone(AMSTERDAM))
    event.add("dtend", meeting.ends_at.astimezone(AMSTERDAM))
    event.add("summary", _("Appointment"))
    if meeting.place:
        event.add("location", meeting.place)
    event.add("status", "CANCELLED" if meeting.state == Meeting.State.CANCELLED else "CONFIRMED")
    event.add("class", "PRIVATE")
    name, address = parseaddr(settings.MAIL_FROM)
    organizer = vCalAddress(f"mailto:{address}")  # PUBLISH asks for one: the application, never a member
    organizer.params["cn"] = vText(name)
    event.add("organizer", organizer)
    return event
