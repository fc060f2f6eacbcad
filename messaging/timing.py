"""When: pure durations."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

# The first attempts follow each other fast, because a call must leave within seconds once the channel is back.
STEPS = (5, 15, 30, 60, 120, 300, 600, 1800)  # seconds
GIVE_UP = timedelta(hours=24)
CODE_LIVES = timedelta(minutes=10)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
QUIET_STARTS, QUIET_ENDS = time(21, 30), time(7, 30)  # unless a member says otherwise


def back_off(rounds: int) -> timedelta:
    """How long to wait after every provider failed for the `rounds`-th time (from 1)."""
    return timedelta(seconds=STEPS[min(rounds, len(STEPS)) - 1])


def last_moment(created_at: datetime, expires_at: datetime | None) -> datetime:
    """Until when a message is worth trying. All moments aware."""
    return min(created_at + GIVE_UP, expires_at or datetime.max.replace(tzinfo=created_at.tzinfo))


def awake(at: datetime, *, starts: time = QUIET_STARTS, ends: time = QUIET_ENDS) -> datetime:
    """The first moment from `at` (aware) on that is outside the quiet hours, which are clock times in Amsterdam.

    Equal times mean no quiet hours. On the night without an hour of its own the quiet hours end an hour earlier by UTC;
    a clock time that is skipped ends them when the clock jumps.
    """
    local = at.astimezone(AMSTERDAM)
    clock = local.time()
    over_midnight = starts > ends
    quiet = (clock >= starts or clock < ends) if over_midnight else starts <= clock < ends
    if not quiet:
        return at
    morning = local.date() + timedelta(days=1 if over_midnight and clock >= starts else 0)
    end = datetime.combine(morning, ends, AMSTERDAM)
    return max(at, end.astimezone(at.tzinfo))
