"""A signal about a theme of the table: its what-if is one tap away, on the signal and while the call runs."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from meetings.models import Theme
from signals import actions
from signals.models import Call, TensionSignal
from tests.acting import acting_as, as_worker
from tests.cast import Cast
from tests.make import make_call, make_scenario, make_signal, make_theme
from tests.signals.reading import SignIn, count
from tests.signals.test_views_raising import fill_in, key_in

WHAT = "Er gaat een filmpje rond van een aanhouding."
ASKED = "Gaat dit over een thema van jullie tafel?"


@pytest.fixture
def theme(cast: Cast) -> Theme:
    return make_theme(cast.table, title="Aanhoudingen")


def test_it_is_asked_and_not_needed(cast: Cast, theme: Theme, sign_in: SignIn):
    make_theme(cast.table, title="Oud", state="resting")
    make_theme(cast.other, title="Elders")
    browser = sign_in(cast.resident)
    review = fill_in(browser, cast.table)
    page = review.content.decode()
    assert ASKED in page
    assert "Aanhoudingen" in page
    assert "Oud" not in page
    assert "Elders" not in page
    assert 'value="" selected' in page  # none, unless the member chooses
    sent = browser.post(reverse("signals:raise-send", args=[cast.table.uuid]), {"key": key_in(review)})
    assert sent.status_code == 302
    with as_worker():
        assert TensionSignal.objects.get().theme is None


def test_what_was_thought_through_can_be_opened_before_the_call(cast: Cast, theme: Theme, sign_in: SignIn):
    scenario = make_scenario(theme, what=WHAT, first="De wijkagent belt de familie.")
    make_scenario(make_theme(cast.table, state="resting"), what="Iets dat rust.")
    make_scenario(make_theme(cast.other), what="Iets van elders.")
    page = fill_in(sign_in(cast.resident), cast.table).content.decode()
    assert page.index("Ja, roep op") < page.index(f"Stel dat: {WHAT}")
    assert "De wijkagent belt de familie." in page
    assert reverse("meetings:theme-scenario", args=[scenario.uuid]) in page
    assert "Iets dat rust." not in page
    assert "Iets van elders." not in page


def test_without_a_theme_nothing_is_asked(cast: Cast, sign_in: SignIn):
    assert ASKED not in fill_in(sign_in(cast.resident), cast.table).content.decode()


@pytest.mark.parametrize("choice", ["now", "worry", "watch"])
def test_the_what_if_stands_on_the_signal_and_on_the_call(cast: Cast, theme: Theme, sign_in: SignIn, choice: str):
    scenario = make_scenario(theme, what=WHAT)
    browser = sign_in(cast.resident)
    review = fill_in(browser, cast.table, choice)
    send = reverse("signals:raise-send", args=[cast.table.uuid])
    browser.post(send, {"key": key_in(review), "theme": str(theme.uuid)})
    with as_worker():
        signal = TensionSignal.objects.get()
        call = Call.objects.filter(signal=signal).first()
    assert signal.theme_id == theme.pk
    pages = [reverse("signals:signal", args=[signal.uuid])]
    pages += [reverse("signals:call", args=[call.uuid])] if call else []
    for page in pages:
        shown = sign_in(cast.young).get(page).content.decode()
        assert f"Stel dat: {WHAT}" in shown, page
        assert reverse("meetings:theme-scenario", args=[scenario.uuid]) in shown
    assert (call is None) is (choice == "watch")


def test_without_a_what_if_there_is_no_link(cast: Cast, theme: Theme, sign_in: SignIn):
    signal = make_signal(cast.table, theme=theme)
    call = make_call(signal)
    browser = sign_in(cast.young)
    assert "Stel dat" not in browser.get(reverse("signals:call", args=[call.uuid])).content.decode()
    page = browser.get(reverse("signals:signal", args=[signal.uuid])).content.decode()
    assert "Stel dat" not in page
    assert "Aanhoudingen" in page


@pytest.mark.parametrize("strange", ["x", "00000000-0000-4000-8000-000000000000", "elsewhere", "1"])
def test_a_strange_theme_is_told_and_nothing_is_sent(cast: Cast, theme: Theme, sign_in: SignIn, strange: str):
    elsewhere = make_theme(cast.other)
    browser = sign_in(cast.resident)
    review = fill_in(browser, cast.table)
    typed = str(elsewhere.uuid) if strange == "elsewhere" else strange
    send = reverse("signals:raise-send", args=[cast.table.uuid])
    told = browser.post(send, {"key": key_in(review), "theme": typed}, follow=True)
    assert "Kies een thema van deze tafel, of geen thema." in told.content.decode()
    assert "Je roept 9 mensen op." in told.content.decode()
    with as_worker():
        assert not TensionSignal.objects.exists()
    assert theme.pk


def test_the_action_takes_no_theme_of_another_table(cast: Cast):
    elsewhere = make_theme(cast.other)
    said = {"text": "Onrust", "place": "Plein", "when": "now", "certainty": "seen", "level": "watch"}
    with acting_as(cast.resident), pytest.raises(PermissionDenied):
        actions.raise_signal(alliance=cast.table, by=cast.seat(cast.resident), theme=elsewhere, **said)


def test_the_call_page_asks_no_more_for_it(cast: Cast, theme: Theme, sign_in: SignIn):
    browser = sign_in(cast.young)
    plain, about = make_call(make_signal(cast.table)), make_call(make_signal(cast.table, theme=theme))
    for _n in range(10):
        make_scenario(theme)
    page, of_theme = (reverse("signals:call", args=[call.uuid]) for call in (plain, about))
    assert count(browser, page) == count(browser, of_theme)


def test_the_answer_page_of_a_link_shows_nothing_of_it(cast: Cast, theme: Theme, sign_in: SignIn):
    """Links are forwarded: what the table thought out needs a seat."""
    make_scenario(theme, what=WHAT)
    call = make_call(make_signal(cast.table, theme=theme))
    with as_worker():
        recipient = call.recipients.all()[0]
    page = sign_in().get(reverse("signals:answer", args=[recipient.token])).content.decode()
    assert "Stel dat" not in page
    assert "filmpje" not in page
