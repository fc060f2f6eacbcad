"""Reminders: what is due and not yet told."""

from collections import Counter
from datetime import UTC, datetime

from django.db import transaction

from meetings.models import Attendance, Meeting
from meetings.timing import LONGEST, REMIND_COMING, REMIND_SILENT, reminder_due, turn_of, way_of_turn
from messaging.channels import providers
from messaging.models import Channel, ContactPoint, Message

from .telling import attendances, calendar_file, post_about

REMINDER = "meeting_reminder"


def remind(*, meeting_id: int, at: datetime) -> int:
    """Remind the members of one meeting of what is due at a moment and not yet told; returns how many messages it made.

    The silent are asked 14 and 3 days before, who comes is reminded a day before. Whoever missed a moment hears only
    the newest. The row is held meanwhile, so that a move at the same time sees, and stops, what was made here.
    Two at once: the message's dedupe key lets one of them through. Runs as a worker, who may know by which channels
    each is reached.
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
        due = _not_yet_told(meeting, at)
        drill = _drill(meeting, list(due.values()))
        told = 0
        for key, attendance in due.items():
            at_once, reserve = drill[attendance.pk]
            file = calendar_file(meeting, attendance, at)
            told += post_about(REMINDER, meeting, attendance, at, key, [file], at_once, reserve)
        return told


def _not_yet_told(meeting: Meeting, at: datetime) -> dict[str, Attendance]:
    """By its dedupe key, each reminder that is due and was not made. Asked before anything is rendered: a dinner is
    looked at every few minutes for two weeks, and nearly always everybody was told.
    """
    due = {
        _key(days, meeting, attendance): attendance
        for attendance in attendances(meeting, at)
        if (days := _due(meeting, attendance, at)) is not None
    }
    told = set(Message.objects.filter(dedupe_key__in=due).values_list("dedupe_key", flat=True))
    return {key: attendance for key, attendance in due.items() if key not in told}


def _drill(meeting: Meeting, due: list[Attendance]) -> dict[int, tuple[list[Channel], list[Channel]]]:
    """By which channel each of these is reminded, and which take over when it fails: the ways of a member take turns,
    so that in a year each is tried without an extra message. A second reminder of one dinner goes by the next way.
    When it is the phone's turn, something to read goes with it: who missed the call has nothing otherwise.
    """
    people = [attendance.membership.user_id for attendance in due]
    ways: dict[int | None, list[Channel]] = {}
    for point in ContactPoint.objects.filter(user__in=people):
        mine = ways.setdefault(point.user_id, [])
        mine += [channel for channel in point.channels if channel not in mine and providers(channel)]
    reminded = Message.objects.filter(kind=REMINDER, about=meeting.uuid, user__in=people, cancelled_at=None)
    before: Counter[int | None] = Counter(reminded.values_list("user", flat=True))
    turn = turn_of(meeting.plan.year, meeting.number or 0) if meeting.plan else 0
    drill = {}
    for attendance, person in zip(due, people, strict=True):
        at_once, reserve = way_of_turn(ways.get(person, []), turn + before[person])
        if at_once == [Channel.VOICE]:
            at_once, reserve = at_once + reserve[:1], reserve[1:]
        drill[attendance.pk] = at_once, reserve
    return drill


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
