"""The next steps of a call: to whom, and never twice."""

import pytest

from alliances.models import User
from messaging.models import Delivery, Message
from signals import actions
from signals.models import Answer, Call, CallStep
from signals.tasks import take_steps
from tests.acting import acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_member
from tests.signals.calling import call_of, make_due, raise_for, recipient_of


def say(call: Call, cast: Cast, user: User, value: str = "coming") -> None:
    with acting_as(user):
        actions.answer(recipient=recipient_of(call, cast.seat(user)), value=value, via="site", by=cast.seat(user))


def test_nothing_is_due_at_the_start(cast: Cast):
    raise_for(cast, cast.resident)
    with as_worker():
        assert actions.take_due_steps() == 0


def test_the_silent_get_a_second_text_message_and_no_mail(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast, cast.police)
    say(call, cast, cast.municipality, "cannot")
    make_due(call, "sms_again")
    with as_worker():
        assert actions.take_due_steps() == 1
        assert actions.take_due_steps() == 0
        again = Message.objects.filter(kind="call_urgent_again")
        assert again.count() == 7
        assert not again.filter(user__in=[cast.resident, cast.police, cast.municipality]).exists()
        assert set(Delivery.objects.filter(message__in=again).values_list("channel", flat=True)) == {"sms"}
        assert CallStep.objects.get(kind="sms_again").reached == 7


def test_the_call_list_goes_to_everybody(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast, cast.police)
    make_due(call, "sms_again", "call_list")
    with as_worker():
        take_steps()
        assert Message.objects.filter(kind="call_list_open").count() == 10
    assert fresh(call).call_list_at


def test_enough_is_enough_until_somebody_cannot_after_all(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    for person in (cast.police, cast.municipality, cast.young, cast.others[0]):
        say(call, cast, person)
    make_due(call, "sms_again")
    with as_worker():
        assert actions.take_due_steps() == 0
        assert not Message.objects.filter(kind="call_urgent_again").exists()
    say(call, cast, cast.municipality, "cannot")
    make_due(call, "sms_again")
    with as_worker():
        assert actions.take_due_steps() == 1
        assert Message.objects.filter(kind="call_urgent_again").count() == 5


def test_no_call_list_when_nobody_is_silent(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        for recipient in call.recipients.exclude(membership=cast.seat(cast.resident)):
            Answer.objects.create(recipient=recipient, value="cannot", via="link")
    make_due(call, "sms_again", "call_list")
    with as_worker():
        assert actions.take_due_steps() == 2
        assert not Message.objects.filter(kind__in=["call_list_open", "call_urgent_again"]).exists()
    assert fresh(call).call_list_at is None


def test_a_stopped_call_takes_no_step(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with acting_as(cast.police):
        actions.stop(call=call, by=cast.seat(cast.police))
    make_due(call, "sms_again", "call_list")
    with as_worker():
        assert actions.take_due_steps() == 0


def test_worry_is_nudged_once(cast: Cast):
    call = call_of(raise_for(cast, cast.resident, level="worry"))
    say(call, cast, cast.police, "nothing")
    make_due(call, "nudge")
    with as_worker():
        assert actions.take_due_steps() == 1
        assert Message.objects.filter(kind="call_worry").count() == 9 + 8


def test_who_left_or_came_later_is_not_asked(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        seat = cast.seat(cast.young)
        seat.left_at = call.started_at
        seat.save()
    newcomer = make_member(cast.table)
    make_due(call, "sms_again")
    with as_worker():
        actions.take_due_steps()
        asked = Message.objects.filter(kind="call_urgent_again").values_list("user", flat=True)
        assert not {cast.young.pk, newcomer.user_id} & set(asked)


def test_a_step_that_breaks_holds_up_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    first, second = call_of(raise_for(cast, cast.resident)), call_of(raise_for(cast, cast.police))
    make_due(first, "sms_again")
    make_due(second, "call_list")

    def broken(_call: Call) -> list[Message]:
        raise RuntimeError("broken")

    monkeypatch.setitem(actions.stepping.STEPS, CallStep.Kind.SMS_AGAIN, broken)
    with as_worker():
        assert actions.take_due_steps() == 1
    assert fresh(second).call_list_at
    assert "will be tried again" in caplog.text
