"""When: pure dates and durations."""

from datetime import datetime, timedelta

MISTAKE_WITHIN = timedelta(minutes=2)  # "Ik vergiste me"
LATE = timedelta(seconds=30)  # a step taken later than this keeps the rest of the ladder at its distance
ANSWERS_UNTIL = timedelta(days=7)  # after a call ended a text message still belongs to it
SECONDS_SHOWN = 30  # what is left is told in steps of so many seconds


def seconds_to_undo(started_at: datetime, at: datetime) -> int:
    """How many seconds "it was a mistake" can still be said, rounded up to half minutes; 0 when it is too late."""
    left = (started_at + MISTAKE_WITHIN - at).total_seconds()
    if left <= 0:
        return 0
    return min(int(MISTAKE_WITHIN.total_seconds()), -int(-left // SECONDS_SHOWN) * SECONDS_SHOWN)
