"""Another place or end: who was told otherwise hears it once, when it is settled and before the evening begins."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db.models.functions import Now

from alliances.models import Alliance, Membership
from meetings import actions
from meetings.changes import Told, must_hear
from meetings.models import Meeting
from meetings.tasks import send_changes
from meetings.timing import Evening, remind_at
from messaging.models import Delivery, Message
from tests.acting import acting_as, as_worker, fresh
from tests.make import at, make_alliance, make_meeting, members

from .mailed import calendar_parts, event, mails

pytestmark = pytest.mark.django_db
DAY = date(2031, 5, 15)  # a Thursday, far enough to be to come whenever this runs
BEGINS = at(DAY, "18:30")
OLD, NEW = "Buurthuis De Schakel", "De Zaal"
MORNING = at(date(2031, 5, 10), "10:00")  # five days before
KIND = "meeting_changed"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    """An evening to which everybody was invited."""
    made = make_meeting(table, BEGINS, place=OLD)
    remind(made, remind_at(BEGINS, 14))
    sent()
    return made


def remind(meeting: Meeting, when: datetime) -> int:
    with as_worker():
        return actions.remind(meeting_id=meeting.pk, at=when)


def sent() -> None:
    """What was written has gone."""
    with as_worker():
        Delivery.objects.filter(state="due").update(state="sent", sent_at=Now())


def place(meeting: Meeting, where: str, by: Membership, when: datetime = MORNING) -> None:
    with time_machine.travel(when, tick=False), acting_as(by.user):
        actions.edit_meeting(meeting=meeting, place=where, food="soep", by=by)


def end(meeting: Meeting, clock: str, by: Membership, when: datetime = MORNING) -> None:
    evening = Evening(DAY, time(18, 30), time.fromisoformat(clock))
    with time_machine.travel(when, tick=False), acting_as(by.user):
        actions.move_meeting(meeting=meeting, evening=evening, by=by)


def says(meeting: Meeting, member: Membership, given: str) -> None:
    with acting_as(member.user):
        actions.answer_as_member(meeting=meeting, answer_given=given, by=member)


def eve_of(meeting: Meeting, table: Alliance) -> datetime:
    """Everybody comes, and had the mail of the day before: when that was."""
    for member in members(table):
        says(meeting, member, "coming")
    eve = remind_at(BEGINS, 1)
    remind(meeting, eve)
    sent()
    return eve


def beat(when: datetime) -> int:
    """The clock's task, as it runs each minute."""
    with time_machine.travel(when, tick=False), as_worker():
        return send_changes()


def told() -> list[int | None]:
    with as_worker():
        return sorted(Message.objects.filter(kind=KIND).values_list("user", flat=True))


def people(*who: Membership) -> list[int | None]:
    return sorted(member.user_id for member in who)


# --- One mail, once settled -------------------------------------------------------------------------------------------


def test_everybody_else_gets_one_mail_that_changes_the_calendar(table: Alliance, meeting: Meeting):
    host, *others = members(table)
    place(meeting, NEW, host)
    assert beat(MORNING + 9 * MINUTE) == 0
    assert beat(MORNING + 10 * MINUTE) == 3
    for hours in range(1, 24 * 5, 5):
        beat(MORNING + timedelta(hours=hours))
    assert told() == people(*others)
    for member in others:
        (mail,) = mails(KIND, member)
        assert mail["subject"] == "Afspraak op donderdag 15 mei, 18.30 uur: er is iets veranderd"
        for form in ("plain", "html"):
            words = mail.get_body((form,)).get_content()
            assert f"Plaats: {NEW}." in words
            assert OLD not in words
        beside, file = calendar_parts(mail)
        assert beside[1] == file[1]
        assert "method=REQUEST" in beside[0].replace('"', "")
        found = event(file[1])
        (invited,) = mails("meeting_reminder", member)[:1]
        before = event(calendar_parts(invited)[0][1])
        assert (before["sequence"], found["sequence"]) == (0, 1)
        assert (before["uid"], before["dtstart"]) == (found["uid"], found["dtstart"])
        assert str(found["location"]) == NEW


def test_it_goes_by_mail_alone_while_there_is_time(table: Alliance, meeting: Meeting):
    place(meeting, NEW, members(table)[0])
    beat(MORNING + 10 * MINUTE)
    assert ways() == {"mail"}


def ways() -> set[str]:
    with as_worker():
        return set(Delivery.objects.filter(message__kind=KIND).values_list("channel", flat=True))


