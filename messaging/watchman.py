"""Who watches the watchman: does a worker go its rounds, and does anything lie too long? For /health/ and for a cron.

It may act for nobody: bare facts, no rows of people.
"""

from dataclasses import dataclass

from django.db import connection

ROUND_WITHIN = 60  # seconds
LIES_AT_MOST = 60  # seconds after it was due, or after a lease ended

LOOK = """
    select extract(epoch from statement_timestamp() - max(swept_at))::float, count(*), messaging_overdue(%s)
    from messaging_workerseen
    where seen_at > statement_timestamp() - make_interval(secs => %s)
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    well: bool
    says: str


def look() -> list[Finding]:
    """What a monitor wants to know. Raises DatabaseError when the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [LIES_AT_MOST, ROUND_WITHIN])
        age, alive, overdue = cursor.fetchone()
    return [_workers(alive), _round(age), _lying(overdue)]


def _workers(alive: int) -> Finding:
    if not alive:
        return Finding(False, "no worker was seen within the last minute")
    return Finding(True, f"workers that live: {alive}")


def _round(age: float | None) -> Finding:
    if age is None or age > ROUND_WITHIN:
        return Finding(False, "no worker completed a round of its sweep within the last minute")
    return Finding(True, f"the last full round of a sweep: {max(0.0, age):.0f} s ago")


def _lying(overdue: int) -> Finding:
    if overdue:
        return Finding(False, f"messages that should have left more than a minute ago: {overdue}")
    return Finding(True, "nothing is overdue")
