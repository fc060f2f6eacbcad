"""The evening itself: who is there, what is written down, how the minutes are planned, and a thank-you afterwards."""

import re
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import AgendaPoint, Attendance, Meeting

from .coming import ensure_attendances

# A fixed item, or what it is about and which. Any such key may get notes: an item that left the agenda while somebody
# was writing (a signal that was closed) must not take the words along.
KEY = re.compile(r"[a-z]{1,12}(?::[a-z0-9-]{1,47})?")


class WroteToo(Refused):
    """Somebody else saved other words meanwhile. `theirs` and `version` are what is kept now; nothing was written."""

    def __init__(self, theirs: str, version: int) -> None:
        super().__init__(
            _(
                "Somebody else wrote here at the same moment. Nothing is lost: both texts stand below. "
                "Make one of them and save."
            )
        )
        self.theirs, self.version = theirs, version


@transaction.atomic
def save_notes(*, meeting: Meeting, key: str, notes: str, version: int, by: Membership) -> AgendaPoint:
    """Keep what was written down with one item, on top of the `version` that the writer saw.

    Raises WroteToo when somebody else saved other words since, and Refused when the evening is off.
    """
    require(may_act_in(by, meeting.alliance) and KEY.fullmatch(key) is not None)
    _not_off(meeting)
    first = not AgendaPoint.objects.filter(meeting=meeting, version__gt=0).exists()
    AgendaPoint.objects.get_or_create(meeting=meeting, key=key)
    point = AgendaPoint.objects.select_for_update(of=("self",)).get(meeting=meeting, key=key)
    if point.notes == notes:
        return point
    if point.version != version:
        raise WroteToo(point.notes, point.version)
    point.notes, point.edited_by = notes, by
    point.version += 1
    point.save(update_fields=["notes", "version", "edited_by", "edited_at"])
    if first:  # one line for an evening, not one for each time that somebody saves
        record("wrote_notes", alliance_id=meeting.alliance_id, by=by, thing=meeting)
    return point


@transaction.atomic
def note_present(*, meeting: Meeting, membership: Membership, present: bool, by: Membership) -> None:
    """Who is there, by a tap; not ticked says nothing. Raises Refused before the evening's day, and when it is off."""
    require(may_act_in(by, meeting.alliance) and may_act_in(membership, meeting.alliance))
    _not_off(meeting)
    if timezone.localdate(meeting.starts_at) > timezone.localdate():
        raise Refused(_("That evening is still to come."))
    ensure_attendances(meeting)
    first = not meeting.attendances.filter(present=True).exists()
    Attendance.objects.filter(meeting=meeting, membership=membership).update(present=True if present else None)
    if first:
        record("noted_present", alliance_id=meeting.alliance_id, by=by, thing=meeting)


@transaction.atomic
def plan_minutes(*, meeting: Meeting, minutes: Mapping[str, int | None], by: Membership) -> None:
    """Minutes for each item, by its key; None leaves it to what fits. Raises Refused when it is off or over."""
    require(may_act_in(by, meeting.alliance) and all(KEY.fullmatch(key) for key in minutes))
    _not_off(meeting)
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This evening is over."))
    for key, planned in minutes.items():
        if planned is None:
            AgendaPoint.objects.filter(meeting=meeting, key=key).update(minutes=None)
        else:
            AgendaPoint.objects.update_or_create(meeting=meeting, key=key, defaults={"minutes": planned})
    record("planned_minutes", alliance_id=meeting.alliance_id, by=by, thing=meeting)


@transaction.atomic
def say_thanks(*, meeting: Meeting, text: str, before: str, by: Membership) -> None:
    """A line of thanks under an evening that has begun, by any member, on top of the words `before` that they saw.

    Raises WroteToo when other words stand there by now, and Refused when it is off or still to come.
    """
    require(may_act_in(by, meeting.alliance))
    _not_off(meeting)
    if meeting.starts_at > timezone.now():
        raise Refused(_("That evening is still to come."))
    if not Meeting.objects.filter(pk=meeting.pk, thanks__in=(before, text)).update(thanks=text):
        raise WroteToo(Meeting.objects.values_list("thanks", flat=True).get(pk=meeting.pk), 0)
    record("thanked", alliance_id=meeting.alliance_id, by=by, thing=meeting)


def _not_off(meeting: Meeting) -> None:
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This evening is off."))
