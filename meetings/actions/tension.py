"""The tension calendar: days that an alliance adds, takes off, hides and shows again."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import TensionDate
from meetings.tension import PUBLIC, public_days
from meetings.timing import AT_MOST_AHEAD

A_YEAR = timedelta(days=366)
AT_MOST = 60  # own days that are to come: more is no calendar but a list of everything


@transaction.atomic
def add_tension(*, alliance: Alliance, day: date, title: str, by: Membership) -> TensionDate:
    """Put a day of its own on the calendar of an alliance. Raises Refused for one in the past, too far, or too many."""
    require(may_act_in(by, alliance))
    today = timezone.localdate()
    if day < today:
        raise Refused(_("This day is over. Choose a later one."))
    if day > today + AT_MOST_AHEAD:
        raise Refused(_("This day is more than two years away. Choose an earlier one."))
    if alliance.tension_dates.own().filter(day__gte=today).count() >= AT_MOST:
        raise Refused(_("There are %(n)s days already. Take one off first.") % {"n": AT_MOST})
    made = TensionDate.objects.create(alliance=alliance, day=day, title=title, made_by=by)
    record("added", alliance_id=alliance.pk, by=by, thing=made)
    return made


@transaction.atomic
def remove_tension(*, tension: TensionDate, by: Membership) -> None:
    """Take one of the alliance's own days off its calendar; a second time it is gone already, and that is fine."""
    require(may_act_in(by, tension.alliance))
    gone, _kinds = TensionDate.objects.filter(pk=tension.pk).delete()
    if gone:
        record("removed", alliance_id=tension.alliance_id, by=by, thing=tension)


@transaction.atomic
def hide_public(*, alliance: Alliance, key: str, by: Membership) -> None:
    """Leave a public day out, every year. Raises Refused for a key that is none."""
    require(may_act_in(by, alliance))
    today = timezone.localdate()
    if key not in PUBLIC:
        raise Refused(_("This day is not on the calendar."))
    day = next(found.day for found in public_days(today, today + A_YEAR) if found.key == key)
    row, made = TensionDate.objects.get_or_create(alliance=alliance, public=key, defaults={"day": day, "made_by": by})
    if made:
        record("hid", alliance_id=alliance.pk, by=by, thing=row)


@transaction.atomic
def show_public(*, alliance: Alliance, key: str, by: Membership) -> None:
    """Put a hidden public day back."""
    require(may_act_in(by, alliance))
    for row in alliance.tension_dates.filter(public=key).exclude(public=""):
        row.delete()
        record("showed", alliance_id=alliance.pk, by=by, thing=row)
