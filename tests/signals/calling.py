"""What tests of calls share: raising a signal as a member, and looking at what came of it."""

import uuid
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from alliances.models import Membership, User
from messaging.models import Delivery
from signals import actions
from signals.models import Call, CallRecipient, CallStep, TensionSignal
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


def recipient_of(call: Call, membership: Membership) -> CallRecipient:
    """The member's row in the call."""
    with as_worker():
        return CallRecipient.objects.select_related("call__alliance", "membership__user").get(
            call=call, membership=membership
        )


def sent(call: Call, user: User, **fields: Any) -> None:
    """As if a worker had sent this person everything of the call."""
    with as_worker():
        Delivery.objects.filter(message__about=call.uuid, message__user=user).update(
            state="sent", sent_at=Now(), **fields
        )


def make_due(call: Call, *kinds: str) -> None:
    """Move the due time of steps into the past: the database's clock cannot be moved."""
    with as_worker():
        CallStep.objects.filter(call=call, kind__in=kinds).update(due_at=Now() - timedelta(seconds=1))
