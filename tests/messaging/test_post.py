"""Writing a message: what is frozen, for whom, and what a request may see of it."""

import threading
import time
import uuid
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from alliances.actor import set_actor
from alliances.models import User
from messaging.actions import AddressTaken, Attachment, cancel, drop_contact_point, keep_contact_point, post, send_code
from messaging.models import Channel, ContactPoint, Delivery, Message, Payload
from tests.messaging.conftest import LINK, Somebody, call, together, worker_role

ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//NL\r\nEND:VCALENDAR\r\n"


def post_again(user: User, key: str) -> Message | None:
    return post(kind="call_urgent", user=user, context={"link": LINK}, dedupe_key=key)


def mail_to(user: User) -> Any:
    with worker_role():
        payload = Payload.objects.get(channel="mail", address=user.email)
    return message_from_bytes(bytes(payload.content), policy=policy.default)


def sms_to_all() -> list[str]:
    with worker_role():
        return [bytes(p.content).decode() for p in Payload.objects.filter(channel="sms")]


def test_urgent_call_says_what_was_agreed(somebody: Somebody) -> None:
    user = somebody(word="roodborst")
    call(user)
    mail = mail_to(user)
    assert mail["Subject"] == "roodborst: kun je nu even kijken?"
    assert mail["From"].addresses[0].addr_spec.endswith("tafel.example")
    assert mail["To"] == user.email
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "nl"
    text = mail.get_body(("plain",)).get_content()
    for sentence in (
        "Dag Fatima,",
        "Er is een dringende vraag voor je.",
        LINK,
        "Je hebt geen wachtwoord nodig.",
        "Klopt je woord roodborst niet? Open de link niet.",
        "Stuur dit niet door.",
        "Nu gevaar? Bel 112.",
    ):
        assert sentence in text
    html = mail.get_body(("html",)).get_content()
    assert '<html lang="nl">' in html
    assert f'href="{LINK}"' in html
    assert "<img" not in html
    [sms] = sms_to_all()
    assert sms.startswith(f"roodborst: er is een dringende vraag voor je. Kijk en antwoord: {LINK} Lukt dat niet? Bel ")


def test_text_is_in_the_readers_language_not_in_the_senders(somebody: Somebody) -> None:
    english = somebody(language="en", word="robin")
    with translation.override("nl"):
        call(english)
    assert mail_to(english)["Subject"] == "robin: can you take a look now?"
    assert translation.get_language() == "nl"


def test_message_id_is_the_payloads_reference(somebody: Somebody) -> None:
    user = somebody(by="mail")
    call(user)
    with worker_role():
        payload = Payload.objects.get()
    assert mail_to(user)["Message-ID"].startswith(f"<{payload.id}@")


def test_names_are_not_escaped_in_text_and_are_in_html(somebody: Somebody) -> None:
    user = somebody(name="O'Neill & <b>")
    call(user)
    assert "Dag O'Neill & <b>," in mail_to(user).get_body(("plain",)).get_content()
    assert "<b>" not in mail_to(user).get_body(("html",)).get_content()


