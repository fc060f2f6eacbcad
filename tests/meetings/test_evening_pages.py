"""The pages of one evening and of the link in a message: what they say and what their buttons do."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from alliances.models import Alliance, Membership
from meetings.models import Attendance, Meeting
from tests.acting import Browser, as_worker, browser, fresh
from tests.make import make_attendance, make_meeting, make_theme, members
from tests.meetings.talking import text

from .planned import evening_fields

pytestmark = pytest.mark.django_db


NEXT_YEAR = timezone.localdate().year + 1


# --- one evening


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        (evening_fields(date(2020, 1, 9)), "day", "al geweest"),
        (evening_fields(date(2027, 3, 28), "02:30", "04:00"), "begin", "bestaat die nacht niet"),
        (evening_fields(date(2027, 3, 28), "01:30", "02:30"), "end", "bestaat die nacht niet"),
        (evening_fields(timezone.localdate() + timedelta(days=9), end="18:00"), "end", "na het begin"),
        (evening_fields(timezone.localdate() + timedelta(days=9)) | {"day": "morgen"}, "day", "bestaat niet"),
        (evening_fields(timezone.localdate() + timedelta(days=9), food="x" * 161), "food", "160"),
    ],
)
def test_a_bad_extra_evening(
    mine: Browser, table: Alliance, fields: dict[str, str], field: str, sentence: str, time_machine: Any
):
    time_machine.move_to("2027-01-05 12:00+01:00", tick=True) if "2027" in fields["day"] else None
    answer = mine.post(reverse("meetings:extra", args=[table.uuid]), fields)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])


def test_an_extra_evening(mine: Browser, table: Alliance):
    fields = evening_fields(timezone.localdate() + timedelta(days=9), place="Voorbeeldplein 4")
    page = mine.post(reverse("meetings:extra", args=[table.uuid]), fields, follow=True)
    assert "komen we bij elkaar" in text(page)
    assert "Voorbeeldplein 4" in text(page)  # an address is what a place is


def test_the_guard_asks_about_food_and_place(mine: Browser, table: Alliance):
    url = reverse("meetings:extra", args=[table.uuid])
    fields = evening_fields(timezone.localdate() + timedelta(days=9), place="Bel 06 12345678")
    asked = mine.post(url, fields)
    assert asked.status_code == 422
    assert "Gaat dit over één persoon?" in text(asked)
    assert mine.post(url, fields | {"guard": "keep"}).status_code == 303
    with as_worker():
        assert Meeting.objects.get().place == "Bel 06 12345678"


def test_moving_on_the_form(mine: Browser, meeting: Meeting):
    url = reverse("meetings:edit", args=[meeting.uuid])
    day = timezone.localdate() + timedelta(days=33)
    page = mine.post(url, evening_fields(day, "19.00", "22.00", place="De Zaal"), follow=True)
    assert "krijgt opnieuw de vraag" in text(page)
    moved = fresh(meeting)
    assert timezone.localtime(moved.starts_at).strftime("%Y-%m-%d %H:%M") == f"{day} 19:00"
    assert (moved.place, moved.sequence) == ("De Zaal", 2)


def test_a_refused_move_takes_the_new_place_back(mine: Browser, table: Alliance):
    begun = make_meeting(table, timezone.now() - timedelta(minutes=5))
    answer = mine.post(
        reverse("meetings:edit", args=[begun.uuid]),
        evening_fields(timezone.localdate() + timedelta(days=3), place="Elders"),
    )
    assert answer.status_code == 422
    assert "begonnen" in text(answer)
    assert fresh(begun).place == begun.place


def test_cancel_asks_first_and_restore_undoes(mine: Browser, meeting: Meeting):
    url = reverse("meetings:cancel", args=[meeting.uuid])
    assert "niet door?" in text(mine.get(url))
    assert fresh(meeting).state == "planned"
    assert "gaat niet door" in text(mine.post(url, follow=True))
    page = mine.post(reverse("meetings:restore", args=[meeting.uuid]), follow=True)
    assert "gaat toch door" in text(page)
    assert fresh(meeting).state == "planned"


def test_are_you_coming(mine: Browser, me: Membership, meeting: Meeting):
    url = reverse("meetings:attend", args=[meeting.uuid])
    page = mine.post(url, {"answer": "coming"}, follow=True)
    assert "Je antwoord is opgeslagen: Ja." in text(page)
    assert 'value="coming" aria-pressed="true"' in text(page)
    assert 'value="not" aria-pressed="false"' in text(page)
    strange = mine.post(url, {"answer": "<b>"}, follow=True)
    assert "Kies ja, misschien of nee." in text(strange)
    with as_worker():
        assert Attendance.objects.get(membership=me).answer == "coming"


def test_the_heading_is_the_news(mine: Browser, me: Membership, meeting: Meeting):
    url = reverse("meetings:meeting", args=[meeting.uuid])
    assert "eten we samen</h1>" in text(mine.get(url))
    page = mine.post(reverse("meetings:host", args=[meeting.uuid]), follow=True)
    assert f"eten we bij jou, {me.name}</h1>" in text(page)
    other = browser(members(meeting.alliance)[0].user)
    assert f"eten we bij {me.name}</h1>" in text(other.get(url))
    assert "Iemand anders doet het al" in text(other.post(reverse("meetings:host", args=[meeting.uuid]), follow=True))
    mine.post(reverse("meetings:unhost", args=[meeting.uuid]))
    assert fresh(meeting).host_id is None


def test_the_title_gives_nothing_away(mine: Browser, table: Alliance, meeting: Meeting):
    theme = make_theme(table, title="Vuurwerk")
    for name, of in (("meeting", meeting), ("theme", theme), ("year", table), ("themes", table), ("plan", table)):
        title = text(mine.get(reverse(f"meetings:{name}", args=[of.uuid]))).split("<title>")[1].split("</title>")[0]
        for secret in (table.name, table.area.name, "Vuurwerk", "Persoon"):
            assert secret not in title


def test_the_calendar_file(mine: Browser, meeting: Meeting):
    answer = mine.get(reverse("meetings:ics", args=[meeting.uuid]))
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Content-Disposition"] == 'attachment; filename="afspraak.ics"'
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == "Afspraak"


def test_the_printed_agenda_has_the_themes_and_no_names(mine: Browser, meeting: Meeting):
    people = members(meeting.alliance)
    make_theme(meeting.alliance, title="Donker pad", raised_by=people[3], state="agenda", meeting=meeting)
    page = text(mine.get(reverse("meetings:agenda", args=[meeting.uuid])))
    assert "Donker pad" in page
    assert not any(person.name in page for person in people)


# --- the link in a message


def test_looking_at_a_link_changes_nothing(client: Browser, me: Membership, meeting: Meeting):
    attendance = make_attendance(meeting, me)
    url = reverse("meetings:answer", args=[attendance.token])
    for _look in range(3):  # a scanner, a preview, a person
        client.get(url, {"a": "coming"})
        client.head(url, {"a": "coming"})
    client.options(url)
    assert fresh(attendance).answer == ""


def test_two_taps_and_it_is_saved(client: Browser, me: Membership, meeting: Meeting):
    attendance = make_attendance(meeting, me)
    url = reverse("meetings:answer", args=[attendance.token])
    page = text(client.get(url, {"a": "perhaps"}))
    assert 'bond-answer--yes" name="answer" value="perhaps"' in page
    saved = client.post(url, {"answer": "not"})
    assert (saved.status_code, saved["Location"]) == (303, reverse("meetings:answer-saved", args=[attendance.token]))
    assert "Je antwoord is opgeslagen" in text(client.get(saved["Location"]))
    assert fresh(attendance).answer == "not"
    client.post(url, {"answer": "coming"})
    assert fresh(attendance).answer == "coming"


def test_the_page_behind_a_link_is_neutral(client: Browser, me: Membership, meeting: Meeting):
    make_theme(meeting.alliance, title="Vuurwerk", state="agenda", meeting=meeting)
    attendance = make_attendance(meeting, me, "coming")
    secrets = ["ondgeno", "politie", "gemeente", "Vuurwerk", meeting.alliance.name, meeting.alliance.area.name]
    secrets += [me.user.recognition_word, *(member.name for member in members(meeting.alliance))]
    for name in ("answer", "answer-saved", "answer-ics"):
        page = client.get(reverse(f"meetings:{name}", args=[attendance.token]))
        assert page.status_code == 200
        assert page["Cache-Control"] == "no-store"
        assert not [secret for secret in secrets if secret in page.content.decode()]


def test_links_that_lead_nowhere(client: Browser, me: Membership, meeting: Meeting):
    assert client.get(reverse("meetings:answer", args=["x" * 12])).status_code == 404
    attendance = make_attendance(meeting, me)
    with as_worker():
        Membership.objects.filter(pk=me.pk).update(left_at=timezone.now())
    assert client.get(reverse("meetings:answer", args=[attendance.token])).status_code == 404


def test_a_link_to_what_is_off_or_over(client: Browser, me: Membership, table: Alliance):
    off = make_attendance(make_meeting(table, state="cancelled"), me)
    over = make_attendance(make_meeting(table, timezone.now() - timedelta(days=3)), me)
    assert "gaat niet door" in text(client.get(reverse("meetings:answer", args=[off.token])))
    assert "is voorbij" in text(client.get(reverse("meetings:answer", args=[over.token])))
    for attendance in (off, over):
        assert client.post(reverse("meetings:answer", args=[attendance.token]), {"answer": "coming"}).status_code == 409
        assert fresh(attendance).answer == ""


def test_a_yes_to_thursday_is_no_yes_to_friday(client: Browser, mine: Browser, me: Membership, meeting: Meeting):
    """The page was open while somebody moved the evening."""
    attendance = make_attendance(meeting, me)
    old = {"answer": "coming", "begins": str(int(meeting.starts_at.timestamp()))}
    with as_worker():
        Meeting.objects.update(
            starts_at=meeting.starts_at + timedelta(days=1), ends_at=meeting.ends_at + timedelta(days=1)
        )
    url = reverse("meetings:answer", args=[attendance.token])
    page = client.post(url, old)
    assert page.status_code == 409
    assert "intussen verzet" in text(page)
    assert "intussen verzet" in text(mine.post(reverse("meetings:attend", args=[meeting.uuid]), old, follow=True))
    assert fresh(attendance).answer == ""
    begins = text(client.get(url)).split('name="begins" value="')[1].split('"')[0]
    assert client.post(url, old | {"begins": begins}).status_code == 303
