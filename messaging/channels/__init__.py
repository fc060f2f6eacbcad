"""How a message travels: each channel is the only door to its network, with a hard limit on every call.

A channel is a function of the frozen content; it keeps its connection per thread. Another channel is another module
here and one line in `SENDERS`.
"""

from messaging.channels import mail, sms
from messaging.channels.parcel import ChannelError, Parcel, Receipt, Sender

SENDERS: dict[str, Sender] = {"mail": mail.send, "sms": sms.send}


def close_connections() -> None:
    """Let go of what this thread keeps open, before it ends."""
    mail.close()
    sms.close()


__all__ = ["SENDERS", "ChannelError", "Parcel", "Receipt", "Sender", "close_connections"]
