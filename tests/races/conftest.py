"""Real connections that do something at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from alliances.actor import set_actor
from alliances.models import User

Outcome = Any  # what the contender returned, or the exception it raised
Compete = Callable[[int, Callable[[int], Any]], list[Outcome]]

PATIENCE = 30  # seconds; a deadlock must not hold up the suite


@pytest.fixture
def compete(transactional_db: None) -> Compete:
    """`compete(n, attempt)`: run attempt(0) to attempt(n-1), each in a thread with a connection of its own, at once."""
    return _compete


def _compete(contenders: int, attempt: Callable[[int], Any]) -> list[Outcome]:
    start = threading.Barrier(contenders, timeout=PATIENCE)
    outcomes: list[Outcome] = [None] * contenders

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            outcomes[number] = attempt(number)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the outcome
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number], daemon=True) for number in range(contenders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody still waits for somebody"
    return outcomes


def in_request_of(user: User, act: Callable[[], Any]) -> Any:
    """Do what a request does: one transaction, acting as this person."""
    with transaction.atomic():
        set_actor("person", user_id=user.pk)
        return act()


def winners(outcomes: list[Outcome]) -> list[Outcome]:
    """What those returned who were not refused."""
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)]


def losers(outcomes: list[Outcome]) -> list[Exception]:
    """The exceptions of the others."""
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]
