"""Three equal points: what each member wants to talk about on an evening."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import POINTS, Meeting, Theme, ThemePoint


@transaction.atomic
def give_point(*, theme: Theme, meeting: Meeting, by: Membership) -> ThemePoint:
    """One of the three points of this member for this evening. Two taps at once take two different ones, and the
    database has no fourth. Raises Refused when all three were given, when the evening is off or over, and for a theme
    that rests.
    """
    _may(theme, meeting, by)
    if theme.state == Theme.State.RESTING:
        raise Refused(_("This theme rests. Put it on an agenda, and it comes back."))
    given = set(ThemePoint.objects.filter(meeting=meeting, membership=by).values_list("number", flat=True))
    for number in sorted(set(range(1, POINTS + 1)) - given):
        try:
            with transaction.atomic():
                point = ThemePoint.objects.create(theme=theme, meeting=meeting, membership=by, number=number)
        except IntegrityError:  # given at the same moment, on another screen
            continue
        # The journal says that somebody did, not to what: points are counted without names.
        record("gave_point", alliance_id=meeting.alliance_id, by=by, thing=meeting)
        return point
    raise Refused(_("You gave your three points. Take one back first."))


@transaction.atomic
def take_point(*, theme: Theme, meeting: Meeting, by: Membership) -> None:
    """Take back one's own point. Raises Refused when there is none, and when the evening is off or over."""
    _may(theme, meeting, by)
    mine = ThemePoint.objects.filter(theme=theme, meeting=meeting, membership=by).order_by("-number")
    point = mine.select_for_update().first()
    if point is None:
        raise Refused(_("You have no point on this theme."))
    point.delete()
    record("took_point", alliance_id=meeting.alliance_id, by=by, thing=meeting)


def _may(theme: Theme, meeting: Meeting, by: Membership) -> None:
    require(may_act_in(by, meeting.alliance) and theme.alliance_id == meeting.alliance_id)
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This evening is off. Points are for an evening that is still to come."))
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This evening is over. Points are for an evening that is still to come."))
