"""Planning a year as somebody does it: from the home page, with habits, or with last year's weeks."""

import itertools
import re
from datetime import date, time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from meetings.actions import set_habit
from meetings.models import Habit, Meeting
from meetings.school import shipped
from meetings.timing import Evening, Habits, propose_dinners, same_week
from tests.acting import Browser, acting_as, as_worker
from tests.make import make_alliance, members
from tests.meetings.talking import text

from .planned import fields_of, held, hints_of

pytestmark = pytest.mark.django_db


NEXT_YEAR = timezone.localdate().year + 1


# --- from the home page


def test_a_year_is_planned_in_two_taps(mine: Browser, table: Alliance):
    """Taps: "Plan the year" on the home page, "Plan these five evenings". Fifteen are allowed."""
    home = mine.get(reverse("home"), follow=True)
    (link,) = set(re.findall(r'href="([^"]+/jaar/plannen/)"', home.content.decode()))
    page = mine.get(link)
    url = re.search(r'<form method="post" novalidate class="bond-plan" action="([^"]+)"', page.content.decode())
    assert url
    done = mine.post(url[1], fields_of(page), follow=True)
    assert [plate["state"] for plate in done.context["plates"]] == ["planned"] * 5


def test_with_every_evening_moved_it_is_still_under_fifteen_taps(mine: Browser, table: Alliance):
    """Two taps, and one more for each of the five evenings that moves a week: seven; and twelve when each moves two."""
    page = mine.get(reverse("meetings:plan", args=[table.uuid]))
    taps = 1
    for number in (1, 2, 3, 4, 5):
        shifted = {**fields_of(page), "shift": f"{number}:1"}
        page = mine.post(reverse("meetings:plan-shift", args=[table.uuid]), shifted, follow=True)
        taps += 1
    mine.post(reverse("meetings:plan", args=[table.uuid]), fields_of(page))
    taps += 1
    assert taps < 15
    with as_worker():
        assert Meeting.objects.count() == 5


# --- habits


def test_proposals_follow_the_habit(mine: Browser, table: Alliance):
    url = reverse("meetings:habits", args=[table.uuid])
    page = mine.get(url)
    assert page.context["form"].initial["weekday"] == 3  # nothing was planned before: Thursday
    kept = {"weekday": "1", "begin": "18:00", "end": "20:30", "months": ["1", "3", "6", "9", "11"], "region": "north"}
    answer = mine.post(url, {**kept, "year": NEXT_YEAR}, follow=True)
    assert "Bewaard. Het voorstel houdt er rekening mee." in text(answer)
    evenings = [row.evening for row in answer.context["rows"]]
    assert [evening.day.month for evening in evenings] == [1, 3, 6, 9, 11]
    assert {evening.day.weekday() for evening in evenings} == {1}
    assert {evening.begin for evening in evenings} == {time(18)}
    again = mine.get(url)
    assert again.context["form"].initial["region"] == "north"
    assert again.context["form"].initial["months"] == [1, 3, 6, 9, 11]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"weekday": ""}, "weekday", "Kies een dag van de week."),
        ({"weekday": "7"}, "weekday", "7"),
        ({"begin": "25:00"}, "begin", "Deze tijd bestaat niet."),
        ({"end": "18:00"}, "end", "Het einde moet na het begin komen."),
        ({"months": ["13"]}, "months", "13"),
        ({"region": ""}, "region", "Kies een regio."),
        ({"region": "west"}, "region", "west"),
    ],
)
def test_bad_habits_are_told_beside_the_field(
    mine: Browser, table: Alliance, fields: dict[str, Any], field: str, sentence: str
):
    good = {"weekday": "1", "begin": "18:00", "end": "20:30", "months": ["1"], "region": "north"}
    answer = mine.post(reverse("meetings:habits", args=[table.uuid]), good | fields)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert sentence in " ".join(answer.context["form"].errors[field])
    with as_worker():
        assert not Habit.objects.exists()


def test_only_who_sits_there_keeps_a_habit(table: Alliance, me: Membership):
    stranger = members(make_alliance(members=3))[0]
    habit = {"weekday": 1, "begin": time(18), "end": time(20), "months": [9, 1, 9], "region": "south"}
    with acting_as(stranger.user), pytest.raises(PermissionDenied):
        set_habit(alliance=table, **habit, by=stranger)  # type: ignore[arg-type]
    with acting_as(me.user):
        assert set_habit(alliance=table, **habit, by=me).months == [1, 9]  # type: ignore[arg-type]
        with pytest.raises(Refused, match="na het begin"):
            set_habit(alliance=table, **{**habit, "end": time(18)}, by=me)  # type: ignore[arg-type]


