"""What goes into a channel, what comes out, and what goes wrong."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

ADDRESS = re.compile(r"\S+@\S+|\+?\d[\d ()-]{6,}\d")


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One frozen text on its way. `reference` is the same for every attempt, so that a double can be recognised."""

    reference: uuid.UUID
    address: str
    content: bytes
    maybe_sent: bool = False  # an attempt before may have arrived: ask the provider first where it can tell
    made_at: datetime | None = None  # aware, by the database's clock; an earlier attempt cannot be older than this
    expires_at: datetime | None = None  # aware; after it the message is of no use (a push service drops it then)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The network took it: who, and under which number it knows it."""

    provider: str
    provider_reference: str = ""


class ChannelError(Exception):
    """Not handed over.

    `permanent`: trying this address again by this provider is of no use. `maybe_sent`: it may have been taken all the
    same. `about_us`: it is about the provider, our key or our rate and not about this address, so another provider may
    do better, and this one had better rest for a while. `gone`: the address is no more (a push subscription
    that ended). `stopped`: the carrier says that this person wants no more of our messages. Both are permanent too.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        maybe_sent: bool = False,
        about_us: bool = False,
        gone: bool = False,
        stopped: bool = False,
    ) -> None:
        # Servers repeat the address in what they say; it must not end in the admin or in a log.
        super().__init__(ADDRESS.sub("<address>", reason)[:300] or "unknown")
        self.permanent = permanent or gone or stopped
        self.maybe_sent = maybe_sent
        self.about_us = about_us
        self.gone = gone
        self.stopped = stopped


Sender = Callable[[Parcel], Receipt]
