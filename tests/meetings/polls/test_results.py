"""Date polls: how they end, who hears what then, and what that does to the evening."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from alliances.models import Alliance, JournalEntry, Membership
from alliances.policy import Refused
from meetings import actions
from meetings.models import Attendance, DatePoll, Meeting, PollMoment, PollSeat
from meetings.tasks import close_polls
from meetings.timing import evening_of
from messaging.models import Delivery, Payload
from tests.acting import as_worker, fresh
from tests.make import (
    make_attendance,
    make_meeting,
    make_member,
    make_poll,
    make_poll_seat,
    make_user,
    members,
)
from tests.meetings.talking import as_me

from .voting import ask, due, evening, moments_of, say, told, verbs

pytestmark = pytest.mark.django_db


# --- Choosing ------------------------------------------------------------------------------------------------------


def choose(poll: DatePoll, me: Membership, number: int) -> Meeting:
    moment = moments_of(poll)[number]
    return as_me(me, lambda: actions.close_poll(poll=poll, moment=moment, by=me))


def test_the_meeting_moves_and_everybody_gets_one_message(poll: DatePoll, meeting: Meeting, me: Membership):
    make_attendance(meeting, me, "coming")
    choose(poll, me, 1)
    moved, closed = fresh(meeting), fresh(poll)
    assert moved.starts_at == moments_of(poll)[1].starts_at
    assert moved.sequence == meeting.sequence + 1
    assert closed.chosen_id == moments_of(poll)[1].pk
    assert {message.user_id for message in told("poll_result")} == {each.user_id for each in members(meeting.alliance)}
    assert len(told("poll_result")) == 4
    assert not told("meeting_moved")
    with as_worker():
        assert Attendance.objects.get(membership=me).answer == ""  # the new evening asks anew
        mail = Payload.objects.filter(message__kind="poll_result", channel="mail")[0]
    assert b"BEGIN:VCALENDAR" in bytes(mail.content) or b"text/calendar" in bytes(mail.content)
    assert verbs() == ["moved", "chose_evening"]


def test_the_own_evening_brings_only_the_result(poll: DatePoll, meeting: Meeting, me: Membership):
    make_attendance(meeting, me, "coming")
    choose(poll, me, 0)
    assert fresh(meeting).sequence == meeting.sequence
    assert len(told("poll_result")) == 4
    assert not told("meeting_moved")
    with as_worker():
        assert Attendance.objects.get(membership=me).answer == "coming"  # that was about this evening


def test_who_was_not_asked_yet_is_not_asked_any_more(meeting: Meeting, me: Membership):
    poll = ask(meeting, me, [evening_of(meeting.starts_at, meeting.ends_at), evening(27)])
    choose(poll, me, 1)
    with as_worker():
        assert not Delivery.objects.filter(message__kind="poll_asked", state="due").exists()
        assert Delivery.objects.filter(message__kind="poll_result", state="due").exists()


def test_a_moment_of_another_poll_cannot_be_chosen(poll: DatePoll, me: Membership):
    other = make_poll(make_meeting(poll.meeting.alliance, kind="extra"))
    moment = moments_of(other)[0]
    with pytest.raises(Refused):
        as_me(me, lambda: actions.close_poll(poll=poll, moment=moment, by=me))


def test_a_closed_poll_is_not_chosen_again(poll: DatePoll, me: Membership):
    choose(poll, me, 1)
    with pytest.raises(Refused):
        choose(poll, me, 2)
    with pytest.raises(Refused):
        as_me(me, lambda: actions.stop_poll(poll=poll, by=me))
    assert len(told("poll_result")) == 4


def test_an_evening_that_is_over_cannot_be_chosen(meeting: Meeting, me: Membership):
    past = timezone.now() - timedelta(days=1)
    poll = make_poll(meeting, [past, meeting.starts_at])
    with pytest.raises(Refused):
        choose(poll, me, 0)
    assert fresh(poll).closed_at is None


# --- By itself -----------------------------------------------------------------------------------------------------


def test_it_closes_by_itself_with_the_best_evening(poll: DatePoll, meeting: Meeting):
    for member in members(meeting.alliance)[:3]:
        say(poll, member, 2)
    say(poll, members(meeting.alliance)[3], 1)
    with as_worker():
        assert close_polls() == 0  # not yet
    assert due(poll) == 1
    assert due(poll) == 0
    assert fresh(meeting).starts_at == moments_of(poll)[2].starts_at
    assert len(told("poll_result")) == 4
    with as_worker():
        line = JournalEntry.objects.get(verb="chose_evening")
    assert (line.actor_kind, line.actor) == ("system", None)


def test_without_any_yes_the_meeting_keeps_its_evening_and_nobody_is_written(poll: DatePoll, meeting: Meeting):
    say(poll, members(meeting.alliance)[0], 1, "perhaps")
    assert due(poll) == 1
    assert (fresh(poll).chosen_id, fresh(meeting).starts_at) == (None, meeting.starts_at)
    assert not told("poll_result")
    assert verbs()[-1] == "closed_unanswered"


def test_an_evening_that_went_by_is_not_chosen(meeting: Meeting, me: Membership):
    """The workers were off for days: only what is still to come counts."""
    poll = make_poll(meeting, [timezone.now() + timedelta(days=1), meeting.starts_at + timedelta(days=1)])
    for member in members(meeting.alliance):
        say(poll, member, 0)
    say(poll, me, 1)
    first = moments_of(poll)[0]
    with as_worker():
        PollMoment.objects.filter(pk=first.pk).update(starts_at=timezone.now() - timedelta(days=1))
    assert due(poll) == 1
    assert fresh(meeting).starts_at == moments_of(poll)[1].starts_at


def test_nothing_closes_while_the_table_pauses(poll: DatePoll, me: Membership):
    say(poll, me, 1)
    with as_worker():
        Alliance.objects.update(state="paused")
    assert due(poll) == 0
    assert not told("poll_result")


# --- Cancelled or moved by hand ------------------------------------------------------------------------------------


def test_a_cancelled_meeting_ends_its_poll(meeting: Meeting, me: Membership):
    poll = ask(meeting, me, [evening(20), evening(27)])
    as_me(me, lambda: actions.cancel_meeting(meeting=meeting, by=me))
    assert fresh(poll).closed_at is not None
    assert fresh(poll).chosen is None
    with as_worker():
        assert not Delivery.objects.filter(message__kind="poll_asked", state="due").exists()


def test_a_meeting_moved_by_hand_ends_its_poll(poll: DatePoll, meeting: Meeting, me: Membership):
    as_me(me, lambda: actions.move_meeting(meeting=meeting, evening=evening(40), by=me))
    assert fresh(poll).closed_at is not None
    assert len(told("meeting_moved")) == 3
    assert not told("poll_result")


def test_another_end_of_the_same_evening_leaves_the_poll_open(poll: DatePoll, meeting: Meeting, me: Membership):
    with as_worker():
        Meeting.objects.update(starts_at=evening(30).starts_at, ends_at=evening(30).ends_at)
    as_me(me, lambda: actions.move_meeting(meeting=fresh_meeting(meeting), evening=evening(30, end=time(22)), by=me))
    assert fresh(poll).closed_at is None


def fresh_meeting(meeting: Meeting) -> Meeting:
    with as_worker():
        return Meeting.objects.select_related("alliance").get(pk=meeting.pk)


def test_asking_and_telling_never_say_more_than_they_may(meeting: Meeting, me: Membership):
    """No name of another member, nor of the table, in anything that leaves."""
    poll = ask(meeting, me, [evening_of(meeting.starts_at, meeting.ends_at), evening(27)])
    choose(poll, me, 1)
    seats = members(meeting.alliance)
    with as_worker():
        payloads = list(Payload.objects.select_related("message__user"))
    assert len(payloads) == 16  # two messages, four people, mail and SMS
    for payload in payloads:
        text = bytes(payload.content).decode(errors="replace")
        others = [seat.user for seat in seats if seat.user_id != payload.message.user_id]
        assert not [word for word in (meeting.alliance.name, meeting.alliance.area.name) if word in text]
        assert not [user for user in others if f"{user.name}\n" in text or str(user.email) in text]


def test_a_part_stays_with_its_member(poll: DatePoll, me: Membership):
    newcomer = make_member(poll.meeting.alliance, make_user())
    seat = make_poll_seat(poll, newcomer)
    with pytest.raises(Exception, match="stays with its member"), as_worker():
        PollSeat.objects.filter(pk=seat.pk).update(membership=me)
