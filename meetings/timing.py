"""When: pure dates. Days and clock times are those of Europe/Amsterdam; moments are aware."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

import holidays

W = TypeVar("W")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
NUMBERS = (1, 2, 3, 4, 5)
THURSDAY = 3

REMIND_DAYS = (14, 3, 1)  # before the meeting
REMIND_SILENT = (14, 3)  # who did not answer
REMIND_COMING = (1,)  # who comes
REMIND_CLOCK = time(9)  # the hour at which a reminder falls due on its day, whatever the hour of the meeting
LONGEST = timedelta(days=max(REMIND_DAYS) + 1)  # no reminder falls due earlier than this before a meeting
AT_MOST_AHEAD = timedelta(days=2 * 366)  # further away is a slip of the finger

NOTICE = timedelta(days=10)  # how long people need to make room: views propose evenings after that
FIRST_DAY, LAST_DAY = (1, 8), (12, 14)  # month, day: not in the Christmas holidays
SUMMER = (7, 7), (8, 25)  # many are away; only when nothing else is left
TEN_WEEKS = 10 * WEEK  # longer without each other is a silence
THREE_WEEKS = 3 * WEEK  # two evenings within it are close together
SMALL = ("2-1", "5-4", "12-5", "12-24", "12-31")  # month-day of evenings that people keep free, no public holidays


class NoSuchTime(ValueError):
    """The clock skips this time: the night on which summer time begins."""


@dataclass(frozen=True, order=True)
class Evening:
    """A day with a beginning and an end, by the clock in Amsterdam."""

    day: date
    begin: time = time(18, 30)
    end: time = time(21)

    @property
    def starts_at(self) -> datetime:
        """The moment at which it begins. Raises NoSuchTime."""
        return moment(self.day, self.begin)

    @property
    def ends_at(self) -> datetime:
        """The moment at which it ends. Raises NoSuchTime."""
        return moment(self.day, self.end)

    def moved(self, weeks: int) -> "Evening":
        """The same evening, some weeks later (or earlier, when negative)."""
        return Evening(self.day + weeks * WEEK, self.begin, self.end)


@dataclass(frozen=True)
class Habits:
    """When an alliance likes to meet. Weekday as in `date.weekday()`."""

    weekday: int = THURSDAY
    begin: time = time(18, 30)
    end: time = time(21)
    avoid: Collection[date] = field(default_factory=frozenset)  # evenings taken already
    months: Collection[int] = ()  # 1 to 12; spread over the year when there are none
    rather_not: Collection[date] = field(default_factory=frozenset)  # school holidays, feasts: only when nothing else


def moment(day: date, clock: time) -> datetime:
    """This clock time on this day in Amsterdam; the first of the two when the clock goes back.

    Raises NoSuchTime for the hour that is skipped when summer time begins.
    """
    local = datetime.combine(day, clock, AMSTERDAM)
    if local.astimezone(UTC).astimezone(AMSTERDAM).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime
    return local


def evening_of(starts_at: datetime, ends_at: datetime) -> Evening:
    """The evening between two aware moments that lie on one day in Amsterdam."""
    begin, end = starts_at.astimezone(AMSTERDAM), ends_at.astimezone(AMSTERDAM)
    return Evening(begin.date(), begin.time(), end.time())


def habits_of(evenings: Iterable[Evening]) -> Habits:
    """What an alliance is used to: the weekday and the times that it chose most often, the last when they tie."""
    past = sorted(evenings)
    if not past:
        return Habits()
    taken = frozenset(evening.day for evening in past)
    usual = [(evening.day.weekday(), evening.begin, evening.end) for evening in past]
    return Habits(*max(reversed(usual), key=usual.count), avoid=taken)


@lru_cache(maxsize=8)
def public_holidays(year: int) -> dict[date, str]:
    """The public holidays of the Netherlands in a year, with their Dutch names; Good Friday and Liberation Day too."""
    return dict(holidays.country_holidays("NL", years=year, language="nl", categories=("public", "optional")))


def kept_free(day: date) -> bool:
    """Whether people are likely to be elsewhere: a public holiday, its eve, Sinterklaas, 4 May, the last days."""
    return (
        day in public_holidays(day.year)
        or (day + DAY) in public_holidays((day + DAY).year)
        or f"{day.month}-{day.day}" in SMALL
        or not FIRST_DAY <= (day.month, day.day) <= (12, 23)
    )


def propose_dinners(year: int, after: date, habits: Habits, count: int = len(NUMBERS)) -> list[Evening]:
    """Propose `count` evenings in what is left of `year` after a day: evenly spread, in order, always the same ones.

    In the months of the habit, one in each when they are as many as the evenings. Never on a public holiday or its
    eve, and not in holidays while other weeks suffice. Other months and weekdays are used when the habit leaves too
    few evenings; the list is shorter when even those do not suffice.
    """
    first = max(date(year, *FIRST_DAY), after + DAY)
    last = date(year, *LAST_DAY)
    free = [day for day in _days(first, last) if not kept_free(day) and day not in habits.avoid]
    on_habit = [day for day in free if day.weekday() == habits.weekday]
    liked = [day for day in on_habit if day.month in habits.months] if habits.months else on_habit
    if habits.months and len({day.month for day in liked}) == count:
        days = _one_a_month(liked, habits)
    else:
        choices: list[Callable[[], list[date]]] = [
            lambda: [day for day in liked if not in_summer(day) and day not in habits.rather_not],
            lambda: [day for day in liked if not in_summer(day)],
            lambda: liked,
            lambda: on_habit,
            lambda: free,
        ]
        days = _spread(next((found for choice in choices if len(found := choice()) >= count), free), count)
    return [Evening(day, habits.begin, habits.end) for day in days]


def same_week(evening: Evening, year: int) -> Evening:
    """The evening with the same week number and weekday in another year; week 52 when it has no week 53."""
    _year, week, weekday = evening.day.isocalendar()
    try:
        day = date.fromisocalendar(year, week, weekday)
    except ValueError:
        day = date.fromisocalendar(year, 52, weekday)
    return Evening(day, evening.begin, evening.end)


def in_summer(day: date) -> bool:
    """Whether it is in the weeks in which schools are closed somewhere in the Netherlands."""
    return SUMMER[0] <= (day.month, day.day) <= SUMMER[1]


def _days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def _one_a_month(days: Sequence[date], habits: Habits) -> list[date]:
    """In each month the day nearest to its middle, outside holidays when there is one."""

    def how_good(day: date) -> tuple[bool, int, date]:
        return day in habits.rather_not or in_summer(day), abs(day.day - 15), day

    return [min((day for day in days if day.month == month), key=how_good) for month in sorted({d.month for d in days})]


def _spread(days: Sequence[date], count: int) -> list[date]:
    """Choose `count` of the days in order, at even distances, a quarter of that from the first and the last.

    Ten weeks apart at most where the days allow it: five evenings cannot fill a year of 52 weeks without a longer
    silence somewhere, and that one lies best round the turn of the year.
    """
    if len(days) <= count:
        return list(days)
    part = min((days[-1] - days[0]) / (count - 0.5), TEN_WEEKS)
    chosen: list[date] = []
    start = 0
    for n in range(count):
        ideal = days[0] + part * (n + 0.25)
        before = chosen[-1] if chosen else days[0]

        def how_far(day: date, ideal: date = ideal, before: date = before) -> tuple[timedelta, date]:
            return abs(day - ideal) + max(day - before - TEN_WEEKS, timedelta()), day

        best = min(days[start : len(days) - (count - n - 1)], key=how_far)
        chosen.append(best)
        start = days.index(best) + 1
    return chosen


def remind_at(starts_at: datetime, days: int) -> datetime:
    """When the reminder falls due, `days` before a meeting by the calendar: nine o'clock that morning in Amsterdam."""
    return moment(starts_at.astimezone(AMSTERDAM).date() - days * DAY, REMIND_CLOCK)


