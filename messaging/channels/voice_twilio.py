"""Phone calls through Twilio: a text read aloud, and keys to answer.

The text travels inside our request (TwiML), not in an address and not by way of a server of others, so that a call says
it even while our own site is down.

Whether a person or a machine picked up is found out meanwhile (asynchronous detection). The other way, to hold the text
back until Twilio has decided, gives everybody seconds of silence in which people hang up, and hangs up on the people
that it takes for machines: both are calls missed. So a machine may hear the text, which tells as little as our SMS; it
is never counted as reached, the ladder goes on, and it hangs up after two readings without a key.
"""

from django.conf import settings
from django.urls import reverse

from messaging.channels import limit, spoken, twilio
from messaging.channels.parcel import ChannelError, Parcel, Receipt

RING = 25  # seconds; most voicemails take over after that
LONGEST_TWIML = 4000  # characters that Twilio takes


def send(parcel: Parcel) -> Receipt:
    """Have a number rung and a frozen text read. Taken means that it will ring, not that anybody was reached.

    Twilio keeps no reference of ours for calls and cannot say what an earlier one said: when in doubt it rings twice.
    Raises ChannelError: 400 is permanent; 401, 403, 429, 5xx and no answer are about us and temporary.
    """
    said = spoken.question(parcel.content, parcel.reference)
    if len(said) > LONGEST_TWIML:
        raise ChannelError("the text is too long to be spoken", permanent=True)
    told = settings.SITE_URL + reverse("messaging:twilio-call-status", args=[parcel.reference])
    limit.start(settings.VOICE_TIMEOUT)
    try:
        call = twilio.client().calls.create(
            to=parcel.address,
            from_=settings.TWILIO_VOICE_FROM,
            twiml=said,
            timeout=RING,
            machine_detection="Enable",
            async_amd="true",
            async_amd_status_callback=told,
            status_callback=told,
            status_callback_event=["answered", "completed"],
        )
        number = call.sid
    except twilio.UNANSWERED as error:
        raise twilio.failed(error) from None
    if not isinstance(number, str):
        raise limit.unreadable(201)
    return Receipt(provider=twilio.PROVIDER, provider_reference=number[:100])
