"""What happens to meetings and themes. Nothing else writes their rows."""

from .agreeing import (
    change_agreement,
    close_agreement,
    make_agreement,
    reopen_agreement,
    say_no,
    say_seat,
    say_yes,
)
from .asking import ask_together, keep_answer, promise_answer
from .changing import changed_meetings, tell_change
from .coming import answer, answer_as_member, ensure_attendances, offer_host, withdraw_host
from .contributing import bring, offer_talent, take_back
from .evening import WroteToo, note_present, plan_minutes, save_notes, say_thanks
from .following import end_feed, new_feed
from .food import bring_dish, forget_food, wish_food
from .guests import invite_guest, revoke_guest
from .habits import set_habit
from .minding import hush, mind, owners_to_mind
from .planning import add_extra, cancel_meeting, edit_meeting, move_meeting, plan_year, restore_meeting
from .planning_action import change_plan_of_action, end_plan_of_action, make_plan_of_action, say_to_plan
from .points import give_point, take_point
from .polling import choices_of, close_due_poll, close_poll, make_poll, stop_poll
from .reminding import remind
from .replying import take_reply
from .reporting import Overtaken, better_line, say_right, share_report, witnesses, write_report
from .scenarios import Clash, edit_scenario, make_scenario
from .school import import_school_holidays
from .summarising import resume_summaries, stop_summaries, summarise
from .tension import add_tension, hide_public, remove_tension, show_public
from .themes import discussed, give_feedback, propose_theme, put_on_agenda, recognise, rest_theme, take_off
from .voting import ensure_seats, vote, vote_as_member

__all__ = [
    "Clash",
    "Overtaken",
    "WroteToo",
    "add_extra",
    "add_tension",
    "answer",
    "answer_as_member",
    "ask_together",
    "better_line",
    "bring",
    "bring_dish",
    "cancel_meeting",
    "change_agreement",
    "change_plan_of_action",
    "changed_meetings",
    "choices_of",
    "close_agreement",
    "close_due_poll",
    "close_poll",
    "discussed",
    "edit_meeting",
    "edit_scenario",
    "end_feed",
    "end_plan_of_action",
    "ensure_attendances",
    "ensure_seats",
    "forget_food",
    "give_feedback",
    "give_point",
    "hide_public",
    "hush",
    "import_school_holidays",
    "invite_guest",
    "keep_answer",
    "make_agreement",
    "make_plan_of_action",
    "make_poll",
    "make_scenario",
    "mind",
    "move_meeting",
    "new_feed",
    "note_present",
    "offer_host",
    "offer_talent",
    "owners_to_mind",
    "plan_minutes",
    "plan_year",
    "promise_answer",
    "propose_theme",
    "put_on_agenda",
    "recognise",
    "remind",
    "remove_tension",
    "reopen_agreement",
    "rest_theme",
    "restore_meeting",
    "resume_summaries",
    "revoke_guest",
    "save_notes",
    "say_no",
    "say_right",
    "say_seat",
    "say_thanks",
    "say_to_plan",
    "say_yes",
    "set_habit",
    "share_report",
    "show_public",
    "stop_poll",
    "stop_summaries",
    "summarise",
    "take_back",
    "take_off",
    "take_point",
    "take_reply",
    "tell_change",
    "vote",
    "vote_as_member",
    "wish_food",
    "withdraw_host",
    "witnesses",
    "write_report",
]
