"""Which provider goes first."""

from collections.abc import Iterator
from typing import Any

import pytest

from messaging import breaker


@pytest.fixture(autouse=True)
def two_providers(settings: Any) -> Iterator[None]:
    settings.SMS_PROVIDERS = ["notify", "twilio"]
    breaker.all_work()
    yield
    breaker.all_work()


class Clock:
    """A monotonic clock that the test moves."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("messaging.breaker.time", made)
    return made


def test_the_order_of_the_settings(clock: Clock):
    assert breaker.in_order("sms") == ("notify", "twilio")


def test_who_failed_rests_for_a_while_and_who_works_does_not(clock: Clock):
    breaker.rest("sms", "notify")
    assert breaker.in_order("sms") == ("twilio", "notify")
    clock.now += breaker.RESTS + 1
    assert breaker.in_order("sms") == ("notify", "twilio")
    breaker.rest("sms", "notify")
    breaker.works("sms", "notify")
    assert breaker.in_order("sms") == ("notify", "twilio")


def test_who_keeps_somebody_waiting_is_doubted_before_it_fails(clock: Clock):
    with breaker.asking("sms", "notify"):
        assert breaker.in_order("sms") == ("notify", "twilio")
        clock.now += breaker.DOUBTED_AFTER + 0.1
        assert breaker.in_order("sms") == ("twilio", "notify")
        assert breaker.in_order("mail") == ("smtp",)
    assert breaker.in_order("sms") == ("notify", "twilio")


def test_one_slow_call_says_nothing_while_others_come_back_well(clock: Clock):
    with breaker.asking("sms", "notify"):
        clock.now += 3
        breaker.works("sms", "notify")
        assert breaker.in_order("sms") == ("notify", "twilio")
