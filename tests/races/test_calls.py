"""One open call for a signal, each step once, each message once."""

import threading
import time
import uuid
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from alliances.actor import set_actor
from alliances.models import Membership
from alliances.policy import Refused
from messaging.actions import post
from messaging.models import Delivery, Incoming, Message
from signals.actions import answer, practise, raise_signal, stop, take_due_steps, take_reply
from signals.models import Answer, Call, CallEvent, CallRecipient, CallStep, TensionSignal
from signals.quorum import quorum
from tests.acting import as_worker
from tests.make import make_alliance, make_call, make_incoming, make_signal, make_stand_in, make_user, members
from tests.races.conftest import PATIENCE, Compete, in_request_of, losers, winners


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


# --- Answers while the ladder is climbed ---------------------------------------------------------------------------


def called(size: int = 10) -> tuple[Call, list[Membership]]:
    """A call that runs at a table of this size, made by the fifth."""
    alliance = make_alliance(members=size)
    seats = members(alliance)
    in_request_of(seats[min(4, size - 1)].user, lambda: urgent(alliance, seats[min(4, size - 1)]))
    with as_worker():
        return Call.objects.get(alliance=alliance), seats


def tell(call: Call, seat: Membership, value: str) -> Any:
    def act() -> Any:
        recipient = CallRecipient.objects.select_related("call__alliance", "membership").get(
            call=call, membership=seat, stands_in=False
        )
        return answer(recipient=recipient, value=value, via="site", by=seat)

    return in_request_of(seat.user, act)


def climb(_number: int = 0) -> int:
    with as_worker():
        return take_due_steps()


def due_now(**which: Any) -> None:
    with as_worker():
        CallStep.objects.filter(state="due", **which).update(due_at=Now())


def until_waiting_or(done: threading.Event) -> None:
    """Wait until some connection of this database waits for a lock of another, or `done` is set."""
    asked = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not done.is_set():
        with connection.cursor() as cursor:
            cursor.execute(asked)
            if cursor.fetchone() != (0,):
                return


def test_an_answer_while_the_next_step_is_claimed(compete: Compete):
    """The answer is given and not yet committed when the step is taken: the step waits for it, and asks the others."""
    call, seats = called()
    due_now(call=call, position=1)
    said, climbed = threading.Event(), threading.Event()

    def act(number: int) -> Any:
        if number:
            said.wait(PATIENCE)
            try:
                return climb()
            finally:
                climbed.set()

        def say() -> None:
            recipient = CallRecipient.objects.select_related("call__alliance").get(call=call, membership=seats[0])
            answer(recipient=recipient, value="seen", via="site", by=seats[0])
            said.set()
            until_waiting_or(climbed)

        return in_request_of(seats[0].user, say)

    outcomes = compete(2, act)
    assert outcomes == [None, 1]
    with as_worker():
        asked = Message.objects.filter(kind="call_urgent_again").values_list("user", flat=True)
        assert seats[0].user_id not in asked
        assert len(asked) == 8


def test_a_step_while_the_answer_comes(compete: Compete):
    """The step has written its messages and is not yet committed when the answer comes: they are stopped by it."""
    call, seats = called()
    due_now(call=call, position=1)
    climbed, said = threading.Event(), threading.Event()

    def act(number: int) -> Any:
        if number:
            climbed.wait(PATIENCE)
            try:
                return tell(call, seats[0], "seen").value
            finally:
                said.set()
        with transaction.atomic():
            taken = climb()
            climbed.set()
            until_waiting_or(said)
            return taken

    assert compete(2, act) == [1, "seen"]
    with as_worker():
        mine = Delivery.objects.filter(message__user=seats[0].user, message__kind="call_urgent_again")
        assert [delivery.state for delivery in mine] == ["cancelled"]


def test_two_answers_at_once_are_both_kept(compete: Compete):
    call, seats = called()
    outcomes = compete(6, lambda n: tell(call, seats[0], ("coming", "cannot", "seen")[n % 3]))
    assert not losers(outcomes), outcomes
    with as_worker():
        said = (
            Answer.objects.filter(recipient__membership=seats[0]).order_by("at", "pk").values_list("value", flat=True)
        )
        assert {"coming", "cannot", "seen"} <= {*said}
        assert all(one != two for one, two in pairwise(said))  # a tap too many is none