@given(st.integers(2024, 2040), st.integers(0, 6), st.sets(st.integers(1, 12), min_size=5, max_size=5))
def test_five_months_have_one_evening_each(year: int, weekday: int, months: set[int]):
    evenings = propose_dinners(year, date(year - 1, 12, 1), Habits(weekday=weekday, months=sorted(months)))
    assert [evening.day.month for evening in evenings] == sorted(months)


@given(st.integers(2024, 2040), st.integers(0, 6), st.sets(st.integers(1, 12), max_size=4))
def test_too_few_months_still_give_five(year: int, weekday: int, months: set[int]):
    evenings = propose_dinners(year, date(year - 1, 12, 1), Habits(weekday=weekday, months=sorted(months)))
    assert len({evening.day for evening in evenings}) == 5


@given(st.integers(2024, 2040), st.integers(0, 6))
def test_only_the_summer_makes_a_proposal_wait_longer_than_ten_weeks(year: int, weekday: int):
    days = [evening.day for evening in propose_dinners(year, date(year - 1, 12, 1), Habits(weekday=weekday))]
    for before, day in itertools.pairwise(days):
        assert (day - before).days <= 70 or before < date(year, 8, 1) < day


def test_proposals_stay_out_of_holidays_and_feasts(november: None, mine: Browser, table: Alliance):
    page = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": 2027})
    school = [holiday for holiday in shipped() if holiday.region == "middle"]
    assert not [row for row in page.context["rows"] if any(holiday.holds(row.evening.day) for holiday in school)]


# --- last year


@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)), st.integers(2024, 2041))
def test_the_same_week_is_the_same_weekday(day: date, year: int):
    moved = same_week(Evening(day), year).day
    assert moved.weekday() == day.weekday()
    assert moved.isocalendar().year == year
    assert moved.isocalendar().week in (day.isocalendar().week, 52)


def test_last_year_again(november: None, mine: Browser, table: Alliance):
    days = [date(2026, 1, 13), date(2026, 3, 3), date(2026, 6, 9), date(2026, 9, 8), date(2026, 11, 10)]
    for day in days:
        held(table, day)
    page = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": 2027})
    assert "Neem de avonden van 2026 over" in text(page)
    copied = mine.post(reverse("meetings:plan-last-year", args=[table.uuid]), {"year": 2027})
    assert copied.status_code == 303
    query = parse_qs(urlsplit(copied["Location"]).query)
    assert [query[f"day_{n}"] for n in (1, 2, 3, 4, 5)] == [
        ["2027-01-19"],
        ["2027-03-09"],
        ["2027-06-15"],
        ["2027-09-14"],
        ["2027-11-16"],
    ]
    shown = mine.get(copied["Location"])
    assert "Suikerfeest" in hints_of(shown)  # a hint on the copied evening too
    mine.post(reverse("meetings:plan", args=[table.uuid]), fields_of(shown))
    with as_worker():
        assert Meeting.objects.filter(plan__year=2027, starts_at__month=6, starts_at__day=15).exists()


def test_without_last_year_there_is_nothing_to_copy(mine: Browser, table: Alliance):
    page = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR})
    assert "over</button>" not in text(page)
    answer = mine.post(reverse("meetings:plan-last-year", args=[table.uuid]), {"year": NEXT_YEAR}, follow=True)
    assert f"Er is geen plan van {NEXT_YEAR - 1} om over te nemen." in text(answer)


def test_copying_takes_no_day_that_is_taken_or_over(november: None, mine: Browser, table: Alliance):
    """This year: the first two weeks are over, and the third is taken by an evening that moved there."""
    for day in (date(2025, 2, 13), date(2025, 12, 11), date(2025, 12, 18)):
        held(table, day)
    held(table, date(2026, 12, 10), number=1)
    answer = mine.post(reverse("meetings:plan-last-year", args=[table.uuid]), {"year": 2026})
    query = parse_qs(urlsplit(answer["Location"]).query)
    days = [day for name, (day,) in query.items() if name.startswith("day_")]
    assert all(day > "2026-11-22" for day in days)
    assert len(set(days)) == len(days)
    assert "2026-12-10" not in days
