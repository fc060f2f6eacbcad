"""Things that happen a moment later: a receipt, the end of the ringing."""

import heapq
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

THREADS = 6  # the site on the other side has eight


class Later:
    """One clock and a few threads that do what is due."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="later")
        threading.Thread(target=self._tick, daemon=True).start()

    def after(self, seconds: float, job: Callable[[], object]) -> None:
        """Do `job` in a thread, `seconds` from now. What it raises is printed: nobody waits for it."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), job))
            self._changed.notify()

    def forget(self) -> None:
        """Do nothing of what was planned."""
        with self._changed:
            self._due.clear()

    def _tick(self) -> None:
        while True:
            with self._changed:
                while not self._due or self._due[0][0] > time.monotonic():
                    self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
                _, _, job = heapq.heappop(self._due)
            try:
                self._pool.submit(_do, job)
            except RuntimeError:  # the process is ending
                return


def _do(job: Callable[[], object]) -> None:
    try:
        job()
    except Exception:  # noqa: BLE001 -- one failure must not end the thread, and must be seen
        traceback.print_exc()
