"""What SMS and phone calls through Twilio share: the client, and what its errors mean.

The SDK cannot be pointed at another address nor given a limit over a whole request, but it takes an HTTP client of
one's own: that is the seam used here.
"""

import threading
from typing import Any
from urllib.parse import urlsplit

import requests
import twilio.rest.api.v2010  # noqa: F401  half a second that must not be taken from the first message
from django.conf import settings
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from messaging.channels import limit
from messaging.channels.parcel import ChannelError

PROVIDER = "twilio"
STOPPED = 21610  # this person texted STOP to our number
# https://www.twilio.com/docs/api/errors: our account, our number or our rate, told with a 400.
ABOUT_US = {20003, 20005, 20008, 20429, 21210, 21212, 21601, 21603, 21606, 21611, 21659, 21660, 21661, 10004, 14107}


class _Http(HttpClient):  # type: ignore[misc]  # it carries no types
    """Requests to our address of the API, within the clock of the parcel; it logs nothing."""

    def __init__(self) -> None:
        self.timeout = None

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # the clock knows
        allow_redirects: bool = False,  # never
    ) -> Response:
        url = settings.TWILIO_API_URL.rstrip("/") + urlsplit(uri).path
        query: Any = params
        answer = limit.session().request(method, url, params=query, data=data, headers=headers, auth=auth)
        return Response(answer.status_code, answer.text, dict(answer.headers))


class _Kept(threading.local):
    """The client of this thread."""

    client: Client | None = None
    made_for: tuple[str, ...] = ()


_kept = _Kept()


def client() -> Client:
    """Return this thread's client."""
    made_for = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    if _kept.client is None or _kept.made_for != made_for:
        _kept.client, _kept.made_for = Client(*made_for, http_client=_Http()), made_for
    return _kept.client


UNANSWERED = (TwilioException, requests.RequestException, OSError, ValueError, LookupError, TypeError)


def failed(error: Exception) -> ChannelError:
    """Return what it means that a request threw one of UNANSWERED. Only codes: the words beside them repeat numbers."""
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    if isinstance(error, (requests.RequestException, OSError)):
        return limit.no_answer(error)
    if not isinstance(status, int) or status < 400:  # an answer that is none, or not what it should be
        return limit.unreadable(status if isinstance(status, int) else 200)
    code = code if isinstance(code, int) else 0
    about_us = status in (401, 403, 404, 429) or status >= 500 or code in ABOUT_US
    return ChannelError(
        f"Twilio: {status}, error {code}", permanent=not about_us, about_us=about_us, stopped=code == STOPPED
    )
