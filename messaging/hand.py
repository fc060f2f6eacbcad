"""What the threads of one channel in one process hold together: claimed and not begun, done and not recorded.

Rows are claimed in handfuls while a channel is fast, because one statement for many costs little more than for one.
They lie here, not with one thread: when a thread hangs in a network call, the others take what lies ready.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")

HOLD = 0.05  # seconds of work that are claimed ahead
MOST = 32  # deliveries in one hand
WEIGHT = 0.2  # of the newest network call in the average


class Hand(Generic[Work, Result]):
    """Shared by threads. `Work` is what is claimed, `Result` what became of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: deque[Work] = deque()
        self._done: list[tuple[Work, Result]] = []
        self._calls: dict[int, float] = {}  # thread: since when it is in a network call, monotonic
        self._average = 1.0  # seconds that a network call takes

    # --- claimed and not begun ------------------------------------------------------------------------------------

    def take(self) -> Work | None:
        """The next one that lies ready."""
        with self._lock:
            return self._ready.popleft() if self._ready else None

    def add(self, jobs: Iterable[Work]) -> None:
        """Lay these ready."""
        with self._lock:
            self._ready.extend(jobs)

    def empty(self) -> list[Work]:
        """Take all that lies ready."""
        with self._lock:
            jobs = list(self._ready)
            self._ready.clear()
        return jobs

    @property
    def ready(self) -> int:
        """How many lie ready."""
        return len(self._ready)

    @property
    def room(self) -> int:
        """How many to claim at once, as fast as the channel is now."""
        return max(1, min(MOST, int(HOLD / self._average)))

    # --- in a network call ------------------------------------------------------------------------------------------

    def begin(self) -> float:
        """This thread enters a network call."""
        self._calls[threading.get_ident()] = now = time.monotonic()
        return now

    def end(self, began: float) -> None:
        """This thread is back."""
        self._calls.pop(threading.get_ident(), None)
        self._average += WEIGHT * (time.monotonic() - began - self._average)

    def stuck(self, seconds: float) -> int:
        """How many threads are in a network call for longer than this."""
        before = time.monotonic() - seconds
        return sum(began < before for began in list(self._calls.values()))

    # --- done and not recorded --------------------------------------------------------------------------------------

    def finish(self, job: Work, outcome: Result) -> None:
        """Keep what became of a job until it is recorded."""
        with self._lock:
            self._done.append((job, outcome))

    def finished(self) -> list[tuple[Work, Result]]:
        """Take everything that is to be recorded; what cannot be comes back with `finish`."""
        if not self._done:
            return []
        with self._lock:
            done, self._done = self._done, []
        return done
