"""The watch over running urgent calls: enough people or not any more, a stand-in for who cannot, who has only seen it,
and whom nothing reaches. Derived from what is written down, so that whoever looks first may do it, and a second look
finds nothing left to do.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Max
from django.db.models.functions import Now

from alliances.actions import record
from messaging.models import Channel, Delivery, Message
from signals.ladder import STAND_IN
from signals.models import Answer, Call, CallEvent, CallRecipient, CallStep, TensionSignal
from signals.watch import Findings, Person, findings

from .telling import ASKS, ENOUGH, ON_ITS_WAY, UNREACHED, WRITTEN, people_of, reached, tell

logger = logging.getLogger(__name__)

Kind = CallEvent.Kind
SEEN_AGAIN = CallStep.Kind.SEEN_AGAIN
# How it is written down that nobody stands in for a professional who is out.
NOBODY = {"kind": Kind.SKIPPED, "way": STAND_IN, "why": CallEvent.Why.NOBODY}

# Who is asked, silent, and has nothing left that could still arrive: of each payload only the last attempt counts. (A
# phone call that nobody picked up did not fail for good.) `call` null: all running urgent calls.
UNREACHABLE = """
    with asked as (
        select c.id as call_id, c.uuid, r.id, case when r.stands_in then s.user_id else m.user_id end as user_id
        from signals_call c
        join signals_callrecipient r on r.call_id = c.id and r.called_at is not null
        join alliances_membership m on m.id = r.membership_id and (m.left_at is null or r.stands_in)
        left join alliances_standin s on s.id = r.stand_in_id
        where c.state = 'running' and c.level = 'urgent' and (%(call)s::bigint is null or c.id = %(call)s)
          and not exists (select from signals_answer a where a.recipient_id = r.id)
          and not exists (select from signals_callevent e where e.recipient_id = r.id and e.kind = 'unreached')
    )
    select asked.id, asked.call_id
    from asked
    join messaging_message x on x.about = asked.uuid and x.user_id = asked.user_id and x.kind = any (%(asks)s)
    left join messaging_delivery d on d.message_id = x.id
        and not exists (select from messaging_delivery l where l.payload_id = d.payload_id and l.attempt > d.attempt)
    group by asked.id, asked.call_id
    having not coalesce(bool_or(d.state in ('due', 'claimed', 'sent', 'delivered')
                                or d.state = 'failed' and not d.permanent), false)
    order by asked.id
"""


def watch_calls() -> int:
    """Settle every running urgent call in which something changed. Returns how many this caller settled."""
    settled = 0
    for key in _restless():
        try:
            settled += _settle_one(key)
        except Exception:
            logger.exception("Call %s could not be settled; it will be tried again", key)
    return settled


def hold(call: Call) -> None:
    """Lock everybody of a call: who answers right now waits, and then stops what is written here (answering.py)."""
    list(call.recipients.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def settle(call: Call) -> bool:
    """Do what follows from the answers and attempts of a call that is held; whether there are enough people now."""
    if call.level != TensionSignal.Level.URGENT:
        return False
    recipients = {person.pk: person for person in people_of(call)}
    people = [_person(recipient) for recipient in recipients.values()]
    found = _compare([call.pk], {call.pk: people})[call.pk]
    if found.enough is not None:
        (_enough if found.enough else _short)(call, list(recipients.values()))
    for key in found.stand_ins:
        call_stand_in(call, recipients[key])
    alone = [CallEvent(call=call, recipient_id=key, **NOBODY) for key in found.alone]
    CallEvent.objects.bulk_create(alone)
    for key, at in (found.seen or {}).items():
        plan = {"due_at": at, "state": CallStep.State.DUE}
        CallStep.objects.update_or_create(call=call, kind=SEEN_AGAIN, position=0, recipient_id=key, defaults=plan)
    _note_unreached(call, list(recipients.values()))
    return call.enough_at is not None


def call_stand_in(call: Call, stand_in: CallRecipient, *, step: CallStep | None = None) -> list[Message]:
    """Call somebody's stand-in at once, by everything; the step of the ladder when it was one, else one of its own."""
    told = tell(call, [stand_in], kind="call_stand_in", channels=WRITTEN, reserve=[Channel.VOICE])
    CallRecipient.objects.filter(pk=stand_in.pk).update(called_at=Now())
    if step is None:
        step = CallStep.objects.create(
            call=call,
            kind=CallStep.Kind.STAND_IN,
            ways=[way.value for way in WRITTEN],
            recipient=stand_in,
            due_at=Now(),
            state=CallStep.State.TAKEN,
            taken_at=Now(),
            reached=reached(told),
        )
        record(f"step_{step.kind}", alliance_id=call.alliance_id, by=None, thing=call)
    CallEvent.objects.create(call=call, kind=Kind.STAND_IN, step=step, recipient=stand_in, way=STAND_IN)
    return told


def _restless() -> list[int]:
    """The running urgent calls (keys) that are not as they should be. Five queries, however many calls run."""
    rows = CallRecipient.objects.filter(call__state=Call.State.RUNNING, call__level=TensionSignal.Level.URGENT)
    fields = ("pk", "membership__role", "stands_in", "called_at", "membership__left_at", "answer", "answered_at")
    people: dict[int, list[Person]] = defaultdict(list)
    for call_id, *row in rows.with_answer().values_list("call_id", *fields):
        people[call_id].append(_seen_as(*row))
    if not people:
        return []
    found = {key for key, findings_ in _compare(list(people), people).items() if findings_}
    return sorted(found | {call_id for _person_id, call_id in _unreachable(None)})


