"""When the monthly summary goes, and what month it is about. Pure dates, by the clock of Amsterdam."""

from datetime import date, datetime, time, timedelta

from .timing import AMSTERDAM, DAY, moment, public_holidays

CLOCK = time(9)
LATE = timedelta(days=5)  # after an outage it still goes; later it waits for the next month
SATURDAY = 5


def first_working_day(year: int, month: int) -> date:
    """The first day of a month that is no Saturday, Sunday or public holiday."""
    day = date(year, month, 1)
    while day.weekday() >= SATURDAY or day in public_holidays(day.year):
        day += DAY
    return day


def month_due(at: datetime) -> date | None:
    """The first of the month whose summary is due at an aware moment; None when it is too early or too late for it."""
    local = at.astimezone(AMSTERDAM)
    goes_at = due_at(local.date())
    return local.date().replace(day=1) if goes_at <= at < goes_at + LATE else None


def due_at(month: date) -> datetime:
    """The moment at which the summary of this month goes (any day of it will do)."""
    return moment(first_working_day(month.year, month.month), CLOCK)


def news_since(month: date) -> datetime:
    """From when on the summary of this month tells: the moment at which the one before it went."""
    return due_at(month.replace(day=1) - DAY)
