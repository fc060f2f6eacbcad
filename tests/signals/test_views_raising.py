"""Raising a signal in under a minute: four questions, a look, one button."""

from typing import Any

import pytest
from django.urls import reverse

from alliances.models import Alliance
from messaging.models import Message
from signals.models import Call, TensionSignal
from tests.acting import Browser, as_worker
from tests.cast import Cast
from tests.make import make_alliance, make_user
from tests.signals.reading import SignIn, found

PAGES = [
    {"text": "Een groep staat bij de fontein."},
    {"place": "Bij de fontein", "when": "now"},
    {"certainty": "heard"},
]


def fill_in(browser: Browser, table: Alliance, choice: str = "now") -> Any:
    """Answer the four questions; the review page."""
    where = reverse("signals:raise", args=[table.uuid])
    for page in [*PAGES, {"choice": choice}]:
        shown = browser.get(where)
        assert shown.status_code == 200, where
        assert "112" in shown.content.decode()
        assert " checked" not in shown.content.decode()  # nothing is chosen beforehand
        where = browser.post(where, page).headers["Location"]
    return browser.get(where)


def key_in(page: Any) -> str:
    return found(r'name="key" value="([^"]+)"', page.content.decode())


def test_four_questions_a_look_and_a_call(cast: Cast, sign_in: SignIn):
    browser = sign_in(cast.resident)
    review = fill_in(browser, cast.table)
    assert "Je roept 9 mensen op." in review.content.decode()
    assert f"{cast.resident.recognition_word}: er is een dringende vraag" in review.content.decode()
    with as_worker():
        assert not TensionSignal.objects.exists()  # nothing before the button
    key, send = key_in(review), reverse("signals:raise-send", args=[cast.table.uuid])
    first, second = browser.post(send, {"key": key}), browser.post(send, {"key": key})
    with as_worker():
        call = Call.objects.get()
        assert Message.objects.count() == 9
    assert first.headers["Location"] == second.headers["Location"] == reverse("signals:call", args=[call.uuid])
    with as_worker():
        assert TensionSignal.objects.get().certainty == "heard"


@pytest.mark.parametrize(("choice", "heading"), [
    ("worry", "Je vraagt 9 mensen om mee te kijken."),
    ("watch", "Je zet dit op de volgende agenda."),
    ("soon", "Je roept 9 mensen op."),
])  # fmt: skip
def test_each_level_says_what_it_does(cast: Cast, sign_in: SignIn, choice: str, heading: str):
    browser = sign_in(cast.young)
    review = fill_in(browser, cast.table, choice)
    assert heading in review.content.decode()
    assert (
        browser.post(reverse("signals:raise-send", args=[cast.table.uuid]), {"key": key_in(review)}).status_code == 302
    )
    with as_worker():
        assert TensionSignal.objects.count() == 1
        assert Call.objects.exists() is (choice != "watch")


@pytest.mark.parametrize(("step", "page", "word"), [
    (1, {"text": "De auto met kenteken 12-AB-34 staat er weer."}, "kenteken"),
    (2, {"place": "Lindestraat 12", "when": "now"}, "adres"),
])  # fmt: skip
def test_the_guard_asks_and_the_member_decides(cast: Cast, sign_in: SignIn, step: int, page: dict[str, str], word: str):
    browser = sign_in(cast.resident)
    where = [
        reverse("signals:raise", args=[cast.table.uuid]),
        reverse("signals:raise-step", args=[cast.table.uuid, 2]),
    ][step - 1]
    if step == 2:
        browser.post(reverse("signals:raise", args=[cast.table.uuid]), PAGES[0])
    asked = browser.post(where, page)
    assert asked.status_code == 422
    assert word in asked.content.decode()
    assert next(iter(page.values())) in asked.content.decode()  # the text stays
    assert browser.post(where, {**page, "guard": "keep"}).status_code == 302


def test_questions_cannot_be_skipped(cast: Cast, sign_in: SignIn):
    browser = sign_in(cast.resident)
    first = reverse("signals:raise", args=[cast.table.uuid])
    for name, more in (("signals:raise-step", [3]), ("signals:raise-review", [])):
        assert browser.get(reverse(name, args=[cast.table.uuid, *more])).headers["Location"] == first
    assert browser.post(reverse("signals:raise-send", args=[cast.table.uuid])).headers["Location"] == first
    assert browser.get(reverse("signals:raise-step", args=[cast.table.uuid, 7])).status_code == 404


def test_a_forming_alliance_is_offered_no_call(db: None, sign_in: SignIn):
    person = make_user()
    table = make_alliance(members=[person, make_user()], state="forming")
    browser = sign_in(person)
    for where, page in zip(["", "2/", "3/"], PAGES, strict=True):
        browser.post(reverse("signals:raise", args=[table.uuid]) + where, page)
    shown = browser.get(reverse("signals:raise-step", args=[table.uuid, 4]))
    assert "Een oproep doen kan nog niet" in shown.content.decode()
    assert 'value="worry"' not in shown.content.decode()
