"""What happens to meetings and themes. Nothing else writes their rows."""

from .coming import answer, answer_as_member, ensure_attendances, offer_host, withdraw_host
from .contributing import bring, offer_talent, take_back
from .planning import add_extra, cancel_meeting, edit_meeting, move_meeting, plan_year, restore_meeting
from .points import give_point, take_point
from .polling import close_due_poll, close_poll, make_poll, stop_poll
from .reminding import remind
from .replying import take_reply
from .scenarios import Clash, edit_scenario, make_scenario
from .school import import_school_holidays
from .themes import discussed, give_feedback, propose_theme, put_on_agenda, recognise, rest_theme, take_off
from .voting import ensure_seats, vote, vote_as_member

__all__ = [
    "Clash",
    "add_extra",
    "answer",
    "answer_as_member",
    "bring",
    "cancel_meeting",
    "close_due_poll",
    "close_poll",
    "discussed",
    "edit_meeting",
    "edit_scenario",
    "ensure_attendances",
    "ensure_seats",
    "give_feedback",
    "give_point",
    "import_school_holidays",
    "make_poll",
    "make_scenario",
    "move_meeting",
    "offer_host",
    "offer_talent",
    "plan_year",
    "propose_theme",
    "put_on_agenda",
    "recognise",
    "remind",
    "rest_theme",
    "restore_meeting",
    "stop_poll",
    "take_back",
    "take_off",
    "take_point",
    "take_reply",
    "vote",
    "vote_as_member",
    "withdraw_host",
]
