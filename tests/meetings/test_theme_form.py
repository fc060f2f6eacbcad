"""Bringing something in: for somebody else, something that comes on a day, and what was typed wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance
from meetings.models import Theme, ThemeCategory
from tests.acting import Browser, as_worker, browser, fresh
from tests.cast import Cast
from tests.make import make_alliance, make_theme, members

from .talking import category, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def mine(table: Alliance) -> Browser:
    return browser(members(table)[3].user)


def send(reader: Browser, table: Alliance, **fields: Any) -> Any:
    good = {"title": "Opvang", "text": "Mensen vragen ernaar.", "category": category(has_date=False).pk}
    return reader.post(reverse("meetings:theme-new", args=[table.uuid]), good | fields)


def test_only_what_comes_on_a_day_is_asked_from_when(mine: Browser, table: Alliance):
    facility = category(has_date=True)
    assert "Komst" in str(facility)
    assert "Vanaf wanneer" not in text(mine.get(reverse("meetings:theme-new", args=[table.uuid])))
    asked = send(mine, table, category=facility.pk)
    assert asked.status_code == 422
    assert "Vanaf wanneer" in text(asked)
    assert "Mensen vragen ernaar." in text(asked)  # nothing typed is lost
    day = timezone.localdate() + timedelta(days=90)
    made = send(mine, table, category=facility.pk, starts_on=f"{day.day}-{day.month}-{day.year}")
    assert made.status_code == 302
    with as_worker():
        assert Theme.objects.get().starts_on == day
    assert "Komt op" in text(mine.get(made["Location"]))


def test_not_knowing_the_day_is_fine(mine: Browser, table: Alliance):
    assert send(mine, table, category=category(has_date=True).pk, starts_on="").status_code == 302
    wrong = send(mine, table, category=category(has_date=True).pk, starts_on="31-2-2027")
    assert wrong.status_code == 422
    assert "Deze dag bestaat niet" in text(wrong)


def test_a_day_with_another_category_is_not_kept(mine: Browser, table: Alliance):
    assert send(mine, table, starts_on="1-3-2027").status_code == 302
    with as_worker():
        assert Theme.objects.get().starts_on is None


@pytest.mark.parametrize("strange", ["", "x", "-1", "9" * 60, "²"])
def test_a_strange_category_is_told(mine: Browser, table: Alliance, strange: str):
    answer = send(mine, table, category=strange)
    assert answer.status_code == 422
    assert answer.context["form"].errors["category"]


def test_for_somebody_else_without_a_name(mine: Browser, table: Alliance):
    made = send(mine, table, on_behalf="on")
    assert "Namens iemand anders" in text(mine.get(made["Location"]))
    shown = text(browser(members(table)[0].user).get(made["Location"]))
    assert "Namens iemand anders" in shown
    assert members(table)[3].name not in shown


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"title": "🔥🔥🔥"}, "in woorden"),
    ({"text": "🔥"}, "in woorden"),
    ({"text": "x" * 100_000}, "2000"),
    ({"title": "x" * 100_000}, "80"),
    ({"text": "De buurman, geboren 3 mei 1970, doet dit."}, "persoon"),
])  # fmt: skip
def test_bad_input_has_a_sentence(mine: Browser, table: Alliance, fields: dict[str, str], sentence: str):
    answer = send(mine, table, **fields)
    assert answer.status_code == 422
    assert sentence in text(answer)
    with as_worker():
        assert not Theme.objects.exists()


def test_right_to_left_words_stay_on_their_own_side(mine: Browser, table: Alliance):
    made = send(mine, table, title="ضوء \u202egekanteld", text="الطريق مظلم")
    shown = text(mine.get(made["Location"]))
    assert "<bdi>ضوء" in shown
    assert '<blockquote dir="auto">' in shown
    assert "<bdi>ضوء" in text(mine.get(reverse("meetings:themes", args=[table.uuid])))


# --- the categories, kept by the administrator


def test_the_administrator_adds_orders_and_switches_off(cast: Cast):
    client = browser(cast.administrator)
    typed = {"name_nl": "Verkeer", "name_en": "Traffic", "order": 3, "active": "on", "has_date": ""}
    assert client.post(reverse("admin:meetings_themecategory_add"), typed).status_code == 302
    with as_worker():
        every = list(ThemeCategory.objects.all())
        made = next(one for one in every if one.name_en == "Traffic")
    rows: dict[str, Any] = {"form-TOTAL_FORMS": len(every), "form-INITIAL_FORMS": len(every), "_save": "x"}
    for number, one in enumerate(every):
        rows |= {f"form-{number}-id": one.pk, f"form-{number}-order": 0 if one == made else number + 1}
        if one != made:
            rows[f"form-{number}-active"] = "on"
        if one.has_date:
            rows[f"form-{number}-has_date"] = "on"
    assert client.post(reverse("admin:meetings_themecategory_changelist"), rows).status_code == 302
    assert (fresh(made).active, fresh(made).order) == (False, 0)
    assert client.post(reverse("admin:meetings_themecategory_delete", args=[made.pk])).status_code == 403
    offered = text(browser(cast.resident).get(reverse("meetings:theme-new", args=[cast.table.uuid])))
    assert "Verkeer" not in offered
    assert "Criminaliteit" in offered


def test_a_category_that_is_off_stays_with_its_themes(cast: Cast):
    used = category()
    theme = make_theme(cast.table, category=used)
    with as_worker():
        ThemeCategory.objects.filter(pk=used.pk).update(active=False)
    assert used.name_nl in text(browser(cast.resident).get(reverse("meetings:theme", args=[theme.uuid])))
    assert send(browser(cast.resident), cast.table, category=used.pk).status_code == 422
