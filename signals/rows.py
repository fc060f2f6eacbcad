"""Reading one call in a fixed number of queries, and its version: has anything changed?"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, TextField
from django.utils import timezone

from messaging.models import Message

from .attempts import Attempt, Unreachable
from .models import Answer, Call, CallRecipient, Remark
from .timeline import Rows, called_by, user_of
from .timing import seconds_to_undo

AROUND = ("signal__raised_by__user", "signal__closed_by__user", "started_by__user", "ended_by__user")
ATTEMPT = (
    "pk", "message_id", "payload_id", "channel", "provider", "attempt", "state", "due_at", "sent_at", "delivered_at",
    "failed_at", "permanent", "maybe_doubled",
)  # fmt: skip
# A message of one of these kinds that nobody could carry is news; a second text message to a landline is not.
FIRST = ("call_urgent", "call_worry", "call_stand_in")


def known(uuid: UUID, user: Any) -> Call | None:
    """A call that this person may see, with what its page needs of the rows around it, and its `facts`."""
    around = Call.objects.visible_to(user).select_related(*AROUND)
    return around.annotate(facts=_facts()).filter(uuid=uuid).first()


def version(uuid: UUID, user: Any) -> str | None:
    """What the page of this call would show as its version: one query. None when this person may not see it."""
    seen = Call.objects.visible_to(user).filter(uuid=uuid).annotate(facts=_facts(), seat=F("alliance__memberships__pk"))
    row = seen.values_list("facts", "state", "started_by_id", "started_at", "seat").first()
    if row is None:
        return None
    facts, state, started_by, started_at, seat = row
    mine = state == Call.State.RUNNING and started_by == seat
    return stamp(facts, seconds_to_undo(started_at, timezone.now()) if mine else 0)


def stamp(facts: str, undo: int) -> str:
    """One version from the facts of the call and how long this reader can still take it back."""
    return f"{facts}-{undo}"


def read(call: Call) -> Rows:
    """Everything that is written down of a call (its signal loaded), in six queries."""
    recipients = list(
        CallRecipient.objects.filter(call=call)
        .with_answer()
        .select_related("membership__user", "stand_in__user")
        .order_by("membership__joined_at", "membership_id", "stands_in")
    )
    for recipient in recipients:
        recipient.call = call
    attempts, unreachable = _messages(call)
    return Rows(
        call=call,
        recipients={recipient.pk: recipient for recipient in recipients},
        names={user: called_by(one) for one in recipients if (user := user_of(one)) is not None},
        answers=list(Answer.objects.filter(recipient__call=call).select_related("by__user")),
        remarks=list(Remark.objects.filter(recipient__call=call)),
        attempts=attempts,
        unreachable=unreachable,
        steps=list(call.steps.all()),
        events=list(call.events.all()),
    )


def receipts(call: Call) -> dict[UUID, list[str]]:
    """What providers told about each delivery of a call (status), in the order in which it came; for its members."""
    heard: dict[UUID, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("select delivery, status from signals_receipts(%s)", [call.uuid])
        for delivery, status in cursor.fetchall():
            heard[delivery].append(status)
    return heard


def language_behind_link() -> str | None:
    """The language of the person to whom the link was sent that is open now; None when nobody was."""
    with connection.cursor() as cursor:
        cursor.execute("select app_called_language()")
        (language,) = cursor.fetchone()
    return language  # type: ignore[no-any-return]  # text or null


def _messages(call: Call) -> tuple[list[Attempt], list[Unreachable]]:
    """Every attempt, and the first messages that nobody could carry: one query."""
    fields = [f"deliveries__{name}" for name in ATTEMPT]
    rows = (
        Message.objects.filter(about=call.uuid)
        .order_by("deliveries__attempt", "created_at")
        .values_list("user_id", "kind", "created_at", "cancelled_at", *fields)
    )
    attempts, unreachable = [], []
    for user, kind, created_at, cancelled_at, key, *rest in rows:
        if key is not None:
            told = dict(zip(ATTEMPT[1:], rest, strict=True))
            attempts.append(
                Attempt(
                    key=key,
                    user=user,
                    kind=kind,
                    cancelled_at=cancelled_at,
                    message=told.pop("message_id"),
                    payload=told.pop("payload_id"),
                    **told,
                )
            )
        elif kind in FIRST:
            unreachable.append(Unreachable(user, created_at))
    return attempts, unreachable


def _facts() -> Func:
    return Func(F("uuid"), function="signals_facts", output_field=TextField())
