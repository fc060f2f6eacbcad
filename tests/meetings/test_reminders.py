"""Due and not yet told: whoever runs, whenever, however often."""

import json
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from alliances.models import Alliance, Membership, User
from meetings import actions
from meetings.models import Attendance, Meeting
from meetings.tasks import send_reminders
from meetings.timing import AMSTERDAM, Evening
from messaging.models import ContactPoint, Delivery, Message, Payload, QuietHours
from tests.acting import acting_as, as_worker
from tests.make import at, make_alliance, make_attendance, make_meeting, members

pytestmark = pytest.mark.django_db
BEGINS = at("2031-05-15", "18:30")  # a Thursday, far enough to be to come whenever this runs


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    return make_meeting(table, BEGINS)


def run(meeting: Meeting, when: datetime) -> int:
    with as_worker():
        return actions.remind(meeting_id=meeting.pk, at=when)


def before(days: float = 0, hours: float = 0) -> datetime:
    return BEGINS - timedelta(days=days, hours=hours)


def answer(meeting: Meeting, member: Membership, given: str) -> None:
    make_attendance(meeting, member, given)


def told() -> dict[int, int]:
    """How many reminders each member's person has."""
    with as_worker():
        users = list(Message.objects.filter(kind="meeting_reminder").values_list("user", flat=True))
    return {user: users.count(user) for user in users}


def test_nobody_is_reminded_before_the_first_moment(meeting: Meeting):
    assert run(meeting, before(15)) == 0


def test_the_silent_are_asked_twice_and_who_comes_is_reminded_once(table: Alliance, meeting: Meeting):
    silent, coming, perhaps, cannot = members(table)
    answer(meeting, coming, "coming")
    answer(meeting, perhaps, "perhaps")
    answer(meeting, cannot, "not")
    for hours in range(16 * 24, 0, -4):  # beat every four hours, for sixteen days
        run(meeting, before(hours=hours))
    assert told() == {silent.user_id: 2, coming.user_id: 1}
    with as_worker():
        keys = list(Message.objects.filter(user=silent.user_id).order_by("id").values_list("dedupe_key", flat=True))
    assert sorted(key.split(":")[1] for key in keys) == ["14", "3"]


def test_a_look_at_who_was_told_makes_nothing(table: Alliance):
    """It is looked at every five minutes for two weeks: making what the dedupe key then refuses would fill a core."""
    asked = []
    for people in (table, make_alliance(members=10)):
        meeting = make_meeting(people, BEGINS)
        assert run(meeting, before(14)) == len(members(people))
        with CaptureQueriesContext(connection) as queries:
            assert run(meeting, before(13)) == 0
        asked.append(len(queries))
    few, many = asked
    assert few == many


def test_after_days_without_beat_only_the_newest_goes_out(table: Alliance, meeting: Meeting):
    coming = members(table)[1]
    answer(meeting, coming, "coming")
    assert run(meeting, before(hours=5)) == 4  # three silent ones, asked once; and who comes
    assert set(told().values()) == {1}
    with as_worker():
        days = {key.split(":")[1] for key in Message.objects.values_list("dedupe_key", flat=True)}
    assert days == {"3", "1"}


@pytest.mark.parametrize("hours", [0, -1, -24])
def test_nothing_once_it_has_begun(meeting: Meeting, hours: int):
    assert run(meeting, before(hours=hours)) == 0


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_an_alliance_that_pauses_hears_nothing(state: str):
    more = {"ended_at": timezone.now()} if state == "ended" else {}
    table = make_alliance(members=4, state=state, **more)
    assert run(make_meeting(table, BEGINS), before(2)) == 0


def test_who_pauses_or_left_hears_nothing(table: Alliance, meeting: Meeting):
    away, gone, *others = members(table)
    with as_worker():
        Membership.objects.filter(pk=away.pk).update(paused_until=BEGINS.date())
        Membership.objects.filter(pk=gone.pk).update(left_at=timezone.now())
    run(meeting, before(2))
    assert set(told()) == {member.user_id for member in others}


def test_a_cancelled_meeting_reminds_nobody(table: Alliance, meeting: Meeting):
    me = members(table)[0]
    run(meeting, before(2))
    with acting_as(me.user):
        actions.cancel_meeting(meeting=meeting, by=me)
    with as_worker():
        assert not Delivery.objects.filter(message__kind="meeting_reminder", state="due").exists()
    assert run(meeting, before(1)) == 0


