"""One dinner: its page, whose turn it is, the place, the food and the thanks."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Membership
from meetings.actions import forget_food, wish_food
from meetings.models import Agreement, Contribution, Dish, FoodWish, Meeting, Owner
from meetings.place import gives_away
from meetings.tasks import forget_food_wishes
from tests.acting import Browser, acting_as, as_worker, browser, fresh
from tests.make import at, make_attendance, make_guest, make_meeting, make_theme, members

from .talking import text

pytestmark = pytest.mark.django_db
NOISE = ("SAVEPOINT", "RELEASE SAVEPOINT")
LONG = "x" * 100_000


def page(name: str, of: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[of.uuid])


def held(table: Alliance, *hosts: Membership) -> None:
    """Dinners of other years, each with its host."""
    for number, host in enumerate(hosts):
        make_meeting(table, timezone.now() - timedelta(days=400 + 60 * (len(hosts) - number)), kind="extra", host=host)


# --- whose turn it is


def test_who_hosted_least_is_asked_and_anyone_may_offer(
    table: Alliance, meeting: Meeting, mine: Browser, me: Membership
):
    people = members(table)
    held(table, *(person for person in people if person.pk != me.pk))
    assert "Aan de beurt om te ontvangen ben jij: wil je?" in text(mine.get(page("meeting", meeting)))
    other = browser(people[7].user)
    shown = text(other.get(page("meeting", meeting)))
    assert f"Aan de beurt om te ontvangen is {me.name}. Wil jij liever? Dat mag ook." in shown
    assert f"eten we bij jou, {people[7].name}" in text(other.post(page("host", meeting), follow=True))
    late = text(mine.post(page("host", meeting), follow=True))
    assert "Iemand anders doet het al" in late
    assert "Aan de beurt" not in late
    assert fresh(meeting).host_id == people[7].pk


def test_a_break_and_a_no_pass_the_turn_on(table: Alliance, meeting: Meeting, mine: Browser, me: Membership):
    people = members(table)
    held(table, *(person for person in people if person.pk not in (me.pk, people[8].pk, people[9].pk)))
    assert "ben jij: wil je?" in text(mine.get(page("meeting", meeting)))
    mine.post(page("attend", meeting), {"answer": "not"})
    assert f"ontvangen is {people[8].name}" in text(mine.get(page("meeting", meeting)))
    with as_worker():
        Membership.objects.filter(pk=people[8].pk).update(paused_until=meeting.starts_at.date() + timedelta(days=9))
    assert f"ontvangen is {people[9].name}" in text(mine.get(page("meeting", meeting)))
    with as_worker():
        Membership.objects.filter(pk=people[9].pk).update(left_at=timezone.now())
    assert people[9].name not in text(mine.get(page("meeting", meeting)))


# --- the place


@pytest.mark.parametrize(
    "place",
    ["Politiebureau Noord", "het gemeentehuis", "Stadhuis, zaal 3", "Moskee De Vrede", "in de Mariakerk", "Synagoge"],
)
def test_places_that_give_members_away(place: str):
    assert gives_away(place)


@pytest.mark.parametrize(
    "place",
    ["Kerkstraat 5", "Buurthuis De Ketel", "Politieplein 2", "Moskeeplein 3", "Kerkplein", "", "Café 't Stadje"],
)
def test_places_that_do_not(place: str):
    assert not gives_away(place)


def fields(meeting: Meeting, **more: str) -> dict[str, str]:
    local = timezone.localtime(meeting.starts_at)
    end = timezone.localtime(meeting.ends_at)
    values = {
        "day": f"{local:%Y-%m-%d}",
        "begin": f"{local:%H:%M:%S}",
        "end": f"{end:%H:%M:%S}",
        "place": "",
        "food": "",
    }
    return {**values, "route": "", "access": "", "costs": "", **more}


def test_the_place_gets_a_hint_and_is_kept(mine: Browser, table: Alliance):
    meeting = make_meeting(table, at(timezone.localdate() + timedelta(days=30), "18:00"))
    saved = mine.post(
        page("edit", meeting), fields(meeting, place="Stadhuis", route="Bus 8, halte Voorbeeldplein."), follow=True
    )
    assert "Wie daar binnengaat, wordt gezien. Kan het ergens anders?" in text(saved)
    assert "Bus 8, halte Voorbeeldplein." in text(saved)
    assert (fresh(meeting).place, fresh(meeting).sequence) == ("Stadhuis", 1)
    assert "wordt gezien" in text(mine.get(page("edit", meeting)))
    mine.post(page("edit", meeting), fields(meeting, place="De Zaal", access="Geen drempel", costs="Niets"))
    shown = text(mine.get(page("meeting", meeting)))
    assert "wordt gezien" not in shown
    assert "Geen drempel" in shown
    assert "Niets" in shown


@pytest.mark.parametrize("field", ["route", "access", "costs", "place", "food"])
def test_a_hundred_kilobytes_stay_in_the_field(mine: Browser, table: Alliance, field: str):
    meeting = make_meeting(table, at(timezone.localdate() + timedelta(days=30), "18:00"))
    answer = mine.post(page("edit", meeting), fields(meeting, **{field: LONG}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert LONG in answer.content.decode()
    assert fresh(meeting).place == meeting.place


def test_the_guard_asks_about_a_route(mine: Browser, table: Alliance):
    meeting = make_meeting(table, at(timezone.localdate() + timedelta(days=30), "18:00"))
    wrong = fields(meeting, route="Bel Voorbeeldlaan 10, of 06 12345678")
    asked = mine.post(page("edit", meeting), wrong)
    assert asked.status_code == 422
    assert "Gaat dit over één persoon?" in text(asked)
    assert mine.post(page("edit", meeting), wrong | {"guard": "keep"}).status_code in (302, 303)
    fine = fields(meeting, route="Voorbeeldlaan 10, zijdeur")  # an address is what a way ends at
    assert mine.post(page("edit", meeting), fine).status_code in (302, 303)


# --- food


def test_only_the_host_sees_counts_and_never_who(table: Alliance, meeting: Meeting, mine: Browser, me: Membership):
    people = members(table)
    for person, wishes in ((me, ["halal", "no_nuts"]), (people[2], ["halal"]), (people[3], ["vegan"])):
        client = browser(person.user)
        assert "niet wie" in text(client.post(page("food", meeting), {"wishes": wishes}, follow=True))
    mine.post(page("host", meeting))
    shown = text(mine.get(page("meeting", meeting)))
    assert "<strong>2</strong> halal" in shown
    assert "<strong>1</strong> geen noten" in shown
    with as_worker():  # who does not come, is not cooked for
        make_attendance(meeting, people[3], "not")
    assert "veganistisch" not in text(mine.get(page("meeting", meeting)))
    other = text(browser(people[2].user).get(page("meeting", meeting)))
    assert "halal" not in other
    assert "Eten: wensen" not in other
    assert 'value="halal" id="id_wishes_2" checked' in text(browser(people[2].user).get(page("food", meeting)))
    assert "checked" not in text(browser(people[1].user).get(page("food", meeting)))


def test_wishes_are_one_list_and_can_be_taken_back(meeting: Meeting, mine: Browser, me: Membership):
    mine.post(page("food", meeting), {"wishes": ["halal", "vegan"]})
    mine.post(page("food", meeting), {"wishes": ["kosher"]})
    with as_worker():
        assert FoodWish.objects.get().wishes == ["kosher"]
    assert mine.post(page("food", meeting), {"wishes": ["<b>"]}).status_code == 422
    mine.post(page("food", meeting), {})
    with as_worker():
        assert not FoodWish.objects.exists()


def test_wishes_and_dishes_are_gone_the_day_after(table: Alliance, time_machine: Any):
    time_machine.move_to("2026-12-03 17:00+01:00", tick=True)
    meeting = make_meeting(table, at("2026-12-03", "18:00"), ends_at=at("2026-12-03", "21:00"))
    later = make_meeting(table, at("2026-12-10", "18:00"))
    seat = members(table)[0]
    for evening in (meeting, later):
        with acting_as(seat.user):
            wish_food(meeting=evening, wishes=["halal"], by=seat)
        with as_worker():
            Dish.objects.create(meeting=evening, membership=seat, what="Brood")
    with as_worker():
        assert forget_food(at=at("2026-12-03", "23:59")) == 0
        assert forget_food(at=at("2026-12-04", "00:01")) == 2
        assert forget_food(at=at("2026-12-04", "00:01")) == 0
        assert {row.meeting_id for rows in (FoodWish, Dish) for row in rows.objects.all()} == {later.pk}
        assert forget_food_wishes() == 0


def test_a_dish_is_for_everybody_to_read(meeting: Meeting, mine: Browser, table: Alliance):
    mine.post(page("dish", meeting), {"what": "خبز"})
    assert "<bdi>خبز</bdi>" in text(browser(members(table)[0].user).get(page("meeting", meeting)))
    for wrong in ("🍞🍞", LONG):
        answer = mine.post(page("dish", meeting), {"what": wrong})
        assert answer.status_code == 422
        assert wrong in answer.content.decode()
    mine.post(page("dish", meeting), {"what": ""})
    with as_worker():
        assert not Dish.objects.exists()


@pytest.mark.parametrize("name", ["food", "dish"])
def test_nothing_to_eat_when_it_is_off_or_over(mine: Browser, table: Alliance, name: str):
    for evening in (make_meeting(table, state="cancelled"), make_meeting(table, timezone.now() - timedelta(days=3))):
        answer = mine.post(page(name, evening), {"wishes": ["halal"], "what": "Brood"})
        assert answer.status_code == 422
        assert "gaat niet door of is voorbij" in text(answer)
    with as_worker():
        assert not FoodWish.objects.exists()


# --- thanks


def test_a_line_of_thanks_by_anybody_and_two_lose_nothing(table: Alliance, mine: Browser, meeting: Meeting):
    over = make_meeting(table, timezone.now() - timedelta(days=1))
    mine.post(page("thanks", over), {"text": "Dank voor de soep.", "before": ""})
    assert "Dank voor de soep." in text(mine.get(page("meeting", over)))
    other = browser(members(table)[0].user)
    late = other.post(page("thanks", over), {"text": "Wat een avond.", "before": ""})
    assert late.status_code == 422
    assert "Iemand anders schreef hier tegelijk met jou." in text(late)
    assert "Dank voor de soep." in text(late)
    assert "Wat een avond." in text(late)
    both = {"text": "Dank voor de soep. Wat een avond.", "before": late.context["form"]["before"].value()}
    other.post(page("thanks", over), both)
    assert fresh(over).thanks == "Dank voor de soep. Wat een avond."
    assert mine.post(page("thanks", meeting), {"text": "Alvast bedankt.", "before": ""}).status_code == 422
    for wrong in ("🙏", LONG, ""):
        assert mine.post(page("thanks", over), {"text": wrong, "before": fresh(over).thanks}).status_code == 422


# --- the page


def furnish(table: Alliance, meeting: Meeting, times: int) -> None:
    """Of everything that the page shows: so many."""
    seats = members(table)
    now = timezone.now()
    with as_worker():
        for n in range(times):
            make_theme(table, state="agenda", meeting=meeting, raised_by=seats[n % 10])
            done = Agreement.objects.create(alliance=table, text="Lamp", due_on=now.date(), made_by=seats[0])
            Owner.objects.create(agreement=done, membership=seats[n % 10], number=1, yes_at=now)
            make_guest(meeting)
            held(table, seats[n % 10])
        for seat in seats[: min(times, 10)]:
            FoodWish.objects.get_or_create(meeting=meeting, membership=seat, defaults={"wishes": ["halal"]})
            Dish.objects.get_or_create(meeting=meeting, membership=seat, defaults={"what": "Brood"})
            if not meeting.attendances.filter(membership=seat).exists():
                make_attendance(meeting, seat, "coming")
        for seat in seats[: min(times, 2)]:
            Contribution.objects.get_or_create(
                alliance=table, meeting=meeting, membership=seat, kind="brings", defaults={"text": "Nieuws."}
            )


def queries(reader: Browser, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert reader.get(url).status_code == 200
    found = [query["sql"] for query in captured.captured_queries]
    assert "'anonymous'" in found[-1]  # the test client forgets who acted: not part of the page
    return [sql for sql in found[:-1] if not sql.startswith(NOISE)]


@pytest.mark.parametrize("hosting", [False, True])
@pytest.mark.parametrize("name", ["meeting", "agenda", "evening", "minutes", "guests"])
def test_at_most_fifteen_queries_and_the_same_with_ten_times_the_rows(
    table: Alliance, meeting: Meeting, mine: Browser, me: Membership, name: str, *, hosting: bool
):
    """session, actor, person, meeting, seat, members, answers; themes, agreements, signals, tension, points, brought;
    and who hosted, or for the host whom we do not reach and what to cook.
    """
    if hosting:
        mine.post(page("host", meeting))
    furnish(table, meeting, 1)
    few = queries(mine, page(name, meeting))
    furnish(table, meeting, 10)
    many = queries(mine, page(name, meeting))
    assert len(few) <= 15, "\n".join(few)
    assert len(many) == len(few), "\n".join(many)


def test_what_it_shows(table: Alliance, meeting: Meeting, mine: Browser):
    furnish(table, meeting, 2)
    shown = text(mine.get(page("meeting", meeting)))
    for words in (
        "Eerst: wat is er gedaan?",
        "de rest is eten",
        "Wat gaan we doen?",
        "Wat politie en gemeente meebrengen",
    ):
        assert words in shown
    assert "Wat hoor je van wie zelden iets zegt?" in shown
    off = make_meeting(table, kind="extra", state="cancelled")
    assert mine.get(page("meeting", off)).status_code == 200
    over = make_meeting(table, timezone.now() - timedelta(days=3), kind="extra")
    assert "Schrijf het verslag" in text(mine.get(page("meeting", over)))
