"""What comes in: written down by whoever holds the signature, read once, in any order, and nothing of it is lost."""

import itertools
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliances.actor import set_actor
from alliances.models import User
from messaging import replies
from messaging.actions import post, read_incoming, receive, write_down
from messaging.models import Channel, ContactPoint, Delivery, Incoming, Message, Payload
from tests.acting import as_worker as acting_as_worker
from tests.make import make_user
from tests.messaging.conftest import LINK, Somebody, worker_role

State, Outcome, Status = Delivery.State, Incoming.Outcome, Incoming.Status
keys = itertools.count(1)


@pytest.fixture(autouse=True)
def _one_provider(settings: Any) -> None:
    settings.SMS_PROVIDERS = ["notify"]


@pytest.fixture
def sent(db: None) -> Delivery:
    """An SMS that was handed over a minute ago; a mail lies in reserve."""
    return send(make_user(by=["mail", "sms"]), channels=[Channel.SMS], reserve=[Channel.MAIL])


def send(user: User, *, ago: datetime | None = None, **how: Any) -> Delivery:
    with acting_as_worker():
        message = post(kind="call_urgent", user=user, context={"link": LINK}, urgent=True, **how)
        assert message
        ago = ago or timezone.now() - timedelta(minutes=1)
        Message.objects.filter(pk=message.pk).update(created_at=ago)
        Delivery.objects.filter(message=message).update(
            state="sent", sent_at=ago, due_at=ago, provider="notify", provider_reference=f"n{next(keys)}"
        )
        return Delivery.objects.select_related("payload", "message").get(message=message)


def tell(delivery: Delivery | None = None, *, kind: str = "receipt", **news: Any) -> Incoming:
    """As a webhook does: acting for nobody."""
    key = news.pop("news_key", f"k{next(keys)}")
    if delivery is not None:
        news = {"reference": delivery.payload_id, "provider_reference": delivery.provider_reference} | news
    with transaction.atomic():
        set_actor("webhook")
        write_down(provider=news.pop("provider", "notify"), kind=kind, news_key=key, **news)
    with acting_as_worker():
        return Incoming.objects.get(news_key=key)


def read() -> int:
    with acting_as_worker():
        return read_incoming()


def now_of(row: Any) -> Any:
    with acting_as_worker():
        return type(row)._base_manager.get(pk=row.pk)


def outcome_of(incoming: Incoming) -> str:
    return str(now_of(incoming).outcome)


def attempts(delivery: Delivery) -> list[tuple[str, str]]:
    with acting_as_worker():
        rows = Delivery.objects.filter(message=delivery.message_id)
        return list(rows.order_by("payload__position", "attempt").values_list("channel", "state"))


# --- Writing it down ----------------------------------------------------------------------------------------------


def test_the_web_writes_and_reads_nothing_back(db: None) -> None:
    with transaction.atomic():
        set_actor("webhook")
        assert write_down(provider="notify", kind="reply", news_key="a", address="+31612345678", text="ja\0")
        assert not write_down(provider="notify", kind="reply", news_key="a", address="+31612345678", text="ja")
        assert not Incoming.objects.exists()
    with acting_as_worker():
        assert Incoming.objects.get().text == "ja"


def test_long_keys_stay_apart_and_long_texts_whole(db: None) -> None:
    for end in "xyx":
        write_down(provider="notify", kind="reply", news_key="k" * 300 + end, text="a" * 10_000, address="9" * 300)
    with acting_as_worker():
        assert Incoming.objects.count() == 2
        assert {len(incoming.text) for incoming in Incoming.objects.all()} == {10_000}


