"""What happens to messages. The only writers of messaging's tables."""

from messaging.actions.contact import (
    AddressTaken,
    drop_contact_point,
    drop_devices,
    keep_contact_point,
    keep_device,
    keep_quiet_hours,
    message_again,
    move_contact_point,
)
from messaging.actions.deliver import deliver_due
from messaging.actions.post import cancel, post, send_code
from messaging.actions.receive import read_incoming, write_down
from messaging.rendering import Attachment

__all__ = [
    "AddressTaken",
    "Attachment",
    "cancel",
    "deliver_due",
    "drop_contact_point",
    "drop_devices",
    "keep_contact_point",
    "keep_device",
    "keep_quiet_hours",
    "message_again",
    "move_contact_point",
    "post",
    "read_incoming",
    "send_code",
    "write_down",
]
