"""How many messages somebody gets in a year without asking for them: at most 25 (method, rule 12). Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from math import ceil

AT_MOST = 25
YEAR = timedelta(days=365)
# What nobody can plan: an evening or a place that changes, a question which evening suits, a day that comes. A year.
UNFORESEEN = 4


def has_room(told: Collection[datetime], expected: Collection[datetime], at: datetime) -> bool:
    """Whether one message more at a moment leaves room for all that must still come.

    `told` are the aware moments of the unasked messages of the last year, `expected` those of what is planned already.
    Looks at every running year that holds `at`: none may pass 25, with a part of UNFORESEEN for the days to come.
    """
    moments = sorted((*told, *expected))
    ends = {at, *(moment for moment in moments if at < moment < at + YEAR)}
    return all(_in_year(moments, end) + 1 + _unforeseen(at, end) <= AT_MOST for end in ends)


def fullest_year(moments: Collection[datetime]) -> int:
    """The most of these (aware) moments that any running year holds."""
    return max((_in_year(moments, end) for end in moments), default=0)


def _in_year(moments: Collection[datetime], end: datetime) -> int:
    return sum(end - YEAR < moment <= end for moment in moments)


def _unforeseen(at: datetime, end: datetime) -> int:
    return ceil(UNFORESEEN * ((end - at) / YEAR))
