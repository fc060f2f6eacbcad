"""SMS through the NotifyNL / GOV.UK Notify API. Its template holds one placeholder, ((text)): the words are ours."""

import threading
from typing import Any

import requests
from django.conf import settings
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from messaging.channels.parcel import ChannelError, Parcel, Receipt

PROVIDER = "notify"
FAILED = ("permanent-failure", "temporary-failure", "technical-failure", "validation-failed")
ABOUT_US = (401, 403, 429)  # the key, the clock, the rate: not this number


class _Kept(threading.local):
    """The client of this thread, with its open connection: it is not thread-safe."""

    client: Any = None
    made_for: tuple[Any, ...] = ()


_kept = _Kept()


def send(parcel: Parcel) -> Receipt:
    """Hand one frozen SMS to the provider, asking first whether it has it already when that may be.

    Raises ChannelError: 400 and 404 are permanent; 429, 5xx and no answer temporary, and so are 401 and 403: those are
    about our key, and once it is repaired the message must still go out.
    """
    client = _client()
    if parcel.maybe_sent and (known := _known(client, parcel)):
        return Receipt(provider=PROVIDER, provider_reference=known)
    try:
        answer = client.send_sms_notification(
            phone_number=parcel.address,
            template_id=settings.SMS_TEMPLATE_ID,
            personalisation={"text": parcel.content.decode()},
            reference=str(parcel.reference),
        )
    except APIError as error:
        raise _failed(error) from error
    return Receipt(provider=PROVIDER, provider_reference=str(answer.get("id", ""))[:100])


def close() -> None:
    """Let go of this thread's connection."""
    if _kept.client is not None:
        _kept.client.request_session.close()
        _kept.client, _kept.made_for = None, ()


def _client() -> Any:
    made_for = (settings.SMS_API_KEY, settings.SMS_API_URL, settings.SMS_TIMEOUT)
    if _kept.made_for != made_for:
        make: Any = NotificationsAPIClient  # it carries no types
        _kept.client = make(*made_for)
        _kept.made_for = made_for
    return _kept.client


def _known(client: Any, parcel: Parcel) -> str:
    """The provider's number of an earlier attempt with our reference that has not failed there, or nothing."""
    try:
        found = client.get_all_notifications(template_type="sms", reference=str(parcel.reference))
    except APIError:
        return ""  # it cannot tell: then rather twice than never
    return next((str(n["id"]) for n in found.get("notifications", []) if n.get("status") not in FAILED), "")


def _failed(error: APIError) -> ChannelError:
    cause = error.__cause__
    if isinstance(cause, requests.RequestException) and cause.response is None:
        refused = isinstance(cause, requests.ConnectTimeout) or "NewConnectionError" in str(cause)
        return ChannelError(f"no answer: {type(cause).__name__}", maybe_sent=not refused)
    code = int(error.status_code)
    unclear = code < 400  # an answer that is none: it may have been taken
    permanent = 400 <= code < 500 and code not in ABOUT_US
    return ChannelError(f"{code} {error.message}", permanent=permanent, maybe_sent=unclear)
