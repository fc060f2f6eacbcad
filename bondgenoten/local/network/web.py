"""The HTTP half of the network: the Notify API, what tests ask and command, and the page."""

import json
import mimetypes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bondgenoten.local.network import sms, wall
from bondgenoten.local.network.behaviour import FOR_EVER, Behaviour, Mode
from bondgenoten.local.network.book import Book, as_json
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


class Network(ThreadingHTTPServer):
    """The HTTP server with what its requests share."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, book: Book, behaviour: Behaviour, people: People) -> None:
        self.book = book
        self.behaviour = behaviour
        self.people = people
        super().__init__((HOST, port), Request)


class Request(BaseHTTPRequestHandler):
    """One request. Method names are the standard library's."""

    server: Network
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, else a kept connection waits 40 ms for each answer
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(at.query).items()}
        book = self.server.book
        if at.path == "/":
            phones = self.server.people.phones(book.all())
            html = wall.page(phones, self.server.behaviour, wall.at_this_moment(), book.version)
            self._answer(200, html.encode(), "text/html; charset=utf-8")
        elif at.path == "/version":
            self._json(200, {"version": book.version})
        elif at.path == "/messages.json":
            self._json(200, self._messages(asked))
        elif at.path in FILES and FILES[at.path].exists():
            kind = mimetypes.guess_type(FILES[at.path].name)[0] or "application/octet-stream"
            self._answer(200, FILES[at.path].read_bytes(), kind)
        elif at.path.startswith("/attachment/"):
            self._attachment(at.path.split("/")[2:])
        elif at.path.startswith("/v2/notifications"):
            self._notify(lambda: self._look_up(at.path, asked))
        else:
            self._json(404, {"error": "not here"})

    do_HEAD = do_GET  # noqa: N815 -- http.server finds it by this name

    def do_POST(self) -> None:
        path, body = urlsplit(self.path).path, self._body()
        if path == "/v2/notifications/sms":
            self._notify(lambda: sms.send(json.loads(body), book=self.server.book, behaviour=self.server.behaviour))
        elif path == "/command":
            self._command(body)
        elif path == "/clear":
            self.server.book.clear()
            if "text/html" in self.headers.get("Accept", ""):
                self._answer(303, b"", "text/plain", {"Location": "/"})
            else:
                self._json(200, {})
        elif path.startswith("/opened/") and path[8:].isdigit():
            self.server.book.opened(int(path[8:]))
            self._answer(204, b"", "text/plain")
        else:
            self._json(404, {"error": "not here"})

    def do_DELETE(self) -> None:
        self._body()
        if urlsplit(self.path).path in ("/clear", "/messages.json"):
            self.server.book.clear()
            self._json(200, {})
        else:
            self._json(404, {"error": "not here"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the standard library's name
        """Say nothing: a page that looks every two seconds would fill the log."""

    def _messages(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        """Every message, or those for `to`, of `channel`, with `reference`, and after number `since`."""
        return as_json(
            message
            for message in self.server.book.all()
            if asked.get("to", message.to) == message.to
            and asked.get("channel", message.channel) == message.channel
            and asked.get("reference", message.reference) == message.reference
            and message.number > int(asked.get("since", 0))
        )

    def _look_up(self, path: str, asked: dict[str, str]) -> sms.Answer:
        identifier = path.removeprefix("/v2/notifications").strip("/")
        if identifier:
            return sms.look_up(identifier, self.server.book)
        return sms.listing(asked.get("reference"), self.server.book)

    def _notify(self, answer: Any) -> None:
        if not sms.has_key(self.headers.get("Authorization")):
            self._json(*sms.error(401, "AuthError", "Unauthorized: authentication token must be provided"))
            return
        try:
            self._json(*answer())
        except json.JSONDecodeError:
            self._json(*sms.error(400, "BadRequestError", "Invalid JSON supplied in POST data"))
        except sms.NoAnswer:
            self.close_connection = True

    def _command(self, body: bytes) -> None:
        """{"mode": ..., "channel": "mail" | "sms", "to": address, "seconds": ..., "code": ...}; only mode is needed."""
        try:
            asked = json.loads(body)
            mode = Mode(asked["mode"], float(asked.get("seconds", FOR_EVER)), int(asked.get("code", 0)))
            self.server.behaviour.set(mode, channel=asked.get("channel"), to=asked.get("to"))
        except (KeyError, TypeError, ValueError) as problem:
            self._json(400, {"error": str(problem)})
        else:
            self.server.book.touch()
            self._json(200, {})

    def _attachment(self, numbers: list[str]) -> None:
        message = self.server.book.find(int(numbers[0])) if numbers[0].isdigit() else None
        files = dict(enumerate(message.attachments)) if message else {}
        file = files.get(int(numbers[1])) if len(numbers) == 2 and numbers[1].isdigit() else None
        if file is None:
            self._json(404, {"error": "not here"})
        else:
            # Never as a page of ours: what is in it was written by others.
            self._answer(200, file.content, "application/octet-stream", {"Content-Disposition": "attachment"})

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _json(self, status: int, value: Any) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json")

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
