"""What goes into a channel, what comes out, and what goes wrong."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

ADDRESS = re.compile(r"\S+@\S+|\+?\d[\d ()-]{6,}\d")


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One frozen text on its way. `reference` is the same for every attempt, so that a double can be recognised."""

    reference: uuid.UUID
    address: str
    content: bytes
    maybe_sent: bool = False  # an attempt before may have arrived: ask the provider first where it can tell


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The network took it: who, and under which number it knows it."""

    provider: str
    provider_reference: str = ""


class ChannelError(Exception):
    """Not handed over. `permanent`: trying again is of no use. `maybe_sent`: it may have been taken all the same."""

    def __init__(self, reason: str, *, permanent: bool = False, maybe_sent: bool = False) -> None:
        # Servers repeat the address in what they say; it must not end in the admin or in a log.
        super().__init__(ADDRESS.sub("<address>", reason)[:300] or "unknown")
        self.permanent = permanent
        self.maybe_sent = maybe_sent


Sender = Callable[[Parcel], Receipt]
