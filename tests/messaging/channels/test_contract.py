"""What every provider's module promises, against the pretend network over real sockets."""

import json
import logging
import socket
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as here

from messaging.channels import CARRIERS as ALL
from messaging.channels import ChannelError, providers, send

from .conftest import BY_HTTP, CARRIERS, LIMIT, MAIL, MOBILE, TEXT, Post, Server, ids

Carrier = tuple[str, str]
each = pytest.mark.parametrize("carrier", CARRIERS, ids=ids)
each_by_http = pytest.mark.parametrize("carrier", BY_HTTP, ids=ids)
SECRETS = ("Geheim2Geheim", "buurthuis", MOBILE, MOBILE[3:], MAIL, "fatima.geheim")


def sides(error: ChannelError) -> set[str]:
    """What an error says of itself."""
    return {name for name in ("permanent", "maybe_sent", "about_us", "gone", "stopped") if getattr(error, name)}


def test_these_are_all() -> None:
    assert set(ALL) == set(CARRIERS)


def test_providers_come_in_the_order_of_the_settings(settings: Any) -> None:
    assert providers("sms") == ("notify", "twilio")
    settings.SMS_PROVIDERS = ["twilio", "notify"]
    assert providers("sms") == ("twilio", "notify")
    assert providers("push") == ("push",)
    settings.VAPID_SUBJECT, settings.VOICE_PROVIDERS = "", []
    assert providers("push") == providers("voice") == ()


@each
def test_taken(carrier: Carrier, post: Post) -> None:
    parcel = post.parcel(carrier[0])
    receipt = send(*carrier, parcel)
    assert receipt.provider == carrier[1]
    (arrived,) = post.came(carrier[0])
    assert str(parcel.reference) in arrived["reference"]
    assert carrier[0] == "voice" or TEXT in arrived["text"]  # a phone rings first
    assert carrier[1] == "smtp" or receipt.provider_reference


@each
@pytest.mark.parametrize(("code", "expected"), [(0, set()), (1, {"permanent"})], ids=["for-now", "for-good"])
def test_refused(carrier: Carrier, code: int, expected: set[str], post: Post) -> None:
    code = (550 if carrier[1] == "smtp" else 400) if code else (451 if carrier[1] == "smtp" else 500)
    parcel = post.parcel(carrier[0])
    post.network.command_channel("refuse", channel=carrier[0], provider=carrier[1], code=code, to=parcel.address)
    error = post.fails(carrier, parcel)
    assert sides(error) - {"about_us"} == expected, error
    assert not post.came(carrier[0])


@each_by_http
@pytest.mark.parametrize("code", [401, 403, 429, 500, 502, 503])
def test_what_is_about_us_may_go_by_another(carrier: Carrier, code: int, post: Post) -> None:
    post.network.command_channel("refuse", channel=carrier[0], provider=carrier[1], code=code)
    assert sides(post.fails(carrier)) == {"about_us"}


@each_by_http
def test_too_much(carrier: Carrier, post: Post) -> None:
    post.network.command_channel("throttle", channel=carrier[0])
    assert sides(post.fails(carrier)) == {"about_us"}


@each
@pytest.mark.parametrize("mode", ["hang", "mute"])
def test_no_answer_within_the_limit(carrier: Carrier, mode: str, post: Post) -> None:
    post.network.command_channel(mode, channel=carrier[0])
    parcel = post.parcel(carrier[0])
    began = time.monotonic()
    error = post.fails(carrier, parcel)
    assert LIMIT - 0.1 <= time.monotonic() - began < LIMIT + 0.5
    assert sides(error) == {"about_us", "maybe_sent"}
    assert len(post.came(carrier[0])) == (mode == "mute")


@each
@pytest.mark.parametrize("mode", ["cut", "wrong"])
def test_an_answer_that_is_none(carrier: Carrier, mode: str, post: Post) -> None:
    post.network.command_channel(mode, channel=carrier[0])
    assert sides(post.fails(carrier)) == {"about_us", "maybe_sent"}


@each
def test_nobody_listens(carrier: Carrier, post: Post, point_at: Callable[[int], None], closed_port: int) -> None:
    point_at(closed_port)
    assert sides(post.fails(carrier)) == {"about_us"}


