"""Which provider carries a message: the order of the settings, except that one that just failed rests for a while, and
that one which keeps somebody waiting is doubted before it fails.

Kept per process: every worker finds out for itself, within one failure, and no row is locked for it.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from messaging.channels import providers

RESTS = 30.0  # seconds
DOUBTED_AFTER = 1.0  # seconds that somebody waits while no other call comes back well

_rests_until: dict[tuple[str, str], float] = {}  # (channel, provider): monotonic seconds
_asked: dict[int, tuple[tuple[str, str], float]] = {}  # thread: whom it asks now, since when
_worked_at: dict[tuple[str, str], float] = {}
_lock = threading.Lock()


def in_order(channel: str) -> tuple[str, ...]:
    """The providers of a channel, the first choice first; resting and doubted ones last: nobody else may be there."""
    configured = providers(channel)
    if len(configured) < 2:
        return configured
    now = time.monotonic()
    late = {
        who for who, since in list(_asked.values()) if since < now - DOUBTED_AFTER and _worked_at.get(who, 0) < since
    }
    late |= {who for who, until in list(_rests_until.items()) if until > now}
    return tuple(sorted(configured, key=lambda name: (channel, name) in late))  # a stable sort


@contextmanager
def asking(channel: str, provider: str) -> Iterator[None]:
    """Within it, this thread waits for a provider."""
    _asked[threading.get_ident()] = (channel, provider), time.monotonic()
    try:
        yield
    finally:
        _asked.pop(threading.get_ident(), None)


def rest(channel: str, provider: str) -> None:
    """It failed for a reason of its own: others go first for a while."""
    with _lock:
        _rests_until[channel, provider] = time.monotonic() + RESTS


def works(channel: str, provider: str) -> None:
    """It took a message: no reason to rest any longer."""
    _worked_at[channel, provider] = time.monotonic()
    if _rests_until:
        with _lock:
            _rests_until.pop((channel, provider), None)


def all_work() -> None:
    """Forget every failure, as a process that begins."""
    with _lock:
        _rests_until.clear()
        _worked_at.clear()
