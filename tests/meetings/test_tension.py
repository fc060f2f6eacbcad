"""The tension calendar: what is public, what an alliance adds and hides, and what lies four weeks ahead."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alliances.models import Alliance, JournalEntry, Membership
from alliances.policy import Refused
from meetings.actions import add_tension, hide_public, remove_tension, show_public
from meetings.models import TensionDate
from meetings.tension import PUBLIC, coming, public_days
from meetings.timing import AMSTERDAM
from tests.acting import Browser, acting_as, as_worker
from tests.make import make_alliance, members

from .talking import text

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + timedelta(days=40)
DAYS = st.dates(date(2025, 1, 1), date(2040, 12, 31))


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[2]


def titles(table: Alliance, me: Membership, at: date | datetime) -> list[str]:
    with acting_as(me.user):
        return [str(tension.title) for tension in coming(table, at)]


# --- which days


@given(DAYS, st.integers(0, 800))
def test_public_days_lie_between_the_ends_and_come_each_year(first: date, length: int):
    last = first + timedelta(days=length)
    found = list(public_days(first, last))
    assert all(first <= tension.day <= last for tension in found)
    assert found == sorted(found, key=lambda tension: tension.day)
    assert len(found) >= len(PUBLIC) * (length // 366)
    assert not list(public_days(first, last, hidden=PUBLIC))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 4, 6), ["Dodenherdenking"]),
        (date(2027, 4, 7), ["Dodenherdenking", "Bevrijdingsdag"]),
        (date(2027, 4, 5), []),
        (date(2027, 5, 5), ["Bevrijdingsdag"]),  # the day itself too
        (date(2027, 12, 3), ["Oud en nieuw"]),
        (date(2027, 12, 31), ["Oud en nieuw"]),
        (date(2028, 1, 1), []),
    ],
)
def test_what_comes_within_four_weeks(table: Alliance, me: Membership, day: date, expected: list[str]):
    assert titles(table, me, day) == expected


def test_an_evening_is_its_day_in_amsterdam(table: Alliance, me: Membership):
    late = datetime(2027, 4, 7, 0, 30, tzinfo=AMSTERDAM)  # in UTC it is still the sixth
    assert titles(table, me, late.astimezone(UTC)) == ["Dodenherdenking", "Bevrijdingsdag"]


def test_own_days_come_between_the_public_ones(table: Alliance, me: Membership, time_machine: Any):
    time_machine.move_to("2027-03-01 12:00+01:00")
    with acting_as(me.user):
        add_tension(alliance=table, day=date(2027, 5, 2), title="Uitspraak", by=me)
    assert titles(table, me, date(2027, 4, 8)) == ["Uitspraak", "Dodenherdenking", "Bevrijdingsdag"]
    assert titles(table, me, date(2027, 5, 3)) == ["Dodenherdenking", "Bevrijdingsdag"]


def test_another_table_has_its_own(table: Alliance, me: Membership):
    other = make_alliance(members=3)
    there = members(other)[0]
    with acting_as(there.user):
        add_tension(alliance=other, day=SOON, title="Wedstrijd", by=there)
        hide_public(alliance=other, key="new-year", by=there)
    assert "Wedstrijd" not in titles(table, me, SOON)
    assert titles(table, me, date(2027, 12, 20)) == ["Oud en nieuw"]
    assert titles(other, there, date(2027, 12, 20)) == []


# --- what happens


@pytest.mark.parametrize("key", PUBLIC)
@pytest.mark.parametrize("today", ["2027-01-01", "2027-05-04", "2027-05-06", "2027-12-31", "2028-02-29"])
def test_hiding_holds_every_year_and_twice_is_once(
    table: Alliance, me: Membership, key: str, today: str, time_machine: Any
):
    time_machine.move_to(f"{today} 12:00+00:00")
    with acting_as(me.user):
        hide_public(alliance=table, key=key, by=me)
        hide_public(alliance=table, key=key, by=me)
        assert not [t for year in (2027, 2029) for t in coming(table, date(year, *PUBLIC[key][:2])) if t.key == key]
        show_public(alliance=table, key=key, by=me)
        show_public(alliance=table, key=key, by=me)
        assert [t for t in coming(table, date(2029, *PUBLIC[key][:2])) if t.key == key]
    with as_worker():
        assert list(JournalEntry.objects.order_by("at").values_list("verb", flat=True)) == ["hid", "showed"]


@pytest.mark.parametrize("key", ["", "x", "new-year'"])
def test_a_day_that_is_none_cannot_be_hidden(table: Alliance, me: Membership, key: str):
    with acting_as(me.user), pytest.raises(Refused, match="staat niet op de kalender"):
        hide_public(alliance=table, key=key, by=me)


def test_showing_nothing_leaves_own_days_alone(table: Alliance, me: Membership):
    with acting_as(me.user):
        add_tension(alliance=table, day=SOON, title="Wedstrijd", by=me)
        show_public(alliance=table, key="", by=me)
        assert table.tension_dates.count() == 1


def test_taking_off_twice_is_fine(table: Alliance, me: Membership):
    with acting_as(me.user):
        made = add_tension(alliance=table, day=SOON, title="Wedstrijd", by=me)
        again = TensionDate.objects.select_related("alliance").get(pk=made.pk)
        remove_tension(tension=made, by=me)
        remove_tension(tension=again, by=me)
        assert not table.tension_dates.exists()
    with as_worker():
        assert JournalEntry.objects.filter(verb="removed").count() == 1


def test_no_endless_list(table: Alliance, me: Membership):
    with as_worker():
        TensionDate.objects.bulk_create(TensionDate(alliance=table, day=SOON, title=f"Dag {n}") for n in range(60))
    with acting_as(me.user), pytest.raises(Refused, match="al 60 dagen"):
        add_tension(alliance=table, day=SOON, title="Nog een", by=me)


def test_only_who_sits_there(table: Alliance):
    stranger = members(make_alliance(members=3))[0]
    with acting_as(stranger.user):
        for act in (
            lambda: add_tension(alliance=table, day=SOON, title="x", by=stranger),
            lambda: hide_public(alliance=table, key="new-year", by=stranger),
            lambda: show_public(alliance=table, key="new-year", by=stranger),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_the_database_holds_what_a_row_is(table: Alliance):
    with as_worker():
        TensionDate.objects.create(alliance=table, day=SOON, public="new-year")
        for fields in ({"public": "new-year"}, {"public": "", "title": ""}):
            with pytest.raises(IntegrityError), transaction.atomic():
                TensionDate.objects.create(alliance=table, day=SOON, **fields)


# --- the page


def test_adding_hiding_and_taking_off_on_the_page(mine: Browser, table: Alliance):
    url = reverse("meetings:tension", args=[table.uuid])
    assert "Oud en nieuw" in text(mine.get(url))
    added = mine.post(url, {"day": SOON.isoformat(), "title": "De opvang gaat open"}, follow=True)
    assert "De dag staat op de kalender." in text(added)
    assert "De opvang gaat open" in text(added)
    hidden = mine.post(reverse("meetings:tension-hide", args=[table.uuid]), {"key": "new-year"}, follow=True)
    assert "1 verborgen dag" in text(hidden)
    shown = mine.post(reverse("meetings:tension-show", args=[table.uuid]), {"key": "new-year"}, follow=True)
    assert "verborgen dag" not in text(shown).replace("zet een verborgen dag", "")
    with as_worker():
        own = table.tension_dates.get()
    gone = mine.post(reverse("meetings:tension-remove", args=[own.uuid]), follow=True)
    assert "De opvang gaat open" not in text(gone)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"day": ""}, "day", "Kies een dag."),
        ({"day": "2020-05-04"}, "day", "Deze dag is al geweest."),
        ({"day": "9999-01-01"}, "day", "over meer dan twee jaar"),
        ({"day": "30-02-2027"}, "day", "Deze dag bestaat niet."),
        ({"title": ""}, "title", "Schrijf in een paar woorden"),
        ({"title": "🔥🔥"}, "title", "woorden"),
        ({"title": "x" * 81}, "title", "80"),
        ({"title": "Uitspraak over 06-12345678"}, "title", "Haal weg wat naar één persoon wijst."),
    ],
)
def test_bad_days_are_told_beside_the_field(
    mine: Browser, table: Alliance, fields: dict[str, str], field: str, sentence: str
):
    good = {"day": SOON.isoformat(), "title": "De opvang gaat open"}
    answer = mine.post(reverse("meetings:tension", args=[table.uuid]), good | fields)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert list(answer.context["form"].errors) == [field]
    with as_worker():
        assert not table.tension_dates.exists()


def test_right_to_left_and_markup_stay_text(mine: Browser, table: Alliance):
    title = "<b>مباراة</b> \u202etest"
    page = mine.post(
        reverse("meetings:tension", args=[table.uuid]), {"day": SOON.isoformat(), "title": title}, follow=True
    )
    assert "&lt;b&gt;مباراة&lt;/b&gt;" in text(page)


def test_the_title_of_the_page_gives_nothing_away(mine: Browser, table: Alliance):
    page = text(mine.get(reverse("meetings:tension", args=[table.uuid])))
    assert "<title>Spanningskalender – Bondgenoten</title>" in page
