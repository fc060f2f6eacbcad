"""Who may. Every member may do everything; only taking back a call as a mistake is for who made it."""

from alliances.models import Alliance, Membership
from alliances.policy import may_act_in

from .models import Call, CallRecipient, TensionSignal


def may_answer(member: Membership | None, recipient: CallRecipient) -> bool:
    """Their own answer, as long as they have a seat; a stand-in, who has none (None), once they are called."""
    if member is None or recipient.stands_in:
        return member is None and recipient.stands_in and recipient.called_at is not None
    return recipient.membership_id == member.pk and member.left_at is None


def may_answer_for(member: Membership, recipient: CallRecipient) -> bool:
    """Any member may write down what another, who is called, said on the phone."""
    return may_act_in(member, recipient.call.alliance) and recipient.called_at is not None


def may_set_ladder(member: Membership, alliance: Alliance) -> bool:
    """Any member."""
    return may_act_in(member, alliance)


def may_stop(member: Membership, call: Call) -> bool:
    """Any member."""
    return may_act_in(member, call.alliance)


def may_take_back(member: Membership, call: Call) -> bool:
    """Who made the call."""
    return call.started_by_id == member.pk and may_act_in(member, call.alliance)


def may_close(member: Membership, signal: TensionSignal) -> bool:
    """Any member."""
    return may_act_in(member, signal.alliance)
