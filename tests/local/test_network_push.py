"""The pretend push service, with the library that the product sends with."""

import json
import time
import uuid
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

from bondgenoten.local.network.running import RunningNetwork

NEWS = {"text": "Er is een dringende vraag voor je.", "link": "http://127.0.0.1:8000/k/geheim", "urgent": True}


@pytest.fixture(scope="module")
def key() -> Vapid02:
    private = ec.generate_private_key(ec.SECP256R1())
    return Vapid02.from_pem(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def push(
    key: Vapid02, to: dict[str, Any], claims: dict[str, Any] | None = None, headers: dict[str, str] | None = None
) -> requests.Response:
    said = {"sub": "mailto:beheer@tafel.example"} | (claims or {})
    return webpush(to, json.dumps(NEWS), vapid_private_key=key, vapid_claims=said, ttl=60, timeout=5, headers=headers)


def test_what_a_browser_would_read(phones: RunningNetwork, key: Vapid02) -> None:
    reference = uuid.uuid4()
    phone = phones.subscription()
    answer = push(key, phone, headers={"Topic": reference.hex, "Urgency": "high"})
    assert answer.status_code == 201
    assert answer.headers["Location"].startswith(phones.url)
    [arrived] = phones.messages(channel="push", reference=str(reference))
    assert (arrived["to"], arrived["text"]) == (phone["endpoint"], NEWS["text"])
    assert json.loads(arrived["html"]) == NEWS
    assert arrived["links"] == [NEWS["link"]]
    assert arrived["headers"] == {"TTL": "60", "Urgency": "high", "Topic": reference.hex}


def test_a_subscription_outlives_a_restart_and_is_no_others(phones: RunningNetwork, key: Vapid02) -> None:
    phone = phones.subscription("wilma")
    assert requests.get(f"{phones.url}/push/subscription?name=wilma", timeout=5).json() == phone
    other = phones.subscription()
    assert other["keys"] != phone["keys"]
    with pytest.raises(WebPushException) as unreadable:
        push(key, phone | {"keys": other["keys"]})
    assert unreadable.value.status_code == 400
    assert phones.messages() == []


def test_gone_too_much_and_down(phones: RunningNetwork, key: Vapid02) -> None:
    dead, living = phones.subscription(), phones.subscription()
    phones.command_channel("gone", channel="push", to=dead["endpoint"])
    for how, status in (({}, 410), ({"code": 404}, 404)):
        phones.command_channel("gone", channel="push", to=dead["endpoint"], **how)
        with pytest.raises(WebPushException) as gone:
            push(key, dead)
        assert gone.value.status_code == status
    assert push(key, living).status_code == 201
    phones.command_channel("throttle", channel="push")
    with pytest.raises(WebPushException) as throttled:
        push(key, living)
    assert (throttled.value.status_code, throttled.value.retry_after) == (429, "1")
    phones.command_channel("hang", channel="push", seconds=0.2)
    with pytest.raises(requests.ConnectionError):
        push(key, living)


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"aud": "https://ander.example"}, 403),
        ({"exp": int(time.time()) + 3 * 24 * 3600}, 403),
        ({"sub": "mailto:beheer@tafel.example"}, 201),
    ],
)
def test_who_sends_says_so_rightly(phones: RunningNetwork, key: Vapid02, claims: dict[str, Any], status: int) -> None:
    try:
        answer = push(key, phones.subscription(), claims=claims).status_code
    except WebPushException as problem:
        answer = problem.status_code
    assert answer == status


def test_nobody_sends_unsigned(phones: RunningNetwork) -> None:
    with pytest.raises(WebPushException) as unsigned:
        webpush(phones.subscription(), "x", ttl=60, timeout=5)
    assert unsigned.value.status_code == 401
