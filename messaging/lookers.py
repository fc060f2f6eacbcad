"""Threads that look: one by one, and crews of them for a channel."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from django.db import connections

from messaging.actions.deliver import Held, deliver_due, let_go
from messaging.channels import close_connections
from messaging.hand import Hand

logger = logging.getLogger(__name__)

AFTER_ERROR = 0.5  # seconds, when the database does not answer
ONE_LOOK = 10.0  # seconds of sending after which a look ends, so that /health/ sees the sweep go round
STUCK = 0.35  # seconds in a network call after which a thread counts as held up
MOST = 16  # threads of one channel
LEAVES_AFTER = 10.0  # seconds without work after which a thread that came to help goes


class Looker:
    """One thread that looks when its bell rings, and by itself every so often. It outlives all but `stopping`."""

    def __init__(
        self,
        name: str,
        look: Callable[[], object],
        *,
        every: float,
        stopping: threading.Event,
        first: float = 0.0,
        helps: bool = False,
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        """`look` says whether it found something to do; who `helps` goes when it found nothing for a while, or when its
        look fails. `leave` is called in the thread as it ends. `first` and `every` in seconds.
        """
        self._look, self._every, self._first = look, every, first
        self._stopping, self._helps, self._leave = stopping, helps, leave
        self._bell = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"sweep {name}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self.thread.start()

    def wake(self) -> None:
        """Look now."""
        self._bell.set()

    @property
    def ended(self) -> bool:
        """Whether it was there and went."""
        return self.thread.ident is not None and not self.thread.is_alive()

    def _run(self) -> None:
        wait, failing, worked_at = self._first, False, time.monotonic()
        try:
            while True:
                self._bell.wait(wait)
                if self._stopping.is_set():
                    return
                self._bell.clear()  # before the look: a ring during it means another one
                try:
                    if self._look():
                        worked_at = time.monotonic()
                    wait, failing = self._every, False
                except Exception as error:  # the database restarts, say
                    connections.close_all()
                    if not failing:
                        logger.warning("A look into the letterbox failed: %s", error, exc_info=True)
                    wait, failing = AFTER_ERROR, True
                if self._helps and (failing or time.monotonic() - worked_at > LEAVES_AFTER):
                    return
        finally:
            self._end()

    def _end(self) -> None:
        try:
            self._leave()
        except Exception as error:  # noqa: BLE001  leases cover what could not be said any more
            logger.warning("What was being sent could not be recorded at the end: %s", type(error).__name__)
        finally:
            close_connections()
            connections.close_all()


class Crew:
    """The threads of one channel: a few, and more of them while all are held up by receivers that hang."""

    def __init__(self, channel: str, *, threads: int, every: float, stopping: threading.Event) -> None:
        self._channel, self._every, self._stopping = channel, every, stopping
        self._hand: Held = Hand()
        self._base = [self._looker(number * every / threads) for number in range(threads)]
        self._helpers: list[Looker] = []
        self.looked_at: float | None = None  # when a look was last completed, monotonic

    def start(self) -> None:
        """Begin; returns at once."""
        for looker in self._base:
            looker.start()

    def wake(self) -> None:
        """Look now."""
        for looker in self.lookers:
            looker.wake()

    @property
    def lookers(self) -> Sequence[Looker]:
        """All of them."""
        return [*self._base, *self._helpers]

    def relieve(self, places: int) -> int:
        """When every thread is held up, bring in as many again, at most `places`. Returns how many are there now.

        Called by one thread, several times a second.
        """
        self._helpers = [looker for looker in self._helpers if not looker.ended]
        stuck, there = self._hand.stuck(STUCK), len(self._base) + len(self._helpers)
        if stuck >= there:
            for _ in range(min(there, MOST - there, places)):
                helper = self._looker(0.0, helps=True)
                self._helpers.append(helper)
                helper.start()
        elif stuck and self._hand.ready:
            self.wake()  # what lies ready must not wait for who is held up
        return len(self._base) + len(self._helpers)

    def _looker(self, first: float, *, helps: bool = False) -> Looker:
        return Looker(
            self._channel,
            self._look,
            every=self._every,
            stopping=self._stopping,
            first=first,
            helps=helps,
            leave=self._leave,
        )

    def _look(self) -> int:
        until = time.monotonic() + ONE_LOOK
        handled = deliver_due(
            self._channel, enough=lambda: self._stopping.is_set() or time.monotonic() > until, hand=self._hand
        )
        self.looked_at = time.monotonic()
        if self.looked_at > until:
            self.wake()
        return handled

    def _leave(self) -> None:
        if self._stopping.is_set():
            let_go(self._hand)
