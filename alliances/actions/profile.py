"""A person's own settings: what to be called, the language, and how they are reached."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliances.models import User
from alliances.policy import Refused
from messaging.actions import drop_contact_point, keep_contact_point
from messaging.models import ContactPoint


@transaction.atomic
def change_profile(*, user: User, name: str, language: str, function_title: str) -> None:
    """Save what the person is called, reads and does."""
    user.name, user.language, user.function_title = name, language, function_title
    user.save(update_fields=["name", "language", "function_title"])


@transaction.atomic
def add_address(*, user: User, kind: str, address: str, may_message: bool, on_call_list: bool) -> None:
    """Keep an address that a code proved (a landline needs none), and sign in with it from now on if there was none."""
    try:
        with transaction.atomic():
            keep_contact_point(
                user=user, kind=kind, address=address, verified=kind != ContactPoint.Kind.LANDLINE,
                may_message=may_message, on_call_list=on_call_list,
            )  # fmt: skip
            field = {"email": "email", "mobile": "mobile"}.get(kind)
            if field:
                setattr(user, field, address)
                user.save(update_fields=[field])
    except IntegrityError as error:
        raise Refused(_("This address cannot be used. Choose another one.")) from error


@transaction.atomic
def remove_address(*, user: User, point: ContactPoint) -> None:
    """Forget an address. Raises Refused for the last one that messages can reach: tell us another one first."""
    others = user.contact_points.filter(may_message=True).exclude(pk=point.pk)
    if point.may_message and not others.exists():
        raise Refused(_("This is the only way to reach you. Add another one first."))
    if point.address == user.email and user.mobile:
        user.email = None
    elif point.address == user.mobile and user.email:
        user.mobile = None
    user.save(update_fields=["email", "mobile"])
    drop_contact_point(point=point)
