"""SMS through Twilio."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from messaging.channels import limit, twilio
from messaging.channels.parcel import Parcel, Receipt

FAILED = ("failed", "undelivered", "canceled")
LOOK_AT = 20  # the newest messages to one number
EARLIER = timedelta(seconds=1)  # Twilio gives whole seconds


def send(parcel: Parcel) -> Receipt:
    """Hand one frozen SMS over, looking for an earlier attempt first when there may be one.

    Raises ChannelError: 400 is permanent; 401, 403, 429, 5xx and no answer are about us and temporary.
    """
    told = settings.SITE_URL + reverse("messaging:twilio-sms-status", args=[parcel.reference])
    limit.start(settings.SMS_TIMEOUT)
    if parcel.maybe_sent and (known := _known(parcel)):
        return Receipt(provider=twilio.PROVIDER, provider_reference=known)
    try:
        message = twilio.client().messages.create(
            to=parcel.address,
            from_=settings.TWILIO_SMS_FROM,
            body=parcel.content.decode(),
            status_callback=told,
        )
        number = message.sid
    except twilio.UNANSWERED as error:
        raise twilio.failed(error) from None
    if not isinstance(number, str):
        raise limit.unreadable(201)
    return Receipt(provider=twilio.PROVIDER, provider_reference=number[:100])


def _known(parcel: Parcel) -> str:
    """Twilio's number of an earlier attempt, or nothing.

    It keeps no reference of ours, so this looks for the same text to the same number since our message was made: an
    earlier message may have said the same.
    """
    if parcel.made_at is None:
        return ""
    try:
        for message in twilio.client().messages.list(to=parcel.address, limit=LOOK_AT, page_size=LOOK_AT):
            same = message.body == parcel.content.decode() and message.status not in FAILED
            if same and message.date_created and message.date_created >= parcel.made_at - EARLIER:
                return str(message.sid)[:100]
    except twilio.UNANSWERED:
        pass  # it cannot tell: then rather twice than never
    return ""
