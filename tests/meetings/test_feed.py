"""The address at which somebody's own calendar looks."""

import re
import threading
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from alliances.models import Alliance, Membership
from meetings import actions, feeds
from meetings.models import CalendarFeed, Meeting
from meetings.timing import AMSTERDAM, Evening
from tests.acting import Browser, acting_as, as_worker, browser
from tests.make import at, make_alliance, make_feed, make_meeting, make_member, make_user, members

pytestmark = pytest.mark.django_db
BEGINS = at("2031-05-15", "18:30")
PAGE = "/ik/agenda/"


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=3)


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    return make_meeting(table, BEGINS)


def look(feed: CalendarFeed, **headers: str):
    return browser().get(reverse("meetings:feed", args=[feed.token]), headers=headers)


def events(feed: CalendarFeed) -> dict[str, Any]:
    content = look(feed).content
    assert len(IcsCalendarStream.calendar_from_ics(content.decode()).events) == content.count(b"BEGIN:VEVENT")
    return {str(event["uid"]).partition("@")[0]: event for event in Calendar.from_ical(content).walk("VEVENT")}


def test_all_tables_of_one_person_and_no_other(table: Alliance, meeting: Meeting):
    me = members(table)[0].user
    second = make_alliance(members=2)
    make_member(second, me)
    other = make_meeting(second, BEGINS + timedelta(days=30))
    make_meeting(make_alliance(members=2), BEGINS)
    found = events(make_feed(me))
    assert set(found) == {str(meeting.uuid), str(other.uuid)}
    assert all(str(event["summary"]) == "Afspraak" for event in found.values())


def test_it_names_nobody_and_nothing(table: Alliance, meeting: Meeting):
    me = members(table)[0].user
    answer = look(make_feed(me))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode() + str(answer.headers)
    assert "BEGIN:VEVENT" in text
    for secret in (table.name, table.area.name, "politie", "gemeente", "ondgeno", *(m.name for m in members(table))):
        assert secret not in text
    assert not re.search(r"persoon\d+@", text)


def test_what_is_off_stays_as_cancelled_and_comes_back(table: Alliance, meeting: Meeting):
    me, other = members(table)[:2]
    feed = make_feed(me.user)
    assert events(feed)[str(meeting.uuid)]["status"] == "CONFIRMED"
    with acting_as(other.user):
        actions.cancel_meeting(meeting=meeting, by=other)
    off = events(feed)[str(meeting.uuid)]
    assert (off["status"], off["sequence"]) == ("CANCELLED", 1)
    with acting_as(other.user):
        actions.restore_meeting(meeting=Meeting.objects.get(pk=meeting.pk), by=other)
    again = events(feed)[str(meeting.uuid)]
    assert (again["status"], again["sequence"]) == ("CONFIRMED", 2)


def test_a_move_is_seen_with_the_moment_of_the_change(table: Alliance, meeting: Meeting):
    me = members(table)[0]
    feed = make_feed(me.user)
    before = look(feed)
    day = BEGINS.astimezone(AMSTERDAM).date() + timedelta(days=7)
    with acting_as(me.user):
        actions.move_meeting(meeting=meeting, evening=Evening(day), by=me)
    after = look(feed)
    assert after.headers["ETag"] != before.headers["ETag"]
    event = events(feed)[str(meeting.uuid)]
    assert event["dtstart"].dt.astimezone(AMSTERDAM).date() == day
    assert abs(event["dtstamp"].dt.astimezone(UTC) - timezone.now()) < timedelta(minutes=5)
    assert "Last-Modified" in after.headers


