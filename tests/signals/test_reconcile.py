"""A call that went well adds up; each kind of difference that is planted in it is found."""

import io
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from messaging.models import Delivery, Incoming, Message
from signals import actions
from signals.models import Answer, Call, CallEvent, CallStep, Remark
from signals.reconcile import Report, reconcile
from tests.acting import acting_as, as_worker
from tests.cast import Cast
from tests.signals.calling import call_of, raise_for, recipient_of, sent
from tests.signals.reading import take_step

HOUR = timedelta(hours=1)


@pytest.fixture
def call(cast: Cast) -> Call:
    """A call in which everything happened: sent, arrived, answered, written back, and every step but the last taken."""
    call = call_of(raise_for(cast, cast.resident))
    for person in (cast.police, cast.municipality, cast.young, cast.coordinating_member, *cast.others):
        sent(call, person)
    recipient = recipient_of(call, cast.seat(cast.police))
    with acting_as(cast.police):
        actions.answer(recipient=recipient, value="coming", via="site", by=cast.seat(cast.police))
    for position in (1, 2, 3):
        take_step(call, position)
    with as_worker():
        Delivery.objects.about(call.uuid).filter(state="due").update(state="sent", sent_at=Now())
        delivery = Delivery.objects.about(call.uuid).filter(message__user=cast.young, channel="sms")[0]
        Delivery.objects.filter(pk=delivery.pk).update(state="delivered", delivered_at=Now())
        heard("receipt", status="delivered", outcome="applied", delivery=delivery, reference=delivery.payload_id)
        words = heard("reply", outcome="remark", user=cast.young)
        young = recipient_of(call, cast.seat(cast.young))
        Remark.objects.create(recipient=young, incoming=words, text="Ik sta in de file.")
    return call


def heard(kind: str, **fields: object) -> Incoming:
    """Something that a provider told, read already when it has an outcome."""
    at = timezone.now() if fields.get("outcome") else None
    return Incoming.objects.create(provider="x", kind=kind, news_key=str(uuid4()), handled_at=at, **fields)


def compare() -> Report:
    with as_worker():
        return reconcile(timezone.now() - timedelta(days=1))


def test_a_call_that_went_well_adds_up(call: Call):
    report = compare()
    assert [str(one) for one in report.differences] == []
    assert report.counts["calls"] == 1
    assert report.counts["people"] == 10
    assert report.counts["steps taken"] == 4
    assert report.counts["sent"] > 20
    assert (report.counts["arrived"], report.counts["receipts"], report.counts["remarks"]) == (1, 1, 1)


def first(call: Call, **only: object) -> Delivery:
    return Delivery.objects.about(call.uuid).filter(state="sent", **only).order_by("pk")[0]


def reached_too_many(call: Call) -> None:
    call.steps.filter(position=1).update(reached=F("reached") + 1)


def nobody_asked(call: Call) -> None:
    Message.objects.filter(pk=Message.objects.filter(about=call.uuid, kind="call_urgent_again")[0].pk).delete()


def never_asked(call: Call) -> None:
    user = Message.objects.filter(about=call.uuid, kind="call_urgent_again")[0].user
    Message.objects.filter(about=call.uuid, user=user).delete()


def step_late(call: Call) -> None:
    call.steps.filter(state="due").update(due_at=Now() - HOUR)


def doubled(call: Call) -> None:
    one = first(call, attempt=1)
    again = {"message": one.message, "payload": one.payload, "channel": one.channel, "due_at": one.due_at}
    Delivery.objects.create(**again, attempt=2, state="sent", sent_at=timezone.now())


def in_vain(call: Call) -> None:
    answered = Answer.objects.exclude(recipient__membership=call.started_by)[0].recipient.membership.user
    one = first(call, message__kind="call_urgent", message__user=answered)
    Delivery.objects.filter(pk=one.pk).update(sent_at=Now() + HOUR)


def after_the_end(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(state="stopped", ended_at=timezone.now())
    CallStep.objects.filter(call=call, state="due").update(state="cancelled")
    Delivery.objects.filter(pk=first(call, message__kind="call_list_open").pk).update(sent_at=Now() + HOUR)


def stuck(call: Call) -> None:
    one = first(call)
    Delivery.objects.filter(pk=one.pk).update(state="due", sent_at=None, due_at=Now() - HOUR)


def receipt(call: Call, **fields: object) -> Incoming:
    one = first(call, channel="sms")
    return heard("receipt", delivery=one, reference=one.payload_id, **fields)


def long_ago(incoming: Incoming) -> None:
    Incoming.objects.filter(pk=incoming.pk).update(received_at=Now() - HOUR)


PLANTED: list[tuple[str, Callable[[Call], object]]] = [
    ("step reached", reached_too_many),
    ("nobody asked", nobody_asked),
    ("never asked", never_asked),
    ("step late", step_late),
    ("sent twice, unmarked", doubled),
    ("asked after the answer", in_vain),
    ("sent after the end", after_the_end),
    ("not sent yet", stuck),
    ("receipt unread", lambda call: long_ago(receipt(call, status="delivered"))),
    ("receipt lost", lambda call: receipt(call, status="delivered", outcome="lost")),
    ("receipt not applied", lambda call: receipt(call, status="delivered", outcome="applied")),
    ("reply unread", lambda _call: long_ago(heard("reply"))),
    ("reply lost", lambda _call: heard("key", outcome="answer")),
]


@pytest.mark.parametrize(("what", "plant"), PLANTED, ids=[what for what, _plant in PLANTED])
def test_a_planted_difference_is_found(call: Call, what: str, plant: Callable[[Call], object]):
    with as_worker():
        plant(call)
    assert what in {one.what for one in compare().differences}


def test_what_the_timeline_leaves_out_is_found(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("signals.timeline.tell_attempts", lambda _attempts, _names: iter(()))
    monkeypatch.setattr("signals.timeline._remarks", lambda _remarks, _people: iter(()))
    report = compare()
    missing = [one.ids[0] for one in report.differences if one.what == "not in timeline"]
    assert len(missing) == report.counts["sent"] + report.counts["remarks"]


def test_who_is_not_asked_for_a_reason_is_no_difference(cast: Cast, call: Call):
    with as_worker():
        step = call.steps.get(position=1)
        message = Message.objects.filter(about=call.uuid, kind="call_urgent_again", user=cast.young)
        message.filter(dedupe_key__contains=":1:").delete()
        call.steps.filter(pk=step.pk).update(reached=F("reached") - 1)
        recipient = recipient_of(call, cast.seat(cast.young))
        CallEvent.objects.create(call=call, kind="skipped", step=step, recipient=recipient, way="sms", why="stopped")
    assert compare().differences == []


def test_the_command_ends_with_0_or_1_and_prints_ids_only(cast: Cast, call: Call):
    with as_worker():
        said = io.StringIO()
        call_command("reconcile_calls", "--since", "2", stdout=said)
        assert "zero difference" in said.getvalue()
        doubled(call)
        said = io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("reconcile_calls", stdout=said)
    assert ended.value.code == 1
    assert f"DIFFERENCE sent twice, unmarked: call={call.uuid} payload=" in said.getvalue()
    for secret in (cast.police.name, cast.young.mobile, "fontein", "file"):
        assert str(secret) not in said.getvalue()


def test_a_role_that_sees_little_is_refused(db: None):
    with pytest.raises(CommandError, match="worker"):
        call_command("reconcile_calls")
