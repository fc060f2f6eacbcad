"""A parcel for every provider, the network to send it over, and small servers that behave as no provider should."""

import contextlib
import json
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from bondgenoten.local.network.running import RunningNetwork
from messaging.channels import ChannelError, Parcel, close_connections, send

LIMIT = 0.7  # seconds for one network call in these tests
MAIL, MOBILE = "fatima.geheim@voorbeeld.example", "+31612345678"
TEXT = "merel: kom je naar het buurthuis? https://tafel.example/k/Geheim2Geheim"
CARRIERS = [
    ("mail", "smtp"),
    ("mail", "notify"),
    ("sms", "notify"),
    ("sms", "twilio"),
    ("voice", "twilio"),
    ("push", "push"),
]
BY_HTTP = CARRIERS[1:]


def ids(value: Any) -> str:
    return "-".join(value) if isinstance(value, tuple) else str(value)


def mail(reference: uuid.UUID, text: str = TEXT) -> EmailMessage:
    """A mail as rendering freezes it."""
    message = EmailMessage()
    message["Message-ID"] = f"<{reference}@tafel.example>"
    message["Subject"], message["From"], message["To"] = "merel: een bericht", "bericht@tafel.example", MAIL
    message["Content-Language"] = "nl"
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    return message


@dataclass
class Post:
    """Makes parcels, hands them over, and knows what came of it."""

    network: RunningNetwork
    subscription: dict[str, Any]

    def parcel(self, channel: str, **changed: Any) -> Parcel:
        """A parcel for a channel, ready to be sent."""
        reference = uuid.uuid4()
        contents = {
            "mail": lambda: mail(reference).as_bytes(),
            "sms": TEXT.encode,
            "voice": lambda: json.dumps({"language": "nl", "text": TEXT}).encode(),
            "push": lambda: json.dumps(
                {
                    "keys": self.subscription["keys"],
                    "news": {"text": TEXT, "link": "https://tafel.example", "language": "nl", "urgent": True},
                }
            ).encode(),
        }
        addresses = {"mail": MAIL, "sms": MOBILE, "voice": MOBILE, "push": self.subscription["endpoint"]}
        values = {"address": addresses[channel], "content": contents[channel](), "made_at": datetime.now(UTC)}
        return Parcel(**{"reference": reference, **values, **changed})

    def fails(self, carrier: tuple[str, str], parcel: Parcel | None = None) -> ChannelError:
        """Send, and return how it fails."""
        with pytest.raises(ChannelError) as caught:
            send(*carrier, parcel or self.parcel(carrier[0]))
        return caught.value

    def came(self, channel: str) -> list[dict[str, Any]]:
        """What arrived by a channel."""
        return self.network.messages(channel=channel)


@pytest.fixture
def post(network: RunningNetwork, settings: Any) -> Iterator[Post]:
    settings.MAIL_TIMEOUT = settings.SMS_TIMEOUT = settings.VOICE_TIMEOUT = settings.PUSH_TIMEOUT = LIMIT
    settings.MAIL_TEMPLATE_ID = settings.SMS_TEMPLATE_ID  # chosen or not
    yield Post(network, network.subscription())
    close_connections()


@dataclass
class Server:
    """A server that does the same to everybody who connects: `serve(socket)`. It keeps what it was sent first."""

    serve: Callable[["Server", socket.socket], None]
    heard: list[bytes] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while not self.ending.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._handle, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _handle(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # whoever called had enough
            self.serve(self, connection)

    def stop(self) -> None:
        self.ending.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def listen(self, connection: socket.socket) -> bytes:
        """One whole HTTP request."""
        said = b""
        while b"\r\n\r\n" not in said:
            said += connection.recv(65536)
        head, _, body = said.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        self.heard.append(head + b"\r\n\r\n" + body)
        return self.heard[-1]


@pytest.fixture
def server() -> Iterator[Callable[[Callable[[Server, socket.socket], None]], Server]]:
    """Start a small server."""
    running: list[Server] = []

    def start(serve: Callable[[Server, socket.socket], None]) -> Server:
        running.append(Server(serve))
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def point_at(settings: Any, post: Post) -> Callable[[int], None]:
    """Let every channel speak to another port."""

    def point(port: int) -> None:
        settings.EMAIL_PORT = port
        settings.SMS_API_URL = settings.TWILIO_API_URL = f"http://127.0.0.1:{port}"
        post.subscription["endpoint"] = f"http://127.0.0.1:{port}/push/somebody"

    return point
