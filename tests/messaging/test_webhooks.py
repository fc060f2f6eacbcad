"""Webhooks: who may speak, what is written down of it, and nothing lost, doubled or slow."""

import json
import logging
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from celery import Celery, current_app
from django.conf import settings
from twilio.request_validator import RequestValidator

from bondgenoten.local.network import twiml
from messaging import bell
from messaging.actions import post
from messaging.models import Channel, Delivery, Incoming, Payload, Way
from tests.acting import Browser, as_worker

from .conftest import Somebody

RECEIPT, REPLY = "/haken/notify/bezorgd/", "/haken/notify/antwoord/"
TEXT = "/haken/twilio/sms/"
PAYLOAD = uuid.UUID("5f9c3c5e-0b5e-4c3e-9a54-6f6f7d1d9f10")
STATUS, CALL, KEY = (f"/haken/twilio/{name}/{PAYLOAD}/" for name in ("sms-stand", "stand", "toets"))
ALL = (RECEIPT, REPLY, TEXT, STATUS, CALL, KEY)
MOBILE = "+31612345678"
pytestmark = pytest.mark.django_db


@pytest.fixture
def notify(client: Browser, settings: Any) -> Any:
    """Speak as Notify does."""

    def tell(path: str, values: Any, *, bearer: str | None = None) -> Any:
        body = values if isinstance(values, bytes) else json.dumps(values).encode()
        token = f"Bearer {settings.NOTIFY_WEBHOOK_TOKEN}" if bearer is None else bearer
        return client.post(path, body, content_type="application/json", headers={"Authorization": token})

    return tell


@pytest.fixture
def twilio(client: Browser, settings: Any) -> Any:
    """Speak as Twilio does."""

    def tell(path: str, values: Mapping[str, str], *, signature: str | None = None) -> Any:
        validator: Any = RequestValidator(settings.TWILIO_AUTH_TOKEN)
        signed = validator.compute_signature(settings.SITE_URL + path, dict(values))
        return client.post(path, values, headers={"X-Twilio-Signature": signed if signature is None else signature})

    return tell


def written() -> list[Incoming]:
    """What was written down, in order."""
    with as_worker():
        return list(Incoming.objects.order_by("received_at", "news_key"))


def receipt(**changed: Any) -> dict[str, Any]:
    """What Notify says of a message."""
    return {
        "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
        "reference": str(PAYLOAD),
        "to": MOBILE,
        "status": "delivered",
        "created_at": "2026-11-22T12:15:30.000000Z",
        "completed_at": "2026-11-22T12:15:31.000000Z",
        "sent_at": "2026-11-22T12:15:30.000000Z",
        "notification_type": "sms",
        **changed,
    }


def text(**changed: Any) -> dict[str, Any]:
    """What Notify says of a text that came in."""
    return {
        "id": "1d90fd11-2d41-4b5c-9a6f-1a2b3c4d5e6f",
        "source_number": "31612345678",
        "destination_number": "31970000001",
        "message": "ja over 2 uur",
        "date_received": "2026-11-22T12:15:30.000000Z",
        **changed,
    }


# --- Who may speak ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ALL)
def test_nobody_without_a_signature(path: str, client: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "messaging"):
        assert client.post(path, {"Body": "kom gauw", "From": MOBILE}).status_code == 403
    assert "refused" in caplog.text
    assert "kom gauw" not in caplog.text
    assert MOBILE not in caplog.text
    assert written() == []


@pytest.mark.parametrize("path", ALL)
def test_only_post(path: str, client: Browser) -> None:
    assert client.get(path).status_code == 405
    assert client.head(path).status_code == 405


@pytest.mark.parametrize("bearer", ["", "Bearer ", "Bearer wrong", "Basic only-for-tests-only-for-tests", "Bearer é"])
def test_a_forged_token(bearer: str, notify: Any) -> None:
    assert notify(RECEIPT, receipt(), bearer=bearer).status_code == 403
    assert notify(REPLY, text(), bearer=bearer).status_code == 403
    assert written() == []


@pytest.mark.parametrize("signature", ["", "d3Jvbmc=", "é", "x" * 5000])
def test_a_forged_signature(signature: str, twilio: Any) -> None:
    assert twilio(TEXT, {"MessageSid": "SM1", "From": MOBILE, "Body": "1"}, signature=signature).status_code == 403
    assert written() == []


