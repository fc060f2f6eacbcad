"""Founding an alliance."""

from django.db import transaction
from django.utils.translation import gettext as _

from alliances.models import Alliance, Area, Level, User
from alliances.policy import Refused, may_found, require

from .journal import record


@transaction.atomic
def found(*, area: Area, name: str, by: User) -> Alliance:
    """Found an alliance for an area. Raises Refused when a living one has this name in this area already."""
    require(may_found(by, area))
    if Alliance.objects.filter(area=area, name__iexact=name.strip()).exclude(state=Alliance.State.ENDED).exists():
        raise Refused(_("There is an alliance with this name here already. Give this one another name."))
    alliance = Alliance.objects.create(area=area, name=name.strip())
    record("founded", alliance_id=alliance.pk, by=by, thing=alliance)
    return alliance


@transaction.atomic
def set_up_area(*, name: str, level: Level, parent: Area | None = None, cbs_code: str | None = None) -> Area:
    """The area with this CBS code (or name and parent), made when it is not there yet; its name follows."""
    found_by = {"cbs_code": cbs_code} if cbs_code else {"name": name, "parent": parent}
    area, _made = Area.objects.update_or_create(**found_by, defaults={"name": name, "level": level, "parent": parent})
    return area
