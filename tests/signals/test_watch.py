"""The watch over a running call: enough people or not any more, stand-ins, who only saw it, whom nothing reaches."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from alliances.models import User
from messaging.models import ContactPoint, Delivery, Message
from signals import actions
from signals.models import Answer, Call, CallEvent, CallRecipient, CallStep, Ladder
from signals.watch import SEEN_AGAIN_AFTER, Findings, Person, findings
from tests.acting import acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_contact_point, make_stand_in, make_user
from tests.signals.calling import call_of, events, look, make_due, raise_for, recipient_of, say, sent, told

NEEDED = {"police": 1, "resident": 1}
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def person(key: int, role: str, answer: str = "", **fields: Any) -> Person:
    values = {"stands_in": False, "asked": True, "here": True, "answered_at": NOON if answer else None} | fields
    return Person(key=key, role=role, answer=answer, **values)


@pytest.mark.parametrize(
    ("people", "was", "found"),
    [
        ([person(1, "police"), person(2, "resident", "coming")], False, Findings(seen={})),
        ([person(1, "police", "coming"), person(2, "resident", "coming")], False, Findings(enough=True, seen={})),
        ([person(1, "police", "coming"), person(2, "resident", "coming")], True, Findings(seen={})),
        ([person(1, "police", "coming"), person(2, "resident", "cannot")], True, Findings(enough=False, seen={})),
        # who comes and leaves the table does not come; nobody stands in
        ([person(1, "police", "coming", here=False), person(2, "resident", "coming")], True,
         Findings(enough=False, alone=(1,), seen={})),
        # a stand-in, in reserve, called, and coming
        ([person(1, "police", "cannot"), person(3, "police", stands_in=True, asked=False)], False,
         Findings(stand_ins=(3,), seen={})),
        ([person(1, "police", "cannot"), person(3, "police", stands_in=True)], False, Findings(seen={})),
        ([person(1, "police"), person(3, "police", stands_in=True, asked=False)], False, Findings(seen={})),
        ([person(1, "police", "cannot"), person(3, "police", "coming", stands_in=True),
          person(2, "resident", "coming")], False, Findings(enough=True, seen={})),
        # a resident has no stand-in
        ([person(2, "resident", "cannot")], False, Findings(seen={})),
        ([person(2, "resident", "seen")], False, Findings(seen={2: NOON + SEEN_AGAIN_AFTER})),
    ],
)  # fmt: skip
def test_what_the_watch_finds(people: list[Person], was: bool, found: Findings):
    assert findings(people, needed=NEEDED, enough=was) == found


def test_a_second_look_finds_nothing():
    people = [person(1, "police", "cannot"), person(2, "resident", "seen")]
    at = NOON + SEEN_AGAIN_AFTER
    assert not findings(people, needed=NEEDED, enough=False, alone={1}, again={2: ("due", at)})
    assert not findings(people, needed=NEEDED, enough=False, alone={1}, again={2: ("taken", NOON)})
    later = findings(people, needed=NEEDED, enough=False, alone={1}, again={2: ("cancelled", NOON)})
    assert later.seen == {2: at}


# --- Enough -------------------------------------------------------------------------------------------------------


def enough_for(cast: Cast, call: Call) -> None:
    for user in (cast.police, cast.municipality, cast.young, cast.others[0]):
        say(call, cast.seat(user))


def test_enough_is_enough_until_somebody_cannot_after_all(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    sent(call, cast.others[1])
    sent(call, cast.others[2])
    say(call, cast.seat(cast.others[2]), "cannot")
    enough_for(cast, call)
    make_due(call, 1)
    assert look() == 0
    assert fresh(call).enough_at
    assert told(call, "call_enough") == [cast.others[1].pk]  # the only one who got something and is still undecided
    assert events(call, "enough", "short") == [("enough", "", "")]
    look()
    assert len(told(call, "call_enough")) == 1

    say(call, cast.seat(cast.municipality), "cannot")
    assert look() == 1
    assert fresh(call).enough_at is None
    assert events(call, "enough", "short") == [("enough", "", ""), ("short", "", "")]
    assert len(told(call, "call_urgent_again")) == 4

    with as_worker():
        Delivery.objects.filter(message__kind="call_urgent_again").update(state="sent", sent_at=call.started_at)
    say(call, cast.seat(cast.municipality))
    look()
    assert events(call, "enough", "short")[2:] == [("enough", "", "")]
    assert len(told(call, "call_enough")) == 1 + 4  # asked again, so told again; who was not asked again is left alone


def test_when_the_ladder_is_at_its_end_who_was_told_enough_is_asked_again(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    sent(call, cast.others[1])
    with as_worker():
        call.steps.filter(state="due").update(state="taken", taken_at=call.started_at)
    enough_for(cast, call)
    look()
    say(call, cast.seat(cast.police), "cannot")
    look()
    assert told(call, "call_urgent_again") == [cast.others[1].pk]


def test_who_asks_to_look_has_no_quorum(cast: Cast):
    call = call_of(raise_for(cast, cast.resident, level="worry"))
    look()
    assert fresh(call).enough_at is None
    assert not events(call, "enough")


# --- Stand-ins ----------------------------------------------------------------------------------------------------


@pytest.fixture
def stand_in(cast: Cast) -> User:
    user = make_user("Collega Lo")
    make_stand_in(cast.table, agreed_by=cast.seat(cast.young), user=user)
    return user


def test_a_professional_who_cannot_calls_the_stand_in_at_once(cast: Cast, stand_in: User):
    call = call_of(raise_for(cast, cast.resident))
    assert stand_in.pk not in told(call, "call_urgent")
    say(call, cast.seat(cast.police), "cannot")
    look()
    look()
    assert told(call, "call_stand_in") == [stand_in.pk]
    recipient = recipient_of(call, cast.seat(cast.police), stands_in=True)
    assert recipient.called_at
    assert events(call, "stand_in") == [("stand_in", "stand_in", "")]
    with as_worker():
        step = CallStep.objects.get(call=call, kind="stand_in")
        assert (step.recipient, step.state, step.reached) == (recipient, "taken", 1)
        ways = Delivery.objects.filter(message__kind="call_stand_in").values_list("channel", flat=True)
        assert set(ways) == {"mail", "sms"}


def test_a_stand_in_answers_by_link_and_counts_as_the_role(cast: Cast, stand_in: User):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast.seat(cast.police), "cannot")
    look()
    recipient = recipient_of(call, cast.seat(cast.police), stands_in=True)
    with acting_as(recipient.token):
        holder = CallRecipient.objects.select_related("call", "membership").get()
        actions.answer(recipient=holder, value="coming", via="link", by=holder.speaker)
    with as_worker():
        assert Answer.objects.get(recipient=recipient).by is None
        assert not Delivery.objects.filter(message__user=stand_in, state="due").exists()
    for user in (cast.municipality, cast.young, cast.others[0]):
        say(call, cast.seat(user))
    look()
    assert fresh(call).enough_at


def test_a_stand_in_of_the_silent_is_called_by_the_ladder(cast: Cast, stand_in: User):
    call = call_of(raise_for(cast, cast.resident))
    make_due(call, 4)
    look()
    assert told(call, "call_stand_in") == [stand_in.pk]
    assert ("skipped", "stand_in", "nobody") in events(call)  # for the municipality
    make_due(call, 1)
    look()
    assert stand_in.pk in told(call, "call_urgent_again")  # who is called now is also asked again


def test_who_comes_needs_no_stand_in(cast: Cast, stand_in: User):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast.seat(cast.police))
    make_due(call, 4)
    look()
    assert not told(call, "call_stand_in")
    assert ("skipped", "stand_in", "answered") in events(call)


def test_nobody_who_stands_in_is_written_down_once(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast.seat(cast.police), "cannot")
    look()
    look()
    assert events(call).count(("skipped", "stand_in", "nobody")) == 1


def test_a_stand_in_in_reserve_answers_nothing(cast: Cast, stand_in: User):
    call = call_of(raise_for(cast, cast.resident))
    recipient = recipient_of(call, cast.seat(cast.police), stands_in=True)
    with as_worker(), pytest.raises(PermissionDenied):
        actions.answer(recipient=recipient, value="coming", via="link", by=None)
    with as_worker():
        assert not Answer.objects.filter(recipient=recipient).exists()


def test_a_stand_in_hears_that_it_is_over(cast: Cast, stand_in: User):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast.seat(cast.police), "cannot")
    look()
    sent(call, stand_in)
    sent(call, cast.young)
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    assert told(call, "call_not_needed") == sorted([stand_in.pk, cast.young.pk])


def test_only_an_agreed_stand_in_is_called(cast: Cast):
    make_stand_in(cast.table, user=make_user())
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        assert call.recipients.count() == 10


# --- Seen ---------------------------------------------------------------------------------------------------------


def test_who_has_only_seen_it_is_asked_once_more(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast.seat(cast.police), "seen")
    look()
    with as_worker():
        step = CallStep.objects.get(call=call, kind="seen_again")
        answered = Answer.objects.get(recipient__membership=cast.seat(cast.police)).at
        assert step.due_at == answered + timedelta(minutes=30)
    make_due(call, 1)
    look()
    assert cast.police.pk not in told(call, "call_urgent_again")  # seen stops the ringing
    with as_worker():
        Answer.objects.filter(value="seen").update(at=answered - timedelta(hours=1))
    assert look() == 1
    assert told(call, "call_urgent_again").count(cast.police.pk) == 1
    look()
    with as_worker():
        assert CallStep.objects.get(call=call, kind="seen_again").state == "taken"


def test_who_has_answered_since_is_not_asked_once_more(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    say(call, cast.seat(cast.police), "seen")
    look()
    say(call, cast.seat(cast.police), "coming")
    make_due(call, kind="seen_again")
    look()
    assert not told(call, "call_urgent_again")
    assert ("skipped", "", "answered") in events(call)


# --- Whom nothing reaches -----------------------------------------------------------------------------------------


def fail(call: Call, *users: User) -> None:
    with as_worker():
        lost = Delivery.objects.filter(message__about=call.uuid, message__user__in=users)
        lost.update(state="failed", failed_at=call.started_at, permanent=True, error="no such address")


def test_who_called_hears_whom_nothing_reaches_once(cast: Cast):
    with as_worker():
        ContactPoint.objects.filter(user=cast.young).delete()
    call = call_of(raise_for(cast, cast.resident))
    look()
    assert events(call, "unreached") == [("unreached", "", "")]
    assert told(call, "call_unreached") == [cast.resident.pk]
    with as_worker():
        text = bytes(Message.objects.get(kind="call_unreached").payloads.get(channel="sms").content).decode()
    assert "1 persoon" in text
    fail(call, cast.police)
    look()
    look()
    assert len(events(call, "unreached")) == 2
    assert len(told(call, "call_unreached")) == 1
    fail(call, *(seat.user for seat in cast.seats.values() if seat.user and seat.user != cast.neighbour))
    look()
    assert len(events(call, "unreached")) == 9
    assert len(told(call, "call_unreached")) == 2
    with as_worker():
        last = Message.objects.filter(kind="call_unreached").order_by("created_at").last()
        assert last
        assert "niemand" in bytes(last.payloads.get(channel="sms").content).decode()


def test_one_channel_that_may_still_arrive_is_enough(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        mine = Delivery.objects.filter(message__user=cast.police)
        mine.filter(channel="mail").update(state="failed", failed_at=call.started_at, permanent=True, error="x")
        mine.filter(channel="sms").update(state="failed", failed_at=call.started_at, permanent=False, error="x")
        first = mine.get(channel="sms")
        Delivery.objects.create(
            message=first.message, payload=first.payload, channel="sms", attempt=2, due_at=call.started_at
        )
    look()
    assert not events(call, "unreached")
    with as_worker():
        Delivery.objects.filter(attempt=2).update(state="failed", failed_at=call.started_at, permanent=True, error="x")
    look()
    assert len(events(call, "unreached")) == 1


def test_a_phone_that_nobody_picked_up_may_ring_again(cast: Cast, settings: Any):
    settings.VOICE_PROVIDERS = ["twilio"]
    with as_worker():
        ContactPoint.objects.filter(user=cast.young).delete()
    make_contact_point(cast.young, "landline")
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        rung = Delivery.objects.filter(message__user=cast.young)
        assert [delivery.channel for delivery in rung] == ["voice"]
        rung.update(state="failed", failed_at=call.started_at, permanent=False, error="nobody picked up")
    look()
    assert not events(call, "unreached")


def test_a_call_that_is_over_is_not_watched(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    fail(call, cast.police)
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    look()
    assert not events(call, "unreached")


def test_what_happened_is_written_once_and_stays(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    fail(call, cast.police)
    look()
    with as_worker(), pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        CallEvent.objects.filter(call=call).update(why="nobody")


def test_a_frozen_quorum(cast: Cast):
    with as_worker():
        Ladder.objects.create(alliance=cast.table, pace="now", steps=[{"after": 0, "ways": ["sms"]}], residents=1)
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        Ladder.objects.update(residents=8)
    say(call, cast.seat(cast.police))
    say(call, cast.seat(cast.municipality))
    look()
    assert fresh(call).enough_at
