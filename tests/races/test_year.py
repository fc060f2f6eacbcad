"""Five dinners a year, each number once, whoever plans at the same moment."""

from datetime import date, time

import pytest
from django.db import IntegrityError

from alliances.policy import Refused
from meetings.actions import plan_year
from meetings.models import Meeting, YearPlan
from meetings.timing import Evening
from tests.acting import as_worker
from tests.make import at, make_alliance, make_meeting, make_plan, members
from tests.races.conftest import Compete, in_request_of, losers, winners

YEAR = 2031


def evenings(of_month_day: int) -> list[Evening]:
    return [Evening(date(YEAR, month, of_month_day), time(18), time(21)) for month in (2, 4, 6, 9, 11)]


def test_two_plan_the_year(compete: Compete):
    alliance = make_alliance(members=4)
    seats = members(alliance)

    def plan(number: int) -> YearPlan:
        seat = seats[number]
        return in_request_of(
            seat.user, lambda: plan_year(alliance=alliance, year=YEAR, evenings=evenings(10 + number), by=seat)
        )

    outcomes = compete(4, plan)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
    with as_worker():
        meetings = Meeting.objects.filter(alliance=alliance)
        assert sorted(meetings.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
        assert len(set(meetings.dates("starts_at", "month"))) == 5
        assert len({meeting.starts_at.day for meeting in meetings}) == 1  # all five of the one who won


def test_two_take_the_same_number(compete: Compete):
    alliance = make_alliance()
    plan = make_plan(alliance, YEAR)
    outcomes = compete(2, lambda n: make_meeting(alliance, at(f"{YEAR}-03-0{n + 1}"), number=3, plan=plan))
    assert len(winners(outcomes)) == 1
    assert isinstance(losers(outcomes)[0], IntegrityError)


def test_no_sixth_dinner_in_the_plan(compete: Compete):
    """Twenty connections put dinners in one plan, with every number from 0 to 6: five remain."""
    alliance = make_alliance()
    plan = make_plan(alliance, YEAR)
    outcomes = compete(
        21, lambda n: make_meeting(alliance, at(f"{YEAR}-03-{n + 1:02d}"), number=n % 7 or 99, plan=plan)
    )
    assert all(isinstance(loser, IntegrityError) for loser in losers(outcomes)), outcomes
    with as_worker():
        assert sorted(plan.meetings.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_a_sixth_is_an_extra_evening_and_has_no_number():
    alliance = make_alliance()
    for number in range(1, 6):
        make_meeting(alliance, at(f"{YEAR}-0{number}-11"))
    extra = make_meeting(alliance, at(f"{YEAR}-08-11"), kind="extra")
    assert (extra.plan, extra.number) == (None, None)
    with pytest.raises(IntegrityError, match="five_in_the_plan"):
        make_meeting(alliance, at(f"{YEAR}-08-12"), kind="extra", number=6)
