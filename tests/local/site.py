"""A little site of our own: it keeps what the providers tell it, and answers as a test wants."""

import json
import threading
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

NOTIFY_TOKEN = "een-woord-van-notify"
TWILIO_TOKEN = "een-woord-van-twilio"
TWILIO_SID = "AC" + "1" * 32


@dataclass
class Heard:
    """One request: where, what, and whether its signature or token was right."""

    path: str
    method: str
    values: dict[str, Any]
    right: bool


@dataclass
class Site:
    """Where it is, what it heard, and per path what it answers (status, body)."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)

    def values(self, path: str) -> list[dict[str, Any]]:
        """What came on this path, oldest first; only what was signed rightly."""
        return [one.values for one in self.heard if one.path == path and one.right]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site


class _Request(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        values, right = _checked(self.server.site.url + self.path, body, self.headers)
        self._answer(Heard(self.path, "POST", values, right))

    def do_GET(self) -> None:
        self._answer(Heard(self.path, self.command, {}, True))

    do_HEAD = do_GET  # noqa: N815 -- http.server finds it by this name

    def _answer(self, heard: Heard) -> None:
        site = self.server.site
        site.heard.append(heard)
        status, text = site.answers.get(heard.path, (200, ""))
        self.send_response(status if heard.right else 403)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the standard library's name
        """Say nothing."""


def _checked(url: str, body: str, headers: Message) -> tuple[dict[str, Any], bool]:
    if headers.get_content_type() == "application/json":
        return json.loads(body), headers["Authorization"] == f"Bearer {NOTIFY_TOKEN}"
    values = dict(parse_qsl(body, keep_blank_values=True))
    return values, RequestValidator(TWILIO_TOKEN).validate(url, values, headers.get("X-Twilio-Signature", ""))


def open_site() -> tuple[Site, _Server]:
    """Start it; the caller closes the server."""
    server = _Server(("127.0.0.1", 0), _Request)
    server.site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server.site, server
