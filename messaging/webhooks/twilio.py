"""What Twilio tells us, as a form that it signs with the secret of our account.

https://www.twilio.com/docs/usage/security#validating-requests
"""

import uuid
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from twilio.request_validator import RequestValidator

from messaging import actions
from messaging.channels import spoken
from messaging.models import Incoming

from .guard import Malformed, hook, moment, phone_number, their_number

PROVIDER = "twilio"
SMS_STATUSES = {
    "sent": Incoming.Status.SENT,
    "delivered": Incoming.Status.DELIVERED,
    "read": Incoming.Status.DELIVERED,
    "undelivered": Incoming.Status.FAILED,
    "failed": Incoming.Status.FAILED,
    "canceled": Incoming.Status.FAILED,
}
# Blocked, unknown, a landline, stopped, no number, no mobile: https://www.twilio.com/docs/api/errors
NEVER = ("30004", "30005", "30006", "21610", "21211", "21614")
CALL_STATUSES = {
    "in-progress": Incoming.Status.SENT,
    "completed": Incoming.Status.SENT,  # somebody or something picked up: AnsweredBy says which
    "no-answer": Incoming.Status.NO_ANSWER,
    "busy": Incoming.Status.BUSY,
    "failed": Incoming.Status.FAILED,
    "canceled": Incoming.Status.FAILED,
}
NO_SUCH_NUMBER = ("404", "410", "484", "604")  # of SIP
ANSWERS = ("1", "2", "3")


def _is_signed(request: HttpRequest) -> bool:
    """They sign the address as they know it: the public one, whatever stands between them and us."""
    if not settings.TWILIO_AUTH_TOKEN:
        return False
    validator: Any = RequestValidator(settings.TWILIO_AUTH_TOKEN)  # it carries no types
    given = request.headers.get("X-Twilio-Signature", "")
    return bool(validator.validate(settings.SITE_URL + request.get_full_path(), request.POST, given))


def _twiml(answer: str) -> HttpResponse:
    return HttpResponse(answer, content_type="text/xml")


@hook(PROVIDER, _is_signed)
def reply(request: HttpRequest) -> HttpResponse:
    """An SMS that somebody sent us. The answer to it is a message of ours, not one of Twilio's."""
    number = their_number(request.POST.get("MessageSid"))
    if "Body" not in request.POST:
        raise Malformed("the text")
    actions.write_down(
        provider=PROVIDER,
        kind=Incoming.Kind.REPLY,
        news_key=f"{PROVIDER}:reply:{number}",
        provider_reference=number,
        address=phone_number(request.POST.get("From")),
        text=request.POST["Body"],
    )
    return _twiml("<Response/>")


@hook(PROVIDER, _is_signed)
def sms_status(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """What became of an SMS."""
    number, word = their_number(request.POST.get("MessageSid")), request.POST.get("MessageStatus", "")
    if not word:
        raise Malformed("the status")
    if word in SMS_STATUSES:  # the others say that it is on its way
        status = SMS_STATUSES[word]
        if status == Incoming.Status.FAILED and request.POST.get("ErrorCode") in NEVER:
            status = Incoming.Status.PERMANENT
        _write_receipt(reference, number, word, status, request)
    return HttpResponse(status=204)


@hook(PROVIDER, _is_signed)
def call_status(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """How a call goes, and who or what picked up. Only a person counts as reached."""
    number = their_number(request.POST.get("CallSid"))
    word, by = request.POST.get("CallStatus", ""), request.POST.get("AnsweredBy", "")
    if not word and not by:
        raise Malformed("the status")
    status = CALL_STATUSES.get(word)
    if status == Incoming.Status.FAILED and request.POST.get("SipResponseCode") in NO_SUCH_NUMBER:
        status = Incoming.Status.PERMANENT
    if by == "human":
        status = Incoming.Status.DELIVERED
    elif by.startswith("machine") or by == "fax":
        status = Incoming.Status.MACHINE
    if status:  # else it only says that it is on its way
        _write_receipt(reference, number, f"{word}:{by}"[:60], status, request)
    return HttpResponse(status=204)


def _write_receipt(reference: uuid.UUID, number: str, word: str, status: Incoming.Status, request: HttpRequest) -> None:
    actions.write_down(
        provider=PROVIDER,
        kind=Incoming.Kind.RECEIPT,
        news_key=f"{PROVIDER}:{number}:{word}",
        reference=reference,
        provider_reference=number,
        status=status,
        at=moment(request.POST.get("Timestamp"), parsedate_to_datetime),
    )


@hook(PROVIDER, _is_signed)
def key(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """A key pressed during a call: 1, 2 and 3 are kept, and every other one reads the text again."""
    number, digits = their_number(request.POST.get("CallSid")), request.POST.get("Digits", "")
    content = _spoken(reference)
    if digits in ANSWERS:
        actions.write_down(
            provider=PROVIDER,
            kind=Incoming.Kind.KEY,
            news_key=f"{PROVIDER}:key:{number}:{digits}",
            reference=reference,
            provider_reference=number,
            address=phone_number(request.POST.get("To")) if request.POST.get("To") else "",
            text=digits,
        )
        return _twiml(spoken.saved(content))
    return _twiml(spoken.question(content, reference) if content else "<Response><Hangup/></Response>")


def _spoken(reference: uuid.UUID) -> bytes | None:
    """The text of a call of just now, through the one door to it: the web cannot read what was sent."""
    with connection.cursor() as cursor:
        cursor.execute("select messaging_spoken(%s)", [reference])
        (content,) = cursor.fetchone()
    return None if content is None else bytes(content)
