"""A practice evening: a real call, marked in every message, and in nobody's way."""

import pytest

from alliances.policy import Refused
from messaging.models import Message
from signals import actions
from signals.models import Ladder, TensionSignal
from tests.acting import acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_coordinator, make_meeting
from tests.signals.calling import call_of, look, make_due, raise_for, recipient_of, say, told


def practise(cast: Cast, text: str = "Er is een brief gekomen.") -> TensionSignal:
    with acting_as(cast.resident):
        return actions.practise(alliance=cast.table, by=cast.seat(cast.resident), text=text)


def test_every_message_says_that_it_is_practice(cast: Cast):
    with as_worker():
        make_coordinator(cast.city).coordinations.update(on_duty=True)
        steps = [{"after": 0, "ways": ["mail", "sms", "duty"]}, {"after": 60, "ways": ["sms", "call_list", "duty"]}]
        Ladder.objects.create(alliance=cast.table, pace="now", steps=steps)
    call = call_of(practise(cast))
    make_due(call)
    look()
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    with as_worker():
        messages = Message.objects.filter(about=call.uuid).prefetch_related("payloads")
        assert {message.kind for message in messages} == {"call_urgent", "call_urgent_again", "call_list_open"}
        assert not any(message.urgent for message in messages)
        for message in messages:
            for payload in message.payloads.all():
                assert b"OEFENING" in bytes(payload.content), message.kind


def test_a_practice_is_no_open_signal(cast: Cast):
    meeting = make_meeting(cast.table)
    with acting_as(cast.resident):
        signal = actions.practise(
            alliance=cast.table, by=cast.seat(cast.resident), text="Stel dat ...", meeting=meeting
        )
    with as_worker():
        assert not TensionSignal.objects.open().exists()
        assert not TensionSignal.objects.real().exists()
    call = call_of(signal)
    assert call.practice
    say(call, cast.seat(cast.police))
    with acting_as(cast.police):
        actions.close(signal=signal, by=cast.seat(cast.police), outcome="Geoefend.")
    assert fresh(call).state == "closed"


def test_no_practice_while_a_call_runs_and_none_without_words(cast: Cast):
    with pytest.raises(Refused):
        practise(cast, "  ")
    raise_for(cast, cast.police)
    with pytest.raises(Refused):
        practise(cast)


def test_was_it_right_to_call_is_asked_afterwards(cast: Cast):
    call = call_of(practise(cast))
    recipient = recipient_of(call, cast.seat(cast.police))
    with acting_as(cast.police), pytest.raises(Refused):
        actions.say_good(recipient=recipient, good=True, by=cast.seat(cast.police))
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    recipient = recipient_of(call, cast.seat(cast.police))
    with acting_as(recipient.token):
        actions.say_good(recipient=recipient, good=False, by=recipient.speaker)
    assert fresh(recipient).good_call is False
    assert told(call, "call_urgent")
