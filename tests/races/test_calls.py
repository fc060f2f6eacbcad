"""One open call for a signal, each step once, each message once."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from alliances.actor import set_actor
from alliances.policy import Refused
from messaging.actions import post
from messaging.models import Delivery, Message
from signals.actions import raise_signal, stop, take_due_steps
from signals.models import Call, CallEvent, CallStep, TensionSignal
from tests.acting import as_worker
from tests.make import make_alliance, make_call, make_signal, make_user, members
from tests.races.conftest import Compete, in_request_of, losers, winners


def urgent(alliance: Any, seat: Any, key: uuid.UUID | None = None) -> TensionSignal:
    return raise_signal(
        alliance=alliance,
        by=seat,
        text="Een groep staat voor de moskee te schreeuwen.",
        place="Bij het plein",
        when="nu",
        certainty="seen",
        level="urgent",
        moment="now",
        key=key,
    )


def test_two_calls_for_one_signal(compete: Compete):
    signal = make_signal(make_alliance(members=4), level="urgent")
    outcomes = compete(8, lambda _n: make_call(signal))
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, IntegrityError) and "one_open_call" in str(loser) for loser in losers(outcomes))


def test_a_tap_too_many_is_one_signal_and_one_call(compete: Compete):
    alliance = make_alliance(members=10)
    seat = members(alliance)[4]
    key = uuid.uuid4()
    outcomes = compete(6, lambda _n: in_request_of(seat.user, lambda: urgent(alliance, seat, key)))
    assert {getattr(outcome, "uuid", outcome) for outcome in outcomes} == {key}
    with as_worker():
        assert Call.objects.count() == 1
        assert Message.objects.filter(kind="call_urgent").count() == 9


def test_two_stop_one_call(compete: Compete):
    alliance = make_alliance(members=4)
    seats = members(alliance)
    in_request_of(seats[0].user, lambda: urgent(alliance, seats[0]))
    with as_worker():
        call = Call.objects.get()

    def end(number: int) -> None:
        seat = seats[number]
        return in_request_of(seat.user, lambda: stop(call=Call.objects.get(pk=call.pk), by=seat))

    outcomes = compete(4, end)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes


def test_eight_clocks_take_each_step_once(compete: Compete):
    alliance = make_alliance(members=10)
    seat = members(alliance)[4]
    in_request_of(seat.user, lambda: urgent(alliance, seat))
    with as_worker():
        CallStep.objects.update(due_at=Now())

    def tick(_number: int) -> int:
        with as_worker():
            return take_due_steps()

    outcomes = compete(8, tick)
    assert sum(winners(outcomes)) == 4, outcomes
    with as_worker():
        assert set(CallStep.objects.values_list("state", flat=True)) == {"taken"}
        assert Message.objects.filter(kind="call_urgent_again").count() == 9
        assert Message.objects.filter(kind="call_list_open").count() == 10
        skipped = CallEvent.objects.filter(kind="skipped").values_list("step", "recipient", "way", "why")
        assert len(skipped) == len(set(skipped))


def test_twenty_write_the_same_message(compete: Compete):
    user = make_user()

    def write(_number: int) -> Message | None:
        with transaction.atomic():
            set_actor("person", user_id=user.pk)
            return post(kind="call_enough", user=user, context={}, dedupe_key="the same")

    outcomes = compete(20, write)
    assert not losers(outcomes), outcomes
    assert len([message for message in outcomes if message]) == 1
    with as_worker():
        assert Message.objects.count() == 1
        assert Delivery.objects.count() == 2  # mail and SMS
