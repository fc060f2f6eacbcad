"""What arrived: the messages and the attempts, in memory, safe to use from several threads.

Looking something up by number, id, reference or address costs the same with ten messages as with ten thousand.
"""

import threading
import uuid
from base64 import b64encode
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

KEPT = 20_000  # older messages are dropped: this runs for days in a demo


@dataclass(frozen=True)
class Attachment:
    """A file in a mail."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Content:
    """What stands in a message. `links` maps each address in it to the words on its button ("" when it has none)."""

    text: str
    subject: str = ""
    html: str = ""
    links: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass
class Arrived:
    """One message for one address. `written` may be the reading of it, which is done when somebody first looks."""

    channel: str  # "mail", "sms", "voice" or "push"
    to: str
    written: Content | Callable[[], Content]
    provider: str = ""  # "smtp", "notify", "twilio" or "push"
    reference: str = ""  # the sender's own
    sender: str = ""
    status: str = "sent"  # as the provider words it
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))  # the provider's own number
    number: int = 0
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    opened_at: datetime | None = None
    scanned_at: datetime | None = None
    answered_by: str = ""  # of a call: human or machine_start
    pressed: str = ""  # of a call: the keys
    replies: list[str] = field(default_factory=list)  # of an SMS: what its reader wrote back

    @property
    def content(self) -> Content:
        """Text, subject, links and files."""
        if not isinstance(self.written, Content):
            self.written = self.written()
        return self.written


@dataclass(frozen=True)
class Attempt:
    """One request to hand something over, also when nothing came of it. `outcome`: the mode that held, "ok" if well."""

    number: int
    at: datetime
    channel: str
    provider: str
    to: str
    reference: str
    outcome: str


class Book:
    """All messages, oldest first, and a version that goes up with every change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()
        self._numbers = count(1)
        self._version = 0

    def _forget(self) -> None:
        self._by_number: dict[int, Arrived] = {}
        self._by_uuid: dict[str, Arrived] = {}
        self._by_reference: defaultdict[str, list[Arrived]] = defaultdict(list)
        self._by_address: defaultdict[str, list[Arrived]] = defaultdict(list)
        self._attempts: deque[Attempt] = deque(maxlen=5 * KEPT)
        self._attempt = 0

    @property
    def version(self) -> int:
        """Goes up with every change, so that a page knows whether it is still right."""
        return self._version

    def add(self, *messages: Arrived) -> None:
        """Write messages down and number them."""
        with self._lock:
            for message in messages:
                message.number = next(self._numbers)
                self._by_number[message.number] = self._by_uuid[message.uuid] = message
                self._by_reference[message.reference].append(message)
                self._by_address[message.to].append(message)
                if len(self._by_number) > KEPT:
                    self._drop(next(iter(self._by_number)))
            self._version += 1

    def _drop(self, number: int) -> None:
        oldest = self._by_number.pop(number)
        del self._by_uuid[oldest.uuid]
        for index, key in ((self._by_reference, oldest.reference), (self._by_address, oldest.to)):
            index[key].remove(oldest)  # it stands in front
            if not index[key]:
                del index[key]

    def attempted(self, channel: str, provider: str, to: str, reference: str, outcome: str) -> None:
        """Write down that somebody tried to hand something over."""
        with self._lock:
            self._attempt += 1
            at = datetime.now(UTC)
            self._attempts.append(Attempt(self._attempt, at, channel, provider, to, reference, outcome))

    def attempts(self, since: int = 0) -> list[Attempt]:
        """Return every attempt after number `since`, oldest first."""
        with self._lock:
            return [attempt for attempt in self._attempts if attempt.number > since]

    def all(self, since: int = 0) -> list[Arrived]:
        """Return every message, or those after number `since`, oldest first."""
        with self._lock:
            if not since:
                return list(self._by_number.values())
            last = next(reversed(self._by_number), 0)
            first = max(since + 1, next(iter(self._by_number), 1))
            return [self._by_number[number] for number in range(first, last + 1)]  # they follow one another

    def with_reference(self, reference: str) -> list[Arrived]:
        """Return the messages with this reference, oldest first."""
        with self._lock:
            return list(self._by_reference.get(reference, ()))

    def to(self, address: str) -> list[Arrived]:
        """Return the messages for this address, oldest first."""
        with self._lock:
            return list(self._by_address.get(address, ()))

    def find(self, number: int) -> Arrived | None:
        """Return the message with this number."""
        return self._by_number.get(number)

    def known(self, identifier: str) -> Arrived | None:
        """Return the message to which its provider gave this id."""
        return self._by_uuid.get(identifier)

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
        """Forget every message and attempt."""
        with self._lock:
            self._forget()
            self._version += 1


def as_json(messages: Iterable[Arrived], *, brief: bool = False) -> list[dict[str, Any]]:
    """Return messages as the plain values of /messages.json; `brief` leaves out what stands in them."""
    return [_facts(message) | ({} if brief else _words(message)) for message in messages]


def _facts(message: Arrived) -> dict[str, Any]:
    return {
        "number": message.number,
        "channel": message.channel,
        "provider": message.provider,
        "to": message.to,
        "from": message.sender,
        "id": message.uuid,
        "reference": message.reference,
        "status": message.status,
        "received_at": message.received_at.isoformat(),
        "opened_at": message.opened_at.isoformat() if message.opened_at else None,
        "scanned_at": message.scanned_at.isoformat() if message.scanned_at else None,
        "answered_by": message.answered_by,
        "pressed": message.pressed,
        "replies": list(message.replies),
    }


def _words(message: Arrived) -> dict[str, Any]:
    content = message.content
    return {
        "subject": content.subject,
        "text": content.text,
        "html": content.html,
        "links": list(content.links),
        "headers": content.headers,
        "attachments": [
            {"name": file.name, "type": file.type, "content": b64encode(file.content).decode()}
            for file in content.attachments
        ],
    }
