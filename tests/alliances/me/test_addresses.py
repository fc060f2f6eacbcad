"""My own addresses: proved first, used as agreed, and there is always a way left to be reached and to sign in."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from messaging.models import ContactPoint
from tests.acting import Browser, as_worker, browser, fresh
from tests.cast import Cast
from tests.stories.looking import nl

from .addresses import CODE, ME, add_point, change, last_code, point_of, points, text_of, to

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
