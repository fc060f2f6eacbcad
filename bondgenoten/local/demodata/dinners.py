"""The dinners of the table of ten, as seen from today: two years held, those to come, and one evening beside the five.

The past cannot be made through the actions, which rightly refuse it: these rows are written by hand, as the tables'
owner, with the lines of the journal that belong to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from alliances import tokens
from alliances.actions.journal import Thing
from alliances.models import Alliance, JournalEntry, Membership
from meetings.models import Attendance, Meeting, YearPlan
from meetings.timing import moment

Who = Mapping[str, Membership]
Key = int | str  # 1: the last dinner, 2: the one before; "dec": the last one of December; 0: the evening beside them

EVENINGS = {"jan": (1, 28), "apr": (4, 15), "jun": (6, 17), "sep": (9, 23), "dec": (12, 2)}  # first Thursday from then
BEGIN, END = time(18, 30), time(21)
EXTRA_AGO = timedelta(days=5)  # the evening beside the five, when the last dinner was longer ago than this
LONG_AGO = timedelta(days=10)
HOST_OF_COMING = 2  # Wilma


class Setting(NamedTuple):
    """Where a dinner is and what there is to eat, with the thank-you afterwards."""

    place: str
    route: str
    access: str
    food: str
    thanks: str


KETEL = (
    "Buurthuis De Ketel, zijdeur, zaal 2",
    "Bus 8, halte De Ketel. Twee minuten lopen.",
    "Geen drempel. Wc voor rolstoelen.",
)
SPEELTUIN = (
    "De keuken van de speeltuin",
    "Het hek links van de schommels is open.",
    "Eén kleine drempel. We leggen een plank neer.",
)
SETTINGS = [
    Setting(*KETEL, "Linzensoep, brood en kaas", "Dank voor de soep. Er bleef geen lepel over."),
    Setting(*SPEELTUIN, "Pannenkoeken", "Dank je wel. Wie had gedacht dat de chef zo goed kan bakken?"),
    Setting(*KETEL, "Roti met kip of met bonen", "Dank voor het lekkere eten, en voor het opruimen om tien uur."),
    Setting(*SPEELTUIN, "Salades en brood van de buren", "Dank voor de mooie avond buiten. Volgend jaar weer."),
    Setting(*KETEL, "Stamppot, met en zonder vlees", "Dank voor de kaarsjes. Het voelde als thuis."),
]


@dataclass(frozen=True)
class Dinners:
    """Held (regular, the oldest first), to come, and the evening beside them when there was one."""

    held: Sequence[Meeting]
    coming: Sequence[Meeting]
    extra: Meeting | None

    def find(self, key: Key) -> Meeting | None:
        """The evening that a text is about; None when there is no such evening (yet)."""
        if key == 0:
            return self.extra
        if isinstance(key, int):
            return self.held[-key] if key <= len(self.held) else None
        number = list(EVENINGS).index(key) + 1
        return next((meeting for meeting in reversed(self.held) if meeting.number == number), None)

    def at(self, key: Key) -> Meeting:
        """The same, or else the last dinner."""
        return self.find(key) or self.held[-1]


def eat_together(alliance: Alliance, members: Sequence[Membership]) -> Dinners:
    """Plan and hold the dinners since the alliance was founded, and plan those to come."""
    days = [day for day in _days(alliance) if day > timezone.localdate(alliance.founded_at)]
    now = timezone.now()
    first = next(place for place, day in enumerate(days) if moment(day, END) > now)
    meetings = []
    for place, day in enumerate(days):
        host = members[(place - first + HOST_OF_COMING) % len(members)] if place <= first else None
        meetings.append(_dinner(alliance, members, day, host))
    held, coming = meetings[:first], meetings[first:]
    extra = _extra(alliance, members) if held[-1].ends_at < now - LONG_AGO else None
    return Dinners(held, coming, extra)


def note(at: datetime, verb: str, by: Membership, thing: Thing) -> None:
    """A line in the journal, of then."""
    JournalEntry.objects.create(
        alliance_id=by.alliance_id,
        at=at,
        actor_kind=JournalEntry.Actor.MEMBER,
        actor=by.uuid,
        verb=verb,
        object_type=type(thing).__name__.lower(),
        object=thing.uuid,
    )


def _days(alliance: Alliance) -> list[date]:
    """Of every year since the founding. Next year's first one is planned in good time, the others after the last
    dinner of this year.
    """
    today = timezone.localdate()
    years = range(timezone.localdate(alliance.founded_at).year, today.year + 1)
    days = [day for year in years for day in _of_year(year)]
    to_come = sum(moment(day, END) > timezone.now() for day in days)
    after = _of_year(today.year + 1)
    return days + (after[:1] if to_come == 1 else after if not to_come else [])


def _of_year(year: int) -> list[date]:
    from_days = (date(year, month, day) for month, day in EVENINGS.values())
    return [day + timedelta(days=(3 - day.weekday()) % 7) for day in from_days]


def _dinner(alliance: Alliance, members: Sequence[Membership], day: date, host: Membership | None) -> Meeting:
    plan, _new = YearPlan.objects.get_or_create(alliance=alliance, year=day.year)
    number = _of_year(day.year).index(day) + 1
    over = moment(day, END) <= timezone.now()
    setting = SETTINGS[(day.year + number) % len(SETTINGS)]
    meeting = Meeting.objects.create(
        alliance=alliance,
        plan=plan,
        number=number,
        host=host,
        starts_at=moment(day, BEGIN),
        ends_at=moment(day, END),
        **(setting._asdict() | ({} if over else {"thanks": ""}) if host else {}),
    )
    _attend(meeting, members, away={(number * 3) % 10, (number * 7 + day.year) % 10} if over else None)
    if over and host:
        note(meeting.starts_at - timedelta(days=40), "offered_host", host, meeting)
        note(meeting.starts_at, "noted_present", members[1], meeting)
        note(meeting.ends_at + timedelta(hours=14), "thanked", members[4], meeting)
    return meeting


def _extra(alliance: Alliance, members: Sequence[Membership]) -> Meeting:
    """A look inside the building, five days ago."""
    day = timezone.localdate() - EXTRA_AGO
    meeting = Meeting.objects.create(
        alliance=alliance,
        kind=Meeting.Kind.EXTRA,
        place="De oude school, ingang aan de kant van het park",
        route="Fietsen kunnen binnen het hek.",
        food="Soep vooraf, om half zeven",
        starts_at=moment(day, time(19)),
        ends_at=moment(day, time(20, 30)),
    )
    note(meeting.starts_at - timedelta(days=20), "planned", members[1], meeting)
    _attend(meeting, members, away={7, 9})
    return meeting


def _attend(meeting: Meeting, members: Sequence[Membership], *, away: set[int] | None) -> None:
    """Everybody's row; of an evening that is over with who was away. None: nobody answered yet."""
    for place, member in enumerate(members):
        row = Attendance(meeting=meeting, membership=member)
        row.token_hash = tokens.fingerprint(row.token)
        if away is not None:
            row.answer = Attendance.Answer.NOT if place in away else Attendance.Answer.COMING
            row.answered_at = meeting.starts_at - timedelta(days=9)
            row.present = None if place in away else True
        row.save()
