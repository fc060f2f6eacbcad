"""Telling that an evening has another place or end: due and not yet told."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from meetings.changes import SETTLES, SOON, Told, last_day, must_hear
from meetings.models import Attendance, Meeting
from meetings.timing import AT_MOST_AHEAD
from messaging.actions import cancel
from messaging.models import Channel

from .telling import attendances, calendar_file, post_about

KIND = "meeting_changed"


def changed_meetings(at: datetime) -> QuerySet[Meeting]:
    """Evenings to come with a change that is settled at a moment and perhaps not told yet."""
    coming = Meeting.objects.to_remind(at, until=at + AT_MOST_AHEAD)
    return coming.changed(settled_before=at - SETTLES, begins_before=at + SOON)


@transaction.atomic
def tell_change(*, meeting_id: int, at: datetime) -> int:
    """Tell the members of one meeting who know another place or end how it is now; returns how many were told.

    Each hears it once, however often it changed, and instead of what waits to be sent and says it otherwise. The row
    is held meanwhile: of two beats at once the second finds nothing. On the last day it goes by every way, before that
    by mail. Runs as a worker.
    """
    held = changed_meetings(at).select_for_update(of=("self",), no_key=True)
    meeting = held.filter(pk=meeting_id).first()
    if meeting is None:
        return 0
    told = sum(
        _tell(meeting, attendance, at) for attendance in attendances(meeting, at) if _due(meeting, attendance, at)
    )
    meeting.changed_at = None
    meeting.save(update_fields=["changed_at"])
    return told


def _due(meeting: Meeting, attendance: Attendance, at: datetime) -> bool:
    told = Told(attendance.told_place, attendance.told_ends_at) if attendance.told_ends_at else None
    now = Told(meeting.place, meeting.ends_at)
    return must_hear(told, now, answer=attendance.answer, starts_at=meeting.starts_at, at=at)


def _tell(meeting: Meeting, attendance: Attendance, at: datetime) -> bool:
    cancel(about=meeting.uuid, user=attendance.membership.user)
    last = last_day(meeting.starts_at, at)
    return post_about(
        KIND,
        meeting,
        attendance,
        at,
        f"{KIND}:{meeting.uuid}:{meeting.sequence}:{attendance.membership.uuid}",
        [calendar_file(meeting, attendance, at)],
        None if last else [Channel.MAIL],
        () if last else (Channel.PUSH, Channel.SMS),
    )
