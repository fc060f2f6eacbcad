"""Planning a year as somebody does it: from the home page, with habits, last year's weeks, hints and warnings."""

import itertools
import re
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from meetings.actions import add_extra, move_meeting, plan_year, set_habit
from meetings.hints import Around
from meetings.models import Habit, Meeting, TensionDate
from meetings.school import Holiday, shipped
from meetings.strip import strip
from meetings.tension import public_days
from meetings.timing import AMSTERDAM, Evening, Habits, propose_dinners, same_week
from tests.acting import Browser, acting_as, as_worker, browser
from tests.make import make_alliance, make_attendance, make_meeting, members

pytestmark = pytest.mark.django_db
NEXT_YEAR = timezone.localdate().year + 1


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=10)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[4]


@pytest.fixture
def mine(me: Membership) -> Browser:
    return browser(me.user)


@pytest.fixture
def november(time_machine: Any) -> None:
    """A day on which 2027 is planned."""
    time_machine.move_to("2026-11-22 12:00+01:00")


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def fields_of(response: Any) -> dict[str, str]:
    form = response.context["form"]
    return {"year": str(response.context["year"]), **{bound.html_name: str(bound.value()) for bound in form}}


def hints_of(response: Any) -> str:
    return " ".join(f"{hint.strong} {hint.text}" for row in response.context["rows"] for hint in row.hints)


def held(table: Alliance, day: date, **fields: Any) -> Meeting:
    return make_meeting(table, datetime.combine(day, time(18, 30), AMSTERDAM), **fields)


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


# --- hints, warnings, the strip


def test_hints_stand_beside_the_evening_that_was_chosen(november: None, mine: Browser, table: Alliance):
    with as_worker():
        TensionDate.objects.create(alliance=table, day=date(2027, 9, 20), title="De opvang gaat open")
    url = reverse("meetings:plan", args=[table.uuid])
    fields = fields_of(mine.get(url, {"year": 2027}))
    page = mine.get(url, fields | {"day_1": "2027-03-04", "day_2": "2027-03-18", "day_4": "2027-09-09"})
    shown = text(page)
    assert "<strong>Ramadan, tot en met 8 maart.</strong> De zon gaat die dag onder om 18.24 uur." in shown
    assert "De maan beslist: het kan een dag schelen." in shown
    assert "<strong>Maar 14 dagen na de vorige avond.</strong>" in shown
    assert "<strong>De opvang gaat open op 20 september.</strong>" in shown


def test_a_silence_counts_from_last_year(november: None, mine: Browser, table: Alliance):
    held(table, date(2026, 10, 1))
    url = reverse("meetings:plan", args=[table.uuid])
    page = mine.get(url, fields_of(mine.get(url, {"year": 2027})) | {"day_1": "2027-01-21"})
    assert "Het is dan 16 weken stil geweest." in text(page)


def test_who_has_a_break_is_told(november: None, mine: Browser, table: Alliance):
    police, municipality = members(table)[:2]
    with as_worker():
        Membership.objects.filter(pk=police.pk).update(paused_until=date(2027, 6, 1))
        Membership.objects.filter(pk=members(table)[5].pk).update(paused_until=date(2027, 6, 1))  # a resident: not told
    page = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": 2027})
    assert hints_of(page).count("heeft pauze") == hints_of(page).count("De politie heeft pauze tot 1 juni.") > 0
    assert municipality.role == "municipality"


def test_under_five_is_told_and_nothing_stops_it(mine: Browser, table: Alliance, time_machine: Any):
    time_machine.move_to("2026-12-01 12:00+01:00", tick=True)
    url = reverse("meetings:plan", args=[table.uuid])
    page = mine.get(url, {"year": 2026})
    count = len(page.context["rows"])
    assert 0 < count < 5
    sentence = f"Dit zijn {count} avonden." if count > 1 else "Dit is 1 avond."
    assert sentence in text(page)
    year = mine.post(url, fields_of(page), follow=True)
    assert year.redirect_chain
    assert sentence in text(year)


def test_warnings_stay_with_planned_evenings(mine: Browser, table: Alliance):
    first = make_meeting(table, timezone.now() + timedelta(days=20))
    make_meeting(table, timezone.now() + timedelta(days=30), kind="extra")
    make_meeting(table, timezone.now() + timedelta(days=120), kind="extra")
    police, municipality, resident = members(table)[:3]
    make_attendance(first, municipality, "not")
    make_attendance(first, resident, "not")
    make_attendance(first, police, "coming")
    page = mine.get(reverse("meetings:year", args=[table.uuid]), {"year": timezone.localtime(first.starts_at).year})
    shown = [[hint.strong for hint in hints] for _meeting, hints in page.context["coming"]]
    assert shown[0] == ["De gemeente kan niet."]
    assert "De gemeente kan niet." in text(page)
    if len(shown) > 1:  # the others may lie in the next year
        assert shown[1] == ["Maar 10 dagen na de vorige avond."]


def test_a_member_who_left_cannot_say_no_any_more(mine: Browser, table: Alliance):
    meeting = make_meeting(table, timezone.now() + timedelta(days=20))
    police = members(table)[0]
    make_attendance(meeting, police, "not")
    with as_worker():
        Membership.objects.filter(pk=police.pk).update(left_at=timezone.now())
    page = mine.get(reverse("meetings:year", args=[table.uuid]), {"year": timezone.localtime(meeting.starts_at).year})
    assert "De politie kan niet." not in text(page)