def test_a_moved_meeting_reminds_anew_and_the_old_reminder_is_never_sent(table: Alliance, meeting: Meeting):
    me = members(table)[0]
    assert run(meeting, before(2)) == 4
    local = BEGINS.astimezone(AMSTERDAM)
    later = Evening(local.date() + timedelta(days=7))
    with acting_as(me.user):
        actions.move_meeting(meeting=meeting, evening=later, by=me)
    with as_worker():
        old = Delivery.objects.filter(message__kind="meeting_reminder")
        assert set(old.values_list("state", flat=True)) == {"cancelled"}
    assert run(meeting, before(2)) == 4  # nine days before the new one
    with as_worker():
        new = list(Delivery.objects.filter(message__kind="meeting_reminder", state="due").select_related("message"))
        assert {delivery.message.dedupe_key.split(":")[1] for delivery in new} == {"14"}


def test_moved_there_and_back_is_not_told_twice_of_the_same_evening(table: Alliance, meeting: Meeting):
    """The move itself told the new time; the reminder of that evening was told before."""
    me = members(table)[0]
    run(meeting, before(2))
    begin = BEGINS.astimezone(AMSTERDAM)
    for day in (begin.date() + timedelta(days=7), begin.date()):
        with acting_as(me.user):
            actions.move_meeting(meeting=meeting, evening=Evening(day), by=me)
    assert run(meeting, before(2)) == 0


