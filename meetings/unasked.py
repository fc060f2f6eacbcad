"""What counts among the 25: the messages of a year that somebody did not ask for, those told and those to come."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from alliances.models import Alliance
from messaging.kinds import unasked
from messaging.models import Delivery, Message

from .budget import YEAR
from .models import Agreement, Attendance, Meeting, Owner
from .timing import REMIND_CLOCK, REMIND_COMING, REMIND_SILENT, moment, remind_at

GONE = (Delivery.State.SENT, Delivery.State.DELIVERED)
REPORT_AFTER = timedelta(days=2)  # when a report of an evening is likely to come


@dataclass
class Tally:
    """Aware moments of one person's unasked messages: `told` in the last year, `expected` in the next."""

    told: list[datetime] = field(default_factory=list)
    expected: list[datetime] = field(default_factory=list)


def tallies(people: Collection[int], at: datetime) -> dict[int, Tally]:
    """For each of these people (their keys) what they were told and what will still come, as it looks at a moment.

    Messages count, not the channels by which they went. Four queries; runs as a worker, who sees them all.
    """
    found = {person: Tally() for person in people}
    for person, made_at in told(people, since=at - YEAR):
        found[person].told.append(made_at)
    for person, due in _of_evenings(people, at):
        found[person].expected.append(due)
    for person, due in _of_agreements(people, at):
        found[person].expected.append(due)
    return found


def told(people: Collection[int], since: datetime) -> Iterable[tuple[int, datetime]]:
    """Who was told something unasked, and when. What was stopped before it went does not count."""
    went = Delivery.objects.filter(message=OuterRef("pk"), state__in=GONE)
    rows = Message.objects.filter(Q(cancelled_at=None) | Exists(went), user__in=people, created_at__gt=since)
    for person, kind, made_at in rows.values_list("user", "kind", "created_at"):
        if person is not None and unasked(kind):
            yield person, made_at


def _of_evenings(people: Collection[int], at: datetime) -> Iterable[tuple[int, datetime]]:
    """The reminders and the report of every evening that is planned; as many as somebody silent would get."""
    meetings = Meeting.objects.planned().filter(
        ends_at__gt=at, starts_at__lt=at + YEAR, alliance__state__in=(Alliance.State.FORMING, Alliance.State.ACTIVE)
    )
    seated = Q(alliance__memberships__user__in=people, alliance__memberships__left_at__isnull=True)
    rows = list(meetings.filter(seated).values_list("pk", "starts_at", "ends_at", "alliance__memberships__user"))
    given = Attendance.objects.filter(meeting__in={row[0] for row in rows}, membership__user__in=people)
    answers = {
        (meeting, person): answer
        for meeting, person, answer in given.values_list("meeting", "membership__user", "answer")
    }
    for meeting, starts_at, ends_at, person in rows:
        answer = answers.get((meeting, person), "")
        days = {"": (*REMIND_SILENT, *REMIND_COMING), Attendance.Answer.COMING: REMIND_COMING}.get(answer, ())
        for due in (*(remind_at(starts_at, each) for each in days), ends_at + REPORT_AFTER):
            if due > at:
                yield person, due


def _of_agreements(people: Collection[int], at: datetime) -> Iterable[tuple[int, datetime]]:
    """The days of what these people said yes to."""
    bound = Owner.objects.filter(membership__user__in=people, yes_at__isnull=False)
    mine = bound.filter(agreement__state=Agreement.State.OPEN)
    for person, day in mine.values_list("membership__user", "agreement__due_on"):
        if person is not None and day is not None and (due := moment(day, REMIND_CLOCK)) > at:
            yield person, due
