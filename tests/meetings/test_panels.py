"""What this app adds to the alliance's page and to the coordinator's list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings import panels
from meetings.models import Meeting
from tests.acting import acting_as, as_worker, browser
from tests.cast import Cast
from tests.make import at, make_alliance, make_attendance, make_meeting, make_theme, members

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


def test_the_page_shows_the_next_dinner_the_year_and_the_themes(cast: Cast):
    meeting = make_meeting(cast.table)
    make_attendance(meeting, cast.seat(cast.young), "coming")
    make_theme(cast.table, title="Licht op het pad")
    reader = browser(cast.resident)
    page = reader.get(reverse("alliances:alliance", args=[cast.table.uuid])).content.decode()
    for said in ("Kom je?", "1 mens komt.", "Vijf keer eten in", "Licht op het pad", "Wat is ermee gedaan?"):
        assert said in page
    answered = reader.post(reverse("meetings:attend", args=[meeting.uuid]), {"answer": "not", "table": "1"})
    assert answered["Location"] == reverse("alliances:alliance", args=[cast.table.uuid])


def test_without_a_plan_the_page_offers_one(cast: Cast):
    page = browser(cast.resident).get(reverse("alliances:alliance", args=[cast.table.uuid])).content.decode()
    assert "Er staat nog geen etentje vast" in page


def test_four_queries_at_most():
    table = make_alliance(members=10)
    for days in (-300, -200, -100, 20, 40):
        make_meeting(table, timezone.now() + timedelta(days=days), kind="extra")
    for _n in range(5):
        make_theme(table)
    member = members(table)[3]
    with acting_as(member.user), CaptureQueriesContext(connection) as captured:
        request = RequestFactory().get("/")
        panels.next_dinner(request, member)
        panels.year(request, member)
        panels.themes(request, member)
    assert len(captured) <= 4


def test_a_forming_table_waits_for_its_people():
    table = make_alliance(members=2, state="forming")
    member = members(table)[0]
    with acting_as(member.user):
        assert panels.next_dinner(RequestFactory().get("/"), member) is None
        year = panels.year(RequestFactory().get("/"), member)
    assert [plate["state"] for plate in year.context["plates"]] == ["empty"] * 5


def test_the_coordinator_counts_and_does_not_read(cast: Cast):
    year = timezone.localdate().year
    make_meeting(cast.table, at(f"{year}-01-02"), number=1)
    make_meeting(cast.table, at(f"{year}-12-31", "23:00"), number=2)
    make_meeting(cast.table, at(f"{year}-01-03"), number=3, state="cancelled")
    make_meeting(cast.other, at(f"{year}-01-02"), number=1)
    with acting_as(cast.coordinator):
        dots = panels.dots([cast.table, cast.other])
        assert not Meeting.objects.exists()
    assert dots[cast.table.pk] == ["held", "planned", "missing", "missing", "missing"]
    assert dots[cast.other.pk] == ["missing"] * 5  # not in this coordinator's area


def test_plates_say_what_was_held_what_comes_and_what_is_missing():
    table = make_alliance(members=4)
    with as_worker():
        held = make_meeting(table, at("2030-02-07", "18:30"), number=1)
        off = make_meeting(table, at("2030-04-04", "18:30"), number=2, state="cancelled")
        planned = make_meeting(table, at("2030-06-06", "18:30"), number=3)
    plates = panels.words.plates([held, off, planned], table, 2030, at("2030-05-01"))
    assert [plate["state"] for plate in plates] == ["held", "missing", "planned", "missing", "missing"]
    assert plates[0]["day"] == "7 feb"
    assert plates[1]["url"] == reverse("meetings:meeting", args=[off.uuid])
    assert panels.words.year_sentence(plates) == "1 geweest, 1 gepland, 3 missen nog."
