"""Quiet hours: pure, for every moment of the year, and the two nights on which the clock moves."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.timing import AMSTERDAM, awake

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  (aware by hypothesis)
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@given(MOMENTS)
def test_nobody_is_woken(at: datetime):
    then = awake(at)
    assert time(7, 30) <= then.astimezone(AMSTERDAM).time() < time(21, 30)
    assert timedelta(0) <= then.astimezone(UTC) - at <= timedelta(hours=11)
    if time(7, 30) <= at.astimezone(AMSTERDAM).time() < time(21, 30):
        assert then == at


@given(MOMENTS, CLOCKS, CLOCKS)
def test_whatever_hours_somebody_chooses(at: datetime, starts: time, ends: time):
    then = awake(at, starts=starts, ends=ends)
    assert timedelta(0) <= then - at <= timedelta(hours=25)
    if starts == ends:
        assert then == at
    assert awake(then, starts=starts, ends=ends) == then


@pytest.mark.parametrize(("day", "length"), [(date(2026, 3, 29), 9), (date(2026, 10, 25), 11)])
def test_the_night_on_which_the_clock_moves_is_quiet_too(day: date, length: int):
    late = datetime.combine(day - timedelta(days=1), time(21, 30), AMSTERDAM).astimezone(UTC)
    assert awake(late) - late == timedelta(hours=length)
