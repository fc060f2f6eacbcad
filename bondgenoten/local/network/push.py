"""A push service, as browsers have one (RFC 8030): takes encrypted messages for the subscriptions that it gave out.

It holds the browser's half of the keys too, so that it can read what a browser would read (RFC 8291). The keys follow
from the name of the subscription: a subscription outlives a restart.
"""

import base64
import hashlib
import json
import re
import time
import uuid
from collections.abc import Callable
from email.message import Message
from functools import lru_cache
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bondgenoten.local.network.behaviour import Mode
from bondgenoten.local.network.book import Arrived, Content
from bondgenoten.local.network.exchange import Answer, Exchange

PROVIDER = "push"
PATH = re.compile(r"^/push/([\w-]{1,64})$")
VAPID = re.compile(r"^vapid (?=.*\bt=(?P<token>[\w.-]+))(?=.*\bk=(?P<key>[\w-]+))")
LARGEST = 4096  # bytes; what every push service takes
CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class NotAllowed(Exception):
    """The VAPID header (RFC 8292) is missing or wrong. Its text says what."""


def subscription(base_url: str, name: str = "") -> dict[str, Any]:
    """Return what a browser's PushSubscription says, of a new subscription or the one with this name."""
    name = name or uuid.uuid4().hex
    point = _private_key(name).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": _base64(point), "auth": _base64(_secret(name))}
    return {"endpoint": f"{base_url}/push/{name}", "expirationTime": None, "keys": keys}


def take(
    name: str, base_url: str, headers: Message, body: bytes, exchange: Exchange, *, left: Callable[[], bool]
) -> tuple[Answer, dict[str, str]]:
    """Take a message (POST /push/<name>); return the answer and its headers. Raises NoAnswer and Nonsense."""
    endpoint = f"{base_url}/push/{name}"
    try:
        subject = _check(headers.get("Authorization", ""), base_url)
    except NotAllowed as problem:
        return (401 if "Authorization" not in headers else 403, {"error": str(problem)}), {}
    if not headers.get("TTL", "").isdigit():
        return (400, {"error": "the TTL header is missing"}), {}
    if len(body) > LARGEST:
        return (413, {"error": f"at most {LARGEST} bytes"}), {}
    try:
        text = _decrypt(name, headers, body)
    except (ValueError, http_ece.ECEException) as problem:
        return (400, {"error": f"no browser can read this: {problem}"}), {}
    topic = headers.get("Topic", "")
    message = Arrived(
        "push",
        endpoint.lower(),
        _content(text, {key: headers[key] for key in ("TTL", "Urgency", "Topic") if key in headers}),
        provider=PROVIDER,
        reference=_reference(topic),
        sender=subject,
        status="delivered",
    )
    refused = exchange.take(message, refusal=_refused, left=left)
    if refused:
        return refused, {"Retry-After": "1"} if refused[0] == 429 else {}
    return (201, {}), {"Location": f"{base_url}/push/message/{message.uuid}"}


def _check(authorization: str, base_url: str) -> str:
    """Return who says to send this (`sub`). Raises NotAllowed."""
    found = VAPID.match(authorization)
    if not found:
        raise NotAllowed("Authorization is to be: vapid t=<token>,k=<key>")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(found["key"]))
        claims: dict[str, Any] = jwt.decode(found["token"], key, algorithms=["ES256"], audience=base_url)
    except (ValueError, jwt.InvalidTokenError) as problem:
        raise NotAllowed(f"the VAPID token is not right: {problem}") from problem
    if not str(claims.get("sub", "")).startswith(("mailto:", "https:")):
        raise NotAllowed("the VAPID token says not whom to write to (sub)")
    if not 0 < float(claims.get("exp", 0)) - time.time() <= 24 * 3600:
        raise NotAllowed("the VAPID token must end within a day")
    return str(claims["sub"])


def _decrypt(name: str, headers: Message, body: bytes) -> str:
    if headers.get("Content-Encoding") != "aes128gcm":
        raise ValueError("Content-Encoding is to be aes128gcm")
    plain: bytes = http_ece.decrypt(body, private_key=_private_key(name), auth_secret=_secret(name))
    return plain.decode()


def _content(text: str, headers: dict[str, str]) -> Content:
    """What a lock screen shows. The whole of it stays in `html`: that is what the service worker gets."""
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return Content(text, html=text, headers=headers)
    link = str(said.get("link") or said.get("url") or "")
    shown = str(said.get("text") or said.get("body") or text)
    return Content(shown, str(said.get("title", "")), text, {link: ""} if link else {}, headers)


def _reference(topic: str) -> str:
    """The topic, and when it is a UUID that had to fit in 32 characters, that UUID."""
    return str(uuid.UUID(topic)) if re.fullmatch(r"[0-9a-f]{32}", topic) else topic


def _refused(mode: Mode) -> Answer:
    usual = {"throttle": 429, "gone": 410}.get(mode.name, 503)
    return mode.code or usual, {"error": "The network was told to refuse"}


@lru_cache(maxsize=4096)
def _private_key(name: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(hashlib.sha256(f"key of {name}".encode()).digest())
    return ec.derive_private_key(number % (CURVE_ORDER - 1) + 1, ec.SECP256R1())


def _secret(name: str) -> bytes:
    return hashlib.sha256(f"secret of {name}".encode()).digest()[:16]


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
