"""Founding the demo's three alliances, through the same actions as real people use."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from alliances.actions import Joining, found, invite, join, set_up_area
from alliances.cbs import read_areas
from alliances.models import Alliance, Area, Coordination, HouseRules, Membership, User
from messaging.models import Message

from .cast import ADMINISTRATOR, BOTH, CITY, COORDINATOR, FORMING, TABLE_OF_TEN, Person
from .history import live_through
from .journal import redate

AREAS = Path(__file__).with_name("gebieden-overvecht.csv")


def set_up() -> None:
    """Areas, people and alliances; nothing that is there already is touched."""
    areas = _areas()
    if Alliance.objects.exists():
        return
    User.objects.create_superuser(ADMINISTRATOR.email, name=ADMINISTRATOR.name)
    petra = User.objects.create_user(COORDINATOR.email, name=COORDINATOR.name, function_title=COORDINATOR.function)
    Coordination.objects.create(user=petra, area=areas["GM0344"], role=COORDINATOR.role)
    ten = _alliance(areas["BU03440321"], "Zamenhofdreef", TABLE_OF_TEN, by=petra)
    _back_in_time(ten, timedelta(days=700))
    forming = _alliance(areas["BU03440322"], "Neckardreef", FORMING, by=petra)
    invite(alliance=forming, role="municipality", name="Anouk", way="link", by=petra)
    _back_in_time(forming, timedelta(days=3))
    _back_in_time(_alliance(areas["GM0344"], "Utrecht", CITY, by=petra), timedelta(days=90))
    erik = User.objects.get(email=BOTH.email)
    Coordination.objects.create(user=erik, area=areas["WK034403"], role="police")
    Message.objects.all().delete()  # the past is not sent again
    live_through(Alliance.objects.get(pk=ten.pk))


def _areas() -> dict[str, Area]:
    areas: dict[str, Area] = {}
    for row in read_areas(AREAS):
        parent = areas[row.parent_code] if row.parent_code else None
        areas[row.cbs_code] = set_up_area(name=row.name, level=row.level, parent=parent, cbs_code=row.cbs_code)
    return areas


def _alliance(area: Area, name: str, people: list[Person], *, by: User) -> Alliance:
    alliance = found(area=area, name=name, by=by)
    member: Membership | None = None
    for person in people:
        host = by if person.role != "resident" or member is None else member.user
        member = _seat(alliance, person, by=host or by)
    return Alliance.objects.get(pk=alliance.pk)


def _seat(alliance: Alliance, person: Person, *, by: User) -> Membership:
    invitation = invite(alliance=alliance, role=person.role, name=person.name, way="link", by=by)
    numbers = {"mobile": person.mobile, "landline": person.landline}
    phone_on = {kind for kind, number in numbers.items() if number and person.may_phone}
    joining = Joining(
        name=person.name,
        word=person.word,
        rules=HouseRules.objects.latest("version"),
        email=person.email,
        mobile=person.mobile,
        landline=person.landline,
        message_by={"email", "mobile"},
        phone_on=phone_on,
        ring_on=phone_on,
        verified={address for address in (person.email, person.mobile, person.landline) if address},
    )
    member = join(invitation=invitation, joining=joining)
    User.objects.filter(memberships=member).update(function_title=person.function)
    return member


def _back_in_time(alliance: Alliance, by: timedelta) -> None:
    """As if all this happened that long ago, an hour after one another."""
    then = timezone.now() - by
    Alliance.objects.filter(pk=alliance.pk).update(founded_at=then)
    for hours, member in enumerate(alliance.memberships.all()):
        alliance.memberships.filter(pk=member.pk).update(joined_at=then + timedelta(hours=hours))
    lines = alliance.journal.order_by("at").values_list("pk", flat=True)
    redate({key: then + timedelta(hours=hours) for hours, key in enumerate(lines)})
