"""Seasons and feasts: known days of 2026 and 2027, and what holds for every year."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.seasons import Fast, eat_at, feasts, ramadan_on, ramadans, sun_sets
from meetings.timing import AMSTERDAM

DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))


def named(year: int) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {}
    for feast in feasts(year):
        found.setdefault(str(feast.name), []).append(feast.day)
    return found


def test_ramadan_by_the_calendar_of_umm_al_qura():
    assert ramadans(2026) == (Fast(date(2026, 2, 18), date(2026, 3, 19)),)
    assert ramadans(2027) == (Fast(date(2027, 2, 8), date(2027, 3, 8)),)


def test_a_year_with_two_ramadans_and_one_that_goes_over_new_year():
    assert [fast.first for fast in ramadans(2030)] == [date(2030, 1, 5), date(2030, 12, 26)]
    assert ramadans(2030)[1] in ramadans(2031)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("Suikerfeest", [date(2027, 3, 9)]),
        ("Offerfeest", [date(2027, 5, 16)]),
        ("Pesach", [date(2027, 4, 22)]),
        ("Rosj Hasjana", [date(2027, 10, 2), date(2027, 10, 3)]),
        ("Jom Kipoer", [date(2027, 10, 11)]),
        ("Holi", [date(2027, 3, 22)]),
        ("Divali", [date(2027, 10, 28)]),
    ],
)
def test_feasts_of_2027(name: str, days: list[date]):
    assert named(2027)[name] == days


def test_feasts_of_2026():
    known = named(2026)
    assert known["Suikerfeest"] == [date(2026, 3, 20)]
    assert known["Offerfeest"] == [date(2026, 5, 27)]
    assert known["Jom Kipoer"] == [date(2026, 9, 21)]
    assert known["Divali"] == [date(2026, 11, 8)]


def test_no_national_days_of_other_countries():
    assert not {"Independence Day", "Dag van de Arbeid", "Chinees Nieuwjaar"} & set(named(2027))


@given(DAYS)
def test_a_day_is_in_ramadan_when_it_lies_between_its_ends(day: date):
    fast = ramadan_on(day)
    if fast:
        assert fast.first <= day <= fast.last
        assert 29 <= (fast.last - fast.first).days + 1 <= 30
        assert ramadan_on(fast.last + timedelta(days=1)) is None
    else:
        assert not any(fast.holds(day) for fast in ramadans(day.year))


@given(st.integers(2024, 2040))
def test_the_feast_is_the_day_after_the_fast(year: int):
    ends = {fast.last + timedelta(days=1) for fast in (*ramadans(year), *ramadans(year - 1))}
    assert {feast.day for feast in feasts(year) if str(feast.name) == "Suikerfeest"} <= ends


@pytest.mark.parametrize(
    ("day", "sets"),
    [
        (date(2027, 3, 4), time(18, 24)),
        (date(2027, 6, 21), time(22, 4)),  # summer time
        (date(2026, 12, 21), time(16, 30)),
    ],
)
def test_sunset_in_utrecht(day: date, sets: time):
    assert sun_sets(day) == sets


@given(DAYS)
def test_the_sun_sets_between_four_and_ten(day: date):
    assert time(16, 20) < sun_sets(day) < time(22, 10)


@pytest.mark.parametrize(
    ("hour", "minute", "then"), [(18, 24, "18:30"), (18, 25, "18:30"), (18, 26, "18:40"), (17, 55, "18:00")]
)
def test_eating_leaves_five_minutes_for_the_table(hour: int, minute: int, then: str):
    assert f"{eat_at(time(hour, minute)):%H:%M}" == then


@given(DAYS)
def test_nobody_eats_before_the_sun_has_set(day: date):
    sets, eats = sun_sets(day), eat_at(sun_sets(day))
    minutes = (eats.hour - sets.hour) * 60 + eats.minute - sets.minute
    assert 5 <= minutes < 15
    assert eats.minute % 10 == 0
    assert AMSTERDAM.key == "Europe/Amsterdam"
