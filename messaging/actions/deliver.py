"""Send what is due. A row is claimed under a lease, sent outside any transaction, and recorded at once.

Several threads do so (SKIP LOCKED), and what one claimed the others of its process may send (`Hand`): a receiver that
hangs holds up one thread and nothing behind it. Recording outcomes and claiming the next rows are one statement.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakSet

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from messaging import breaker
from messaging.channels import ChannelError, Parcel, Receipt, send
from messaging.hand import Hand
from messaging.models import Channel, Delivery

from . import statements
from .failing import Failure, call_reserve, note_address, now_by_the_database, plan, try_again

logger = logging.getLogger(__name__)

AT_ONCE = 500  # deliveries in one go, so that a thread looks up now and then
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
    claimed_at: float = field(default_factory=time.monotonic)


Outcome = Receipt | ChannelError | Delivery.State
Held = Hand[Job, Outcome]


def deliver_due(
    channel: str, limit: int = AT_ONCE, enough: Callable[[], bool] = lambda: False, hand: Held | None = None
) -> int:
    """Send what is due on one channel, urgent first, until nothing is left, `limit` is reached or `enough()` says so.

    `hand` is shared by the threads of a process (None: this caller works alone). Returns how many deliveries were
    handled. May run many times at once, in threads and processes. Raises what the database raises; what is in the hand
    then is recorded at the next look, and a claim that is left behind goes again when its lease ends.
    """
    alone = hand is None
    hand = Hand() if hand is None else hand
    handled, flows = 0, True
    while True:
        room = min(hand.room, limit - handled) if handled < limit and not enough() else 0
        if not flows:
            _exchange(hand, channel, 0)
        job = (hand.take() if room else None) or _exchange(hand, channel, room)
        if job is None:
            break
        outcome = _send(job, hand)
        hand.finish(job, outcome)
        flows = isinstance(outcome, Receipt)  # what failed is recorded at once, for somebody else to take over
        handled += 1
    if alone:
        let_go(hand)
    return handled


def let_go(hand: Held) -> None:
    """Record what was done and give back what was claimed and not begun: before a process ends."""
    for job in hand.empty():
        hand.finish(job, Delivery.State.DUE)
    _exchange(hand, "", 0)


def _exchange(hand: Held, channel: str, room: int) -> Job | None:
    """Record what was done, if the claims are still ours, and claim up to `room` rows: the first of them.

    When the database is away, what was done goes back into the hand: it is recorded at the next look, not sent again.
    """
    done = sorted(hand.finished(), key=lambda pair: not isinstance(pair[1], Receipt))
    try:
        while done and not isinstance(done[-1][1], Receipt):
            _record_what_did_not_go(*done[-1])
            done.pop()
        ours, jobs = _record_and_claim(done, channel, room) if done or room else (0, [])
    except (OperationalError, InterfaceError):
        for job, outcome in done:
            hand.finish(job, outcome)
        raise
    if ours < len(done):
        logger.warning("%d of %d deliveries outlived their lease; somebody else has them", len(done) - ours, len(done))
    hand.add(jobs[1:])
    return jobs[0] if jobs else None


def _record_and_claim(sent: list[tuple[Job, Outcome]], channel: str, room: int) -> tuple[int, list[Job]]:
    """The hot path: one statement. How many claims were still ours, and the jobs."""
    values: dict[str, Any] = {
        "ids": [job.id for job, _ in sent],
        "claims": [job.claim for job, _ in sent],
        "references": [receipt.provider_reference[:100] for _, receipt in sent if isinstance(receipt, Receipt)],
        "points": sorted({job.point_id for job, _ in sent if job.point_id}),
    }
    if not room:
        return _ask(statements.record(), values)[0][0], []
    providers = breaker.in_order(channel)
    values |= {
        "channel": channel,
        "room": room,
        "new_claim": uuid.uuid4(),
        "lease": settings.DELIVERY_LEASE,
        "providers": list(providers),
        "first": providers[0] if providers else "",
    }
    rows = _ask(statements.record_and_claim(), values)
    return rows[0][0], [Job(*row[1:]) for row in rows if row[1]]


def _ask(statement: str, values: dict[str, Any]) -> Any:
    """One prepared statement over this thread's connection, past Django's cursor."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw: psycopg.Connection[Any] = connection.connection
        if raw not in _tuned:
            raw.execute(statements.SESSION)
            raw.prepare_threshold = 5  # Django turns preparing off; its own cursors do not prepare anyhow
            _tuned.add(raw)
        return psycopg.Cursor(raw).execute(statement, values, prepare=True, binary=True).fetchall()


def _send(job: Job, hand: Held) -> Outcome:
    """Hand it over, unless that is of no use any more; what happened."""
    if time.monotonic() - job.claimed_at > settings.DELIVERY_LEASE / 2:
        return Delivery.State.DUE  # it lay ready for too long: another process may have it any moment
    if job.cancelled:
        return Delivery.State.CANCELLED
    if job.expires_at is not None and job.expires_at <= job.now:
        return Delivery.State.EXPIRED
    if job.stopped and job.channel == Channel.SMS:
        return ChannelError(STOPPED, stopped=True)
    if not job.provider:
        return ChannelError(NO_PROVIDER, permanent=True, about_us=True)
    began = hand.begin()
    try:
        return _hand_over(job)
    finally:
        hand.end(began)


def _hand_over(job: Job) -> Receipt | ChannelError:
    """The network call. Nothing is thrown: one odd message must not hold up the others."""
    parcel = Parcel(
        reference=job.payload_id,
        address=job.address,
        content=bytes(job.content),
        maybe_sent=job.maybe_doubled,
        made_at=job.created_at,
        expires_at=job.expires_at,
    )
    try:
        with breaker.asking(job.channel, job.provider):
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


def _record_what_did_not_go(job: Job, outcome: Outcome) -> None:
    """Failed, cancelled, too late, or given back."""
    try:
        if isinstance(outcome, ChannelError):
            with transaction.atomic():
                ours = _record_failure(job, outcome)
        else:
            ours = _release(job, state=str(outcome))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("What became of delivery %s cannot be recorded; it goes again when its lease ends", job.id)
        return
    if not ours:
        logger.warning("Delivery %s outlived its lease; somebody else has it", job.id)


def _record_failure(job: Job, error: ChannelError) -> bool:
    """This attempt failed: another follows, or the next in reserve when nobody is left to try or it is too late."""
    failure = Failure(
        payload_id=job.payload_id,
        message_id=job.message_id,
        channel=job.channel,
        urgent=job.urgent,
        attempt=job.attempt,
        provider=job.provider,
        address=job.address,
        created_at=job.created_at,
        expires_at=job.expires_at,
        reason=str(error).replace("\0", "") or "unknown",
        refused=error.permanent,
        maybe_sent=job.maybe_doubled or error.maybe_sent,
        about_us=error.about_us,
        gone=error.gone,
        stopped=error.stopped,
    )
    # Gone and stopped are about the person: no other provider can help.
    follows = None if error.gone or error.stopped else plan(failure, now=now_by_the_database())
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
    return bool(_ask(statements.release(), values | {"refused": refused, "permanent": permanent}))
