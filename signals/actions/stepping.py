"""The next steps of running calls, each taken once, whoever looks first."""

import logging

from django.db import transaction
from django.db.models.functions import Now

from alliances.actions import record
from messaging.models import Delivery, Message
from signals.ladder import CALL_LIST, CHANNELS
from signals.models import Answer, Call, CallRecipient, CallStep, TensionSignal
from signals.quorum import quorum
from signals.timing import LOOK_AGAIN

from .telling import CALL_LIST_OPEN, WRITTEN, tell

logger = logging.getLogger(__name__)

AT_ONCE = 100


def take_due_steps() -> int:
    """Take every step whose time has come, by the database's clock. Returns how many this caller took.

    Two beats, or a beat and the workers' own clocks, may run it at the same moment: a step is claimed under a lock and
    taken in the same transaction. A step that breaks is tried again next time, and holds up no other.
    """
    taken = 0
    for key in list(CallStep.objects.due().order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]):
        try:
            taken += _take(key)
        except Exception:
            logger.exception("Step %s of a call failed; it will be tried again", key)
    return taken


@transaction.atomic
def _take(key: int) -> bool:
    """Take one step, unless somebody took it, or holds it or its call: stopping and stepping exclude each other."""
    claim = CallStep.objects.select_for_update(of=("self", "call"), no_key=True, skip_locked=True)
    step = claim.due().select_related("call").filter(pk=key).first()
    if step is None:
        return False
    # Who answers right now waits, and then stops what is written here (actions.answering).
    list(step.call.recipients.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if _enough(step.call):
        CallStep.objects.filter(pk=key).update(due_at=Now() + LOOK_AGAIN)
        return False
    step.reached = _reached(_climb(step))
    step.state, step.taken_at = CallStep.State.TAKEN, Now()
    step.save(update_fields=["reached", "state", "taken_at"])
    record(f"step_{step.kind}", alliance_id=step.call.alliance_id, by=None, thing=step.call)
    return True


def _enough(call: Call) -> bool:
    """Enough is enough: no step while the people who are needed come; a "cannot" that breaks it starts them again."""
    if call.level != TensionSignal.Level.URGENT:
        return False
    people = CallRecipient.objects.filter(call=call).with_answer().select_related("membership")
    coming = [one.membership.role for one in people if getattr(one, "answer", "") == Answer.Value.COMING]
    return quorum(call.needed, coming).enough


def _climb(step: CallStep) -> list[Message]:
    call, told = step.call, []
    channels = [CHANNELS[way] for way in step.ways if way in CHANNELS]
    if channels:
        kind = "call_urgent_again" if call.level == TensionSignal.Level.URGENT else "call_worry"
        told += tell(call, _silent(call), kind=kind, key=f":{step.position}", channels=channels)
    if CALL_LIST in step.ways:
        told += _call_list(call)
    return told


def _silent(call: Call) -> list[CallRecipient]:
    people = CallRecipient.objects.filter(call=call).silent().select_related("membership__user", "stand_in__user")
    return list(people.prefetch_related("reach"))


def _call_list(call: Call) -> list[Message]:
    if not CallRecipient.objects.filter(call=call).silent().exists():
        return []
    Call.objects.filter(pk=call.pk, call_list_at__isnull=True).update(call_list_at=Now())
    everybody = CallRecipient.objects.filter(call=call).seated().called()
    people = everybody.select_related("membership__user", "stand_in__user").prefetch_related("reach")
    return tell(call, people, kind=CALL_LIST_OPEN, channels=WRITTEN)


def _reached(messages: list[Message]) -> int:
    """How many of these people have a channel on which this message goes out."""
    return Delivery.objects.filter(message__in=messages).values("message").distinct().count() if messages else 0
