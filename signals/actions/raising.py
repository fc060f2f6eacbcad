"""Raising a signal, and calling people with it."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import Meeting, Theme
from signals.models import Call, TensionSignal

from .calling import call_together

Level = TensionSignal.Level


@transaction.atomic
def raise_signal(  # noqa: PLR0913  everything about one signal; every argument is a keyword
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
    theme: Theme | None = None,
) -> TensionSignal:
    """Write down a signal and do what its level says: onto the next agenda (watch), ask everybody to look (worry), or
    call them together (urgent; `moment` now, today or soon). Signal, call and messages are one transaction.

    `key` becomes the signal's uuid: sent twice with the same key, it is one signal and one call, and the first is
    returned. `theme`: of the same table, whose what-if then stands one tap away. Raises Refused while the alliance
    cannot do this, or when there is nobody to call.
    """
    require(may_act_in(by, alliance) and (theme is None or theme.alliance_id == alliance.pk))
    _check_state(alliance, level)
    meeting = _next_meeting(alliance) if level == Level.WATCH else None
    said = {"text": text, "place": place, "when": when, "certainty": certainty, "level": level}
    if level != Level.URGENT:
        moment = ""
    signal, new = _write(key, alliance=alliance, raised_by=by, moment=moment, meeting=meeting, theme=theme, **said)
    if not new:
        return signal  # the second tap
    record("raised", alliance_id=alliance.pk, by=by, thing=signal)
    if level != Level.WATCH:
        call_together(signal, by)
    return signal


@transaction.atomic
def practise(
    *, alliance: Alliance, by: Membership, text: str, meeting: Meeting | None = None, key: uuid.UUID | None = None
) -> TensionSignal:
    """Call the table together for practice: on the ladder of an urgent call for now, with OEFENING in every message,
    and without the coordinator on duty. `text` is the scenario; `meeting` the evening at which it is done.

    `key` becomes the signal's uuid, as in `raise_signal`. Raises Refused while the alliance cannot call, and while a
    call runs.
    """
    require(may_act_in(by, alliance))
    _check_state(alliance, Level.URGENT)
    if not text.strip():
        raise Refused(_("Write what you practise."))
    Alliance.objects.select_for_update(no_key=True).get(pk=alliance.pk)  # two at once: the second sees the first
    if key and (made := TensionSignal.objects.filter(uuid=key, alliance=alliance).first()):
        return made
    if Call.objects.running().filter(alliance=alliance).exists():
        raise Refused(_("A call runs now. Practise when it is over."))
    signal, _new = _write(
        key,
        alliance=alliance,
        raised_by=by,
        text=text.strip(),
        place=_("practice"),
        when=TensionSignal.When.NOW,
        certainty=TensionSignal.Certainty.SEEN,
        level=Level.URGENT,
        moment=TensionSignal.Moment.NOW,
        meeting=meeting,
        practice=True,
    )
    record("practised", alliance_id=alliance.pk, by=by, thing=signal)
    call_together(signal, by)
    return signal


def _write(key: uuid.UUID | None, *, alliance: Alliance, **fields: Any) -> tuple[TensionSignal, bool]:
    """The row, and whether it is new: two at once with one key make one."""
    try:
        with transaction.atomic():
            return TensionSignal.objects.create(uuid=key or uuid.uuid4(), alliance=alliance, **fields), True
    except IntegrityError:
        if key and (made := TensionSignal.objects.filter(uuid=key, alliance=alliance).first()):
            return made, False
        raise


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
