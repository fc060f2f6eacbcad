"""Writing to the people of a call, and stopping what was not sent yet."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import F, Prefetch, Q
from django.urls import reverse

from alliances.models import User
from messaging.actions import cancel, post
from messaging.models import Channel, Delivery, Message, Way
from signals.ladder import pace_of
from signals.models import Call, CallReach, CallRecipient, Ladder, TensionSignal
from signals.querysets import RecipientQuerySet

# What asks for an answer: of no use to who answered.
FIRST = ("call_urgent", "call_worry", "call_stand_in")
ASKS = (*FIRST, "call_urgent_again")
CALL_LIST_OPEN, ENOUGH, NOT_NEEDED, UNREACHED = "call_list_open", "call_enough", "call_not_needed", "call_unreached"
WRITTEN = (Channel.PUSH, Channel.MAIL, Channel.SMS)  # who is told something, and asked nothing, is not rung for it
# A delivery in one of these states reached somebody, or may have.
ON_ITS_WAY = (Delivery.State.CLAIMED, Delivery.State.SENT, Delivery.State.DELIVERED)


def link_of(token: str) -> str:
    """The whole address of the page behind a token."""
    return settings.SITE_URL + reverse("signals:answer", args=[token])


def people_of(call: Call) -> RecipientQuerySet:
    """Everybody of a call with their newest answer, who they are and where they are reached now. For the worker."""
    reach = Prefetch("reach", CallReach.objects.usable())
    people = CallRecipient.objects.filter(call=call).with_answer().select_related("membership__user", "stand_in__user")
    return people.prefetch_related(reach).order_by("pk")


def tell(
    call: Call,
    recipients: Iterable[CallRecipient],
    *,
    kind: str,
    key: str = "",
    channels: Sequence[Channel] | None = None,
    reserve: Sequence[Channel] = (),
    more: Mapping[str, Any] | None = None,
) -> list[Message]:
    """Have one message written to each of these people (membership, stand-in and their users loaded); the new ones.

    `key` tells occasions of the same kind apart: nobody gets the same one twice; `more` is added to the context. The
    first message goes to the addresses of now, which are frozen in the same transaction; the later ones, by the worker,
    to those frozen ones. A practice is not urgent: a real call goes first.
    """
    written = (
        post(
            kind=kind,
            user=recipient.user,
            context={"link": link_of(recipient.token), "practice": call.practice, **(more or {})},
            about=call.uuid,
            dedupe_key=f"{kind}{key}:{recipient.uuid}",
            urgent=call.level == TensionSignal.Level.URGENT and not call.practice,
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
    someone = recipient.stand_in if recipient.stands_in else recipient.membership
    if someone is not None and someone.user_id is not None:
        # Who answers by link may not see the person, and the key is all that is needed.
        cancel(about=call.uuid, kinds=ASKS, user=User(pk=someone.user_id))


def cancel_all(call: Call) -> None:
    """Nothing of this call starts any more."""
    cancel(about=call.uuid)


def tell_not_needed(call: Call, *, but: int) -> list[Message]:
    """Tell who got something of this call that it is over, except the member (primary key) who ended it."""
    attempts = Delivery.objects.about(call.uuid).filter(Q(state__in=ON_ITS_WAY) | Q(maybe_doubled=True))
    users = set(attempts.values_list("message__user_id", flat=True))
    got = Q(stands_in=False, membership__user__in=users) | Q(stands_in=True, stand_in__user__in=users)
    people = CallRecipient.objects.filter(got, call=call).seated().called()
    others = people.exclude(stands_in=False, membership=but).select_related("membership__user", "stand_in__user")
    return tell(call, others, kind=NOT_NEEDED)


def reached(messages: Sequence[Message]) -> int:
    """How many of these people have a channel on which this message goes out."""
    return Delivery.objects.filter(message__in=messages).values("message").distinct().count() if messages else 0


def waiting_for_morning(call: Call) -> set[int]:
    """Whose first message still waits for the end of their quiet hours (keys of users)."""
    first = Delivery.objects.about(call.uuid).filter(message__kind__in=FIRST, attempt=1)
    later = first.filter(state=Delivery.State.DUE, due_at__gt=F("message__created_at"))
    gone = first.exclude(state=Delivery.State.DUE).values_list("message__user_id", flat=True)
    return set(later.values_list("message__user_id", flat=True)) - set(gone)
