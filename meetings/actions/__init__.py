"""What happens to meetings and themes. Nothing else writes their rows."""

from .coming import answer, answer_as_member, ensure_attendances, offer_host, withdraw_host
from .planning import add_extra, cancel_meeting, edit_meeting, move_meeting, plan_year, restore_meeting
from .reminding import remind
from .replying import take_reply
from .school import import_school_holidays
from .themes import discussed, give_feedback, propose_theme, put_on_agenda, rest_theme, take_off

__all__ = [
    "add_extra",
    "answer",
    "answer_as_member",
    "cancel_meeting",
    "discussed",
    "edit_meeting",
    "ensure_attendances",
    "give_feedback",
    "import_school_holidays",
    "move_meeting",
    "offer_host",
    "plan_year",
    "propose_theme",
    "put_on_agenda",
    "remind",
    "rest_theme",
    "restore_meeting",
    "take_off",
    "take_reply",
    "withdraw_host",
]
