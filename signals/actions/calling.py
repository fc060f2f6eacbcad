"""The start of a call: who is called, where, when and until how many come, as it is at this moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances import tokens
from alliances.actions import record
from alliances.models import Alliance, Membership, StandIn
from alliances.policy import Refused
from messaging.bell import ring_on_commit
from messaging.timing import awake
from signals.ladder import CHANNELS, DUTY, Step, pace_of, reserve_of, steps_of
from signals.models import Answer, Call, CallRecipient, CallStep, Ladder, TensionSignal
from signals.quorum import needed_of

from .noting import note_missed
from .telling import reached, tell

CALL_STEPS = "call steps"  # what the bell says to the watch


def people_to_call(alliance: Alliance, by: Membership) -> list[Membership]:
    """Who takes part in a call made now: members who do not pause, and who makes it. Their users are loaded."""
    paused = Q(paused_until__gt=timezone.localdate()) & ~Q(pk=by.pk)
    return list(Membership.objects.active().filter(alliance=alliance).exclude(paused).select_related("user"))


def call_together(signal: TensionSignal, by: Membership) -> Call:
    """Call the members of a table for a signal just written: recipients, addresses, steps and quorum are frozen, the
    first messages written. Who calls comes, and is asked nothing. Raises Refused when there is nobody else.
    """
    members = people_to_call(signal.alliance, by)
    if len(members) < 2:
        raise Refused(_("There is nobody to call now: the others have a pause. Danger now? Call 112."))
    urgent = signal.level == TensionSignal.Level.URGENT
    pace = pace_of(signal.level, signal.moment)
    chosen = Ladder.objects.filter(alliance=signal.alliance, pace=pace).first()
    steps = _frozen(steps_of(chosen, pace), practice=signal.practice)
    now = _database_now()
    call = Call.objects.create(
        signal=signal,
        alliance=signal.alliance,
        level=signal.level,
        moment=signal.moment,
        practice=signal.practice,
        started_by=by,
        begins_at=now if pace == Ladder.Pace.NOW else awake(now),
        needed=_needed(chosen, members) if urgent else {},
    )
    recipients = _freeze(call, members, at=now, stand_ins=urgent)
    own = next(one for one in recipients if one.membership_id == by.pk and not one.stands_in)
    Answer.objects.create(
        recipient=own, value=Answer.Value.COMING if urgent else Answer.Value.NOTICE, via=Answer.Via.SITE, by=by
    )
    record("called", alliance_id=call.alliance_id, by=by, thing=call)
    others = [recipient for recipient in recipients if recipient is not own and recipient.called_at]
    kind = "call_urgent" if urgent else "call_worry"
    told = tell(call, others, kind=kind, channels=steps[0].channels, reserve=reserve_of(steps))
    first = _write_steps(call, steps, at=now, asked=reached(told))
    note_missed(first, others)
    ring_on_commit([CALL_STEPS])  # whom nothing reaches is told at once
    return call


def _frozen(steps: Sequence[Step], *, practice: bool) -> list[Step]:
    """The steps of this call: those that write and ring at once are one of their own, taken with the signal; a practice
    does not bother the coordinator on duty.
    """
    steps = [Step(step.after, tuple(way for way in step.ways if way != DUTY or not practice)) for step in steps]
    at_once = tuple(way for way in steps[0].ways if way in CHANNELS)
    besides = tuple(way for way in steps[0].ways if way not in CHANNELS)
    first = [Step(0, at_once), Step(0, besides)] if besides else [Step(0, at_once)]
    return [*first, *(step for step in steps[1:] if step.ways)]


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _needed(chosen: Ladder | None, members: list[Membership]) -> dict[str, int]:
    roles = [member.role for member in members]
    if chosen is None:
        return needed_of(roles)
    return needed_of(roles, police=chosen.police, municipality=chosen.municipality, residents=chosen.residents)


def _freeze(call: Call, members: list[Membership], *, at: datetime, stand_ins: bool) -> list[CallRecipient]:
    """Who is called and where they are reached, as it is now: later changes are for the next call. A stand-in is called
    only when the professional cannot, or stays silent.
    """
    recipients = [_recipient(call, member, called_at=at) for member in members]
    if stand_ins:
        by_role = {stand_in.role: stand_in for stand_in in StandIn.objects.ready().filter(alliance=call.alliance)}
        recipients += [_recipient(call, member, by_role[member.role]) for member in members if member.role in by_role]
    CallRecipient.objects.bulk_create(recipients)
    with connection.cursor() as cursor:
        cursor.execute("select signals_freeze(%s)", [call.pk])
    return recipients


def _recipient(
    call: Call, member: Membership, stand_in: StandIn | None = None, *, called_at: datetime | None = None
) -> CallRecipient:
    recipient = CallRecipient(
        call=call, membership=member, stand_in=stand_in, stands_in=stand_in is not None, called_at=called_at
    )
    recipient.token_hash = tokens.fingerprint(recipient.token)
    return recipient


def _write_steps(call: Call, steps: Sequence[Step], *, at: datetime, asked: int) -> CallStep:
    """The ladder, frozen. What came at once is taken already, and returned."""
    rows = [
        CallStep(
            call=call, position=position, ways=list(step.ways), due_at=call.begins_at + timedelta(seconds=step.after)
        )
        for position, step in enumerate(steps)
    ]
    rows[0].state, rows[0].taken_at, rows[0].reached = CallStep.State.TAKEN, at, asked
    return CallStep.objects.bulk_create(rows)[0]