def test_a_signature_holds_for_one_address_and_one_text(twilio: Any, client: Browser, settings: Any) -> None:
    values = {"MessageSid": "SM1", "From": MOBILE, "Body": "1"}
    validator: Any = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    signature = validator.compute_signature(settings.SITE_URL + TEXT, values)
    assert twilio(TEXT, {**values, "Body": "2"}, signature=signature).status_code == 403
    other = f"/haken/twilio/sms-stand/{uuid.uuid4()}/"
    assert client.post(other, values, headers={"X-Twilio-Signature": signature}).status_code == 403
    assert client.post(TEXT + "?x=1", values, headers={"X-Twilio-Signature": signature}).status_code == 403
    assert written() == []


def test_who_agreed_on_no_secret_hears_nothing(notify: Any, twilio: Any, settings: Any) -> None:
    settings.NOTIFY_WEBHOOK_TOKEN = settings.TWILIO_AUTH_TOKEN = ""
    assert notify(RECEIPT, receipt(), bearer="Bearer ").status_code == 403
    assert twilio(TEXT, {"MessageSid": "SM1", "From": MOBILE, "Body": "1"}).status_code == 403


@pytest.mark.parametrize("path", ALL)
def test_too_much(path: str, client: Browser) -> None:
    assert client.post(path, b"x" * 100_001, content_type="application/json").status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"1", b'"x"', b"\xff\xfe", b"{}",
        json.dumps(receipt(id=None)).encode(),
        json.dumps(receipt(id="x" * 101)).encode(),
        json.dumps(receipt(id="../../x")).encode(),
        json.dumps(receipt(status=None)).encode(),
        json.dumps(receipt(status=["delivered"])).encode(),
    ],
)  # fmt: skip
def test_malformed_notify(body: bytes, notify: Any) -> None:
    assert notify(RECEIPT, body).status_code == 400
    assert written() == []


@pytest.mark.parametrize(
    "changed", [{"id": 3}, {"message": None}, {"source_number": None}, {"source_number": "9" * 51}]
)
def test_malformed_reply(changed: dict[str, Any], notify: Any) -> None:
    assert notify(REPLY, text(**changed)).status_code == 400


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (TEXT, {"From": MOBILE, "Body": "1"}),
        (TEXT, {"MessageSid": "SM1", "Body": "1"}),
        (TEXT, {"MessageSid": "SM1", "From": MOBILE}),
        (STATUS, {"MessageSid": "SM1"}),
        (STATUS, {"MessageStatus": "delivered"}),
        (CALL, {"CallSid": "CA1"}),
        (CALL, {"CallStatus": "completed"}),
        (KEY, {"Digits": "1"}),
    ],
)
def test_malformed_twilio(path: str, values: dict[str, str], twilio: Any) -> None:
    assert twilio(path, values).status_code == 400
    assert written() == []


# --- What is written down ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("sent", "sent"), ("delivered", "delivered"), ("permanent-failure", "permanent"),
        ("validation-failed", "permanent"), ("temporary-failure", "failed"), ("technical-failure", "failed"),
    ],
)  # fmt: skip
def test_receipt_of_notify(word: str, status: str, notify: Any) -> None:
    assert notify(RECEIPT, receipt(status=word)).status_code == 204
    (news,) = written()
    assert (news.provider, news.kind, news.status) == ("notify", "receipt", status)
    assert (news.reference, news.provider_reference) == (PAYLOAD, receipt()["id"])
    assert news.at
    assert news.at.isoformat() == "2026-11-22T12:15:31+00:00"
    assert news.handled_at is None


def test_what_says_nothing_new_is_not_kept(notify: Any, twilio: Any) -> None:
    assert notify(RECEIPT, receipt(status="sending")).status_code == 204
    assert twilio(STATUS, {"MessageSid": "SM1", "MessageStatus": "queued"}).status_code == 204
    assert twilio(CALL, {"CallSid": "CA1", "CallStatus": "ringing"}).status_code == 204
    assert twilio(CALL, {"CallSid": "CA1", "CallStatus": "a new word of theirs"}).status_code == 204
    assert written() == []