def test_a_calendar_that_has_it_already_gets_nothing(table: Alliance, meeting: Meeting):
    feed = make_feed(members(table)[0].user)
    first = look(feed)
    again = look(feed, if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert look(feed, if_none_match='"another"').status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_who_left_loses_the_evenings_at_once_whatever_the_calendar_remembers(table: Alliance, meeting: Meeting):
    me = members(table)[0]
    feed = make_feed(me.user)
    first = look(feed)
    with as_worker():
        Membership.objects.filter(pk=me.pk).update(left_at=timezone.now())
    again = look(feed, if_none_match=first.headers["ETag"], if_modified_since="Fri, 01 Jan 2055 00:00:00 GMT")
    assert again.status_code == 200
    assert b"BEGIN:VEVENT" not in again.content


def test_an_unknown_address_is_404_and_so_is_one_of_who_is_gone(table: Alliance):
    me = members(table)[0].user
    feed = make_feed(me)
    assert browser().get("/agenda/abcdefghijkm.ics").status_code == 404
    with as_worker():
        me.is_active = False
        me.save(update_fields=["is_active"])
    assert look(feed).status_code == 404


def test_the_address_opens_no_page_and_no_rows(table: Alliance, meeting: Meeting):
    feed = make_feed(members(table)[0].user)
    with acting_as(feed.token):
        assert not Meeting.objects.exists()
        assert not CalendarFeed.objects.exists()
        assert feeds.read() is not None
    for address in (f"/e/{feed.token}/", f"/stil/{feed.token}/", f"/k/{feed.token}/"):
        assert browser().get(address).status_code == 404


def test_queries_stay_the_same_with_ten_times_the_evenings(table: Alliance):
    feed = make_feed(members(table)[0].user)
    make_meeting(table, BEGINS)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert look(feed).status_code == 200
        return len(captured)

    asked()
    few = asked()
    for n in range(10):
        make_meeting(table, BEGINS + timedelta(days=n), kind="extra")
    assert asked() == few


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def mine(table: Alliance) -> Browser:
    return browser(members(table)[0].user)


def test_looking_makes_no_address_and_a_tap_does(mine: Browser):
    assert "webcal:" not in mine.get(PAGE).content.decode()
    with as_worker():
        assert not CalendarFeed.objects.exists()
    assert mine.post(f"{PAGE}nieuw/").status_code == 303
    page = mine.get(PAGE).content.decode()
    with as_worker():
        feed = CalendarFeed.objects.get()
    here = f"http://testserver/agenda/{feed.token}.ics"
    assert f'value="{here}"' in page
    for name in ("Google Agenda", "Outlook", "Apple"):
        assert name in page
    assert ".ics" not in re.sub(r'(href|value)="[^"]*"', "", page)


def test_the_buttons_open_the_feed_in_each_calendar(table: Alliance):
    feed = make_feed(members(table)[0].user)
    links = feeds.links(feed)
    by_calendar = f"webcal://testserver/agenda/{feed.token}.ics"
    assert links["apple"] == by_calendar
    assert parse_qs(urlsplit(links["google"]).query)["cid"] == [by_calendar]
    outlook = parse_qs(urlsplit(links["outlook"]).query)
    assert outlook == {"url": [feeds.address(feed)], "name": ["Afspraken"]}


def test_a_new_address_kills_the_old_one(mine: Browser, meeting: Meeting):
    mine.post(f"{PAGE}nieuw/")
    with as_worker():
        old = CalendarFeed.objects.get()
    mine.post(f"{PAGE}nieuw/")
    with as_worker():
        new = CalendarFeed.objects.get()
    assert old.token != new.token
    assert look(old).status_code == 404
    assert str(meeting.uuid) in events(new)


def test_ending_it(mine: Browser):
    mine.post(f"{PAGE}nieuw/")
    with as_worker():
        old = CalendarFeed.objects.get()
    assert mine.post(f"{PAGE}weg/").status_code == 303
    assert look(old).status_code == 404
    assert mine.post(f"{PAGE}weg/").status_code == 303  # a second tap


def test_it_is_found_from_my_page(mine: Browser):
    assert f'href="{PAGE}"' in mine.get("/ik/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_leave_one_address():
    user = make_user()
    start = threading.Barrier(3, timeout=30)
    outcomes: list[object] = []

    def tap() -> None:
        try:
            with acting_as(user):
                pass  # connected
            start.wait()
            with acting_as(user):
                outcomes.append(actions.new_feed(user=user).token)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is the outcome)
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tap) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with as_worker():
        kept = CalendarFeed.objects.get(user=user)
    assert all(isinstance(token, str) for token in outcomes), outcomes
    assert kept.token in outcomes
    assert [token for token in outcomes if look_status(token) == 200] == [kept.token]


def look_status(token: object) -> int:
    return browser().get(f"/agenda/{token}.ics").status_code
