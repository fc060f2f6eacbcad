"""Date polls: who is asked, what somebody may say and for whom, and what is refused with which sentence."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError
from django.utils import timezone

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from meetings import actions
from meetings.models import Attendance, DatePoll, Meeting, PollMoment, PollSeat, PollVote
from meetings.timing import Evening
from messaging.models import Message, Payload
from tests.acting import acting_as, as_worker, fresh
from tests.make import (
    make_meeting,
    make_member,
    members,
)
from tests.meetings.talking import as_me

from .voting import ask, due, evening, moments_of, say, seat_of, told, verbs

pytestmark = pytest.mark.django_db


# --- Asking --------------------------------------------------------------------------------------------------------


def test_everybody_at_hand_is_asked_once_who_pauses_is_not(meeting: Meeting, me: Membership):
    resting = members(meeting.alliance)[3]
    with as_worker():
        Membership.objects.filter(pk=resting.pk).update(paused_until=timezone.localdate() + timedelta(days=30))
    poll = ask(meeting, me, [evening(20), evening(27)])
    assert {message.user_id for message in told("poll_asked")} == {
        each.user_id for each in members(meeting.alliance) if each.pk != resting.pk
    }
    with as_worker():
        assert poll.seats.count() == 4  # who pauses may still answer on the page
        assert {message.about for message in Message.objects.filter(kind="poll_asked")} == {poll.uuid}
    assert verbs() == ["asked_when"]


def test_the_message_has_the_link_and_is_useless_after_the_closing(meeting: Meeting, me: Membership):
    poll = ask(meeting, me, [evening(20), evening(27)])
    with as_worker():
        mail = Payload.objects.get(message__kind="poll_asked", message__user=me.user, channel="mail")
        sms = Payload.objects.get(message__kind="poll_asked", message__user=me.user, channel="sms")
        message = mail.message
    link = f"/p/{seat_of(poll, me).token}/"
    assert link in bytes(mail.content).decode()
    assert link in bytes(sms.content).decode()
    assert message.expires_at == poll.closes_at


def test_it_closes_after_a_week_or_two_days_before_the_first(meeting: Meeting, me: Membership):
    poll = ask(meeting, me, [evening(5), evening(27)])
    assert timezone.now() < poll.closes_at <= evening(5).starts_at - timedelta(days=2)
    later = make_meeting(meeting.alliance, timezone.now() + timedelta(days=60))
    assert ask(later, me, [evening(50), evening(57)]).closes_at <= timezone.now() + timedelta(days=7)


REFUSED: list[tuple[list[Evening], str]] = [
    ([], "at least two evenings"),
    ([evening(20)], "at least two evenings"),
    ([evening(n) for n in range(10, 19)], "eight evenings at most"),
    ([evening(-1), evening(20)], "in the past"),
    ([evening(20), evening(20)], "in it twice"),
    ([evening(20), evening(21, time(21), time(18))], "end must come after"),
    ([evening(20), Evening(date(2027, 3, 28), time(2, 30), time(5))], "does not exist that night"),
    ([evening(20), Evening(date(2027, 3, 28), time(1), time(2, 30))], "does not exist that night"),
]


@pytest.mark.parametrize(("evenings", "sentence"), REFUSED)
def test_polls_that_cannot_be(meeting: Meeting, me: Membership, evenings: list[Evening], sentence: str, settings: Any):
    settings.LANGUAGE_CODE = "en"
    with pytest.raises(Refused, match=sentence):
        ask(meeting, me, evenings)
    with as_worker():
        assert not DatePoll.objects.exists()
        assert not Message.objects.exists()


def test_a_second_open_poll_is_refused(poll: DatePoll, meeting: Meeting, me: Membership):
    with pytest.raises(Refused):
        ask(meeting, me, [evening(20), evening(27)])
    as_me(me, lambda: actions.stop_poll(poll=poll, by=me))
    ask(meeting, me, [evening(20), evening(27)])


@pytest.mark.parametrize("state", ["off", "begun", "pausing"])
def test_not_for_an_evening_that_is_off_or_begun_nor_while_the_table_pauses(
    table: Alliance, meeting: Meeting, me: Membership, state: str
):
    with as_worker():
        if state == "off":
            Meeting.objects.update(state="cancelled")
        elif state == "begun":
            Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=1))
        else:
            Alliance.objects.update(state="paused")
    with pytest.raises(Refused):
        ask(meeting, me, [evening(20), evening(27)])


@pytest.mark.parametrize("days", [-1, 25])
def test_a_closing_in_the_past_or_after_the_first_evening_is_refused(meeting: Meeting, me: Membership, days: int):
    with pytest.raises(Refused):
        ask(meeting, me, [evening(20), evening(27)], closes_at=timezone.now() + timedelta(days=days))


def test_who_left_asks_nothing(meeting: Meeting, me: Membership):
    me.left_at = timezone.now()
    with pytest.raises(PermissionDenied):
        ask(meeting, me, [evening(20), evening(27)])


# --- Saying it -----------------------------------------------------------------------------------------------------


def test_each_tap_is_kept_and_may_change(poll: DatePoll, me: Membership):
    say(poll, me, 0)
    say(poll, me, 1, "perhaps")
    say(poll, me, 0, "no")
    with as_worker():
        assert list(PollVote.objects.order_by("moment__starts_at").values_list("value", flat=True)) == ["no", "perhaps"]
    assert seat_of(poll, me).answered_at is not None
    assert verbs() == ["said_when"]  # one line, not one for each tap


@pytest.mark.parametrize("value", ["", "maybe", "YES", "1", "ja", "yes\x1f", "😀"])
def test_a_strange_value_is_refused(poll: DatePoll, me: Membership, value: str):
    with pytest.raises(Refused):
        say(poll, me, 0, value)


def test_nothing_counts_after_closing(poll: DatePoll, me: Membership):
    as_me(me, lambda: actions.stop_poll(poll=poll, by=me))
    with pytest.raises(Refused):
        say(fresh_poll(poll), me, 0)
    with pytest.raises(Refused):  # with the row as it was before: the database says it
        say(poll, me, 0)


def fresh_poll(poll: DatePoll) -> DatePoll:
    with as_worker():
        return DatePoll.objects.select_related("meeting__alliance").get(pk=poll.pk)


def test_nor_after_its_time_although_no_beat_came_yet(poll: DatePoll, me: Membership):
    with as_worker():
        DatePoll.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused):
        say(fresh_poll(poll), me, 0)


def test_who_joined_later_says_it_too(poll: DatePoll):
    newcomer = make_member(poll.meeting.alliance)
    say(poll, newcomer, 2)
    assert seat_of(poll, newcomer).answered_at


def test_who_left_does_not_count_any_more(poll: DatePoll, me: Membership):
    say(poll, me, 2)
    with as_worker():
        Membership.objects.filter(pk=me.pk).update(left_at=timezone.now())
        assert not any(choice.said for choice in actions.choices_of(poll))
    assert due(poll) == 1
    assert fresh(poll).chosen is None
    seat = seat_of(poll, me)
    with pytest.raises(Refused):
        actions.vote(seat=seat, moments=moments_of(poll)[:1], value="yes")


# --- What a link and a member may do in the database, past every action ---------------------------------------------


def test_a_link_opens_one_part_and_says_only_ones_own(poll: DatePoll, me: Membership):
    other = seat_of(poll, members(poll.meeting.alliance)[0])
    seat, moments = seat_of(poll, me), moments_of(poll)
    with acting_as(seat.token):
        assert PollSeat.objects.count() == 1
        assert Meeting.objects.count() == 1
        assert Membership.objects.count() == 1
        assert not Attendance.objects.exists()
        PollVote.objects.create(seat=seat, moment=moments[0], value="yes")
    for attempt in (
        lambda: PollVote.objects.create(seat=other, moment=moments[0], value="no"),
        lambda: DatePoll.objects.create(meeting=poll.meeting, closes_at=poll.closes_at, closed_at=timezone.now()),
        lambda: PollMoment.objects.create(
            poll=poll, starts_at=poll.closes_at, ends_at=poll.closes_at + timedelta(hours=1)
        ),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), acting_as(seat.token):
            attempt()
    with acting_as(seat.token):
        assert DatePoll.objects.update(closed_at=timezone.now()) == 0
        assert Meeting.objects.update(place="Elders") == 0
        assert PollMoment.objects.update(ends_at=timezone.now()) == 0
        assert PollSeat.objects.filter(pk=seat.pk)._raw_delete("default") == 0
        assert Membership.objects.update(left_at=timezone.now()) == 0


def test_the_link_of_who_left_opens_nothing(poll: DatePoll, me: Membership):
    seat = seat_of(poll, me)
    with as_worker():
        Membership.objects.filter(pk=me.pk).update(left_at=timezone.now())
    with acting_as(seat.token):
        assert not PollSeat.objects.exists()
        assert not DatePoll.objects.exists()
        assert not Meeting.objects.exists()


def test_a_member_says_it_only_of_oneself(poll: DatePoll, me: Membership):
    other = seat_of(poll, members(poll.meeting.alliance)[0])
    moment = moments_of(poll)[0]
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(me.user):
        PollVote.objects.create(seat=other, moment=moment, value="no")
    say(poll, members(poll.meeting.alliance)[0], 0)
    with acting_as(me.user):
        assert PollVote.objects.count() == 1  # reads it
        assert PollVote.objects.update(value="no") == 0
        assert PollVote.objects.all()._raw_delete("default") == 0
