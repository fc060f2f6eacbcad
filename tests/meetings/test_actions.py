"""What happens to evenings and themes: as `web`, acting for a member, with the state checked by sentence."""

from collections.abc import Callable
from datetime import UTC, date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from alliances.models import Alliance, JournalEntry, Membership
from alliances.policy import Refused
from meetings import actions
from meetings.models import Attendance, Feedback, Meeting, Theme, ThemeCategory
from meetings.timing import Evening
from messaging.models import Delivery, Message
from tests.acting import acting_as, as_worker, fresh
from tests.make import make_alliance, make_attendance, make_meeting, make_member, make_theme, make_user, members

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + timedelta(days=20)


def evening(days: int = 20, begin: time = time(18, 30), end: time = time(21)) -> Evening:
    return Evening(timezone.localdate() + timedelta(days=days), begin, end)


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[2]


def as_me(member: Membership, act: Callable[[], Any]) -> Any:
    with acting_as(member.user):
        return act()


def told(kind: str) -> list[Message]:
    with as_worker():
        return list(Message.objects.filter(kind=kind).order_by("id").select_related("user"))


def waiting(kind: str) -> int:
    with as_worker():
        return Delivery.objects.filter(message__kind=kind, state="due").count()


def verbs() -> list[str]:
    with as_worker():
        return list(JournalEntry.objects.order_by("at").values_list("verb", flat=True))


def plan(table: Alliance, me: Membership, evenings: list[Evening], year: int, **more: Any) -> Any:
    return as_me(me, lambda: actions.plan_year(alliance=table, year=year, evenings=evenings, by=me, **more))


FIVE = [evening(days) for days in (20, 40, 60, 80, 100)]


def test_planning_makes_five_dinners_and_a_link_for_everybody(table: Alliance, me: Membership):
    plan(table, me, FIVE, 2027)
    with as_worker():
        meetings = list(Meeting.objects.filter(alliance=table))
        assert [(m.number, m.kind) for m in meetings] == [(n, "regular") for n in range(1, 6)]
        assert [m.starts_at for m in meetings] == [e.starts_at.astimezone(UTC) for e in FIVE]
        assert Attendance.objects.count() == 5 * 4
    assert verbs() == ["planned"] * 5


def test_planning_again_is_refused_and_changes_nothing(table: Alliance, me: Membership):
    plan(table, me, FIVE, 2027)
    with pytest.raises(Refused, match="al gepland"):
        plan(table, me, FIVE, 2027)
    with as_worker():
        assert Meeting.objects.count() == 5


def test_what_is_missing_is_planned_by_number(table: Alliance, me: Membership):
    plan(table, me, FIVE[:3], 2027, numbers=[1, 2, 4])
    plan(table, me, FIVE[3:], 2027, numbers=[3, 5])
    with as_worker():
        assert sorted(Meeting.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (Evening(date(2020, 1, 9)), "al geweest"),
        (evening(end=time(18)), "na het begin"),
        (evening(end=time(18, 30)), "na het begin"),
        (Evening(date(2027, 3, 28), time(2, 30), time(4)), "bestaat die nacht niet"),
        (FIVE[0], "dezelfde dag"),
    ],
)
def test_evenings_that_cannot_be(table: Alliance, me: Membership, wrong: Evening, sentence: str):
    with pytest.raises(Refused, match=sentence):
        plan(table, me, [*FIVE[:4], wrong], 2027)
    with as_worker():
        assert not Meeting.objects.exists()


def test_nothing_is_planned_in_a_pause(me: Membership):
    paused = make_alliance(members=4, state="paused")
    somebody = members(paused)[0]
    with pytest.raises(Refused, match="pauze"):
        plan(paused, somebody, FIVE, 2027)


def test_a_member_of_another_table_may_not(table: Alliance):
    stranger = members(make_alliance(members=4))[0]
    with pytest.raises(PermissionDenied):
        plan(table, stranger, FIVE, 2027)


def test_an_extra_evening_does_not_count(table: Alliance, me: Membership):
    made = as_me(me, lambda: actions.add_extra(alliance=table, evening=evening(), place="De Zaal", by=me))
    assert (made.kind, made.plan, made.number) == ("extra", None, None)


