"""Reminders: what is due and not yet told."""

from datetime import UTC, datetime

from django.db import transaction

from meetings.models import Attendance, Meeting
from meetings.timing import LONGEST, REMIND_COMING, REMIND_SILENT, reminder_due

from .telling import attendances, calendar_file, post_about


def remind(*, meeting_id: int, at: datetime) -> int:
    """Remind the members of one meeting of what is due at a moment and not yet told; returns how many messages it made.

    The silent are asked 14 and 3 days before, who comes is reminded a day before. Whoever missed a moment hears only
    the newest. The row is held meanwhile, so that a move at the same time sees, and stops, what was made here.
    Two at once: the message's dedupe key lets one of them through.
    """
    with transaction.atomic():
        meeting = (
            Meeting.objects.select_for_update(of=("self",), no_key=True)
            .to_remind(at, until=at + LONGEST)
            .filter(pk=meeting_id)
            .first()
        )
        if meeting is None:
            return 0
        file = calendar_file(meeting, at)
        told = 0
        for attendance in attendances(meeting, at):
            days = _due(meeting, attendance, at)
            if days is not None:
                told += post_about("meeting_reminder", meeting, attendance, at, _key(days, meeting, attendance), [file])
        return told


def _due(meeting: Meeting, attendance: Attendance, at: datetime) -> int | None:
    if not attendance.answer:
        return reminder_due(meeting.starts_at, at, REMIND_SILENT)
    if attendance.answer == Attendance.Answer.COMING:
        return reminder_due(meeting.starts_at, at, REMIND_COMING)
    return None


def _key(days: int, meeting: Meeting, attendance: Attendance) -> str:
    """Kind, moment, meeting and person. With the beginning in it, a moved meeting reminds anew."""
    begins = meeting.starts_at.astimezone(UTC).isoformat()
    return f"reminder:{days}:{meeting.uuid}:{begins}:{attendance.membership.uuid}"
