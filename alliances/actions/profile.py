"""A person's own settings: what to be called, the language, and how they are reached."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliances.models import User
from alliances.policy import Refused
from messaging.actions import drop_contact_point, keep_contact_point
from messaging.models import ContactPoint

SIGN_IN = (ContactPoint.Kind.EMAIL, ContactPoint.Kind.MOBILE)  # the kinds that are also fields of User


@transaction.atomic
def change_profile(*, user: User, name: str, language: str, function_title: str) -> None:
    """Save what the person is called, reads and does."""
    user.name, user.language, user.function_title = name, language, function_title
    user.save(update_fields=["name", "language", "function_title"])


@transaction.atomic
def add_address(*, user: User, kind: str, address: str, may_message: bool, on_call_list: bool) -> None:
    """Keep an address that a code proved (a landline needs none), and sign in with it if there was none of its kind.

    Raises Refused when it is somebody else's.
    """
    proved = kind != ContactPoint.Kind.LANDLINE
    try:
        keep_contact_point(
            user=user,
            kind=kind,
            address=address,
            verified=proved,
            may_message=proved and may_message,
            on_call_list=on_call_list,
        )
        sign_in_with(user, kind, address)
    except IntegrityError as error:
        raise Refused(_("This address cannot be used. Choose another one.")) from error


def sign_in_with(user: User, kind: str, address: str) -> None:
    """Let a proved mail address or mobile number sign in, when the person had none of that kind."""
    if kind in SIGN_IN and not getattr(user, kind):
        with transaction.atomic():
            setattr(user, kind, address)
            user.save(update_fields=[kind])


@transaction.atomic
def agree(*, user: User, point: ContactPoint, may_message: bool, on_call_list: bool) -> None:
    """What an address may be used for. Raises Refused when no message could reach the person any more."""
    if point.may_message and not may_message:
        _stay_reachable(user, point)
    keep_contact_point(
        user=user,
        kind=point.kind,
        address=point.address,
        verified=False,
        may_message=may_message and point.verified_at is not None,
        on_call_list=on_call_list and point.kind != ContactPoint.Kind.EMAIL,
    )


@transaction.atomic
def remove_address(*, user: User, point: ContactPoint) -> None:
    """Forget an address; another one of its kind signs in instead.

    Raises Refused for the last one that messages can reach, and for the last one to sign in with.
    """
    if point.may_message:
        _stay_reachable(user, point)
    drop_contact_point(point=point)
    if point.kind in SIGN_IN and getattr(user, point.kind) == point.address:
        other = user.contact_points.verified().filter(kind=point.kind).first()
        setattr(user, point.kind, other.address if other else None)
        if not user.email and not user.mobile:
            raise Refused(_("You sign in with this one. Add another one first."))
        user.save(update_fields=[point.kind])


def _stay_reachable(user: User, without: ContactPoint) -> None:
    if not user.contact_points.for_messages().exclude(pk=without.pk).exists():
        raise Refused(_("This is the only way to reach you. Add another one first."))


@transaction.atomic
def sign_out_elsewhere(*, user: User) -> None:
    """End the person's other sessions: a session is bound to the (unusable) password, which changes.

    The caller keeps its own session with `update_session_auth_hash`.
    """
    user.set_unusable_password()
    user.save(update_fields=["password"])
