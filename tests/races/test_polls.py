"""Date polls under fire: one open one for a meeting, one result, no vote after it, whoever is fastest."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from alliances.actor import open_link, set_actor
from alliances.policy import Refused
from alliances.tokens import fingerprint
from meetings import actions
from meetings.models import DatePoll, Meeting, PollMoment, PollSeat, PollVote
from meetings.tasks import close_polls
from meetings.timing import Evening
from messaging.models import Message
from tests.acting import as_worker, fresh
from tests.make import make_alliance, make_meeting, make_poll, members
from tests.races.conftest import Compete, in_request_of, losers, winners


def evenings() -> list[Evening]:
    today = timezone.localdate()
    return [Evening(today + timedelta(days=days)) for days in (20, 27)]


def moments_of(poll: DatePoll) -> list[PollMoment]:
    with as_worker():
        return list(poll.moments.all())


def seats_of(poll: DatePoll) -> list[PollSeat]:
    with as_worker():
        seats = PollSeat.objects.filter(poll=poll).select_related("membership__user", "poll__meeting")
        return list(seats.order_by("membership_id"))


def say(seat: PollSeat, moment: PollMoment, value: str = "yes") -> None:
    with as_worker():
        PollVote.objects.create(seat=seat, moment=moment, value=value)


def test_one_open_poll_for_a_meeting(compete: Compete):
    alliance = make_alliance(members=5)
    meeting = make_meeting(alliance)
    seats = members(alliance)

    def ask(number: int) -> DatePoll:
        seat = seats[number]
        return in_request_of(seat.user, lambda: actions.make_poll(meeting=meeting, evenings=evenings(), by=seat))

    outcomes = compete(5, ask)
    assert len(winners(outcomes)) == 1, outcomes
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
    with as_worker():
        assert DatePoll.objects.count() == 1
        assert Message.objects.filter(kind="poll_asked").count() == 5  # each member once


def test_the_database_holds_it_without_the_action(compete: Compete):
    meeting = make_meeting(make_alliance(members=2))
    outcomes = compete(8, lambda _n: make_poll(meeting))
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, IntegrityError) for loser in losers(outcomes)), outcomes


def test_members_choose_at_once(compete: Compete):
    """Each another evening: one is chosen, the others hear it, and everybody gets one message."""
    alliance = make_alliance(members=4)
    poll = make_poll(make_meeting(alliance), 4)
    found, seats = moments_of(poll), members(alliance)

    def choose(number: int) -> Meeting:
        seat = seats[number]
        return in_request_of(seat.user, lambda: actions.close_poll(poll=poll, moment=found[number], by=seat))

    outcomes = compete(4, choose)
    assert len(winners(outcomes)) == 1, outcomes
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
    closed = fresh(poll)
    with as_worker():
        assert closed.chosen.starts_at == fresh(poll.meeting).starts_at
        assert Message.objects.filter(kind="poll_result").count() == 4
        assert not Message.objects.filter(kind="meeting_moved").exists()


def test_two_beats_close_it_once(compete: Compete):
    alliance = make_alliance(members=4)
    poll = make_poll(make_meeting(alliance))
    say(seats_of(poll)[0], moments_of(poll)[1])
    with as_worker():
        DatePoll.objects.update(closes_at=timezone.now() - timedelta(minutes=1))

    def beat(_number: int) -> int:
        with as_worker():
            return close_polls()

    assert sum(compete(4, beat)) == 1
    with as_worker():
        assert Message.objects.filter(kind="poll_result").count() == 4
        assert fresh(poll.meeting).starts_at == moments_of(poll)[1].starts_at


def test_closing_and_moving_by_hand_at_once(compete: Compete):
    """No circle of waiting, and everybody hears of every change: the poll's, the hand's, or one after the other."""
    alliance = make_alliance(members=3)
    meeting = make_meeting(alliance)
    poll = make_poll(meeting)
    found, seats = moments_of(poll), members(alliance)
    elsewhere = Evening(timezone.localdate() + timedelta(days=70))

    def attempt(number: int) -> object:
        seat = seats[number]
        if number:
            return in_request_of(seat.user, lambda: actions.close_poll(poll=poll, moment=found[2], by=seat))
        return in_request_of(seat.user, lambda: actions.move_meeting(meeting=meeting, evening=elsewhere, by=seat))

    outcomes = compete(2, attempt)
    assert not [error for error in losers(outcomes) if not isinstance(error, Refused)], outcomes
    assert fresh(poll).closed_at is not None
    assert fresh(meeting).starts_at == elsewhere.starts_at  # the move was last, or it ended the poll
    with as_worker():
        chosen = fresh(poll).chosen_id is not None
        assert Message.objects.filter(kind="poll_result").exists() == chosen


def test_a_tap_at_the_instant_of_closing_counts_or_is_refused(compete: Compete):
    alliance = make_alliance(members=6)
    poll = make_poll(make_meeting(alliance))
    found, parts, seats = moments_of(poll), seats_of(poll), members(alliance)

    def attempt(number: int) -> object:
        if number == 0:
            return in_request_of(seats[0].user, lambda: actions.close_poll(poll=poll, moment=found[0], by=seats[0]))
        part = parts[number]
        with transaction.atomic():
            set_actor("anonymous")
            open_link(fingerprint(part.token))
            actions.vote(seat=part, moments=found[:1], value="no")
            return part

    outcomes = compete(6, attempt)
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
    with as_worker():
        votes = set(PollVote.objects.values_list("seat", flat=True))
    assert votes == {each.pk for each in winners(outcomes[1:])}


def test_the_same_member_taps_twice_at_once(compete: Compete):
    poll = make_poll(make_meeting(make_alliance(members=2)))
    found, part = moments_of(poll), seats_of(poll)[0]

    def tap(number: int) -> None:
        with transaction.atomic():
            set_actor("anonymous")
            open_link(fingerprint(part.token))
            actions.vote(seat=part, moments=found[:1], value=("yes", "no")[number % 2])

    assert not losers(compete(6, tap))
    with as_worker():
        assert PollVote.objects.filter(seat=part, moment=found[0]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_after_closing_even_without_the_action():
    poll = make_poll(make_meeting(make_alliance(members=2)))
    found, part = moments_of(poll), seats_of(poll)[0]
    with as_worker():
        DatePoll.objects.update(closed_at=timezone.now())
    with pytest.raises(IntegrityError, match="poll is closed"):
        say(part, found[0])
    other = make_poll(poll.meeting)
    with pytest.raises(IntegrityError, match="poll is closed"):  # a moment of another poll
        say(seats_of(other)[0], found[0])
