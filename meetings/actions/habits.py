"""When an alliance likes to meet."""

from collections.abc import Collection
from datetime import time

from django.db import transaction
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import Habit, Region


@transaction.atomic
def set_habit(
    *, alliance: Alliance, weekday: int, begin: time, end: time, months: Collection[int], region: str, by: Membership
) -> Habit:
    """Keep the habit of an alliance: proposals follow it, evenings that are planned stay. Weekday 0 is Monday.

    Raises Refused for an end that is not after the beginning.
    """
    require(may_act_in(by, alliance))
    if end <= begin:
        raise Refused(_("The end must come after the beginning."))
    fields = {
        "weekday": weekday,
        "begin": begin,
        "end": end,
        "months": sorted(set(months)),
        "region": Region(region),
    }
    habit, _made = Habit.objects.update_or_create(alliance=alliance, defaults=fields)
    record("set_habit", alliance_id=alliance.pk, by=by, thing=alliance)
    return habit
