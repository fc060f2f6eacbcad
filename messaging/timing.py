"""When: pure durations."""

from datetime import datetime, timedelta

# The first attempts follow each other fast, because a call must leave within seconds once the channel is back.
STEPS = (5, 15, 30, 60, 120, 300, 600, 1800)  # seconds
GIVE_UP = timedelta(hours=24)
CODE_LIVES = timedelta(minutes=10)


def back_off(attempt: int) -> timedelta:
    """How long to wait after attempt number `attempt` (from 1) failed."""
    return timedelta(seconds=STEPS[min(attempt, len(STEPS)) - 1])


def next_attempt(*, attempt: int, now: datetime, created_at: datetime, expires_at: datetime | None) -> datetime | None:
    """When to try again after a temporary failure, None when that would be too late. All moments aware."""
    at = now + back_off(attempt)
    last = min(created_at + GIVE_UP, expires_at or datetime.max.replace(tzinfo=now.tzinfo))
    return at if at < last else None
