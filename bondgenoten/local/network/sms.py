"""The SMS half of the network: the part of the Notify API (NotifyNL, GOV.UK Notify) that sends and looks up SMS."""

from datetime import datetime
from typing import Any

from bondgenoten.local.network.behaviour import Behaviour
from bondgenoten.local.network.book import Arrived, Book
from bondgenoten.local.network.mail import links_in

Answer = tuple[int, dict[str, Any]]


class NoAnswer(Exception):
    """The connection must be closed without an answer."""


def error(status: int, kind: str, sentence: str) -> Answer:
    """Return an error as Notify words it."""
    return status, {"status_code": status, "errors": [{"error": kind, "message": sentence}]}


def has_key(authorization: str | None) -> bool:
    """Whether the request carries a bearer token of three parts. Whose it is does not matter here."""
    scheme, _, token = (authorization or "").partition(" ")
    return scheme.lower() == "bearer" and token.count(".") == 2


def send(asked: dict[str, Any], *, book: Book, behaviour: Behaviour) -> Answer:
    """Take an SMS (POST /v2/notifications/sms). Raises NoAnswer when it was told to hang."""
    to, template = str(asked.get("phone_number", "")), asked.get("template_id")
    if not to or not template:
        return error(400, "ValidationError", f"{'template_id' if to else 'phone_number'} is a required property")
    mode = behaviour.of("sms", to)
    if mode.name == "refuse":
        return error(mode.code or 503, "Refused", "The network was told to refuse")
    if mode.name in ("hang", "slow"):
        behaviour.wait("sms", to, mode)
    if mode.name == "hang":
        raise NoAnswer
    values = asked.get("personalisation") or {}
    text = str(values.get("text") or " ".join(map(str, values.values())))
    message = Arrived(
        channel="sms", to=to, text=text, links=links_in(text), reference=str(asked.get("reference") or "")
    )
    book.add(message)
    if mode.name == "mute":
        behaviour.wait("sms", to, mode)
        raise NoAnswer
    return 201, {
        "id": message.uuid,
        "reference": message.reference or None,
        "content": {"body": text, "from_number": "Bericht"},
        "uri": f"/v2/notifications/{message.uuid}",
        "template": {"id": template, "version": 1, "uri": f"/v2/template/{template}"},
        "scheduled_for": None,
    }


def look_up(identifier: str, book: Book) -> Answer:
    """Return one SMS by Notify's id (GET /v2/notifications/<id>)."""
    for message in book.all():
        if message.channel == "sms" and message.uuid == identifier:
            return 200, _notification(message)
    return error(404, "NoResultFound", "No result found")


def listing(reference: str | None, book: Book) -> Answer:
    """Return the SMS with our reference, or all of them, newest first (GET /v2/notifications)."""
    found = [
        _notification(message)
        for message in reversed(book.all())
        if message.channel == "sms" and reference in (None, message.reference)
    ]
    return 200, {"notifications": found[:250], "links": {"current": "/v2/notifications"}}


def _notification(message: Arrived) -> dict[str, Any]:
    at = _time(message.received_at)
    return {
        "id": message.uuid,
        "reference": message.reference or None,
        "type": "sms",
        "status": "delivered",
        "phone_number": message.to,
        "email_address": None,
        "body": message.text,
        "created_at": at,
        "sent_at": at,
        "completed_at": at,
    }


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