def _compare(keys: Sequence[int], people: Mapping[int, Sequence[Person]]) -> dict[int, Findings]:
    """What differs, for each of these calls."""
    alone: dict[int, set[int]] = defaultdict(set)
    again: dict[int, dict[int, tuple[str, datetime]]] = defaultdict(dict)
    for call_id, key in CallEvent.objects.filter(call__in=keys, **NOBODY).values_list("call_id", "recipient_id"):
        alone[call_id].add(key)
    planned = CallStep.objects.filter(call__in=keys, kind=SEEN_AGAIN)
    for call_id, key, state, due_at in planned.values_list("call_id", "recipient_id", "state", "due_at"):
        again[call_id][key] = (state, due_at)
    calls = Call.objects.filter(pk__in=keys).values_list("pk", "needed", "enough_at")
    return {
        key: findings(people[key], needed=needed, enough=at is not None, alone=alone[key], again=again[key])
        for key, needed, at in calls
    }


def _person(recipient: CallRecipient) -> Person:
    return _seen_as(
        recipient.pk,
        recipient.membership.role,
        recipient.stands_in,
        recipient.called_at,
        recipient.membership.left_at,
        getattr(recipient, "answer", None),
        getattr(recipient, "answered_at", None),
    )


def _seen_as(
    key: int,
    role: str,
    stands_in: bool,
    called_at: datetime | None,
    left_at: datetime | None,
    answer: str | None,
    answered_at: datetime | None,
) -> Person:
    return Person(
        key=key,
        role=role,
        stands_in=stands_in,
        asked=called_at is not None,
        here=stands_in or left_at is None,
        answer=answer or "",
        answered_at=answered_at,
    )


def _enough(call: Call, recipients: Sequence[CallRecipient]) -> None:
    """Say so to who is still being called: who got a message since the last time, and is silent or has only seen it."""
    earlier = CallEvent.objects.filter(call=call, kind=Kind.ENOUGH).aggregate(n=Count("pk"), at=Max("at"))
    asks = Delivery.objects.about(call.uuid).filter(message__kind__in=ASKS, state__in=ON_ITS_WAY)
    if earlier["at"]:
        asks = asks.filter(message__created_at__gt=earlier["at"])
    got = set(asks.values_list("message__user_id", flat=True))
    called = [one for one in _undecided(recipients) if one.user and one.user.pk in got]
    call.enough_at = _stand(call, Now())
    CallEvent.objects.create(call=call, kind=Kind.ENOUGH)
    tell(call, called, kind=ENOUGH, key=f":{earlier['n'] + 1}", channels=WRITTEN)


def _short(call: Call, recipients: Sequence[CallRecipient]) -> None:
    """The steps that wait go on. When the ladder has come to its end nobody would hear it: then those who were told
    that there are enough people are asked again.
    """
    call.enough_at = _stand(call, None)
    CallEvent.objects.create(call=call, kind=Kind.SHORT)
    if call.steps.filter(kind=CallStep.Kind.LADDER, state=CallStep.State.DUE).exists():
        return
    times = CallEvent.objects.filter(call=call, kind=Kind.SHORT).count()
    told = set(Message.objects.filter(about=call.uuid, kind=ENOUGH).values_list("user_id", flat=True))
    misled = [one for one in _undecided(recipients) if one.user and one.user.pk in told]
    tell(call, misled, kind="call_urgent_again", key=f":short{times}", channels=WRITTEN)


def _stand(call: Call, at: Now | None) -> datetime | None:
    Call.objects.filter(pk=call.pk).update(enough_at=at)
    return Call.objects.values_list("enough_at", flat=True).get(pk=call.pk)


def _undecided(recipients: Iterable[CallRecipient]) -> list[CallRecipient]:
    """Those who are called and said neither yes nor no."""
    return [
        one
        for one in recipients
        if one.called_at
        and (one.stands_in or one.membership.left_at is None)
        and getattr(one, "answer", None) in (None, Answer.Value.SEEN)
    ]


def _note_unreached(call: Call, recipients: Sequence[CallRecipient]) -> None:
    """Write down whom nothing reaches, and tell who called: once, and once more when that is everybody."""
    lost = [key for key, _call_id in _unreachable(call.pk)]
    if not lost:
        return
    CallEvent.objects.bulk_create(CallEvent(call=call, kind=Kind.UNREACHED, recipient_id=key) for key in lost)
    own = [one for one in recipients if one.membership_id == call.started_by_id and not one.stands_in]
    asked = {one.pk for one in recipients if one.called_at} - {one.pk for one in own}
    gone = set(CallEvent.objects.filter(call=call, kind=Kind.UNREACHED).values_list("recipient_id", flat=True))
    nobody = asked <= gone
    count = {"count": len(asked & gone), "nobody": nobody}
    tell(call, own, kind=UNREACHED, key=":nobody" if nobody else "", channels=WRITTEN, more=count)


def _unreachable(call: int | None) -> list[tuple[int, int]]:
    """Recipients and their calls (keys) to be written down as not reached."""
    with connection.cursor() as cursor:
        cursor.execute(UNREACHABLE, {"call": call, "asks": list(ASKS)})
        rows: list[tuple[int, int]] = cursor.fetchall()
    return rows


@transaction.atomic
def _settle_one(key: int) -> bool:
    call = Call.objects.select_for_update(no_key=True, skip_locked=True).running().filter(pk=key).first()
    if call is None:
        return False  # somebody else holds it, or it has just ended
    hold(call)
    settle(call)
    return True
