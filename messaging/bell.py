"""The doorbell: tells a worker that something lies in the letterbox. Without it the workers look by themselves."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable

import kombu.transport.redis  # noqa: F401  now, and not half a second long in the first request that rings
from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

TASK = "messaging.tasks.deliver"
STALE = 60  # seconds after which a ring is of no use: the clock has looked by then
QUIET = 2.0  # seconds without ringing after the broker did not answer, so that no request waits for it twice

_numbers = itertools.count()


class _Rung(threading.local):
    """Per thread: the number at which each channel was last rung."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}


class _Broker:
    """Per process: until when the broker is left alone (monotonic seconds)."""

    silent_until = 0.0


_rung = _Rung()
_ears: list[Callable[[str], bool]] = []


def hear(wake: Callable[[str], bool]) -> None:
    """Have `wake` hear every ring of this process first. Says it that somebody here looks, no broker is needed: what a
    worker writes, its own threads send, and none of them ever waits for a broker that hangs.
    """
    if wake not in _ears:
        _ears.append(wake)


def ring_on_commit(channels: Iterable[str]) -> None:
    """Ring these channels once the transaction is committed: once for each channel, however many messages it wrote."""
    for channel in channels:
        number = next(_numbers)
        transaction.on_commit(lambda channel=channel, number=number: _ring(channel, number), robust=True)  # type: ignore[misc]  # defaults bind the loop's values


def _ring(channel: str, number: int) -> None:
    # All rings of one transaction come one after another in one thread. Rows announced before the last ring of this
    # channel were committed with it, so that ring told of them too.
    if any(wake(channel) for wake in _ears):
        return
    if number < _rung.at.get(channel, -1) or time.monotonic() < _Broker.silent_until:
        return
    _rung.at[channel] = next(_numbers)
    try:
        current_app.send_task(TASK, args=[channel], retry=False, expires=STALE, ignore_result=True)
    except Exception as error:  # noqa: BLE001  whatever the client throws: the row is the truth, a ring only hastens
        _Broker.silent_until = time.monotonic() + QUIET
        logger.warning("The broker does not answer (%s); the workers' clocks deliver", type(error).__name__)
