"""Push: encrypted for one device, to services that we know and nowhere else."""

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from messaging.channels import send

from .conftest import TEXT, Post, Server

PUSH = ("push", "push")


def test_the_device_reads_what_we_wrote(post: Post) -> None:
    parcel = post.parcel("push")
    send(*PUSH, parcel)
    (arrived,) = post.came("push")
    assert json.loads(arrived["html"]) == {
        "text": TEXT,
        "link": "https://tafel.example",
        "language": "nl",
        "urgent": True,
    }
    assert arrived["headers"] == {"TTL": "86400", "Urgency": "high", "Topic": parcel.reference.hex}


def test_what_expires_is_not_kept_longer(post: Post) -> None:
    parcel = post.parcel("push", expires_at=datetime.now(UTC) + timedelta(minutes=10))
    calm = json.loads(parcel.content)
    calm["news"]["urgent"] = False
    send(*PUSH, replace(parcel, content=json.dumps(calm).encode()))
    (arrived,) = post.came("push")
    assert 590 <= int(arrived["headers"]["TTL"]) <= 600
    assert arrived["headers"]["Urgency"] == "normal"


@pytest.mark.parametrize("code", [404, 410])
def test_a_dead_subscription_is_gone(code: int, post: Post) -> None:
    post.network.command_channel("gone", channel="push", code=code)
    error = post.fails(PUSH)
    assert error.gone
    assert error.permanent
    assert not error.about_us


@pytest.mark.parametrize("code", [400, 413])
def test_a_message_that_it_will_not_have(code: int, post: Post) -> None:
    post.network.command_channel("refuse", channel="push", code=code)
    error = post.fails(PUSH)
    assert error.permanent
    assert not error.gone
    assert not error.about_us


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"p256dh": "x", "auth": "y"},
        {"p256dh": "A" * 87, "auth": "A" * 22},
        {"p256dh": 1, "auth": 2},
    ],
)
def test_keys_that_are_none(keys: dict[str, Any], post: Post) -> None:
    content = json.dumps({"keys": keys, "news": {"text": "merel"}}).encode()
    assert post.fails(PUSH, post.parcel("push", content=content)).gone


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://localhost:8000/beheer/",
        "http://127.0.0.1.voorbeeld.example/",
        "file:///etc/passwd",
        "http://[::1]:5432/",
        "https://fcm.googleapis.com@127.0.0.2/",
        "http://127.0.0.1@voorbeeld.example/",
    ],
)
def test_we_call_nobody_else(address: str, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("a connection was made")

    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "connect", never)
        error = post.fails(PUSH, replace(post.parcel("push"), address=address))
    assert error.permanent
    assert not error.about_us


def test_what_the_service_sees_tells_nothing(post: Post, server: Callable[..., Server], settings: Any) -> None:
    def serve(server: Server, connection: socket.socket) -> None:
        server.listen(connection)
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    heard = server(serve)
    parcel = replace(post.parcel("push"), address=f"{heard.url}/push/somebody")
    send(*PUSH, parcel)
    (request,) = heard.heard
    assert b"Content-Encoding: aes128gcm" in request or b"content-encoding: aes128gcm" in request
    assert not any(word in request for word in (b"merel", b"buurthuis", b"tafel.example/k", b"http://testserver"))
