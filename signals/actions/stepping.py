"""The next steps of running calls, each taken once, whoever looks first."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from alliances.actions import record
from messaging.models import Message
from signals.ladder import CALL_LIST, DUTY, STAND_IN, Step, reserve_of
from signals.models import Answer, Call, CallEvent, CallRecipient, CallStep, TensionSignal
from signals.quorum import PROFESSIONALS
from signals.timing import LATE

from .duty import tell_duty
from .noting import note_missed, note_passed
from .telling import CALL_LIST_OPEN, WRITTEN, people_of, reached, tell, waiting_for_morning
from .watching import call_stand_in, hold, settle, watch_calls

logger = logging.getLogger(__name__)

AT_ONCE = 100
Why = CallEvent.Why


def take_due_steps() -> int:
    """Watch over the running calls, and take every step whose time has come by the database's clock. Returns how many
    steps this caller took.

    Two beats, or a beat and the workers' own clocks, may run it at the same moment: a step is claimed under a lock and
    taken in the same transaction. A step that breaks is tried again next time, and holds up no other.
    """
    watch_calls()
    taken = 0
    due = CallStep.objects.due().order_by("due_at", "position", "pk")
    for key in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            taken += _take(key)
        except Exception:
            logger.exception("Step %s of a call failed; it will be tried again", key)
    return taken


@transaction.atomic
def _take(key: int) -> bool:
    """Take one step, unless somebody took it, or holds it or its call: stopping and stepping exclude each other."""
    claim = CallStep.objects.select_for_update(of=("self", "call"), no_key=True, skip_locked=True)
    step = claim.due().select_related("call__alliance").annotate(late=Now() - F("due_at")).filter(pk=key).first()
    if step is None:
        return False
    hold(step.call)
    if settle(step.call):
        return False  # enough people came just now: the step waits, and goes on when somebody cannot after all
    told = _ask_once_more(step) if step.kind == CallStep.Kind.SEEN_AGAIN else _climb(step)
    if told is None:
        return True
    step.reached, step.state, step.taken_at = reached(told), CallStep.State.TAKEN, Now()
    step.save(update_fields=["reached", "state", "taken_at"])
    _keep_distance(step)
    record(f"step_{step.kind}", alliance_id=step.call.alliance_id, by=None, thing=step.call)
    return True


def _keep_distance(step: CallStep) -> None:
    """After a step that waited (there were enough people, or no worker ran) the others keep their distance to it: the
    second phone call must not ring while the first one does.
    """
    late: timedelta = step.late  # type: ignore[attr-defined]  # annotated by _take
    if late > LATE and step.kind == CallStep.Kind.LADDER:
        later = step.call.steps.filter(kind=step.kind, state=CallStep.State.DUE, position__gt=step.position)
        later.update(due_at=F("due_at") + late)


def _climb(step: CallStep) -> list[Message]:
    """What a step of the ladder does, way by way."""
    told = _ask_the_silent(step)
    if CALL_LIST in step.ways:
        told += _open_call_list(step)
    if STAND_IN in step.ways:
        told += _call_stand_ins(step)
    if DUTY in step.ways:
        told += tell_duty(step)
    return told


def _ask_the_silent(step: CallStep) -> list[Message]:
    """Write to, or ring, everybody who has not answered; who is not asked is written down with the reason."""
    call = step.call
    channels = Step(0, tuple(step.ways)).channels
    if not channels:
        return []
    urgent = call.level == TensionSignal.Level.URGENT
    waiting = waiting_for_morning(call)
    asked, passed = [], []
    for person in people_of(call).called():
        if person.membership_id == call.started_by_id and not person.stands_in:
            continue  # who calls is not called
        if why := _why_not(person, waiting):
            passed.append(CallEvent(call=call, kind=CallEvent.Kind.SKIPPED, step=step, recipient=person, why=why))
        else:
            asked.append(person)
    CallEvent.objects.bulk_create(passed)
    note_missed(step, asked)
    # Who has none of these is left to the next step; but a worry has no other way to ask twice.
    able = {person for person in asked if not urgent or {one.channel for one in person.reach.all()} & {*channels}}
    kind = "call_urgent_again" if urgent else "call_worry"
    return tell(
        call,
        [person for person in asked if person in able],
        kind=kind,
        key=f":{step.position}",
        channels=channels,
        reserve=reserve_of(_rest(step)),
    )


def _why_not(person: CallRecipient, waiting: set[int]) -> str:
    """Why this person is not asked now; empty for who is."""
    if _gone(person):
        return Why.LEFT
    if getattr(person, "answer", None):
        return Why.ANSWERED
    return Why.WAITING if person.user and person.user.pk in waiting else ""


def _gone(person: CallRecipient) -> bool:
    return person.user is None or (person.membership.left_at is not None and not person.stands_in)


def _rest(step: CallStep) -> list[Step]:
    """This step of the ladder and those after it."""
    rest = step.call.steps.filter(kind=CallStep.Kind.LADDER, position__gte=step.position).order_by("position")
    return [Step(0, tuple(one.ways)) for one in rest]


def _open_call_list(step: CallStep) -> list[Message]:
    """Everybody sees whom they can phone, and is asked to; the page shows first who can only be phoned."""
    call = step.call
    if not CallRecipient.objects.filter(call=call).silent().exists():
        note_passed(step, way=CALL_LIST, why=Why.ANSWERED)
        return []
    Call.objects.filter(pk=call.pk, call_list_at__isnull=True).update(call_list_at=Now())
    members = people_of(call).seated().called().filter(stands_in=False)
    return tell(call, members, kind=CALL_LIST_OPEN, channels=WRITTEN)


def _call_stand_ins(step: CallStep) -> list[Message]:
    """The stand-in of each professional from whom nothing was heard, or who cannot."""
    people = list(people_of(step.call))
    stand_ins = {person.membership_id: person for person in people if person.stands_in}
    told: list[Message] = []
    for person in people:
        if person.stands_in or person.membership.role not in PROFESSIONALS:
            continue
        stand_in = stand_ins.get(person.membership_id)
        if getattr(person, "answer", None) not in (None, Answer.Value.CANNOT) and not person.membership.left_at:
            note_passed(step, way=STAND_IN, why=Why.ANSWERED, person=person)
        elif stand_in is None:
            note_passed(step, way=STAND_IN, why=Why.NOBODY, person=person)
        elif stand_in.called_at is None:
            told += call_stand_in(step.call, stand_in, step=step)
    return told


def _ask_once_more(step: CallStep) -> list[Message] | None:
    """Half an hour after "seen"; None when that is not their answer any more: then it may be planned again."""
    person = people_of(step.call).filter(steps=step).first()
    if person is not None and getattr(person, "answer", None) == Answer.Value.SEEN and not _gone(person):
        return tell(step.call, [person], kind="call_urgent_again", key=":seen", channels=WRITTEN)
    note_passed(step, why=Why.LEFT if person is None or _gone(person) else Why.ANSWERED, person=person)
    step.state = CallStep.State.CANCELLED
    step.save(update_fields=["state"])
    return None
