"""How somebody may be reached: their own addresses and numbers, and what they agreed to for each."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from messaging.models import ContactPoint, Recipient


class AddressTaken(IntegrityError):
    """This address was verified by somebody else already."""


def keep_contact_point(
    *, user: Recipient, kind: str, address: str, verified: bool, may_message: bool, on_call_list: bool
) -> ContactPoint:
    """Add an address of this person (mail in lower case, numbers in E.164), or change what it may be used for.

    `verified` says that a code just proved it; a verified address stays verified. Raises AddressTaken when somebody
    else verified it before, IntegrityError for what the database refuses: messages to an address without proof, a
    mail address that would be phoned, an address of no legal form.
    """
    address = address.strip().lower() if kind == ContactPoint.Kind.EMAIL else address
    point = ContactPoint.objects.visible_to(user).filter(address=address).first()
    if point is None:
        point = ContactPoint(user_id=user.pk, address=address)
    point.kind, point.may_message, point.on_call_list = kind, may_message, on_call_list
    if verified:
        point.verified_at = timezone.now()
    try:
        with transaction.atomic():
            point.save()
    except IntegrityError as error:
        if "verified_address_of_one_person" in str(error):
            raise AddressTaken(kind) from None
        raise
    return point


def drop_contact_point(*, point: ContactPoint) -> None:
    """Forget an address; what was frozen for it before may still arrive, and stays in the history of deliveries."""
    point.delete()
