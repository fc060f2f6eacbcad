"""What the plan says beside an evening: hints, warnings, the strip, and what cannot be."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from meetings.actions import add_extra, move_meeting, plan_year
from meetings.hints import Around
from meetings.models import TensionDate
from meetings.school import Holiday, shipped
from meetings.strip import strip
from meetings.tension import public_days
from meetings.timing import Evening, Habits, propose_dinners
from tests.acting import Browser, acting_as, as_worker
from tests.make import make_attendance, make_meeting, members
from tests.meetings.talking import queries, text

from .planned import fields_of, held, hints_of

pytestmark = pytest.mark.django_db


NEXT_YEAR = timezone.localdate().year + 1


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


@pytest.mark.parametrize(("kind", "close"), [("regular", ["Maar 10 dagen na de vorige avond."]), ("extra", [])])
def test_warnings_stay_with_planned_evenings(
    november: None, mine: Browser, table: Alliance, kind: str, close: list[str]
):
    """An extra evening may be close to another: that is why it is extra."""
    first = held(table, date(2027, 3, 4))
    held(table, date(2027, 3, 14), kind=kind)
    police, municipality, resident = members(table)[:3]
    make_attendance(first, municipality, "not")
    make_attendance(first, resident, "not")
    make_attendance(first, police, "coming")
    page = mine.get(reverse("meetings:year", args=[table.uuid]), {"year": 2027})
    shown = [[hint.strong for hint in hints] for _meeting, hints in page.context["coming"]]
    assert shown == [["De gemeente kan niet."], close]
    assert "De gemeente kan niet." in text(page)


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
