"""Answering by the link in a message: two taps, and looking changes nothing."""

import pytest
from django.urls import reverse

from alliances.models import User
from signals import actions
from signals.models import Answer, Call, CallRecipient
from tests.acting import Browser, acting_as, as_worker, fresh
from tests.cast import Cast
from tests.signals.calling import call_of, raise_for, recipient_of
from tests.signals.reading import SignIn, link


@pytest.fixture
def asked(cast: Cast) -> CallRecipient:
    return recipient_of(call_of(raise_for(cast, cast.resident)), cast.seat(cast.police))


def test_a_link_shows_no_names_no_place_and_no_word(cast: Cast, asked: CallRecipient, client: Browser):
    page = client.get(link(asked)).content.decode()
    for value in ("coming", "cannot", "seen"):
        assert f'value="{value}"' in page
    secrets = [seat.name for seat in cast.seats.values()] + [
        cast.police.recognition_word,
        cast.table.name,
        cast.area.name,
    ]
    secrets += ["fontein", "Bondgenoten", "politie"]
    for secret in secrets:
        assert secret not in page, secret


def test_two_taps_and_it_is_saved(asked: CallRecipient, client: Browser):
    saved = client.post(link(asked, "answer-save"), {"answer": "coming"}, follow=True)
    assert "Je antwoord is opgeslagen" in saved.content.decode()
    soon = client.post(link(asked, "answer-save"), {"answer": "coming", "over": "120"}, follow=True)
    assert "over 2 uur" in soon.content.decode()
    client.post(link(asked, "answer-save"), {"answer": "cannot"})
    with as_worker():
        said = Answer.objects.filter(recipient=asked).values_list("value", "text", "via")
        assert list(said) == [("cannot", "", "link"), ("coming", "over 2 uur", "link"), ("coming", "", "link")]


def test_a_scanner_changes_nothing_but_opened(asked: CallRecipient, client: Browser):
    for name in ("answer", "answer-saved", "answer-save"):
        client.get(link(asked, name))
        client.head(link(asked, name))
    with as_worker():
        assert not Answer.objects.filter(recipient=asked).exists()
        assert Call.objects.get().runs
    assert fresh(asked).opened_at


@pytest.mark.parametrize("answer", ["", "notice", "x"])
def test_what_is_no_answer_is_asked_again(asked: CallRecipient, client: Browser, answer: str):
    assert client.post(link(asked, "answer-save"), {"answer": answer}).headers["Location"] == link(asked)


def test_an_unknown_link_is_404_without_a_word_about_us(client: Browser, db: None):
    for name in ("answer", "answer-saved"):
        page = client.get(reverse(f"signals:{name}", args=["aaaaaaaaaaaa"]))
        assert page.status_code == 404
        assert "Bondgenoten" not in page.content.decode()


def test_an_ended_call_is_kind_and_keeps_a_late_answer(cast: Cast, asked: CallRecipient, client: Browser):
    with acting_as(cast.resident):
        actions.stop(call=asked.call, by=cast.seat(cast.resident))
    assert "Niet meer nodig" in client.get(link(asked)).content.decode()
    late = client.post(link(asked, "answer-save"), {"answer": "coming"}, follow=True)
    assert "al niet meer nodig" in late.content.decode()


def test_a_link_leads_to_the_content_only_after_signing_in(asked: CallRecipient, client: Browser):
    call_page = reverse("signals:call", args=[asked.call.uuid])
    answer = client.get(call_page)
    assert answer.status_code == 302
    assert f"next={call_page}" in answer.headers["Location"]


def test_worry_has_its_own_buttons(cast: Cast, client: Browser):
    recipient = recipient_of(call_of(raise_for(cast, cast.resident, level="worry")), cast.seat(cast.police))
    page = client.get(link(recipient)).content.decode()
    for words in ("Ik merk het ook", "Ik merk niets", "Weet ik niet", "Het heeft geen haast"):
        assert words in page
    assert "Ik doe mee" not in page


def test_a_link_speaks_the_language_of_who_it_was_sent_to(cast: Cast, client: Browser, sign_in: SignIn):
    with as_worker():
        User.objects.filter(pk=cast.police.pk).update(language="en")
    call = call_of(raise_for(cast, cast.resident))
    english = recipient_of(call, cast.seat(cast.police))
    dutch = recipient_of(call, cast.seat(cast.young))
    page = client.get(link(english))
    assert "Can you join now?" in page.content.decode()
    assert page.headers["Content-Language"] == "en"
    assert '<html lang="en"' in page.content.decode()
    saved = client.post(link(english, "answer-save"), {"answer": "coming"}, follow=True)
    assert "Your answer was saved" in saved.content.decode()
    assert "Kun je nu meedoen?" in client.get(link(dutch)).content.decode()  # the next one is not English too
    client.cookies["taal"] = "nl"  # chosen in this browser
    assert "Kun je nu meedoen?" in client.get(link(english)).content.decode()
    assert "Kun je nu meedoen?" in sign_in(cast.young).get(link(english)).content.decode()
