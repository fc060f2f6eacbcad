"""The threads of a worker that send: a few for each channel, woken by the bell and, without it, by their own clock.

Every thread keeps its own database connection and its own connection to its channel. They are kept apart so that a
channel that hangs holds nothing else, and one receiver that hangs holds one thread.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connections
from django.db.models.functions import Now

from messaging.actions import deliver_due
from messaging.channels import close_connections
from messaging.models import Channel, WorkerSeen

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two looks of one thread; the threads of a channel take turns within it
THREADS = 4  # for each channel: so many receivers may hang before the others wait
AFTER_ERROR = 0.5  # seconds, when the database does not answer
ONE_LOOK = 10.0  # seconds of sending after which a look ends, so that /health/ sees the sweep go round
STOP_WITHIN = 6.0  # seconds: one network call and its record
FORGET = timedelta(days=1)

_running: list["Sweep"] = []
_others: dict[str, Callable[[], None]] = {}


def look_too(name: str, look: Callable[[], None]) -> None:
    """Have every worker's clock call `look` as well, each `EVERY` seconds in a thread of its own, broker or no broker.

    For the apps above, which know what becomes due with them; call it in `AppConfig.ready`. `look` must be harmless
    when many run it at once.
    """
    _others[name] = look


def wake(channel: str) -> bool:
    """Let the threads of a channel look now; False when no sweep runs in this process."""
    for sweep in _running:
        sweep.wake(channel)
    return bool(_running)


class Sweep:
    """The sending threads of one worker process and their tick in `WorkerSeen`."""

    def __init__(self, *, worker: str, threads: int = THREADS, every: float = EVERY) -> None:
        self._worker = worker
        self._every = every
        self._stopping = threading.Event()
        self._looked_at: dict[str, float] = {}  # channel: when a look at it was last completed, monotonic
        self._bells: dict[str, list[threading.Event]] = {
            channel: [threading.Event() for _ in range(threads)] for channel in Channel.values
        }
        self._threads = [self._thread("tick", self._stopping, 0.0, self._tick)]
        self._threads += [self._thread(name, self._stopping, 0.0, look) for name, look in _others.items()]
        for channel, bells in self._bells.items():
            for number, bell in enumerate(bells):
                self._threads.append(
                    self._thread(channel, bell, number * every / threads, lambda channel=channel: self._look(channel))  # type: ignore[misc]  # the default binds the loop's value
                )

    def start(self) -> None:
        """Begin to look; returns at once."""
        for thread in self._threads:
            thread.start()
        _running.append(self)

    def stop(self) -> None:
        """Claim nothing more and wait for what is being sent, some seconds at most: a lease covers the rest."""
        self._stopping.set()
        if self in _running:
            _running.remove(self)
        for channel in self._bells:
            self.wake(channel)
        until = time.monotonic() + STOP_WITHIN
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))

    def wake(self, channel: str) -> None:
        """Let the threads of a channel look now."""
        for bell in self._bells.get(channel, []):
            bell.set()

    def _thread(self, name: str, bell: threading.Event, first: float, look: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=self._run, args=(bell, first, look), name=f"sweep {name}", daemon=True)

    def _run(self, bell: threading.Event, first: float, look: Callable[[], None]) -> None:
        wait, failing = first, False
        try:
            while True:
                bell.wait(wait)
                if self._stopping.is_set():
                    return
                bell.clear()  # before the look: a ring during it means another one
                try:
                    look()
                    wait, failing = self._every, False
                except Exception as error:  # the database restarts, say: this thread must outlive everything
                    connections.close_all()
                    if not failing:
                        logger.warning("A look into the letterbox failed: %s", error, exc_info=True)
                    wait, failing = AFTER_ERROR, True
        finally:
            close_connections()
            connections.close_all()

    def _look(self, channel: str) -> None:
        until = time.monotonic() + ONE_LOOK
        deliver_due(channel, enough=lambda: self._stopping.is_set() or time.monotonic() > until)
        self._looked_at[channel] = time.monotonic()
        if time.monotonic() > until:
            self.wake(channel)

    def _tick(self) -> None:
        looks = [self._looked_at.get(channel) for channel in self._bells]
        now = time.monotonic()
        swept = None if None in looks else Now() - timedelta(seconds=max(now - at for at in looks if at is not None))
        seen = WorkerSeen(name=self._worker, seen_at=Now(), swept_at=swept)
        WorkerSeen.objects.bulk_create(
            [seen], update_conflicts=True, unique_fields=["name"], update_fields=["seen_at", "swept_at"]
        )
        WorkerSeen.objects.filter(seen_at__lt=Now() - FORGET).delete()
