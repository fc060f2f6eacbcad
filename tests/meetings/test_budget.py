"""At most 25 unasked messages in any running year, whatever comes: the budget and the months, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.budget import AT_MOST, UNFORESEEN, YEAR, fullest_year, has_room
from meetings.months import LATE, due_at, first_working_day, month_due, news_since
from meetings.timing import AMSTERDAM, public_holidays
from messaging.kinds import NEEDS, essential, unasked

T0 = datetime(2027, 1, 1, 9, tzinfo=UTC)
DAYS = st.integers(min_value=-364, max_value=730)
MOMENTS = st.lists(DAYS.map(lambda day: T0 + timedelta(days=day)), max_size=60)


def of(days: list[int]) -> list[datetime]:
    return [T0 + timedelta(days=day) for day in days]


@given(told=MOMENTS, expected=MOMENTS, day=DAYS)
def test_a_message_that_has_room_keeps_every_year_within_25(told: list[datetime], expected: list[datetime], day: int):
    at = T0 + timedelta(days=day)
    before = [*told, *expected]
    if has_room(told, expected, at):
        after = [*before, at]
        held = [end for end in after if end - YEAR < at <= end]
        assert all(sum(end - YEAR < moment <= end for moment in after) <= AT_MOST for end in held)


@given(essential_ones=st.lists(DAYS.filter(lambda day: day >= 0), max_size=AT_MOST))
def test_summaries_of_years_never_fill_a_year_beyond_25(essential_ones: list[int]):
    """Whoever gets at most 25 essential ones in two years: the summaries that are added never pass the limit."""
    essential_moments = of(essential_ones)
    sent: list[datetime] = []
    for month in range(24):
        at = T0 + timedelta(days=30 * month)
        told = [moment for moment in (*essential_moments, *sent) if at - YEAR < moment <= at]
        expected = [moment for moment in essential_moments if moment > at]
        if has_room(told, expected, at):
            sent.append(at)
    assert fullest_year([*essential_moments, *sent]) <= AT_MOST


@given(known=st.lists(st.integers(1, 364), max_size=20), surprises=st.lists(st.integers(1, 364), max_size=UNFORESEEN))
def test_what_nobody_planned_still_fits_after_a_summary(known: list[int], surprises: list[int]):
    if has_room([], of(known), T0) and len([day for day in known if day < 364]) == len(known):
        year = [T0, *of(known), *of(surprises)]
        longest = max(known, default=0)
        assert sum(T0 <= moment <= T0 + timedelta(days=longest) for moment in year) <= AT_MOST


@given(told=MOMENTS, expected=MOMENTS, more=MOMENTS)
def test_more_messages_never_make_more_room(told: list[datetime], expected: list[datetime], more: list[datetime]):
    if has_room([*told, *more], expected, T0):
        assert has_room(told, expected, T0)


def test_an_empty_year_has_room_and_a_full_one_has_not():
    assert has_room([], [], T0)
    assert not has_room(of([-n for n in range(25)]), [], T0)
    assert has_room(of([-n for n in range(24)]), [], T0)
    assert not has_room([], of(list(range(200, 225))), T0)
    assert has_room(of([-365 - n for n in range(60)]), [], T0)  # long ago


def test_fullest_year():
    assert fullest_year([]) == 0
    assert fullest_year(of([0, 364, 365, 366])) == 3


# --- What counts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["code", "test", "pause", "call_urgent", "call_urgent_again", "call_duty"])
def test_what_was_asked_for_and_urgent_calls_do_not_count(kind: str):
    assert not unasked(kind)
    assert not essential(kind)


@pytest.mark.parametrize("kind", ["meeting_reminder", "meeting_moved", "meeting_cancelled", "proposal_made"])
def test_what_belongs_to_taking_part_counts_and_says_why(kind: str):
    assert kind in NEEDS
    assert unasked(kind)
    assert essential(kind)


def test_a_summary_counts_and_may_be_stopped():
    assert unasked("summary")
    assert not essential("summary")


# --- When -----------------------------------------------------------------------------------------------------------


@given(st.dates(date(2020, 1, 1), date(2050, 12, 31)))
def test_the_first_working_day(day: date):
    first = first_working_day(day.year, day.month)
    assert (first.year, first.month) == (day.year, day.month)
    assert first.weekday() < 5
    assert first not in public_holidays(first.year)
    assert first.day <= 6


@pytest.mark.parametrize(
    ("month", "day"),
    [("2027-01", "2027-01-04"), ("2026-11", "2026-11-02"), ("2027-03", "2027-03-01"), ("2028-06", "2028-06-01")],
)
def test_known_months(month: str, day: str):
    year, number = map(int, month.split("-"))
    assert first_working_day(year, number) == date.fromisoformat(day)


@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)))
def test_a_summary_is_due_once_a_month_and_each_moment_is_told_in_one(day: date):
    goes = due_at(day)
    assert goes.astimezone(AMSTERDAM).hour == 9
    assert month_due(goes - timedelta(minutes=1)) is None
    assert month_due(goes) == month_due(goes + LATE - timedelta(minutes=1)) == day.replace(day=1)
    assert month_due(goes + LATE) is None
    assert news_since(day) < goes
    assert due_at(news_since(day).astimezone(AMSTERDAM).date()) == news_since(day)
