"""Twilio's API: SMS (Messages) and phone calls (Calls), with its signed callbacks.

Written after https://www.twilio.com/docs/messaging/api/message-resource and .../voice/api/call-resource; the tests talk
to it with Twilio's own client.
"""

import base64
import random
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any

from bondgenoten.local.network import twiml
from bondgenoten.local.network.behaviour import Mode
from bondgenoten.local.network.book import Arrived, Content
from bondgenoten.local.network.calls import PhoneCall, Switchboard, is_address
from bondgenoten.local.network.exchange import Answer, Exchange
from bondgenoten.local.network.links import links_in

PROVIDER = "twilio"
PATH = re.compile(r"^/2010-04-01/Accounts/(\w+)/(Messages|Calls)(?:/(\w+))?\.json$")
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
NUMBER = re.compile(r"^\+[1-9]\d{6,14}$")
RECEIVED_AT = "/haken/twilio/sms/"  # where the site takes what people text back
STOP = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "stoppen"}
START = {"start", "yes", "unstop"}
KINDS = {"Messages": "sms", "Calls": "voice"}
Form = dict[str, list[str]]


def error(status: int, code: int, sentence: str) -> Answer:
    """Return an error as Twilio words it."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": sentence, "more_info": more, "status": status}


def may(authorization: str | None, account: str, exchange: Exchange) -> bool:
    """Whether these are the account and the token that were agreed on, or any when nothing was."""
    scheme, _, secret = (authorization or "").partition(" ")
    try:
        name, _, token = base64.b64decode(secret).decode().partition(":")
    except ValueError:
        return False
    site = exchange.site
    right = token == site.twilio_token if site.twilio_token else bool(token)
    return scheme.lower() == "basic" and name == account and right


def send(account: str, asked: Form, exchange: Exchange, *, left: Callable[[], bool]) -> Answer:
    """Take an SMS (POST Messages.json). Raises NoAnswer and Nonsense when told so."""
    to, text, callback = _first(asked, "To"), _first(asked, "Body"), _first(asked, "StatusCallback")
    wrong = _wrong(to, _first(asked, "From") or _first(asked, "MessagingServiceSid"), callback)
    if wrong or not text or len(text) > 1600:
        return wrong or error(400, 21602 if not text else 21617, "A body of 1 to 1600 characters is required.")
    message = _entry("sms", to, asked, Content(text, links=links_in(text)), callback)
    if to in exchange.stopped:
        exchange.book.attempted("sms", PROVIDER, to, message.reference, "stopped")
        return error(400, 21610, "Attempt to send to unsubscribed recipient")
    follow = partial(_follow, message, account, callback, exchange)
    refused = exchange.take(message, refusal=_refused, then=follow, left=left)
    return refused or (201, _sms(message, account))


def call(
    account: str, asked: Form, exchange: Exchange, switchboard: Switchboard, *, left: Callable[[], bool]
) -> Answer:
    """Start a call (POST Calls.json). Raises NoAnswer and Nonsense when told so."""
    to, callback = _first(asked, "To"), _first(asked, "StatusCallback")
    wrong = _wrong(to, _first(asked, "From"), callback)
    if wrong:
        return wrong
    try:
        script = twiml.read(_first(asked, "Twiml"))
    except ValueError as problem:  # only inline TwiML: the text of a call is in no address
        return error(400, 21218, f"Twiml: {problem}")
    detects = _first(asked, "MachineDetection")
    started = PhoneCall(
        _entry("voice", to, asked, Content(""), callback or _action(script)),
        account,
        script,
        callback=callback,
        events=tuple(asked.get("StatusCallbackEvent", ["completed"])),
        detects="" if detects == "None" else detects,
        detected_at=_first(asked, "AsyncAmdStatusCallback") if _first(asked, "AsyncAmd") == "true" else "",
        timeout=float(_first(asked, "Timeout") or 60),
    )
    follow = partial(switchboard.dial, started)
    refused = exchange.take(started.entry, refusal=_refused, then=follow, left=left)
    return refused or (201, _call(started))


def change(sid: str, asked: Form, switchboard: Switchboard) -> Answer:
    """Let the site end a call (POST Calls/<sid>.json with Status)."""
    found = switchboard.known(sid)
    if found is None:
        return error(404, 20404, f"The requested resource {sid} was not found")
    if _first(asked, "Status") in ("canceled", "completed"):
        switchboard.cancel(found, "canceled")
    return 200, _call(found)


def look_up(account: str, kind: str, sid: str, exchange: Exchange, switchboard: Switchboard) -> Answer:
    """Return one message or call by Twilio's id."""
    found, phoned = exchange.book.known(sid), switchboard.known(sid)
    if kind == "Calls" and phoned:
        return 200, _call(phoned)
    if kind == "Messages" and found and found.provider == PROVIDER:
        return 200, _sms(found, account)
    return error(404, 20404, f"The requested resource {sid} was not found")


