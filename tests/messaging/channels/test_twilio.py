"""SMS and phone calls through Twilio: what its codes mean, and what a call says."""

import json
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from bondgenoten.local.network import twiml
from messaging.channels import send
from messaging.channels.spoken import saved

from .conftest import MOBILE, Post, Server

SMS, CALL = ("sms", "twilio"), ("voice", "twilio")


@pytest.mark.parametrize("carrier", [SMS, CALL])
@pytest.mark.parametrize(
    ("code", "permanent", "about_us", "stopped"),
    [
        (21211, True, False, False),
        (21614, True, False, False),
        (21610, True, False, True),
        (20003, False, True, False),
        (21606, False, True, False),
        (21212, False, True, False),
        (21611, False, True, False),
    ],
)
def test_codes(carrier: Any, code: int, permanent: bool, about_us: bool, stopped: bool, post: Post) -> None:
    post.network.command_channel("refuse", channel=carrier[0], provider="twilio", code=code)
    error = post.fails(carrier)
    assert (error.permanent, error.about_us, error.stopped) == (permanent, about_us, stopped)
    assert str(code) in str(error)
    assert not error.maybe_sent


def test_a_wrong_secret_is_about_us(post: Post, settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = "wrong-wrong-wrong-wrong"
    error = post.fails(SMS)
    assert error.about_us
    assert not error.permanent
    assert "wrong" not in str(error)


def test_a_call_carries_its_words_and_no_address_tells_anything(
    post: Post, settings: Any, server: Callable[..., Server]
) -> None:
    def serve(server: Server, connection: socket.socket) -> None:
        server.listen(connection)
        connection.sendall(b'HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{"sid": "CA1"}')

    heard = server(serve)
    settings.TWILIO_API_URL = heard.url
    text = 'merel: "kom" je & blijf je <kort>?'
    parcel = post.parcel("voice", content=json.dumps({"language": "nl", "text": text}).encode())
    send(*CALL, parcel)
    head, _, body = heard.heard[0].decode().partition("\r\n\r\n")
    assert head.startswith(f"POST /2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Calls.json HTTP/1.1")
    form = {name: values[0] for name, values in parse_qs(body).items()}
    assert form["To"] == MOBILE
    (gather,) = twiml.read(form["Twiml"])
    assert isinstance(gather, twiml.Gather)
    assert gather.says == (twiml.Say(text, "nl-NL"),)
    assert gather.action == f"{settings.SITE_URL}/haken/twilio/toets/{parcel.reference}/"
    assert gather.digits == 1
    assert (form["MachineDetection"], form["AsyncAmd"]) == ("Enable", "true")
    ours = f"{settings.SITE_URL}/haken/twilio/stand/{parcel.reference}/"
    assert form["StatusCallback"] == form["AsyncAmdStatusCallback"] == ours


@pytest.mark.parametrize(
    ("language", "tongue", "words"), [("nl", "nl-NL", "opgeslagen"), ("en", "en-GB", "saved"), ("fy", "nl-NL", "")]
)
def test_each_language_has_its_voice(language: str, tongue: str, words: str) -> None:
    content = json.dumps({"language": language, "text": "merel"}).encode()
    said, end = twiml.read(saved(content))
    assert isinstance(said, twiml.Say)
    assert said.language == tongue
    assert words in said.text
    assert isinstance(end, twiml.Hangup)


def test_a_text_that_is_too_long_to_be_spoken(post: Post) -> None:
    long = json.dumps({"language": "nl", "text": "kom je? " * 600}).encode()
    error = post.fails(CALL, post.parcel("voice", content=long))
    assert error.permanent
    assert not post.came("voice")


def test_a_person_hears_it_and_a_machine_is_told_apart(post: Post) -> None:
    parcel = post.parcel("voice")
    send(*CALL, parcel)
    (ringing,) = post.came("voice")
    assert "buurthuis" in " ".join(post.network.pick_up(ringing))
