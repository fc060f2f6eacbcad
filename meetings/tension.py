"""The tension calendar (spanningskalender): days on which tension may rise, public ones and those of the alliance.

Four weeks before such a day the agenda proposes a "stel dat". The public days are few, because each of them says
something about a neighbourhood before anything happened: days on which the police everywhere prepare (New Year's Eve),
and national days of remembrance, which ask who feels included and who does not. An alliance hides what says nothing to
it, and adds its own: a verdict, the opening of a shelter, a match.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliances.models import Alliance

from .models import TensionDate
from .timing import AMSTERDAM

AHEAD = timedelta(weeks=4)  # how long before such a day the table talks about it

# Key: (month, day, name). The key is what an alliance hides, every year.
PUBLIC: dict[str, tuple[int, int, str | Promise]] = {
    "remembrance": (5, 4, _("Remembrance Day")),  # Nationale Dodenherdenking
    "liberation": (5, 5, _("Liberation Day")),
    "slavery": (7, 1, _("Keti Koti, remembering slavery")),  # commemorated on 1 July, the day of abolition in 1863
    "new-year": (12, 31, _("New Year's Eve")),  # fireworks, and violence against police and ambulances
}


@dataclass(frozen=True)
class Tension:
    """A day on which tension may rise. `key` of a public one, `uuid` of the alliance's own."""

    day: date
    title: str | Promise
    key: str = ""
    uuid: UUID | None = None


def public_days(first: date, last: date, hidden: Iterable[str] = ()) -> Iterator[Tension]:
    """The public days from `first` to `last`, both included, without those that are hidden."""
    away = set(hidden)
    for year in range(first.year, last.year + 1):
        for key, (month, day, name) in PUBLIC.items():
            found = Tension(date(year, month, day), name, key)
            if key not in away and first <= found.day <= last:
                yield found


def calendar(dates: Iterable[TensionDate], first: date, last: date) -> list[Tension]:
    """What an alliance's rows make of the days from `first` to `last`, both included, in order."""
    rows = list(dates)
    own = (Tension(row.day, row.title, uuid=row.uuid) for row in rows if row.title and first <= row.day <= last)
    public = public_days(first, last, hidden=(row.public for row in rows if row.public))
    return sorted((*own, *public), key=lambda tension: (tension.day, str(tension.title)))


def coming(alliance: Alliance, at: date | datetime) -> list[Tension]:
    """The tension days in the four weeks after an evening or a day (that day included), in order. One query.

    `at` is a day, or an aware moment that is taken as its day in Amsterdam. The agenda proposes a "stel dat" for each.
    """
    day = at.astimezone(AMSTERDAM).date() if isinstance(at, datetime) else at
    return calendar(alliance.tension_dates.all(), day, day + AHEAD)