def listing(account: str, kind: str, asked: dict[str, str], exchange: Exchange, switchboard: Switchboard) -> Answer:
    """Return messages or calls, newest first, filtered by To, From, Status and the date (DateSent, StartTime)."""
    book, channel = exchange.book, KINDS[kind]
    of_number = book.to(asked["To"].strip().lower()) if "To" in asked else book.all()
    date = "DateSent" if kind == "Messages" else "StartTime"
    found: list[dict[str, Any]] = []
    for message in reversed(of_number):
        same = (message.provider, message.channel) == (PROVIDER, channel) and _in_time(message.received_at, date, asked)
        if same and asked.get("From", message.sender) == message.sender:
            phoned = switchboard.known(message.uuid)
            found.append(_call(phoned) if phoned else _sms(message, account))
    found = [one for one in found if asked.get("Status", one["status"]) == one["status"]][: _page(asked)]
    return 200, {
        kind.lower(): found,
        "end": max(len(found) - 1, 0),
        "first_page_uri": f"/2010-04-01/Accounts/{account}/{kind}.json",
        "next_page_uri": None,
        "page": 0,
        "page_size": _page(asked),
        "previous_page_uri": None,
        "start": 0,
        "uri": f"/2010-04-01/Accounts/{account}/{kind}.json",
    }