def test_calendar_file_comes_along(somebody: Somebody) -> None:
    user = somebody(by="mail")
    begin = datetime(2026, 12, 4, 18, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
    post(
        kind="meeting_reminder",
        user=user,
        context={
            "begin": begin,
            "end": begin + timedelta(hours=2),
            "place": "De Zaal",
            "link_yes": LINK + "1",
            "link_perhaps": LINK + "2",
            "link_no": LINK + "3",
        },
        attachments=[
            Attachment(name="afspraak.ics", content=ICS, content_type="text/calendar; method=PUBLISH; charset=utf-8")
        ],
    )
    mail = mail_to(user)
    assert mail["Subject"] == "Afspraak op vrijdag 4 december, 18.00 uur"
    [attached] = mail.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "PUBLISH"
    assert attached.get_filename() == "afspraak.ics"
    assert icalendar.Calendar.from_ical(attached.get_payload(decode=True))
    assert "van 18.00 tot 20.00 uur" in mail.get_body(("plain",)).get_content()


def test_channels_narrow_and_consent_decides(somebody: Somebody) -> None:
    both, only_sms, silent = somebody(), somebody(by="sms"), somebody(by="")
    call(both, channels=[Channel.SMS])
    call(only_sms)
    message = call(silent)
    with worker_role():
        assert sorted(Delivery.objects.values_list("channel", flat=True)) == ["sms", "sms"]
        assert Message.objects.filter(id=message.id).exists()  # the silence is visible


def test_nothing_is_returned_by_the_inserts(somebody: Somebody) -> None:
    user, other = somebody(), somebody()
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        set_actor("person", user_id=other.pk)
        call(user, dedupe_key="once")
    assert not [q["sql"] for q in queries if "RETURNING" in q["sql"]]
    assert len(queries) == 7  # actor, reach, savepoint, message, release, payloads, deliveries


def test_dedupe_key_writes_once(somebody: Somebody) -> None:
    user = somebody()
    assert post_again(user, "a")
    assert post_again(user, "a") is None
    assert post_again(user, "b")
    with worker_role():
        assert Delivery.objects.count() == 4


def test_two_at_once_with_one_dedupe_key_write_one_message(somebody: Somebody) -> None:
    user, results = somebody(), []

    def go() -> None:
        with transaction.atomic():
            results.append(post_again(user, "race"))
            threading.Event().wait(0.05)  # both are in the middle of their transaction

    together(go, go)
    assert sum(result is None for result in results) == 1
    with worker_role():
        assert Message.objects.count() == 1
        assert Delivery.objects.count() == 2


def test_who_writes_reads_nothing_back_and_the_reader_reads_no_payload(somebody: Somebody) -> None:
    reader, writer = somebody(), somebody()
    with transaction.atomic():
        set_actor("person", user_id=writer.pk)
        call(reader)
        assert not Message.objects.exists()
        assert not Delivery.objects.exists()
        assert not Payload.objects.exists()
        assert {point.user_id for point in ContactPoint.objects.all()} == {writer.pk}
    with transaction.atomic():
        set_actor("person", user_id=reader.pk)
        assert Message.objects.visible_to(reader).count() == 1
        assert Delivery.objects.visible_to(reader).count() == 2
        assert not Payload.objects.exists()
        assert not Delivery.objects.update(state="cancelled")


def test_web_writes_no_history(somebody: Somebody) -> None:
    """A request makes what is waiting; what was sent only a worker can say."""
    user = somebody(by="mail")
    message = call(user)
    sent = Delivery(message=message, payload_id=uuid.uuid4(), channel="mail", attempt=2, due_at=timezone.now())
    sent.state, sent.sent_at = "sent", timezone.now()
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Delivery.objects.bulk_create([sent])


def test_cancel_stops_what_is_due(somebody: Somebody) -> None:
    a, b, call_id, other = somebody(by="sms"), somebody(by="sms"), uuid.uuid4(), uuid.uuid4()
    for user in (a, b):
        call(user, about=call_id)
        post(kind="call_enough", user=user, context={}, about=call_id)
    call(a, about=other)
    with transaction.atomic():
        set_actor("person", user_id=b.pk)
        assert cancel(about=call_id, kinds=["call_urgent"], user=a) == 1
        assert cancel(about=call_id, kinds=["call_urgent"]) == 1
        assert cancel(about=call_id) == 2
        assert cancel(about=call_id) == 0
    with worker_role():
        assert Delivery.objects.get(state="due").message.about == other
        assert Message.objects.filter(cancelled_at=None).count() == 1


def test_code_goes_to_an_address_without_a_person(transactional_db: None) -> None:
    send_code(address="+31612345678", code="012345", language="nl", word="merel")
    send_code(address="iemand@voorbeeld.example", code="012345", language="en")
    with pytest.raises(ValidationError):
        send_code(address="iemand", code="012345", language="nl")
    assert sms_to_all() == ["merel: Je code is 012345. Hij werkt 10 minuten. Geef hem aan niemand."]
    with worker_role():
        for message in Message.objects.all():
            assert message.urgent
            assert message.expires_at
            lives = message.expires_at - message.created_at
            assert timedelta(minutes=9, seconds=59) < lives <= timedelta(minutes=10)
        assert b"Subject: Your code" in bytes(Payload.objects.get(channel="mail").content)


@pytest.mark.parametrize(
    ("kind", "context"),
    [("call_urgent", {}), ("call_urgent", {"link": ""}), ("pause", {"until": "morgen"}), ("code", {})],
)
def test_a_message_that_lacks_something_is_not_written(kind: str, context: dict[str, Any], somebody: Somebody) -> None:
    with pytest.raises(ValueError, match=r"needs|must be"):
        post(kind=kind, user=somebody(), context=context)


def test_contact_points_keep_what_was_proved(somebody: Somebody) -> None:
    user, other = somebody(by="mail"), somebody(by="")
    address = str(user.email)
    with transaction.atomic():
        set_actor("person", user_id=user.pk)
        point = keep_contact_point(
            user=user, kind="email", address=address.upper(), verified=False, may_message=False, on_call_list=False
        )
        assert user.contact_points.count() == 1
        assert point.verified_at
        assert not point.may_message
        with pytest.raises(IntegrityError, match="messages_only_to_verified"):
            keep_contact_point(
                user=user, kind="mobile", address="+31612345678", verified=False, may_message=True, on_call_list=False
            )
        drop = keep_contact_point(
            user=user, kind="landline", address="+31302345678", verified=False, may_message=False, on_call_list=True
        )
        drop_contact_point(point=drop)
    with transaction.atomic():
        set_actor("person", user_id=other.pk)
        with pytest.raises(AddressTaken):
            keep_contact_point(
                user=other, kind="email", address=address, verified=True, may_message=True, on_call_list=False
            )
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            keep_contact_point(
                user=user, kind="landline", address="+31302345679", verified=False, may_message=False, on_call_list=True
            )


# --- What cannot be made, and what waits --------------------------------------------------------------------------


def plan_of(message: Message) -> list[tuple[str, str]]:
    """Each text in its order: its channel, and the state of its attempt ("waits" when it is in reserve)."""
    with worker_role():
        payloads = Payload.objects.filter(message=message).order_by("position").prefetch_related("deliveries")
        return [(one.channel, next((attempt.state for attempt in one.deliveries.all()), "waits")) for one in payloads]


@pytest.fixture
def odd_kind(tmp_path: Path, settings: Any) -> Path:
    """A kind of message whose templates are files that a test writes."""
    folder = tmp_path / "messages" / "odd"
    folder.mkdir(parents=True)
    engine = {**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}
    settings.TEMPLATES = [engine]
    for part in ("subject.txt", "body.txt", "body.html", "sms.txt", "voice.txt"):
        (folder / part).write_text(f"{part} {{{{ name }}}}")
    return folder


BREAKS = '{% if name == "Pech" %}{% include "messages/nowhere" %}{% endif %}ok'


def test_a_text_that_throws_for_one_harms_nobody_else(
    somebody: Somebody, odd_kind: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (odd_kind / "sms.txt").write_text(BREAKS)
    unlucky, lucky = somebody(name="Pech"), somebody(name="Geluk")
    broken, fine = (post(kind="odd", user=user, context={}) for user in (unlucky, lucky))
    assert broken
    assert fine
    assert plan_of(broken) == [("mail", "due"), ("sms", "failed")]
    assert plan_of(fine) == [("mail", "due"), ("sms", "due")]
    with worker_role():
        failed = Delivery.objects.get(state="failed")
    assert (failed.permanent, failed.error) == (True, "the text could not be made")
    assert "could not be made" in caplog.text


def test_the_reserve_steps_in_for_a_text_that_throws(somebody: Somebody, odd_kind: Path) -> None:
    (odd_kind / "sms.txt").write_text(BREAKS)
    user = somebody(name="Pech")
    with transaction.atomic():  # as a request, which may not read payloads
        message = post(kind="odd", user=user, context={}, channels=[Channel.SMS], reserve=[Channel.MAIL])
    assert message
    assert plan_of(message) == [("sms", "failed"), ("mail", "due")]


def test_the_reserve_goes_when_the_first_channels_have_no_text_or_the_person_has_none(
    somebody: Somebody, odd_kind: Path
) -> None:
    (odd_kind / "sms.txt").unlink()
    without_text = post(kind="odd", user=somebody(), context={}, channels=[Channel.SMS], reserve=[Channel.MAIL])
    without_sms = post(
        kind="call_urgent",
        user=somebody(by="mail"),
        context={"link": LINK},
        channels=[Channel.SMS],
        reserve=[Channel.MAIL],
    )
    usual = post(
        kind="call_urgent", user=somebody(), context={"link": LINK}, channels=[Channel.SMS], reserve=[Channel.MAIL]
    )
    assert without_text
    assert without_sms
    assert usual
    assert plan_of(without_text) == plan_of(without_sms) == [("mail", "due")]
    assert plan_of(usual) == [("sms", "due"), ("mail", "waits")]


def test_a_channel_that_nobody_carries_is_no_way(somebody: Somebody, settings: Any) -> None:
    settings.SMS_PROVIDERS = []
    assert plan_of(call(somebody())) == [("mail", "due")]
    assert plan_of(call(somebody(by="sms"))) == []


def test_cancelling_stops_the_reserve_of_what_was_sent(somebody: Somebody) -> None:
    about = uuid.uuid4()
    message = call(somebody(), about=about, channels=[Channel.SMS], reserve=[Channel.MAIL])
    with worker_role():
        Delivery.objects.update(state="sent", sent_at=timezone.now())
    assert cancel(about=about) == 0
    with worker_role():
        message.refresh_from_db()
    assert message.cancelled_at


def test_nine_people_are_written_to_in_no_time(somebody: Somebody) -> None:
    users = [somebody() for _ in range(9)]
    call(users[0])  # templates are read once
    started = time.process_time()
    with transaction.atomic():
        for user in users:
            call(user, reserve=[Channel.VOICE])
    assert time.process_time() - started < 0.15
