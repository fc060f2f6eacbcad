"""What a receipt changes. Of all that was told about one attempt the strongest counts, whichever came first."""

from datetime import datetime

from django.db.models.functions import Now
from django.utils import timezone

from messaging.models import ContactPoint, Delivery, Incoming

from .failing import Failure, call_reserve, note_address, note_reached, now_by_the_database, plan, try_again

Kind, Status, State = Incoming.Kind, Incoming.Status, Delivery.State

# The stronger, the later. That something arrived is proof; all else may be a mistake of somebody on the way.
STRENGTH = {
    status: strength
    for strength, status in enumerate(
        [
            Status.SENT,
            Status.FAILED,
            Status.NO_ANSWER,
            Status.BUSY,
            Status.MACHINE,
            Status.PERMANENT,
            Status.DELIVERED,
        ]
    )
}
REASONS = {
    Status.FAILED: "the provider could not deliver it",
    Status.NO_ANSWER: "nobody picked up",
    Status.BUSY: "busy",
    Status.MACHINE: "voicemail",
    Status.PERMANENT: "the provider says that it cannot be delivered",
}
NOT_TRIED = (State.DUE, State.CANCELLED, State.EXPIRED)
GOES_ON = (State.DUE, State.CLAIMED, State.SENT, State.DELIVERED)


def delivery_of(incoming: Incoming) -> Delivery | None:
    """The attempt that this is about, locked: the one that the provider knows by this number, else by our reference.

    None while no attempt fits, or one is being sent: its outcome is not recorded yet.
    """
    attempts = Delivery.objects.select_for_update(no_key=True, of=("self",)).select_related("message")
    attempts = attempts.filter(provider=incoming.provider)
    number = incoming.provider_reference
    if number and (known := attempts.filter(provider_reference=number).first()):
        return known
    if incoming.reference is None:
        return None
    ours = list(attempts.filter(payload_id=incoming.reference).exclude(state__in=NOT_TRIED).order_by("-attempt"))
    if not ours or any(one.state == State.CLAIMED for one in ours):
        return None
    # The provider took it and we never heard its number (no answer in time); else it is about the double of one.
    unnumbered = next((one for one in ours if not one.provider_reference), None)
    if unnumbered is not None and number:
        Delivery.objects.filter(pk=unnumbered.pk).update(provider_reference=number)
        unnumbered.provider_reference = number
    return unnumbered or ours[0]


def apply(incoming: Incoming, delivery: Delivery) -> bool:
    """Make of an attempt (locked) what the strongest news about it says. Whether this is that news."""
    number, status = incoming.provider_reference, _status(incoming)
    if number and delivery.provider_reference != number and status != Status.DELIVERED:
        return False  # the double that failed; the other one counts
    incoming.delivery = delivery
    if status == Status.SENT:
        return False
    told = Incoming.objects.filter(delivery=delivery, handled_at__isnull=False).exclude(pk=incoming.pk)
    strongest = max([*told, incoming], key=_strength)
    if status == Status.PERMANENT:
        note_address(_failure(incoming, delivery), at=_moment(incoming))
    elif status == Status.DELIVERED:
        note_reached(delivery, at=_moment(incoming))
    if strongest is not incoming:
        return False
    if status == Status.DELIVERED:
        _arrived(delivery, _moment(incoming))
    else:
        _failed(incoming, delivery)
    return True


def _status(incoming: Incoming) -> Incoming.Status:
    """What a receipt says; a key that was pressed says that somebody listened."""
    return Status.DELIVERED if incoming.kind == Kind.KEY else Status(incoming.status or Status.SENT)


def _moment(incoming: Incoming) -> datetime:
    """When it happened; clocks of providers may be ahead."""
    return min(incoming.at or incoming.received_at, timezone.now())


def _strength(incoming: Incoming) -> tuple[int, float, str]:
    """The strongest; among equals the earliest, so that news told twice changes nothing."""
    return STRENGTH[_status(incoming)], -_moment(incoming).timestamp(), incoming.news_key


def _arrived(delivery: Delivery, at: datetime) -> None:
    sent_at = delivery.sent_at or at
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.DELIVERED,
        sent_at=sent_at,
        delivered_at=max(at, sent_at),
        failed_at=None,
        error="",
        permanent=False,
        refused=False,
    )
    if delivery.state == State.FAILED:  # it was thought to have failed, and would go again
        Delivery.objects.filter(payload_id=delivery.payload_id, state=State.DUE).update(state=State.CANCELLED)


def _failed(incoming: Incoming, delivery: Delivery) -> None:
    """Not there after all: a phone that nobody picks up rings again at the next step, everything else moves on now."""
    status = _status(incoming)
    failure = _failure(incoming, delivery)
    permanent = False
    if status in (Status.FAILED, Status.PERMANENT) and not _goes_on(delivery, refused=failure.refused):
        now = now_by_the_database()
        follows = plan(failure, now=now)
        permanent = follows is None
        if follows:
            try_again(failure, *follows)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=State.FAILED,
        failed_at=_moment(incoming),
        delivered_at=None,
        error=failure.reason,
        refused=failure.refused,
        permanent=permanent,
    )
    if permanent:
        call_reserve(delivery.message_id)


def _goes_on(delivery: Delivery, *, refused: bool) -> bool:
    """Whether a later attempt is under way already. One that waits to go by a provider that now refuses does not go."""
    later = Delivery.objects.filter(payload_id=delivery.payload_id, attempt__gt=delivery.attempt)
    if refused:
        later.filter(state=State.DUE, provider__in=("", delivery.provider)).update(state=State.CANCELLED)
    return later.filter(state__in=GOES_ON).exists()


def _failure(incoming: Incoming, delivery: Delivery) -> Failure:
    status, message = _status(incoming), delivery.message
    return Failure(
        payload_id=delivery.payload_id,
        message_id=delivery.message_id,
        channel=delivery.channel,
        urgent=delivery.urgent,
        attempt=delivery.attempt,
        provider=delivery.provider,
        address=delivery.payload.address,
        created_at=message.created_at,
        expires_at=message.expires_at,
        reason=REASONS.get(status, "failed"),
        refused=status == Status.PERMANENT,
    )


def silence(address: str) -> None:
    """Somebody texted STOP: no text message goes to this number any more, also none that waits.

    Who had nothing else of a message gets the next in reserve: STOP is about text messages.
    """
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.MOBILE, address=address)
    points.filter(stopped_at=None).update(stopped_at=Now())
    waiting = Delivery.objects.filter(channel="sms", state=State.DUE, payload__address=address)
    waiting = waiting.filter(message__user__isnull=False)  # a code is asked for by whoever gets it
    messages = set(waiting.values_list("message", flat=True))
    waiting.update(state=State.CANCELLED)
    for message in messages:
        if not Delivery.objects.filter(message=message, state__in=GOES_ON).exists():
            call_reserve(message)


def speak_again(address: str) -> None:
    """Somebody texted START."""
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.MOBILE, address=address)
    points.update(stopped_at=None)
