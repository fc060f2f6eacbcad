"""Mail through Notify: subject and plain text out of the frozen mail. Its template holds ((subject)) and ((text)).

Notify makes the HTML and takes no attachment as it is. The only ones that we send are appointments, so a mail says at
its end what the reader's calendar does not hear by itself.
"""

from email import message_from_bytes, policy
from email.message import EmailMessage

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from messaging.channels import limit, notify
from messaging.channels.parcel import ChannelError, Parcel, Receipt


def send(parcel: Parcel) -> Receipt:
    """Hand one frozen mail over. Raises ChannelError as notify.hand_over says."""
    limit.start(settings.MAIL_TIMEOUT)
    subject, text = read(parcel.content)
    return notify.hand_over(
        parcel,
        "email",
        lambda client: client.send_email_notification(
            email_address=parcel.address,
            template_id=settings.MAIL_TEMPLATE_ID,
            personalisation={"subject": subject, "text": text},
            reference=str(parcel.reference),
        ),
    )


def read(content: bytes) -> tuple[str, str]:
    """Return subject and plain text of a frozen mail. Raises ChannelError when it has no plain text."""
    mail = message_from_bytes(content, policy=policy.default)
    body = mail.get_body(("plain",))
    if body is None:
        raise ChannelError("the mail has no plain text", permanent=True)
    text = str(body.get_content()).strip()
    with translation.override(str(mail["Content-Language"] or settings.LANGUAGE_CODE)):
        about_calendar = _about_calendar(mail)
    return str(mail["Subject"] or ""), "\n\n".join(filter(None, [text, about_calendar]))


def _about_calendar(mail: EmailMessage) -> str:
    """What the invitation, or the cancellation, in it would have done; nothing when there is none."""
    methods = [part.get_param("method") for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not methods:
        return ""
    if "CANCEL" in methods:
        return _("Is the appointment in your calendar? Then take it out yourself.")
    return _(
        "Do you want it in your calendar? After your answer you see buttons for Google Calendar, Outlook and Apple."
    )
