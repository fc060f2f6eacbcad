"""The dead man's switch: told after a full round, seldom enough, and never in the way."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from messaging import heartbeat


class Monitor(ThreadingHTTPServer):
    """An outside monitor that counts; it can hang."""

    daemon_threads = True

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.hangs = threading.Event()
        super().__init__(("127.0.0.1", 0), Ear)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Ear(BaseHTTPRequestHandler):
    """Hears one beat."""

    server: Monitor

    def do_GET(self) -> None:
        self.server.heard.append(self.path)
        if self.server.hangs.is_set():
            time.sleep(2)
            return
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name that the library gave it
        """Quietly."""


@pytest.fixture
def monitor(settings: Any) -> Iterator[Monitor]:
    server = Monitor()
    settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/ping"
    _forget()
    yield server
    server.shutdown()
    server.server_close()
    _forget()


def _forget() -> None:
    if heartbeat._Beat.thread:
        heartbeat._Beat.thread.join(5)
    heartbeat._Beat.at = heartbeat._Beat.thread = None


def told(since: float) -> bool:
    result = heartbeat.beat(since=since)
    if heartbeat._Beat.thread:
        heartbeat._Beat.thread.join(5)
    return result


def test_it_is_told_after_a_round_and_not_too_often(monitor: Monitor) -> None:
    assert told(time.monotonic())
    assert monitor.heard == ["/ping"]
    assert not told(time.monotonic())  # too soon
    heartbeat._Beat.at = before = time.monotonic() - heartbeat.EVERY - 1
    assert not told(before - 1)  # no round since then
    assert told(time.monotonic())
    assert len(monitor.heard) == 2


def test_a_monitor_that_hangs_holds_up_nobody(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "TIMEOUT", 0.5)
    monitor.hangs.set()
    started = time.monotonic()
    assert heartbeat.beat(since=started)
    assert time.monotonic() - started < 0.2
    heartbeat._Beat.at = started - heartbeat.EVERY - 1
    assert not heartbeat.beat(since=time.monotonic())  # one at a time
    assert heartbeat._Beat.thread
    heartbeat._Beat.thread.join(5)
    assert not heartbeat._Beat.thread.is_alive()


def test_nobody_is_told_when_nobody_is_named(monitor: Monitor, settings: Any) -> None:
    settings.HEARTBEAT_URL = ""
    assert not told(time.monotonic())
    assert not monitor.heard
