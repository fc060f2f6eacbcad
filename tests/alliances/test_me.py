"""My own things: addresses are proved first, used as agreed, and there is always a way left to be reached and to sign
in. What does not work says so, with what to do.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from alliances.models import User
from messaging.models import ContactPoint, Delivery, Message, Payload, QuietHours
from tests.acting import Browser, as_worker, browser, fresh
from tests.cast import Cast
from tests.make import make_user
from tests.stories.looking import nl

ME = "/ik/"
CODE = reverse("alliances:me-code")


@pytest.fixture(autouse=True)
def _no_limits_from_before(db: None) -> None:
    cache.clear()


@pytest.fixture
def client(cast: Cast) -> Browser:
    return browser(cast.resident)


def last_code(channel: str = "") -> str:
    with as_worker():
        payload = Payload.objects.filter(message__kind="code").latest("message__created_at")
    assert channel in ("", payload.channel)
    text = bytes(payload.content).decode()
    if payload.channel == "voice":
        return "".join(re.findall(r" (\d)\.", text))
    found = re.search(r"\b(\d{6})\b", text)
    assert found
    return found[1]


def points(user: User) -> dict[str, ContactPoint]:
    with as_worker():
        return {point.address: point for point in ContactPoint.objects.filter(user=user)}


def point_of(user: User, kind: str) -> ContactPoint:
    with as_worker():
        return ContactPoint.objects.get(user=user, kind=kind)


def add_point(user: User, kind: str, address: str, **fields: object) -> ContactPoint:
    with as_worker():
        return ContactPoint.objects.create(user=user, kind=kind, address=address, **fields)


def change(point: ContactPoint, **fields: object) -> None:
    with as_worker():
        ContactPoint.objects.filter(pk=point.pk).update(**fields)


def to(name: str, point: ContactPoint) -> str:
    return reverse(f"alliances:me-{name}", args=[point.uuid])


def text_of(client: Browser) -> str:
    return client.get(ME).content.decode()


# --- Who I am -----------------------------------------------------------------------------------------------------


def test_name_and_language(cast: Cast, client: Browser) -> None:
    assert client.get(ME).status_code == 200
    refused = client.post(ME, {"name": "", "language": "nl", "function_title": "opbouwwerker"})
    assert refused.status_code == 422
    assert "opbouwwerker" in refused.content.decode()
    client.post(ME, {"name": "Noortje", "language": "en", "function_title": ""})
    now = fresh(cast.resident)
    assert (now.name, now.language) == ("Noortje", "en")


def test_a_lost_phone_is_signed_out_and_gets_no_messages_any_more(cast: Cast) -> None:
    here, lost = browser(cast.resident), browser(cast.resident)
    for name in ("here", "lost"):
        add_point(
            cast.resident,
            "push",
            f"https://fcm.googleapis.com/{name}",
            keys={"p256dh": "x", "auth": "y"},
            verified_at=timezone.now(),
            may_message=True,
        )
    here.post(reverse("alliances:me-sign-out-elsewhere"), {"this_device": "https://fcm.googleapis.com/here"})
    assert here.get(ME).status_code == 200
    assert lost.get(ME).status_code == 302
    assert {address for address in points(cast.resident) if "fcm" in address} == {"https://fcm.googleapis.com/here"}


# --- Adding an address ---------------------------------------------------------------------------------------------


def test_a_new_address_is_proved_first(cast: Cast, client: Browser) -> None:
    add = reverse("alliances:me-add", args=["email"])
    assert client.post(add, {"address": "geen adres"}).status_code == 422
    answer = client.post(add, {"address": "Noor@Voorbeeld.example", "may_message": "on"})
    assert answer.url == CODE
    assert "noor@voorbeeld.example" not in points(cast.resident)
    assert client.post(CODE, {"code": "12"}).status_code == 422
    assert client.post(CODE, {"code": last_code()}).url == ME
    point = points(cast.resident)["noor@voorbeeld.example"]
    assert (point.may_message, point.may_ring, point.position) == (True, False, 1)
    assert fresh(cast.resident).email == "noor@voorbeeld.example"


def test_somebody_elses_address_is_refused(cast: Cast, client: Browser) -> None:
    client.post(reverse("alliances:me-add", args=["email"]), {"address": cast.neighbour.email})
    assert client.post(CODE, {"code": last_code()}).status_code == 422
    assert cast.neighbour.email not in points(cast.resident)


def test_a_code_may_be_sent_again(cast: Cast, client: Browser) -> None:
    client.post(reverse("alliances:me-add", args=["mobile"]), {"address": "06 22 22 22 22", "may_ring": "on"})
    first = last_code()
    assert client.post(reverse("alliances:me-code-again")).url == CODE
    assert client.post(CODE, {"code": first}).status_code in (302, 422)  # one in a million is the same
    client.post(CODE, {"code": last_code()})
    assert points(cast.resident)["+31622222222"].may_ring


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("mobile", "06 12", "This is not a phone number that we can use. Example: 06 12 34 56 78."),
        ("mobile", "geen nummer", "This is not a phone number that we can use. Example: 06 12 34 56 78."),
        (
            "mobile",
            "030 123 45 67",
            "Text messages do not reach this number. Fill in a mobile number, such as 06 12 34 56 78.",
        ),
        ("landline", "06 12 34 56 78", "This is a mobile number. Fill it in at mobile."),
        ("landline", "030 123 45 67", "Choose what is allowed on this number."),
    ],
)
def test_a_number_that_is_none_gets_a_sentence_and_stays_typed(
    client: Browser, kind: str, typed: str, sentence: str
) -> None:
    page = client.post(reverse("alliances:me-add", args=[kind]), {"address": typed})
    assert page.status_code == 422
    assert nl(sentence) in page.content.decode()
    assert f'value="{typed}"' in page.content.decode()


def test_a_foreign_number_is_welcome(cast: Cast, client: Browser) -> None:
    client.post(reverse("alliances:me-add", args=["mobile"]), {"address": "+32 470 12 34 56", "may_message": "on"})
    client.post(CODE, {"code": last_code()})
    assert points(cast.resident)["+32470123456"].may_message


def test_a_landline_that_only_people_phone_needs_no_code(cast: Cast, client: Browser) -> None:
    client.post(reverse("alliances:me-add", args=["landline"]), {"address": "030 123 45 67", "on_call_list": "on"})
    point = points(cast.resident)["+31301234567"]
    assert (point.verified_at, point.may_message, point.may_ring, point.on_call_list) == (None, False, False, True)


def test_a_landline_that_we_ring_hears_its_code(cast: Cast, client: Browser) -> None:
    add = reverse("alliances:me-add", args=["landline"])
    assert client.post(add, {"address": "030 123 45 67", "may_ring": "on"}).url == CODE
    assert nl("We are ringing you") in client.get(CODE).content.decode()
    client.post(CODE, {"code": last_code("voice")})
    point = points(cast.resident)["+31301234567"]
    assert (point.verified_at is not None, point.may_message, point.may_ring) == (True, False, True)


def test_without_somebody_who_carries_calls_nobody_is_offered_one(cast: Cast, client: Browser, settings: Any) -> None:
    settings.VOICE_PROVIDERS = []
    assert "may_ring" not in client.get(reverse("alliances:me-add", args=["landline"])).content.decode()
    change(point_of(cast.resident, "mobile"), may_ring=True)
    assert nl("Ring me as a test") not in text_of(client)


# --- What each may be used for -------------------------------------------------------------------------------------


def test_consent_is_per_number_and_per_use(cast: Cast, client: Browser) -> None:
    point = point_of(cast.resident, "mobile")
    client.post(to("agree", point), {"may_message": "on", "may_ring": "on"})
    now = fresh(point)
    assert (now.may_message, now.may_ring, now.on_call_list) == (True, True, False)
    client.post(to("agree", point), {"may_ring": "on", "on_call_list": "on"})
    now = fresh(point)
    assert (now.may_message, now.may_ring, now.on_call_list) == (False, True, True)


def test_being_rung_on_an_unproved_landline_asks_for_the_code_first(cast: Cast, client: Browser) -> None:
    point = add_point(cast.resident, "landline", "+31301234567", on_call_list=True)
    assert client.post(to("agree", point), {"may_ring": "on", "on_call_list": "on"}).url == CODE
    assert not fresh(point).may_ring
    client.post(CODE, {"code": last_code("voice")})
    now = fresh(point)
    assert (now.may_ring, now.on_call_list, now.verified_at is not None) == (True, True, True)


def test_the_last_way_stays(cast: Cast, client: Browser) -> None:
    point = point_of(cast.resident, "mobile")
    client.post(to("remove", point))
    client.post(to("agree", point), {"on_call_list": "on"})
    assert fresh(point).may_message
    assert fresh(cast.resident).mobile == point.address


def test_a_device_is_no_last_way(cast: Cast, client: Browser) -> None:
    add_point(
        cast.resident,
        "push",
        "https://fcm.googleapis.com/1",
        keys={"p256dh": "x", "auth": "y"},
        verified_at=timezone.now(),
        may_message=True,
    )
    point = point_of(cast.resident, "mobile")
    client.post(to("agree", point), {})
    assert fresh(point).may_message


def test_taking_an_address_away(cast: Cast) -> None:
    mail = point_of(cast.police, "email")
    browser(cast.police).post(to("remove", mail))
    assert fresh(cast.police).email is None
    assert mail.address not in points(cast.police)


@pytest.mark.parametrize("verb", ["agree", "remove", "move", "test", "prove", "text-again"])
def test_anothers_address_is_404(cast: Cast, client: Browser, verb: str) -> None:
    assert client.post(to(verb, point_of(cast.police, "mobile"))).status_code == 404


def test_the_order_is_mine(cast: Cast) -> None:
    client = browser(cast.police)
    landline = add_point(cast.police, "landline", "+31301234567", on_call_list=True, position=9)

    def order() -> list[str]:
        with as_worker():
            return [point.kind for point in ContactPoint.objects.filter(user=cast.police)]

    assert order() == ["email", "mobile", "landline"]
    client.post(to("move", landline), {"to": "up"})
    assert order() == ["email", "landline", "mobile"]
    client.post(to("move", landline), {"to": "up"})
    client.post(to("move", landline), {"to": "up"})  # the first stays first
    assert order() == ["landline", "email", "mobile"]
    client.post(to("move", landline), {"to": "down"})
    assert order() == ["email", "landline", "mobile"]


# --- Quiet hours ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "kept"),
    [("22.15", "06:30", ("22:15", "06:30")), ("23", "7", ("23:00", "07:00")), ("08:00", "08:00", ("08:00", "08:00"))],
)
def test_quiet_hours_as_people_write_them(
    cast: Cast, client: Browser, starts: str, ends: str, kept: tuple[str, str]
) -> None:
    client.post(reverse("alliances:me-quiet"), {"starts": starts, "ends": ends})
    with as_worker():
        hours = QuietHours.objects.get(user=cast.resident)
    assert (f"{hours.starts:%H:%M}", f"{hours.ends:%H:%M}") == kept


@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [
        ("laat", "07:00", "Fill in a time, such as 21.30."),
        ("", "07:00", "Fill in a time, such as 21.30."),
        ("25:00", "07:00", "Fill in a time, such as 21.30."),
        ("08:00", "07:00", "Leave at least 8 hours a day in which a message may come."),
    ],
)
def test_quiet_hours_that_are_none_get_a_sentence(
    cast: Cast, client: Browser, starts: str, ends: str, sentence: str
) -> None:
    page = client.post(reverse("alliances:me-quiet"), {"starts": starts, "ends": ends})
    assert page.status_code == 422
    assert nl(sentence) in page.content.decode()
    assert f'value="{ends}"' in page.content.decode()
    with as_worker():
        assert not QuietHours.objects.exists()


def test_the_usual_quiet_hours_stand_there(client: Browser) -> None:
    page = text_of(client)
    assert 'value="21:30"' in page
    assert 'value="07:30"' in page


# --- Does it work? --------------------------------------------------------------------------------------------------


def test_a_test_goes_by_one_way_at_once(cast: Cast) -> None:
    client = browser(cast.police)
    mobile = point_of(cast.police, "mobile")
    client.post(to("test", mobile), {"channel": "sms"})
    with as_worker():
        (sent,) = Delivery.objects.filter(message__user=cast.police, message__kind="test")
        assert (sent.channel, sent.state, sent.message.about) == ("sms", "due", mobile.uuid)
        text = bytes(sent.payload.content).decode()
    assert cast.police.recognition_word in text
    assert nl("On its way.") in text_of(client)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "delivered", "sent_at": timezone.now(), "delivered_at": timezone.now()}, "It arrived."),
        ({"state": "sent", "sent_at": timezone.now()}, "It was sent. Does it not come? Then check the number."),
        ({"state": "failed", "failed_at": timezone.now(), "error": "no route", "permanent": True}, "It did not work."),
    ],
)
def test_what_became_of_a_test(cast: Cast, client: Browser, fields: dict[str, object], sentence: str) -> None:
    point = point_of(cast.resident, "mobile")
    client.post(to("test", point), {"channel": "sms"})
    with as_worker():
        Delivery.objects.filter(message__kind="test").update(**fields)
    page = text_of(client)
    assert nl(sentence) in page
    assert "no route" not in page


@pytest.mark.parametrize(("minutes", "asks"), [(0, True), (3, False)])
def test_the_page_waits_for_the_receipt_and_not_for_ever(
    cast: Cast, client: Browser, minutes: int, *, asks: bool
) -> None:
    client.post(to("test", point_of(cast.resident, "mobile")), {"channel": "sms"})
    with as_worker():
        Delivery.objects.filter(message__kind="test").update(state="sent", sent_at=timezone.now())
        Message.objects.filter(kind="test").update(created_at=timezone.now() - timedelta(minutes=minutes))
    assert ("hx-trigger" in text_of(client)) == asks


def test_an_old_test_says_nothing_any_more(cast: Cast, client: Browser) -> None:
    client.post(to("test", point_of(cast.resident, "mobile")), {"channel": "sms"})
    with as_worker():
        Message.objects.filter(kind="test").update(created_at=timezone.now() - timedelta(hours=2))
    assert nl("On its way.") not in text_of(client)


@pytest.mark.parametrize("channel", ["voice", "mail", "", "pigeon"])
def test_no_test_by_a_way_that_was_not_agreed_to(cast: Cast, client: Browser, channel: str) -> None:
    client.post(to("test", point_of(cast.resident, "mobile")), {"channel": channel})
    with as_worker():
        assert not Message.objects.filter(kind="test").exists()
    assert nl("We send nothing there. First say that we may.") in text_of(client)


def test_tests_are_not_for_fun(cast: Cast, client: Browser) -> None:
    for _ in range(5):
        client.post(to("test", point_of(cast.resident, "mobile")), {"channel": "sms"})
    with as_worker():
        assert Message.objects.filter(kind="test").count() == 3
    assert nl("You tried this a few times already. Wait ten minutes.") in text_of(client)


def test_stop_is_told_with_the_way_back(cast: Cast, client: Browser) -> None:
    point = point_of(cast.resident, "mobile")
    change(point, stopped_at=timezone.now())
    page = text_of(client)
    assert nl("We cannot reach you now") in page
    assert nl("You texted STOP. So we send you no text messages, also not when something is urgent.") in page.replace(
        "&#x27;", "'"
    )
    client.post(to("text-again", point))
    assert fresh(point).stopped_at is None
    assert nl("We can reach you") in text_of(client)


def test_what_fails_is_told_and_a_code_mends_it(cast: Cast) -> None:
    client = browser(cast.police)
    mail = point_of(cast.police, "email")
    change(mail, failed_at=timezone.now(), failure="550 no such mailbox", on_call_list=False)
    page = text_of(client)
    assert "1 manier om je te bereiken werkt niet" in page
    assert "550" not in page
    assert client.post(to("prove", mail)).url == CODE
    client.post(CODE, {"code": last_code("mail")})
    now = fresh(mail)
    assert (now.failed_at, now.failure, now.may_message) == (None, "", True)
    assert nl("We can reach you") in text_of(client)


def test_a_landline_cannot_be_texted_and_a_mail_address_not_rung(cast: Cast) -> None:
    """Whatever a page or an action forgets."""
    for kind, address, use in (
        ("landline", "+31301234567", "may_message"),
        ("email", "a@voorbeeld.example", "may_ring"),
        ("push", "https://fcm.googleapis.com/1", "on_call_list"),
    ):
        keys = {"p256dh": "x", "auth": "y"} if kind == "push" else None
        with pytest.raises(IntegrityError), transaction.atomic():
            add_point(cast.resident, kind, address, keys=keys, verified_at=timezone.now(), **{use: True})


def test_somebody_without_anything_gets_told(cast: Cast) -> None:
    user = make_user()
    with as_worker():
        ContactPoint.objects.filter(user=user).delete()
    assert nl("We cannot reach you now") in text_of(browser(user))