@pytest.mark.parametrize("changed", [{"reference": None}, {"reference": "by hand"}, {"completed_at": "yesterday"}])
def test_receipt_without_our_reference_or_time(changed: dict[str, Any], notify: Any) -> None:
    assert notify(RECEIPT, receipt(**changed)).status_code == 204
    assert len(written()) == 1


def test_the_same_news_twice_is_one(notify: Any, twilio: Any) -> None:
    for _ in range(3):
        assert notify(RECEIPT, receipt()).status_code == 204
        assert notify(REPLY, text()).status_code == 204
        assert twilio(STATUS, {"MessageSid": "SM1", "MessageStatus": "delivered"}).status_code == 204
        assert twilio(TEXT, {"MessageSid": "SM2", "From": MOBILE, "Body": "1"}).status_code == 200
        assert twilio(KEY, {"CallSid": "CA1", "Digits": "1"}).status_code == 200
    assert len(written()) == 5


def test_out_of_order_all_is_kept(twilio: Any) -> None:
    for word in ("delivered", "sent"):
        assert twilio(STATUS, {"MessageSid": "SM1", "MessageStatus": word}).status_code == 204
    assert [news.status for news in written()] == ["delivered", "sent"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("31612345678", MOBILE), ("+31612345678", MOBILE), ("0612345678", MOBILE), ("0031612345678", MOBILE),
        ("447700900912", "+447700900912"), ("3410", "+3410"), ("Bank", "Bank"),
    ],
)  # fmt: skip
def test_a_text_and_its_sender(given: str, kept: str, notify: Any) -> None:
    assert notify(REPLY, text(source_number=given)).status_code == 204
    (news,) = written()
    assert (news.kind, news.address, news.text) == ("reply", kept, "ja over 2 uur")


@pytest.mark.parametrize("words", ["é" * 10_000, "x" * 10_000, "", "  ", "1\n2", "ik kom 🎉"])
def test_a_text_is_kept_whole(words: str, notify: Any, twilio: Any) -> None:
    assert notify(REPLY, text(message=words)).status_code == 204
    assert twilio(TEXT, {"MessageSid": "SM1", "From": MOBILE, "Body": words}).status_code == 200
    assert [news.text for news in written()] == [words, words]


def test_what_no_database_can_keep_is_left_out(notify: Any) -> None:
    assert notify(REPLY, text(message="ja\x00!", source_number="\x00Bank")).status_code == 204
    (news,) = written()
    assert (news.text, news.address) == ("ja!", "Bank")


def test_a_text_by_twilio(twilio: Any) -> None:
    answer = twilio(TEXT, {"MessageSid": "SM1", "From": MOBILE, "Body": "JA", "To": "+31970000001"})
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"<Response/>", "text/xml")
    (news,) = written()
    assert (news.provider, news.kind, news.address, news.text) == ("twilio", "reply", MOBILE, "JA")


@pytest.mark.parametrize(
    ("word", "code", "status"),
    [
        ("sent", "", "sent"), ("delivered", "", "delivered"), ("undelivered", "30003", "failed"),
        ("undelivered", "30005", "permanent"), ("failed", "30006", "permanent"), ("failed", "21610", "permanent"),
    ],
)  # fmt: skip
def test_receipt_of_twilio(word: str, code: str, status: str, twilio: Any) -> None:
    assert twilio(STATUS, {"MessageSid": "SM1", "MessageStatus": word, "ErrorCode": code}).status_code == 204
    (news,) = written()
    assert (news.kind, news.status, news.reference) == ("receipt", status, PAYLOAD)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"CallStatus": "in-progress"}, "sent"),
        ({"CallStatus": "completed"}, "sent"),  # nobody says that it was a person
        ({"CallStatus": "completed", "AnsweredBy": "human"}, "delivered"),
        ({"AnsweredBy": "human"}, "delivered"),
        ({"AnsweredBy": "machine_start"}, "machine"),
        ({"CallStatus": "completed", "AnsweredBy": "machine_end_beep"}, "machine"),
        ({"AnsweredBy": "fax"}, "machine"),
        ({"CallStatus": "completed", "AnsweredBy": "unknown"}, "sent"),
        ({"CallStatus": "no-answer"}, "no_answer"),
        ({"CallStatus": "busy"}, "busy"),
        ({"CallStatus": "failed"}, "failed"),
        ({"CallStatus": "failed", "SipResponseCode": "404"}, "permanent"),
    ],
)
def test_how_a_call_went(values: dict[str, str], status: str, twilio: Any) -> None:
    stamped = {"CallSid": "CA1", **values, "Timestamp": "Sun, 22 Nov 2026 12:15:30 +0000"}
    assert twilio(CALL, stamped).status_code == 204
    (news,) = written()
    assert (news.kind, news.status, news.reference, news.provider_reference) == ("receipt", status, PAYLOAD, "CA1")
    assert news.at


