"""Proving an address by a code: sent to it, kept hashed in the reader's session, ten minutes, five tries.

The session holds the hash and never the code. How often codes may be sent and tried is limited by address, by link or
person and by network address, loosely enough for a table of ten on one Wi-Fi.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from messaging.actions import send_code
from messaging.codes import hash_code, is_right, make_code
from messaging.models import Channel

from .policy import Refused

LIFE = timedelta(minutes=10)
TRIES = 5
RATES = {
    "proof_send": "4/10m/key,40/10m/ip",
    "proof_check": "12/10m/key,200/10m/ip",
    "test_send": "3/10m/key,60/10m/ip",  # "send me a test": per address and channel
}


@dataclass
class Pending:
    """A code on its way: for which address, its hash, until when (seconds since 1970) and how often it was tried.

    `spoken`: by a phone call.
    """

    address: str
    hash: str
    until: float
    tries: int = 0
    spoken: bool = False

    @property
    def way(self) -> str:
        """How the code comes: a channel."""
        if self.spoken:
            return Channel.VOICE
        return Channel.MAIL if "@" in self.address else Channel.SMS

    @classmethod
    def of(cls, kept: dict[str, Any] | None) -> "Pending | None":
        """The pending code that was kept in a session, None when there is none."""
        return cls(**kept) if kept else None

    def keep(self) -> dict[str, Any]:
        """What goes into the session."""
        return asdict(self)


def send(request: HttpRequest, address: str, *, word: str = "", spoken: bool = False) -> Pending:
    """Send a new code to an address and return what to keep; `spoken` rings the number and says it.

    Raises Refused when too many were sent.
    """
    if not within(request, "proof_send", address):
        raise Refused(_("We sent several codes already. Wait ten minutes, or call us."))
    code = make_code()
    send_code(
        address=address,
        code=code,
        language=get_language() or "nl",
        word=word or None,
        channel=Channel.VOICE if spoken else None,
    )
    until = (timezone.now() + LIFE).timestamp()
    return Pending(address, hash_code(code=code, address=address), until, spoken=spoken)


def check(request: HttpRequest, pending: Pending, typed: str) -> bool:
    """Whether the code is right; a wrong one counts as a try. Raises Refused when it is too late or tried too often."""
    if timezone.now().timestamp() > pending.until:
        raise Refused(_("This code is too old. Have a new one sent."))
    if pending.tries >= TRIES or not within(request, "proof_check", pending.address):
        raise Refused(_("That was wrong too often. Have a new code sent."))
    if is_right(typed=typed, address=pending.address, kept=pending.hash):
        return True
    pending.tries += 1
    return False


def masked(address: str) -> str:
    """Enough of an address to recognise one's own: 06 •• •• •• 78, or s•••@voorbeeld.example."""
    if "@" in address:
        name, _at, domain = address.partition("@")
        return f"{name[:1]}•••@{domain}"
    return f"06 •• •• •• {address[-2:]}" if address.startswith("+316") else f"•• •• •• {address[-2:]}"


def within(request: HttpRequest, action: str, key: str) -> bool:
    """Whether this may be done once more now (RATES); it counts as done."""
    return consume(request, app="alliances", action=action, config=RATES, key=key) is not None
