"""Guests: a link to the practical page of one evening, which tells nothing else and dies."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance
from meetings.models import Guest, Meeting
from tests.acting import Browser, as_worker, fresh
from tests.make import make_alliance, make_guest, make_meeting, make_theme, members

from .talking import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=6)


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    return make_meeting(
        table, route="Bus 8, halte Plein.", access="Geen drempel.", food="Soep van Noor", host=members(table)[0]
    )


def link(guest: Guest) -> str:
    return reverse("meetings:guest", args=[guest.token])


def test_the_member_gets_a_link_to_give(mine: Browser, client: Browser, meeting: Meeting):
    url = reverse("meetings:guests", args=[meeting.uuid])
    page = text(mine.post(url, {"name": "Jo de kenner", "about": "Vuurwerk"}, follow=True))
    with as_worker():
        guest = Guest.objects.get()
    assert link(guest) in page
    assert "Wij sturen niets" in page
    shown = text(client.get(link(guest)))
    for words in ("Je bent welkom op", meeting.place, "Bus 8, halte Plein.", "Geen drempel."):
        assert words in shown
    assert "Jo de kenner" in text(mine.get(reverse("meetings:meeting", args=[meeting.uuid])))


def test_the_page_tells_nothing_else(client: Browser, table: Alliance, meeting: Meeting):
    make_theme(table, title="Vuurwerk", state="agenda", meeting=meeting)
    guest = make_guest(meeting, "Jo de kenner", about="Vuurwerk", invited_by=members(table)[0])
    page = client.get(link(guest))
    assert page["Cache-Control"] == "no-store"
    secrets = ["ondgeno", "politie", "gemeente", "Vuurwerk", "Jo de kenner", table.name, table.area.name, "Noor"]
    secrets += [member.name for member in members(table)]
    assert not [secret for secret in secrets if secret in page.content.decode()]


def test_it_dies(client: Browser, mine: Browser, table: Alliance, meeting: Meeting):
    guest = make_guest(meeting)
    over = make_guest(make_meeting(table, timezone.now() - timedelta(days=2), kind="extra"))
    off = make_guest(make_meeting(table, kind="extra", state="cancelled"))
    assert client.get(link(guest)).status_code == 200
    assert client.post(link(guest)).status_code == 405
    mine.post(reverse("meetings:guest-revoke", args=[meeting.uuid, guest.uuid]))
    for reader in (client, mine):  # also for who may see the row as a member
        for gone in (guest, over):
            page = reader.get(link(gone))
            assert page.status_code == 410
            assert "Deze link werkt niet meer" in text(page)
            assert meeting.place not in text(page)
        page = reader.get(link(off))
        assert page.status_code == 410
        assert "gaat niet door" in text(page)
    assert client.get(reverse("meetings:guest", args=["x" * 12])).status_code == 404


def test_it_still_works_at_the_end_of_the_evening(client: Browser, table: Alliance):
    just_over = make_guest(make_meeting(table, timezone.now() - timedelta(hours=5)))
    assert client.get(link(just_over)).status_code == 200


def test_revoking_twice_and_elsewhere(mine: Browser, meeting: Meeting, table: Alliance):
    guest = make_guest(meeting)
    url = reverse("meetings:guest-revoke", args=[meeting.uuid, guest.uuid])
    mine.post(url)
    first = fresh(guest).revoked_at
    mine.post(url)
    assert fresh(guest).revoked_at == first
    elsewhere = make_guest(make_meeting(make_alliance(members=2)))
    assert mine.post(reverse("meetings:guest-revoke", args=[meeting.uuid, elsewhere.uuid])).status_code == 404
    assert fresh(elsewhere).revoked_at is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "🎩🎩"}, "name"),
        ({"name": "x" * 100_000}, "name"),
        ({"about": "x" * 100_000}, "about"),
        ({"about": "🔥"}, "about"),
        ({"about": "Bel 06 12345678"}, "about"),
    ],
)
def test_bad_guests(mine: Browser, meeting: Meeting, fields: dict[str, str], field: str):
    answer = mine.post(reverse("meetings:guests", args=[meeting.uuid]), {"name": "Jo", "about": ""} | fields)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert fields[field] in answer.content.decode()
    with as_worker():
        assert not Guest.objects.exists()


def test_no_guests_for_what_is_off_or_over(mine: Browser, table: Alliance):
    for evening in (
        make_meeting(table, kind="extra", state="cancelled"),
        make_meeting(table, timezone.now() - timedelta(days=2), kind="extra"),
    ):
        answer = mine.post(reverse("meetings:guests", args=[evening.uuid]), {"name": "Jo"})
        assert answer.status_code == 422
        assert "gaat niet door of is voorbij" in text(answer)


def test_right_to_left_stays_text(mine: Browser, meeting: Meeting):
    page = text(mine.post(reverse("meetings:guests", args=[meeting.uuid]), {"name": "نور <b>x</b>"}, follow=True))
    assert "<bdi>نور &lt;b&gt;x&lt;/b&gt;</bdi>" in page
