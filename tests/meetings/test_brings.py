"""What police and municipality bring to a dinner, and the question that they dare to ask."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, JournalEntry, Membership
from alliances.policy import Refused
from meetings import actions
from meetings.models import Contribution, Meeting
from meetings.views.contributions import brings_of
from tests.acting import Browser, acting_as, as_worker, browser
from tests.make import make_alliance, make_meeting, members

from .talking import as_me, queries, text

pytestmark = pytest.mark.django_db
SAID = {"brings": "De cijfers van het plein", "question": "Wat zien wij niet?", "then": "Ik vertel het de teamchef."}


@pytest.fixture
def table() -> Alliance:
    return make_alliance(members=4)


@pytest.fixture
def police(table: Alliance) -> Membership:
    return members(table)[0]


@pytest.fixture
def officer(police: Membership) -> Browser:
    return browser(police.user)


def url_of(meeting: Meeting) -> str:
    return reverse("meetings:brings", args=[meeting.uuid])


def shown(meeting: Meeting, reader: Membership) -> dict[str, Any]:
    with acting_as(reader.user):
        return brings_of(meeting, reader)


def test_bringing_and_asking(officer: Browser, police: Membership, meeting: Meeting):
    assert officer.post(url_of(meeting), SAID).status_code == 302
    resident = members(meeting.alliance)[2]
    seen = shown(meeting, resident)
    assert not seen["may_bring"]
    assert [person["member"].pk for person in seen["brings"]] == [police.pk]
    assert seen["brings"][0]["brings"].text == SAID["brings"]
    assert (seen["brings"][0]["question"].text, seen["brings"][0]["question"].then) == (SAID["question"], SAID["then"])
    page = text(browser(resident.user).get(reverse("meetings:meeting", args=[meeting.uuid])))
    for words in SAID.values():
        assert words in page
    with as_worker():
        assert JournalEntry.objects.get().verb == "brings"


def test_it_can_be_changed_and_taken_back(officer: Browser, meeting: Meeting):
    officer.post(url_of(meeting), SAID)
    assert SAID["question"] in text(officer.get(url_of(meeting)))
    officer.post(url_of(meeting), SAID | {"brings": "", "question": "Wie missen we?"})
    with as_worker():
        assert [(one.kind, one.text) for one in Contribution.objects.all()] == [("question", "Wie missen we?")]


@pytest.mark.parametrize(("fields", "field", "sentence"), [
    ({"then": ""}, "then", "wat je met het antwoord doet"),
    ({"brings": "🔥"}, "brings", "in woorden"),
    ({"then": "!!"}, "then", "in woorden"),
    ({"question": "x" * 100_000}, "question", "500"),
    ({"brings": "De man met kenteken 12-AB-34"}, "brings", "persoon"),
])  # fmt: skip
def test_bad_input_has_a_sentence(
    officer: Browser, meeting: Meeting, fields: dict[str, str], field: str, sentence: str
):
    refused: Any = officer.post(url_of(meeting), SAID | fields)
    assert refused.status_code == 422
    assert sentence in " ".join(refused.context["form"].errors[field])
    with as_worker():
        assert not Contribution.objects.exists()


@pytest.mark.parametrize("fields", [{"state": "cancelled"}, {"starts_at": timezone.now() - timedelta(days=2)}])
def test_not_for_an_evening_that_is_off_or_over(officer: Browser, table: Alliance, fields: dict[str, Any]):
    evening = make_meeting(table, fields.get("starts_at"), kind="extra", state=fields.get("state", "planned"))
    refused = officer.post(url_of(evening), SAID)
    assert refused.status_code == 422
    assert "gaat niet door of is voorbij" in text(refused)
    assert SAID["brings"] in text(refused)


def test_residents_need_no_form(meeting: Meeting):
    resident = members(meeting.alliance)[2]
    assert browser(resident.user).get(url_of(meeting)).status_code == 403
    with pytest.raises(PermissionDenied):
        as_me(resident, lambda: actions.bring(meeting=meeting, by=resident, **SAID))
    police = members(meeting.alliance)[0]
    with pytest.raises(Refused):
        as_me(police, lambda: actions.bring(meeting=meeting, brings="", question="Wie?", then="", by=police))


def test_what_who_left_brings_is_not_shown(officer: Browser, police: Membership, meeting: Meeting):
    officer.post(url_of(meeting), SAID)
    with as_worker():
        Membership.objects.filter(pk=police.pk).update(left_at=timezone.now())
    assert shown(meeting, members(meeting.alliance)[1])["brings"] == []


def test_it_asks_little(officer: Browser, meeting: Meeting):
    assert queries(officer, url_of(meeting)) <= 9
