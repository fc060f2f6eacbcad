"""The steps of the ladder: to whom, by what, and never twice. Who is not asked is written down."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.db.models import F

from alliances.models import User
from messaging.models import ContactPoint, Delivery, Message, QuietHours
from signals import actions
from signals.actions import stepping
from signals.ladder import DUTY, SMS, STAND_IN, Step
from signals.models import Answer, CallEvent, CallStep, Ladder
from signals.tasks import take_steps
from tests.acting import acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_contact_point, make_coordinator, make_member
from tests.signals.calling import call_of, events, look, make_due, raise_for, recipient_of, say, told


def test_nothing_is_due_at_the_start(cast: Cast):
    raise_for(cast, cast.resident)
    assert look() == 0


def test_the_silent_get_a_second_text_message_and_no_mail(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast.seat(cast.police))
    say(call, cast.seat(cast.municipality), "cannot")
    make_due(call, 1)
    assert look() == 1
    assert look() == 0
    again = told(call, "call_urgent_again")
    assert len(again) == 7
    assert not {cast.resident.pk, cast.police.pk, cast.municipality.pk} & {*again}
    with as_worker():
        assert set(Delivery.objects.filter(message__kind="call_urgent_again").values_list("channel", flat=True)) == {
            "sms"
        }
        step = CallStep.objects.get(call=call, position=1)
        assert step.reached == 7
        skipped = CallEvent.objects.filter(step=step).values_list("recipient__membership__user", "way", "why")
        assert set(skipped) == {(cast.police.pk, "", "answered"), (cast.municipality.pk, "", "answered")}


def test_the_call_list_goes_to_everybody_at_the_table(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast.seat(cast.police))
    make_due(call, 1, 2, 3)
    with as_worker():
        take_steps()
    assert len(told(call, "call_list_open")) == 10
    assert fresh(call).call_list_at


def test_no_call_list_when_nobody_is_silent(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        for recipient in call.recipients.exclude(membership=cast.seat(cast.resident)):
            Answer.objects.create(recipient=recipient, value="seen", via="link")
    make_due(call)
    assert look() == 4
    assert not told(call, "call_list_open") + told(call, "call_urgent_again")
    assert fresh(call).call_list_at is None
    assert ("skipped", "call_list", "answered") in events(call)


def test_a_stopped_call_takes_no_step(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    make_due(call)
    with acting_as(cast.police):
        actions.stop(call=call, by=cast.seat(cast.police))
    assert look() == 0


def test_worry_is_nudged_once(cast: Cast):
    with as_worker():  # at whatever hour the tests run, nobody's first message waits for the morning
        always = [QuietHours(user=person, starts=time(0), ends=time(0)) for person in User.objects.all()]
        QuietHours.objects.bulk_create(always)
    call = call_of(raise_for(cast, cast.resident, level="worry"))
    say(call, cast.seat(cast.police), "nothing")
    make_due(call)
    assert look() == 1
    assert len(told(call, "call_worry")) == 9 + 8
    with as_worker():  # who has no mail is asked by text message, the others are not
        by_sms = Delivery.objects.filter(channel="sms").values_list("message__user", flat=True)
        assert set(by_sms) == {cast.young.pk}
        assert by_sms.count() == 2


def test_who_left_or_came_later_is_not_asked(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        seat = cast.seat(cast.young)
        seat.left_at = call.started_at
        seat.save()
    newcomer = make_member(cast.table)
    make_due(call, 1)
    look()
    assert not {cast.young.pk, newcomer.user_id} & {*told(call, "call_urgent_again")}
    assert ("skipped", "", "left") in events(call)


def test_a_step_that_breaks_holds_up_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    first, second = call_of(raise_for(cast, cast.resident)), call_of(raise_for(cast, cast.police))
    make_due(first, 1)
    make_due(second, 3)
    climb = stepping._climb

    def broken(step: CallStep) -> list[Message]:
        if step.call_id == first.pk:
            raise RuntimeError("broken")
        return climb(step)

    monkeypatch.setattr(stepping, "_climb", broken)
    assert look() == 1
    assert fresh(second).call_list_at
    assert "will be tried again" in caplog.text
    monkeypatch.undo()
    assert look() == 1


def test_a_number_that_may_be_rung_is_rung(cast: Cast, settings: Any):
    settings.VOICE_PROVIDERS = ["twilio"]
    make_contact_point(cast.police, "landline", "+31302345678")
    call = call_of(raise_for(cast, cast.resident))
    make_due(call, 2)
    look()
    with as_worker():
        rung = Delivery.objects.filter(channel="voice", message__kind="call_urgent_again")
        assert list(rung.values_list("payload__address", "message__user")) == [("+31302345678", cast.police.pk)]
    assert events(call).count(("skipped", "voice", "no_way")) == 8


def test_a_way_that_is_not_set_up_is_told_once_a_step(cast: Cast, settings: Any):
    settings.VAPID_SUBJECT, settings.VOICE_PROVIDERS = "", []
    call = call_of(raise_for(cast, cast.resident))
    assert events(call).count(("skipped", "push", "off")) == 1
    assert events(call).count(("skipped", "mail", "no_way")) == 1  # the young resident has a phone only
    make_due(call, 2)
    look()
    assert ("skipped", "voice", "off") in events(call)
    assert not told(call, "call_urgent_again")


def test_the_ladder_goes_to_the_addresses_of_the_start(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        old = ContactPoint.objects.get(user=cast.police, kind="mobile")
        address, old.address = old.address, "+31687654321"
        old.save()
    make_contact_point(cast.police, "mobile")
    make_due(call, 1)
    look()
    with as_worker():
        again = Delivery.objects.filter(message__user=cast.police, message__kind="call_urgent_again")
        assert list(again.values_list("payload__address", flat=True)) == [address]


def test_stop_is_honoured_also_during_a_call(cast: Cast):
    with as_worker():
        ContactPoint.objects.filter(user=cast.municipality, kind="mobile").update(stopped_at="2026-01-01T12:00Z")
    call = call_of(raise_for(cast, cast.resident))
    assert ("skipped", "sms", "stopped") in events(call)
    with as_worker():
        ContactPoint.objects.filter(user=cast.police, kind="mobile").update(stopped_at=call.started_at)
    make_due(call, 1)
    look()
    assert not {cast.police.pk, cast.municipality.pk} & {*told(call, "call_urgent_again")}
    assert events(call).count(("skipped", "sms", "stopped")) == 3


def test_whose_first_message_waits_for_the_morning_is_not_asked_again(cast: Cast):
    call = call_of(raise_for(cast, cast.resident, moment="today"))
    with as_worker():
        Delivery.objects.update(due_at=call.started_at)
        waits = Delivery.objects.filter(message__user=cast.police)
        waits.update(due_at="2999-01-01T08:00Z")
    make_due(call, 1)
    look()
    assert cast.police.pk not in told(call, "call_urgent_again")
    assert len(told(call, "call_urgent_again")) == 8
    assert ("skipped", "", "waiting") in events(call)


def test_steps_that_waited_long_keep_their_distance(cast: Cast):
    """No worker ran for an hour: the two phone calls do not ring at once."""
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        call.steps.filter(state="due").update(due_at=F("due_at") - timedelta(hours=1))
    assert look() == 1
    assert look() == 0
    with as_worker():
        second, third, last = call.steps.filter(state="due").order_by("position")
    assert timedelta(minutes=2) < second.due_at - call.started_at < timedelta(minutes=4)
    assert third.due_at - second.due_at == last.due_at - third.due_at == timedelta(minutes=5)


def test_the_coordinator_on_duty_hears_numbers(cast: Cast):
    around = make_coordinator(cast.city)
    off = make_coordinator(cast.area)
    with as_worker():
        around.coordinations.update(on_duty=True)
        Ladder.objects.create(
            alliance=cast.table, pace="now", steps=[{"after": 0, "ways": [SMS]}, {"after": 9, "ways": [DUTY]}]
        )
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast.seat(cast.police))
    make_due(call)
    look()
    assert told(call, "call_duty") == [around.pk]
    assert off.pk not in told(call, "call_duty")
    assert ("duty", "duty", "") in events(call)
    with as_worker():
        text = bytes(Message.objects.get(kind="call_duty").payloads.get(channel="sms").content).decode()
    assert "Gevraagd: 10. Komen: 2. Stil: 8." in text
    assert "Plein" not in text


def test_nobody_on_duty_is_written_down(cast: Cast):
    with as_worker():
        Ladder.objects.create(
            alliance=cast.table, pace="now", steps=[{"after": 0, "ways": [SMS]}, {"after": 9, "ways": [DUTY]}]
        )
    call = call_of(raise_for(cast, cast.resident))
    make_due(call)
    look()
    assert ("skipped", "duty", "nobody") in events(call)


def test_a_ladder_changed_midway_is_for_the_next_call(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with acting_as(cast.young):
        actions.keep_ladder(alliance=cast.table, pace="now", steps=[Step(0, (SMS,))], by=cast.seat(cast.young))
    with as_worker():
        assert call.steps.count() == 5
    make_due(call)
    assert look() == 4


def test_what_else_the_first_step_does_follows_at_once(cast: Cast):
    with acting_as(cast.young):
        steps = [Step(0, (SMS, STAND_IN))]
        actions.keep_ladder(alliance=cast.table, pace="now", steps=steps, by=cast.seat(cast.young))
    call = call_of(raise_for(cast, cast.resident))
    assert look() == 1
    assert events(call).count(("skipped", "stand_in", "nobody")) == 2
    assert recipient_of(call, cast.seat(cast.young)).called_at
