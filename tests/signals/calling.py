"""What tests of calls share: raising a signal as a member, and looking at what came of it."""

import uuid
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from alliances.models import Membership, User
from messaging.models import Delivery, Message
from signals import actions
from signals.models import Answer, Call, CallEvent, CallRecipient, CallStep, TensionSignal
from tests.acting import acting_as, as_worker
from tests.cast import Cast

WORDS = {"text": "Er staat een groep bij de fontein.", "place": "Bij de fontein", "when": "now", "certainty": "seen"}


def raise_for(
    cast: Cast, user: User, *, level: str = "urgent", moment: str = "now", key: uuid.UUID | None = None
) -> TensionSignal:
    """A signal raised at the table of the cast by one of its members, as that member."""
    with acting_as(user):
        return actions.raise_signal(
            alliance=cast.table,
            by=cast.seat(user),
            level=level,
            moment=moment if level == "urgent" else "",
            key=key,
            **WORDS,
        )


def call_of(signal: TensionSignal) -> Call:
    """The call that came of it."""
    with as_worker():
        return Call.objects.select_related("alliance", "signal").get(signal=signal)


def recipient_of(call: Call, membership: Membership, *, stands_in: bool = False) -> CallRecipient:
    """The row of a member in the call, or of who stands in for them."""
    with as_worker():
        return CallRecipient.objects.select_related("call__alliance", "membership__user", "stand_in__user").get(
            call=call, membership=membership, stands_in=stands_in
        )


def say(call: Call, membership: Membership, value: str = "coming") -> Answer:
    """A member's own answer, on the site."""
    assert membership.user
    with acting_as(membership.user):
        return actions.answer(recipient=recipient_of(call, membership), value=value, via="site", by=membership)


def look() -> int:
    """What a worker's clock does: watch over the calls, and take the steps that are due. How many steps were taken."""
    with as_worker():
        return actions.take_due_steps()


def sent(call: Call, user: User, **fields: Any) -> None:
    """As if a worker had sent this person everything of the call."""
    with as_worker():
        Delivery.objects.filter(message__about=call.uuid, message__user=user).update(
            state="sent", sent_at=Now(), **fields
        )


def make_due(call: Call, *positions: int, kind: str = "ladder") -> None:
    """Move the due time of steps (all of a kind, when none is named) a second into the past: the database's clock
    cannot be moved.
    """
    with as_worker():
        steps = CallStep.objects.filter(call=call, kind=kind, state="due")
        if positions:
            steps = steps.filter(position__in=positions)
        assert steps.update(due_at=Now() - timedelta(seconds=1)), "no such step waits"


def told(call: Call, kind: str) -> list[int | None]:
    """To whom a message of a kind was written (keys of users), in order of key."""
    with as_worker():
        return sorted(Message.objects.filter(about=call.uuid, kind=kind).values_list("user_id", flat=True))


def events(call: Call, *kinds: str) -> list[tuple[str, str, str]]:
    """What is written down of a call: kind, way and reason, in order."""
    with as_worker():
        found = CallEvent.objects.filter(call=call, kind__in=kinds or CallEvent.Kind.values)
        return list(found.order_by("pk").values_list("kind", "way", "why"))
