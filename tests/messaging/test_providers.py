"""Who sends: the next provider when one fails, the next way when all refuse, and what a refusal changes."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from bondgenoten.local.network.running import RunningNetwork
from messaging.actions import deliver_due
from messaging.attempts import Next, Tried, next_try
from messaging.channels import CARRIERS, ChannelError, Parcel, Receipt
from messaging.models import Delivery, Message
from tests.messaging.conftest import Somebody, call, worker_role

State = Delivery.State


def attempts() -> list[tuple[str, str, str]]:
    rows = Delivery.objects.order_by("payload__position", "attempt")
    return list(rows.values_list("channel", "provider", "state"))


@pytest.fixture
def two_ways(phones: RunningNetwork, settings: Any) -> RunningNetwork:
    settings.SMS_PROVIDERS = ["notify", "twilio"]
    return phones


def test_a_dead_provider_is_followed_by_the_other_at_once_and_rests(
    somebody: Somebody, two_ways: RunningNetwork, as_worker: None
) -> None:
    two_ways.command_channel("refuse", channel="sms", provider="notify", code=500)
    call(somebody(by="sms"))
    started = time.monotonic()
    assert deliver_due("sms") == 2
    assert time.monotonic() - started < 5
    assert attempts() == [("sms", "notify", "failed"), ("sms", "twilio", "sent")]
    assert not Delivery.objects.filter(permanent=True).exists()
    call(somebody(by="sms"))
    assert deliver_due("sms") == 1  # the first one rests
    assert attempts()[-1] == ("sms", "twilio", "sent")
    assert len(two_ways.messages(channel="sms")) == 2


def test_when_every_provider_failed_they_are_tried_again_later(
    somebody: Somebody, two_ways: RunningNetwork, as_worker: None
) -> None:
    two_ways.command_channel("refuse", channel="sms", code=500)
    call(somebody(by="sms"))
    assert deliver_due("sms") == 2
    again = Delivery.objects.get(state=State.DUE)
    assert (again.attempt, again.provider) == (3, "")
    assert timedelta(seconds=3) < again.due_at - Delivery.objects.get(attempt=2).failed_at < timedelta(seconds=6)  # type: ignore[operator]


def test_refused_by_all_calls_the_reserve_in_the_same_commit(
    somebody: Somebody, two_ways: RunningNetwork, as_worker: None
) -> None:
    two_ways.command_channel("refuse", channel="sms", code=400)
    user = somebody()
    call(user, channels=["sms"], reserve=["mail"])
    deliver_due("sms")
    assert attempts() == [("sms", "notify", "failed"), ("sms", "twilio", "failed"), ("mail", "", "due")]
    assert list(Delivery.objects.filter(channel="sms").order_by("attempt").values_list("refused", "permanent")) == [
        (True, False),
        (True, True),
    ]
    point = user.contact_points.get(kind="mobile")
    assert point.failed_at
    assert point.failure
    deliver_due("mail")
    assert len(two_ways.messages(channel="mail")) == 1
    assert user.contact_points.get(kind="email").tried_at


def test_a_cancelled_message_calls_no_reserve(somebody: Somebody, phones: RunningNetwork, as_worker: None) -> None:
    user = somebody()
    message = call(user, channels=["sms"], reserve=["mail"])
    phones.command_channel("refuse", channel="sms", code=400)
    real = CARRIERS["sms", "notify"]

    def cancelled_meanwhile(parcel: Parcel) -> Receipt:
        Message.objects.filter(pk=message.pk).update(cancelled_at=Now())
        return real(parcel)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CARRIERS, ("sms", "notify"), cancelled_meanwhile)
        deliver_due("sms")
    assert attempts() == [("sms", "notify", "failed")]


def test_no_provider_is_a_failure_that_shows(somebody: Somebody, phones: RunningNetwork, settings: Any) -> None:
    call(somebody(), channels=["sms"], reserve=["mail"])
    settings.SMS_PROVIDERS = []
    with worker_role():
        deliver_due("sms")
        assert attempts() == [("sms", "", "failed"), ("mail", "", "due")]
        assert Delivery.objects.get(state=State.FAILED).error == "no provider carries this channel"


def test_who_texted_stop_gets_no_sms_and_the_next_in_reserve(
    somebody: Somebody, phones: RunningNetwork, as_worker: None
) -> None:
    user = somebody()
    call(user, channels=["sms"], reserve=["mail"])
    user.contact_points.filter(kind="mobile").update(stopped_at=Now())
    deliver_due("sms")
    assert attempts() == [("sms", "notify", "failed"), ("mail", "", "due")]
    assert not phones.messages(channel="sms")


def test_a_carrier_that_says_stop_is_believed(somebody: Somebody, phones: RunningNetwork, as_worker: None) -> None:
    user = somebody(by="sms")
    call(user)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CARRIERS, ("sms", "notify"), raising(ChannelError("21610", stopped=True)))
        deliver_due("sms")
    assert user.contact_points.get().stopped_at
    assert attempts() == [("sms", "notify", "failed")]


def raising(error: ChannelError) -> Any:
    def send(_parcel: Parcel) -> Receipt:
        raise error

    return send


def test_a_push_subscription_that_is_gone_is_forgotten(
    somebody: Somebody, phones: RunningNetwork, as_worker: None
) -> None:
    user = somebody()
    user.contact_points.create(
        kind="push",
        address="https://push.example/1",
        keys={"p256dh": "x", "auth": "y"},
        verified_at=Now(),
        may_message=True,
    )
    call(user, channels=["push"], reserve=["mail"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CARRIERS, ("push", "push"), raising(ChannelError("410", gone=True)))
        deliver_due("push")
    assert attempts() == [("push", "push", "failed"), ("mail", "", "due")]
    assert not user.contact_points.filter(kind="push").exists()


@pytest.mark.parametrize(
    ("tried", "follows"),
    [
        ([], Next("a", 0)),
        ([("a", False)], Next("b", 0)),
        ([("b", False)], Next("a", 0)),  # the first one rested
        ([("a", False), ("b", False)], Next("", 1)),
        ([("a", False), ("b", False), ("a", False)], Next("b", 0)),
        ([("a", True)], Next("b", 0)),
        ([("a", True), ("b", False)], Next("b", 1)),
        ([("a", False), ("b", True)], Next("a", 1)),
        ([("a", True), ("b", True)], None),
        ([("a", False), ("b", False), ("a", True), ("b", True)], None),
        ([("gone", False)], Next("a", 0)),
    ],
)
def test_who_tries_next(tried: list[tuple[str, bool]], follows: Next | None) -> None:
    assert next_try(("a", "b"), [Tried(*one) for one in tried]) == follows
