"""When: pure dates and durations."""

from datetime import datetime, timedelta

MISTAKE_WITHIN = timedelta(minutes=2)  # "Ik vergiste me"
LOOK_AGAIN = timedelta(seconds=15)  # a step that waits because there are enough people
SECONDS_SHOWN = 30  # what is left is told in steps of so many seconds


def seconds_to_undo(started_at: datetime, at: datetime) -> int:
    """How many seconds "it was a mistake" can still be said, rounded up to half minutes; 0 when it is too late."""
    left = (started_at + MISTAKE_WITHIN - at).total_seconds()
    if left <= 0:
        return 0
    return min(int(MISTAKE_WITHIN.total_seconds()), -int(-left // SECONDS_SHOWN) * SECONDS_SHOWN)
