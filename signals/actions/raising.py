"""Raising a signal, and calling people with it."""

import uuid
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances import tokens
from alliances.actions import record
from alliances.models import Alliance, Membership, StandIn
from alliances.policy import Refused, may_act_in, require
from meetings.models import Meeting
from messaging.timing import awake
from signals.ladder import Step, pace_of, reserve_of, steps_of
from signals.models import Answer, Call, CallRecipient, CallStep, Ladder, TensionSignal
from signals.quorum import needed_of

from .telling import tell

Level = TensionSignal.Level


@transaction.atomic
def raise_signal(
    *,
    alliance: Alliance,
    by: Membership,
    text: str,
    place: str,
    when: str,
    certainty: str,
    level: str,
    moment: str = "",
    key: uuid.UUID | None = None,
) -> TensionSignal:
    """Write down a signal and do what its level says: onto the next agenda (watch), ask everybody to look (worry), or
    call them together (urgent; `moment` now, today or soon). Signal, call and messages are one transaction.

    `key` becomes the signal's uuid: sent twice with the same key, it is one signal and one call, and the first is
    returned. Raises Refused while the alliance cannot do this, or when there is nobody to call.
    """
    require(may_act_in(by, alliance))
    _check_state(alliance, level)
    meeting = _next_meeting(alliance) if level == Level.WATCH else None
    try:
        with transaction.atomic():
            signal = TensionSignal.objects.create(
                uuid=key or uuid.uuid4(),
                alliance=alliance,
                raised_by=by,
                text=text,
                place=place,
                when=when,
                certainty=certainty,
                level=level,
                moment=moment if level == Level.URGENT else "",
                meeting=meeting,
            )
    except IntegrityError:
        if key and (made := TensionSignal.objects.filter(uuid=key, alliance=alliance).first()):
            return made  # the second tap
        raise
    record("raised", alliance_id=alliance.pk, by=by, thing=signal)
    if level != Level.WATCH:
        _call(signal, by)
    return signal


def people_to_call(alliance: Alliance, by: Membership) -> list[Membership]:
    """Who takes part in a call made now: members who do not pause, and who makes it. Their users are loaded."""
    paused = Q(paused_until__gt=timezone.localdate()) & ~Q(pk=by.pk)
    return list(Membership.objects.active().filter(alliance=alliance).exclude(paused).select_related("user"))


def _check_state(alliance: Alliance, level: str) -> None:
    if not alliance.works:
        raise Refused(_("This alliance has a pause or has ended. Danger now? Call 112."))
    if level != Level.WATCH and alliance.state != Alliance.State.ACTIVE:
        raise Refused(
            _(
                "Calling people is not possible yet: not everybody is at the table. Danger now? Call 112. "
                "Otherwise choose “keep an eye on”."
            )
        )


def _next_meeting(alliance: Alliance) -> Meeting | None:
    return Meeting.objects.filter(alliance=alliance).coming_up(timezone.now()).first()


def _call(signal: TensionSignal, by: Membership) -> Call:
    members = people_to_call(signal.alliance, by)
    if len(members) < 2:
        raise Refused(_("There is nobody to call now: the others have a pause. Danger now? Call 112."))
    urgent = signal.level == Level.URGENT
    pace = pace_of(signal.level, signal.moment)
    chosen = Ladder.objects.filter(alliance=signal.alliance, pace=pace).first()
    steps = steps_of(chosen, pace)
    now = timezone.now()
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
    recipients = _freeze(call, members)
    own = next(one for one in recipients if one.membership_id == by.pk and not one.stands_in)
    Answer.objects.create(
        recipient=own, value=Answer.Value.COMING if urgent else Answer.Value.NOTICE, via=Answer.Via.SITE, by=by
    )
    record("called", alliance_id=call.alliance_id, by=by, thing=call)
    others = [recipient for recipient in recipients if recipient is not own and recipient.called_at]
    kind = "call_urgent" if urgent else "call_worry"
    told = tell(call, others, kind=kind, channels=steps[0].channels, reserve=reserve_of(steps))
    _write_steps(call, steps, reached=len(told))
    return call


def _needed(chosen: Ladder | None, members: list[Membership]) -> dict[str, int]:
    roles = [member.role for member in members]
    if chosen is None:
        return needed_of(roles)
    return needed_of(roles, police=chosen.police, municipality=chosen.municipality, residents=chosen.residents)


def _freeze(call: Call, members: list[Membership]) -> list[CallRecipient]:
    """Who is called and where they are reached, as it is now: later changes are for the next call."""
    by_role = {stand_in.role: stand_in for stand_in in StandIn.objects.ready().filter(alliance=call.alliance)}
    recipients = [_recipient(call, member) for member in members]
    recipients += [_recipient(call, member, by_role[member.role]) for member in members if member.role in by_role]
    CallRecipient.objects.bulk_create(recipients)
    with connection.cursor() as cursor:
        cursor.execute("select signals_freeze(%s)", [call.pk])
    return recipients


def _recipient(call: Call, member: Membership, stand_in: StandIn | None = None) -> CallRecipient:
    recipient = CallRecipient(call=call, membership=member, stand_in=stand_in, stands_in=stand_in is not None)
    recipient.called_at = None if stand_in else call.started_at
    recipient.token_hash = tokens.fingerprint(recipient.token)
    return recipient


def _write_steps(call: Call, steps: tuple[Step, ...], *, reached: int) -> None:
    """The ladder, frozen. What came at once is taken already."""
    rows = [
        CallStep(
            call=call, position=position, ways=list(step.ways), due_at=call.begins_at + timedelta(seconds=step.after)
        )
        for position, step in enumerate(steps)
    ]
    rows[0].state, rows[0].taken_at, rows[0].reached = CallStep.State.TAKEN, call.started_at, reached
    CallStep.objects.bulk_create(rows)
