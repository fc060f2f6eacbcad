"""What signals put on an evening's agenda: those to keep an eye on. One query."""

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from meetings.agenda import AgendaItem, register_items
from meetings.models import Meeting

from .models import TensionSignal


@register_items
def watched(_request: HttpRequest, meeting: Meeting) -> list[AgendaItem]:
    """The open signals of this evening. What an evening left open, or found no evening, comes back on the next ones."""
    on_it = Q(meeting=meeting)
    now = timezone.now()
    if meeting.ends_at > now:
        left = Q(meeting__isnull=True) | Q(meeting__ends_at__lte=now) | Q(meeting__state=Meeting.State.CANCELLED)
        on_it |= Q(level=TensionSignal.Level.WATCH) & left
    waiting = TensionSignal.objects.open().filter(on_it, alliance=meeting.alliance_id)
    return [
        AgendaItem(
            title=signal.text,
            text=signal.place,
            url=reverse("signals:signal", args=[signal.uuid]),
            key=f"signal:{signal.uuid}",
        )
        for signal in waiting
    ]