@pytest.mark.parametrize("wrong", [{"kind": "gossip"}, {"kind": "receipt", "status": "perhaps"}])
def test_what_we_do_not_know_is_refused(db: None, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        write_down(provider="notify", news_key="a", **wrong)


# --- Receipts -----------------------------------------------------------------------------------------------------


def test_delivered_reaches_the_contact_point_too(sent: Delivery) -> None:
    told = tell(sent, status="delivered")
    assert read() == 1
    assert outcome_of(told) == Outcome.APPLIED
    assert now_of(told).delivery_id == sent.pk
    assert now_of(sent).state == State.DELIVERED
    assert point_of(sent).reached_at
    assert read() == 0


def point_of(delivery: Delivery) -> ContactPoint:
    with acting_as_worker():
        return ContactPoint.objects.get(address=delivery.payload.address)


def test_a_late_bounce_calls_the_reserve_once(sent: Delivery) -> None:
    for _ in range(2):
        tell(sent, status="permanent")
    read()
    bounced = now_of(sent)
    assert (bounced.state, bounced.permanent, bool(bounced.sent_at)) == (State.FAILED, True, True)
    assert attempts(sent) == [("sms", "failed"), ("mail", "due")]
    assert point_of(sent).failed_at
    assert point_of(sent).failure


def test_a_bounce_after_the_answer_calls_nobody(sent: Delivery) -> None:
    """Who answered is not rung because an old message comes back."""
    about = uuid.uuid4()
    with acting_as_worker(), connection.cursor() as cursor:
        Message.objects.filter(pk=sent.message_id).update(about=about)
        cursor.execute("select messaging_cancel(%s, null, null)", [about])
    tell(sent, status="permanent")
    read()
    assert attempts(sent) == [("sms", "failed")]


def test_refused_by_one_provider_goes_by_the_other_at_once(sent: Delivery, settings: Any) -> None:
    settings.SMS_PROVIDERS = ["notify", "twilio"]
    tell(sent, status="permanent")
    read()
    assert attempts(sent) == [("sms", "failed"), ("sms", "due")]
    with acting_as_worker():
        again = Delivery.objects.get(state="due")
        assert (again.provider, again.attempt) == ("twilio", 2)
        assert again.due_at <= timezone.now()
    assert not now_of(sent).permanent


def test_failed_for_now_is_tried_again_and_forgotten_when_it_arrived(sent: Delivery) -> None:
    tell(sent, status="failed")
    read()
    assert attempts(sent) == [("sms", "failed"), ("sms", "due")]
    tell(sent, status="delivered")
    read()
    assert attempts(sent) == [("sms", "delivered"), ("sms", "cancelled")]


@pytest.mark.parametrize("status", ["no_answer", "busy", "machine"])
def test_a_phone_that_nobody_picks_up_is_left_to_the_ladder(db: None, status: str) -> None:
    ringing = send(make_user(by=["mail", "sms", "voice"]), channels=[Channel.SMS], reserve=[Channel.MAIL])
    with acting_as_worker():
        Payload.objects.filter(pk=ringing.payload_id).update(channel="voice")
        Delivery.objects.filter(pk=ringing.pk).update(channel="voice", provider="twilio")
    tell(ringing, provider="twilio", status=status)
    read()
    after = now_of(ringing)
    assert (after.state, after.permanent) == (State.FAILED, False)
    assert len(attempts(ringing)) == 1


def test_a_receipt_that_comes_too_early_waits(sent: Delivery) -> None:
    with acting_as_worker():
        Delivery.objects.filter(pk=sent.pk).update(
            state="claimed", claim=uuid.uuid4(), lease_until=Now(), sent_at=None, provider_reference=""
        )
    early = tell(sent, status="delivered", provider_reference="early")
    assert read() == 0
    assert outcome_of(early) == ""
    with acting_as_worker():
        Delivery.objects.filter(pk=sent.pk).update(
            state="sent", claim=None, lease_until=None, sent_at=Now(), provider_reference="early"
        )
    assert read() == 1
    assert now_of(sent).state == State.DELIVERED


def test_no_answer_in_time_and_yet_it_arrived(sent: Delivery) -> None:
    """The provider took it and was silent: the receipt is the first that we hear, and what was to go again stays."""
    with acting_as_worker():
        Delivery.objects.filter(pk=sent.pk).update(
            state="failed", failed_at=Now(), error="no answer", sent_at=None, provider_reference=""
        )
        again = Delivery(message=sent.message, payload=sent.payload, channel="sms", attempt=2, due_at=timezone.now())
        Delivery.objects.bulk_create([again])
    tell(sent, status="delivered", provider_reference="theirs")
    read()
    assert attempts(sent) == [("sms", "delivered"), ("sms", "cancelled")]
    assert now_of(sent).provider_reference == "theirs"


def test_the_failed_double_of_what_arrived_changes_nothing(sent: Delivery) -> None:
    told = tell(sent, status="permanent", provider_reference="another")
    read()
    assert outcome_of(told) == Outcome.KNOWN
    assert now_of(sent).state == State.SENT


def test_a_receipt_about_nothing_is_lost_after_a_day(sent: Delivery) -> None:
    stray = tell(status="delivered", reference=uuid.uuid4(), provider_reference="x")
    assert read() == 0
    with acting_as_worker():
        Incoming.objects.update(received_at=Now() - timedelta(hours=25))
    assert read() == 1
    assert outcome_of(stray) == Outcome.LOST


STATUSES = list(Status)
news = st.lists(st.tuples(st.sampled_from(STATUSES), st.integers(0, 50)), min_size=1, max_size=6, unique=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=news, data=st.data())
def test_receipts_in_any_order_doubled_end_the_same(told: list[tuple[str, int]], data: st.DataObject, db: None) -> None:
    """Whatever the order, however often, read one by one or all at once."""
    begin = timezone.now() - timedelta(seconds=90)
    ends = []
    for order in (told, data.draw(st.permutations(told + told[:3]))):
        with transaction.atomic():
            delivery = send(make_user(by=["sms"]), ago=begin)
            one_by_one = data.draw(st.booleans())
            for status, seconds in order:
                at = begin + timedelta(seconds=seconds)
                tell(delivery, status=status, at=at, news_key=f"{delivery.pk}{status}{seconds}")
                if one_by_one:
                    read()
            read()
            ends.append(end_of(delivery))
            transaction.set_rollback(True)
    assert ends[0] == ends[1]


def end_of(delivery: Delivery) -> tuple[object, ...]:
    row, point = now_of(delivery), point_of(delivery)
    moments: list[datetime | None] = [row.delivered_at]
    moments += [row.failed_at, point.reached_at, point.failed_at]
    return row.state, row.error, row.permanent, row.refused, *moments


# --- Words --------------------------------------------------------------------------------------------------------


@pytest.fixture
def read_by(db: None) -> Iterator[list[Incoming]]:
    """A reader that takes what begins with "ja"."""
    seen: list[Incoming] = []

    def reader(incoming: Incoming) -> Incoming.Outcome | None:
        seen.append(incoming)
        if incoming.text == "stuk":
            raise ZeroDivisionError
        return Outcome.ANSWER if incoming.text.startswith(("ja", "1")) else None

    before, replies._readers[:] = list(replies._readers), [reader]
    yield seen
    replies._readers[:] = before


def test_replies_find_their_person_and_reader(read_by: list[Incoming]) -> None:
    user = make_user(by=["sms"])
    yes, odd = (tell(kind="reply", address=user.mobile, text=text) for text in ("ja", "wat is dit"))
    stranger = tell(kind="reply", address="+31699999999", text="ja")
    assert read() == 3
    assert [outcome_of(one) for one in (yes, odd, stranger)] == ["answer", "nobody_asked", "stranger"]
    assert {incoming.user_id for incoming in read_by} == {user.pk}
    assert [incoming.text for incoming in read_by] == ["ja", "wat is dit"]
    with acting_as_worker():
        assert ContactPoint.objects.get(user=user).reached_at
    assert now_of(yes).user_id == user.pk


def test_a_key_belongs_to_who_was_rung_and_proves_that_somebody_listened(
    read_by: list[Incoming], sent: Delivery
) -> None:
    key = tell(sent, kind="key", text="1")
    machine = tell(sent, status="machine")  # the detector was wrong
    read()
    assert outcome_of(key) == Outcome.ANSWER
    assert now_of(key).user_id == sent.message.user_id
    assert outcome_of(machine) == Outcome.KNOWN
    assert now_of(sent).state == State.DELIVERED
    assert outcome_of_key_without_a_call() == Outcome.STRANGER


def outcome_of_key_without_a_call() -> str:
    stray = tell(kind="key", text="1", reference=uuid.uuid4())
    read()
    return outcome_of(stray)


def test_a_reply_that_breaks_the_reader_holds_up_no_other(
    read_by: list[Incoming], caplog: pytest.LogCaptureFixture
) -> None:
    user = make_user(by=["sms"])
    broken, fine = (tell(kind="reply", address=user.mobile, text=text) for text in ("stuk", "ja"))
    assert read() == 1
    assert (outcome_of(broken), outcome_of(fine)) == ("", "answer")
    assert read() == 0
    assert caplog.text.count("cannot be read") == 1
    with acting_as_worker():
        Incoming.objects.update(received_at=Now() - timedelta(hours=25))
    assert read() == 1
    assert outcome_of(broken) == Outcome.NOBODY_ASKED  # shown, not lost


@pytest.mark.parametrize("text", ["STOP", "stop.", " Stop! ", "Stoppen", "unsubscribe"])
def test_stop_and_start(text: str, read_by: list[Incoming]) -> None:
    user = make_user(by=["mail", "sms"])
    for _ in range(2):
        post(kind="call_urgent", user=user, context={"link": LINK}, channels=[Channel.SMS], reserve=[Channel.MAIL])
    stop = tell(kind="reply", address=user.mobile, text=text)
    read()
    assert outcome_of(stop) == Outcome.STOP
    assert now_of(stop).user_id == user.pk
    assert not read_by
    with acting_as_worker():
        waiting = Delivery.objects.values_list("channel", "state").order_by("channel")
        assert list(waiting) == [("mail", "due")] * 2 + [("sms", "cancelled")] * 2
        mobile = ContactPoint.objects.get(user=user, kind="mobile")
    assert mobile.stopped_at
    assert not mobile.channels
    assert outcome_of_start(user) == Outcome.START


def outcome_of_start(user: User) -> str:
    start = tell(kind="reply", address=user.mobile, text="Start")
    read()
    with acting_as_worker():
        assert not ContactPoint.objects.get(user=user, kind="mobile").stopped_at
    return outcome_of(start)


@pytest.mark.parametrize("text", ["stop met schreeuwen", "yes", "ik stop ermee, bel 112", ""])
def test_what_is_no_stop(text: str, read_by: list[Incoming]) -> None:
    user = make_user(by=["sms"])
    tell(kind="reply", address=user.mobile, text=text)
    read()
    assert len(read_by) == 1


def test_two_readers_keep_the_order_of_one_person(somebody: Somebody, read_by: list[Incoming]) -> None:
    """While an earlier reply of somebody is being read, a later one waits."""
    user = somebody(by="sms")
    write_down(provider="notify", kind="reply", news_key="1", address=str(user.mobile), text="ja")
    with worker_role(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"incoming {user.mobile}"])
        with worker_role():
            assert read_incoming() == 0
    with worker_role():
        assert read_incoming() == 1


def test_what_people_say_and_what_failed_wait_behind_no_crowd(
    sent: Delivery, read_by: list[Incoming], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = tell(sent, status="delivered")
    bad = tell(send(make_user(by=["sms"])), status="permanent")
    said = tell(kind="reply", address=make_user(by=["sms"]).mobile, text="ja")
    monkeypatch.setattr(receive, "AT_ONCE", 1)
    for news in (said, bad, good):
        assert not now_of(news).handled_at
        read()
        assert now_of(news).handled_at
