"""Being built."""

from messaging.channels.parcel import ChannelError, Parcel, Receipt


def send(parcel: Parcel) -> Receipt:
    """Not yet."""
    raise ChannelError("not built yet", about_us=True)
