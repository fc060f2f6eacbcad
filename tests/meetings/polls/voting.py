"""What the tests of date polls share."""

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from alliances.models import JournalEntry, Membership
from meetings import actions
from meetings.models import DatePoll, Meeting, PollMoment, PollSeat
from meetings.tasks import close_polls
from meetings.timing import Evening
from messaging.models import Message
from tests.acting import as_worker
from tests.meetings.talking import as_me


def evening(days: int, begin: time = time(18, 30), end: time = time(21)) -> Evening:
    return Evening(timezone.localdate() + timedelta(days=days), begin, end)


def ask(meeting: Meeting, me: Membership, evenings: Sequence[Evening], **more: Any) -> DatePoll:
    return as_me(me, lambda: actions.make_poll(meeting=meeting, evenings=evenings, by=me, **more))


def moments_of(poll: DatePoll) -> list[PollMoment]:
    with as_worker():
        return list(poll.moments.all())


def seat_of(poll: DatePoll, member: Membership) -> PollSeat:
    with as_worker():
        return PollSeat.objects.select_related("membership", "poll__meeting").get(poll=poll, membership=member)


def say(poll: DatePoll, member: Membership, number: int, value: str = "yes") -> None:
    moment = moments_of(poll)[number]
    as_me(member, lambda: actions.vote_as_member(poll=poll, moments=[moment], value=value, by=member))


def due(poll: DatePoll) -> int:
    with as_worker():
        DatePoll.objects.filter(pk=poll.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
        return close_polls()


def told(kind: str) -> list[Message]:
    with as_worker():
        return list(Message.objects.filter(kind=kind).order_by("id"))


def verbs() -> list[str]:
    with as_worker():
        return list(JournalEntry.objects.order_by("at").values_list("verb", flat=True))
