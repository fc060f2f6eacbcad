"""Servers that no library's own limit holds: one that drips, one that never ends, one that cannot be found."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from messaging.channels import send

from .conftest import BY_HTTP, CARRIERS, LIMIT, Post, Server, ids

Carrier = tuple[str, str]
Start = Callable[[Callable[[Server, socket.socket], None]], Server]
Point = Callable[[int], None]
each_by_http = pytest.mark.parametrize("carrier", BY_HTTP, ids=ids)
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 500000000\r\n\r\n"


def drip(before: bytes, drop: bytes) -> Callable[[Server, socket.socket], None]:
    """Say something, and then one drop after another, for ever (ten seconds, so that a test that fails ends)."""

    def serve(server: Server, connection: socket.socket) -> None:
        connection.sendall(before)
        for _ in range(100):
            if server.ending.wait(0.1):
                return
            connection.sendall(drop)

    return serve


@pytest.mark.parametrize("carrier", CARRIERS, ids=ids)
@pytest.mark.parametrize(
    ("before", "drop"),
    [(b"", b"2"), (b"HTTP/1.1 201 Created\r\nX-Long: ", b"x"), (HEAD, b" ")],
    ids=["first line", "header", "body"],
)
def test_dripping(carrier: Carrier, before: bytes, drop: bytes, post: Post, server: Start, point_at: Point) -> None:
    point_at(server(drip(before, drop)).port)
    parcel = post.parcel(carrier[0])
    began = time.monotonic()
    error = post.fails(carrier, parcel)
    assert time.monotonic() - began < LIMIT + 0.5
    assert error.about_us
    assert not error.permanent
    assert error.maybe_sent == (carrier[1] != "smtp")  # a mail server must greet before we say anything


@pytest.mark.parametrize("code", [b"250", b"354"])
def test_a_mail_server_that_drips_later(code: bytes, post: Post, server: Start, point_at: Point) -> None:
    def serve(server: Server, connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        answers = {b"ehlo": b"250 hello\r\n", b"mail": b"250 ok\r\n", b"rcpt": b"250 ok\r\n", b"data": b"354 go\r\n"}
        if code == b"250":
            answers.pop(b"mail")
        while said := connection.recv(65536):
            answer = answers.get(said[:4].lower())
            if answer is None:
                drip(b"2", b"5")(server, connection)
                return
            connection.sendall(answer)

    point_at(server(serve).port)
    parcel = post.parcel("mail")
    began = time.monotonic()
    error = post.fails(("mail", "smtp"), parcel)
    assert LIMIT - 0.1 < time.monotonic() - began < LIMIT + 0.5
    assert error.maybe_sent == (code == b"354")


@each_by_http
def test_an_answer_without_end(carrier: Carrier, post: Post, server: Start, point_at: Point, settings: Any) -> None:
    def serve(server: Server, connection: socket.socket) -> None:
        server.listen(connection)
        connection.sendall(HEAD)
        while not server.ending.is_set():
            connection.sendall(b" " * 65536)

    point_at(server(serve).port)
    settings.MAIL_TIMEOUT = settings.SMS_TIMEOUT = settings.VOICE_TIMEOUT = settings.PUSH_TIMEOUT = 20
    parcel = post.parcel(carrier[0])
    began = time.monotonic()
    error = post.fails(carrier, parcel)
    assert time.monotonic() - began < 10
    assert error.maybe_sent
    assert error.about_us


@each_by_http
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(carrier: Carrier, status: int, post: Post, server: Start, point_at: Point) -> None:
    def elsewhere(server: Server, connection: socket.socket) -> None:
        server.listen(connection)

    other = server(elsewhere)

    def serve(server: Server, connection: socket.socket) -> None:
        server.listen(connection)
        where = f"HTTP/1.1 {status} Moved\r\nLocation: {other.url}/\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(where.encode())

    point_at(server(serve).port)
    assert not post.fails(carrier).permanent
    assert other.heard == []


@pytest.mark.parametrize("carrier", [("mail", "smtp"), ("sms", "notify")], ids=ids)
def test_a_resolver_that_hangs(carrier: Carrier, post: Post, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    woken, resolve = threading.Event(), socket.getaddrinfo

    def slow(host: Any, *args: Any, **how: Any) -> Any:
        if host == "slow.example":
            woken.wait(5)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return resolve(host, *args, **how)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    settings.EMAIL_HOST, settings.SMS_API_URL = "slow.example", "http://slow.example"
    parcel = post.parcel(carrier[0])
    began = time.monotonic()
    error = post.fails(carrier, parcel)
    woken.set()
    assert time.monotonic() - began < LIMIT + 0.5
    assert not error.maybe_sent
    assert error.about_us


@pytest.mark.parametrize("carrier", [("mail", "smtp"), ("sms", "notify")], ids=ids)
def test_a_host_with_a_dead_address_and_a_living_one(
    carrier: Carrier, post: Post, settings: Any, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    def two(host: Any, port: Any, *args: Any, **how: Any) -> Any:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("127.0.0.1", closed_port)), (*kind, ("127.0.0.1", int(port)))]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    settings.EMAIL_HOST = "mail.example"
    settings.SMS_API_URL = f"http://sms.example:{post.network.port}"
    send(*carrier, post.parcel(carrier[0]))
    monkeypatch.undo()
    assert len(post.came(carrier[0])) == 1