def test_several_changes_are_one_message_with_the_last(table: Alliance, meeting: Meeting):
    host, second, *_others = members(table)
    place(meeting, "Ergens anders", host)
    place(fresh(meeting), NEW, second, MORNING + 8 * MINUTE)
    end(fresh(meeting), "22:00", second, MORNING + 9 * MINUTE)
    assert beat(MORNING + 12 * MINUTE) == 0
    assert beat(MORNING + 19 * MINUTE) == 3
    assert told() == people(*(member for member in members(table) if member.pk != second.pk))
    found = event(calendar_parts(mails(KIND, host)[0])[0][1])
    assert (str(found["location"]), found["dtend"].dt, found["sequence"]) == (NEW, at(DAY, "22:00"), 3)


def test_there_and_back_is_no_news(table: Alliance, meeting: Meeting):
    host = members(table)[0]
    place(meeting, NEW, host)
    place(fresh(meeting), OLD, host, MORNING + 5 * MINUTE)
    assert beat(MORNING + 30 * MINUTE) == 0
    assert fresh(meeting).changed_at is None  # settled: nobody looks at it again


def test_another_end_is_told_and_another_dish_is_not(table: Alliance, meeting: Meeting):
    host = members(table)[0]
    place(meeting, OLD, host)  # soup
    assert beat(MORNING + 30 * MINUTE) == 0
    end(fresh(meeting), "22:00", host)
    assert beat(MORNING + 30 * MINUTE) == 3
    assert "van 18.30 tot 22.00 uur" in mails(KIND, members(table)[1])[0].get_body(("plain",)).get_content()


def test_a_place_that_is_gone_is_said_so(table: Alliance, meeting: Meeting):
    place(meeting, "", members(table)[0])
    assert beat(MORNING + 30 * MINUTE) == 3
    assert "De plaats is nog niet bekend." in mails(KIND, members(table)[1])[0].get_body(("plain",)).get_content()


def test_who_comes_is_not_asked_again_and_who_does_not_hears_nothing(table: Alliance, meeting: Meeting):
    host, coming, away, silent = members(table)
    says(meeting, coming, "coming")
    says(meeting, away, "not")
    place(meeting, NEW, host)
    beat(MORNING + 30 * MINUTE)
    assert told() == people(coming, silent)
    assert "Je zei dat je komt" in mails(KIND, coming)[0].get_body(("plain",)).get_content()
    assert "Kom je?" in mails(KIND, silent)[0].get_body(("plain",)).get_content()


# --- Whom another message tells it ------------------------------------------------------------------------------------


def test_nobody_told_yet_and_nothing_goes_until_the_invitation(table: Alliance):
    meeting = make_meeting(table, BEGINS, place=OLD)
    early = remind_at(BEGINS, 14) - timedelta(days=3)
    place(meeting, NEW, members(table)[0], early)
    assert beat(early + 30 * MINUTE) == 0
    assert remind(fresh(meeting), remind_at(BEGINS, 14)) == 4
    assert beat(MORNING) == 0
    assert f"Plaats: {NEW}." in mails("meeting_reminder", members(table)[1])[0].get_body(("plain",)).get_content()


def test_a_place_that_was_not_known_waits_for_the_day_before(table: Alliance):
    host, coming, *_others = members(table)
    meeting = make_meeting(table, BEGINS, place="")
    remind(meeting, remind_at(BEGINS, 14))
    sent()
    says(meeting, coming, "coming")
    place(meeting, NEW, host)
    assert beat(MORNING + 30 * MINUTE) == 0
    eve = remind_at(BEGINS, 1)
    assert remind(fresh(meeting), eve) >= 1
    assert f"Plaats: {NEW}." in mails("meeting_reminder", coming)[-1].get_body(("plain",)).get_content()
    assert beat(eve + MINUTE) == 0


def test_known_only_after_the_mail_of_the_day_before_it_reaches_everybody(table: Alliance):
    host, *others = members(table)
    meeting = make_meeting(table, BEGINS, place="")
    eve = eve_of(meeting, table)
    place(meeting, NEW, host, eve + timedelta(hours=2))
    assert beat(eve + timedelta(hours=3)) == 3
    assert told() == people(*others)
    assert ways() == {"mail", "sms"}


def test_the_reminder_that_falls_due_meanwhile_says_it_itself(table: Alliance, meeting: Meeting):
    host, coming, *_others = members(table)
    says(meeting, coming, "coming")
    eve = remind_at(BEGINS, 1)
    place(meeting, NEW, host, eve - 8 * MINUTE)
    beat(eve + 2 * MINUTE)
    assert mails(KIND, coming) == []
    assert f"Plaats: {NEW}." in mails("meeting_reminder", coming)[-1].get_body(("plain",)).get_content()


