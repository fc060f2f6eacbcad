"""What people say back to a reminder: keys and words, and nothing that was meant for something else."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from alliances.models import Membership
from meetings import actions
from meetings.models import Attendance, Meeting
from messaging.models import Incoming, Message, Payload
from tests.acting import as_worker
from tests.make import make_alliance, make_incoming, make_meeting, members

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> Meeting:
    return make_meeting(make_alliance(members=4), timezone.now() + timedelta(days=5), number=1)


@pytest.fixture
def member(meeting: Meeting) -> Membership:
    """Somebody who was reminded by SMS and rung, both sent."""
    member = members(meeting.alliance)[2]
    with as_worker():
        actions.remind(meeting_id=meeting.pk, at=timezone.now())
        message = Message.objects.get(user=member.user, kind="meeting_reminder")
        Payload.objects.filter(message=message).delete()
        for channel in ("sms", "voice"):
            send(message, channel)
    return member


def send(message: Message, channel: str) -> Payload:
    payload = Payload.objects.create(message=message, channel=channel, address="+31612345678", content=b"x")
    now = timezone.now()
    payload.deliveries.create(message=message, channel=channel, due_at=now, state="sent", sent_at=now)
    return payload


def read(text: str, member: Membership | None, **fields: Any) -> Incoming.Outcome | None:
    incoming = make_incoming(text, member.user if member else None, **fields)
    with as_worker():
        return actions.take_reply(incoming)


def spoken() -> Payload:
    with as_worker():
        return Payload.objects.get(channel="voice")


def given(member: Membership) -> str:
    with as_worker():
        return Attendance.objects.get(membership=member).answer


@pytest.mark.parametrize(("key", "answer"), [("1", "coming"), ("2", "perhaps"), ("3", "not")])
def test_a_key_answers_the_reminder_that_was_spoken(member: Membership, key: str, answer: str):
    assert read(key, member, kind="key", reference=spoken().pk) == "answer"
    assert given(member) == answer


def test_a_key_that_means_nothing_here_is_no_answer_to_anything(member: Membership):
    assert read("9", member, kind="key", reference=spoken().pk) == "nobody_asked"
    assert given(member) == ""


def test_a_key_of_another_phone_call_is_not_ours(member: Membership):
    with as_worker():
        message = Message.objects.create(user=member.user, kind="call_urgent", created_at=timezone.now())
        other = send(message, "voice")
    assert read("1", member, kind="key", reference=other.pk) is None
    assert given(member) == ""


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Ja!", "coming"),
        ("JA GRAAG :)", "coming"),
        ("misschien", "perhaps"),
        ("Nee, helaas", "not"),
        (" ja ", "coming"),
    ],
)
def test_a_word_by_text_message(member: Membership, text: str, answer: str):
    assert read(text, member) == "answer"
    assert given(member) == answer


@pytest.mark.parametrize("text", ["", "1", "ja maar pas om acht uur", "hoe laat is het?", "stop", "ja " * 4000, "👍"])
def test_what_is_not_plain_is_left_to_others(member: Membership, text: str):
    assert read(text, member) is None
    assert given(member) == ""


def test_calls_come_first(member: Membership):
    with as_worker():
        Message.objects.create(user=member.user, kind="call_urgent", created_at=timezone.now() - timedelta(hours=2))
    assert read("ja", member) is None
    assert given(member) == ""


def test_a_reply_to_something_newer_is_not_ours(member: Membership):
    with as_worker():
        send(Message.objects.create(user=member.user, kind="pause", created_at=timezone.now()), "sms")
    assert read("ja", member) is None


def test_a_stranger_says_yes_to_nothing(member: Membership):
    assert read("ja", None) is None


def test_when_it_is_over_nothing_is_kept(meeting: Meeting, member: Membership):
    with as_worker():
        Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    assert read("ja", member) == "nobody_asked"
    assert given(member) == ""
