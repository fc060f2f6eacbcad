"""Write a message: rendered once, frozen, and rung for after the commit."""

import json
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from messaging import bell
from messaging.channels import providers
from messaging.kinds import check_context
from messaging.models import Channel, Delivery, Message, Payload, Recipient, Way, channel_of
from messaging.rendering import Attachment, render
from messaging.timing import CODE_LIVES, awake

logger = logging.getLogger(__name__)

NOT_MADE = "the text could not be made"

# One query: the database's clock, the person's quiet hours, and where messages to them go (nothing, when nowhere).
REACH = """
    select statement_timestamp(), q.starts, q.ends, r.channel, r.address, r.keys
    from (select 1) as always
    left join messaging_quiet(%(person)s) as q on true
    left join messaging_reach(%(person)s) as r on true
"""


@dataclass(frozen=True)
class Reach:
    """The database's clock, when this person may be reached (from now, or from when it is due), and by which ways, the
    preferred first.
    """

    now: datetime
    awake: datetime
    ways: list[Way]


def post(  # noqa: PLR0913  one call says all about one message; every argument is a keyword with a default
    *,
    kind: str,
    user: Recipient | None = None,
    address: str | None = None,
    context: Mapping[str, Any],
    about: uuid.UUID | None = None,
    dedupe_key: str | None = None,
    urgent: bool = False,
    channels: Sequence[Channel] | None = None,
    reserve: Sequence[Channel] = (),
    ways: Sequence[Way] | None = None,
    quiet: bool = False,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    attachments: Sequence[Attachment] = (),
    language: str | None = None,
) -> Message | None:
    """Have a message of a kind sent to a person, or to one address (codes and invitations only).

    It is rendered now, in the person's language, and frozen; the rows are part of the caller's transaction, and the
    workers are rung when that commits. `channels` says by which it goes at once (None: everywhere the person agreed
    to); `reserve` names those that take over, one after another, when one of them fails for good, or when the person
    has none of them. `ways` are addresses frozen earlier, instead of those of now. `quiet`: not within the person's
    quiet hours.
    `due_at` and `expires_at` are aware moments by the database's clock (None: at once; after 24 hours of trying).
    A text that cannot be made (a template that throws) is logged and shown as a failed attempt; all else goes on.
    A person without a way to be reached gets a message without deliveries, so that the silence is visible.
    `language` is for an address without a person (None: the language of this request).

    Returns the message, or None when one with this `dedupe_key` is there already: then nothing is written.
    Raises ValueError when the context lacks something, ValidationError when the address is none.
    """
    check_context(kind, context)
    reach = _reach(user, address, ways, due_at)
    now = reach.now
    if quiet and reach.awake > (due_at or now):
        due_at = reach.awake
    message = Message(
        user_id=user.pk if user else None,
        kind=kind,
        about=about,
        dedupe_key=dedupe_key,
        urgent=urgent,
        created_at=now,
        expires_at=expires_at,
    )
    values = {**_about_reader(user), **context}
    speak = (user.language if user else language) or translation.get_language() or settings.LANGUAGE_CODE

    def freeze(way: Way, payload_id: uuid.UUID) -> bytes | None:
        return render(
            kind=kind,
            way=way,
            context=values,
            language=speak,
            payload_id=payload_id,
            at=now,
            attachments=attachments,
        )

    texts, go = _freeze(*_chosen(reach.ways, channels, reserve), freeze, kind)
    with transaction.atomic(savepoint=False):
        if not _insert(message):
            return None
        rung = _insert_texts(message, texts, go, due_at or now)
        if due_at is None or due_at <= now:
            bell.ring_on_commit(rung)
    return message


@dataclass(frozen=True)
class _Text:
    """A frozen text for one address; no bytes when it could not be made."""

    id: uuid.UUID
    way: Way
    content: bytes


Freeze = Callable[[Way, uuid.UUID], bytes | None]


def _freeze(at_once: Sequence[Way], reserve: Sequence[Way], freeze: Freeze, kind: str) -> tuple[list[_Text], int]:
    """The texts in their order, and how many of them go at once. One that cannot be made harms no other: the next in
    reserve goes in its place; so it does when nothing goes at once.
    """
    going = [text for way in at_once if (text := _try(freeze, way, kind))]
    waiting = [text for way in reserve if (text := _try(freeze, way, kind)) and text.content]
    called = sum(not text.content for text in going) or int(not going)
    return going + waiting, len(going) + min(called, len(waiting))


