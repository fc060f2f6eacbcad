"""What signals add to the alliance page: the running call, the button to report, what is open. Two queries together."""

from django.http import HttpRequest
from django.utils import timezone

from alliances.models import Alliance, Membership
from alliances.panels import Panel, register_panel

from .headline import headline
from .models import Answer, Call, CallRecipient, TensionSignal
from .quorum import quorum
from .state import hour

SHOWN = 3


@register_panel
def running_call(_request: HttpRequest, member: Membership) -> Panel | None:
    """The call that runs, urgent before worry and new before old, with what is missing: one query."""
    people = list(
        CallRecipient.objects.filter(call__state=Call.State.RUNNING, call__alliance=member.alliance_id)
        .called()
        .with_answer()
        .select_related("call", "membership")
        .order_by("call__level", "-call__started_at", "-call_id")  # "urgent" comes before "worry"
    )
    if not people:
        return None
    call = people[0].call
    called = [person for person in people if person.call_id == call.pk]
    said = [(person.membership, getattr(person, "answer", "")) for person in called]
    noticing = sum(answer == Answer.Value.NOTICE for membership, answer in said if membership.pk != call.started_by_id)
    shape = quorum(call.needed, [member.role for member, answer in said if answer == Answer.Value.COMING])
    own = (one for one in called if one.membership_id == member.pk and not one.stands_in)
    mine = getattr(next(own, None), "answer", "")
    waits = call.begins_at > timezone.now()
    more = len({person.call_id for person in people}) - 1
    context = {
        "call": call,
        "urgent": call.level == TensionSignal.Level.URGENT,
        "headline": headline(call, shape, noticing=noticing, begins=hour(call.begins_at) if waits else ""),
        "coming": sum(answer == Answer.Value.COMING for _membership, answer in said),
        "mine": Answer.Value(mine) if mine else None,
        "more": more,
    }
    return Panel("running", "signals/panels/running.html", context)


@register_panel
def report(_request: HttpRequest, member: Membership) -> Panel | None:
    """The way in, once somebody would hear it."""
    if member.alliance.state != Alliance.State.ACTIVE:
        return None
    return Panel("notice", "signals/panels/notice.html")


@register_panel
def open_signals(_request: HttpRequest, member: Membership) -> Panel | None:
    """The newest signals that wait for what is done with them: one query."""
    waiting = list(
        TensionSignal.objects.open().filter(alliance=member.alliance_id).select_related("meeting")[: SHOWN + 1]
    )
    if not waiting:
        return None
    return Panel("talk", "signals/panels/open.html", {"signals": waiting[:SHOWN], "more": len(waiting) > SHOWN})
