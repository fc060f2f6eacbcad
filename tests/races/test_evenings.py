"""Evenings under fire: beats, movers and cancellers at the same moment, and nobody hears of one thing twice."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, timedelta

import pytest

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from meetings import actions
from meetings.models import Meeting
from meetings.timing import Evening, moment, remind_at
from messaging.models import Delivery, Message
from tests.acting import as_worker, fresh
from tests.make import make_alliance, make_meeting, members
from tests.meetings.nights import AUTUMN, MOVES, SPRING
from tests.races.conftest import Compete, in_request_of, losers, winners

EACH_MOVE = pytest.mark.parametrize(("old", "new"), MOVES[::3], ids=lambda day: f"{day:%d%b%y}")
Act = Callable[[Meeting, Membership], object]


@pytest.fixture
def table(transactional_db: None) -> Alliance:
    return make_alliance(members=6)


def planned(table: Alliance, day: date, **fields: object) -> Meeting:
    return make_meeting(table, moment(day, Evening(day).begin).astimezone(UTC), **fields)


def told(kind: str) -> Counter[int | None]:
    """How often each person was told."""
    with as_worker():
        return Counter(Message.objects.filter(kind=kind).values_list("user", flat=True))


def each_once(people: list[Membership]) -> Counter[int | None]:
    return Counter(member.user_id for member in people)


def waiting(kind: str) -> int:
    with as_worker():
        return Delivery.objects.filter(message__kind=kind, state="due").count()


@EACH_MOVE
def test_two_beats_while_it_moves(compete: Compete, table: Alliance, old: date, new: date):
    """Whoever is first: everybody hears of the move once, and of the old evening nothing is left to send."""
    mover, *others = members(table)
    meeting = planned(table, old)
    due = remind_at(meeting.starts_at, 14)

    def act(number: int) -> object:
        if number == 2:
            move = {"meeting": meeting, "evening": Evening(new), "by": mover}
            return in_request_of(mover.user, lambda: actions.move_meeting(**move))
        with as_worker():
            return actions.remind(meeting_id=meeting.pk, at=due)

    outcomes = compete(3, act)
    assert losers(outcomes) == []
    assert told("meeting_moved") == each_once(others)
    with as_worker():
        keys = list(Message.objects.filter(kind="meeting_reminder").values_list("dedupe_key", flat=True))
    assert len(keys) == len(set(keys)) <= 6
    assert waiting("meeting_reminder") == 0


@EACH_MOVE
def test_two_beats_of_a_reminder_across_the_night(compete: Compete, table: Alliance, old: date, new: date):
    meeting = planned(table, new)
    due = remind_at(meeting.starts_at, 14)

    def beat(_number: int) -> int:
        with as_worker():
            return actions.remind(meeting_id=meeting.pk, at=due)

    assert sorted(compete(3, beat)) == [0, 0, 6]
    assert told("meeting_reminder") == each_once(members(table))


def test_three_beats_of_another_place(compete: Compete, table: Alliance):
    host, *others = members(table)
    meeting = planned(table, SPRING, place="Buurthuis De Schakel")
    with as_worker():
        actions.remind(meeting_id=meeting.pk, at=remind_at(meeting.starts_at, 14))
        Delivery.objects.update(state="cancelled")  # those are over
    in_request_of(host.user, lambda: actions.edit_meeting(meeting=meeting, place="De Zaal", food="", by=host))
    settled = fresh(meeting).changed_at + timedelta(minutes=10)

    def beat(_number: int) -> int:
        with as_worker():
            return actions.tell_change(meeting_id=meeting.pk, at=settled)

    assert sorted(compete(3, beat)) == [0, 0, 5]
    assert told("meeting_changed") == each_once(others)
    assert waiting("meeting_changed") == 5  # and the second took nothing of the first back


def call_off(meeting: Meeting, by: Membership) -> object:
    return actions.cancel_meeting(meeting=meeting, by=by)


def restore(meeting: Meeting, by: Membership) -> object:
    return actions.restore_meeting(meeting=Meeting.objects.select_related("alliance").get(pk=meeting.pk), by=by)


def move(meeting: Meeting, by: Membership) -> object:
    return actions.move_meeting(meeting=meeting, evening=Evening(AUTUMN), by=by)


EVERY_ACT = [
    (call_off, "planned", "meeting_cancelled"),
    (restore, "cancelled", "meeting_moved"),
    (move, "planned", "meeting_moved"),
]


@pytest.mark.parametrize(("act", "state", "kind"), EVERY_ACT, ids=["off", "on again", "moved"])
def test_everybody_does_it_at_once(compete: Compete, table: Alliance, act: Act, state: str, kind: str):
    """One does it; the others are told that it is so already, or find nothing left to do. Nobody hears it twice."""
    seats = members(table)
    meeting = planned(table, AUTUMN - timedelta(days=1), state=state)
    outcomes = compete(5, lambda number: in_request_of(seats[number].user, lambda: act(meeting, seats[number])))
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
    assert winners(outcomes)
    assert fresh(meeting).sequence == 1
    heard = told(kind)
    assert set(heard.values()) == {1}
    assert len(heard) == 5  # all but who was first
