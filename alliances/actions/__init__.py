"""What happens to alliances. Nothing else writes their rows."""

from .coordinating import set_duty
from .deciding import answer_proposal, propose, second, withdraw_proposal
from .founding import found, set_up_area
from .inviting import SeatTaken, ask_again, decline, expire_overdue, invite, nudge, open_invitation, renew, revoke
from .joining import Joining, SeatedAlready, WordTaken, join, missing
from .journal import record
from .profile import (
    add_address,
    add_device,
    agree,
    change_profile,
    order_address,
    remove_address,
    send_test,
    set_quiet_hours,
    sign_out_elsewhere,
    text_again,
)
from .standing_in import (
    accept_to_stand_in,
    agree_to_stand_in,
    ask_stand_in_again,
    decline_to_stand_in,
    end_stand_in,
    name_stand_in,
)
from .staying import leave, pause, pledge, resume, resume_alliance

__all__ = [
    "Joining",
    "SeatTaken",
    "SeatedAlready",
    "WordTaken",
    "accept_to_stand_in",
    "add_address",
    "add_device",
    "agree",
    "agree_to_stand_in",
    "answer_proposal",
    "ask_again",
    "ask_stand_in_again",
    "change_profile",
    "decline",
    "decline_to_stand_in",
    "end_stand_in",
    "expire_overdue",
    "found",
    "invite",
    "join",
    "leave",
    "missing",
    "name_stand_in",
    "nudge",
    "open_invitation",
    "order_address",
    "pause",
    "pledge",
    "propose",
    "record",
    "remove_address",
    "renew",
    "resume",
    "resume_alliance",
    "revoke",
    "second",
    "send_test",
    "set_duty",
    "set_quiet_hours",
    "set_up_area",
    "sign_out_elsewhere",
    "text_again",
    "withdraw_proposal",
]
