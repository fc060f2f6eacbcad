"""What people eat and bring along. Both go the day after: they may tell what somebody believes or suffers from."""

from collections.abc import Collection
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import Dish, FoodWish, Meeting


@transaction.atomic
def wish_food(*, meeting: Meeting, wishes: Collection[str], by: Membership) -> None:
    """What this member does not eat, all of it; an empty list takes the wishes away. For the host as counts.

    No line in the journal: that somebody has wishes at all is theirs. Raises Refused when it is off or over.
    """
    require(may_act_in(by, meeting.alliance) and set(wishes) <= set(FoodWish.Wish.values))
    _still_to_come(meeting)
    if not wishes:
        FoodWish.objects.filter(meeting=meeting, membership=by).delete()
        return
    row = FoodWish(meeting=meeting, membership=by, wishes=sorted(set(wishes)))
    FoodWish.objects.bulk_create(
        [row], update_conflicts=True, update_fields=["wishes"], unique_fields=["meeting", "membership"]
    )


@transaction.atomic
def bring_dish(*, meeting: Meeting, what: str, by: Membership) -> None:
    """What this member brings along; empty takes it back. Raises Refused when the evening is off or over."""
    require(may_act_in(by, meeting.alliance))
    _still_to_come(meeting)
    if what:
        Dish.objects.update_or_create(meeting=meeting, membership=by, defaults={"what": what})
    else:
        Dish.objects.filter(meeting=meeting, membership=by).delete()
    record("brings_dish", alliance_id=meeting.alliance_id, by=by, thing=meeting)


@transaction.atomic
def forget_food(*, at: datetime) -> int:
    """Delete wishes and dishes of evenings that ended before today (the day of `at` in Amsterdam); returns how many."""
    today = timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))
    gone = [rows.objects.filter(meeting__ends_at__lt=today).delete()[0] for rows in (FoodWish, Dish)]
    return sum(gone)


def _still_to_come(meeting: Meeting) -> None:
    if meeting.state == Meeting.State.CANCELLED or meeting.ends_at <= timezone.now():
        raise Refused(_("This evening is off or over."))
