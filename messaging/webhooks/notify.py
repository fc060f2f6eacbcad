"""What NotifyNL / GOV.UK Notify tells us, as JSON with the bearer token that we gave it.

https://docs.notifications.service.gov.uk/python.html#callbacks
"""

import json
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from messaging import actions
from messaging.models import Incoming

from .guard import Malformed, hook, moment, phone_number, their_number

PROVIDER = "notify"
STATUSES = {
    "sent": Incoming.Status.SENT,
    "delivered": Incoming.Status.DELIVERED,
    "permanent-failure": Incoming.Status.PERMANENT,
    "validation-failed": Incoming.Status.PERMANENT,
    "temporary-failure": Incoming.Status.FAILED,
    "technical-failure": Incoming.Status.FAILED,
}


def _bears_our_token(request: HttpRequest) -> bool:
    token, given = settings.NOTIFY_WEBHOOK_TOKEN, request.headers.get("Authorization", "")
    return bool(token) and constant_time_compare(given, f"Bearer {token}")


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        values = json.loads(request.body)
    except ValueError:
        raise Malformed("no JSON") from None
    if not isinstance(values, dict):
        raise Malformed("no JSON object")
    return values


@hook(PROVIDER, _bears_our_token)
def receipt(request: HttpRequest) -> HttpResponse:
    """What became of an SMS or mail."""
    values = _read(request)
    number, word = their_number(values.get("id")), values.get("status")
    if not isinstance(word, str):
        raise Malformed("the status")
    if word in STATUSES:  # the others say that it is on its way
        actions.write_down(
            provider=PROVIDER,
            kind=Incoming.Kind.RECEIPT,
            news_key=f"{PROVIDER}:{number}:{word}",
            reference=_ours(values.get("reference")),
            provider_reference=number,
            status=STATUSES[word],
            at=moment(values.get("completed_at") or values.get("sent_at"), datetime.fromisoformat),
        )
    return HttpResponse(status=204)


@hook(PROVIDER, _bears_our_token)
def reply(request: HttpRequest) -> HttpResponse:
    """An SMS that somebody sent us."""
    values = _read(request)
    number, text = their_number(values.get("id")), values.get("message")
    if not isinstance(text, str):
        raise Malformed("the text")
    actions.write_down(
        provider=PROVIDER,
        kind=Incoming.Kind.REPLY,
        news_key=f"{PROVIDER}:reply:{number}",
        provider_reference=number,
        address=phone_number(values.get("source_number")),
        text=text,
        at=moment(values.get("date_received"), datetime.fromisoformat),
    )
    return HttpResponse(status=204)


def _ours(value: object) -> uuid.UUID | None:
    """Our reference, when there is one: what was sent by hand in Notify has none."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
