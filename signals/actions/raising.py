"""Raising a signal, and calling people with it."""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances import tokens
from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import Meeting
from signals.models import Answer, Call, CallRecipient, CallStep, TensionSignal
from signals.timing import ladder

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
    call = Call.objects.create(
        signal=signal, alliance=signal.alliance, level=signal.level, moment=signal.moment, started_by=by
    )
    recipients = CallRecipient.objects.bulk_create(_recipient(call, member) for member in members)
    own = next(recipient for recipient in recipients if recipient.membership_id == by.pk)
    Answer.objects.create(
        recipient=own, value=Answer.Value.COMING if urgent else Answer.Value.NOTICE, via=Answer.Via.SITE, by=by
    )
    CallStep.objects.bulk_create(
        CallStep(call=call, kind=kind, due_at=Now() + after) for kind, after in ladder(call.level, call.moment)
    )
    record("called", alliance_id=call.alliance_id, by=by, thing=call)
    others = [recipient for recipient in recipients if recipient is not own]
    tell(call, others, kind="call_urgent" if urgent else "call_worry")
    return call


def _recipient(call: Call, member: Membership) -> CallRecipient:
    recipient = CallRecipient(call=call, membership=member)
    recipient.token_hash = tokens.fingerprint(recipient.token)
    return recipient
