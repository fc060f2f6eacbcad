"""Messages on a device: what a browser may hand over, and what the service worker and the home screen say."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as configured
from django.urls import reverse

from alliances.devices import device_of
from alliances.models import User
from messaging.models import ContactPoint, Delivery, Payload
from messaging.push import is_push_service, public_key
from tests.acting import Browser, as_worker, browser
from tests.cast import Cast

DEVICE = reverse("alliances:me-device")
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
KEYS = {"p256dh": "BPoint", "auth": "secret"}
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture(autouse=True)
def _known_services(settings: Any) -> None:
    settings.PUSH_HOSTS = ["fcm.googleapis.com", ".push.services.mozilla.com", "127.0.0.1"]


def hand_over(client: Browser, endpoint: str = ENDPOINT, **more: Any) -> Any:
    said = {"endpoint": endpoint, "keys": KEYS, "expirationTime": None, **more}
    return client.post(DEVICE, json.dumps(said), content_type="application/json", headers={"User-Agent": CHROME})


def devices(user: User) -> list[ContactPoint]:
    with as_worker():
        return list(ContactPoint.objects.filter(user=user, kind="push"))


def test_a_browser_joins_in_and_gets_a_test_at_once(cast: Cast):
    assert hand_over(browser(cast.resident)).status_code == 201
    (device,) = devices(cast.resident)
    assert (device.address, device.keys, device.device) == (ENDPOINT, KEYS, "Chrome op Android")
    assert device.may_message
    assert device.verified_at is not None
    with as_worker():
        (sent,) = Delivery.objects.filter(message__kind="test")
        news = json.loads(bytes(Payload.objects.get(message__kind="test").content))["news"]
    assert sent.channel == "push"
    assert news["text"] == "Dit is een test. Meldingen op dit toestel werken."
    assert "Chrome op Android" in browser(cast.resident).get("/ik/").content.decode()


def test_twice_is_once(cast: Cast):
    client = browser(cast.resident)
    hand_over(client)
    hand_over(client)
    assert len(devices(cast.resident)) == 1


def test_a_browser_that_changes_its_subscription_keeps_its_place(cast: Cast):
    client = browser(cast.resident)
    hand_over(client)
    (before,) = devices(cast.resident)
    hand_over(client, f"{ENDPOINT}-new", replaces=ENDPOINT)
    (after,) = devices(cast.resident)
    assert (after.pk, after.device, after.position) == (before.pk, before.device, before.position)
    assert after.address == f"{ENDPOINT}-new"
    with as_worker():
        assert Delivery.objects.filter(message__kind="test").count() == 1  # no second test


def test_nobody_replaces_anothers_device(cast: Cast):
    hand_over(browser(cast.police))
    hand_over(browser(cast.resident), f"{ENDPOINT}-mine", replaces=ENDPOINT)
    assert [device.address for device in devices(cast.police)] == [ENDPOINT]


def test_a_browser_of_somebody_else_is_refused(cast: Cast):
    """The script then ends that subscription and makes another: theirs stops, this person's begins."""
    hand_over(browser(cast.police))
    refused = hand_over(browser(cast.resident))
    assert refused.status_code == 409
    assert refused.json()["error"]
    assert devices(cast.resident) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilpush.services.mozilla.com.example/x",
        "http://fcm.googleapis.com/x",
        "http://169.254.169.254/latest/meta-data",
        "https://user@fcm.googleapis.com/x",
        "file:///etc/passwd",
        "https://[",
        "",
    ],
)
def test_only_push_services_that_we_know(cast: Cast, endpoint: str):
    assert not is_push_service(endpoint)
    assert hand_over(browser(cast.resident), endpoint).status_code in (409, 422)
    assert devices(cast.resident) == []


@pytest.mark.parametrize(
    "endpoint", [ENDPOINT, "https://updates.push.services.mozilla.com/wpush/v2/x", "http://127.0.0.1:8025/push/x"]
)
def test_push_services_that_we_know(endpoint: str):
    assert is_push_service(endpoint)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{",
        b"[]",
        b'{"endpoint": "https://fcm.googleapis.com/x"}',
        b'{"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "x"}}',
        b'{"endpoint": 1, "keys": {"p256dh": "x", "auth": "y"}}',
        b'{"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": 1, "auth": "y"}}',
        b'{"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "' + b"x" * 5000 + b'", "auth": "y"}}',
        b"\xff\xfe",
    ],
)
def test_what_no_browser_says_gets_a_sentence(cast: Cast, said: bytes):
    answer = browser(cast.resident).post(DEVICE, said, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert devices(cast.resident) == []


def test_without_a_token_nothing_is_kept(cast: Cast):
    client = browser(cast.resident, enforce_csrf_checks=True)
    assert hand_over(client).status_code == 403
    token = client.get(DEVICE).json()["csrf"]
    said = json.dumps({"endpoint": ENDPOINT, "keys": KEYS})
    kept = client.post(DEVICE, said, content_type="application/json", headers={"X-CSRFToken": token})
    assert kept.status_code == 201


def test_the_page_of_a_device_tells_my_own_only(cast: Cast):
    hand_over(browser(cast.police))
    hand_over(browser(cast.resident), f"{ENDPOINT}-mine")
    told = browser(cast.resident).get(DEVICE).json()
    assert told["known"] == [f"{ENDPOINT}-mine"]
    assert told["key"] == public_key()


def test_our_key_is_that_of_the_settings():
    raw = urlsafe_b64decode(public_key() + "=")
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    padded = configured.VAPID_PRIVATE_KEY + "=" * (-len(configured.VAPID_PRIVATE_KEY) % 4)
    private = ec.derive_private_key(int.from_bytes(urlsafe_b64decode(padded)), ec.SECP256R1())
    assert private.public_key().public_numbers() == point.public_numbers()


def test_where_nobody_carries_push_nothing_is_offered(cast: Cast, settings: Any):
    settings.VAPID_SUBJECT = ""
    client = browser(cast.resident)
    assert client.get(DEVICE).status_code == 404
    assert "push.js" not in client.get("/ik/").content.decode()


def test_the_worker_is_at_the_root_and_never_old(db: None):
    answer = browser().get("/sw.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert configured.APPLICATION_NAME in answer.content.decode()


def test_the_home_screen_says_nothing(db: None):
    answer = browser().get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert told["name"] == told["short_name"] == configured.APPLICATION_NAME
    said = json.dumps(told).lower()
    assert not any(word in said for word in ("politie", "police", "bondgeno", "gemeente"))


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome op Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge op Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox op Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari op iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/26.0 Chrome/122 Mobile", "Samsung Internet op Android"),
        ("", "Browser"),
    ],
)
def test_what_a_device_is_called(user_agent: str, name: str):
    assert device_of(user_agent) == name
