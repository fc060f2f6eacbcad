"""Ending a call: stopped, a mistake, or closed with what was done."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, require
from signals.models import Call, CallStep, TensionSignal
from signals.policy import may_close, may_stop, may_take_back
from signals.timing import MISTAKE_WITHIN

from .telling import cancel_all, tell_not_needed


@transaction.atomic
def stop(*, call: Call, by: Membership) -> None:
    """Any member stops a call: nothing more is sent, and who got something hears that it is not needed any more.

    Raises Refused when it is over already.
    """
    require(may_stop(by, call))
    _end(call, Call.State.STOPPED, by)
    tell_not_needed(call, but=by.pk)
    record("stopped", alliance_id=call.alliance_id, by=by, thing=call)


@transaction.atomic
def mistake(*, call: Call, by: Membership) -> None:
    """Who called takes it back, within two minutes: the signal is withdrawn too. Raises Refused afterwards."""
    require(may_take_back(by, call))
    if not Call.objects.filter(pk=call.pk, started_at__gt=Now() - MISTAKE_WITHIN).exists():
        raise Refused(_("Two minutes have passed. You can still stop the call."))
    _end(call, Call.State.MISTAKE, by)
    TensionSignal.objects.filter(pk=call.signal_id).update(withdrawn_at=Now())
    tell_not_needed(call, but=by.pk)
    record("took_back", alliance_id=call.alliance_id, by=by, thing=call)


@transaction.atomic
def close(*, signal: TensionSignal, by: Membership, outcome: str) -> None:
    """Say what was done with a signal; a call that still runs ends with it.

    Raises Refused when it was closed or withdrawn already, or nothing is said.
    """
    require(may_close(by, signal))
    signal = TensionSignal.objects.select_for_update(no_key=True).get(pk=signal.pk)
    if not signal.open:
        raise Refused(_("This signal has been closed already."))
    if not outcome.strip():
        raise Refused(_("Write in one sentence what was done with it."))
    running = Call.objects.running().filter(signal=signal).first()
    if running:
        _end(running, Call.State.CLOSED, by)
    signal.closed_at, signal.closed_by, signal.outcome = timezone.now(), by, outcome.strip()
    signal.save(update_fields=["closed_at", "closed_by", "outcome"])
    record("closed", alliance_id=signal.alliance_id, by=by, thing=signal)


def _end(call: Call, state: Call.State, by: Membership) -> None:
    """Only one of two who end it at once does; a step that is being taken is waited for."""
    locked = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    if not locked.runs:
        raise Refused(_("This call is over already."))
    Call.objects.filter(pk=call.pk).update(state=state, ended_at=Now(), ended_by=by)
    call.refresh_from_db(fields=["state", "ended_at", "ended_by"])
    call.steps.filter(state=CallStep.State.DUE).update(state=CallStep.State.CANCELLED)
    cancel_all(call)
