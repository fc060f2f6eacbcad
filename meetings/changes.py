"""Who must hear that an evening has another place or end: who was told otherwise, once it is settled. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .models import Attendance
from .timing import REMIND_COMING, remind_at

SETTLES = timedelta(minutes=10)  # several changes within it are one message
SOON = timedelta(hours=1)  # before the evening; then there is no time to wait for more changes


@dataclass(frozen=True)
class Told:
    """What somebody was told last of an evening: an empty `place` when it was not known yet; `ends_at` is aware."""

    place: str
    ends_at: datetime


def last_day(starts_at: datetime, at: datetime) -> bool:
    """Whether it is the last day before an evening: from when who comes is reminded. Moments are aware."""
    return at >= remind_at(starts_at, min(REMIND_COMING))


def must_hear(told: Told | None, now: Told, *, answer: str, starts_at: datetime, at: datetime) -> bool:
    """Whether a member who gave this answer must hear, at a moment, how it is now. Moments are aware.

    Who does not come need not. Who was never told of a place hears it from the reminder of the day before; once that
    has gone, everybody hears what changes, also who only saw it on the page ("perhaps": no reminder follows).
    """
    last = last_day(starts_at, at)
    if answer == Attendance.Answer.NOT or told == now:
        return False
    if told is None:
        return last and answer == Attendance.Answer.PERHAPS
    return last or bool(told.place) or told.ends_at != now.ends_at
