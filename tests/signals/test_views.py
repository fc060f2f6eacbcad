"""The pages: raising in under a minute, the call, and answering by link."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliances.models import Alliance
from messaging.models import ContactPoint, Delivery, Message
from signals import actions
from signals.models import Answer, Call, CallRecipient, CallStep, TensionSignal
from tests.acting import Browser, acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_alliance, make_call, make_signal, make_user
from tests.signals.calling import call_of, make_due, raise_for, recipient_of, sent

SignIn = Callable[..., Browser]
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


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match
    return match[1]


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


# --- Answering by link ---------------------------------------------------------------------------------------------


@pytest.fixture
def asked(cast: Cast) -> CallRecipient:
    return recipient_of(call_of(raise_for(cast, cast.resident)), cast.seat(cast.police))


def link(recipient: CallRecipient, name: str = "answer") -> str:
    return reverse(f"signals:{name}", args=[recipient.token])


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


# --- The call's page -----------------------------------------------------------------------------------------------


def test_the_heading_says_what_is_missing(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    browser, page = sign_in(cast.police), reverse("signals:call", args=[call.uuid])
    assert "Nog 4 nodig: de politie, de gemeente en 2 bewoners" in browser.get(page).content.decode()
    for person in (cast.police, cast.municipality, cast.young, cast.others[0]):
        sign_in(person).post(reverse("signals:call-answer", args=[call.uuid]), {"answer": "coming"})
    assert "Er zijn genoeg mensen" in browser.get(page).content.decode()


def test_nobody_else_sees_it(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    for name in ("call", "call-pulse"):
        for person in (cast.neighbour, cast.stranger, cast.coordinator, cast.administrator):
            assert sign_in(person).get(reverse(f"signals:{name}", args=[call.uuid])).status_code == 404


def test_numbers_show_once_the_list_is_open_and_only_with_consent(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        shared = ContactPoint.objects.get(user=cast.police, kind="mobile").address
        kept = ContactPoint.objects.get(user=cast.young, kind="mobile").address
    browser, where = sign_in(cast.resident), reverse("signals:call", args=[call.uuid])
    assert shared not in browser.get(where).content.decode()
    make_due(call, "call_list")
    with as_worker():
        actions.take_due_steps()
    page = browser.get(where).content.decode()
    assert f"tel:{shared}" in page
    assert kept not in page
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    assert shared not in browser.get(where).content.decode()


def test_what_failed_and_what_was_perhaps_doubled_is_told(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        ContactPoint.objects.filter(user=cast.others[0]).delete()
        Message.objects.filter(user=cast.others[0]).delete()
        Message.objects.create(user=cast.others[0], kind="call_urgent", about=call.uuid, created_at=call.started_at)
        failing = Delivery.objects.filter(message__user=cast.municipality, channel="sms")
        failing.update(state="failed", failed_at=call.started_at, error="no", permanent=True)
    sent(call, cast.police, maybe_doubled=True)
    page = sign_in(cast.resident).get(reverse("signals:call", args=[call.uuid])).content.decode()
    assert f"Sms naar {cast.municipality.name} is niet gelukt." in page
    assert f"Sms naar {cast.police.name}: misschien dubbel verstuurd." in page
    assert f"Naar {cast.others[0].name} kan geen bericht." in page


def test_a_pulse_is_204_until_something_happens(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        Call.objects.update(started_at="2026-01-01T12:00Z")  # past the two minutes, which tick by themselves
    browser = sign_in(cast.police)
    here = reverse("signals:call", args=[call.uuid])

    def next_pulse(page: Any) -> str:
        return found(r'hx-get="([^"]+)"', page.content.decode()).replace("&amp;", "&")

    def take(kind: str) -> None:
        make_due(call, kind)
        in_worker(actions.take_due_steps)

    def happens() -> list[Callable[[], object]]:
        recipient = recipient_of(call, cast.seat(cast.young))
        return [
            lambda: sign_in(cast.young).post(reverse("signals:call-answer", args=[call.uuid]), {"answer": "seen"}),
            lambda: sign_in().get(link(recipient)),
            lambda: sent(call, cast.municipality),
            lambda: sent(call, cast.municipality, maybe_doubled=True),
            lambda: take("sms_again"),
            lambda: take("call_list"),
        ]

    where = next_pulse(browser.get(here))
    for happen in happens():
        assert browser.get(where).status_code == 204
        happen()
        changed = browser.get(where)
        assert changed.status_code == 200
        assert 'hx-swap-oob="true"' in changed.content.decode()
        where = next_pulse(changed)
    with acting_as(cast.young):
        actions.stop(call=call, by=cast.seat(cast.young))
    ended = browser.get(where).content.decode()
    assert "De oproep is gestopt" in ended
    assert "hx-get" not in ended  # and no more of it


def in_worker(do: Callable[[], object]) -> object:
    with as_worker():
        return do()


def test_it_can_be_kept_still(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    page = sign_in(cast.police).get(reverse("signals:call", args=[call.uuid]) + "?stil=1").content.decode()
    assert "hx-get" not in page
    assert "Werk bij" in page


def test_the_mistake_button_is_there_for_who_called(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    where = reverse("signals:call", args=[call.uuid])
    assert "Ik vergiste me" in sign_in(cast.resident).get(where).content.decode()
    assert "Ik vergiste me" not in sign_in(cast.police).get(where).content.decode()
    assert sign_in(cast.police).post(reverse("signals:call-mistake", args=[call.uuid])).status_code == 403
    sign_in(cast.resident).post(reverse("signals:call-mistake", args=[call.uuid]))
    assert fresh(call).state == "mistake"


def test_an_answer_on_behalf_says_so(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    recipient = recipient_of(call, cast.seat(cast.police))
    where = reverse("signals:call-answer-for", args=[call.uuid, recipient.uuid])
    browser = sign_in(cast.young)
    assert f"Wat zei {cast.police.name}?" in browser.get(where).content.decode()
    page = browser.post(where, {"answer": "coming"}, follow=True).content.decode()
    assert f"ingevuld door {cast.young.name}" in page


def test_any_member_stops_with_a_button(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    page = sign_in(cast.young).post(reverse("signals:call-stop", args=[call.uuid]), follow=True).content.decode()
    assert "De oproep is gestopt" in page
    again = sign_in(cast.police).post(reverse("signals:call-stop", args=[call.uuid]), follow=True).content.decode()
    assert "al voorbij" in again


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


# --- How many queries ----------------------------------------------------------------------------------------------


def count(browser: Browser, where: str, status: int = 200) -> int:
    """Queries of a page, without what only tests do: savepoints, and who acts."""
    browser.get(where)  # what is looked up once
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(where).status_code == status
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "select set_config")) for query in queries)


def test_the_number_of_queries_does_not_grow(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    make_due(call, "sms_again", "call_list")
    in_worker(actions.take_due_steps)
    browser = sign_in(cast.police)
    page = reverse("signals:call", args=[call.uuid])
    listing, home = (
        reverse("signals:list", args=[cast.table.uuid]),
        reverse("alliances:alliance", args=[cast.table.uuid]),
    )
    pulse = reverse("signals:call-pulse", args=[call.uuid])
    before = [count(browser, where) for where in (page, listing, home, pulse)]
    with as_worker():
        for _number in range(10):
            make_call(make_signal(cast.table, level="worry"))
            for recipient in call.recipients.all():
                Answer.objects.create(recipient=recipient, value="seen", via="link")
        for delivery in Delivery.objects.filter(message__about=call.uuid):
            for attempt in range(2, 11):
                Delivery.objects.create(
                    message=delivery.message,
                    payload=delivery.payload,
                    channel=delivery.channel,
                    attempt=attempt,
                    due_at=delivery.due_at,
                )
    assert [count(browser, where) for where in (page, listing, home, pulse)] == before
    # session, user, call, seat, recipients, attempts, unreachable, numbers, answers, steps, coordination
    assert before[0] <= 12
    version = found(r'hx-get="([^"]+)"', browser.get(page).content.decode()).replace("&amp;", "&")
    assert count(browser, version, 204) == 6  # session, user, call, seat, and the pulse's two


def test_steps_are_read_in_order(cast: Cast):
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        assert list(CallStep.objects.filter(call=call).values_list("kind", flat=True)) == ["sms_again", "call_list"]


def test_a_late_answer_shows_as_late(cast: Cast, sign_in: SignIn, client: Browser):
    call = call_of(raise_for(cast, cast.resident))
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    client.post(link(recipient_of(call, cast.seat(cast.police)), "answer-save"), {"answer": "coming"})
    page = sign_in(cast.young).get(reverse("signals:call", args=[call.uuid])).content.decode()
    assert "te laat: de oproep was voorbij" in page


def test_the_journal_tells_it_without_a_word_of_it(cast: Cast, sign_in: SignIn):
    signal = raise_for(cast, cast.resident)
    with acting_as(cast.police):
        actions.close(signal=signal, by=cast.seat(cast.police), outcome="We spraken met de jongeren.")
    page = sign_in(cast.young).get(reverse("alliances:journal", args=[cast.table.uuid])).content.decode()
    assert f"{cast.resident.name} deed een oproep." in page
    assert f"{cast.police.name} schreef wat er met een signaal is gedaan." in page
    assert "jongeren" not in page
