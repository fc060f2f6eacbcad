"""People to write to, a phone network to write to them through, and the database as a worker in any thread."""

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections

from alliances.models import User
from bondgenoten.local.network.running import RunningNetwork
from messaging import breaker
from messaging.actions import post
from messaging.channels import close_connections
from messaging.models import Delivery, Message
from tests.make import make_user

Somebody = Callable[..., User]
LINK = "https://tafel.example/k/abcdefghijklm"


@pytest.fixture
def somebody(transactional_db: None) -> Somebody:
    """Make a person who is reached by mail, SMS or both (`by`), in rows that other connections see."""
    numbers = itertools.count(1)

    def make(*, by: str = "mail sms", word: str = "", name: str = "Fatima", language: str = "nl") -> User:
        ways, number = by.split(), next(numbers)
        user = make_user(
            name,
            by=ways,
            language=language,
            recognition_word=word or f"merel{number}",
            email=f"lezer{number}@voorbeeld.example" if "mail" in ways or not ways else None,
        )
        if not ways:
            with worker_role():
                user.contact_points.all().delete()
        return user

    return make


def call(user: User, **more: Any) -> Message:
    """Post an urgent call to somebody; `more` as `post` takes it."""
    message = post(kind="call_urgent", user=user, context={"link": LINK}, urgent=more.pop("urgent", True), **more)
    assert message
    return message


def states(channel: str) -> list[str]:
    """The states of all attempts by a channel, first to last."""
    return list(Delivery.objects.filter(channel=channel).order_by("attempt").values_list("state", flat=True))


@contextlib.contextmanager
def worker_role() -> Iterator[None]:
    """Within it, this thread's database connection is that of a Celery worker, in transactions of its own."""
    web = connections["default"]
    worker = web.copy("default")
    worker.settings_dict["USER"] = "worker"
    connections["default"] = worker
    try:
        yield
    finally:
        worker.close()
        connections["default"] = web


@contextlib.contextmanager
def workers_in_new_threads() -> Iterator[None]:
    """Within it, threads that begin connect as a Celery worker; this thread stays who it is."""
    here = connections["default"]
    here.ensure_connection()
    role, here.settings_dict["USER"] = here.settings_dict["USER"], "worker"
    try:
        yield
    finally:
        here.settings_dict["USER"] = role


@pytest.fixture
def as_worker(transactional_db: None) -> Iterator[None]:
    with worker_role():
        yield


def together(*jobs: Callable[[], object]) -> None:
    """Run these at the same moment, each in a thread with a connection of its own, and wait for all."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        try:
            start.wait(5)
            job()
        finally:
            close_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def phones(network: RunningNetwork, settings: Any) -> RunningNetwork:
    """The pretend phone network, one provider a channel, and channels that wait for it no longer than a second."""
    settings.MAIL_TIMEOUT = settings.SMS_TIMEOUT = settings.VOICE_TIMEOUT = settings.PUSH_TIMEOUT = 1
    settings.MAIL_PROVIDERS, settings.SMS_PROVIDERS = ["smtp"], ["notify"]
    return network


@pytest.fixture(autouse=True)
def _nobody_rests() -> Iterator[None]:
    """What failed in one test must not rest in the next."""
    breaker.all_work()
    yield
    breaker.all_work()


@pytest.fixture
def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