def _try(freeze: Freeze, way: Way, kind: str) -> _Text | None:
    """None when this kind has no text for the channel."""
    key = uuid.uuid4()
    try:
        content = freeze(way, key)
    except Exception:
        logger.exception("The %s of kind %s could not be made", way.channel, kind)
        content = b""
    return None if content is None else _Text(key, way, content)


def _insert_texts(message: Message, texts: Sequence[_Text], go: int, due_at: datetime) -> list[str]:
    """Write payloads, and first attempts of the first `go` of them: the channels on which something goes."""
    payloads = [
        Payload(
            id=text.id,
            message=message,
            channel=text.way.channel,
            address=text.way.address,
            content=text.content,
            position=position,
        )
        for position, text in enumerate(texts)
    ]
    deliveries = [
        Delivery(message=message, payload=payload, channel=payload.channel, urgent=message.urgent, due_at=due_at)
        for payload in payloads[:go]
    ]
    for delivery, text in zip(deliveries, texts, strict=False):
        if not text.content:
            delivery.state, delivery.failed_at = Delivery.State.FAILED, message.created_at
            delivery.error, delivery.permanent = NOT_MADE, True
    Payload.objects.bulk_create(payloads)
    Delivery.objects.bulk_create(deliveries)
    return list(dict.fromkeys(one.channel for one in deliveries if one.state == Delivery.State.DUE))


def cancel(*, about: uuid.UUID, kinds: Sequence[str] | None = None, user: Recipient | None = None) -> int:
    """Stop what is not sent yet about one thing: of some kinds (None: all), to one person (None: everybody).

    Returns how many deliveries were stopped. What a worker holds right now it checks once more before it sends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select messaging_cancel(%s, %s::text[], %s)",
            [about, None if kinds is None else list(kinds), user.pk if user else None],
        )
        (stopped,) = cursor.fetchone()
    return int(stopped)


def send_code(
    *, address: str, code: str, language: str, word: str | None = None, channel: Channel | None = None
) -> Message:
    """Send a six-digit code to one address, before everything else; useless after ten minutes, so expired by then.

    `word` is the person's recognition word once there is one; `channel` is VOICE when the code is spoken (None: a
    mail or an SMS). Raises ValidationError when the address is none.
    """
    channel = channel or channel_of(address)
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        (now,) = cursor.fetchone()
    message = post(
        kind="code",
        ways=[Way(channel=channel, address=address)],
        context={"code": code, "word": word or ""},
        urgent=True,
        expires_at=now + CODE_LIVES,
        language=language,
    )
    if message is None:
        raise RuntimeError("a message without a dedupe key is always written")
    return message


def _reach(user: Recipient | None, address: str | None, frozen: Sequence[Way] | None, due_at: datetime | None) -> Reach:
    with connection.cursor() as cursor:
        cursor.execute(REACH, {"person": user.pk if user and not address else None})
        rows = cursor.fetchall()
    now, starts, ends, *_ = rows[0]
    at = max(now, due_at or now)
    until = awake(at, starts=starts, ends=ends) if starts else awake(at)
    if address:
        return Reach(now, until, [Way(channel=channel_of(address), address=address)])
    if frozen is not None:
        return Reach(now, until, list(frozen))
    found = [
        # Through a cursor of its own jsonb is text.
        Way(channel=Channel(channel), address=to, keys=json.loads(keys) if keys else None)
        for *_, channel, to, keys in rows
        if channel
    ]
    return Reach(now, until, found)


def _chosen(
    ways: Sequence[Way], channels: Sequence[Channel] | None, reserve: Sequence[Channel]
) -> tuple[list[Way], list[Way]]:
    """Which go at once, and which wait until one of those fails. A channel that nobody carries is no way."""
    ways = [way for way in ways if providers(way.channel)]
    at_once = [way for way in ways if channels is None or way.channel in channels]
    return at_once, [way for channel in reserve for way in ways if way.channel == channel and way not in at_once]


def _about_reader(user: Recipient | None) -> dict[str, str]:
    return {
        "name": user.name if user else "",
        "word": user.recognition_word if user else "",
        "contact_number": settings.CONTACT_NUMBER,
        "site_url": settings.SITE_URL,
        "link": settings.SITE_URL,  # where a message leads when its kind has no page of its own
    }


def _insert(message: Message) -> bool:
    """Write the message; False when its dedupe key is taken. Two at once: the second waits for the first's commit."""
    if message.dedupe_key is None:
        Message.objects.bulk_create([message])
        return True
    try:
        with transaction.atomic():
            Message.objects.bulk_create([message])
    except IntegrityError as error:
        if "dedupe_key" not in (_constraint(error) or ""):
            raise
        return False
    return True


def _constraint(error: IntegrityError) -> str | None:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None)
