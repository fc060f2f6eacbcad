"""From a kind and a context to the frozen text of a message: the bytes of a mail, the text of an SMS."""

import json
import logging
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.template import Context, TemplateDoesNotExist
from django.template.backends.django import Template
from django.template.loader import get_template
from django.utils import translation

from messaging import gsm7
from messaging.kinds import essential
from messaging.models import Channel, Way

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file with a mail, such as an .ics with content type `application/ics; charset=utf-8`.

    `content` is the bytes, or what makes them for one address: an invitation names whom it goes to, and nobody else.
    `alternative` is the type under which the same bytes also stand beside the text, for programs that show them by
    themselves: `text/calendar; method=REQUEST; charset=utf-8`. Empty: only as a file.
    """

    name: str
    content: bytes | Callable[[str], bytes]
    content_type: str
    alternative: str = ""

    def content_for(self, address: str) -> bytes:
        """The bytes that go to one address."""
        return self.content(address) if callable(self.content) else self.content


def render(
    *,
    kind: str,
    way: Way,
    context: Mapping[str, Any],
    language: str,
    payload_id: uuid.UUID,
    at: datetime,
    attachments: Sequence[Attachment] = (),
) -> bytes | None:
    """Freeze the text of a kind for one address, in one language; None when this kind has no text for the channel.

    A mail is its bytes and an SMS UTF-8 text; what is spoken is JSON with its language, a push message JSON with the
    keys of its subscription.

    `at` (aware) becomes the mail's Date, `payload_id` its Message-ID. Raises what a template raises.
    """
    with translation.override(language):
        values = {**context, "language": language, "essential": essential(kind)}
        if way.channel == Channel.SMS:
            return _sms(kind, values)
        if way.channel == Channel.VOICE:
            return _voice(kind, values)
        if way.channel == Channel.PUSH:
            return _push(kind, values, way)
        return _mail(kind, values, way.address, payload_id, at, attachments)


def _exists(kind: str, part: str) -> bool:
    """Whether this kind has a text for a channel; one that includes what is not there breaks, and is seen."""
    try:
        get_template(f"messages/{kind}/{part}")
    except TemplateDoesNotExist:
        return False
    return True


def _text(kind: str, part: str, context: Mapping[str, Any]) -> str:
    template = get_template(f"messages/{kind}/{part}")
    if not isinstance(template, Template):
        raise TypeError("messages are written as Django templates")
    # Plain text is not escaped: O'Neill must not become O&#x27;Neill in an SMS.
    return template.template.render(Context(dict(context), autoescape=part.endswith(".html")))


def _line(kind: str, part: str, context: Mapping[str, Any]) -> str:
    """One line; it begins with the reader's word ("roodborst: er is ..."), else with a capital."""
    line = " ".join(_text(kind, part, context).split())
    return line if context.get("word") else line[:1].upper() + line[1:]


def _sms(kind: str, context: Mapping[str, Any]) -> bytes | None:
    if not _exists(kind, "sms.txt"):
        return None
    text = gsm7.fold(_line(kind, "sms.txt", context))
    if gsm7.length(text) > gsm7.ONE_MESSAGE:
        logger.warning("An SMS of kind %s takes %d places: sent in parts", kind, gsm7.length(text))
    return text.encode()


def _voice(kind: str, context: Mapping[str, Any]) -> bytes | None:
    """What is spoken, and in which language: JSON."""
    if not _exists(kind, "voice.txt"):
        return None
    spoken = _text(kind, "voice.txt", context)
    return json.dumps({"language": context["language"], "text": " ".join(spoken.split())}).encode()


def _push(kind: str, context: Mapping[str, Any], way: Way) -> bytes | None:
    if not _exists(kind, "push.txt"):
        return None
    text = _line(kind, "push.txt", context)
    news = {"text": text, "link": context["link"], "language": context["language"], "urgent": kind.startswith("call_")}
    return json.dumps({"keys": way.keys, "news": news}).encode()


def _mail(
    kind: str,
    context: Mapping[str, Any],
    address: str,
    payload_id: uuid.UUID,
    at: datetime,
    attachments: Sequence[Attachment],
) -> bytes | None:
    if not _exists(kind, "subject.txt"):
        return None
    subject = _line(kind, "subject.txt", context)
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = subject
    mail["From"] = settings.MAIL_FROM
    mail["To"] = address
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{payload_id}@{settings.MAIL_DOMAIN}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"  # the same for Outlook: no out-of-office replies
    if stop := context.get(
        "link_stop"
    ):  # RFC 8058: the mail program has a button; it posts, so that no scanner stops it
        mail["List-Unsubscribe"] = f"<{stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    body = re.sub(r"\n{3,}", "\n\n", _text(kind, "body.txt", context)).strip() + "\n"
    mail.set_content(body, cte="quoted-printable")
    on_one_line = str(context["contact_number"]).replace(" ", "\N{NO-BREAK SPACE}")
    html = _text(kind, "body.html", {**context, "subject": subject, "contact_number": on_one_line})
    html = "\n".join(line for line in map(str.strip, html.splitlines()) if line)
    mail.add_alternative(html + "\n", subtype="html", cte="quoted-printable")
    contents = [(attachment, attachment.content_for(address)) for attachment in attachments]
    for attachment, content in contents:  # beside the text first: files come round all of it
        if attachment.alternative:
            kind_of, parameters = _type(attachment.alternative)
            mail.add_alternative(content, *kind_of, cte="base64", params=parameters)
    for attachment, content in contents:
        kind_of, parameters = _type(attachment.content_type)
        mail.add_attachment(content, *kind_of, filename=attachment.name, params=parameters)
    mail["Content-Language"] = context["language"]  # last: building the parts takes Content-* headers away
    return mail.as_bytes()


def _type(content_type: str) -> tuple[tuple[str, str], dict[str, str]]:
    """Main and sub type, and the parameters, of a content type written out."""
    header = Message()
    header["Content-Type"] = content_type
    parameters = {name: value for name, value in header.get_params([])[1:] if name}
    return (header.get_content_maintype(), header.get_content_subtype()), parameters
