"""Telling the coordinators on duty that a table calls: in numbers, and only when the table chose so."""

from alliances.models import Alliance, Area, Coordination
from messaging.actions import post
from messaging.models import Message
from signals.ladder import DUTY, pace_of
from signals.models import Answer, CallEvent, CallStep, Ladder

from .telling import WRITTEN, people_of

CALL_DUTY = "call_duty"


def tell_duty(step: CallStep) -> list[Message]:
    """Tell each coordinator on duty of the area of this table, or of an area around it, how many were asked, come and
    are silent. A practice tells nobody; nobody on duty is written down.
    """
    call = step.call
    if call.practice:
        return []
    watch = Coordination.objects.filter(area__in=_around(call.alliance), on_duty=True).select_related("user")
    people = {one.user_id: one.user for one in watch.order_by("pk") if one.user.is_active}
    if not people:
        CallEvent.objects.create(call=call, kind=CallEvent.Kind.SKIPPED, step=step, way=DUTY, why=CallEvent.Why.NOBODY)
        return []
    answers = [getattr(person, "answer", None) for person in people_of(call).seated().called()]
    counts = {
        "asked": len(answers),
        "coming": answers.count(Answer.Value.COMING),
        "silent": answers.count(None),
    }
    written = [
        post(
            kind=CALL_DUTY,
            user=person,
            context=counts,
            about=call.uuid,
            dedupe_key=f"{CALL_DUTY}:{step.pk}:{person.uuid}",
            urgent=True,
            channels=WRITTEN,
            quiet=pace_of(call.level, call.moment) != Ladder.Pace.NOW,
        )
        for person in people.values()
    ]
    CallEvent.objects.create(call=call, kind=CallEvent.Kind.DUTY, step=step, way=DUTY)
    return [message for message in written if message]


def _around(alliance: Alliance) -> list[int]:
    """The area of an alliance and those in which it lies (keys)."""
    keys: list[int] = []
    area: Area | None = alliance.area
    while area is not None:
        keys.append(area.pk)
        area = area.parent
    return keys
