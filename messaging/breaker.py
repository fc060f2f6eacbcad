"""Which provider carries a message: the order of the settings, except that one that just failed rests for a while.

Kept per process: every worker finds out for itself, within one failure, and no row is locked for it.
"""

import threading
import time

from messaging.channels import providers

RESTS = 30.0  # seconds

_rests_until: dict[tuple[str, str], float] = {}  # (channel, provider): monotonic seconds
_lock = threading.Lock()


def in_order(channel: str) -> tuple[str, ...]:
    """The providers of a channel, the first choice first; resting ones last, because nobody else may be there."""
    configured = providers(channel)
    if not _rests_until:
        return configured
    now = time.monotonic()
    return tuple(sorted(configured, key=lambda name: _rests_until.get((channel, name), 0.0) > now))  # a stable sort


def rest(channel: str, provider: str) -> None:
    """It failed for a reason of its own: others go first for a while."""
    with _lock:
        _rests_until[channel, provider] = time.monotonic() + RESTS


def works(channel: str, provider: str) -> None:
    """It took a message: no reason to rest any longer."""
    if _rests_until:
        with _lock:
            _rests_until.pop((channel, provider), None)


def all_work() -> None:
    """Forget every failure, as a process that begins."""
    with _lock:
        _rests_until.clear()
