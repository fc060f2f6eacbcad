"""Writing to the people of a call, and stopping what was not sent yet."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from alliances.models import User
from messaging.actions import cancel, post
from messaging.models import Channel, Delivery, Message, Way
from signals.ladder import pace_of
from signals.models import Call, CallRecipient, Ladder, TensionSignal

# What asks for an answer: of no use to who answered.
ASKS = ("call_urgent", "call_urgent_again", "call_worry")
CALL_LIST_OPEN = "call_list_open"
WRITTEN = (Channel.PUSH, Channel.MAIL, Channel.SMS)  # who is asked to phone is not rung for it
NOT_NEEDED = "call_not_needed"
# A delivery in one of these states reached somebody, or may have.
ON_ITS_WAY = (Delivery.State.CLAIMED, Delivery.State.SENT, Delivery.State.DELIVERED)


def link_of(token: str) -> str:
    """The whole address of the page behind a token."""
    return settings.SITE_URL + reverse("signals:answer", args=[token])


def tell(
    call: Call,
    recipients: Iterable[CallRecipient],
    *,
    kind: str,
    key: str = "",
    channels: Sequence[Channel] | None = None,
    reserve: Sequence[Channel] = (),
) -> list[Message]:
    """Have one message written to each of these people (membership, stand-in and their users loaded); the new ones.

    `key` tells occasions of the same kind apart: nobody gets the same one twice. The first message goes to the
    addresses of now, which are frozen in the same transaction; the later ones, by the worker, to those frozen ones.
    """
    written = (
        post(
            kind=kind,
            user=recipient.user,
            context={"link": link_of(recipient.token), "practice": call.practice},
            about=call.uuid,
            dedupe_key=f"{kind}{key}:{recipient.uuid}",
            urgent=call.level == TensionSignal.Level.URGENT,
            channels=channels,
            reserve=reserve,
            ways=frozen_ways(recipient),
            quiet=pace_of(call.level, call.moment) != Ladder.Pace.NOW,
        )
        for recipient in recipients
        if recipient.user
    )
    return [message for message in written if message]


def frozen_ways(recipient: CallRecipient) -> list[Way] | None:
    """Where this person is reached during the call; None while it begins (only the worker can read them)."""
    if "reach" not in getattr(recipient, "_prefetched_objects_cache", {}):
        return None
    return [Way(channel=Channel(one.channel), address=one.address, keys=one.keys) for one in recipient.reach.all()]


def cancel_asks(call: Call, recipient: CallRecipient) -> None:
    """Nobody is called in vain: what still asks this person for an answer is not sent."""
    person = recipient.membership.user_id
    if person is not None:
        # Who answers by link may not see the person, and the key is all that is needed.
        cancel(about=call.uuid, kinds=ASKS, user=User(pk=person))


def cancel_all(call: Call) -> None:
    """Nothing of this call starts any more."""
    cancel(about=call.uuid, kinds=(*ASKS, CALL_LIST_OPEN))


def tell_not_needed(call: Call, *, but: int) -> list[Message]:
    """Tell who got something of this call that it is over, except the member (primary key) who ended it."""
    attempts = Delivery.objects.about(call.uuid).filter(Q(state__in=ON_ITS_WAY) | Q(maybe_doubled=True))
    users = attempts.values_list("message__user_id", flat=True)
    people = (
        CallRecipient.objects.filter(call=call).seated().filter(membership__user__in=set(users)).exclude(membership=but)
    )
    return tell(call, people.select_related("membership__user", "stand_in__user"), kind=NOT_NEEDED)