@pytest.mark.parametrize("_round", range(3))
def test_quorum_reached_and_lost_at_once(compete: Compete, _round: int):
    """Whatever the order, what is written down ends as the answers are, and every change of it is told once."""
    call, seats = called(3)
    tell(call, seats[0], "coming")
    outcomes = compete(6, lambda n: tell(call, seats[n % 2], ("coming", "cannot")[n // 3]) if n % 3 < 2 else climb())
    assert not losers(outcomes), outcomes
    climb()
    climb()
    with as_worker():
        people = CallRecipient.objects.filter(call=call).with_answer().select_related("membership")
        coming = [one.membership.role for one in people if getattr(one, "answer", "") == "coming"]
        call.refresh_from_db()
        assert quorum(call.needed, coming).enough is (call.enough_at is not None)
        kinds = list(CallEvent.objects.filter(call=call, kind__in=["enough", "short"]).values_list("kind", flat=True))
    assert all(one != two for one, two in pairwise(kinds)), kinds
    assert kinds[:1] in ([], ["enough"])


def test_eight_watchers_say_enough_once_and_call_one_stand_in(compete: Compete):
    call, seats = called(4)
    with as_worker():
        Delivery.objects.update(state="sent", sent_at=Now())
    for seat in seats[:3]:
        tell(call, seat, "coming")
    assert not losers(compete(8, climb))
    with as_worker():
        assert CallEvent.objects.filter(call=call, kind="enough").count() == 1

    colleague = make_user()
    alliance = make_alliance(members=4)
    people = members(alliance)
    make_stand_in(alliance, agreed_by=people[2], user=colleague)
    in_request_of(people[3].user, lambda: urgent(alliance, people[3]))
    with as_worker():
        second = Call.objects.get(alliance=alliance)
    tell(second, people[0], "cannot")
    due_now(call=second, position=4)
    assert not losers(compete(8, climb))
    with as_worker():
        assert Message.objects.filter(kind="call_stand_in").count() == 1
        assert CallEvent.objects.filter(call=second, kind="stand_in").count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_stopping_while_stepping(compete: Compete, _round: int):
    """Either the step is taken and its messages are stopped with the call, or it is not taken at all."""
    call, seats = called()
    due_now(call=call)

    def act(number: int) -> Any:
        if number:
            return climb()
        return in_request_of(seats[0].user, lambda: stop(call=Call.objects.get(pk=call.pk), by=seats[0]))

    outcomes = compete(4, act)
    assert not losers(outcomes), outcomes
    climb()
    with as_worker():
        asks = Delivery.objects.filter(message__about=call.uuid, state="due").exclude(message__kind="call_not_needed")
        assert not asks.exists()
        assert not CallStep.objects.filter(call=call, state="due").exists()


def test_two_text_messages_at_once(compete: Compete):
    call, seats = called()
    incoming = [make_incoming("1", seats[0].user), make_incoming("2", seats[0].user)]

    def read(number: int) -> Any:
        with as_worker():
            return take_reply(Incoming.objects.select_for_update(no_key=True).get(pk=incoming[number % 2].pk))

    outcomes = compete(4, read)
    assert outcomes == ["answer"] * 4
    with as_worker():
        assert sorted(Answer.objects.exclude(incoming=None).values_list("value", flat=True)) == ["cannot", "coming"]
        assert not Delivery.objects.filter(message__user=seats[0].user, message__about=call.uuid, state="due").exists()


def test_two_practices_at_once(compete: Compete):
    alliance = make_alliance(members=4)
    seats = members(alliance)

    def begin(number: int) -> TensionSignal:
        seat = seats[number]
        return in_request_of(seat.user, lambda: practise(alliance=alliance, by=seat, text="Stel dat ..."))

    outcomes = compete(4, begin)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