def reminder_due(starts_at: datetime, at: datetime, among: Collection[int] = REMIND_DAYS) -> int | None:
    """Which reminder is due at a moment: the newest of those that fell due, None before the first and after the start.

    So after an outage of days only one goes out, and a meeting planned for tomorrow still has one.
    """
    if at >= starts_at:
        return None
    return min((days for days in among if remind_at(starts_at, days) <= at), default=None)


def way_of_turn(ways: Sequence[W], turn: int) -> tuple[list[W], list[W]]:
    """Whose turn it is to bring a reminder: that way, and the others as a reserve, the preferred first.

    `ways` in the order that the person prefers, `turn` as `turn_of` counts: so in five dinners each of at most five
    ways is tried, the next year goes on where the last one ended, and no message more is sent than without it. Both
    lists are empty for somebody without a way.
    """
    if not ways:
        return [], []
    mine = turn % len(ways)
    return [ways[mine]], [way for place, way in enumerate(ways) if place != mine]


def turn_of(year: int, number: int) -> int:
    """Which dinner it is, counted on from year to year. An evening beside the five has number 0."""
    return year * len(NUMBERS) + number - 1


def year_to_plan(today: date) -> int:
    """The year for which a plan is proposed first: the next one from October on."""
    return today.year + 1 if today.month >= 10 else today.year


def week_of_strip(day: date) -> int:
    """The column (1 to 53) of a day in the picture of the year."""
    return (day.timetuple().tm_yday - 1) // 7 + 1
