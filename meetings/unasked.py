"""What counts among the 25: the messages of a year that somebody did not ask for, those told and those to come."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

from django.db.models import Exists, OuterRef, Q

from alliances.models import Alliance, Membership
from messaging.kinds import unasked
from messaging.models import Delivery, Message

from .budget import YEAR
from .models import DINNERS_A_YEAR, Agreement, Attendance, Meeting, Owner
from .timing import REMIND_CLOCK, REMIND_COMING, REMIND_SILENT, moment, remind_at

GONE = (Delivery.State.SENT, Delivery.State.DELIVERED)
WORKING = (Alliance.State.FORMING, Alliance.State.ACTIVE)
REPORT_AFTER = timedelta(days=2)  # when a report of an evening is likely to come


@dataclass
class Tally:
    """Aware moments of one person's unasked messages: `told` in the last year, `expected` in the next."""

    told: list[datetime] = field(default_factory=list)
    expected: list[datetime] = field(default_factory=list)


def tallies(people: Collection[int], at: datetime) -> dict[int, Tally]:
    """For each of these people (their keys) what they were told and what will still come, as it looks at a moment.

    Messages count, not the channels by which they went. Five queries; runs as a worker, who sees them all.
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
        if unasked(kind):
            yield person, made_at


def _of_evenings(people: Collection[int], at: datetime) -> Iterable[tuple[int, datetime]]:
    """The reminders and the report of every evening to come: as many as somebody silent would get.

    Where the plan ends, an alliance goes on eating five times a year: else a year that runs over New Year would fill up
    before anybody planned the next one.
    """
    tables = _tables(people)
    planned = Meeting.objects.planned().filter(alliance__in=tables, ends_at__gt=at, starts_at__lt=at + YEAR)
    meetings = list(planned.order_by("starts_at").values_list("pk", "alliance", "starts_at", "ends_at"))
    given = Attendance.objects.filter(meeting__in=[row[0] for row in meetings], membership__user__in=people)
    answers = {(row[0], row[1]): row[2] for row in given.values_list("meeting", "membership__user", "answer")}
    last = dict.fromkeys(tables, at)
    for meeting, table, starts_at, ends_at in meetings:
        last[table] = max(last[table], starts_at)
        for person in tables[table]:
            moments = _moments(starts_at, ends_at, answers.get((meeting, person), ""))
            yield from ((person, due) for due in moments if due > at)
    for table, after in last.items():
        for begins in _not_planned_yet(after, at + YEAR):
            yield from product(tables[table], _moments(begins, begins, ""))


def _tables(people: Collection[int]) -> dict[int, list[int]]:
    """Who of these sits at which table that works (keys)."""
    seats = Membership.objects.active().filter(user__in=people, alliance__state__in=WORKING)
    tables: dict[int, list[int]] = {}
    for table, person in seats.values_list("alliance", "user"):
        if person is not None:
            tables.setdefault(table, []).append(person)
    return tables


def _moments(starts_at: datetime, ends_at: datetime, answer: str) -> Iterable[datetime]:
    """When somebody who said this is told something about one evening."""
    days = {"": (*REMIND_SILENT, *REMIND_COMING), Attendance.Answer.COMING: REMIND_COMING}.get(answer, ())
    return [*(remind_at(starts_at, each) for each in days), ends_at + REPORT_AFTER]


def _not_planned_yet(after: datetime, until: datetime) -> Iterable[datetime]:
    apart = YEAR / DINNERS_A_YEAR
    begins = after + apart
    while begins < until + apart / 2:  # the first message of an evening comes before it
        yield begins
        begins += apart


def _of_agreements(people: Collection[int], at: datetime) -> Iterable[tuple[int, datetime]]:
    """The days of what these people said yes to."""
    bound = Owner.objects.filter(membership__user__in=people, yes_at__isnull=False)
    mine = bound.filter(agreement__state=Agreement.State.OPEN)
    for person, day in mine.values_list("membership__user", "agreement__due_on"):
        if day and (due := moment(day, REMIND_CLOCK)) > at:
            yield person, due
