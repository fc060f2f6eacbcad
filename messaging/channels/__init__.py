"""How a message travels: each channel is the only door to its network, with a hard limit on every call.

A channel has providers, in the order of the settings; each is a module here with one function of the frozen content,
and one line in `CARRIERS`. It keeps its connection per thread.
"""

from django.conf import settings

from messaging.channels import limit, mail, mail_notify, push, sms_notify, sms_twilio, voice_twilio
from messaging.channels.parcel import ChannelError, Parcel, Receipt, Sender

CARRIERS: dict[tuple[str, str], Sender] = {
    ("mail", "smtp"): mail.send,
    ("mail", "notify"): mail_notify.send,
    ("sms", "notify"): sms_notify.send,
    ("sms", "twilio"): sms_twilio.send,
    ("voice", "twilio"): voice_twilio.send,
    ("push", "push"): push.send,
}


def providers(channel: str) -> tuple[str, ...]:
    """Who carries messages of a channel, the first choice first; nobody when the channel is off."""
    chosen = {
        "mail": settings.MAIL_PROVIDERS,
        "sms": settings.SMS_PROVIDERS,
        "voice": settings.VOICE_PROVIDERS,
        "push": ["push"] if settings.VAPID_SUBJECT else [],
    }
    return tuple(chosen[channel])


def send(channel: str, provider: str, parcel: Parcel) -> Receipt:
    """Hand one parcel over to a provider, within the time limit of its channel.

    Raises ChannelError, which says whether another attempt or another provider makes sense; KeyError for a provider
    that there is none of.
    """
    return CARRIERS[channel, provider](parcel)


def close_connections() -> None:
    """Let go of what this thread keeps open, before it ends."""
    mail.close()
    limit.close()


__all__ = [
    "CARRIERS",
    "ChannelError",
    "Parcel",
    "Receipt",
    "Sender",
    "close_connections",
    "providers",
    "send",
]
