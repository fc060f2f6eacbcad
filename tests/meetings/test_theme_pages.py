"""The pages of themes: bringing one in, closing it, putting it on an agenda."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Membership
from meetings.models import Meeting, Theme, ThemeCategory
from tests.acting import Browser, as_worker, fresh
from tests.make import make_alliance, make_meeting, make_theme
from tests.meetings.talking import text

pytestmark = pytest.mark.django_db


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
