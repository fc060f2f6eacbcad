"""The pages: what they say, what their buttons do, and what they cost."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from alliances.models import Alliance, Membership
from meetings.models import Attendance, Meeting, Theme, ThemeCategory
from tests.acting import Browser, as_worker, browser, fresh
from tests.cast import Cast
from tests.make import make_alliance, make_attendance, make_meeting, make_theme, members

pytestmark = pytest.mark.django_db
NEXT_YEAR = timezone.localdate().year + 1


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=10)


@pytest.fixture
def me(table: Alliance) -> Membership:
    return members(table)[4]


@pytest.fixture
def mine(me: Membership) -> Browser:
    return browser(me.user)


@pytest.fixture
def meeting(table: Alliance) -> Meeting:
    return make_meeting(table)


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def evening_fields(day: date, begin: str = "18:30", end: str = "21:00", **more: str) -> dict[str, str]:
    return {"day": day.isoformat(), "begin": begin, "end": end, "place": "", "food": "", **more}


def plan_fields(response: Any) -> dict[str, str]:
    """The fields of the plan page as a browser would post them."""
    form = response.context["form"]
    return {"year": str(response.context["year"]), **{bound.html_name: str(bound.value()) for bound in form}}


# --- planning


def test_one_button_accepts_the_five(mine: Browser, table: Alliance):
    page = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR})
    assert "Zet deze vijf avonden vast" in text(page)
    answer = mine.post(reverse("meetings:plan", args=[table.uuid]), plan_fields(page), follow=True)
    assert f"Alle vijf de etentjes van {NEXT_YEAR} staan vast" in text(answer)
    with as_worker():
        assert Meeting.objects.filter(plan__year=NEXT_YEAR).count() == 5
    again = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR})
    assert f"In {NEXT_YEAR} valt niets meer te plannen" in text(again)


def test_a_week_later_is_shown_and_not_kept(mine: Browser, table: Alliance):
    page = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR})
    fields = plan_fields(page)
    moved = mine.post(reverse("meetings:plan-shift", args=[table.uuid]), {**fields, "shift": "2:1"})
    assert moved.status_code == 303
    query = parse_qs(urlsplit(moved["Location"]).query)
    assert date.fromisoformat(query["day_2"][0]) == date.fromisoformat(fields["day_2"]) + timedelta(days=7)
    assert query["day_1"] == [fields["day_1"]]
    shown = mine.get(moved["Location"])
    assert plan_fields(shown)["day_2"] == query["day_2"][0]
    with as_worker():
        assert not Meeting.objects.exists()


@pytest.mark.parametrize("shift", ["", "9:1", "2:99", "x", "2:", ":1", "-1:1"])
def test_a_strange_shift_changes_nothing(mine: Browser, table: Alliance, shift: str):
    fields = plan_fields(mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR}))
    moved = mine.post(reverse("meetings:plan-shift", args=[table.uuid]), {**fields, "shift": shift})
    query = parse_qs(urlsplit(moved["Location"]).query)
    if shift != "2:99":
        assert {name: query[name][0] for name in fields} == fields


def test_it_does_not_leave_the_year(mine: Browser, table: Alliance):
    fields = plan_fields(mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR}))
    fields["day_5"] = f"{NEXT_YEAR}-12-29"
    moved = mine.post(reverse("meetings:plan-shift", args=[table.uuid]), {**fields, "shift": "5:1"}, follow=True)
    assert "Verder schuiven kan niet" in text(moved)
    assert plan_fields(moved)["day_5"] == f"{NEXT_YEAR}-12-29"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("day_2", "", "Kies een dag."),
        ("day_2", f"{NEXT_YEAR}-02-30", "Deze dag bestaat niet."),
        ("day_2", f"{NEXT_YEAR - 2}-02-03", "Deze avond is al geweest."),
        ("day_2", "9999-12-31", "meer dan twee jaar"),
        ("day_2", f"{NEXT_YEAR + 1}-01-02", f"Kies een dag in {NEXT_YEAR}."),
        ("begin_2", "25:00", "Deze tijd bestaat niet."),
        ("end_2", "17:00", "Het einde moet na het begin komen."),
        ("end_2", "", "Kies een tijd."),
    ],
)
def test_bad_evenings_are_told_beside_the_field(mine: Browser, table: Alliance, field: str, value: str, sentence: str):
    url = reverse("meetings:plan", args=[table.uuid])
    fields = plan_fields(mine.get(url, {"year": NEXT_YEAR})) | {field: value}
    answer = mine.post(url, fields)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    with as_worker():
        assert not Meeting.objects.exists()


def test_two_on_one_day(mine: Browser, table: Alliance):
    url = reverse("meetings:plan", args=[table.uuid])
    fields = plan_fields(mine.get(url, {"year": NEXT_YEAR}))
    answer = mine.post(url, fields | {"day_3": fields["day_2"]})
    assert "al een andere avond" in " ".join(answer.context["form"].errors["day_3"])


def test_what_is_missing_is_planned_after_what_is_there(mine: Browser, table: Alliance):
    for month in (2, 4, 6):
        make_meeting(table, timezone.make_aware(timezone.datetime(NEXT_YEAR, month, 10, 18, 30)))
    url = reverse("meetings:plan", args=[table.uuid])
    page = mine.get(url, {"year": NEXT_YEAR})
    assert list(page.context["form"].proposed) == [4, 5]
    mine.post(url, plan_fields(page))
    year = mine.get(reverse("meetings:year", args=[table.uuid]), {"year": NEXT_YEAR})
    assert [plate["state"] for plate in year.context["plates"]] == ["planned"] * 5


@pytest.mark.parametrize("year", ["0", "99999", "x", "-5", "²"])
def test_years_out_of_the_world(mine: Browser, table: Alliance, year: str):
    for name in ("year", "plan"):
        assert mine.get(reverse(f"meetings:{name}", args=[table.uuid]), {"year": year}).status_code == 200


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


# --- themes


def category() -> ThemeCategory:
    with as_worker():
        return ThemeCategory.objects.order_by("order")[0]


def test_a_theme_from_the_meeting_page_lands_on_its_agenda(mine: Browser, me: Membership, meeting: Meeting):
    url = reverse("meetings:theme-new", args=[meeting.alliance.uuid])
    fields = {"title": "Licht", "text": "Het pad is donker.", "category": category().pk, "meeting": str(meeting.uuid)}
    page = mine.post(url, fields, follow=True)
    assert "Het staat op de agenda van" in text(page)
    with as_worker():
        theme = Theme.objects.get()
    assert (theme.state, theme.meeting_id, theme.raised_by_id) == ("agenda", meeting.pk, me.pk)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"title": "🔥🔥🔥"}, "title", "in woorden"),
        ({"title": ""}, "title", "waar het over gaat"),
        ({"text": "!?"}, "text", "in woorden"),
        ({"text": "x" * 100_000}, "text", "2000"),
        ({"category": ""}, "category", "dichtst bij"),
        ({"category": "9999"}, "category", ""),
        ({"text": "Zijn nummer is 06 12345678."}, "text", "persoon"),
    ],
)
def test_bad_themes(mine: Browser, table: Alliance, fields: dict[str, str], field: str, sentence: str):
    good = {"title": "Licht", "text": "Het pad is donker.", "category": category().pk}
    answer = mine.post(reverse("meetings:theme-new", args=[table.uuid]), good | fields)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    with as_worker():
        assert not Theme.objects.exists()


def test_right_to_left_and_markup_stay_text(mine: Browser, table: Alliance):
    fields = {"title": "<script>x</script> ضوء", "text": "الطريق مظلم", "category": category().pk}
    page = mine.post(reverse("meetings:theme-new", args=[table.uuid]), fields, follow=True)
    assert "<script>x" not in text(page)
    assert "ضوء" in text(page)


def test_closing_a_theme_asks_what_was_done(mine: Browser, table: Alliance, me: Membership):
    theme = make_theme(table, raised_by=me, text="Het pad is donker.")
    url = reverse("meetings:theme-rest", args=[theme.uuid])
    page = mine.get(url)
    assert "Dit begon bij jou:" in text(page)
    assert "Het pad is donker." in text(page)
    assert mine.post(url, {"text": ""}).status_code == 422
    assert "De lamp brandt." in text(mine.post(url, {"text": "De lamp brandt."}, follow=True))
    assert fresh(theme).state == "resting"


def test_the_agenda_form_offers_only_what_is_to_come(mine: Browser, table: Alliance):
    theme = make_theme(table)
    make_meeting(table, timezone.now() - timedelta(days=3))
    coming, elsewhere = make_meeting(table), make_meeting(make_alliance(members=2))
    url = reverse("meetings:theme-agenda", args=[theme.uuid])
    for wrong in ("", "x", str(elsewhere.uuid)):
        assert mine.post(url, {"meeting": wrong}).status_code == 422
    assert mine.post(url, {"meeting": str(coming.uuid)}).status_code == 303
    assert fresh(theme).meeting_id == coming.pk
    mine.post(reverse("meetings:theme-off", args=[theme.uuid]))
    assert fresh(theme).state == "proposed"


# --- who may, and what it costs


def test_another_table_is_not_there(cast: Cast):
    meeting, theme = make_meeting(cast.table), make_theme(cast.table)
    stranger = browser(cast.neighbour)
    for name in ("meeting", "edit", "cancel", "agenda", "ics"):
        assert stranger.get(reverse(f"meetings:{name}", args=[meeting.uuid])).status_code == 404
    for name in ("attend", "host", "unhost", "cancel", "restore", "edit"):
        assert stranger.post(reverse(f"meetings:{name}", args=[meeting.uuid])).status_code == 404
    for name in ("theme", "theme-feedback", "theme-rest"):
        assert stranger.get(reverse(f"meetings:{name}", args=[theme.uuid])).status_code == 404
    for name in ("theme-agenda", "theme-off", "theme-discussed"):
        assert stranger.post(reverse(f"meetings:{name}", args=[theme.uuid])).status_code == 404
    for name in ("year", "plan", "extra", "themes", "theme-new"):
        assert stranger.get(reverse(f"meetings:{name}", args=[cast.table.uuid])).status_code == 404


@pytest.mark.parametrize(
    "name", ["attend", "host", "unhost", "restore", "theme-agenda", "theme-off", "theme-discussed"]
)
def test_what_changes_something_asks_for_a_post(mine: Browser, meeting: Meeting, name: str):
    assert mine.get(reverse(f"meetings:{name}", args=[meeting.uuid])).status_code == 405


def queries(reader: Browser, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert reader.get(url).status_code == 200
    # Not savepoints, nor the test client forgetting who acted.
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in captured.captured_queries) - 1


def fill(table: Alliance, meeting: Meeting, times: int) -> None:
    """Answers of everybody, and `times` themes on the agenda."""
    for index, member in enumerate(members(table)):
        if not Attendance.objects.filter(meeting=meeting, membership=member).exists():
            make_attendance(meeting, member, ["coming", "perhaps", "not", ""][index % 4])
    for _n in range(times):
        make_theme(table, state="agenda", meeting=meeting, raised_by=members(table)[1])


@pytest.mark.parametrize("name", ["meeting", "year", "themes", "agenda"])
def test_queries_stay_the_same_with_ten_times_the_rows(table: Alliance, mine: Browser, meeting: Meeting, name: str):
    """meeting: session, person, actor, meeting, seat, members, attendances, themes, what apps add, coordinates."""
    of = meeting if name in ("meeting", "agenda") else table
    url = reverse(f"meetings:{name}", args=[of.uuid])
    with as_worker():
        fill(table, meeting, 3)
    mine.get(url)
    few = queries(mine, url)
    with as_worker():
        fill(table, meeting, 27)
        for _n in range(20):
            make_meeting(table, timezone.now() + timedelta(days=50 + _n), kind="extra")
    assert queries(mine, url) == few
    assert few <= 15


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
