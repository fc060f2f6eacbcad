"""What the page of a call says in each state: calling, enough, nobody answers, night, unreachable, practice, over."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from alliances.models import StandIn, User
from messaging.models import ContactPoint, Delivery, Incoming
from signals import actions
from signals.models import Call, CallEvent, CallRecipient, Remark
from tests.acting import Browser, acting_as, as_worker, fresh
from tests.cast import Cast
from tests.make import make_call, make_signal, make_user
from tests.signals.calling import call_of, raise_for, recipient_of
from tests.signals.reading import SignIn, call_page, link, take_step


@pytest.fixture
def call(cast: Cast) -> Call:
    return call_of(raise_for(cast, cast.resident))


@pytest.fixture
def page(cast: Cast, sign_in: SignIn, call: Call) -> Callable[[], str]:
    """The page as a young member sees it, looked at again with each call."""
    browser = sign_in(cast.young)
    return lambda: call_page(browser, call)


def say(call: Call, cast: Cast, user: User, value: str) -> None:
    with acting_as(user):
        actions.answer(recipient=recipient_of(call, cast.seat(user)), value=value, via="site", by=cast.seat(user))


def heading(page: str) -> str:
    return page.split('<h1 class="bond-h1">')[1].split("</h1>", maxsplit=1)[0]


def test_nobody_answers_says_what_to_do(call: Call, page: Callable[[], str]):
    assert heading(page()).startswith("Nog 4 nodig")  # a minute of silence is no news
    take_step(call, 1)
    assert heading(page()).startswith("Niemand antwoordt nog. Je kunt bellen vanaf ")
    assert "Nog 4 nodig" in page()
    take_step(call, 3)
    assert heading(page()) == "Niemand antwoordt. Bel ze nu"
    assert "tel:" in page()


def test_one_answer_is_not_nobody(cast: Cast, call: Call, page: Callable[[], str]):
    take_step(call, 1)
    say(call, cast, cast.police, "cannot")
    assert heading(page()).startswith("Nog 4 nodig")
    assert f"{cast.police.name} kan niet." in page()


def test_what_comes_next_for_the_silent(call: Call, page: Callable[[], str]):
    assert "krijgt wie nog stil is weer een bericht." in page()
    take_step(call, 1)
    assert "belt de computer wie nog stil is." in page()
    assert "gaat de bellijst open" in page()


def test_enough_drops_the_tone(cast: Cast, call: Call, page: Callable[[], str]):
    take_step(call, 1)
    take_step(call, 3)
    for person in (cast.police, cast.municipality, cast.young, cast.others[0]):
        say(call, cast, person, "coming")
    assert heading(page()) == "Er zijn genoeg mensen"
    assert "tel:+" not in page().split('id="call-people"')[1]
    assert "Zij hoeven niets meer te doen." in page()
    say(call, cast, cast.municipality, "cannot")
    assert heading(page()) == "Nog 1 nodig: de gemeente"


def test_at_night_it_says_when(cast: Cast, call: Call, page: Callable[[], str]):
    morning = (timezone.localtime() + timedelta(days=1)).replace(hour=7, minute=30, second=0, microsecond=0)
    with as_worker():
        Call.objects.filter(pk=call.pk).update(begins_at=morning, moment="today")
        Delivery.objects.about(call.uuid).update(due_at=morning)
    assert heading(page()) == "We sturen dit om 07.30"
    assert "Het bericht wacht tot 07.30 uur." in page()
    assert "bel 112" in page()


def test_who_cannot_be_reached_is_named_with_what_to_do(cast: Cast, call: Call, page: Callable[[], str]):
    with as_worker():
        lost = recipient_of(call, cast.seat(cast.others[0]))
        CallEvent.objects.create(call=call, kind="unreached", recipient=lost)
    assert f"We kunnen {cast.others[0].name} niet bereiken: bel zelf." in page()
    say(call, cast, cast.others[0], "coming")
    assert "niet bereiken" not in page()


def test_who_has_only_a_landline_stands_on_top(cast: Cast, call: Call, page: Callable[[], str]):
    person = cast.others[-1]
    with as_worker():
        ContactPoint.objects.filter(user=person).delete()
        kept = {"kind": "landline", "address": "+31307654321", "verified_at": timezone.now()}
        ContactPoint.objects.create(user=person, on_call_list=True, **kept)
    take_step(call, 3)
    silent = page().split('class="bond-call-list"')[1]
    first = silent.split("</li>")[0]
    assert person.name in first
    assert "tel:+31307654321" in first
    assert "Heeft alleen een vaste telefoon" in first


def test_phone_calls_and_push_are_told_as_what_they_are(cast: Cast, call: Call, page: Callable[[], str]):
    with as_worker():
        mine = Delivery.objects.about(call.uuid).filter(message__user=cast.municipality, channel="mail")
        mine.update(state="failed", sent_at=Now(), failed_at=Now(), error="nobody picked up", channel="voice")
        rung = Delivery.objects.about(call.uuid).filter(message__user=cast.municipality, channel="sms")
        rung.update(state="sent", sent_at=Now(), channel="push")
    assert "Verstuurd: 1 keer melding. 1 keer gebeld: niemand nam op." in page()
    assert "Aangekomen" not in page()


def test_practice_is_visible_and_calm(cast: Cast, call: Call, page: Callable[[], str], sign_in: SignIn):
    assert "OEFENING" not in page()
    with as_worker():
        Call.objects.filter(pk=call.pk).update(practice=True)
    assert "OEFENING" in page()
    assert "Dit is een oefening. Er is niets aan de hand." in page()
    assert "utrecht-status-badge--danger" not in page()
    home = sign_in(cast.police).get(reverse("alliances:alliance", args=[cast.table.uuid])).content.decode()
    assert "Er loopt een oefening" in home
    assert "bond-running" not in home


# --- A stand-in ------------------------------------------------------------------------------------------------------


@pytest.fixture
def stood_in(cast: Cast) -> tuple[Call, CallRecipient]:
    """A call of ten in which the colleague of the police professional was called too."""
    colleague = make_user("Kees Invaller")
    now = timezone.now()
    with as_worker():
        ready = StandIn.objects.create(
            alliance=cast.table, role="police", user=colleague, name="Kees Invaller", token_hash="x" * 64,
            named_by=cast.seat(cast.police), agreed_by=cast.seat(cast.young), agreed_at=now, accepted_at=now,
        )  # fmt: skip
    call = call_of(raise_for(cast, cast.resident))
    with as_worker():
        stand_in = CallRecipient.objects.get(call=call, stand_in=ready)
        assert stand_in.called_at is None
    return call, stand_in


def plates(page: str) -> str:
    return page.split('id="call-table"')[1].split("</svg>", maxsplit=1)[0]


def test_a_stand_in_takes_the_seat_and_is_no_eleventh_chair(
    cast: Cast, stood_in: tuple[Call, CallRecipient], sign_in: SignIn
):
    call, stand_in = stood_in
    browser = sign_in(cast.young)
    assert "Kees" not in call_page(browser, call)  # in reserve
    say(call, cast, cast.police, "cannot")
    with as_worker():
        CallRecipient.objects.filter(pk=stand_in.pk).update(called_at=Now())
    asked = call_page(browser, call)
    assert "Kees Invaller (vervanger) is gevraagd." in asked
    assert plates(asked).count("bond-chair__seat") == 10
    assert ">V</text>" not in plates(asked)
    with acting_as(stand_in.token):
        holder = CallRecipient.objects.select_related("call", "membership").get()
        actions.answer(recipient=holder, value="coming", via="link", by=None)
    comes = call_page(browser, call)
    assert ">V</text>" in plates(comes)
    assert plates(comes).count("bond-chair__seat") == 10
    assert "Nog 3 nodig: de gemeente en 2 bewoners" in comes  # the police is there


def test_a_stand_in_sees_the_practical_page_and_no_content(
    cast: Cast, stood_in: tuple[Call, CallRecipient], client: Browser
):
    call, stand_in = stood_in
    assert client.get(link(stand_in)).status_code == 404  # not asked yet
    with as_worker():
        CallRecipient.objects.filter(pk=stand_in.pk).update(called_at=Now())
    shown = client.get(link(stand_in)).content.decode()
    assert "Je bent gevraagd als vervanger" in shown
    saved = client.post(link(stand_in, "answer-save"), {"answer": "coming"}, follow=True).content.decode()
    assert "Je antwoord is opgeslagen" in saved
    for page in (shown, saved):
        for secret in (reverse("signals:call", args=[call.uuid]), cast.police.name, cast.table.name, "fontein"):
            assert secret not in page


# --- When it is over -------------------------------------------------------------------------------------------------


def test_was_it_right_to_call_is_asked_afterwards_and_counted(
    cast: Cast, call: Call, page: Callable[[], str], sign_in: SignIn, client: Browser
):
    where = reverse("signals:call-good", args=[call.uuid])
    assert "Goede oproep?" not in page()
    sign_in(cast.young).post(where, {"good": "yes"})
    recipient = recipient_of(call, cast.seat(cast.police))
    assert recipient.good_call is None
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    assert heading(page()) == "De oproep is gestopt"
    assert "Goede oproep?" in page()
    sign_in(cast.young).post(where, {"good": "yes"})
    assert "Goede oproep?" in client.get(link(recipient)).content.decode()
    client.post(link(recipient, "answer-good"), {"good": "no"})
    client.post(link(recipient, "answer-good"), {"good": "perhaps"})
    assert "Tot nu toe: 1 ja, 1 nee." in page()
    assert fresh(recipient).good_call is False


@pytest.mark.parametrize("change", [{"practice": True}, {"state": "mistake"}])
def test_a_practice_or_a_mistake_is_not_judged(
    cast: Cast, call: Call, page: Callable[[], str], change: dict[str, object]
):
    with acting_as(cast.resident):
        actions.stop(call=call, by=cast.seat(cast.resident))
    with as_worker():
        Call.objects.filter(pk=call.pk).update(**change)
    assert "Goede oproep?" not in page()


def test_what_was_written_back_is_shown_whole_and_safe(cast: Cast, call: Call, page: Callable[[], str]):
    words = "<script>alert(1)</script> \u202eomgekeerd " + "Ik sta in de file. " * 20
    with as_worker():
        heard = Incoming.objects.create(provider="x", kind="reply", news_key="1")
        recipient = recipient_of(call, cast.seat(cast.police))
        Remark.objects.create(recipient=recipient, incoming=heard, text=words)
    shown = page()
    assert "<script>alert(1)" not in shown
    assert shown.count("Ik sta in de file.") >= 20
    assert 'dir="auto"' in shown
    assert "Lees alles" in shown


def test_a_call_of_another_table_has_no_log(cast: Cast, sign_in: SignIn, call: Call):
    for name in ("call-log", "call-log-file"):
        assert sign_in(cast.neighbour).get(reverse(f"signals:{name}", args=[call.uuid])).status_code == 404


def test_the_full_log_holds_everything_and_no_address(cast: Cast, sign_in: SignIn, call: Call):
    with as_worker():
        delivery = Delivery.objects.about(call.uuid).filter(message__user=cast.police, channel="sms")[0]
        Delivery.objects.filter(pk=delivery.pk).update(
            state="delivered", sent_at=Now(), delivered_at=Now(), provider="notify"
        )
        for number in range(2):
            Incoming.objects.create(
                provider="notify", kind="receipt", news_key=str(number), status="delivered", delivery=delivery,
                outcome="applied", handled_at=timezone.now(), address=cast.police.mobile,
            )  # fmt: skip
        attempts = Delivery.objects.about(call.uuid).count()
    say(call, cast, cast.police, "coming")
    browser = sign_in(cast.young)
    page = browser.get(reverse("signals:call-log", args=[call.uuid])).content.decode()
    assert page.count("poging: call_urgent") == attempts
    assert "2 x aangekomen" in page or "2 x bezorgd" in page
    assert "antwoord: Ik doe mee" in page
    file = browser.get(reverse("signals:call-log-file", args=[call.uuid]))
    assert file.headers["Content-Type"].startswith("text/csv")
    name = file.headers["Content-Disposition"]
    assert cast.table.name not in name
    lines = file.content.decode().splitlines()
    assert len(lines) == page.count('<tr role="row">')
    for secret in (cast.police.mobile, cast.police.email, "fontein", cast.police.recognition_word):
        assert str(secret) not in page
    for name in (cast.police.name, cast.resident.name):
        assert name in page
        assert name not in file.content.decode()
    assert "politie 1" in file.content.decode()


def test_a_worry_has_no_nobody_and_no_quorum(cast: Cast, sign_in: SignIn):
    call = make_call(make_signal(cast.table, level="worry"))
    assert heading(call_page(sign_in(cast.young), call)) == "Nog niemand merkt het ook"
