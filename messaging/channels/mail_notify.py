"""Mail through Notify: subject and plain text out of the frozen mail. Its template holds ((subject)) and ((text)).

Notify makes the HTML and takes no attachment as it is, so a mail says at its end what is missing and where it is found.
"""

from email import message_from_bytes, policy

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
    left_out = [part.get_filename() for part in mail.iter_attachments()]
    if left_out:
        with translation.override(str(mail["Content-Language"] or settings.LANGUAGE_CODE)):
            text += "\n\n" + _("There was a file with this message: %(files)s. You find it on the site.") % {
                "files": ", ".join(name or _("a file") for name in left_out)
            }
    return str(mail["Subject"] or ""), text