def test_who_joins_later_is_asked_too(table: Alliance, meeting: Meeting):
    newcomer = make_member(table, make_user())
    with acting_as(newcomer.user):
        actions.answer_as_member(meeting=meeting, answer_given="coming", by=newcomer)
    with as_worker():
        assert Attendance.objects.get(meeting=meeting, membership=newcomer).answer == "coming"


def test_a_move_asks_everybody_anew_and_tells_them_once(table: Alliance, me: Membership, meeting: Meeting):
    make_attendance(meeting, me, "coming")
    moved = as_me(me, lambda: actions.move_meeting(meeting=meeting, evening=evening(30), by=me))
    assert moved.sequence == meeting.sequence + 1
    with as_worker():
        assert not Attendance.objects.exclude(answer="").exists()
    messages = told("meeting_moved")
    assert {message.user_id for message in messages} == {m.user_id for m in members(table)} - {me.user_id}
    assert len(messages) == 3
    as_me(me, lambda: actions.move_meeting(meeting=moved, evening=evening(30), by=me))  # to where it is already
    assert len(told("meeting_moved")) == 3


def test_moving_twice_leaves_one_message_waiting(me: Membership, meeting: Meeting):
    as_me(me, lambda: actions.move_meeting(meeting=meeting, evening=evening(30), by=me))
    as_me(me, lambda: actions.move_meeting(meeting=meeting, evening=evening(31), by=me))
    assert waiting("meeting_moved") == 3 * 2  # three others, by mail and SMS; those of the first move are cancelled


def test_another_end_is_a_new_version_and_no_new_question(me: Membership, meeting: Meeting):
    begin = timezone.localtime(meeting.starts_at).replace(hour=18, minute=30)
    with as_worker():
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=begin, ends_at=begin + timedelta(hours=2))
    meeting = fresh(meeting)
    make_attendance(meeting, me, "coming")
    later = Evening(begin.date(), begin.time(), time(23, 59))
    moved = as_me(me, lambda: actions.move_meeting(meeting=meeting, evening=later, by=me))
    assert moved.sequence == 1
    assert not told("meeting_moved")
    with as_worker():
        assert Attendance.objects.get().answer == "coming"


def test_place_and_food(me: Membership, meeting: Meeting):
    edited = as_me(me, lambda: actions.edit_meeting(meeting=meeting, place="Elders", food="soep", by=me))
    assert (edited.place, edited.food, edited.sequence) == ("Elders", "soep", 1)
    edited = as_me(me, lambda: actions.edit_meeting(meeting=meeting, place="Elders", food="brood", by=me))
    assert edited.sequence == 1  # the food stands in no calendar


def test_cancelling_tells_everybody_and_frees_the_themes(me: Membership, meeting: Meeting):
    theme = make_theme(meeting.alliance, state="agenda", meeting=meeting)
    off = as_me(me, lambda: actions.cancel_meeting(meeting=meeting, by=me))
    assert (off.state, off.sequence, off.number) == ("cancelled", 1, meeting.number)
    assert len(told("meeting_cancelled")) == 3
    assert (fresh(theme).state, fresh(theme).meeting_id) == ("proposed", None)
    with pytest.raises(Refused):
        as_me(me, lambda: actions.cancel_meeting(meeting=meeting, by=me))
    with pytest.raises(Refused):
        as_me(me, lambda: actions.answer_as_member(meeting=off, answer_given="coming", by=me))


def test_restoring_asks_anew(me: Membership, meeting: Meeting):
    as_me(me, lambda: actions.cancel_meeting(meeting=meeting, by=me))
    again = as_me(me, lambda: actions.restore_meeting(meeting=fresh(meeting), by=me))
    assert (again.state, again.sequence) == ("planned", 2)
    assert again.starts_at.replace(second=0, microsecond=0) == meeting.starts_at.replace(second=0, microsecond=0)
    assert waiting("meeting_cancelled") == 0  # not sent yet, and not true any more
    assert waiting("meeting_moved") == 6
    with pytest.raises(Refused):
        as_me(me, lambda: actions.restore_meeting(meeting=again, by=me))


