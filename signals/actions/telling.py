"""Writing to the people of a call, and stopping what was not sent yet."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from alliances.models import User
from messaging.actions import cancel, post
from messaging.models import Channel, Delivery, Message
from signals.models import Call, CallRecipient, TensionSignal

# What asks for an answer: of no use to who answered.
ASKS = ("call_urgent", "call_urgent_again", "call_worry")
CALL_LIST = "call_list_open"
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
) -> list[Message]:
    """Have one message written to each of these people (membership and user loaded); the new ones.

    `key` tells occasions of the same kind apart: nobody gets the same one twice.
    """
    written = (
        post(
            kind=kind,
            user=recipient.membership.user,
            context={"link": link_of(recipient.token)},
            about=call.uuid,
            dedupe_key=f"{kind}{key}:{recipient.uuid}",
            urgent=call.level == TensionSignal.Level.URGENT,
            channels=channels,
        )
        for recipient in recipients
        if recipient.membership.user
    )
    return [message for message in written if message]


def cancel_asks(call: Call, recipient: CallRecipient) -> None:
    """Nobody is called in vain: what still asks this person for an answer is not sent."""
    person = recipient.membership.user_id
    if person is not None:
        # Who answers by link may not see the person, and the key is all that is needed.
        cancel(about=call.uuid, kinds=ASKS, user=User(pk=person))


def cancel_all(call: Call) -> None:
    """Nothing of this call starts any more."""
    cancel(about=call.uuid, kinds=(*ASKS, CALL_LIST))


def tell_not_needed(call: Call, *, but: int) -> list[Message]:
    """Tell who got something of this call that it is over, except the member (primary key) who ended it."""
    attempts = Delivery.objects.about(call.uuid).filter(Q(state__in=ON_ITS_WAY) | Q(maybe_doubled=True))
    users = attempts.values_list("message__user_id", flat=True)
    people = (
        CallRecipient.objects.filter(call=call).seated().filter(membership__user__in=set(users)).exclude(membership=but)
    )
    return tell(call, people.select_related("membership__user"), kind=NOT_NEEDED)
