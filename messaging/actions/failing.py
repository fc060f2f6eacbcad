"""What follows when an attempt failed, at sending or hours later: another try, or the next in reserve.

The caller holds the transaction in which the failure itself is written.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Case, F, Max, Q, Value, When
from django.db.models.functions import Now

from messaging import bell
from messaging.attempts import Next, Tried, next_try
from messaging.breaker import in_order
from messaging.models import ContactPoint, Delivery, Message, Payload
from messaging.timing import back_off, last_moment


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One attempt that failed, and what is known about it."""

    payload_id: uuid.UUID
    message_id: uuid.UUID
    channel: str
    urgent: bool
    attempt: int
    provider: str
    address: str
    created_at: datetime  # of the message, as is the next
    expires_at: datetime | None
    reason: str
    refused: bool = False  # this provider: never to this address
    maybe_sent: bool = False
    about_us: bool = False
    gone: bool = False
    stopped: bool = False


def plan(failure: Failure, *, now: datetime) -> tuple[Next, datetime] | None:
    """The next attempt and when it is due (aware, by the database's clock); None when there is none any more."""
    before = Delivery.objects.filter(payload_id=failure.payload_id, attempt__lt=failure.attempt, state="failed")
    tried = [Tried(*row) for row in before.order_by("attempt").values_list("provider", "refused")]
    follows = next_try(in_order(failure.channel), [*tried, Tried(failure.provider, failure.refused)])
    if follows is None:
        return None
    due_at = now + (back_off(follows.rounds) if follows.rounds else timedelta(0))
    return (follows, due_at) if due_at < last_moment(failure.created_at, failure.expires_at) else None


def try_again(failure: Failure, follows: Next, due_at: datetime) -> None:
    """Write the next attempt, unless one like it is there."""
    newest = Delivery.objects.filter(payload_id=failure.payload_id).aggregate(newest=Max("attempt"))["newest"]
    attempt = Delivery(
        message_id=failure.message_id,
        payload_id=failure.payload_id,
        channel=failure.channel,
        urgent=failure.urgent,
        attempt=max(newest or 0, failure.attempt) + 1,
        due_at=due_at,
        provider=follows.provider,
        maybe_doubled=failure.maybe_sent,
    )
    Delivery.objects.bulk_create([attempt], ignore_conflicts=True)
    if not follows.rounds:
        bell.ring_on_commit([failure.channel])


def call_reserve(message_id: uuid.UUID) -> bool:
    """The next text in reserve goes now, while the message is of use. Whether there was one.

    The message is locked, so that two texts that fail at once do not send for the same one, and cancelling waits.
    """
    Message.objects.select_for_update(no_key=True).filter(pk=message_id).values_list("pk").first()
    lives = Q(message__expires_at__isnull=True) | Q(message__expires_at__gt=Now())
    waiting = Payload.objects.filter(message_id=message_id, deliveries__isnull=True, message__cancelled_at=None)
    waiting = waiting.filter(lives).order_by("position").select_related("message").defer("content")
    payload = waiting.first()
    if payload is None:
        return False
    message = payload.message
    now = now_by_the_database()
    if now >= last_moment(message.created_at, message.expires_at):
        return False
    Delivery.objects.bulk_create(
        [Delivery(message=message, payload=payload, channel=payload.channel, urgent=message.urgent, due_at=now)]
    )
    bell.ring_on_commit([payload.channel])
    return True


def note_address(failure: Failure, *, at: datetime | None = None) -> None:
    """Keep with the address itself what this failure says about it; `at` is when it happened (None: now)."""
    points = ContactPoint.objects.filter(
        address=failure.address,
        user__in=Message.objects.filter(pk=failure.message_id, user__isnull=False).values("user"),
    )
    if failure.gone and failure.channel == "push":
        points.filter(kind=ContactPoint.Kind.PUSH).delete()
        return
    if failure.stopped and failure.channel == "sms":
        points.filter(kind=ContactPoint.Kind.MOBILE, stopped_at=None).update(stopped_at=at or Now())
    if not failure.about_us:
        moment = at or Now()
        unproved = Q(reached_at=None) | Q(reached_at__lt=moment)
        newer = Q(failed_at=None) | Q(failed_at__lt=moment)
        points.filter(unproved & newer).update(failed_at=moment, failure=failure.reason[:300])


def note_reached(delivery: Delivery, *, at: datetime) -> None:
    """Keep with the address that something arrived there, at this moment (aware)."""
    points = ContactPoint.objects.filter(address=delivery.payload.address, user=delivery.message.user_id)
    mended = Q(failed_at__lte=at)
    points.filter(Q(reached_at=None) | Q(reached_at__lt=at)).update(
        reached_at=at,
        failed_at=Case(When(mended, then=None), default=F("failed_at")),
        failure=Case(When(mended, then=Value("")), default=F("failure")),
    )


def now_by_the_database() -> datetime:
    """The moment of this statement (aware), by the one clock that all share."""
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]