def received(sender: str, text: str, to: str, exchange: Exchange) -> dict[str, str]:
    """Return what Twilio tells about a text that somebody sent to our number; it keeps who said STOP itself."""
    word, kind = text.strip().lower(), ""
    if word in STOP:
        exchange.stopped.add(sender)
        kind = "STOP"
    elif word in START:
        exchange.stopped.discard(sender)
        kind = "START"
    sid = f"SM{uuid.uuid4().hex}"
    return {
        "AccountSid": exchange.site.twilio_sid,
        "ApiVersion": "2010-04-01",
        "Body": text,
        "From": sender,
        "MessageSid": sid,
        "NumMedia": "0",
        "NumSegments": str(1 + len(text) // 153),
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": to,
    } | ({"OptOutType": kind} if kind else {})


def status_of(message: Arrived, account: str) -> dict[str, str]:
    """Return what Twilio tells the StatusCallback of an SMS."""
    code = {"undelivered": "30003", "failed": "30005"}.get(message.status)
    return {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "From": message.sender,
        "MessageSid": message.uuid,
        "MessageStatus": message.status,
        "SmsSid": message.uuid,
        "SmsStatus": message.status,
        "To": message.to,
    } | ({"ErrorCode": code} if code else {})


def _first(asked: Form, name: str) -> str:
    return asked.get(name, [""])[0].strip()


def _wrong(to: str, sender: str, callback: str) -> Answer | None:
    if not NUMBER.match(to):
        return error(400, 21211, "Invalid 'To' Phone Number")
    if not sender:
        return error(400, 21603, "A 'From' phone number is required.")
    if callback and not is_address(callback):
        return error(400, 21609, "The 'StatusCallback' URL is not a valid URL.")
    return None


def _action(script: list[twiml.Verb]) -> str:
    return next((verb.action for verb in script if isinstance(verb, twiml.Gather)), "")


def _entry(channel: str, to: str, asked: Form, content: Content, callback: str) -> Arrived:
    """A new entry of the book. Twilio carries no reference of ours, but the address of the callback does."""
    known = UUID.findall(callback)
    return Arrived(
        channel,
        to,
        content,
        provider=PROVIDER,
        reference=known[-1].lower() if known else "",
        sender=_first(asked, "From") or _first(asked, "MessagingServiceSid"),
        status="queued",
        uuid=f"{'SM' if channel == 'sms' else 'CA'}{uuid.uuid4().hex}",
    )


def _refused(mode: Mode) -> Answer:
    if mode.name == "throttle":
        return error(429, 20429, "Too Many Requests")
    if mode.name == "gone":
        return error(400, 21211, "Invalid 'To' Phone Number")
    if mode.code >= 1000:  # one of Twilio's own
        return error(400, mode.code, "The network was told to refuse")
    return error(mode.code or 503, 20503, "The network was told to refuse")


def _follow(message: Arrived, account: str, callback: str, exchange: Exchange, mode: Mode) -> None:
    """A moment later it is sent, and another later delivered, or not."""
    moment, outcome = random.uniform(0.05, 0.3), "delivered"  # noqa: S311 -- no secret
    last = moment
    if mode.name == "bounce":
        outcome, last = ("undelivered" if mode.code // 100 == 4 else "failed"), mode.lasts(1.0)

    def become(status: str) -> None:
        message.status = status
        exchange.book.touch()
        if callback:
            values = status_of(message, account)
            exchange.courier.soon("sms", lambda: exchange.courier.signed(callback, values))

    exchange.later.after(moment / 2, lambda: become("sent"))
    exchange.later.after(max(last, moment / 2 + 0.01), lambda: become(outcome))


def _page(asked: dict[str, str]) -> int:
    size = asked.get("PageSize", "50")
    return min(int(size), 1000) if size.isdigit() else 50


def _in_time(at: datetime, name: str, asked: dict[str, str]) -> bool:
    """Whether `at` is on the date of `name`, not before that of `name>`, and not after that of `name<`."""
    after, before, on = (_read(asked.get(f"{name}{sign}", "")) for sign in (">", "<", ""))
    # Twilio knows seconds, no parts of them.
    at = at.replace(microsecond=0)
    return not ((after and at < after) or (before and at > before) or (on and at.date() != on.date()))


def _read(date: str) -> datetime | None:
    return datetime.fromisoformat(date).replace(tzinfo=UTC) if date else None


def _sms(message: Arrived, account: str) -> dict[str, Any]:
    at = format_datetime(message.received_at)
    code = {"undelivered": 30003, "failed": 30005}.get(message.status)
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": message.content.text,
        "date_created": at,
        "date_sent": None if message.status == "queued" else at,
        "date_updated": at,
        "direction": "outbound-api",
        "error_code": code,
        "error_message": None,
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "EUR",
        "sid": message.uuid,
        "status": message.status,
        "subresource_uris": {},
        "to": message.to,
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{message.uuid}.json",
    }


def _call(phoned: PhoneCall) -> dict[str, Any]:
    entry = phoned.entry
    at = format_datetime(entry.received_at)
    return {
        "account_sid": phoned.account,
        "answered_by": entry.answered_by or None if phoned.detects else None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": at,
        "date_updated": at,
        "direction": "outbound-api",
        "duration": str(phoned.seconds) if phoned.ended_at else None,
        "end_time": format_datetime(phoned.ended_at) if phoned.ended_at else None,
        "forwarded_from": None,
        "from": entry.sender,
        "from_formatted": entry.sender,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "EUR",
        "queue_time": "0",
        "sid": entry.uuid,
        "start_time": format_datetime(phoned.started_at or entry.received_at),
        "status": "queued" if entry.status == "initiated" else entry.status,
        "subresource_uris": {},
        "to": entry.to,
        "to_formatted": entry.to,
        "trunk_sid": None,
        "uri": f"/2010-04-01/Accounts/{phoned.account}/Calls/{entry.uuid}.json",
    }
