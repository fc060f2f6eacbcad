"""What an administrator does: structure, never content; each look at somebody's addresses leaves a trace."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Max

from alliances.models import Alliance, Area, Coordination, HouseRules, User
from alliances.policy import may_administer, require

from .journal import record


@transaction.atomic
def keep_area(*, area: Area, by: User) -> None:
    """Save an area as it was filled in."""
    require(may_administer(by))
    area.save()
    record("kept", alliance_id=None, by=by, thing=area)


@transaction.atomic
def change_alliance(*, alliance: Alliance, area: Area, name: str, by: User) -> None:
    """Give an alliance another name or area; its members see in their journal that it happened."""
    require(may_administer(by))
    alliance.area, alliance.name = area, name
    alliance.save(update_fields=["area", "name"])
    record("changed_area", alliance_id=alliance.pk, by=by, thing=alliance)


@transaction.atomic
def keep_person(*, person: User, by: User) -> None:
    """Make somebody who signs in with a code (a coordinator, an administrator), or change what is not theirs to say."""
    require(may_administer(by))
    if person.pk is None:
        person.set_unusable_password()
    person.save()
    record("kept", alliance_id=None, by=by, thing=person)


@transaction.atomic
def appoint(*, user: User, area: Area, role: str, by: User) -> Coordination:
    """Let somebody found alliances in an area, for police or municipality."""
    require(may_administer(by))
    coordination = Coordination.objects.create(user=user, area=area, role=role)
    record("appointed", alliance_id=None, by=by, thing=user)
    return coordination


@transaction.atomic
def dismiss(*, coordination: Coordination, by: User) -> None:
    """Somebody coordinates an area no longer."""
    require(may_administer(by))
    user = coordination.user
    coordination.delete()
    record("dismissed", alliance_id=None, by=by, thing=user)


@transaction.atomic
def publish_rules(*, text_nl: str, text_en: str, by: User) -> HouseRules:
    """A next version of the house rules; earlier versions stay as people accepted them."""
    require(may_administer(by))
    latest = HouseRules.objects.aggregate(Max("version"))["version__max"] or 0
    return HouseRules.objects.create(version=latest + 1, text_nl=text_nl, text_en=text_en)


@transaction.atomic
def look_up_addresses(*, person: User, reason: str, by: User) -> list[str]:
    """The addresses that somebody signs in with, for a reason that the administrators' log keeps (by reference)."""
    require(may_administer(by) and bool(reason.strip()))
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=str(person.uuid),  # no name: the log outlives the person's wish to be forgotten
        action_flag=CHANGE,
        change_message=reason.strip(),
    )
    record("looked_up", alliance_id=None, by=by, thing=person)
    return [address for address in (person.email, person.mobile) if address]
