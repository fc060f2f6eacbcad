"""Sending: each once, never forgotten, and one that fails or hangs harms no other."""

import time
import uuid
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from bondgenoten.local.network.running import RunningNetwork
from messaging.actions import cancel, deliver_due
from messaging.channels import CARRIERS, ChannelError, Parcel, Receipt
from messaging.models import Delivery
from tests.messaging.conftest import LINK, Somebody, call, states, together, worker_role

State = Delivery.State


def test_mail_and_sms_arrive_and_say_so(somebody: Somebody, phones: RunningNetwork, as_worker: None) -> None:
    user = somebody(word="roodborst")
    call(user)
    assert deliver_due("mail") == 1
    assert deliver_due("sms") == 1
    assert deliver_due("sms") == 0
    mail, sms = phones.messages(channel="mail"), phones.messages(channel="sms")
    assert mail[0]["to"] == user.email
    assert LINK in mail[0]["links"]
    assert sms[0]["text"].startswith("roodborst: er is een dringende vraag")
    for delivery in Delivery.objects.all():
        assert delivery.state == State.SENT
        assert not delivery.maybe_doubled
        assert str(delivery.payload_id) in (mail[0] if delivery.channel == "mail" else sms[0])["reference"]
    assert Delivery.objects.get(channel="sms").provider_reference


def test_four_workers_send_two_hundred_each_once(somebody: Somebody, phones: RunningNetwork) -> None:
    user, count = somebody(by="mail"), 200
    for _ in range(count):
        call(user)
    handled = []

    def go() -> None:
        with worker_role():
            handled.append(deliver_due("mail"))

    together(go, go, go, go)
    assert sum(handled) == count
    assert min(handled) > 0
    references = Counter(mail["reference"] for mail in phones.messages())
    assert len(references) == count
    assert set(references.values()) == {1}
    with worker_role():
        assert Delivery.objects.filter(state=State.SENT, maybe_doubled=False).count() == count


def test_urgent_goes_first_and_the_future_waits(somebody: Somebody, phones: RunningNetwork, as_worker: None) -> None:
    user = somebody(by="sms")
    call(user, urgent=False)
    urgent = call(user)
    later = call(user, due_at=urgent.created_at + timedelta(hours=1))
    assert deliver_due("sms", limit=1) == 1
    assert Delivery.objects.get(state=State.SENT).message_id == urgent.id
    deliver_due("sms")
    assert Delivery.objects.get(state=State.DUE).message_id == later.id


def test_a_dead_workers_claim_goes_again_marked(somebody: Somebody, phones: RunningNetwork, as_worker: None) -> None:
    call(somebody(by="mail"))
    dead = uuid.uuid4()
    claimed = {"state": State.CLAIMED, "claim": dead}
    Delivery.objects.update(lease_until=Now() + timedelta(seconds=60), **claimed)
    assert deliver_due("mail") == 0  # its lease still runs
    Delivery.objects.update(lease_until=Now() - timedelta(seconds=1), **claimed)
    assert deliver_due("mail") == 1
    delivery = Delivery.objects.get()
    assert delivery.state == State.SENT
    assert delivery.maybe_doubled


