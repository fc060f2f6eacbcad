"""The Notify API (NotifyNL, GOV.UK Notify): sends SMS and mail, looks them up, and pushes receipts and replies back."""

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bondgenoten.local.network.behaviour import Mode
from bondgenoten.local.network.book import Arrived, Content
from bondgenoten.local.network.exchange import Answer, Exchange
from bondgenoten.local.network.links import links_in

PROVIDER = "notify"
DELIVERED_AT = "/haken/notify/bezorgd/"  # where the site takes receipts
RECEIVED_AT = "/haken/notify/antwoord/"  # and what people text back
FIELDS = {"sms": "phone_number", "email": "email_address"}
CHANNELS = {"sms": "sms", "email": "mail"}
TYPES = {"sms": "sms", "mail": "email"}
OUR_NUMBER = "+3197010240000"
FINAL = ("delivered", "permanent-failure", "temporary-failure")


def error(status: int, kind: str, sentence: str) -> Answer:
    """Return an error as Notify words it."""
    return status, {"status_code": status, "errors": [{"error": kind, "message": sentence}]}


def has_key(authorization: str | None) -> bool:
    """Whether the request carries a bearer token of three parts. Whose it is does not matter here."""
    scheme, _, token = (authorization or "").partition(" ")
    return scheme.lower() == "bearer" and token.count(".") == 2


def send(kind: str, asked: dict[str, Any], exchange: Exchange, *, left: Callable[[], bool]) -> Answer:
    """Take an SMS or a mail (POST /v2/notifications/sms and .../email). Raises NoAnswer and Nonsense when told so."""
    to, template = str(asked.get(FIELDS[kind], "")), asked.get("template_id")
    if not to or not template:
        return error(400, "ValidationError", f"{'template_id' if to else FIELDS[kind]} is a required property")
    message = _message(kind, to, asked)
    follow = partial(_follow, message, str(template), exchange)
    refused = exchange.take(message, refusal=_refused, then=follow, left=left)
    if refused:
        return refused
    content: dict[str, str | None] = {"body": message.content.text}
    content |= {"from_number": OUR_NUMBER} if kind == "sms" else {"subject": message.content.subject, "from_email": ""}
    return 201, {
        "id": message.uuid,
        "reference": message.reference or None,
        "content": content,
        "uri": f"/v2/notifications/{message.uuid}",
        "template": {"id": template, "version": 1, "uri": f"/v2/template/{template}"},
        "scheduled_for": None,
    }


def _message(kind: str, to: str, asked: dict[str, Any]) -> Arrived:
    values = asked.get("personalisation") or {}
    text = str(values.get("text") or " ".join(map(str, values.values())))
    subject = str(values.get("subject", "")) if kind == "email" else ""
    return Arrived(
        CHANNELS[kind],
        to.lower(),
        Content(text, subject, links=links_in(text)),
        provider=PROVIDER,
        reference=str(asked.get("reference") or ""),
        sender=OUR_NUMBER if kind == "sms" else "",
        status="sending",
    )


def _refused(mode: Mode) -> Answer:
    if mode.name == "throttle":
        return error(429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds")
    if mode.name == "gone":
        return error(400, "ValidationError", "Not a valid phone number or address")
    return error(mode.code or 503, "Refused", "The network was told to refuse")


def _follow(message: Arrived, template: str, exchange: Exchange, mode: Mode) -> None:
    """A moment later it has been delivered, or turns out not to be."""
    outcome, seconds = "delivered", random.uniform(0.05, 0.3)  # noqa: S311 -- no secret
    if mode.name == "bounce":
        outcome = "temporary-failure" if mode.code // 100 == 4 else "permanent-failure"
        seconds = mode.lasts(1.0)

    def become() -> None:
        message.status = outcome
        exchange.book.touch()
        values = receipt(message, template)
        exchange.courier.soon(message.channel, lambda: exchange.courier.bearing(DELIVERED_AT, values), attempts=5)

    exchange.later.after(seconds, become)


def receipt(message: Arrived, template: str = "") -> dict[str, Any]:
    """Return what Notify tells about a message that it has carried, or not."""
    now = _time(datetime.now(UTC))
    return {
        "id": message.uuid,
        "reference": message.reference or None,
        "to": message.to,
        "status": message.status,
        "created_at": _time(message.received_at),
        "completed_at": now,
        "sent_at": _time(message.received_at),
        "notification_type": TYPES.get(message.channel, "sms"),
        "template_id": template or str(uuid.UUID(int=0)),
        "template_version": 1,
    }


def received(sender: str, text: str, to: str = "") -> dict[str, Any]:
    """Return what Notify tells about a text that somebody sent to our number: numbers without a plus."""
    return {
        "id": str(uuid.uuid4()),
        "source_number": sender.removeprefix("+"),
        "destination_number": (to or OUR_NUMBER).removeprefix("+"),
        "message": text,
        "date_received": _time(datetime.now(UTC)),
    }


def look_up(identifier: str, exchange: Exchange) -> Answer:
    """Return one message by Notify's id (GET /v2/notifications/<id>)."""
    message = exchange.book.known(identifier)
    if message and message.provider == PROVIDER:
        return 200, _notification(message)
    return error(404, "NoResultFound", "No result found")


def listing(asked: dict[str, str], exchange: Exchange) -> Answer:
    """Return the messages with our reference, or all of them, newest first (GET /v2/notifications)."""
    reference = asked.get("reference")
    messages = exchange.book.all() if reference is None else exchange.book.with_reference(reference)
    found = [
        _notification(message)
        for message in reversed(messages)
        if message.provider == PROVIDER
        and asked.get("template_type", TYPES[message.channel]) == TYPES[message.channel]
        and asked.get("status", message.status) == message.status
    ]
    return 200, {"notifications": found[:250], "links": {"current": "/v2/notifications"}}


def replies(exchange: Exchange) -> Answer:
    """Return what people texted back, newest first (GET /v2/received-text-messages)."""
    found = [
        {
            "id": reply["id"],
            "user_number": reply["source_number"],
            "notify_number": reply["destination_number"],
            "created_at": reply["date_received"],
            "service_id": str(uuid.UUID(int=0)),
            "content": reply["message"],
        }
        for reply in reversed(exchange.received)
    ]
    return 200, {"received_text_messages": found[:250], "links": {"current": "/v2/received-text-messages"}}


def _notification(message: Arrived) -> dict[str, Any]:
    at = _time(message.received_at)
    return {
        "id": message.uuid,
        "reference": message.reference or None,
        "type": TYPES[message.channel],
        "status": message.status,
        "phone_number": message.to if message.channel == "sms" else None,
        "email_address": message.to if message.channel == "mail" else None,
        "subject": message.content.subject or None,
        "body": message.content.text,
        "created_at": at,
        "sent_at": at,
        "completed_at": at if message.status in FINAL else None,
    }


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
