"""Rows that are claimed by the handful and recorded together: none twice, none forgotten, nobody held up."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from bondgenoten.local.network.running import RunningNetwork
from messaging.actions import deliver_due
from messaging.actions.deliver import let_go
from messaging.channels import CARRIERS, Parcel, Receipt
from messaging.hand import MOST, Hand
from messaging.models import Delivery
from tests.messaging.conftest import Somebody, call, states, together, worker_role

State = Delivery.State


def test_what_was_sent_while_the_database_was_away_is_recorded_later(
    somebody: Somebody, phones: RunningNetwork, as_worker: None
) -> None:
    """The connection breaks between sending and recording: it does not go again."""
    call(somebody(by="mail"))
    real, hand = CARRIERS["mail", "smtp"], Hand[Any, Any]()

    def and_break(parcel: Parcel) -> Receipt:
        receipt = real(parcel)
        connection.close()
        return receipt

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CARRIERS, ("mail", "smtp"), and_break)
        patch.setitem(connection.settings_dict, "PORT", 1)  # for the next connection
        with pytest.raises(OperationalError):
            deliver_due("mail", hand=hand)
    assert deliver_due("mail", hand=hand) == 0
    assert states("mail") == [State.SENT]
    assert not Delivery.objects.get().maybe_doubled
    assert len(phones.messages()) == 1


def test_a_fast_channel_is_claimed_by_the_handful(somebody: Somebody, phones: RunningNetwork, as_worker: None) -> None:
    user, hand = somebody(by="mail"), Hand[Any, Any]()
    for _ in range(60):
        call(user)
    hand._average = 0.001  # seconds, as with a relay next door
    looks = iter([False, True])
    assert deliver_due("mail", hand=hand, enough=lambda: next(looks)) == 1
    assert (hand.ready, Delivery.objects.filter(state=State.CLAIMED).count()) == (MOST - 1, MOST - 1)
    let_go(hand)
    assert Counter(states("mail")) == {State.DUE: 59, State.SENT: 1}
    hand._average = 0.05  # a slow one holds nothing back
    looks = iter([False, True])
    assert deliver_due("mail", hand=hand, enough=lambda: next(looks)) == 1
    assert hand.ready == 0


def test_one_hand_for_two_threads_sends_each_once(somebody: Somebody, phones: RunningNetwork) -> None:
    user, hand = somebody(by="mail"), Hand[Any, Any]()
    for _ in range(100):
        call(user)

    def go() -> None:
        with worker_role():
            deliver_due("mail", hand=hand)

    together(go, go, go)
    mails = phones.messages()
    assert len({mail["reference"] for mail in mails}) == len(mails) == 100
    with worker_role():
        assert set(states("mail")) == {State.SENT}


def test_who_waits_to_record_holds_nothing_that_others_want(somebody: Somebody, phones: RunningNetwork) -> None:
    """Else two who send wait for each other: seen with six at once. The one that waits gives way and records later."""
    user, hand = somebody(by="mail"), Hand[Any, Any]()
    first, second = call(user), call(user)
    held, tried = threading.Event(), threading.Event()
    real = CARRIERS["mail", "smtp"]

    def sent_while_somebody_holds_the_row(parcel: Parcel) -> Receipt:
        receipt = real(parcel)
        held.set()
        assert lock_is_taken.wait(5)
        return receipt

    lock_is_taken = threading.Event()

    def send() -> None:
        with worker_role(), pytest.raises(OperationalError, match="lock timeout"):
            deliver_due("mail", hand=hand)
        tried.set()

    def hold() -> None:
        assert held.wait(5)
        with worker_role(), transaction.atomic():
            list(Delivery.objects.select_for_update().filter(message=first))
            lock_is_taken.set()
            while not tried.wait(0.05):
                list(Delivery.objects.select_for_update(nowait=True).filter(message=second))  # free all the time

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CARRIERS, ("mail", "smtp"), sent_while_somebody_holds_the_row)
        together(send, hold)
    with worker_role():
        assert deliver_due("mail", hand=hand) == 1
        assert states("mail") == [State.SENT, State.SENT]
    assert len(phones.messages()) == 2


def test_a_handful_that_is_refused_is_gone_through_at_once(
    somebody: Somebody, phones: RunningNetwork, as_worker: None
) -> None:
    """Else what was claimed with the first refusal lies there until the next look, one for each."""
    user, hand = somebody(by="mail"), Hand[Any, Any]()
    for _ in range(40):
        call(user)
    hand._average = 0.001  # a fast one claims by the handful
    phones.command_channel("refuse", channel="mail", code=550, to=user.email)
    assert deliver_due("mail", hand=hand) == 40
    assert set(states("mail")) == {State.FAILED}
    assert hand.ready == 0
