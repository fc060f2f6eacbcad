"""Raising, answering, ending: what follows from each, as the members themselves (role `web`)."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from alliances.models import JournalEntry
from alliances.policy import Refused
from messaging.models import Delivery, Message
from signals import actions
from signals.actions.telling import link_of
from signals.models import Answer, Call, CallRecipient, CallStep, TensionSignal
from tests.acting import acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_alliance, make_call, make_meeting, make_signal, make_user, member_of
from tests.signals.calling import call_of, raise_for, recipient_of, sent


def test_an_urgent_signal_calls_everybody_but_who_raised_it(cast: Cast):
    signal = raise_for(cast, cast.resident)
    call = call_of(signal)
    with as_worker():
        told = Message.objects.filter(about=call.uuid)
        assert {message.user_id for message in told} == {
            seat.user_id for seat in cast.seats.values() if seat.alliance_id == cast.table.pk
        } - {cast.resident.pk}
        assert {message.kind for message in told} == {"call_urgent"}
        assert all(message.urgent for message in told)
        assert call.recipients.count() == 10
        own = Answer.objects.get()
        assert (own.recipient.membership_id, own.value) == (cast.seat(cast.resident).pk, Answer.Value.COMING)
        steps = [(round((step.due_at - call.begins_at).total_seconds()), step.ways) for step in call.steps.all()]
        assert steps == [
            (0, ["push", "mail", "sms"]),
            (120, ["sms"]),
            (300, ["voice"]),
            (600, ["voice", "call_list"]),
            (900, ["stand_in"]),
        ]
        assert (call.steps.get(position=0).state, call.steps.get(position=0).reached) == ("taken", 9)
        assert call.needed == {"police": 1, "municipality": 1, "resident": 3}
        assert list(
            JournalEntry.objects.filter(actor=cast.seat(cast.resident).uuid)
            .order_by("at")
            .values_list("verb", flat=True)
        ) == [
            "raised",
            "called",
        ]


def test_the_message_holds_the_link_of_its_reader(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        recipient = CallRecipient.objects.get(call=call, membership=cast.seat(cast.police))
        payload = Message.objects.get(user=cast.police, about=call.uuid).payloads.get(channel="sms")
        assert link_of(recipient.token) in bytes(payload.content).decode()
        assert len(link_of(recipient.token).removeprefix("http://testserver")) < 20


def test_worry_asks_and_nudges_once_a_day_later(cast: Cast):
    call = call_of(raise_for(cast, cast.young, level="worry"))
    with as_worker():
        assert set(Message.objects.values_list("kind", flat=True)) == {"call_worry"}
        assert [(step.position, step.ways) for step in call.steps.all()] == [
            (0, ["push", "mail"]),
            (1, ["push", "mail"]),
        ]
        assert Answer.objects.get().value == Answer.Value.NOTICE


def test_watch_goes_to_the_next_agenda_and_tells_nobody(cast: Cast):
    make_meeting(cast.table)
    later = make_meeting(cast.table, number=4)
    signal = raise_for(cast, cast.young, level="watch")
    assert fresh(signal).meeting_id is not None
    assert fresh(signal).meeting_id != later.pk
    with as_worker():
        assert not Call.objects.exists()
        assert not Message.objects.exists()


def test_sent_twice_is_one_signal_and_one_call(cast: Cast):
    key = uuid.uuid4()
    first = raise_for(cast, cast.resident, key=key)
    second = raise_for(cast, cast.resident, key=key)
    assert first == second
    with as_worker():
        assert (TensionSignal.objects.count(), Call.objects.count(), Message.objects.count()) == (1, 1, 9)


@pytest.mark.parametrize(("state", "level", "allowed"), [
    ("forming", "urgent", False), ("forming", "worry", False), ("forming", "watch", True),
    ("paused", "watch", False), ("ended", "urgent", False),
])  # fmt: skip
def test_only_an_active_alliance_calls(db: None, state: str, level: str, allowed: bool):
    person = make_user()
    alliance = make_alliance(members=[person, make_user(), make_user()], state=state)
    member = member_of(alliance, person)
    with acting_as(person):
        words: dict[str, Any] = {"text": "x", "place": "y", "when": "now", "certainty": "seen"}
        moment = "now" if level == "urgent" else ""
        if allowed:
            actions.raise_signal(alliance=alliance, by=member, level=level, moment=moment, **words)
        else:
            with pytest.raises(Refused, match="112"):
                actions.raise_signal(alliance=alliance, by=member, level=level, moment=moment, **words)
    with as_worker():
        assert TensionSignal.objects.count() == allowed


def test_a_member_of_another_table_raises_nothing_here(cast: Cast):
    with acting_as(cast.neighbour), pytest.raises(PermissionDenied):
        actions.raise_signal(
            alliance=cast.table,
            by=cast.seat(cast.neighbour),
            text="x",
            place="y",
            when="now",
            certainty="seen",
            level="watch",
        )


def test_who_pauses_is_not_called(cast: Cast):
    with as_worker():
        seat = cast.seat(cast.young)
        seat.paused_until = "2999-01-01"
        seat.save()
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        assert call.recipients.count() == 9
        assert not Message.objects.filter(user=cast.young).exists()


def test_an_answer_may_change_and_history_stays(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    recipient = recipient_of(call, cast.seat(cast.police))
    with acting_as(cast.police):
        for value in ("seen", "coming", "coming"):
            actions.answer(recipient=recipient, value=value, via="site", by=cast.seat(cast.police))
        actions.answer(recipient=recipient, value="coming", text="over 2 uur", via="site", by=cast.seat(cast.police))
        newest: Any = CallRecipient.objects.with_answer().get(pk=recipient.pk)
        assert (newest.answer, newest.answer_text) == ("coming", "over 2 uur")
        said = list(Answer.objects.filter(recipient=recipient).values_list("value", "text"))
    assert said == [("coming", "over 2 uur"), ("coming", ""), ("seen", "")]


def test_an_answer_stops_what_still_asks_that_person(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with acting_as(cast.police):
        actions.answer(
            recipient=recipient_of(call, cast.seat(cast.police)), value="cannot", via="site", by=cast.seat(cast.police)
        )
    with as_worker():
        assert set(Delivery.objects.filter(message__user=cast.police).values_list("state", flat=True)) == {"cancelled"}
        assert "cancelled" not in Delivery.objects.filter(message__user=cast.municipality).values_list(
            "state", flat=True
        )


@pytest.mark.parametrize(("level", "value"), [("urgent", "notice"), ("worry", "coming"), ("worry", "nonsense")])
def test_an_answer_fits_the_question(cast: Cast, level: str, value: str):
    call = call_of(raise_for(cast, cast.resident, level=level))
    with acting_as(cast.police), pytest.raises(Refused):
        actions.answer(
            recipient=recipient_of(call, cast.seat(cast.police)), value=value, via="site", by=cast.seat(cast.police)
        )


def test_nobody_answers_as_another_but_on_behalf(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    recipient = recipient_of(call, cast.seat(cast.police))
    with acting_as(cast.young):
        with pytest.raises(PermissionDenied):
            actions.answer(recipient=recipient, value="coming", via="site", by=cast.seat(cast.young))
        kept = actions.answer_on_behalf(recipient=recipient, value="coming", by=cast.seat(cast.young))
    assert (kept.via, kept.by) == ("behalf", cast.seat(cast.young))


def test_a_mistake_is_taken_back_by_who_made_it(cast: Cast):
    signal = raise_for(cast, cast.resident)
    call = call_of(signal)
    sent(call, cast.police)
    with acting_as(cast.young), pytest.raises(PermissionDenied):
        actions.mistake(call=call, by=cast.seat(cast.young))
    with acting_as(cast.resident):
        actions.mistake(call=call, by=cast.seat(cast.resident))
    assert fresh(call).state == "mistake"
    assert fresh(signal).withdrawn_at
    with as_worker():
        assert set(call.steps.exclude(position=0).values_list("state", flat=True)) == {"cancelled"}
        assert Message.objects.get(kind="call_not_needed").user == cast.police  # nobody else got anything
        assert not Delivery.objects.filter(message__kind="call_urgent", state="due").exists()


def test_after_two_minutes_it_is_no_mistake_any_more(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        Call.objects.update(started_at="2026-01-01T12:00Z")
    with acting_as(cast.resident), pytest.raises(Refused):
        actions.mistake(call=call, by=cast.seat(cast.resident))
    assert fresh(call).runs


def test_any_member_stops_a_call_once(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    for person in (cast.police, cast.municipality, cast.young):
        sent(call, person)
    with acting_as(cast.young):
        actions.stop(call=call, by=cast.seat(cast.young))
        with pytest.raises(Refused):
            actions.stop(call=call, by=cast.seat(cast.young))
    assert fresh(call).state == "stopped"
    with as_worker():
        told = set(Message.objects.filter(kind="call_not_needed").values_list("user", flat=True))
    assert told == {cast.police.pk, cast.municipality.pk}


def test_closing_says_what_was_done_and_ends_the_call(cast: Cast):
    signal = raise_for(cast, cast.resident)
    with acting_as(cast.police):
        with pytest.raises(Refused):
            actions.close(signal=signal, by=cast.seat(cast.police), outcome="  ")
        actions.close(signal=signal, by=cast.seat(cast.police), outcome="We zijn gaan praten.")
        with pytest.raises(Refused):
            actions.close(signal=signal, by=cast.seat(cast.police), outcome="Nog eens.")
    assert fresh(signal).outcome == "We zijn gaan praten."
    assert fresh(call_of(signal)).state == "closed"


def test_a_late_answer_is_kept(cast: Cast):
    signal = raise_for(cast, cast.resident)
    call = call_of(signal)
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    recipient = recipient_of(call, cast.seat(cast.police))
    with acting_as(recipient.token):
        holder = CallRecipient.objects.select_related("call", "membership").get()
        actions.answer(recipient=holder, value="coming", via="link", by=holder.speaker)
    ended_at = fresh(call).ended_at
    with as_worker():
        assert ended_at
        assert Answer.objects.get(recipient=recipient).at > ended_at


def test_the_holder_of_a_link_sees_one_row_and_answers(cast: Cast):
    other = make_call(make_signal(cast.table, level="urgent"))
    call = call_of(raise_for(cast, cast.resident))
    recipient = recipient_of(call, cast.seat(cast.police))
    with acting_as(recipient.token):
        assert list(CallRecipient.objects.all()) == [recipient]
        assert list(Call.objects.all()) == [call]
        assert not TensionSignal.objects.exists()
        assert not CallStep.objects.exists()
        assert not Answer.objects.exists()  # not even that of who raised it
        assert not Message.objects.exists()
        holder = CallRecipient.objects.select_related("call", "membership").get()
        actions.note_opened(holder)
        actions.answer(recipient=holder, value="coming", via="link", by=holder.speaker)
        assert Answer.objects.get().value == "coming"
    assert fresh(recipient).opened_at
    assert other != call
