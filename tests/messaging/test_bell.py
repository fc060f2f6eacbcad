"""The doorbell: once for each channel in a transaction, and harmless when the broker is gone or frozen."""

import socket
import time
from collections.abc import Iterator

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.db import transaction

from messaging import bell
from messaging.actions import post
from tests.messaging.conftest import Somebody

LINK = "https://tafel.example/k/abc"


@pytest.fixture(autouse=True)
def _not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell._Broker, "silent_until", 0.0)


def use_broker(url: str) -> Celery:
    app = Celery("bell", broker=url, set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    app.set_current()
    return app


@pytest.fixture
def broker() -> Iterator[None]:
    before = current_app._get_current_object()  # type: ignore[attr-defined]  # what the proxy stands for
    yield
    before.set_current()


def rings(app: Celery) -> list[str]:
    """The tasks that lie with the broker, taken away."""
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        found = []
        while queue.qsize():
            message = queue.get_nowait()
            found.append(message.payload[0][0])
            message.ack()
        return found


def test_one_ring_a_channel_however_many_messages(somebody: Somebody, broker: None) -> None:
    app = use_broker(settings.REDIS_URL)
    rings(app)
    users = [somebody() for _ in range(3)]
    with transaction.atomic():
        for user in users:
            post(kind="call_urgent", user=user, context={"link": LINK})
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            post(kind="call_urgent", user=users[0], context={"link": LINK})
            raise ZeroDivisionError
    assert sorted(rings(app)) == ["mail", "sms"]
    post(kind="call_urgent", user=users[0], context={"link": LINK})  # the next transaction rings anew
    assert sorted(rings(app)) == ["mail", "sms"]


def test_what_is_undone_or_for_later_rings_nobody(somebody: Somebody, broker: None) -> None:
    app = use_broker(settings.REDIS_URL)
    rings(app)
    user = somebody()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        made = post(kind="call_urgent", user=user, context={"link": LINK})
        raise ZeroDivisionError
    assert made
    post(kind="call_urgent", user=user, context={"link": LINK}, due_at=made.created_at.replace(year=2099))
    assert rings(app) == []


def test_a_dead_broker_costs_no_time(somebody: Somebody, broker: None, closed_port: int) -> None:
    use_broker(f"redis://127.0.0.1:{closed_port}/0")
    assert seconds_to_post(somebody) < 0.2


def test_a_frozen_broker_costs_no_time(somebody: Somebody, broker: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:  # accepts, and says nothing
        use_broker(f"redis://127.0.0.1:{frozen.getsockname()[1]}/0")
        assert seconds_to_post(somebody) < 0.3


def seconds_to_post(somebody: Somebody) -> float:
    """How long ten people's messages hold up a request after they were written (its commit and its rings)."""
    users = [somebody() for _ in range(10)]
    with transaction.atomic():
        for user in users:
            post(kind="call_urgent", user=user, context={"link": LINK})
        started = time.monotonic()
    return time.monotonic() - started
