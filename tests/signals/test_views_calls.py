"""The page of a call: what is missing, who is silent, what happened, and what members do there."""

from collections.abc import Callable
from uuid import uuid4

from django.urls import reverse

from messaging.models import ContactPoint, Delivery, Incoming, Message
from signals import actions
from signals.models import Answer, Call, CallEvent, Remark
from tests.acting import Browser, acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_call, make_signal
from tests.signals.calling import call_of, raise_for, recipient_of, sent
from tests.signals.reading import SignIn, count, link, next_pulse, take_step


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
    take_step(call, 3)
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

    def happens() -> list[Callable[[], object]]:
        recipient = recipient_of(call, cast.seat(cast.young))
        return [
            lambda: sign_in(cast.young).post(reverse("signals:call-answer", args=[call.uuid]), {"answer": "seen"}),
            lambda: sign_in().get(link(recipient)),
            lambda: sent(call, cast.municipality),
            lambda: sent(call, cast.municipality, maybe_doubled=True),
            lambda: take_step(call, 1),
            lambda: take_step(call, 3),
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


def test_a_late_answer_shows_as_late(cast: Cast, sign_in: SignIn, client: Browser):
    call = call_of(raise_for(cast, cast.resident))
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    client.post(link(recipient_of(call, cast.seat(cast.police)), "answer-save"), {"answer": "coming"})
    page = sign_in(cast.young).get(reverse("signals:call", args=[call.uuid])).content.decode()
    assert "te laat: de oproep was voorbij" in page


def test_the_number_of_queries_does_not_grow(cast: Cast, sign_in: SignIn):
    call = call_of(raise_for(cast, cast.resident))
    for position in (1, 2, 3):
        take_step(call, position)
    browser = sign_in(cast.police)
    page = reverse("signals:call", args=[call.uuid])
    listing, home = (
        reverse("signals:list", args=[cast.table.uuid]),
        reverse("alliances:alliance", args=[cast.table.uuid]),
    )
    pulse, every = reverse("signals:call-pulse", args=[call.uuid]), reverse("signals:call-log", args=[call.uuid])
    asked = (page, listing, home, pulse, every)
    before = [count(browser, where) for where in asked]
    with as_worker():
        for _number in range(10):
            make_call(make_signal(cast.table, level="worry"))
            for recipient in call.recipients.all():
                Answer.objects.create(recipient=recipient, value="seen", via="link")
                CallEvent.objects.create(call=call, kind="skipped", recipient=recipient, way="sms", why="no_way")
                heard = Incoming.objects.create(provider="x", kind="reply", news_key=str(uuid4()))
                Remark.objects.create(recipient=recipient, incoming=heard, text="Ik sta in de file.")
        for delivery in Delivery.objects.filter(message__about=call.uuid):
            for attempt in range(2, 11):
                Delivery.objects.create(
                    message=delivery.message,
                    payload=delivery.payload,
                    channel=delivery.channel,
                    attempt=attempt,
                    due_at=delivery.due_at,
                )
    assert [count(browser, where) for where in asked] == before
    # session, user, pulse, call, seat, recipients, messages with attempts, numbers, answers, remarks, steps,
    # events
    assert before[0] <= 12
    assert count(browser, next_pulse(browser.get(page)), 204) == 3  # session, user, version
