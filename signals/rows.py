"""Reading one call in a fixed number of queries, and its version: has anything changed?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from meetings.models import Scenario
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


@dataclass(frozen=True)
class Pulse:
    """What tells one state of a call's page from another, for one reader with a seat at its table (primary key)."""

    facts: str
    runs: bool
    mine: bool
    seat: int
    started_at: datetime

    @property
    def undo_seconds(self) -> int:
        """How long the reader can still say that it was a mistake; 0 for everybody but who called."""
        return seconds_to_undo(self.started_at, timezone.now()) if self.runs and self.mine else 0

    @property
    def version(self) -> str:
        """One word for it."""
        return f"{self.facts}-{self.undo_seconds}"


def pulse(uuid: UUID) -> Pulse | None:
    """The state of a call now, in one query; None for who has no seat at its table."""
    with connection.cursor() as cursor:
        cursor.execute("select facts, runs, mine, seat, started_at from signals_pulse(%s)", [uuid])
        row = cursor.fetchone()
    return Pulse(*row) if row else None


def known(uuid: UUID, user: Any) -> Call | None:
    """A call that this person may see, with what its page needs of the rows around it: also the what-if of the theme
    that its signal is about (`what_if`: its address and its words, or None).
    """
    scenarios = Scenario.objects.filter(theme=OuterRef("signal__theme")).order_by("made_at")
    what_if = Subquery(scenarios.values(said=JSONObject(uuid="uuid", what="what"))[:1])
    return Call.objects.visible_to(user).select_related(*AROUND).filter(uuid=uuid).annotate(what_if=what_if).first()


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
