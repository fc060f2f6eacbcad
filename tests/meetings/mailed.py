"""What the tests of mails about an evening share."""

from email import message_from_bytes, policy
from typing import Any

from icalendar import Calendar

from alliances.models import Membership
from messaging.models import Payload
from tests.acting import as_worker


def mails(kind: str, member: Membership) -> list[Any]:
    """The mails of a kind to one member, in the order of writing."""
    with as_worker():
        found = Payload.objects.filter(message__kind=kind, message__user=member.user, channel="mail")
        contents = list(found.order_by("message__created_at").values_list("content", flat=True))
    return [message_from_bytes(bytes(content), policy=policy.default) for content in contents]


def calendar_parts(mail: Any) -> list[tuple[str, bytes]]:
    """The type and bytes of what a calendar can read in a mail: beside the text, and as a file."""
    types = ("text/calendar", "application/ics")
    return [
        (part["Content-Type"], part.get_payload(decode=True))
        for part in mail.walk()
        if part.get_content_type() in types
    ]


def event(content: bytes) -> Any:
    """The one event in a calendar text."""
    (found,) = Calendar.from_ical(content).walk("VEVENT")
    return found
