"""Pure dates: what holds for every year, day and hour, and the two nights on which the clock moves."""

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.timing import (
    AMSTERDAM,
    NUMBERS,
    REMIND_COMING,
    REMIND_DAYS,
    REMIND_SILENT,
    Evening,
    Habits,
    NoSuchTime,
    evening_of,
    habits_of,
    in_summer,
    kept_free,
    moment,
    propose_dinners,
    public_holidays,
    remind_at,
    reminder_due,
    turn_of,
    way_of_turn,
    week_of_strip,
    year_to_plan,
)

YEARS = st.integers(2024, 2040)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (made aware)
FORWARD, BACK = date(2027, 3, 28), date(2027, 10, 31)  # at 2.00 to 3.00; at 3.00 to 2.00


@given(YEARS, st.integers(0, 6), st.integers(0, 300))
def test_five_evenings_spread_and_free(year: int, weekday: int, gone: int):
    after = date(year, 1, 1) + timedelta(days=gone)
    evenings = propose_dinners(year, after, Habits(weekday=weekday))
    days = [evening.day for evening in evenings]
    assert len(set(days)) == 5
    assert days == sorted(days)
    assert all(day > after and day.year == year for day in days)
    assert not any(kept_free(day) for day in days)
    assert evenings == propose_dinners(year, after, Habits(weekday=weekday))  # the same each time


@given(YEARS, st.integers(0, 6))
def test_a_whole_year_keeps_to_the_habit_and_leaves_the_summer_alone(year: int, weekday: int):
    days = [evening.day for evening in propose_dinners(year, date(year - 1, 12, 1), Habits(weekday=weekday))]
    assert {day.weekday() for day in days} == {weekday}
    assert not any(in_summer(day) for day in days)
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
    assert min(gaps) >= 4 * 7
    assert max(gaps) <= 16 * 7


@given(YEARS, st.integers(0, 364), st.integers(1, 5))
def test_what_is_left_of_a_year_gives_what_fits(year: int, gone: int, count: int):
    after = date(year, 1, 1) + timedelta(days=gone)
    evenings = propose_dinners(year, after, Habits(), count)
    assert len(evenings) <= count
    if after < date(year, 11, 1):
        assert len(evenings) == count


def test_evenings_that_are_taken_are_not_proposed_again():
    first = propose_dinners(2027, date(2027, 1, 1), Habits())
    taken = frozenset(evening.day for evening in first)
    assert not taken & {evening.day for evening in propose_dinners(2027, date(2027, 1, 1), Habits(avoid=taken))}


def test_the_holidays_are_those_of_the_netherlands():
    assert public_holidays(2027)[date(2027, 4, 27)] == "Koningsdag"
    assert kept_free(date(2027, 12, 24))
    assert kept_free(date(2027, 4, 26))  # the eve
    assert not kept_free(date(2027, 4, 28))


def test_habits_are_what_was_chosen_most():
    tuesday = [Evening(date(2026, 2, day), time(19), time(22)) for day in (3, 10)]
    thursday = [Evening(date(2026, 3, 5), time(18), time(20))]
    assert habits_of(tuesday + thursday) == Habits(
        weekday=1, begin=time(19), end=time(22), avoid=frozenset(e.day for e in tuesday + thursday)
    )
    assert habits_of([]) == Habits()


def test_the_hour_that_the_clock_skips_does_not_exist():
    with pytest.raises(NoSuchTime):
        moment(FORWARD, time(2, 30))
    assert moment(FORWARD, time(3)).astimezone(UTC) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_the_first_of_the_two():
    assert moment(BACK, time(2, 30)).astimezone(UTC) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@given(MOMENTS)
def test_an_evening_survives_the_way_through_utc(at: datetime):
    begin = at.astimezone(AMSTERDAM).replace(hour=18, minute=30, second=0, microsecond=0)
    evening = evening_of(begin.astimezone(UTC), (begin + timedelta(hours=2)).astimezone(UTC))
    assert evening.starts_at == begin
    assert (evening.begin, evening.end) == (time(18, 30), time(20, 30))


@pytest.mark.parametrize("day", [FORWARD, BACK])
def test_a_week_later_is_the_same_time_by_the_clock(day: date):
    before = Evening(day - timedelta(days=7))
    assert before.moved(1) == Evening(day)
    assert Evening(day).starts_at.astimezone(AMSTERDAM).time() == time(18, 30)
    assert Evening(day).starts_at - before.starts_at == timedelta(days=7)  # by the clock on the wall ...
    really = Evening(day).starts_at.astimezone(UTC) - before.starts_at.astimezone(UTC)
    assert really != timedelta(days=7)  # ... and not by the second


@given(MOMENTS, st.sampled_from(REMIND_DAYS))
def test_a_reminder_falls_due_days_before_in_the_morning(starts_at: datetime, days: int):
    due = remind_at(starts_at, days)
    assert (starts_at.astimezone(AMSTERDAM).date() - due.date()).days == days
    assert due.time() == time(9)


@given(MOMENTS, MOMENTS, st.sampled_from([REMIND_DAYS, REMIND_SILENT, REMIND_COMING]))
def test_due_is_the_newest_that_fell_due_and_nothing_after_the_start(
    starts_at: datetime, at: datetime, among: tuple[int]
):
    due = reminder_due(starts_at, at, among)
    fallen = [days for days in among if remind_at(starts_at, days) <= at]
    if at >= starts_at or not fallen:
        assert due is None
    else:
        assert due == min(fallen)


@given(MOMENTS)
def test_as_time_goes_by_the_reminders_follow_each_other(starts_at: datetime):
    walk = [starts_at - timedelta(hours=6 * n) for n in range(80, 0, -1)]
    told = [due for due in (reminder_due(starts_at, at) for at in walk) if due]
    assert told == sorted(told, reverse=True)
    assert set(told) <= set(REMIND_DAYS)


@given(st.lists(st.integers(), unique=True, max_size=5), st.integers(2024, 2060))
def test_five_dinners_try_every_way_once_at_least(ways: list[int], year: int):
    """Whatever the year, and over the turn of the year too."""
    turns = [turn_of(year, number) for number in NUMBERS] + [turn_of(year + 1, number) for number in NUMBERS]
    for first in range(len(turns) - 4):
        tried = [way for turn in turns[first : first + 5] for way in way_of_turn(ways, turn)[0]]
        assert set(tried) == set(ways)


@given(st.lists(st.integers(), unique=True, min_size=1), st.integers(0, 20000))
def test_who_is_not_first_waits_in_the_preferred_order(ways: list[int], turn: int):
    (first,), others = way_of_turn(ways, turn)
    assert sorted([first, *others]) == sorted(ways)
    assert others == [way for way in ways if way != first]


def test_turns_go_on_from_year_to_year():
    assert turn_of(2027, 1) == turn_of(2026, 5) + 1


def test_from_october_on_the_next_year_is_planned():
    assert year_to_plan(date(2026, 9, 30)) == 2026
    assert year_to_plan(date(2026, 10, 1)) == 2027


@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)))
def test_every_day_has_a_column(day: date):
    assert 1 <= week_of_strip(day) <= 53
