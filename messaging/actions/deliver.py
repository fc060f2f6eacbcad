"""Send what is due. A row is claimed under a lease, sent outside any transaction, and recorded at once.

One row is claimed at a time and several threads do so (SKIP LOCKED): a receiver that hangs holds up one thread and
nothing behind it. Recording an outcome and claiming the next row are one commit, so this costs no more than a batch.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from messaging.channels import SENDERS, ChannelError, Parcel, Receipt
from messaging.models import Delivery
from messaging.timing import next_attempt

logger = logging.getLogger(__name__)

AT_ONCE = 500  # deliveries in one go, so that a thread looks up now and then

# A lease that ran out means that a worker died, or hung, between claiming and recording: the same row goes again.
CLAIM = """
    with next as (
        select id, state from messaging_delivery
        where channel = %(channel)s
          and (state = 'due' and due_at <= statement_timestamp()
               or state = 'claimed' and lease_until < statement_timestamp())
        order by urgent desc, due_at
        limit 1
        for update skip locked
    )
    update messaging_delivery d
    set state = 'claimed', claim = %(claim)s, lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
        maybe_doubled = d.maybe_doubled or next.state = 'claimed'
    from next, messaging_payload p, messaging_message m
    where d.id = next.id and p.id = d.payload_id and m.id = d.message_id
    returning d.id, d.claim, d.payload_id, p.address, p.content, d.maybe_doubled, d.attempt, statement_timestamp(),
              m.created_at, m.expires_at, m.cancelled_at is not null, d.message_id, d.channel, d.urgent
"""


@dataclass(frozen=True)
class Job:
    """A claimed delivery; `now` is the database's clock at the claim."""

    id: uuid.UUID
    claim: uuid.UUID
    payload_id: uuid.UUID
    address: str
    content: bytes
    maybe_doubled: bool
    attempt: int
    now: datetime
    created_at: datetime
    expires_at: datetime | None
    cancelled: bool
    message_id: uuid.UUID
    channel: str
    urgent: bool


def deliver_due(channel: str, limit: int = AT_ONCE, enough: Callable[[], bool] = lambda: False) -> int:
    """Send what is due on one channel, urgent first, until nothing is left, `limit` is reached or `enough()` says so.

    Returns how many deliveries were handled. May run many times at once, in threads and processes. Raises what the
    database raises; a claim it leaves behind goes again when its lease ends.
    """
    handled = 0
    job = _claim(channel)
    while job is not None:
        outcome = _send(job)
        handled += 1
        # One transaction: the outcome, and the claim of the next row.
        with transaction.atomic():
            _record(job, outcome)
            job = None if handled >= limit or enough() else _claim(channel)
    return handled


def _claim(channel: str) -> Job | None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"channel": channel, "claim": uuid.uuid4(), "lease": settings.DELIVERY_LEASE})
        row = cursor.fetchone()
    return Job(*row) if row else None


def _send(job: Job) -> Receipt | ChannelError | Delivery.State:
    """Hand it over; what happened. Nothing is thrown: one odd message must not hold up the others."""
    if job.cancelled:
        return Delivery.State.CANCELLED
    if job.expires_at is not None and job.expires_at <= job.now:
        return Delivery.State.EXPIRED
    parcel = Parcel(
        reference=job.payload_id, address=job.address, content=bytes(job.content), maybe_sent=job.maybe_doubled
    )
    try:
        return SENDERS[job.channel](parcel)
    except ChannelError as error:
        return error
    except Exception as error:
        logger.exception("Channel %s broke on delivery %s", job.channel, job.id)
        return ChannelError(f"{type(error).__name__} in the channel", maybe_sent=True)


def _record(job: Job, outcome: Receipt | ChannelError | Delivery.State) -> bool:
    """Write what happened, if the claim is still ours; whether it was."""
    if isinstance(outcome, Receipt):
        ours = _release(
            job,
            state=Delivery.State.SENT,
            sent_at=Now(),
            provider=outcome.provider,
            provider_reference=outcome.provider_reference,
        )
    elif isinstance(outcome, ChannelError):
        ours = _record_failure(job, outcome)
    else:
        ours = _release(job, state=outcome)
    if not ours:
        logger.warning("Delivery %s outlived its lease; somebody else has it now", job.id)
    return ours


def _record_failure(job: Job, error: ChannelError) -> bool:
    """This attempt failed; the next one is due after a while, unless trying again is of no use or too late."""
    again = None
    if not error.permanent:
        again = next_attempt(attempt=job.attempt, now=job.now, created_at=job.created_at, expires_at=job.expires_at)
    ours = _release(
        job, state=Delivery.State.FAILED, failed_at=Now(), permanent=again is None, error=str(error) or "unknown"
    )
    if ours and again:
        attempt = Delivery(
            message_id=job.message_id,
            payload_id=job.payload_id,
            channel=job.channel,
            urgent=job.urgent,
            attempt=job.attempt + 1,
            due_at=again,
            maybe_doubled=job.maybe_doubled or error.maybe_sent,
        )
        Delivery.objects.bulk_create([attempt])
    return ours


def _release(job: Job, **outcome: Any) -> bool:
    """Give the claim back with an outcome, unless it ran out and is somebody else's now."""
    mine = Delivery.objects.filter(id=job.id, claim=job.claim, state=Delivery.State.CLAIMED)
    return bool(mine.update(claim=None, lease_until=None, **outcome))
