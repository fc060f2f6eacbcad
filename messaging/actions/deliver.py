"""Send what is due. A row is claimed under a lease, sent outside any transaction, and recorded at once.

One row is claimed at a time and several threads do so (SKIP LOCKED): a receiver that hangs holds up one thread and
nothing behind it. Recording an outcome and claiming the next row are one statement, so this costs no more than a batch.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakSet

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from messaging import breaker
from messaging.channels import ChannelError, Parcel, Receipt, send
from messaging.models import Channel, Delivery

from . import statements
from .failing import Failure, call_reserve, note_address, plan, try_again

logger = logging.getLogger(__name__)

AT_ONCE = 500  # deliveries in one go, so that a thread looks up now and then
NOBODY = uuid.UUID(int=0)  # the id of no delivery
RECORD_AGAIN = 0.2  # seconds
STOPPED = "this person texted STOP"
NO_PROVIDER = "no provider carries this channel"

_tuned: "WeakSet[psycopg.Connection[Any]]" = WeakSet()


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery; `now` is the database's clock at the claim."""

    id: uuid.UUID
    claim: uuid.UUID
    payload_id: uuid.UUID
    message_id: uuid.UUID
    channel: str
    urgent: bool
    attempt: int
    provider: str
    maybe_doubled: bool
    address: str
    content: bytes
    created_at: datetime
    expires_at: datetime | None
    cancelled: bool
    point_id: int | None
    stopped: bool
    now: datetime


Outcome = Receipt | ChannelError | Delivery.State


def deliver_due(
    channel: str,
    limit: int = AT_ONCE,
    enough: Callable[[], bool] = lambda: False,
    sending: Callable[[bool], None] = lambda _begins: None,
) -> int:
    """Send what is due on one channel, urgent first, until nothing is left, `limit` is reached or `enough()` says so.

    `sending` is told when a network call begins (True) and ends (False). Returns how many deliveries were handled. May
    run many times at once, in threads and processes. Raises what the database raises; a claim it leaves behind goes
    again when its lease ends.
    """
    handled = 0
    job = _claim(channel)
    while job is not None:
        sending(True)
        try:
            outcome = _send(job)
        finally:
            sending(False)
        handled += 1
        job = _record(job, outcome, more=handled < limit and not enough())
    return handled


def _claim(channel: str) -> Job | None:
    row = _ask(statements.claim(), {"id": NOBODY, **_next_row(channel)})
    return Job(*row) if row else None


def _next_row(channel: str) -> dict[str, Any]:
    providers = breaker.in_order(channel)
    return {
        "channel": channel,
        "new_claim": uuid.uuid4(),
        "lease": settings.DELIVERY_LEASE,
        "providers": list(providers),
        "first": providers[0] if providers else "",
    }


def _ask(statement: str, values: dict[str, Any]) -> Any:
    """One prepared statement over this thread's connection, past Django's cursor: its first row."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw: psycopg.Connection[Any] = connection.connection
        if raw not in _tuned:
            raw.execute(statements.PLAN_BY_INDEX)
            raw.prepare_threshold = 5  # Django turns preparing off; its own cursors do not prepare anyhow
            _tuned.add(raw)
        return psycopg.Cursor(raw).execute(statement, values, prepare=True, binary=True).fetchone()


def _send(job: Job) -> Outcome:
    """Hand it over, unless that is of no use any more; what happened."""
    if job.cancelled:
        return Delivery.State.CANCELLED
    if job.expires_at is not None and job.expires_at <= job.now:
        return Delivery.State.EXPIRED
    if job.stopped and job.channel == Channel.SMS:
        return ChannelError(STOPPED, stopped=True)
    if not job.provider:
        return ChannelError(NO_PROVIDER, permanent=True, about_us=True)
    return _hand_over(job)


def _hand_over(job: Job) -> Receipt | ChannelError:
    """The network call. Nothing is thrown: one odd message must not hold up the others."""
    parcel = Parcel(
        reference=job.payload_id,
        address=job.address,
        content=bytes(job.content),
        maybe_sent=job.maybe_doubled,
        expires_at=job.expires_at,
    )
    try:
        receipt = send(job.channel, job.provider, parcel)
    except ChannelError as error:
        if error.about_us:
            breaker.rest(job.channel, job.provider)
        return error
    except Exception as error:
        logger.exception("Channel %s broke on delivery %s", job.channel, job.id)
        return ChannelError(f"{type(error).__name__} in the channel", maybe_sent=True)
    breaker.works(job.channel, job.provider)
    return receipt


def _record(job: Job, outcome: Outcome, *, more: bool) -> Job | None:
    """Write what happened, if the claim is still ours, and claim the next row when `more`.

    A database that is away for a moment is waited for as long as the lease runs: what was sent must not go again.
    """
    until = time.monotonic() + settings.DELIVERY_LEASE
    while True:
        try:
            return _write_down(job, outcome, more=more)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            connection.close()
            time.sleep(RECORD_AGAIN)
            more = False


def _write_down(job: Job, outcome: Outcome, *, more: bool) -> Job | None:
    if isinstance(outcome, Receipt):
        return _sent(job, outcome, more=more)
    if isinstance(outcome, ChannelError):
        with transaction.atomic():
            ours = _record_failure(job, outcome)
    else:
        ours = _release(job, state=outcome)
    _warn_unless(ours, job)
    return _claim(job.channel) if more else None


def _sent(job: Job, receipt: Receipt, *, more: bool) -> Job | None:
    """The hot path: one statement."""
    values = {"id": job.id, "claim": job.claim, "reference": receipt.provider_reference, "point": job.point_id}
    if not more:
        _warn_unless(_ask(statements.record(), values)[0], job)
        return None
    ours, *row = _ask(statements.record_and_claim(), values | _next_row(job.channel))
    _warn_unless(ours, job)
    return Job(*row) if row[0] else None


def _record_failure(job: Job, error: ChannelError) -> bool:
    """This attempt failed: another follows, or the next in reserve when nobody is left to try or it is too late."""
    failure = Failure(
        delivery_id=job.id,
        payload_id=job.payload_id,
        message_id=job.message_id,
        channel=job.channel,
        urgent=job.urgent,
        attempt=job.attempt,
        provider=job.provider,
        address=job.address,
        created_at=job.created_at,
        expires_at=job.expires_at,
        reason=str(error) or "unknown",
        refused=error.permanent,
        maybe_sent=job.maybe_doubled or error.maybe_sent,
        about_us=error.about_us,
        gone=error.gone,
        stopped=error.stopped,
    )
    # Gone and stopped are about the person: no other provider can help.
    follows = None if error.gone or error.stopped else plan(failure, now=_now())
    ours = _release(
        job,
        state=Delivery.State.FAILED,
        error=failure.reason,
        refused=failure.refused,
        permanent=follows is None,
    )
    if not ours:
        return False
    if follows:
        try_again(failure, *follows)
    else:
        call_reserve(failure.message_id)
        note_address(failure)
    return True


def _release(job: Job, *, state: str, error: str = "", refused: bool = False, permanent: bool = False) -> bool:
    """Give the claim back with an outcome, unless it ran out and is somebody else's now: whether it was ours."""
    values = {"id": job.id, "claim": job.claim, "state": str(state), "error": error}
    return _ask(statements.release(), values | {"refused": refused, "permanent": permanent}) is not None


def _warn_unless(ours: bool, job: Job) -> None:
    if not ours:
        logger.warning("Delivery %s outlived its lease; somebody else has it now", job.id)


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]
