"""A signal's own pages: closing it, where to report what, and its lines in the journal."""

from django.urls import reverse

from signals import actions
from tests.acting import Browser, acting_as, fresh
from tests.cast import Cast
from tests.signals.calling import call_of, raise_for
from tests.signals.reading import SignIn


def test_closing_asks_one_sentence(cast: Cast, sign_in: SignIn):
    signal = raise_for(cast, cast.resident)
    browser, where = sign_in(cast.police), reverse("signals:close", args=[signal.uuid])
    assert browser.post(where, {"outcome": ""}).status_code == 422
    assert browser.post(where, {"outcome": "Bel 06 12345678"}).status_code == 422
    page = browser.post(where, {"outcome": "We spraken met de jongeren."}, follow=True).content.decode()
    assert "We spraken met de jongeren." in page
    assert browser.post(where, {"outcome": "Nog eens."}).status_code == 422
    assert not fresh(call_of(signal)).runs


def test_where_to_report_is_for_everybody(cast: Cast, client: Browser, sign_in: SignIn):
    public = client.get(reverse("signals:help")).content.decode()
    assert "0900-8844" in public
    assert "Bondgenoten" not in public
    assert sign_in(cast.resident).get(reverse("signals:help")).status_code == 200


def test_the_journal_tells_it_without_a_word_of_it(cast: Cast, sign_in: SignIn):
    signal = raise_for(cast, cast.resident)
    with acting_as(cast.police):
        actions.close(signal=signal, by=cast.seat(cast.police), outcome="We spraken met de jongeren.")
    page = sign_in(cast.young).get(reverse("alliances:journal", args=[cast.table.uuid])).content.decode()
    assert f"{cast.resident.name} deed een oproep." in page
    assert f"{cast.police.name} schreef wat er met een signaal is gedaan." in page
    assert "jongeren" not in page
