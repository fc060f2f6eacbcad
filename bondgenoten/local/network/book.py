"""What arrived: the messages, in memory, safe to use from several threads."""

import threading
import uuid
from base64 import b64encode
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

KEPT = 10_000  # older messages are dropped: this runs for days in a demo


@dataclass(frozen=True)
class Attachment:
    """A file in a mail."""

    name: str
    type: str
    content: bytes


@dataclass
class Arrived:
    """One message for one address. `links` maps each address in it to the words on its button ("" when it has none)."""

    channel: str  # "mail" or "sms"
    to: str
    text: str
    subject: str = ""
    html: str = ""
    links: dict[str, str] = field(default_factory=dict)
    reference: str = ""
    sender: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    number: int = 0
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    opened_at: datetime | None = None


class Book:
    """All messages, oldest first, and a version that goes up with every change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: deque[Arrived] = deque(maxlen=KEPT)
        self._numbers = count(1)
        self._version = 0

    @property
    def version(self) -> int:
        """Goes up with every change, so that a page knows whether it is still right."""
        return self._version

    def add(self, *messages: Arrived) -> None:
        """Write messages down and number them."""
        with self._lock:
            for message in messages:
                message.number = next(self._numbers)
                self._messages.append(message)
            self._version += 1

    def all(self) -> list[Arrived]:
        """Return every message, oldest first."""
        with self._lock:
            return list(self._messages)

    def find(self, number: int) -> Arrived | None:
        """Return the message with this number."""
        return next((message for message in self.all() if message.number == number), None)

    def opened(self, number: int) -> None:
        """Note that a link of this message was followed."""
        message = self.find(number)
        if message and not message.opened_at:
            message.opened_at = datetime.now(UTC)
            self.touch()

    def touch(self) -> None:
        """Say that something on the wall changed."""
        with self._lock:
            self._version += 1

    def clear(self) -> None:
        """Forget every message."""
        with self._lock:
            self._messages.clear()
            self._version += 1


def as_json(messages: Iterable[Arrived]) -> list[dict[str, Any]]:
    """Return messages as the plain values of /messages.json; attachments in base64."""
    return [
        {
            "number": message.number,
            "channel": message.channel,
            "to": message.to,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "links": list(message.links),
            "reference": message.reference,
            "from": message.sender,
            "headers": message.headers,
            "received_at": message.received_at.isoformat(),
            "opened_at": message.opened_at.isoformat() if message.opened_at else None,
            "attachments": [
                {"name": file.name, "type": file.type, "content": b64encode(file.content).decode()}
                for file in message.attachments
            ],
        }
        for message in messages
    ]
