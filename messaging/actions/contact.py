"""How somebody may be reached: their own addresses, numbers and devices, and what they agreed to for each."""

from collections.abc import Mapping
from datetime import time

from django.db import IntegrityError, transaction
from django.utils import timezone

from messaging.models import ContactPoint, QuietHours, Recipient

Kind = ContactPoint.Kind


class AddressTaken(IntegrityError):
    """This address was verified by somebody else already."""


def keep_contact_point(
    *,
    user: Recipient,
    kind: str,
    address: str,
    verified: bool,
    may_message: bool,
    on_call_list: bool,
    may_ring: bool = False,
) -> ContactPoint:
    """Add an address of this person (mail in lower case, numbers in E.164), or change what it may be used for.

    `verified` says that a code just proved it: then what failed before is forgotten, and so is a STOP when messages are
    wanted. A verified address stays verified. A new one comes last in the order. Raises AddressTaken when somebody else
    verified it before, IntegrityError for what the database refuses: messages or our phone calls to an address without
    proof, a mail address that would be phoned, a landline that would be texted, an address of no legal form.
    """
    address = address.strip().lower() if kind == Kind.EMAIL else address
    point = _own(user, address) or ContactPoint(user_id=user.pk, address=address, position=_last(user))
    point.kind, point.may_message, point.on_call_list, point.may_ring = kind, may_message, on_call_list, may_ring
    if verified:
        point.verified_at = point.reached_at = timezone.now()
        point.failed_at, point.failure = None, ""
        point.stopped_at = None if may_message else point.stopped_at
    return _save(point)


def keep_device(
    *, user: Recipient, endpoint: str, keys: Mapping[str, str], device: str, replaces: str = ""
) -> ContactPoint:
    """Keep the push subscription of one browser, which may be used for messages from now on.

    It needs no code: the browser of the signed-in person hands it over itself, after asking them. `replaces` is the
    endpoint that the browser had before, of the same person: it keeps its place and name. Raises AddressTaken when
    another person has it.
    """
    point = (_own(user, replaces) if replaces else None) or _own(user, endpoint)
    if point is None or point.kind != Kind.PUSH:
        point = ContactPoint(user_id=user.pk, kind=Kind.PUSH, position=_first(user), device=device)
    point.address, point.keys, point.device = endpoint, dict(keys), device or point.device
    point.verified_at, point.may_message = timezone.now(), True
    point.failed_at, point.failure = None, ""
    return _save(point)


def move_contact_point(*, point: ContactPoint, up: bool) -> None:
    """Change places with the one before (`up`) or after it in the person's order; the first stays first."""
    others = list(ContactPoint.objects.filter(user_id=point.user_id).select_for_update())
    before = others.index(point)
    after = before + (-1 if up else 1)
    if 0 <= after < len(others):
        others[before], others[after] = others[after], others[before]
    for position, other in enumerate(others):
        other.position = position
    ContactPoint.objects.bulk_update(others, ["position"])


def message_again(*, point: ContactPoint) -> None:
    """Take back a STOP, on the person's own word."""
    point.stopped_at = None
    point.save(update_fields=["stopped_at"])


def keep_quiet_hours(*, user: Recipient, starts: time, ends: time) -> None:
    """When nothing but an urgent call for now may come, by the clock of the Netherlands. Equal: no quiet hours."""
    QuietHours.objects.update_or_create(user_id=user.pk, defaults={"starts": starts, "ends": ends})


def drop_contact_point(*, point: ContactPoint) -> None:
    """Forget an address; what was frozen for it before may still arrive, and stays in the history of deliveries."""
    point.delete()


def drop_devices(*, user: Recipient, but: str = "") -> int:
    """Forget the browsers of this person, except the one with this endpoint; returns how many were forgotten."""
    others = ContactPoint.objects.visible_to(user).filter(kind=Kind.PUSH).exclude(address=but)
    return others.delete()[0]


def _own(user: Recipient, address: str) -> ContactPoint | None:
    return ContactPoint.objects.visible_to(user).filter(address=address).first()


def _last(user: Recipient) -> int:
    last = ContactPoint.objects.visible_to(user).order_by("-position").first()
    return last.position + 1 if last else 0


def _first(user: Recipient) -> int:
    """A device costs nothing and is quick: it comes first, until the person says otherwise."""
    points = list(ContactPoint.objects.visible_to(user))
    for position, point in enumerate(points, start=1):
        point.position = position
    ContactPoint.objects.bulk_update(points, ["position"])
    return 0


def _save(point: ContactPoint) -> ContactPoint:
    try:
        with transaction.atomic():
            point.save()
    except IntegrityError as error:
        if "verified_address_of_one_person" in str(error):
            raise AddressTaken(point.kind) from None
        raise
    return point
