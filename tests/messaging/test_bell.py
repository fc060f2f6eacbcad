"""The doorbell: once for each channel in a transaction, and harmless when the broker is gone or frozen."""

import base64
import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import Celery, current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alliances.models import User
from messaging import bell
from messaging.actions import post
from tests.messaging.conftest import Somebody

LINK = "https://tafel.example/k/abc"


@pytest.fixture(autouse=True)
def _not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell._Broker, "silent_until", 0.0)


def use_broker(url: str) -> None:
    app = Celery("bell", broker=url, set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    app.set_current()


@pytest.fixture
def broker() -> Iterator[None]:
    before = current_app._get_current_object()  # type: ignore[attr-defined]  # what the proxy stands for
    yield
    before.set_current()


def rings() -> list[str]:
    """The channels that were rung for, taken away from the broker."""
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        waiting = [json.loads(task) for task in broker.lrange("celery", 0, -1)]
        broker.delete("celery")
    return sorted(json.loads(base64.b64decode(task["body"]))[0][0] for task in waiting)


def call(user: User, **more: Any) -> None:
    assert post(kind="call_urgent", user=user, context={"link": LINK}, **more)


def call_and_undo(user: User) -> None:
    with transaction.atomic():
        call(user)
        raise ZeroDivisionError


def test_one_ring_a_channel_however_many_messages(somebody: Somebody, broker: None) -> None:
    use_broker(settings.REDIS_URL)
    rings()
    users = [somebody() for _ in range(3)]
    with transaction.atomic():
        for user in users:
            call(user)
        with pytest.raises(ZeroDivisionError):
            call_and_undo(users[0])
    assert rings() == ["mail", "sms"]
    call(users[0])  # the next transaction rings anew
    assert rings() == ["mail", "sms"]


def test_what_is_undone_or_for_later_rings_nobody(somebody: Somebody, broker: None) -> None:
    use_broker(settings.REDIS_URL)
    rings()
    user = somebody()
    with pytest.raises(ZeroDivisionError):
        call_and_undo(user)
    call(user, due_at=timezone.now() + timedelta(hours=1))
    assert rings() == []


def test_a_dead_broker_costs_no_time(somebody: Somebody, broker: None, closed_port: int) -> None:
    use_broker(f"redis://127.0.0.1:{closed_port}/0")
    assert seconds_to_post(somebody) < 0.2


def test_a_frozen_broker_costs_no_time(somebody: Somebody, broker: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:  # accepts, and says nothing
        use_broker(f"redis://127.0.0.1:{frozen.getsockname()[1]}/0")
        assert seconds_to_post(somebody) < 0.2


def seconds_to_post(somebody: Somebody) -> float:
    """How long ten people's messages hold up a request after they were written (its commit and its rings)."""
    users = [somebody() for _ in range(10)]
    with transaction.atomic():
        for user in users:
            call(user)
        started = time.monotonic()
    return time.monotonic() - started
