"""Three points a member and evening, whoever taps how fast."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from alliances.policy import Refused
from meetings.actions import give_point, take_point
from meetings.models import ThemePoint
from tests.acting import acting_as, as_worker
from tests.make import make_alliance, make_meeting, make_theme, members
from tests.races.conftest import Compete, in_request_of, losers, winners


def test_twelve_taps_at_once_give_three_points(compete: Compete):
    alliance = make_alliance(members=3)
    seat = members(alliance)[2]
    meeting, themes = make_meeting(alliance), [make_theme(alliance) for _n in range(4)]

    def tap(number: int) -> ThemePoint:
        theme = themes[number % 4]
        return in_request_of(seat.user, lambda: give_point(theme=theme, meeting=meeting, by=seat))

    outcomes = compete(12, tap)
    assert len(winners(outcomes)) == 3
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes
    with as_worker():
        assert sorted(ThemePoint.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_the_database_has_no_fourth(compete: Compete):
    """Twenty connections write points for one member, with every number from 0 to 4, past the action."""
    alliance = make_alliance(members=3)
    seat = members(alliance)[2]
    meeting, theme = make_meeting(alliance), make_theme(alliance)

    def write(number: int) -> ThemePoint:
        with transaction.atomic(), as_worker():
            return ThemePoint.objects.create(theme=theme, meeting=meeting, membership=seat, number=number % 5)

    outcomes = compete(20, write)
    assert all(isinstance(loser, IntegrityError) for loser in losers(outcomes)), outcomes
    with as_worker():
        assert sorted(ThemePoint.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_one_point_is_taken_back_once(compete: Compete):
    alliance = make_alliance(members=3)
    seat = members(alliance)[2]
    meeting, theme = make_meeting(alliance), make_theme(alliance)
    with as_worker():
        ThemePoint.objects.create(theme=theme, meeting=meeting, membership=seat, number=1)
    outcomes = compete(
        4, lambda _n: in_request_of(seat.user, lambda: take_point(theme=theme, meeting=meeting, by=seat))
    )
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, Refused) for loser in losers(outcomes)), outcomes


@pytest.mark.django_db
def test_nobody_gives_a_point_in_the_name_of_another():
    """Whatever a view forgets: the database looks who acts."""
    alliance = make_alliance(members=3)
    first, second, _third = members(alliance)
    meeting, theme = make_meeting(alliance), make_theme(alliance)
    with acting_as(first.user), pytest.raises(ProgrammingError, match="oneself"), transaction.atomic():
        ThemePoint.objects.create(theme=theme, meeting=meeting, membership=second, number=1)
