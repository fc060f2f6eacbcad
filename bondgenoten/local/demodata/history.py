"""What the table of ten lived through: two years of dinners, themes with what was done, and one call."""

from alliances.models import Alliance

from .agreed import agree
from .calls import raise_signals
from .coming import look_ahead
from .dinners import eat_together
from .reports import report
from .themes import talk
from .told import tell_before


def live_through(alliance: Alliance) -> None:
    """Write two years for this alliance, as seen from today. Only once: an alliance with a year plan is left alone."""
    if alliance.year_plans.exists():
        return
    members = list(alliance.memberships.active().select_related("user", "alliance").order_by("pk"))
    who = {member.name.split()[0]: member for member in members}
    dinners = eat_together(alliance, members)
    themes = talk(alliance, who, dinners)
    agree(alliance, who, dinners, themes)
    report(who, dinners)
    raise_signals(alliance, members, themes, dinners.coming[0])
    look_ahead(alliance, who, dinners, themes)
    tell_before(alliance)
