"""Stand-ins: a professional names a colleague, a member of another role agrees, the colleague says yes by a link."""

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances import timing, tokens
from alliances.actor import set_actor
from alliances.models import Alliance, Membership, StandIn, User
from alliances.policy import Refused, may_agree_to_stand_in, may_end_stand_in, may_name_stand_in, require
from messaging.actions import cancel, keep_contact_point, post
from messaging.models import ContactPoint

from .joining import ADDRESS_IN_USE, next_user_id, save_word
from .journal import record


@transaction.atomic
def name_stand_in(*, alliance: Alliance, by: Membership, name: str, address: str) -> StandIn:
    """The professional `by` names a colleague (a mail address, or a mobile number in E.164). Nothing is sent yet.

    Raises Refused when there is one for this seat already, or the alliance does not work now.
    """
    require(may_name_stand_in(by, alliance))
    if not alliance.works:
        raise Refused(_("This alliance has a pause or has ended."))
    stand_in = StandIn(alliance=alliance, role=by.role, name=name.strip(), address=address, named_by=by)
    stand_in.token_hash = tokens.fingerprint(stand_in.token)
    try:
        with transaction.atomic():
            stand_in.save()
    except IntegrityError as error:
        raise Refused(_("There is somebody for this seat already. End that first.")) from error
    record("named", alliance_id=alliance.pk, by=by, thing=stand_in)
    return stand_in


@transaction.atomic
def agree_to_stand_in(*, stand_in: StandIn, by: Membership) -> None:
    """A member of another role agrees; now the colleague gets the link. Agreed already: nothing happens.

    Raises Refused when it has ended.
    """
    require(may_agree_to_stand_in(by, stand_in))
    held = _held(stand_in)
    if held.agreed_at:
        return
    held.agreed_by, held.agreed_at = by, timezone.now()
    held.save(update_fields=["agreed_by", "agreed_at"])
    record("agreed", alliance_id=held.alliance_id, by=by, thing=held)
    _send_link(held, by, key="first")


@transaction.atomic
def ask_stand_in_again(*, stand_in: StandIn, by: Membership) -> None:
    """Send the same link once more, once a week at most, while it works. Raises Refused otherwise."""
    require(may_end_stand_in(by, stand_in))
    held = _held(stand_in)
    now = timezone.now()
    if not held.agreed_at or not is_asked(held):
        raise Refused(_("This link does not work any more. Name somebody again."))
    week = int((now - held.agreed_at) / timing.NUDGE_EVERY)
    if week < 1 or not _send_link(held, by, key=f"week {week}"):
        raise Refused(_("One nudge a week is enough."))
    record("asked_again", alliance_id=held.alliance_id, by=by, thing=held)


@transaction.atomic
def end_stand_in(*, stand_in: StandIn, by: Membership) -> None:
    """Any member ends it, from the next call on. Ended already: nothing happens."""
    require(may_end_stand_in(by, stand_in))
    held = StandIn.objects.select_for_update(of=("self",)).get(pk=stand_in.pk)
    if held.ended_at:
        return
    _end(held)
    record("ended", alliance_id=held.alliance_id, by=by, thing=held)


@transaction.atomic
def accept_to_stand_in(*, stand_in: StandIn, word: str, language: str, may_ring: bool = False) -> StandIn:
    """Who holds the link says yes. The link came to the address, so that address is proved: whose it is stands in, or
    a new person is made with it, with the recognition word, who agrees to messages there (`may_ring`: and phone calls).

    Nobody is signed in by it, and of somebody whom we know nothing changes. Yes already: nothing happens. Raises
    Refused when the link stopped working or the person sits at this table, WordTaken when somebody has the word.
    """
    held = _held(stand_in)
    if held.accepted_at:
        return held
    if not is_asked(held):
        raise Refused(_("This link does not work any more."))
    held.user_id = owner_of_address() or _new_person(held, word, language, may_ring).pk
    held.accepted_at, held.address = timezone.now(), ""
    try:
        with transaction.atomic():
            held.save(update_fields=["user", "accepted_at", "address"])
    except IntegrityError as error:
        if "sits at the table" in str(error):
            raise Refused(_("You have a seat at this table already. Who sits there cannot stand in.")) from error
        raise
    record("accepted", alliance_id=held.alliance_id, by=None, thing=held)
    return held


