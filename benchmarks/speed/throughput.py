"""A thousand first sends, three ways: ours, a bare loop over the same bytes, a plain `send_mail` in a Celery task."""

import os
import signal
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
from celery import Celery
from django.utils import timezone

from alliances.models import User
from bondgenoten.local.running import Running
from messaging.actions import post
from messaging.channels import Parcel, close_connections, send
from messaging.models import Channel, Payload
from tests import environment
from tests.acting import as_worker
from tests.fleet import Fleet, eventually
from tests.make import make_user

from . import plain as plainly
from .sink import Sink

CALLS, PEOPLE = 100, 10
DUE = """
    with due as (update messaging_delivery set due_at = statement_timestamp() where state = 'due' returning due_at)
    select max(due_at) from due
"""
WAITING = "select count(*) from messaging_delivery where state <> 'sent'"


def make_people() -> list[User]:
    """Who gets the mails: a thousand people with an address."""
    return [make_user(by=["mail"]) for _ in range(CALLS * PEOPLE)]


def ours(fleet: Fleet, people: Sequence[User]) -> float:
    """Mails a second: from the moment that a thousand frozen messages are due until the last is recorded as sent."""
    with psycopg.connect(environment.server_url(database=fleet.database), autocommit=True) as link:
        link.execute("truncate messaging_message cascade")
        _write(people)
        link.execute("vacuum analyze messaging_delivery, messaging_payload, messaging_message")
        began = link.execute(DUE).fetchone()
        fleet.ring("messaging.tasks.deliver", Channel.MAIL)
        eventually(lambda: link.execute(WAITING).fetchone() == (0,), within=60, what="a thousand mails sent")
        ended = link.execute("select max(sent_at) from messaging_delivery").fetchone()
    assert began
    assert ended
    return len(people) / float((ended[0] - began[0]).total_seconds())


def _write(people: Sequence[User]) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    context = {"link": "https://tafel.example/k/abcdefghijkl/"}
    with as_worker():
        for person in people:
            post(
                kind="call_urgent", user=person, context=context, urgent=True, channels=[Channel.MAIL], due_at=tomorrow
            )


def bare_loop() -> float:
    """Mails a second when one loop hands the same frozen bytes to the same sink over the same kind of connection."""
    with as_worker():
        parcels = [
            Parcel(reference=payload.pk, address=payload.address, content=bytes(payload.content))
            for payload in Payload.objects.all()
        ]
    began = time.perf_counter()
    for parcel in parcels:
        send(Channel.MAIL, "smtp", parcel)
    took = time.perf_counter() - began
    close_connections()
    return len(parcels) / took


@contextmanager
def plain_worker(folder: Path, broker: str, sink: Sink) -> Generator[Running, None, None]:
    """A Celery worker of two processes whose task is nothing but `send_mail`."""
    log = folder / "plain.log"
    words = [sys.executable, "-m", "celery", "-A", plainly.__name__, "worker", "-P", "prefork", "-c", "2"]
    running = Running(
        [*words, "--hostname", "plain@bench", "--loglevel", "INFO"],
        ready=lambda: log.exists() and "plain@bench ready" in log.read_text(),
        log=log,
        patience=60,
        env=os.environ | {"REDIS_URL": broker, "EMAIL_URL": sink.url},
        cwd=environment.ROOT,
    )
    try:
        yield running
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.kill()


def plain(worker: Running, broker: str, sink: Sink) -> float:
    """Mails a second of plain tasks; a thousand are in the queue before the worker may begin."""
    before, number = sink.taken, CALLS * PEOPLE
    os.killpg(worker.pid, signal.SIGSTOP)
    with Celery(broker=broker, set_as_current=False) as queue:
        for index in range(number):
            address = f"persoon{index}@voorbeeld.example"
            queue.send_task(plainly.TASK, args=[address], queue=plainly.QUEUE, ignore_result=True)
    os.killpg(worker.pid, signal.SIGCONT)
    began = time.perf_counter()
    eventually(lambda: sink.taken - before >= number, within=60, what="a thousand plain mails")
    return number / (time.perf_counter() - began)
