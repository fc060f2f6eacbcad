"""My own things: addresses are proved first, and there is always a way left to be reached and to sign in."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from messaging.models import ContactPoint, Payload
from tests.acting import as_worker, browser, fresh
from tests.cast import Cast

ME = "/ik/"


@pytest.fixture(autouse=True)
def _no_limits_from_before(db: None) -> None:
    cache.clear()


def last_code() -> str:
    with as_worker():
        payload = Payload.objects.filter(message__kind="code").latest("message__created_at")
    found = re.search(r"\b(\d{6})\b", bytes(payload.content).decode())
    assert found
    return found[1]


def points(cast: Cast) -> dict[str, ContactPoint]:
    with as_worker():
        return {point.address: point for point in ContactPoint.objects.filter(user=cast.resident)}


def test_name_and_language(cast: Cast) -> None:
    client = browser(cast.resident)
    assert client.get(ME).status_code == 200
    assert client.post(ME, {"name": "", "language": "nl"}).status_code == 422
    client.post(ME, {"name": "Noortje", "language": "en", "function_title": ""})
    now = fresh(cast.resident)
    assert (now.name, now.language) == ("Noortje", "en")


def test_a_new_address_is_proved_first(cast: Cast) -> None:
    client = browser(cast.resident)
    add = reverse("alliances:me-add", args=["email"])
    assert client.post(add, {"address": "geen adres"}).status_code == 422
    answer = client.post(add, {"address": "Noor@Voorbeeld.example", "may_message": "on"})
    assert answer.url == reverse("alliances:me-code")
    assert "noor@voorbeeld.example" not in points(cast)
    assert client.post(answer.url, {"code": "12"}).status_code == 422
    assert client.post(answer.url, {"code": last_code()}).url == ME
    assert points(cast)["noor@voorbeeld.example"].may_message
    assert fresh(cast.resident).email == "noor@voorbeeld.example"


def test_somebody_elses_address_is_refused(cast: Cast) -> None:
    client = browser(cast.resident)
    client.post(reverse("alliances:me-add", args=["email"]), {"address": cast.neighbour.email})
    answer = client.post(reverse("alliances:me-code"), {"code": last_code()})
    assert answer.status_code == 422
    assert cast.neighbour.email not in points(cast)


def test_a_landline_needs_no_code_and_gets_no_messages(cast: Cast) -> None:
    client = browser(cast.resident)
    client.post(reverse("alliances:me-add", args=["landline"]), {"address": "030 123 45 67", "on_call_list": "on"})
    point = points(cast)["+31301234567"]
    assert (point.verified_at, point.may_message, point.on_call_list) == (None, False, True)


def test_the_last_way_stays(cast: Cast) -> None:
    client = browser(cast.resident)
    (point,) = points(cast).values()
    client.post(reverse("alliances:me-remove", args=[point.uuid]))
    client.post(reverse("alliances:me-agree", args=[point.uuid]), {"on_call_list": "on"})
    assert fresh(point).may_message
    assert fresh(cast.resident).mobile == point.address


def test_taking_an_address_away(cast: Cast) -> None:
    client = browser(cast.police)
    with as_worker():
        mail = ContactPoint.objects.get(user=cast.police, kind="email")
    client.post(reverse("alliances:me-remove", args=[mail.uuid]))
    assert fresh(cast.police).email is None
    with as_worker():
        assert not ContactPoint.objects.filter(pk=mail.pk).exists()


def test_anothers_address_is_404(cast: Cast) -> None:
    with as_worker():
        other = ContactPoint.objects.filter(user=cast.police).first()
    assert other
    assert browser(cast.resident).post(reverse("alliances:me-remove", args=[other.uuid])).status_code == 404
    assert browser(cast.resident).post(reverse("alliances:me-agree", args=[other.uuid])).status_code == 404


def test_a_lost_phone_is_signed_out(cast: Cast) -> None:
    here, lost = browser(cast.resident), browser(cast.resident)
    here.post(reverse("alliances:me-sign-out-elsewhere"))
    assert here.get(ME).status_code == 200
    assert lost.get(ME).status_code == 302
