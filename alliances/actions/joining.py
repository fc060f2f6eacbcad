"""Joining: the last step of the invitation's pages, where a person takes the seat."""

from dataclasses import dataclass, field

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliances.actor import set_actor
from alliances.models import Alliance, HouseRules, Invitation, Membership, Role, User
from alliances.policy import Refused
from messaging.actions import keep_contact_point, post
from messaging.models import ContactPoint

from .inviting import SeatTaken, seat_sentence
from .journal import record
from .profile import sign_in_with

RESIDENTS_TO_START = 2
ADDRESS_IN_USE = gettext_lazy("This address or number cannot be used. Choose another one, or call us.")


class WordTaken(Refused):
    """Somebody chose this recognition word in the meantime."""


class SeatedAlready(Refused):
    """The person sits at this table."""


@dataclass
class Joining:
    """What somebody filled in on the way in. Addresses in `verified` were proved by a code."""

    name: str
    word: str
    rules: HouseRules
    language: str = "nl"
    email: str = ""
    mobile: str = ""
    landline: str = ""
    message_by: set[str] = field(default_factory=set)  # "email", "mobile": may be used for messages
    ring_on: set[str] = field(default_factory=set)  # "mobile": we may ring it when something is urgent
    phone_on: set[str] = field(default_factory=set)  # "mobile", "landline": members may phone it
    verified: set[str] = field(default_factory=set)  # addresses proved by a code


@transaction.atomic
def join(*, invitation: Invitation, joining: Joining, user: User | None = None) -> Membership:
    """Take the seat. `user` is who is signed in already; otherwise the person is found by a verified address, or made.

    From here on the transaction acts as that person. Raises Refused when the link stopped working, no address was
    verified, the word is somebody's, the person has a seat here already, or the seat was taken in the meantime.
    """
    # The lock: of two people who use one link at the same moment, the second one finds it used.
    if not Invitation.objects.select_for_update(of=("self",)).usable(timezone.now()).filter(pk=invitation.pk).first():
        raise Refused(_("This link does not work any more. Ask for a new one."))
    person = user or _person(joining, invitation.token_hash)
    if Membership.objects.of(person).filter(alliance=invitation.alliance_id).exists():
        raise SeatedAlready(_("You have a seat at this table already."))
    if not person.recognition_word:
        person.recognition_word = joining.word
        save_word(person)
    member = _sit(invitation, joining, person)
    _keep_addresses(person, joining)
    record("joined", alliance_id=invitation.alliance_id, by=member, thing=member)
    activate_when_complete(invitation.alliance)
    return member


def _person(joining: Joining, token_hash: str) -> User:
    """Who owns the verified addresses: somebody we know, else a new person. They act now, the link still open."""
    owned = [address for address in (joining.mobile, joining.email) if address in joining.verified]
    if not owned:
        raise Refused(_("First fill in the code that we sent you."))
    for address in owned:
        if known := _user_id_by_address(address):
            set_actor("person", user_id=known, token_hash=token_hash)
            return User.objects.get(pk=known)
    new = next_user_id()
    set_actor("person", user_id=new, token_hash=token_hash)
    email, mobile = (address if address in joining.verified else None for address in (joining.email, joining.mobile))
    try:
        with transaction.atomic():
            return User.objects.create_user(email, mobile, id=new, name=joining.name, language=joining.language)
    except IntegrityError as error:  # somebody who may not sign in any more has it
        raise Refused(ADDRESS_IN_USE) from error


def _user_id_by_address(address: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("select app_user_by_address(%s)", [address])
        row = cursor.fetchone()
    return row[0] if row else None


def next_user_id() -> int:
    """The key of a new person, known before the row is: row-level security lets somebody insert only themselves."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('alliances_user', 'id'))")
        return int(cursor.fetchone()[0])


def save_word(person: User) -> None:
    """Keep the recognition word that this person chose. Raises WordTaken when somebody else has it."""
    try:
        with transaction.atomic():
            person.save(update_fields=["recognition_word"])
    except IntegrityError as error:
        raise WordTaken(_("Somebody has this word already. Choose another one.")) from error


def _sit(invitation: Invitation, joining: Joining, person: User) -> Membership:
    """From invitation to seat: the invitation lets go of it first, then the membership takes it."""
    now = timezone.now()
    invitation.state, invitation.ended_at, invitation.address = Invitation.State.JOINED, now, ""
    invitation.save(update_fields=["state", "ended_at", "address"])
    try:
        with transaction.atomic():
            return Membership.objects.create(
                alliance=invitation.alliance,
                user=person,
                role=invitation.role,
                house_rules=joining.rules,
                pledged_at=now,
            )
    except IntegrityError as error:
        if sentence := seat_sentence(error):
            raise SeatTaken(sentence) from error
        raise SeatedAlready(_("You have a seat at this table already.")) from error


def _keep_addresses(person: User, joining: Joining) -> None:
    for kind in ("email", "mobile", "landline"):
        address = getattr(joining, kind)
        proved = address in joining.verified
        if not address or not (proved or kind == ContactPoint.Kind.LANDLINE):
            continue
        try:
            keep_contact_point(
                user=person,
                kind=kind,
                address=address,
                verified=proved,
                may_message=proved and kind in joining.message_by,
                may_ring=proved and kind in joining.ring_on,
                on_call_list=kind in joining.phone_on,
            )
            sign_in_with(person, kind, address)
        except IntegrityError as error:
            raise Refused(ADDRESS_IN_USE) from error


def missing(alliance: Alliance) -> dict[str, int]:
    """What a forming alliance still lacks, by role: how many more must join."""
    seated = list(alliance.memberships.active().values_list("role", flat=True))
    wanted = {Role.POLICE: 1, Role.MUNICIPALITY: 1, Role.RESIDENT: RESIDENTS_TO_START}
    return {role.value: n - seated.count(role) for role, n in wanted.items() if seated.count(role) < n}


def activate_when_complete(alliance: Alliance) -> None:
    """Forming becomes active once police, municipality and two residents sit at the table; everybody hears it once."""
    if alliance.state != Alliance.State.FORMING or missing(alliance):
        return
    alliance.state = Alliance.State.ACTIVE
    alliance.save(update_fields=["state"])
    record("started", alliance_id=alliance.pk, by=None, thing=alliance)
    for member in alliance.memberships.at_hand(timezone.now()).select_related("user"):
        post(
            kind="alliance_active",
            user=member.user,
            about=alliance.uuid,
            context={},
            dedupe_key=f"active:{alliance.uuid}:{member.uuid}",
        )
