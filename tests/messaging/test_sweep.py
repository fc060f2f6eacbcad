"""The worker's own clock: sends without a broker, survives a lost database connection, stops tidily."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from bondgenoten.local.network.running import RunningNetwork
from messaging import lookers
from messaging import sweep as sweeping
from messaging.actions import post
from messaging.models import Delivery, WorkerSeen
from messaging.sweep import Sweep, look_too
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
    assert not any(looker.thread.is_alive() for looker in running.lookers)


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


@contextlib.contextmanager
def sweeping_with(**looks: Callable[[], object]) -> Iterator[Sweep]:
    """A sweep of which the clock is too slow to matter, with these looks."""
    with pytest.MonkeyPatch.context() as patch, workers_in_new_threads():
        patch.setattr(sweeping, "_others", {})
        for name, look in looks.items():
            look_too(name, look)
        running = Sweep(worker="named@here", threads=2, every=30)
        running.start()
        try:
            yield running
        finally:
            running.stop()


def test_what_was_brought_is_woken_by_its_name(transactional_db: None) -> None:
    looked: list[float] = []
    with sweeping_with(incoming=lambda: looked.append(time.monotonic())):
        soon(lambda: len(looked) == 1)
        deliver("incoming")
        soon(lambda: len(looked) == 2, within=1)
        deliver("something else")  # nobody brought it: harmless


def test_without_a_clock_the_task_looks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(sweeping, "_others", {"incoming": lambda: looked.append("here")})
    deliver("incoming")
    assert looked == ["here"]


def test_a_round_is_complete_when_everything_was_looked_at(transactional_db: None) -> None:
    """A look that never ends, or always fails, is seen by /health/: the round is not complete."""
    held = threading.Event()
    with sweeping_with(calls=held.wait) as running:
        soon(WorkerSeen.objects.seen_within(5).filter(name="named@here").exists)
        soon(lambda: all(crew.looked_at for crew in running._crews.values()))
        with worker_role():
            running._tick()
            assert WorkerSeen.objects.get().swept_at is None
            held.set()
            soon(lambda: running._looked_at.get("calls"))
            running._tick()
            assert WorkerSeen.objects.get().swept_at


def test_a_look_that_fails_goes_on_and_completes_no_round(transactional_db: None) -> None:
    tried: list[int] = []

    def fail() -> None:
        tried.append(1)
        raise ZeroDivisionError

    with sweeping_with(calls=fail) as running:
        soon(lambda: len(tried) > 1)
        assert "calls" not in running._looked_at


def test_receivers_that_hang_delay_nobody_else(
    somebody: Somebody, phones: RunningNetwork, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More hang than there are threads: others come to help within a second, and go when all is well."""
    settings.MAIL_TIMEOUT = 4
    monkeypatch.setattr(lookers, "LEAVES_AFTER", 0.5)
    hanging, last = [somebody(by="mail") for _ in range(5)], somebody(by="mail")
    for user in hanging:
        phones.command_channel("hang", channel="mail", to=user.email, seconds=4)
    running = Sweep(worker="hung@here", threads=2, every=0.2)
    with workers_in_new_threads():
        running.start()
        try:
            for user in (*hanging, last):
                post(kind="call_urgent", user=user, context={"link": LINK}, urgent=True)
            running.wake("mail")
            assert soon(lambda: phones.messages(to=last.email)) < 2  # twice "all are held up", and the sending
            assert len(running._crews["mail"].lookers) > 2
            assert len(running._crews["sms"].lookers) == 2
            soon(lambda: len(running._crews["mail"].lookers) == 2, within=15)
        finally:
            running.stop()


def test_a_crew_has_an_end(transactional_db: None) -> None:
    held_up = dict.fromkeys(range(99), 0.0)  # everybody, since long
    with sweeping_with() as running:
        mail, sms = running._crews["mail"], running._crews["sms"]
        mail._hand._calls.update(held_up)
        soon(lambda: len(mail.lookers) == lookers.MOST)
        sms._hand._calls.update(held_up)
        soon(lambda: sum(len(crew.lookers) for crew in running._crews.values()) == sweeping.PLACES)
        time.sleep(3 * sweeping.WATCH)  # nobody comes any more
        assert len(mail.lookers) == lookers.MOST
        assert sum(len(crew.lookers) for crew in running._crews.values()) == sweeping.PLACES


def test_a_stopped_sweep_leaves_nothing_claimed(somebody: Somebody, sweep: Sweep, phones: RunningNetwork) -> None:
    phones.command_channel("slow", seconds=0.1)
    users = [somebody() for _ in range(10)]
    for user in users:
        post(kind="call_urgent", user=user, context={"link": LINK})
    soon(phones.messages)
    sweep.stop()
    with worker_role():
        assert set(Delivery.objects.values_list("state", flat=True)) <= {"due", "sent"}
        assert Delivery.objects.filter(state="sent").count() == len(phones.messages())
