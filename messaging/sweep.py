"""The clock of a worker: threads that look into the letterbox, woken by the bell and, without it, by themselves.

A few for each channel (lookers.py), and one for everything that `look_too` brought. Every thread keeps its own database
connection and its own connection to its channel, so that a channel that hangs holds nothing else.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db.models.functions import Now

from messaging import bell, heartbeat
from messaging.lookers import Crew, Looker
from messaging.models import Channel, WorkerSeen

EVERY = 2.0  # seconds between two looks of one thread; the threads of a channel take turns within it
THREADS = 3  # for each channel, while nothing hangs
PLACES = 24  # sending threads in one process: each has a database connection, and the server has about a hundred
WATCH = 0.1  # seconds between two looks at who is held up
STOP_WITHIN = 6.0  # seconds: one network call and its record
FORGET = timedelta(days=1)

_running: list["Sweep"] = []
_others: dict[str, Callable[[], object]] = {}


def look_too(name: str, look: Callable[[], object]) -> None:
    """Have every worker's clock call `look` as well, each `EVERY` seconds and when `name` is rung for (bell.py), in a
    thread of its own, broker or no broker.

    For what else becomes due, here and in the apps above; call it in `AppConfig.ready`. `look` must be harmless when
    many run it at once.
    """
    _others[name] = look


def look_now(name: str) -> None:
    """Do what the clock would: for a process in which no sweep runs. Raises KeyError for a name that nobody brought."""
    _others[name]()


def wake(name: str) -> bool:
    """Let the threads of a channel, or of what `look_too` brought, look now; False when no sweep runs here."""
    for sweep in _running:
        sweep.wake(name)
    return bool(_running)


class Sweep:
    """The looking threads of one worker process and their tick in `WorkerSeen`."""

    def __init__(self, *, worker: str, threads: int = THREADS, every: float = EVERY) -> None:
        self._worker = worker
        self._stopping = threading.Event()
        self._crews = {
            channel: Crew(channel, threads=threads, every=every, stopping=self._stopping) for channel in Channel.values
        }
        self._looked_at: dict[str, float] = {}  # what was brought: when a look at it was last completed, monotonic
        self._others = {
            name: Looker(name, self._noted(name, look), every=every, stopping=self._stopping)
            for name, look in _others.items()
        }
        self._own = [
            Looker("tick", self._tick, every=every, stopping=self._stopping, first=every / 10),
            Looker("watch", self._watch, every=WATCH, stopping=self._stopping),
        ]

    def start(self) -> None:
        """Begin to look; returns at once."""
        for crew in self._crews.values():
            crew.start()
        for looker in (*self._others.values(), *self._own):
            looker.start()
        _running.append(self)
        bell.hear(wake)

    def stop(self) -> None:
        """Claim nothing more and wait for what is being sent, some seconds at most: a lease covers the rest."""
        self._stopping.set()
        if self in _running:
            _running.remove(self)
        lookers = self.lookers
        for looker in lookers:
            looker.wake()
        until = time.monotonic() + STOP_WITHIN
        for looker in lookers:
            if looker.thread.is_alive():
                looker.thread.join(max(0.0, until - time.monotonic()))

    @property
    def lookers(self) -> list[Looker]:
        """Every thread."""
        crews = [looker for crew in self._crews.values() for looker in crew.lookers]
        return [*crews, *self._others.values(), *self._own]

    def wake(self, name: str) -> None:
        """Let the threads of a channel, or of what `look_too` brought, look now."""
        if name in self._crews:
            self._crews[name].wake()
        elif name in self._others:
            self._others[name].wake()

    def _noted(self, name: str, look: Callable[[], object]) -> Callable[[], None]:
        def look_and_note() -> None:
            look()
            self._looked_at[name] = time.monotonic()

        return look_and_note

    def _watch(self) -> None:
        there = sum(len(crew.lookers) for crew in self._crews.values())
        for crew in self._crews.values():
            before = len(crew.lookers)
            there += crew.relieve(max(0, PLACES - there)) - before

    def _tick(self) -> None:
        """Say that this worker lives, and when it had last completed a full round of everything."""
        looks = [crew.looked_at for crew in self._crews.values()] + [self._looked_at.get(name) for name in self._others]
        oldest = min((at for at in looks if at is not None), default=0.0) if None not in looks else None
        swept = None if oldest is None else Now() - timedelta(seconds=time.monotonic() - oldest)
        seen = WorkerSeen(name=self._worker, seen_at=Now(), swept_at=swept)
        WorkerSeen.objects.bulk_create(
            [seen], update_conflicts=True, unique_fields=["name"], update_fields=["seen_at", "swept_at"]
        )
        WorkerSeen.objects.filter(seen_at__lt=Now() - FORGET).delete()
        if oldest is not None:
            heartbeat.beat(since=oldest)
