"""Hints: known evenings of 2026 and 2027, each with what you could do; and nothing on an evening that is free."""

from datetime import date, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from meetings.hints import Around, Away, Hint, hints_for, is_ahead, too_few
from meetings.school import Holiday, shipped
from meetings.tension import Tension, public_days
from meetings.timing import Evening

MIDDLE = [holiday for holiday in shipped() if holiday.region == "middle"]
SCHOOL = Around(school=MIDDLE)


def said(hints: list[Hint]) -> str:
    return " ".join(f"{hint.strong} {hint.text}" for hint in hints)


def on(day: date, around: Around = SCHOOL, before: date | None = None, begin: time = time(18, 30)) -> str:
    return said(hints_for(Evening(day, begin), around, before))


def test_nothing_in_the_way():
    assert hints_for(Evening(date(2027, 1, 21)), SCHOOL, date(2026, 12, 1)) == []


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2027, 4, 27), "Koningsdag. Sommige mensen vieren dat met familie."),
        (date(2027, 5, 5), "De dag erna is het Hemelvaartsdag. Sommige mensen gaan vroeg weg."),
        (date(2027, 5, 13), "Offerfeest en Eerste pinksterdag op 16 mei. Sommige mensen zijn dan al op pad"),
        (date(2027, 10, 10), "Jom Kipoer begint die avond. Sommige mensen vieren dat met familie."),
        (date(2027, 10, 28), "Divali. Sommige mensen vieren dat met familie."),
        (date(2027, 3, 10), "Suikerfeest rond 9 maart. Sommige mensen vieren dat met familie."),
        (date(2027, 2, 25), "Voorjaarsvakantie, tot en met 28 februari. Gezinnen zijn dan misschien weg."),
        (date(2026, 3, 18), "Verkiezingen voor de gemeenteraad."),
    ],
)
def test_what_there_is_on_known_days(day: date, sentence: str):
    assert sentence in on(day)


def test_a_dinner_in_ramadan_waits_for_the_sun():
    assert on(date(2027, 3, 4)) == (
        "Ramadan, tot en met 8 maart. De zon gaat die dag onder om 18.24 uur."
        " Eet samen om 18.30 uur, of kies een avond na 8 maart."
    )


def test_a_dinner_in_ramadan_after_sunset_needs_nothing():
    assert "De zon is dan al onder, om 17.45 uur. Wie vast, eet gewoon mee." in on(date(2027, 2, 11))


def test_a_dinner_that_is_over_before_the_sun_sets():
    hints = hints_for(Evening(date(2027, 3, 4), time(15), time(17)), SCHOOL)
    assert "Begin later, of kies een avond na 8 maart." in said(hints)


def test_regions_have_their_own_holidays():
    north = Around(school=[holiday for holiday in shipped() if holiday.region == "north"])
    day = date(2026, 10, 13)
    assert "Herfstvakantie" in on(day, north)
    assert "Herfstvakantie" not in on(day)


def test_a_summer_that_nobody_published_yet_is_still_summer():
    assert on(date(2031, 7, 24), Around()) == "Het is zomervakantie. Vraag wie er is."
    assert "Het is zomervakantie." not in on(date(2027, 7, 8))  # published: it begins on the 17th


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (1, "Maar 1 dag na de vorige avond."),
        (14, "Maar 14 dagen na de vorige avond. Te kort op elkaar?"),
        (21, "Maar 21 dagen"),
        (22, ""),
        (70, ""),
        (71, "Het is dan 10 weken stil geweest. Kan het eerder?"),
        (84, "Het is dan 12 weken stil geweest."),
    ],
)
def test_close_together_and_long_silences(days: int, sentence: str):
    day = date(2027, 1, 21)
    found = on(day, SCHOOL, day - timedelta(days=days))
    assert sentence in found
    assert bool(sentence) == bool(found)


def test_a_silence_over_the_summer_says_when_it_is_over():
    found = on(date(2027, 9, 9), SCHOOL, date(2027, 5, 13))
    assert "Het is dan 17 weken stil geweest. Kan het eerder? De zomervakantie is op 29 augustus voorbij." in found


def test_four_weeks_before_a_day_of_tension():
    own = Tension(date(2027, 10, 4), "opening opvang")
    found = on(date(2027, 9, 9), Around(school=MIDDLE, tension=[own]))
    assert found == "Opening opvang op 4 oktober. Dat is 3 weken later. Een goed moment voor een ‘stel dat’."
    assert "in dezelfde week" in on(date(2027, 9, 30), Around(school=MIDDLE, tension=[own]))
    assert "stel dat" not in on(date(2027, 9, 2), Around(school=MIDDLE, tension=[own]))


def test_days_of_tension_that_follow_each_other_are_one_hint():
    around = Around(school=MIDDLE, tension=list(public_days(date(2027, 1, 1), date(2027, 12, 31))))
    assert on(date(2027, 4, 8), around) == (
        "Dodenherdenking op 4 mei en Bevrijdingsdag op 5 mei."
        " Dat is 3 weken later. Een goed moment voor een ‘stel dat’."
    )


def test_who_has_a_break_and_who_said_no():
    day = date(2027, 1, 21)
    around = Around(school=MIDDLE, pauses=[Away("police", day + timedelta(days=1)), Away("municipality", day)])
    assert "De politie heeft pauze tot 22 januari." in on(day, around)
    assert "gemeente" not in on(day, around)  # back that very day
    no = said(hints_for(Evening(day), SCHOOL, None, ["municipality"]))
    assert no == "De gemeente kan niet. Kies een andere avond, of vraag wie er kan invallen."


def test_five_is_the_idea():
    assert too_few(5) is None
    four = too_few(4)
    assert four
    assert four.strong == "Dit zijn 4 avonden."


def test_hints_in_english():
    with translation.override("en"):
        found = on(date(2027, 2, 25))
    assert "Spring holidays, until 28 February." in found


@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)), st.integers(0, 400))
def test_a_hint_is_news_with_a_way_out_and_never_a_prohibition(day: date, ago: int):
    around = Around(MIDDLE, list(public_days(date(day.year, 1, 1), date(day.year + 1, 2, 1))))
    for hint in hints_for(Evening(day), around, day - timedelta(days=ago)):
        assert hint.strong.endswith((".", "uur."))
        assert hint.text
        assert not {"verboden", "mag niet", "moet"} & set(hint.text.lower().split())
        assert hint.kind in ("day", "moon", "school", "gap", "idea", "seat")


@given(st.dates(date(2025, 1, 1), date(2040, 1, 1)), st.integers(-60, 60))
def test_ahead_is_four_weeks_and_never_back(day: date, away: int):
    assert is_ahead(day, day + timedelta(days=away)) == (0 <= away <= 28)


def test_every_shipped_name_is_said_in_both_languages():
    for holiday in {holiday.name: holiday for holiday in shipped()}.values():
        first = Evening(holiday.first_day)
        with translation.override("en"):
            hints = hints_for(first, Around(school=[Holiday(holiday.first_day, holiday.last_day, holiday.name)]))
        assert any("holidays, until" in hint.strong for hint in hints if hint.kind == "school")