def test_who_lost_the_claim_records_nothing(
    somebody: Somebody, phones: RunningNetwork, as_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender hangs beyond its lease, another one takes over: the fence keeps the first from writing."""
    call(somebody(by="mail"))

    def slow(parcel: Parcel) -> Receipt:
        Delivery.objects.update(claim=uuid.uuid4())  # meanwhile somebody else claimed it
        raise ChannelError("too late", permanent=True)

    monkeypatch.setitem(CARRIERS, ("mail", "smtp"), slow)
    deliver_due("mail")
    assert states("mail") == [State.CLAIMED]


def test_provider_is_asked_before_an_sms_goes_twice(
    somebody: Somebody, phones: RunningNetwork, as_worker: None
) -> None:
    call(somebody(by="sms"))
    phones.command_channel("mute", channel="sms")  # takes it, gives no answer
    deliver_due("sms")
    assert states("sms") == [State.FAILED, State.DUE]
    phones.command_channel("ok")
    Delivery.objects.filter(state=State.DUE).update(due_at=Now())
    deliver_due("sms")
    assert states("sms") == [State.FAILED, State.SENT]
    assert Delivery.objects.get(state=State.SENT).maybe_doubled
    assert len(phones.messages(channel="sms")) == 1


@pytest.mark.parametrize(
    ("mode", "how", "permanent", "maybe"),
    [
        ("refuse", {"code": 451}, False, False),
        ("refuse", {"code": 550, "to": True}, True, False),
        ("refuse", {"code": 450, "to": True}, False, False),
        ("refuse", {"code": 554}, False, False),  # our sender is refused: that says nothing about this reader
        ("hang", {"seconds": 5}, False, True),
        ("mute", {"seconds": 5}, False, True),
    ],
)
def test_mail_failures(
    mode: str,
    how: dict[str, Any],
    permanent: bool,
    maybe: bool,
    somebody: Somebody,
    phones: RunningNetwork,
    as_worker: None,
) -> None:
    user = somebody(by="mail")
    call(user)
    if how.get("to"):
        how = {**how, "to": user.email}
    phones.command_channel(mode, channel="mail", **how)
    started = time.monotonic()
    deliver_due("mail")
    assert time.monotonic() - started < 2
    assert_failed("mail", permanent=permanent, maybe=maybe)


@pytest.mark.parametrize(
    ("mode", "how", "permanent", "maybe"),
    [
        ("refuse", {"code": 400}, True, False),
        ("refuse", {"code": 403}, False, False),  # our key
        ("refuse", {"code": 429}, False, False),
        ("refuse", {"code": 500}, False, False),
        ("hang", {"seconds": 5}, False, True),
    ],
)
def test_sms_failures(
    mode: str,
    how: dict[str, Any],
    permanent: bool,
    maybe: bool,
    somebody: Somebody,
    phones: RunningNetwork,
    as_worker: None,
) -> None:
    call(somebody(by="sms"))
    phones.command_channel(mode, channel="sms", **how)
    started = time.monotonic()
    deliver_due("sms")
    assert time.monotonic() - started < 2
    assert_failed("sms", permanent=permanent, maybe=maybe)


def assert_failed(channel: str, *, permanent: bool, maybe: bool) -> None:
    failed = Delivery.objects.get(channel=channel, attempt=1)
    assert failed.state == State.FAILED
    assert failed.permanent is permanent
    assert failed.error
    assert "@" not in failed.error
    again = Delivery.objects.filter(channel=channel, attempt=2).first()
    assert (again is None) == permanent
    if again:
        assert again.state == State.DUE
        assert timedelta(seconds=3) < again.due_at - failed.due_at < timedelta(seconds=20)
        assert again.maybe_doubled is maybe


def test_nobody_listens_is_temporary(somebody: Somebody, settings: Any, as_worker: None, closed_port: int) -> None:
    settings.EMAIL_PORT, settings.SMS_PROVIDERS = closed_port, ["notify"]
    settings.SMS_API_URL = f"http://127.0.0.1:{closed_port}"
    call(somebody())
    deliver_due("mail")
    deliver_due("sms")
    assert_failed("mail", permanent=False, maybe=False)
    assert_failed("sms", permanent=False, maybe=False)


def test_mail_recovers_when_the_relay_closed_the_kept_connection(
    somebody: Somebody, phones: RunningNetwork, as_worker: None
) -> None:
    user = somebody(by="mail")
    call(user)
    deliver_due("mail")
    phones.restart()
    call(user)
    deliver_due("mail")
    assert states("mail") == [State.SENT, State.SENT]
    assert len(phones.messages()) == 1


def test_sms_goes_on_while_mail_hangs(somebody: Somebody, phones: RunningNetwork, settings: Any) -> None:
    settings.MAIL_TIMEOUT = 2
    call(somebody())
    phones.command_channel("hang", channel="mail", seconds=5)

    took = {}

    def go(channel: str) -> None:
        with worker_role():
            started = time.monotonic()
            deliver_due(channel)
            took[channel] = time.monotonic() - started

    together(partial(go, "mail"), partial(go, "sms"))
    assert took["sms"] < 1 < took["mail"]
    assert phones.messages(channel="sms")


def test_one_who_hangs_holds_up_nobody_behind(somebody: Somebody, phones: RunningNetwork, settings: Any) -> None:
    """Each thread holds one delivery only, so the rows after a hanging one are free for the others."""
    settings.MAIL_TIMEOUT = 2
    hanging, others = somebody(by="mail"), [somebody(by="mail") for _ in range(5)]
    phones.command_channel("hang", channel="mail", to=hanging.email, seconds=5)
    for user in (hanging, *others):
        call(user)

    took = []

    def go() -> None:
        with worker_role():
            started = time.monotonic()
            deliver_due("mail")
            took.append(time.monotonic() - started)

    together(go, go)
    assert min(took) < 1 < max(took)
    assert len(phones.messages()) == 5


def test_a_broken_channel_harms_one_message(
    somebody: Somebody, phones: RunningNetwork, as_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = somebody(by="mail"), somebody(by="mail")
    call(first)
    call(second)
    real = CARRIERS["mail", "smtp"]

    def odd(parcel: Parcel) -> Receipt:
        if parcel.address == first.email:
            raise ZeroDivisionError
        return real(parcel)

    monkeypatch.setitem(CARRIERS, ("mail", "smtp"), odd)
    assert deliver_due("mail") == 2
    assert sorted(states("mail")) == [State.DUE, State.FAILED, State.SENT]


def test_cancelled_while_claimed_is_not_sent(somebody: Somebody, phones: RunningNetwork, as_worker: None) -> None:
    about = uuid.uuid4()
    call(somebody(by="mail"), about=about)
    Delivery.objects.update(state=State.CLAIMED, claim=uuid.uuid4(), lease_until=Now() - timedelta(seconds=1))
    assert cancel(about=about) == 0  # a worker holds it
    deliver_due("mail")
    assert states("mail") == [State.CANCELLED]
    assert not phones.messages()


def test_too_late_is_not_sent(somebody: Somebody, phones: RunningNetwork, as_worker: None) -> None:
    message = call(somebody(by="mail"))
    message.created_at -= timedelta(hours=2)
    message.expires_at = message.created_at + timedelta(hours=1)
    message.save(update_fields=["created_at", "expires_at"])
    deliver_due("mail")
    assert states("mail") == [State.EXPIRED]
    assert not phones.messages()


def test_after_a_day_it_gives_up(somebody: Somebody, phones: RunningNetwork, as_worker: None) -> None:
    message = call(somebody(by="mail"))
    message.created_at -= timedelta(hours=25)
    message.save(update_fields=["created_at"])
    phones.command_channel("refuse", channel="mail")
    deliver_due("mail")
    assert states("mail") == [State.FAILED]
    assert Delivery.objects.get().permanent


def test_claim_reads_the_index(somebody: Somebody, as_worker: None) -> None:
    call(somebody())
    with connection.cursor() as cursor:
        cursor.execute("set enable_seqscan = off")
        cursor.execute(
            """explain select id from messaging_delivery
               where channel = 'mail' and is_open and (state = 'due' and due_at <= statement_timestamp()
                     or state = 'claimed' and lease_until < statement_timestamp())
               order by urgent desc, due_at limit 1 for update skip locked"""
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "delivery_claim" in plan
    assert "Sort" not in plan


def test_receipt_is_what_a_channel_returns() -> None:
    assert Receipt(provider="x").provider_reference == ""
    assert str(ChannelError("550 <iemand@voorbeeld.example> unknown, phone +31 6 12345678")) == (
        "550 <address> unknown, phone <address>"
    )