@pytest.mark.parametrize(("clock", "due"), [("23:00", "2031-05-14 07:30"), ("05:00", "2031-05-13 07:30")])
def test_at_night_it_waits_for_the_morning(meeting: Meeting, clock: str, due: str):
    run(meeting, at("2031-05-13", clock))
    with as_worker():
        moments = set(Delivery.objects.values_list("due_at", flat=True))
    assert {moment.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M") for moment in moments} == {due}


def test_an_answer_stops_the_reminder_that_waits_for_it(table: Alliance, meeting: Meeting):
    run(meeting, at("2031-05-12", "23:00"))
    me, other = members(table)[:2]
    with as_worker():
        mine = Attendance.objects.get(membership=me)
    with acting_as(mine.token):
        actions.answer(attendance=Attendance.objects.select_related("meeting", "membership").get(), answer="not")
    with as_worker():
        states = dict(Delivery.objects.values_list("message__user", "state"))
    assert states[me.user_id] == "cancelled"
    assert states[other.user_id] == "due"


def test_the_mail_is_neutral_and_carries_the_appointment(table: Alliance, meeting: Meeting):
    run(meeting, before(2))
    with as_worker():
        payload = Payload.objects.filter(channel="mail").select_related("message__user").first()
        attendance = Attendance.objects.get(membership__user=payload.message.user)
    mail = message_from_bytes(bytes(payload.content), policy=policy.default)
    assert mail["subject"] == "Afspraak op donderdag 15 mei, 18.30 uur"
    body = mail.get_body(("plain",)).get_content()
    for said in (
        "donderdag 15 mei",
        "18.30",
        "Buurthuis De Schakel",
        f"/e/{attendance.token}/?a=coming",
        payload.message.user.recognition_word,
    ):
        assert said in body
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("afspraak.ics", "application/ics")
    (event,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert event["dtstart"].dt.astimezone(UTC) == BEGINS
    everything = f"{mail['subject']} {body} {event.to_ical().decode()}"
    for secret in (
        table.name,
        table.area.name,
        "politie",
        "gemeente",
        "ondgeno",
        *(m.name for m in members(table)[1:]),
    ):
        assert secret not in everything.replace(payload.message.user.name, "")


def test_the_sms_fits_in_one(meeting: Meeting):
    run(meeting, before(2))
    with as_worker():
        texts = [
            bytes(content).decode()
            for content in Payload.objects.filter(channel="sms").values_list("content", flat=True)
        ]
    assert texts
    assert all(len(text) <= 160 for text in texts)


def test_the_task_finds_what_is_due(table: Alliance):
    make_meeting(table, timezone.now() + timedelta(days=2))
    make_meeting(table, timezone.now() + timedelta(days=40))
    with as_worker():
        assert send_reminders() == 4
        assert send_reminders() == 0


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_tell_nobody_twice():
    table = make_alliance(members=10)
    make_meeting(table, timezone.now() + timedelta(days=2))
    start = threading.Barrier(4, timeout=30)
    outcomes: list[object] = []

    def beat() -> None:
        try:
            with as_worker():
                pass  # connected
            start.wait()
            with as_worker():
                outcomes.append(send_reminders())
        except Exception as error:  # noqa: BLE001  (whatever it is, it is the outcome)
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == [0, 0, 0, 10]
    assert set(told().values()) == {1}


# --- The drill: the ways of a member take turns --------------------------------------------------------------------


def tell_everything(user: User, *, failing: str = "") -> None:
    """Besides mail and SMS: a phone that we may ring and a device."""
    now = timezone.now()
    with as_worker():
        points = ContactPoint.objects.filter(user=user)
        points.filter(kind="mobile").update(may_ring=True, position=1)
        points.filter(kind="email").update(position=2)
        keys = {"p256dh": "x", "auth": "y"}
        ContactPoint.objects.create(
            user=user, kind="push", address=f"https://fcm.googleapis.com/{user.pk}", keys=keys, verified_at=now,
            may_message=True, position=0,
        )  # fmt: skip
        if failing:
            points.filter(kind=failing).update(failed_at=now)


def gone_by(user: User) -> list[set[str]]:
    """By which channels each reminder went at once, oldest first."""
    with as_worker():
        messages = Message.objects.filter(user=user, kind="meeting_reminder").order_by("created_at", "dedupe_key")
        return [set(message.deliveries.values_list("channel", flat=True)) for message in messages]


def test_five_dinners_try_each_way_and_send_no_message_more():
    table = make_alliance(members=4)
    me = members(table)[2]
    tell_everything(me.user)
    for number in range(1, 6):
        meeting = make_meeting(table, at(f"2031-0{number + 1}-13", "18:30"), number=number)
        answer(meeting, me, "coming")
        run(meeting, meeting.starts_at - timedelta(hours=5))
    went = gone_by(me.user)
    assert len(went) == 5
    # 2031 * 5 turns have gone before, and there are four ways: push, sms, voice (with something to read), mail.
    assert went == [{"mail"}, {"push"}, {"sms"}, {"voice", "push"}, {"mail"}]


def test_the_others_are_in_reserve():
    table = make_alliance(members=4)
    me = members(table)[2]
    tell_everything(me.user)
    meeting = make_meeting(table, BEGINS, number=3)
    run(meeting, before(2))
    with as_worker():
        payloads = Payload.objects.filter(message__user=me.user).order_by("position")
        assert [payload.channel for payload in payloads] == ["sms", "push", "voice", "mail"]
    assert gone_by(me.user) == [{"sms"}]


def test_the_second_reminder_of_a_dinner_goes_by_the_next_way():
    table = make_alliance(members=4)
    me = members(table)[2]
    tell_everything(me.user)
    meeting = make_meeting(table, BEGINS, number=2)
    run(meeting, before(13))
    run(meeting, before(2))
    assert gone_by(me.user) == [{"push"}, {"sms"}]


def test_a_way_that_nobody_carries_gets_no_turn(settings: Any):
    settings.VOICE_PROVIDERS = []
    table = make_alliance(members=4)
    me = members(table)[2]
    tell_everything(me.user)
    for number in range(1, 4):
        meeting = make_meeting(table, at(f"2031-0{number + 1}-13", "18:30"), number=number)
        run(meeting, meeting.starts_at - timedelta(days=2))
    assert set().union(*gone_by(me.user)) == {"push", "sms", "mail"}


def test_quiet_hours_are_the_members_own(table: Alliance, meeting: Meeting):
    early = members(table)[0]
    with as_worker():
        QuietHours.objects.create(user=early.user, starts="08:00", ends="13:00")
    run(meeting, at("2031-05-13", "09:00"))
    with as_worker():
        due = dict(Delivery.objects.values_list("message__user", "due_at"))
    assert due.pop(early.user_id) == at("2031-05-13", "13:00")
    assert set(due.values()) == {at("2031-05-13", "09:00")}


def test_what_is_spoken_and_pushed_tells_nothing_but_the_evening(table: Alliance):
    me = members(table)[2]
    tell_everything(me.user)
    meeting = make_meeting(table, BEGINS, number=1)
    run(meeting, before(2))
    with as_worker():
        contents = dict(Payload.objects.filter(message__user=me.user).values_list("channel", "content"))
        attendance = Attendance.objects.get(membership=me)
    spoken = json.loads(bytes(contents["voice"]))["text"]
    pushed = json.loads(bytes(contents["push"]))["news"]
    assert "Toets 1 voor ja, 2 voor misschien, 3 voor nee" in spoken
    assert "donderdag 15 mei, om 18:30 uur" in spoken
    assert pushed["text"] == "Afspraak op donderdag 15 mei, 18.30 uur. Kom je?"
    assert pushed["link"].endswith(f"/e/{attendance.token}/")
    for secret in (table.name, table.area.name, "politie", "gemeente", "ondgeno", meeting.place):
        assert secret not in f"{spoken} {pushed['text']}"
