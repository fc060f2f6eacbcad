"""What SMS and mail through the NotifyNL / GOV.UK Notify API share: the client, the look-up, the errors.

Its templates hold nothing but placeholders: the words are ours.
"""

import re
import threading
from collections.abc import Callable
from typing import Any

import requests
from django.conf import settings
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from messaging.channels import limit
from messaging.channels.parcel import ChannelError, Parcel, Receipt

PROVIDER = "notify"
FAILED = ("permanent-failure", "temporary-failure", "technical-failure", "validation-failed")
ABOUT_US = (401, 403, 429)  # the key, the clock, the rate: not this address
NAME_OF_ERROR = re.compile(r"[A-Za-z]{1,40}")


class _Kept(threading.local):
    """The client of this thread: it is not thread-safe."""

    client: Any = None
    made_for: tuple[str, ...] = ()


_kept = _Kept()


def hand_over(parcel: Parcel, kind: str, post: Callable[[Any], Any]) -> Receipt:
    """Let `post` hand a parcel of a `kind` (sms, email) to the client, asking first whether Notify has it already when
    that may be. The clock has started.

    Raises ChannelError: 400 and 404 are permanent; 429, 5xx and no answer temporary, and so are 401 and 403: those are
    about our key, and once it is repaired the message must still go out.
    """
    client = _client()
    if parcel.maybe_sent and (known := _known(client, parcel, kind)):
        return Receipt(provider=PROVIDER, provider_reference=known)
    try:
        answer = post(client)
    except APIError as error:
        raise _failed(error) from None
    except OSError as error:
        raise limit.no_answer(error) from None
    number = answer.get("id") if isinstance(answer, dict) else None
    if not isinstance(number, str):
        raise limit.unreadable(200)
    return Receipt(provider=PROVIDER, provider_reference=number[:100])


def _client() -> Any:
    made_for = (settings.SMS_API_KEY, settings.SMS_API_URL)
    if _kept.made_for != made_for:
        make: Any = NotificationsAPIClient  # it carries no types
        _kept.client, _kept.made_for = make(*made_for), made_for
    _kept.client.request_session = limit.session()
    return _kept.client


def _known(client: Any, parcel: Parcel, kind: str) -> str:
    """The provider's number of an earlier attempt with our reference that has not failed there, or nothing."""
    try:
        found = client.get_all_notifications(template_type=kind, reference=str(parcel.reference))
        seen = [n for n in found["notifications"] if n["status"] not in FAILED]
        return str(seen[0]["id"])[:100] if seen else ""
    except (APIError, OSError, LookupError, TypeError):
        return ""  # it cannot tell: then rather twice than never


def _failed(error: APIError) -> ChannelError:
    """Only codes and names of errors: the sentence beside them may repeat a number or a text."""
    cause = error.__cause__
    if isinstance(cause, requests.RequestException) and cause.response is None:
        return limit.no_answer(cause)
    code = int(error.status_code)
    if code < 400:  # an answer that is none
        return limit.unreadable(code)
    said = error.message[0].get("error", "") if isinstance(error.message, list) and error.message else ""
    name = said if isinstance(said, str) and NAME_OF_ERROR.fullmatch(said) else ""
    about_us = code in ABOUT_US or code >= 500
    return ChannelError(f"Notify: {code} {name}".strip(), permanent=not about_us, about_us=about_us)
