"""What happens to alliances. Nothing else writes their rows."""

from .deciding import answer_proposal, propose, second, withdraw_proposal
from .founding import found, set_up_area
from .inviting import decline, expire_overdue, invite, nudge, open_invitation, renew, revoke
from .joining import Joining, join
from .journal import record
from .profile import add_address, change_profile, remove_address
from .staying import leave, pause, resume, resume_alliance

__all__ = [
    "Joining",
    "add_address",
    "answer_proposal",
    "change_profile",
    "decline",
    "expire_overdue",
    "found",
    "invite",
    "join",
    "leave",
    "nudge",
    "open_invitation",
    "pause",
    "propose",
    "record",
    "remove_address",
    "renew",
    "resume",
    "resume_alliance",
    "revoke",
    "second",
    "set_up_area",
    "withdraw_proposal",
]
