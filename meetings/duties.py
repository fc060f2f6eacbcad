"""Who is told that the day of their agreement has come: what is due and not yet told. Pure; days are of Amsterdam."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .timing import REMIND_CLOCK, moment

TELL_WITHIN = timedelta(days=7)  # a day longer ago is for the next evening, not for a message


@dataclass(frozen=True)
class Duty:
    """One owner's part in an agreement, as far as telling goes.

    `bound`: the owner said yes; `told`: there was a message already; `at_hand`: has a seat and takes no break;
    `works`: the alliance neither pauses nor has ended; `room`: the person did not get all messages of a year yet.
    """

    due_on: date | None
    open: bool = True
    bound: bool = True
    told: bool = False
    at_hand: bool = True
    works: bool = True
    room: bool = True


def tell_from(due_on: date) -> datetime:
    """The first moment (aware) at which the owner may be told: nine o'clock on the day itself."""
    return moment(due_on, REMIND_CLOCK)


def tell_until(due_on: date) -> datetime:
    """The moment (aware) from which it is too late to tell: after an outage it still comes, after a long break not."""
    return moment(due_on + TELL_WITHIN, REMIND_CLOCK)


def to_tell(duty: Duty, at: datetime) -> bool:
    """Whether the owner should be told at a moment (aware): due, still open, bound by an own yes, and not yet told."""
    may = duty.open and duty.bound and duty.at_hand and duty.works and duty.room
    if duty.due_on is None or duty.told or not may:
        return False
    return tell_from(duty.due_on) <= at < tell_until(duty.due_on)