def test_what_waits_for_the_morning_is_replaced(table: Alliance):
    host, *others = members(table)
    meeting = make_meeting(table, BEGINS, place=OLD)
    night = at(date(2031, 5, 12), "23:00")
    remind(meeting, night)
    place(meeting, NEW, host, night + 5 * MINUTE)
    beat(night + 20 * MINUTE)
    with as_worker():
        rows = Delivery.objects.filter(message__user__in=people(*others), state="due")
        kinds = set(rows.values_list("message__kind", flat=True))
        due = set(rows.values_list("due_at", flat=True))
    assert kinds == {KIND}
    assert due == {at(date(2031, 5, 13), "07:30")}


def test_a_move_tells_it_all(table: Alliance, meeting: Meeting):
    host, *others = members(table)
    place(meeting, NEW, host)
    with time_machine.travel(MORNING + MINUTE, tick=False), acting_as(host.user):
        actions.move_meeting(meeting=fresh(meeting), evening=Evening(DAY + timedelta(days=1)), by=host)
    assert beat(MORNING + 30 * MINUTE) == 0
    assert f"Plaats: {NEW}." in mails("meeting_moved", others[0])[0].get_body(("plain",)).get_content()


# --- When nothing goes, and when it cannot wait -----------------------------------------------------------------------


def test_on_the_day_itself_it_goes_by_every_way(table: Alliance, meeting: Meeting):
    eve_of(meeting, table)
    place(meeting, NEW, members(table)[0], BEGINS - timedelta(hours=4))
    assert beat(BEGINS - timedelta(hours=3)) == 3
    assert ways() == {"mail", "sms"}


def test_in_the_last_hour_it_does_not_wait(table: Alliance, meeting: Meeting):
    host = members(table)[0]
    eve_of(meeting, table)
    place(meeting, NEW, host, BEGINS - 6 * MINUTE)
    assert beat(BEGINS - 5 * MINUTE) == 3
    with as_worker():
        assert set(Message.objects.filter(kind=KIND).values_list("expires_at", flat=True)) == {BEGINS}


@pytest.mark.parametrize("after", [timedelta(0), MINUTE, timedelta(days=1)])
def test_never_once_it_has_begun(table: Alliance, meeting: Meeting, after: timedelta):
    eve_of(meeting, table)
    place(meeting, NEW, members(table)[0], BEGINS - MINUTE)
    assert beat(BEGINS + after) == 0


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_an_alliance_that_pauses_hears_nothing(table: Alliance, meeting: Meeting, state: str):
    place(meeting, NEW, members(table)[0])
    with as_worker():
        ended = {"ended_at": MORNING} if state == "ended" else {}
        Alliance.objects.filter(pk=table.pk).update(state=state, **ended)
    assert beat(MORNING + 30 * MINUTE) == 0


def test_an_evening_that_is_off_is_off(table: Alliance, meeting: Meeting):
    host = members(table)[0]
    place(meeting, NEW, host)
    with acting_as(host.user):
        actions.cancel_meeting(meeting=fresh(meeting), by=host)
    assert beat(MORNING + 30 * MINUTE) == 0


SAID, ENDS = Told(OLD, BEGINS), BEGINS + timedelta(hours=1)
LAST_DAY = remind_at(BEGINS, 1)


@pytest.mark.parametrize(
    ("said", "now", "answer", "when", "hears"),
    [
        (SAID, SAID, "coming", LAST_DAY, False),
        (SAID, Told(NEW, BEGINS), "not", LAST_DAY, False),
        (SAID, Told(NEW, BEGINS), "", MORNING, True),
        (SAID, Told(OLD, ENDS), "perhaps", MORNING, True),
        (Told("", BEGINS), Told(NEW, BEGINS), "coming", LAST_DAY - MINUTE, False),
        (Told("", BEGINS), Told(NEW, BEGINS), "coming", LAST_DAY, True),
        (Told("", BEGINS), Told(NEW, ENDS), "coming", MORNING, True),
        (None, SAID, "perhaps", LAST_DAY - MINUTE, False),
        (None, SAID, "perhaps", LAST_DAY, True),
        (None, SAID, "coming", LAST_DAY, False),  # the reminder of the day before goes now
    ],
)
def test_who_must_hear(said: Told | None, now: Told, answer: str, when: datetime, hears: bool):
    assert must_hear(said, now, answer=answer, starts_at=BEGINS, at=when) == hears
