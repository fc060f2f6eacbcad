"""What ten browsers at one table ask within the same seconds is read and drawn once.

Kept in this process for a few seconds, under the facts of that moment: when anything happens it is never asked for
again. Who may see it, the database says at each request (rows.pulse).
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from signals.state import CallState

LIVES = 3.0  # seconds: a number that somebody no longer shares is gone from the page as soon
KEPT = 64  # calls


@dataclass
class Shared:
    """One state of a call, and the parts of its page that are the same for several readers."""

    shown: CallState
    until: float
    _parts: dict[Hashable, str] = field(default_factory=dict)

    def part(self, key: Hashable, draw: Callable[[], str]) -> str:
        """The part with this key, drawn by whoever needs it first."""
        if key not in self._parts:
            self._parts[key] = draw()
        return self._parts[key]


_kept: OrderedDict[tuple[UUID, str], Shared] = OrderedDict()
_lock = Lock()


def share(uuid: UUID, facts: str, read: Callable[[], CallState]) -> Shared:
    """The call in the state that these facts stand for: as another reader got it just now, or else read."""
    now = time.monotonic()
    with _lock:
        kept = _kept.get((uuid, facts))
    if kept and kept.until > now:
        return kept
    kept = Shared(read(), now + LIVES)
    with _lock:
        _kept[uuid, facts] = kept
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return kept
