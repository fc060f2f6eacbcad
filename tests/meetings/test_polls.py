"""Date polls from the asking to the result: who hears what, what counts, and what is refused with which sentence."""

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError
from django.utils import timezone

from alliances.models import Alliance, JournalEntry, Membership
from alliances.policy import Refused
from meetings import actions
from meetings.models import Attendance, DatePoll, Meeting, PollMoment, PollSeat, PollVote
from meetings.tasks import close_polls
from meetings.timing import Evening, evening_of
from messaging.models import Delivery, Message, Payload
from tests.acting import acting_as, as_worker, fresh
from tests.make import (
    make_alliance,
    make_attendance,
    make_meeting,
    make_member,
    make_poll,
    make_poll_seat,
    make_user,
    members,
)

pytestmark = pytest.mark.django_db


def evening(days: int, begin: time = time(18, 30), end: time = time(21)) -> Evening:
    return Evening(timezone.localdate() + timedelta(days=days), begin, end)


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[2]


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    return make_meeting(table)


@pytest.fixture
def poll(meeting: Meeting) -> DatePoll:
    return make_poll(meeting)


def as_me(member: Membership, act: Callable[[], Any]) -> Any:
    with acting_as(member.user):
        return act()


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
