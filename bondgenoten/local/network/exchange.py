"""What all providers of the network share, and the one way in which something is taken, or not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bondgenoten.local.network.behaviour import Behaviour, Mode
from bondgenoten.local.network.book import Arrived, Book
from bondgenoten.local.network.courier import Courier, Site
from bondgenoten.local.network.later import Later

Answer = tuple[int, dict[str, Any]]
REFUSING = ("refuse", "throttle", "gone")


class NoAnswer(Exception):
    """The connection must be closed without an answer."""


class Nonsense(Exception):
    """The answer must be something that no client can read."""


@dataclass
class Exchange:
    """The book, the behaviour, the clock and the way to the site."""

    book: Book = field(default_factory=Book)
    behaviour: Behaviour = field(default_factory=Behaviour)
    site: Site = field(default_factory=Site)
    later: Later = field(default_factory=Later)

    def __post_init__(self) -> None:
        self.courier = Courier(self.site, self.behaviour, self.later)
        self.stopped: set[str] = set()  # numbers that said STOP to Twilio, which then sends them nothing
        self.received: list[dict[str, Any]] = []  # replies, as Notify lists them

    def clear(self) -> None:
        """Forget what arrived and what was told, and the receipts that were still to come."""
        self.later.forget()
        self.book.clear()
        self.courier.told.clear()
        self.stopped.clear()
        self.received.clear()

    def take(
        self,
        message: Arrived,
        *,
        refusal: Callable[[Mode], Answer],
        then: Callable[[Mode], None] = lambda _mode: None,
        left: Callable[[], bool] = lambda: False,
    ) -> Answer | None:
        """Write a message down, unless this channel, provider or address was told to behave otherwise.

        Returns None when the caller may answer that all is well, or the answer of a `refusal`. `then` is called once it
        is taken; `left` says whether the sender gave up waiting. Raises NoAnswer and Nonsense.
        """
        place = {"channel": message.channel, "to": message.to, "provider": message.provider}
        mode = self.behaviour.of(**place)
        self.book.attempted(message.channel, message.provider, message.to, message.reference, mode.name)
        if mode.name in REFUSING:
            return refusal(mode)
        if mode.name in ("hang", "slow"):
            self.behaviour.wait(**place, mode=mode, left=left)
        if mode.name == "hang":
            raise NoAnswer
        self.book.add(message)
        then(mode)
        if mode.name == "mute":
            self.behaviour.wait(**place, mode=mode, left=left)
        if mode.name in ("mute", "cut"):
            raise NoAnswer
        if mode.name == "wrong":
            raise Nonsense
        return None
