"""SMS through Notify. Its template holds one placeholder, ((text))."""

from django.conf import settings

from messaging.channels import limit, notify
from messaging.channels.parcel import Parcel, Receipt


def send(parcel: Parcel) -> Receipt:
    """Hand one frozen SMS over. Raises ChannelError as notify.hand_over says."""
    limit.start(settings.SMS_TIMEOUT)
    return notify.hand_over(
        parcel,
        "sms",
        lambda client: client.send_sms_notification(
            phone_number=parcel.address,
            template_id=settings.SMS_TEMPLATE_ID,
            personalisation={"text": parcel.content.decode()},
            reference=str(parcel.reference),
        ),
    )
