"""A person's own settings: what to be called, the language, and how they are reached."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.models import User
from alliances.policy import Refused
from messaging.actions import (
    AddressTaken,
    drop_contact_point,
    drop_devices,
    keep_contact_point,
    keep_device,
    keep_quiet_hours,
    message_again,
    move_contact_point,
    post,
)
from messaging.channels import providers
from messaging.models import Channel, ContactPoint, Way
from messaging.push import is_push_service

NUMBERS = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.LANDLINE)
TEST_LIVES = timedelta(minutes=10)  # later it would only puzzle
SIGN_IN = (ContactPoint.Kind.EMAIL, ContactPoint.Kind.MOBILE)  # the kinds that are also fields of User


@transaction.atomic
def change_profile(*, user: User, name: str, language: str, function_title: str) -> None:
    """Save what the person is called, reads and does."""
    user.name, user.language, user.function_title = name, language, function_title
    user.save(update_fields=["name", "language", "function_title"])


@transaction.atomic
def add_address(
    *,
    user: User,
    kind: str,
    address: str,
    may_message: bool = False,
    may_ring: bool = False,
    on_call_list: bool = False,
    verified: bool = True,
) -> None:
    """Keep an address that a code proved, and sign in with it if there was none of its kind.

    Without a proof (`verified`) nothing of ours goes there: a landline may stand on the call list all the same.
    Raises Refused when it is somebody else's.
    """
    try:
        keep_contact_point(
            user=user,
            kind=kind,
            address=address,
            verified=verified,
            may_message=verified and may_message,
            may_ring=verified and may_ring,
            on_call_list=on_call_list,
        )
        if verified:
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
def agree(*, user: User, point: ContactPoint, may_message: bool, may_ring: bool, on_call_list: bool) -> None:
    """What an address may be used for. Raises Refused when nothing of ours could reach the person any more."""
    with _staying_reachable(user):
        proved, number = point.verified_at is not None, point.kind in NUMBERS
        keep_contact_point(
            user=user,
            kind=point.kind,
            address=point.address,
            verified=False,
            may_message=may_message and proved and point.kind != ContactPoint.Kind.LANDLINE,
            may_ring=may_ring and proved and number,
            on_call_list=on_call_list and number,
        )


@transaction.atomic
def remove_address(*, user: User, point: ContactPoint) -> None:
    """Forget an address; another one of its kind signs in instead.

    Raises Refused for the last one that messages can reach, and for the last one to sign in with.
    """
    with _staying_reachable(user):
        drop_contact_point(point=point)
    if point.kind in SIGN_IN and getattr(user, point.kind) == point.address:
        other = user.contact_points.verified().filter(kind=point.kind).first()
        setattr(user, point.kind, other.address if other else None)
        if not user.email and not user.mobile:
            raise Refused(_("You sign in with this one. Add another one first."))
        user.save(update_fields=[point.kind])


@contextmanager
def _staying_reachable(user: User) -> Iterator[None]:
    """Refuse a change that leaves no way, when there was one. A browser's subscription may end any day: not counted."""
    before = _ways(user)
    yield
    if before and not _ways(user):
        raise Refused(_("This is the only way to reach you. Add another one first."))


def _ways(user: User) -> bool:
    lasting = user.contact_points.verified().exclude(kind=ContactPoint.Kind.PUSH)
    return lasting.filter(Q(may_message=True) | Q(may_ring=True)).exists()


@transaction.atomic
def order_address(*, point: ContactPoint, up: bool) -> None:
    """One place up or down in the order that the person prefers."""
    move_contact_point(point=point, up=up)


@transaction.atomic
def text_again(*, point: ContactPoint) -> None:
    """Texts may come again after a STOP."""
    message_again(point=point)


@transaction.atomic
def set_quiet_hours(*, user: User, starts: time, ends: time) -> None:
    """When the person wants quiet."""
    keep_quiet_hours(user=user, starts=starts, ends=ends)


@transaction.atomic
def add_device(*, user: User, endpoint: str, keys: Mapping[str, str], device: str, replaces: str = "") -> ContactPoint:
    """Push messages to one browser, and one at once so that the person sees what they look like.

    Raises Refused when it is not at a push service that we know, or somebody else's.
    """
    if not is_push_service(endpoint):
        raise Refused(_("This browser cannot get messages from us."))
    try:
        point = keep_device(user=user, endpoint=endpoint, keys=keys, device=device, replaces=replaces)
    except AddressTaken as error:
        raise Refused(_("Somebody else gets messages on this device. Try once more.")) from error
    if not replaces:
        send_test(user=user, point=point, channel=Channel.PUSH)
    return point


@transaction.atomic
def send_test(*, user: User, point: ContactPoint, channel: Channel) -> None:
    """Something harmless by one way, at once, whatever the hour: the person asks for it.

    Raises Refused for a way that they did not agree to, or that texted STOP.
    """
    if channel not in point.channels or not providers(channel):
        raise Refused(_("We send nothing there. First say that we may."))
    way = Way(channel=channel, address=point.address, keys=point.keys)
    post(kind="test", user=user, ways=[way], about=point.uuid, context={}, expires_at=timezone.now() + TEST_LIVES)


@transaction.atomic
def sign_out_elsewhere(*, user: User, this_device: str = "") -> None:
    """End the person's other sessions: a session is bound to the (unusable) password, which changes.

    Messages on other devices end too, for their links need no sign-in; the browser with the endpoint `this_device`
    keeps them. The caller keeps its own session with `update_session_auth_hash`.
    """
    user.set_unusable_password()
    user.save(update_fields=["password"])
    drop_devices(user=user, but=this_device)