def test_the_strip_shows_holidays_ramadan_and_letters():
    school = [holiday for holiday in shipped() if holiday.region == "middle" and holiday.last_day.year == 2027]
    drawn = strip(2027, Around(school=school, tension=list(public_days(date(2027, 1, 1), date(2028, 1, 31)))))
    assert [(band.week, band.weeks) for band in drawn.fasts] == [(6, 5)]
    assert (29, 7) in [(band.week, band.weeks) for band in drawn.holidays]
    assert (1, 1) in [(band.week, band.weeks) for band in drawn.holidays]  # Christmas, from the first of January on
    assert [(letter.letter, letter.week, len(letter.days)) for letter in drawn.letters] == [
        ("a", 18, 2),  # 4 and 5 May share one
        ("b", 26, 1),
        ("c", 53, 1),
    ]


@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)), st.integers(0, 60))
def test_bands_stay_on_the_strip(first: date, length: int):
    holiday = Holiday(first, first + timedelta(days=length), "zomervakantie")
    for year in {holiday.first_day.year, holiday.last_day.year}:
        (band,) = strip(year, Around(school=[holiday])).holidays
        assert 1 <= band.week <= band.week + band.weeks - 1 <= 53


def test_letters_end_at_z():
    days = list(public_days(date(2027, 1, 1), date(2060, 1, 1)))
    assert len(strip(2027, Around(tension=days)).letters) <= 26


# --- what cannot be


def test_a_sixth_meeting_says_what_to_do(table: Alliance, me: Membership):
    evenings = propose_dinners(NEXT_YEAR, date(NEXT_YEAR - 1, 12, 31), Habits())
    with acting_as(me.user):
        plan_year(alliance=table, year=NEXT_YEAR, evenings=evenings, by=me)
        sixth = [Evening(date(NEXT_YEAR, 12, 1))]
        with pytest.raises(Refused, match="vijf etentjes"):
            plan_year(alliance=table, year=NEXT_YEAR, evenings=sixth, numbers=[6], by=me)
        with pytest.raises(Refused, match="net voor"):
            plan_year(alliance=table, year=NEXT_YEAR, evenings=sixth, numbers=[5], by=me)


def test_half_past_two_in_the_night_the_clock_jumps(november: None, mine: Browser, table: Alliance):
    url = reverse("meetings:plan", args=[table.uuid])
    fields = fields_of(mine.get(url, {"year": 2027}))
    night = {"day_1": "2027-03-28", "begin_1": "02:30", "end_1": "04:00"}
    answer = mine.post(url, fields | night)
    assert answer.status_code == 422
    assert "bestaat die nacht niet" in " ".join(answer.context["form"].errors["begin_1"])
    assert 'value="02:30"' in text(answer)  # nothing typed is lost


# --- queries


def queries(reader: Browser, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert reader.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["plan", "year", "tension", "habits"])
def test_queries_stay_the_same_with_ten_times_the_rows(table: Alliance, mine: Browser, name: str):
    """plan: session, person, actor, seat, dinners, habit, school holidays, tension days, pauses, coordinates."""
    url = reverse(f"meetings:{name}", args=[table.uuid])

    def fill(years: int, days: int) -> None:
        with as_worker():
            for year in range(NEXT_YEAR - 1 - years, NEXT_YEAR - 1):
                if not table.year_plans.filter(year=year).exists():
                    for number in (1, 2, 3, 4, 5):
                        held(table, date(year, 2 * number, 10))
            TensionDate.objects.bulk_create(
                TensionDate(alliance=table, day=timezone.localdate() + timedelta(days=n), title=f"Dag {n}")
                for n in range(1, days)
            )

    with as_worker():
        for n in (20, 40):
            make_attendance(make_meeting(table, timezone.now() + timedelta(days=n)), members(table)[0], "not")
    fill(2, 3)
    mine.get(url)
    few = queries(mine, url)
    fill(15, 40)
    assert queries(mine, url) == few
    assert few <= 15


def test_two_on_one_day_whoever_planned_the_other(table: Alliance, me: Membership):
    day = date(NEXT_YEAR, 3, 4)
    there = held(table, day)
    cancelled = held(table, date(NEXT_YEAR, 3, 11), kind="extra", state="cancelled")
    other = held(table, date(NEXT_YEAR, 4, 1))
    with acting_as(me.user):
        for act in (
            lambda: plan_year(alliance=table, year=NEXT_YEAR, evenings=[Evening(day)], numbers=[5], by=me),
            lambda: add_extra(alliance=table, evening=Evening(day, time(12), time(13)), by=me),
            lambda: move_meeting(meeting=other, evening=Evening(day), by=me),
        ):
            with pytest.raises(Refused, match="al een andere avond"):
                act()
        move_meeting(meeting=there, evening=Evening(day, time(19)), by=me)  # an hour later that day is itself
        add_extra(alliance=table, evening=Evening(date(NEXT_YEAR, 3, 11)), by=me)  # the other one is off
    assert cancelled.state == "cancelled"