@pytest.mark.parametrize("carrier", [("mail", "notify"), ("sms", "notify"), ("sms", "twilio")], ids=ids)
def test_when_in_doubt_it_asks_first(carrier: Carrier, post: Post) -> None:
    parcel = post.parcel(carrier[0])
    post.network.command_channel("mute", channel=carrier[0], provider=carrier[1])
    post.fails(carrier, parcel)
    post.network.command_channel("ok")
    receipt = send(*carrier, replace(parcel, maybe_sent=True))
    assert receipt.provider_reference
    assert len(post.came(carrier[0])) == 1
    # Without doubt, or for another message, it does not ask.
    send(*carrier, replace(post.parcel(carrier[0]), maybe_sent=True, content=parcel.content[:-1] + b"!"))
    assert len(post.came(carrier[0])) == 2


def test_the_same_words_of_an_earlier_message_are_no_earlier_attempt(post: Post) -> None:
    carrier = ("sms", "twilio")
    send(*carrier, post.parcel("sms"))
    time.sleep(2.1)  # Twilio's clock has whole seconds
    send(*carrier, replace(post.parcel("sms"), maybe_sent=True))
    assert len(post.came("sms")) == 2


@pytest.mark.parametrize("carrier", [("mail", "notify"), ("sms", "notify"), ("sms", "twilio")], ids=ids)
def test_when_it_cannot_be_asked_rather_twice_than_never(carrier: Carrier, post: Post) -> None:
    send(*carrier, replace(post.parcel(carrier[0]), maybe_sent=True, made_at=None))
    assert len(post.came(carrier[0])) == 1


@each
def test_a_kept_connection_that_was_closed_is_made_anew(carrier: Carrier, post: Post) -> None:
    send(*carrier, post.parcel(carrier[0]))
    post.network.restart()
    send(*carrier, post.parcel(carrier[0]))
    assert len(post.came(carrier[0])) == 1


@each
@pytest.mark.parametrize("mode", ["refuse", "throttle", "hang", "cut", "wrong", "gone", "away"])
def test_nothing_tells_who_or_what(
    carrier: Carrier,
    mode: str,
    post: Post,
    caplog: pytest.LogCaptureFixture,
    point_at: Callable[[int], None],
    closed_port: int,
) -> None:
    """Neither the log nor an error names a number, a word of a text, or a secret of ours."""
    post.network.command_channel(
        "ok" if mode == "away" else mode, channel=carrier[0], code=400 if mode == "refuse" else 0
    )
    secrets = [
        *SECRETS,
        here.SMS_API_KEY[-36:],
        here.TWILIO_AUTH_TOKEN,
        here.VAPID_PRIVATE_KEY,
        post.subscription["endpoint"],
    ]
    if mode == "away":
        point_at(closed_port)
    parcel = replace(post.parcel(carrier[0]), maybe_sent=True)
    with caplog.at_level(logging.DEBUG), pytest.raises(ChannelError) as caught:
        send(*carrier, parcel)
    told = caplog.text + "".join(traceback.format_exception(caught.value))
    secrets = [word for word in secrets if word != "00000000-0000-0000-0000-000000000000"]
    assert [word for word in secrets if word in told] == []


def test_an_unknown_provider_is_a_mistake_of_ours(post: Post) -> None:
    with pytest.raises(KeyError):
        send("sms", "pigeon", post.parcel("sms", reference=uuid.uuid4()))


@each_by_http
@pytest.mark.parametrize("status", [400, 403, 500])
def test_what_a_server_repeats_is_not_told_on(
    carrier: Carrier, status: int, post: Post, server: Any, point_at: Callable[[int], None], caplog: Any
) -> None:
    """Some put what was sent into their error, number, text and key and all."""

    def serve(server: Server, connection: socket.socket) -> None:
        said = f"{MOBILE} {MAIL} {TEXT} {here.TWILIO_AUTH_TOKEN}"
        notify = {"status_code": status, "errors": [{"error": "ValidationError", "message": said}]}
        twilio = {"code": said, "message": said, "status": status, "details": said}
        body = json.dumps(notify if carrier[1] == "notify" else twilio).encode()
        server.listen(connection)
        connection.sendall(b"HTTP/1.1 %d No\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    point_at(server(serve).port)
    with caplog.at_level(logging.DEBUG):
        error = post.fails(carrier)
    told = caplog.text + "".join(traceback.format_exception(error))
    assert [word for word in (*SECRETS, here.TWILIO_AUTH_TOKEN) if word in told] == []
    assert str(status) in str(error)
