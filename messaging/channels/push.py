"""Push messages to browsers (RFC 8030), encrypted for one device (RFC 8291) and signed by us (VAPID, RFC 8292).

A push service that takes a message says only that: whether the device shows it nobody knows.
"""

import functools
import json
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils import timezone
from http_ece import ECEException
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from messaging.channels import limit
from messaging.channels.parcel import ChannelError, Parcel, Receipt
from messaging.push import is_push_service

PROVIDER = "push"
LIVES = 24 * 3600  # seconds that a push service keeps it for a device that is off, unless the message expires sooner
SIGNED_FOR = 12 * 3600  # seconds; at most 24 hours by RFC 8292


def send(parcel: Parcel) -> Receipt:
    """Hand one frozen message to the push service of a device. The topic is our reference, so that the device shows a
    second attempt in the place of the first.

    Raises ChannelError: 404 and 410 mean that the subscription is no more; other 4xx are permanent; 401, 403, 429, 5xx
    and no answer are about us and temporary.
    """
    limit.start(settings.PUSH_TIMEOUT)
    if not is_push_service(parcel.address):  # looked at when it was kept; the list may be shorter now
        raise ChannelError("not a push service that we know", permanent=True)
    content = json.loads(parcel.content)
    headers = {
        "Topic": topic(parcel.reference),
        "Urgency": "high" if content["news"].get("urgent") else "normal",
        **_signature(parcel.address),
    }
    try:
        pusher: Any = WebPusher({"endpoint": parcel.address, "keys": content["keys"]}, requests_session=limit.session())
    except (WebPushException, ValueError, KeyError, TypeError) as error:
        raise ChannelError(f"keys that are none: {type(error).__name__}", gone=True) from None
    try:
        answer = pusher.send(json.dumps(content["news"]).encode(), headers=headers, ttl=_lives(parcel))
    except (requests.RequestException, OSError) as error:
        raise limit.no_answer(error) from None
    except (ValueError, ECEException) as error:  # a key that is no point of the curve
        raise ChannelError(f"keys that are none: {type(error).__name__}", gone=True) from None
    # Some say 200 instead of 201, and so does a page of somebody in between.
    if answer.status_code in (201, 202) or (answer.status_code == 200 and not answer.content):
        return Receipt(provider=PROVIDER, provider_reference=topic(parcel.reference))
    raise _failed(answer.status_code)


def topic(reference: uuid.UUID) -> str:
    """Return our reference in the 32 characters that a topic may have."""
    return reference.hex


def _signature(endpoint: str) -> dict[str, str]:
    """Our signature for a push service, made once an hour: it takes as long as all the rest."""
    at = urlsplit(endpoint)
    expires = int(time.time()) // 3600 * 3600 + SIGNED_FOR
    return _signed(f"{at.scheme}://{at.netloc}", expires, settings.VAPID_SUBJECT, settings.VAPID_PRIVATE_KEY)


@functools.lru_cache(maxsize=100)
def _signed(audience: str, expires: int, subject: str, private: str) -> dict[str, str]:
    signed: dict[str, str] = Vapid02.from_raw(private.encode()).sign({"aud": audience, "sub": subject, "exp": expires})
    return signed


def _lives(parcel: Parcel) -> int:
    if parcel.expires_at is None:
        return LIVES
    return max(0, min(LIVES, int((parcel.expires_at - timezone.now()).total_seconds())))


def _failed(status: int) -> ChannelError:
    if status in (404, 410):
        return ChannelError(f"the push service: {status}, no such subscription", gone=True)
    about_us = status in (401, 403, 429) or not 400 <= status < 500
    return ChannelError(
        f"the push service: {status}", permanent=not about_us, about_us=about_us, maybe_sent=status < 400
    )
