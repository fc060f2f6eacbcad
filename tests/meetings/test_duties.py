"""Due and not yet told, for owners of agreements: whenever the clock looks, and however often."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.duties import TELL_WITHIN, Duty, tell_from, tell_until, to_tell
from meetings.timing import AMSTERDAM

DAYS = st.dates(date(2025, 1, 1), date(2035, 12, 31))
FIRST, LAST = datetime(2025, 1, 1), datetime(2036, 2, 1)  # noqa: DTZ001  # hypothesis adds the zone
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
DUTIES = st.builds(
    Duty,
    due_on=st.none() | DAYS,
    open=st.booleans(),
    bound=st.booleans(),
    told=st.booleans(),
    at_hand=st.booleans(),
    works=st.booleans(),
    room=st.booleans(),
)


def looked(duty: Duty, moments: Sequence[datetime]) -> list[datetime]:
    """When a message was written, by a clock that looks at these moments and remembers what it told."""
    told = []
    for moment in sorted(moments):
        if to_tell(duty, moment):
            told.append(moment)
            duty = replace(duty, told=True)
    return told


@given(DUTIES, st.lists(MOMENTS, max_size=40))
def test_never_twice_and_never_when_something_forbids_it(duty: Duty, moments: list[datetime]):
    told = looked(duty, moments)
    assert len(told) <= 1
    allowed = duty.open and duty.bound and duty.at_hand and duty.works and duty.room and not duty.told
    if told:
        assert allowed
        assert duty.due_on is not None
        local = told[0].astimezone(AMSTERDAM)
        assert duty.due_on <= local.date() <= duty.due_on + TELL_WITHIN
        assert local.date() > duty.due_on or local.hour >= 9


@given(DAYS, st.integers(0, 7 * 24 * 60 - 1))
def test_told_once_whenever_the_clock_first_looks_in_that_week(day: date, minutes: int):
    first = tell_from(day).astimezone(UTC)
    moment = min(first + timedelta(minutes=minutes), tell_until(day).astimezone(UTC) - timedelta(seconds=1))
    looks = [first - timedelta(hours=1), moment, moment + timedelta(minutes=5), moment + timedelta(days=30)]
    assert looked(Duty(due_on=day), looks) == [moment]


@given(DAYS)
def test_after_a_long_break_it_is_for_the_next_evening(day: date):
    assert not to_tell(Duty(due_on=day), tell_until(day))
    assert not to_tell(Duty(due_on=day), tell_from(day) - timedelta(seconds=1))


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_both_nights_on_which_the_clock_jumps(day: date):
    assert tell_from(day).astimezone(AMSTERDAM).hour == 9
    assert (tell_until(day).astimezone(AMSTERDAM).date(), tell_until(day).astimezone(AMSTERDAM).hour) == (
        day + TELL_WITHIN,
        9,
    )