# --- Keys -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def rung(somebody: Somebody) -> Payload:
    """What is spoken to somebody whose phone rings now."""
    way = Way(channel=Channel.VOICE, address=MOBILE)
    with as_worker():
        message = post(kind="code", user=somebody(), context={"code": "123456"}, ways=[way], channels=[Channel.VOICE])
        assert message
        Delivery.objects.filter(message=message).update(state="sent", sent_at="2026-11-22T12:00:00Z")
        return Payload.objects.get(message=message)


def key_for(payload: Payload) -> str:
    return f"/haken/twilio/toets/{payload.pk}/"


@pytest.mark.parametrize("digits", ["1", "2", "3"])
def test_a_key_is_saved_and_said_to_be(digits: str, rung: Payload, twilio: Any) -> None:
    answer = twilio(key_for(rung), {"CallSid": "CA1", "Digits": digits, "To": MOBILE})
    said, end = twiml.read(answer.content.decode())
    assert isinstance(said, twiml.Say)
    assert said.language == "nl-NL"
    assert "opgeslagen" in said.text
    assert isinstance(end, twiml.Hangup)
    (news,) = written()
    assert (news.kind, news.text, news.reference, news.address) == ("key", digits, rung.pk, MOBILE)


@pytest.mark.parametrize("digits", ["*", "#", "9", "0", "12", ""])
def test_another_key_reads_it_again(digits: str, rung: Payload, twilio: Any) -> None:
    answer = twilio(key_for(rung), {"CallSid": "CA1", "Digits": digits})
    (gather,) = twiml.read(answer.content.decode())
    assert isinstance(gather, twiml.Gather)
    assert gather.action.endswith(key_for(rung))
    assert gather.says[0].text == json.loads(bytes(rung.content))["text"]
    assert written() == []


def test_a_call_of_long_ago_says_nothing_any_more(rung: Payload, twilio: Any) -> None:
    with as_worker():
        Delivery.objects.filter(payload=rung).update(due_at="2026-01-01T00:00:00Z")
    (end,) = twiml.read(twilio(key_for(rung), {"CallSid": "CA1", "Digits": "*"}).content.decode())
    assert isinstance(end, twiml.Hangup)
    # An answer is kept all the same.
    assert "opgeslagen" in twilio(key_for(rung), {"CallSid": "CA1", "Digits": "1"}).content.decode()
    assert len(written()) == 1


def test_the_text_of_a_message_has_no_such_door(rung: Payload, twilio: Any) -> None:
    with as_worker():
        Payload.objects.filter(pk=rung.pk).update(channel="sms")
    (end,) = twiml.read(twilio(key_for(rung), {"CallSid": "CA1", "Digits": "*"}).content.decode())
    assert isinstance(end, twiml.Hangup)


@pytest.fixture
def dead_broker(closed_port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bell that reaches nobody, and that nobody gave up yet."""
    monkeypatch.setattr(bell._Broker, "silent_until", 0.0)
    before = current_app._get_current_object()  # type: ignore[attr-defined]  # what the proxy stands for
    app = Celery("bell", broker=f"redis://127.0.0.1:{closed_port}/0")
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    yield
    before.set_current()


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_it_answers_as_fast(
    twilio: Any, notify: Any, dead_broker: None, caplog: pytest.LogCaptureFixture
) -> None:
    notify(RECEIPT, receipt(status="sending"))  # loads what a first request loads
    began = time.monotonic()
    assert twilio(TEXT, {"MessageSid": "SM1", "From": MOBILE, "Body": "1"}).status_code == 200
    assert notify(REPLY, text()).status_code == 204
    assert time.monotonic() - began < 0.4
    assert "The broker does not answer" in caplog.text
    assert len(written()) == 2
