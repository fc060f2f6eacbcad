"""A year to plan, as the page needs it: what is missing, what is proposed for it, and what is known around it.

Five queries, whatever there is: earlier dinners, the habit, school holidays, tension days, and the seats that pause.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from alliances.models import Alliance, Membership, Role

from .hints import Around, Away
from .models import Attendance, Habit, Meeting, Region, SchoolHoliday
from .school import Holiday
from .seasons import feasts
from .tension import AHEAD, calendar
from .timing import DAY, NOTICE, NUMBERS, WEEK, Evening, Habits, evening_of, habits_of, propose_dinners, same_week

KNOWN = 10  # earlier dinners: two years, enough to see a habit and to copy last year
PROFESSIONALS = (Role.POLICE, Role.MUNICIPALITY)


@dataclass(frozen=True)
class Proposal:
    """`evenings` for the numbers without a meeting; `planned` the dinners that are there, by number; `days` of all
    dinners that were not cancelled, those of earlier years too; `last_year` the dinners of the year before, by number.
    """

    year: int
    evenings: Mapping[int, Evening]
    planned: Mapping[int, Evening]
    days: frozenset[date]
    last_year: Mapping[int, Evening]
    around: Around
    habits: Habits

    def copied(self, today: date) -> dict[int, Evening]:
        """The evenings as last year: same weeks and weekdays, where that is a day to come that is not taken."""
        found: dict[int, Evening] = {}
        for number, proposed in self.evenings.items():
            like = same_week(self.last_year[number], self.year) if number in self.last_year else proposed
            taken = {*self.days, *(evening.day for evening in found.values())}
            fits = like.day.year == self.year and like.day > today and like.day not in taken
            found[number] = like if fits else proposed
        return found


def propose(alliance: Alliance, year: int, today: date) -> Proposal:
    """The proposal for what is missing in a year; without evenings when that is nothing, or over."""
    known = list(
        alliance.meetings.filter(kind=Meeting.Kind.REGULAR).select_related("plan").order_by("-starts_at")[:KNOWN]
    )
    evening = {meeting: evening_of(meeting.starts_at, meeting.ends_at) for meeting in known}
    by_year = {
        shown: {m.number: evening[m] for m in known if m.number and m.plan and m.plan.year == shown}
        for shown in (year - 1, year)
    }
    around, school_days = _around(alliance, year, habit := Habit.objects.filter(alliance=alliance).first())
    habits = _habits(habit, evening.values(), school_days, year)
    return Proposal(
        year=year,
        evenings=_missing(year, by_year[year], habits, today),
        planned=by_year[year],
        days=frozenset(evening[meeting].day for meeting in known if meeting.state == Meeting.State.PLANNED),
        last_year=by_year[year - 1],
        around=around,
        habits=habits,
    )


def pauses_of(alliance: Alliance) -> list[Away]:
    """The seats of police and municipality that have a break. One query."""
    seats = Membership.objects.active().filter(alliance=alliance, role__in=PROFESSIONALS, paused_until__isnull=False)
    return [Away(role, until) for role, until in seats.values_list("role", "paused_until")]


def said_no(meetings: Iterable[Meeting]) -> dict[int, list[str]]:
    """Which of police and municipality said no, by the key of the meeting. One query."""
    answers = Attendance.objects.of_members().filter(
        meeting__in=list(meetings), membership__role__in=PROFESSIONALS, answer=Attendance.Answer.NOT
    )
    found: dict[int, list[str]] = {}
    for meeting, role in answers.order_by("membership__role").values_list("meeting", "membership__role"):
        found.setdefault(meeting, []).append(role)
    return found


def _around(alliance: Alliance, year: int, habit: Habit | None) -> tuple[Around, frozenset[date]]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    region = habit.region if habit else Region.MIDDLE
    rows = SchoolHoliday.objects.filter(region=region, last_day__gte=first, first_day__lte=last)
    school = [Holiday(row.first_day, row.last_day, row.name) for row in rows]
    around = Around(
        school=school,
        tension=calendar(alliance.tension_dates.all(), first, last + AHEAD),
        pauses=pauses_of(alliance),
    )
    days = (
        holiday.first_day + n * DAY
        for holiday in school
        for n in range((holiday.last_day - holiday.first_day).days + 1)
    )
    return around, frozenset(days)


def _habits(habit: Habit | None, evenings: Iterable[Evening], school: frozenset[date], year: int) -> Habits:
    """What was kept as the habit, else what follows from earlier dinners; rather not in holidays and on feasts."""
    used = habits_of(evenings)
    kept = habit or Habit(weekday=used.weekday, begin=used.begin, end=used.end)
    rather_not = school | {
        day for feast in feasts(year) for day in ((feast.day, feast.day - DAY) if feast.eve else (feast.day,))
    }
    return Habits(kept.weekday, kept.begin, kept.end, used.avoid, tuple(kept.months), rather_not)


def _missing(year: int, taken: Mapping[int, Evening], habits: Habits, today: date) -> dict[int, Evening]:
    """Evenings for the numbers that have no meeting yet, after those that are there."""
    missing = [number for number in NUMBERS if number not in taken]
    if year < today.year or not missing:
        return {}
    last = [evening.day + timedelta(weeks=2) for evening in taken.values()]
    found = propose_dinners(year, max([today + NOTICE, *last]), habits, len(missing))
    if len(found) < len(missing):  # late in the year: closer by is better than not at all
        found = propose_dinners(year, today, habits, len(missing))
    return dict(zip(missing, _a_week_apart(found), strict=False))


def _a_week_apart(evenings: Iterable[Evening]) -> list[Evening]:
    """Five evenings in the last days of a year are no plan: rather fewer."""
    found: list[Evening] = []
    for evening in evenings:
        if not found or evening.day - found[-1].day >= WEEK:
            found.append(evening)
    return found
