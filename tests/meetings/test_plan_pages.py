"""The pages on which a year is planned: what they say and what their buttons do."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance
from meetings.models import Meeting
from tests.acting import Browser, as_worker
from tests.make import make_meeting
from tests.meetings.talking import text

from .planned import fields_of

pytestmark = pytest.mark.django_db


NEXT_YEAR = timezone.localdate().year + 1


def test_one_button_accepts_the_five(mine: Browser, table: Alliance):
    page = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR})
    assert "Zet deze vijf avonden vast" in text(page)
    answer = mine.post(reverse("meetings:plan", args=[table.uuid]), fields_of(page), follow=True)
    assert f"Alle vijf de etentjes van {NEXT_YEAR} staan vast" in text(answer)
    with as_worker():
        assert Meeting.objects.filter(plan__year=NEXT_YEAR).count() == 5
    again = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR})
    assert f"In {NEXT_YEAR} valt niets meer te plannen" in text(again)


def test_a_week_later_is_shown_and_not_kept(mine: Browser, table: Alliance):
    page = mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR})
    fields = fields_of(page)
    moved = mine.post(reverse("meetings:plan-shift", args=[table.uuid]), {**fields, "shift": "2:1"})
    assert moved.status_code == 303
    query = parse_qs(urlsplit(moved["Location"]).query)
    assert date.fromisoformat(query["day_2"][0]) == date.fromisoformat(fields["day_2"]) + timedelta(days=7)
    assert query["day_1"] == [fields["day_1"]]
    shown = mine.get(moved["Location"])
    assert fields_of(shown)["day_2"] == query["day_2"][0]
    with as_worker():
        assert not Meeting.objects.exists()


@pytest.mark.parametrize("shift", ["", "9:1", "2:99", "x", "2:", ":1", "-1:1"])
def test_a_strange_shift_changes_nothing(mine: Browser, table: Alliance, shift: str):
    fields = fields_of(mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR}))
    moved = mine.post(reverse("meetings:plan-shift", args=[table.uuid]), {**fields, "shift": shift})
    query = parse_qs(urlsplit(moved["Location"]).query)
    if shift != "2:99":
        assert {name: query[name][0] for name in fields} == fields


def test_it_does_not_leave_the_year(mine: Browser, table: Alliance):
    fields = fields_of(mine.get(reverse("meetings:plan", args=[table.uuid]), {"year": NEXT_YEAR}))
    fields["day_5"] = f"{NEXT_YEAR}-12-29"
    moved = mine.post(reverse("meetings:plan-shift", args=[table.uuid]), {**fields, "shift": "5:1"}, follow=True)
    assert "Verder schuiven kan niet" in text(moved)
    assert fields_of(moved)["day_5"] == f"{NEXT_YEAR}-12-29"


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
    fields = fields_of(mine.get(url, {"year": NEXT_YEAR})) | {field: value}
    answer = mine.post(url, fields)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    with as_worker():
        assert not Meeting.objects.exists()


def test_two_on_one_day(mine: Browser, table: Alliance):
    url = reverse("meetings:plan", args=[table.uuid])
    fields = fields_of(mine.get(url, {"year": NEXT_YEAR}))
    answer = mine.post(url, fields | {"day_3": fields["day_2"]})
    assert "al een andere avond" in " ".join(answer.context["form"].errors["day_3"])


def test_what_is_missing_is_planned_after_what_is_there(mine: Browser, table: Alliance):
    for month in (2, 4, 6):
        make_meeting(table, timezone.make_aware(timezone.datetime(NEXT_YEAR, month, 10, 18, 30)))
    url = reverse("meetings:plan", args=[table.uuid])
    page = mine.get(url, {"year": NEXT_YEAR})
    assert list(page.context["form"].proposed) == [4, 5]
    mine.post(url, fields_of(page))
    year = mine.get(reverse("meetings:year", args=[table.uuid]), {"year": NEXT_YEAR})
    assert [plate["state"] for plate in year.context["plates"]] == ["planned"] * 5
    assert mine.get(url, {"year": NEXT_YEAR - 1}).context["other_year"] is None  # that one is full now


@pytest.mark.parametrize("year", ["0", "99999", "x", "-5", "²"])
def test_years_out_of_the_world(mine: Browser, table: Alliance, year: str):
    for name in ("year", "plan"):
        assert mine.get(reverse(f"meetings:{name}", args=[table.uuid]), {"year": year}).status_code == 200
