"""Who may tell us something: a provider that proves who it is, in few words."""

import functools
import logging
import re
from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)

LONGEST = 100_000  # bytes
NUMBER_OF_THEIRS = re.compile(r"[\w-]{1,100}", re.ASCII)
PHONE_NUMBER = re.compile(r"\+?[0-9]{3,15}")

View = Callable[..., HttpResponse]


class Malformed(ValueError):
    """What came from the right provider is not what it should be."""


def hook(provider: str, proves: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    """Make a view a webhook: POST only, no more than LONGEST (413), signed (403), and 400 when it raises Malformed.

    A refusal is logged without what was sent: it may be anything, by anybody.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not _short(request):
                logger.warning("Webhook of %s: more than %d bytes, refused", provider, LONGEST)
                return HttpResponse(status=413)
            if not proves(request):
                logger.warning("Webhook of %s: not signed by them, refused", provider)
                return HttpResponseForbidden()
            try:
                return view(request, *args, **kwargs)
            except Malformed as problem:
                logger.warning("Webhook of %s: malformed (%s), refused", provider, problem)
                return HttpResponseBadRequest()

        return login_not_required(csrf_exempt(require_POST(guarded)))

    return decorate


def _short(request: HttpRequest) -> bool:
    length = request.headers.get("Content-Length") or "0"
    return length.isdecimal() and int(length) <= LONGEST


def their_number(value: object) -> str:
    """A provider's own number of a message or call. Raises Malformed."""
    if not isinstance(value, str) or not NUMBER_OF_THEIRS.fullmatch(value):
        raise Malformed("their number of it")
    return value


def phone_number(value: object) -> str:
    """A phone number as they write it, made E.164 as far as it can be: some leave the plus out. Raises Malformed.

    Names of senders ("Bank") are kept as they are: whoever has no number gets no answer, but is not lost.
    """
    if not isinstance(value, str) or not 0 < len(value) <= 50:
        raise Malformed("the sender")
    value = value.strip()
    digits = re.sub(r"[ ()-]", "", value)
    if not PHONE_NUMBER.fullmatch(digits):
        return value
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if digits.startswith("0"):
        return f"+31{digits[1:]}"
    return digits if digits.startswith("+") else f"+{digits}"


def moment(value: object, read: Callable[[str], datetime]) -> datetime | None:
    """When it happened, as they say; None when they say it so that we cannot read it."""
    try:
        at = read(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None
