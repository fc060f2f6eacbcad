"""The HTTP half of the network: the providers' APIs, what tests ask and command, and the page."""

import contextlib
import json
import mimetypes
import re
import select
import socket
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bondgenoten.local.network import notify_api, push, twilio_api, wall
from bondgenoten.local.network.book import Arrived, as_json
from bondgenoten.local.network.calls import NotPossible, Switchboard
from bondgenoten.local.network.commands import Commands
from bondgenoten.local.network.exchange import Answer, Exchange, NoAnswer, Nonsense
from bondgenoten.local.network.people import People
from bondgenoten.local.ports import HOST

STATIC = Path(__file__).parent / "static"
VENDOR = Path(__file__).resolve().parents[3] / "static" / "vendor"  # icons and font are the product's own copies
FILES = {
    "/wall.css": STATIC / "wall.css",
    "/wall.js": STATIC / "wall.js",
    "/icon.svg": STATIC / "icon.svg",
    "/icons.svg": VENDOR / "icons.svg",
    "/font.woff2": VENDOR / "fonts" / "source-sans-3-latin-wght-normal.woff2",
}
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PLACE = re.compile(r"[a-z]+\d*")  # where on the page a form goes back to


class Network(ThreadingHTTPServer):
    """The HTTP server with what its requests share."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, port: int, exchange: Exchange, switchboard: Switchboard, people: People) -> None:
        self.exchange = exchange
        self.switchboard = switchboard
        self.people = people
        self.url = f"http://{HOST}:{port}"
        self.commands = Commands(exchange, switchboard, self.url)
        super().__init__((HOST, port), Request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that gave up is no error of ours; everything else is said."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            super().handle_error(request, client_address)


class Request(BaseHTTPRequestHandler):
    """One request. Method names are the standard library's."""

    server: Network
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, else a kept connection waits 40 ms for each answer
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(at.query).items()}
        if at.path in ("/", "/version", "/messages.json", "/attempts.json", "/callbacks.json", "/push/subscription"):
            self._ours(at.path, asked)
        elif at.path in FILES and FILES[at.path].exists():
            kind = mimetypes.guess_type(FILES[at.path].name)[0] or "application/octet-stream"
            self._answer(200, FILES[at.path].read_bytes(), kind)
        elif at.path.startswith("/attachment/"):
            self._attachment(at.path.split("/")[2:])
        elif at.path.startswith("/v2/"):
            self._notify(lambda: self._look_up(at.path, asked))
        elif twilio_api.PATH.match(at.path):
            self._twilio(at.path, asked=asked)
        else:
            self._json(404, {"error": "not here"})

    do_HEAD = do_GET  # noqa: N815 -- http.server finds it by this name

    def do_POST(self) -> None:
        path, body = urlsplit(self.path).path, self._body()
        if path in ("/v2/notifications/sms", "/v2/notifications/email"):
            kind = path.rpartition("/")[2]
            self._notify(lambda: notify_api.send(kind, json.loads(body), self.server.exchange, left=self._left))
        elif twilio_api.PATH.match(path):
            self._twilio(path, form=parse_qs(body.decode(), keep_blank_values=True))
        elif path in self.server.commands.by_path:
            self._command(path, body)
        elif path == "/messages.json":
            self._json(200, as_json(self._with(json.loads(body)["references"])))
        elif path.startswith("/opened/") and path[8:].isdigit():
            self.server.exchange.book.opened(int(path[8:]))
            self._answer(204, b"", "text/plain")
        elif found := push.PATH.match(path):
            self._push(found[1], body)
        else:
            self._json(404, {"error": "not here"})

    def do_DELETE(self) -> None:
        self._body()
        if urlsplit(self.path).path in ("/clear", "/messages.json"):
            self._json(200, self.server.commands.clear({}))
        else:
            self._json(404, {"error": "not here"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the standard library's name
        """Say nothing: a page that looks every two seconds would fill the log."""

    # --- the providers ------------------------------------------------------------------------------------------------

    def _look_up(self, path: str, asked: dict[str, str]) -> Answer:
        if path == "/v2/received-text-messages":
            return notify_api.replies(self.server.exchange)
        identifier = path.removeprefix("/v2/notifications").strip("/")
        if identifier:
            return notify_api.look_up(identifier, self.server.exchange)
        return notify_api.listing(asked, self.server.exchange)

    def _notify(self, answer: Callable[[], Answer]) -> None:
        if not notify_api.has_key(self.headers.get("Authorization")):
            self._json(*notify_api.error(401, "AuthError", "Unauthorized: authentication token must be provided"))
            return
        try:
            self._provide(answer)
        except json.JSONDecodeError:
            self._json(*notify_api.error(400, "BadRequestError", "Invalid JSON supplied in POST data"))

    def _twilio(self, path: str, *, form: twilio_api.Form | None = None, asked: dict[str, str] | None = None) -> None:
        found = twilio_api.PATH.match(path)
        account, kind, sid = found.groups() if found else ("", "", "")
        exchange, switchboard = self.server.exchange, self.server.switchboard

        def answer() -> Answer:
            if form is None:
                if sid:
                    return twilio_api.look_up(account, kind, sid, exchange, switchboard)
                return twilio_api.listing(account, kind, asked or {}, exchange, switchboard)
            if sid:
                return twilio_api.change(sid, form, switchboard)
            if kind == "Calls":
                return twilio_api.call(account, form, exchange, switchboard, left=self._left)
            return twilio_api.send(account, form, exchange, left=self._left)

        if twilio_api.may(self.headers.get("Authorization"), account, exchange):
            self._provide(answer)
        else:
            self._json(*twilio_api.error(401, 20003, "Authenticate"))

    def _push(self, name: str, body: bytes) -> None:
        headers: dict[str, str] = {}

        def answer() -> Answer:
            said, more = push.take(name, self.server.url, self.headers, body, self.server.exchange, left=self._left)
            headers.update(more)
            return said

        self._provide(answer, headers)

    def _provide(self, answer: Callable[[], Answer], headers: dict[str, str] | None = None) -> None:
        """Answer as a provider does, or in one of the ways in which it should not."""
        try:
            status, value = answer()
        except NoAnswer:
            self.close_connection = True
        except Nonsense:
            self._answer(200, b"<html><body>Bad gateway, please hold", "text/html")
        else:
            self._json(status, value, headers)

    def _left(self) -> bool:
        """Whether the sender has closed its end of the connection."""
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True

    # --- what tests and the wall ask ----------------------------------------------------------------------------------

    def _ours(self, path: str, asked: dict[str, str]) -> None:
        book, since = self.server.exchange.book, int(asked.get("since", 0))
        if path == "/":
            phones = self.server.people.phones(book.all())
            html = wall.page(phones, self.server.exchange.behaviour, wall.at_this_moment(), book.version)
            self._answer(200, html.encode(), "text/html; charset=utf-8")
        elif path == "/version":
            self._json(200, {"version": book.version})
        elif path == "/messages.json":
            self._json(200, as_json(self._messages(asked), brief="brief" in asked))
        elif path == "/attempts.json":
            self._json(200, [_plain(asdict(attempt)) for attempt in book.attempts(since)])
        elif path == "/callbacks.json":
            told = list(self.server.exchange.courier.told)
            self._json(200, [_plain(asdict(one)) for one in told if one.number > since])
        else:
            self._json(200, self.server.commands.by_path[path](asked))

    def _messages(self, asked: dict[str, str]) -> list[Arrived]:
        """Every message, or those for `to`, of `channel` or `provider`, with `reference`, and after number `since`."""
        book, since = self.server.exchange.book, int(asked.get("since", 0))
        if "reference" in asked:
            found = book.with_reference(asked["reference"])
        elif "to" in asked:
            found = book.to(asked["to"].lower())
        else:
            found = book.all(since)
        return [
            message
            for message in found
            if asked.get("to", message.to).lower() == message.to
            and asked.get("channel", message.channel) == message.channel
            and asked.get("provider", message.provider) == message.provider
            and message.number > since
        ]

    def _with(self, references: list[str]) -> list[Arrived]:
        return [message for each in references for message in self.server.exchange.book.with_reference(each)]

    def _command(self, path: str, body: bytes) -> None:
        if self.headers.get("Origin") not in (None, "null", self.server.url, f"http://{self.headers.get('Host')}"):
            self._json(403, {"error": "a form of another site"})
            return
        asked: dict[str, Any] = {}
        try:
            asked = self._asked(body)
            said = self.server.commands.by_path[path](asked)
        except (KeyError, TypeError, ValueError) as problem:
            self._back({}, 400) if self._is_browser() else self._json(400, {"error": str(problem)})
        except NotPossible as problem:
            self._back(asked) if self._is_browser() else self._json(409, {"error": str(problem)})
        else:
            self._back(asked) if self._is_browser() else self._json(200, said)

    def _asked(self, body: bytes) -> dict[str, Any]:
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return {name: values[-1] for name, values in parse_qs(body.decode()).items()}
        return dict(json.loads(body or b"{}"))

    def _is_browser(self) -> bool:
        return "text/html" in self.headers.get("Accept", "")

    def _back(self, asked: dict[str, Any], status: int = 303) -> None:
        """To the page again, at the phone where the form was."""
        place = str(asked.get("back", ""))
        self._answer(status, b"", "text/plain", {"Location": f"/#{place}" if PLACE.fullmatch(place) else "/"})

    def _attachment(self, numbers: list[str]) -> None:
        message = self.server.exchange.book.find(int(numbers[0])) if numbers[0].isdigit() else None
        files = dict(enumerate(message.content.attachments)) if message else {}
        file = files.get(int(numbers[1])) if len(numbers) == 2 and numbers[1].isdigit() else None
        if file is None:
            self._json(404, {"error": "not here"})
        else:
            # Never as a page of ours: what is in it was written by others.
            self._answer(200, file.content, "application/octet-stream", {"Content-Disposition": "attachment"})

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json", headers)

    def _answer(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Security-Policy": CSP,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"at": values["at"].isoformat()}
