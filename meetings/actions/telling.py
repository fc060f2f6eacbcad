"""The messages about a meeting, each to one member."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from alliances.models import Membership
from meetings import ical
from meetings.models import Attendance, Meeting
from messaging.actions import Attachment, post
from messaging.models import Channel

from .coming import ensure_attendances


def tell(kind: str, meeting: Meeting, *, but: Membership) -> None:
    """Tell every member who takes part now, except who did it, of a change, once for each change."""
    now = timezone.now()
    for attendance in attendances(meeting, now):
        if attendance.membership_id != but.pk:
            key = f"{kind}:{meeting.uuid}:{meeting.sequence}:{attendance.membership.uuid}"
            post_about(kind, meeting, attendance, now, key, [calendar_file(meeting, attendance, now)])
    note_told(meeting, but)


def attendances(meeting: Meeting, at: datetime) -> list[Attendance]:
    """One for each member who takes part at a moment, with the member and the person."""
    ensure_attendances(meeting)
    at_hand = Membership.objects.at_hand(at).filter(alliance=meeting.alliance_id)
    return list(
        Attendance.objects.filter(meeting=meeting, membership__in=at_hand)
        .select_related("membership__user")
        .order_by("membership_id")
    )


def post_about(
    kind: str,
    meeting: Meeting,
    attendance: Attendance,
    at: datetime,
    dedupe_key: str,
    files: Iterable[Attachment],
    channels: Sequence[Channel] | None = None,
    reserve: Sequence[Channel] = (),
) -> bool:
    """Post a message about the meeting to one member, not within their quiet hours; False when that was done before.

    `channels` and `reserve` as in `post`: None sends it everywhere the member agreed to.
    """
    link = settings.SITE_URL + reverse("meetings:answer", args=[attendance.token])
    context: dict[str, Any] = {
        "link": link,
        "link_yes": f"{link}?a={Attendance.Answer.COMING}",
        "link_perhaps": f"{link}?a={Attendance.Answer.PERHAPS}",
        "link_no": f"{link}?a={Attendance.Answer.NOT}",
        "begin": timezone.localtime(meeting.starts_at),
        "end": timezone.localtime(meeting.ends_at),
        "place": meeting.place,
        "coming": attendance.answer == Attendance.Answer.COMING,
    }
    message = post(
        kind=kind,
        user=attendance.membership.user,
        context=context,
        about=meeting.uuid,
        dedupe_key=dedupe_key,
        channels=channels,
        reserve=reserve,
        quiet=True,
        due_at=at,
        expires_at=meeting.starts_at,
        attachments=list(files),
    )
    if message is not None:
        attendance.told_place, attendance.told_ends_at = meeting.place, meeting.ends_at
        attendance.save(update_fields=["told_place", "told_ends_at"])
    return message is not None


def note_told(meeting: Meeting, member: Membership) -> None:
    """Who changed the evening, after having been told of it, knows it."""
    mine = Attendance.objects.filter(meeting=meeting, membership=member, told_ends_at__isnull=False)
    mine.update(told_place=meeting.place, told_ends_at=meeting.ends_at)


def calendar_file(meeting: Meeting, attendance: Attendance, at: datetime) -> Attachment:
    """The meeting for the calendar of one member, under a name that says nothing: an invitation, a change or a
    cancellation, each made for the address it goes to.
    """

    def content(address: str) -> bytes:
        return ical.invitation(meeting, attendee=address, at=at, answer=attendance.answer)

    # Outlook and Google read what stands beside the text; Apple's Mail and many others the file.
    return Attachment(
        name=ical.FILE_NAME,
        content=content,
        content_type="application/ics; charset=utf-8",
        alternative=f"text/calendar; method={ical.method(meeting)}; charset=utf-8",
    )
