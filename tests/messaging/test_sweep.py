"""The worker's own clock: sends without a broker, survives a lost database connection, stops tidily."""

import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from bondgenoten.local.network.running import RunningNetwork
from messaging.actions import post
from messaging.models import Delivery, WorkerSeen
from messaging.sweep import Sweep
from messaging.tasks import deliver
from tests.messaging.conftest import Somebody, worker_role, workers_in_new_threads

LINK = "https://tafel.example/k/abc"


@pytest.fixture
def sweep(transactional_db: None, phones: RunningNetwork) -> Iterator[Sweep]:
    running = Sweep(worker="test@here", threads=2, every=0.4)
    with workers_in_new_threads():
        running.start()
        yield running
        running.stop()
    assert not any(thread.is_alive() for thread in running._threads)


def soon(true: Callable[[], object], within: float = 5.0) -> float:
    """Wait until it is so; how long that took. Fails when it takes longer."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < within
        time.sleep(0.02)
    return time.monotonic() - started


def test_sends_without_a_bell(somebody: Somebody, sweep: Sweep, phones: RunningNetwork) -> None:
    user = somebody()
    post(kind="call_urgent", user=user, context={"link": LINK})
    assert soon(lambda: len(phones.messages()) == 2) < 2
    soon(lambda: WorkerSeen.objects.swept_within(5).filter(name="test@here").exists())


def test_outlives_its_database_connections(somebody: Somebody, sweep: Sweep, phones: RunningNetwork) -> None:
    user = somebody()
    soon(lambda: WorkerSeen.objects.swept_within(5).exists())
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where usename = 'worker' and datname = current_database()"
        )
        assert cursor.fetchone()[0] >= 3
    with worker_role(), connections["default"].cursor() as cursor:  # a role may end its own connections
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = 'worker' and datname = current_database() and pid <> pg_backend_pid()"
        )
    post(kind="call_urgent", user=user, context={"link": LINK})
    soon(lambda: len(phones.messages()) == 2)


def test_a_ring_wakes_it(somebody: Somebody, transactional_db: None, phones: RunningNetwork) -> None:
    slow = Sweep(worker="slow@here", threads=2, every=30)
    with workers_in_new_threads():
        slow.start()
        soon(WorkerSeen.objects.seen_within(5).filter(name="slow@here").exists)
        post(kind="call_urgent", user=somebody(by="sms"), context={"link": LINK})
        deliver("sms")
        assert soon(phones.messages) < 1
        started = time.monotonic()
        slow.stop()
    assert time.monotonic() - started < 2


def test_without_a_clock_the_task_sends_itself(somebody: Somebody, as_worker: None, phones: RunningNetwork) -> None:
    post(kind="call_urgent", user=somebody(by="sms"), context={"link": LINK})
    deliver("sms")
    assert Delivery.objects.get().state == "sent"