def test_what_has_begun_stays_as_it_was(table: Alliance, me: Membership):
    begun = make_meeting(table, timezone.now() - timedelta(hours=1))
    with pytest.raises(Refused, match="begonnen"):
        as_me(me, lambda: actions.move_meeting(meeting=begun, evening=evening(), by=me))
    with pytest.raises(Refused, match="begonnen"):
        as_me(me, lambda: actions.cancel_meeting(meeting=begun, by=me))


@pytest.mark.parametrize("answer", ["coming", "perhaps", "not"])
def test_an_answer_by_link(me: Membership, meeting: Meeting, answer: str):
    attendance = make_attendance(meeting, me)
    with acting_as(attendance.token):
        mine = Attendance.objects.select_related("meeting", "membership").get()
        actions.answer(attendance=mine, answer=answer)
    assert fresh(attendance).answer == answer
    with as_worker():
        line = JournalEntry.objects.get()
        assert (line.verb, line.actor, line.alliance_id) == ("answered", me.uuid, meeting.alliance_id)


def test_no_other_answer_and_none_afterwards(table: Alliance, me: Membership, meeting: Meeting):
    attendance = make_attendance(meeting, me)
    with pytest.raises(Refused):
        as_me(me, lambda: actions.answer(attendance=attendance, answer="yes please"))
    over = make_meeting(table, timezone.now() - timedelta(days=2))
    with pytest.raises(Refused, match="voorbij"):
        as_me(me, lambda: actions.answer_as_member(meeting=over, answer_given="coming", by=me))


def test_the_first_who_offers_is_the_host(table: Alliance, me: Membership, meeting: Meeting):
    other = members(table)[0]
    as_me(me, lambda: actions.offer_host(meeting=meeting, by=me))
    with pytest.raises(Refused, match="Iemand anders"):
        as_me(other, lambda: actions.offer_host(meeting=meeting, by=other))
    with pytest.raises(PermissionDenied):
        as_me(other, lambda: actions.withdraw_host(meeting=meeting, by=other))
    as_me(me, lambda: actions.withdraw_host(meeting=meeting, by=me))
    assert fresh(meeting).host_id is None


def test_a_theme_from_first_words_to_rest(table: Alliance, me: Membership):
    with as_worker():
        category = ThemeCategory.objects.order_by("order")[0]
    theme = as_me(
        me, lambda: actions.propose_theme(alliance=table, category=category, title="Licht", text="Donker.", by=me)
    )
    meeting = make_meeting(table)
    as_me(me, lambda: actions.put_on_agenda(theme=theme, meeting=meeting, by=me))
    assert fresh(theme).state == "agenda"
    with pytest.raises(Refused, match="nog komen"):
        as_me(me, lambda: actions.discussed(theme=theme, by=me))
    with as_worker():
        Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=1))
    as_me(me, lambda: actions.discussed(theme=Theme.objects.get(), by=me))
    as_me(me, lambda: actions.rest_theme(theme=Theme.objects.get(), text="De lamp brandt.", by=me))
    assert fresh(theme).state == Theme.State.RESTING
    with as_worker():
        assert Feedback.objects.get().text == "De lamp brandt."
    assert verbs() == ["proposed_theme", "put_on_agenda", "discussed", "rested"]


def test_a_theme_of_one_table_never_lands_on_another(table: Alliance, me: Membership):
    theme = make_theme(table)
    elsewhere = make_meeting(make_alliance(members=4))
    with pytest.raises(PermissionDenied):
        as_me(me, lambda: actions.put_on_agenda(theme=theme, meeting=elsewhere, by=me))


def test_two_conversations_about_one_theme(table: Alliance, me: Membership):
    theme = make_theme(table)
    with pytest.raises(Refused):
        as_me(me, lambda: actions.take_off(theme=theme, by=me))
    as_me(me, lambda: actions.give_feedback(theme=theme, text="Eén.", by=me))
    as_me(me, lambda: actions.give_feedback(theme=theme, text="Twee.", by=me))
    with as_worker():
        assert [f.text for f in theme.feedback.all()] == ["Twee.", "Eén."]