@transaction.atomic
def decline_to_stand_in(*, stand_in: StandIn) -> None:
    """Who holds the link would rather not, or stops. Of a no, nothing stays that was typed about this person."""
    held = StandIn.objects.select_for_update(of=("self",)).get(pk=stand_in.pk)
    if held.ended_at:
        return
    said_yes = held.accepted_at is not None
    _end(held, forget=not said_yes)
    record("stopped" if said_yes else "declined", alliance_id=held.alliance_id, by=None, thing=held)


def is_asked(stand_in: StandIn) -> bool:
    """Whether the link still works for a yes: agreed to by the table, no answer yet, within the fourteen days."""
    if stand_in.agreed_at is None or stand_in.accepted_at or stand_in.ended_at:
        return False
    return timing.expires(stand_in.agreed_at) > timezone.now()


def asker() -> str:
    """The name of who named the stand-in whose link is open; empty when that person has left."""
    with connection.cursor() as cursor:
        cursor.execute("select app_stand_in_asker()")
        (name,) = cursor.fetchone()
    return name or ""


def owner_of_address() -> int | None:
    """The key of the person whose address the open link was sent to; None for somebody whom we do not know."""
    with connection.cursor() as cursor:
        cursor.execute("select app_stand_in_owner()")
        (owner,) = cursor.fetchone()
    return int(owner) if owner else None


def _held(stand_in: StandIn) -> StandIn:
    """The row, locked: two buttons at once come one after the other."""
    held = StandIn.objects.select_for_update(of=("self",)).get(pk=stand_in.pk)
    if held.ended_at:
        raise Refused(_("This has ended already."))
    return held


def _end(held: StandIn, *, forget: bool = False) -> None:
    cancel(about=held.uuid)
    held.ended_at, held.address = timezone.now(), ""
    held.name = "" if forget else held.name
    held.save(update_fields=["ended_at", "address", "name"])


def _new_person(held: StandIn, word: str, language: str, may_ring: bool) -> User:
    """Row-level security lets somebody insert only themselves: from here on they act, with the link still open."""
    by_mail = "@" in held.address
    new = next_user_id()
    set_actor("person", user_id=new, token_hash=held.token_hash)
    email, mobile = (held.address, None) if by_mail else (None, held.address)
    try:
        with transaction.atomic():
            person = User.objects.create_user(email, mobile, id=new, name=held.name, language=language)
    except IntegrityError as error:  # somebody who may not sign in any more has it
        raise Refused(ADDRESS_IN_USE) from error
    person.recognition_word = word
    save_word(person)
    keep_contact_point(
        user=person,
        kind=ContactPoint.Kind.EMAIL if by_mail else ContactPoint.Kind.MOBILE,
        address=held.address,
        verified=True,
        may_message=True,
        may_ring=may_ring and not by_mail,
        on_call_list=False,
    )
    return person


def _send_link(held: StandIn, by: Membership, *, key: str) -> bool:
    """Post the link in the name of who named them (else of `by`); False when that was done under this key."""
    asking = Membership.objects.filter(pk=held.named_by_id or 0).select_related("user").first()
    message = post(
        kind="stand_in_asked",
        address=held.address,
        context={
            "name": held.name,
            "inviter": (asking or by).name,
            "link": f"{settings.SITE_URL}{held.path}",
        },
        about=held.uuid,
        dedupe_key=f"stand-in:{held.uuid}:{key}",
        expires_at=timing.expires(held.agreed_at or timezone.now()),
    )
    return message is not None
