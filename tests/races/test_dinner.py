"""Two at once at one dinner: one host, no lost notes, one list of wishes and one dish each."""

from meetings.actions import WroteToo, bring_dish, note_present, offer_host, save_notes, say_thanks, wish_food
from meetings.models import AgendaPoint, Attendance, Dish, FoodWish, Meeting
from tests.acting import as_worker
from tests.make import at, make_alliance, make_meeting, members
from tests.races.conftest import Compete, in_request_of, losers, winners


def test_two_offer_to_be_the_host(compete: Compete):
    alliance = make_alliance(members=4)
    meeting, seats = make_meeting(alliance), members(alliance)
    outcomes = compete(
        4, lambda n: in_request_of(seats[n].user, lambda: offer_host(meeting=meeting, by=seats[n])) or seats[n].pk
    )
    assert len(winners(outcomes)) == 1
    assert {str(loser) for loser in losers(outcomes)} == {"Iemand anders doet het al. Fijn dat je het wilde."}
    with as_worker():
        assert Meeting.objects.get(pk=meeting.pk).host_id == winners(outcomes)[0]


def test_notes_of_many_at_once(compete: Compete):
    """Each saves on top of what they saw; who was late gets the words of the other, and saves both."""
    alliance = make_alliance(members=6)
    meeting, seats = make_meeting(alliance), members(alliance)

    def write(n: int) -> None:
        words, version = f"Van {n}.", 0
        for _try in range(20):
            try:
                in_request_of(
                    seats[n].user,
                    lambda: save_notes(meeting=meeting, key="round", notes=words, version=version, by=seats[n]),  # noqa: B023  (called at once)
                )
            except WroteToo as other:
                words, version = f"{other.theirs}\n\n{words}", other.version
            else:
                return
        raise AssertionError("never saved")

    outcomes = compete(6, write)
    assert losers(outcomes) == []
    with as_worker():
        point = AgendaPoint.objects.get(meeting=meeting)
    assert all(f"Van {n}." in point.notes for n in range(6)), point.notes
    assert point.version == 6


def test_one_list_of_wishes_and_one_dish_each(compete: Compete):
    alliance = make_alliance(members=2)
    meeting, seat = make_meeting(alliance), members(alliance)[0]
    wishes = ["halal", "vegan", "kosher", "no_nuts"]

    def eat(n: int) -> None:
        in_request_of(seat.user, lambda: wish_food(meeting=meeting, wishes=[wishes[n]], by=seat))
        in_request_of(seat.user, lambda: bring_dish(meeting=meeting, what=wishes[n], by=seat))

    assert losers(compete(4, eat)) == []
    with as_worker():
        assert FoodWish.objects.get(meeting=meeting).wishes[0] in wishes
        assert Dish.objects.filter(meeting=meeting).count() == 1


def test_taps_and_thanks_of_many_at_once(compete: Compete):
    alliance = make_alliance(members=4)
    meeting = make_meeting(alliance, at("2026-01-08", "18:00"))
    seats = members(alliance)

    def tap(n: int) -> None:
        for membership in seats:
            in_request_of(
                seats[n].user,
                lambda: note_present(meeting=meeting, membership=membership, present=True, by=seats[n]),  # noqa: B023  (called at once)
            )

    assert losers(compete(4, tap)) == []
    with as_worker():
        assert Attendance.objects.filter(meeting=meeting, present=True).count() == 4

    def thank(n: int) -> None:
        words = f"Dank van {n}."
        in_request_of(seats[n].user, lambda: say_thanks(meeting=meeting, text=words, before="", by=seats[n]))

    outcomes = compete(4, thank)
    assert len(winners(outcomes)) == 1
    assert all(isinstance(loser, WroteToo) and loser.theirs for loser in losers(outcomes)), outcomes
