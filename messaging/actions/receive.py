"""What providers tell us: written down by the web, read by the worker. Twice, too early or in the wrong order: the same
end state, and nothing lost.
"""

import hashlib
import logging
import uuid
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, Q, When
from django.db.models.functions import Now
from django.utils import timezone

from messaging import bell
from messaging.models import ContactPoint, Incoming, Payload
from messaging.replies import ask_readers, wish

from .receipts import apply, delivery_of, silence, speak_again

logger = logging.getLogger(__name__)

INCOMING = "incoming"  # what the bell is rung for
AT_ONCE = 500
WAITS = timedelta(days=1)  # for the delivery that a receipt is about, or for a reader that breaks
LONGEST_KEY = 200

Kind, Outcome = Incoming.Kind, Incoming.Outcome
FAILED = (Incoming.Status.FAILED, Incoming.Status.PERMANENT)  # something else must go out now

WRITE = """
    insert into messaging_incoming
        (id, reference, at, provider, kind, news_key, provider_reference, address, status, text, outcome)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')
    on conflict do nothing
"""

_broken: set[uuid.UUID] = set()  # what broke here before: told once


def write_down(
    *,
    provider: str,
    kind: str,
    news_key: str,
    reference: uuid.UUID | None = None,
    provider_reference: str = "",
    address: str = "",
    status: str = "",
    text: str = "",
    at: datetime | None = None,
) -> bool:
    """Keep what a provider tells, for the worker to read; rings for it on commit. False when it is known already.

    `news_key` tells the same news told twice; `reference` is ours (the payload), `provider_reference` theirs; `address`
    is who a reply is from (E.164), `status` an Incoming.Status, `at` (aware) when it happened, by their clock. For a
    webhook that checked the signature: it acts for nobody and reads nothing back. Raises ValueError for an unknown kind
    or status.
    """
    words = [provider, Kind(kind), _short(news_key), provider_reference[:100], address[:254]]
    words += [Incoming.Status(status) if status else "", text]
    clean = [word.replace("\0", "") for word in words]  # PostgreSQL holds none
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [uuid.uuid4(), reference, at, *clean])
        new = bool(cursor.rowcount)
    if new:
        bell.ring_on_commit([INCOMING])
    return new


def read_incoming() -> int:
    """Read what was written down: receipts, STOP and START, replies and keys. Returns how many were dealt with.

    Many may run at once. One that breaks holds up no other and is tried again, for a day; so is a receipt that came
    before its delivery was recorded. What people say goes first, then what failed, so that neither waits behind a crowd
    of good news.
    """
    read, passed = 0, list[uuid.UUID]()
    while read + len(passed) < AT_ONCE:
        incoming: Incoming | None = None
        try:
            with transaction.atomic():
                incoming = _next(passed)
                outcome = incoming and _read(incoming)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if incoming is None:
                raise
            outcome = _broke(incoming, error)
        if incoming is None:
            break
        if outcome is None:
            passed.append(incoming.pk)
        else:
            read += 1
    return read


def _next(passed: list[uuid.UUID]) -> Incoming | None:
    """The next one that nobody else reads, locked."""
    unread = Incoming.objects.filter(handled_at=None).exclude(pk__in=passed)
    turn = Case(When(~Q(kind=Kind.RECEIPT), then=0), When(status__in=FAILED, then=1), default=2)
    return unread.select_for_update(no_key=True, skip_locked=True).order_by(turn, "received_at", "id").first()


def _read(incoming: Incoming) -> Incoming.Outcome | None:
    """What became of it; None when it must be tried again later."""
    outcome = _receipt(incoming) if incoming.kind == Kind.RECEIPT else _words(incoming)
    if outcome is not None:
        _handled(incoming, outcome)
    return outcome


def _handled(incoming: Incoming, outcome: Incoming.Outcome) -> None:
    Incoming.objects.filter(pk=incoming.pk).update(
        handled_at=Now(), outcome=outcome, user=incoming.user_id, delivery=incoming.delivery_id
    )


def _broke(incoming: Incoming, error: Exception) -> Incoming.Outcome | None:
    """Told once; after a day it is shown as it is, instead of being tried for ever."""
    if incoming.pk not in _broken:
        logger.error("Incoming %s cannot be read; it will be tried again", incoming.pk, exc_info=error)
    _broken.add(incoming.pk)
    if not _old(incoming):
        return None
    outcome = Outcome.LOST if incoming.kind == Kind.RECEIPT else Outcome.NOBODY_ASKED
    Incoming.objects.filter(pk=incoming.pk, handled_at=None).update(handled_at=Now(), outcome=outcome)
    _broken.discard(incoming.pk)
    return outcome


def _receipt(incoming: Incoming) -> Incoming.Outcome | None:
    delivery = delivery_of(incoming)
    if delivery is None:
        return Outcome.LOST if _old(incoming) else None
    return Outcome.APPLIED if apply(incoming, delivery) else Outcome.KNOWN


def _words(incoming: Incoming) -> Incoming.Outcome | None:
    """A reply or a key. None: somebody else is reading an earlier one of this person, and order matters."""
    with connection.cursor() as cursor:
        whose = f"incoming {incoming.address or incoming.reference}"
        cursor.execute("select pg_try_advisory_xact_lock(hashtext(%s))", [whose])
        if cursor.fetchone() != (True,):
            return None
    if incoming.kind == Kind.KEY:
        known = _who_pressed(incoming)
    else:
        known = _who_wrote(incoming)
        asked = wish(incoming.text)
        if asked is not None:
            (silence if asked == Outcome.STOP else speak_again)(incoming.address)
            return asked
    if not known:
        return Outcome.STRANGER
    return ask_readers(incoming) or Outcome.NOBODY_ASKED


def _who_pressed(incoming: Incoming) -> bool:
    """By our reference. That a key was pressed proves that a person heard us."""
    if incoming.reference is None:
        return False
    payload = Payload.objects.filter(pk=incoming.reference).select_related("message").defer("content").first()
    if payload is None:
        return False
    incoming.user_id = payload.message.user_id
    delivery = delivery_of(incoming)
    if delivery is not None:
        apply(incoming, delivery)
    return incoming.user_id is not None


def _who_wrote(incoming: Incoming) -> bool:
    """By the number that they verified. That they write proves that it works."""
    points = ContactPoint.objects.verified().filter(kind=ContactPoint.Kind.MOBILE, address=incoming.address)
    point = points.first()
    if point is None:
        return False
    incoming.user_id = point.user_id
    points.update(reached_at=min(incoming.at or incoming.received_at, timezone.now()), failed_at=None, failure="")
    return True


def _old(incoming: Incoming) -> bool:
    return Incoming.objects.filter(pk=incoming.pk, received_at__lt=Now() - WAITS).exists()


def _short(key: str) -> str:
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[:100]}:{hashlib.sha256(key.encode()).hexdigest()}"
