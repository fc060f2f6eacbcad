"""What people text back, and the keys they press."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from alliances.models import User
from messaging.actions import post, read_incoming, write_down
from messaging.models import Delivery, Incoming, Payload
from signals import actions
from signals.models import Answer, Call, CallRecipient, Remark
from tests.acting import acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_incoming, make_stand_in, make_user
from tests.signals.calling import call_of, look, raise_for, recipient_of, say


def reply(text: str, user: User | None, **fields: Any) -> tuple[Incoming, str | None]:
    incoming = make_incoming(text, user, **fields)
    with as_worker():
        return incoming, actions.take_reply(incoming)


def newest(call: Call, cast: Cast, user: User) -> tuple[str, str, str] | None:
    recipient = recipient_of(call, cast.seat(user))
    with as_worker():
        return Answer.objects.filter(recipient=recipient).values_list("value", "text", "via").first()


def test_a_text_message_answers_and_stops_what_still_asks(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    incoming, outcome = reply("Ja, over 2 uur", cast.police)
    assert outcome == "answer"
    assert newest(call, cast, cast.police) == ("coming", "over 2 uur", "sms")
    with as_worker():
        kept = Answer.objects.get(incoming=incoming)
        assert kept.by == cast.seat(cast.police)
        states = Delivery.objects.filter(message__about=call.uuid).values_list("message__user", "state")
        assert {state for user, state in states if user == cast.police.pk} == {"cancelled"}
        assert {state for user, state in states if user != cast.police.pk} == {"due"}


def test_what_came_in_is_read_once(cast: Cast):
    raise_for(cast, cast.resident)
    incoming, _outcome = reply("1", cast.police)
    with as_worker():
        assert actions.take_reply(incoming) == "answer"
        assert Answer.objects.filter(recipient__membership=cast.seat(cast.police)).count() == 1
    remark, _outcome = reply("Wie is dit?", cast.police)
    with as_worker():
        assert actions.take_reply(remark) == "remark"
        assert Remark.objects.count() == 1


def test_the_same_said_twice_is_history(cast: Cast):
    raise_for(cast, cast.resident)
    reply("1", cast.police)
    reply("1", cast.police)
    with as_worker():
        assert Answer.objects.filter(recipient__membership=cast.seat(cast.police)).count() == 2


def test_words_that_are_no_answer_are_kept_and_stop_nothing(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    text = "Wat is er? " + "x" * 10_000
    _incoming, outcome = reply(text, cast.police)
    assert outcome == "remark"
    assert newest(call, cast, cast.police) is None
    with as_worker():
        assert Remark.objects.get().text == text
        assert not Delivery.objects.filter(state="cancelled").exists()


def test_a_long_answer_is_kept_whole_beside_it(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    reply("ja " + "x" * 500, cast.police)
    said = newest(call, cast, cast.police)
    assert said
    assert said[0] == "coming"
    assert len(said[1]) == 300
    with as_worker():
        assert len(Remark.objects.get().text) == 503


def test_a_reply_goes_to_the_newest_call_that_runs(cast: Cast):
    first = call_of(raise_for(cast, cast.resident))
    second = call_of(raise_for(cast, cast.resident, level="worry"))
    reply("1", cast.police)
    assert newest(second, cast, cast.police) == ("notice", "", "sms")
    with acting_as(cast.resident):
        actions.stop(call=second, by=cast.seat(cast.resident))
    reply("1", cast.police)
    assert newest(first, cast, cast.police) == ("coming", "", "sms")


def test_a_late_reply_is_kept_for_a_week(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    _incoming, outcome = reply("1", cast.police)
    assert outcome == "answer"
    assert newest(call, cast, cast.police)
    with as_worker():
        Call.objects.update(ended_at=Now() - timedelta(days=8))
    _incoming, outcome = reply("2", cast.police)
    assert outcome is None


def test_who_was_not_asked_answers_nothing(cast: Cast):
    raise_for(cast, cast.resident)
    assert reply("1", cast.stranger)[1] is None
    assert reply("1", None)[1] is None
    with as_worker():
        assert Answer.objects.count() == 1


def test_a_key_belongs_to_the_call_that_was_spoken_of(cast: Cast):
    first = call_of(raise_for(cast, cast.resident))
    call_of(raise_for(cast, cast.resident, level="worry"))
    with as_worker():
        payload = Payload.objects.filter(message__about=first.uuid, message__user=cast.police).first()
    assert payload
    _incoming, outcome = reply("2", cast.police, kind="key", reference=payload.pk)
    assert outcome == "answer"
    assert newest(first, cast, cast.police) == ("cannot", "", "voice")


def test_a_key_pressed_during_something_else_answers_no_call(cast: Cast):
    raise_for(cast, cast.resident)
    with as_worker():
        test = post(kind="test", user=cast.police, context={})
        assert test
        payload = test.payloads.get(channel="sms")
    assert reply("1", cast.police, kind="key", reference=payload.pk)[1] is None
    assert reply("1", cast.police, kind="key")[1] is None


def test_a_stand_in_texts_back_only_when_called(cast: Cast):
    colleague = make_user("Collega Lo")
    make_stand_in(cast.table, agreed_by=cast.seat(cast.young), user=colleague)
    call = call_of(raise_for(cast, cast.resident))
    assert reply("1", colleague)[1] is None
    say(call, cast.seat(cast.police), "cannot")
    look()
    assert reply("1", colleague)[1] == "answer"
    with as_worker():
        kept = CallRecipient.objects.with_answer().get(call=call, stands_in=True)
        assert kept.answer == "coming"  # type: ignore[attr-defined]
    assert fresh(call).runs


def test_what_a_provider_writes_down_becomes_an_answer(cast: Cast):
    """Through the worker's own reading, with the number that the person verified."""
    call = call_of(raise_for(cast, cast.resident))
    with acting_as(None):
        write_down(provider="notify", kind="reply", news_key="1", address=str(cast.police.mobile), text="Ja, om 9 uur")
        write_down(provider="notify", kind="reply", news_key="2", address="+31699999999", text="1")
    with as_worker():
        assert read_incoming() == 2
        assert set(Incoming.objects.values_list("news_key", "outcome")) == {("1", "answer"), ("2", "stranger")}
    assert newest(call, cast, cast.police) == ("coming", "om 9 uur", "sms")
