"""What the views of meetings share."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from alliances.views.shared import seat_reader, seats_of
from meetings.models import DatePoll, Meeting, Theme


def meeting_or_404(request: HttpRequest, uuid: UUID, **also: Any) -> tuple[Meeting, Membership]:
    """The meeting, with alliance, area, plan and host loaded, and the reader's seat at that table. 404 for others.

    `also`: expressions to annotate the meeting with, so that its page needs no query of its own for them.
    """
    meetings = Meeting.objects.visible_to(request.user).select_related("alliance__area", "plan", "host__user")
    meeting = get_object_or_404(meetings.annotate(**also), uuid=uuid)
    return meeting, _seat(request, meeting.alliance)


def theme_or_404(request: HttpRequest, uuid: UUID) -> tuple[Theme, Membership]:
    """The theme, with alliance, area, category, meeting and who raised it, and the reader's seat. 404 for others."""
    themes = Theme.objects.visible_to(request.user).select_related(
        "alliance__area", "category", "meeting", "raised_by__user"
    )
    theme = get_object_or_404(themes, uuid=uuid)
    return theme, _seat(request, theme.alliance)


def _seat(request: HttpRequest, alliance: Alliance) -> Membership:
    member = seats_of(request).filter(alliance=alliance).first()
    if member is None:  # left between two queries
        raise Http404
    member.alliance = alliance
    return seat_reader(request, member)


def do(request: HttpRequest, act: Callable[[], object], said: str, to: str, *args: object) -> HttpResponseRedirect:
    """Run an action, go to a page, and say there that it was done, or why not."""
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, said)
    return see(to, *args)


def see(to: str, *args: object) -> HttpResponseRedirect:
    """Redirect to a page, by its name or its address, that is then looked at with a GET (RFC 9110, 15.4.4)."""
    response = redirect(to, *args)
    response.status_code = 303
    return response


def poll_or_404(request: HttpRequest, uuid: UUID) -> tuple[DatePoll, Membership]:
    """The date poll, with meeting, alliance, area, plan and choice loaded, and the reader's seat. 404 for others."""
    polls = DatePoll.objects.visible_to(request.user).select_related(
        "meeting__alliance__area", "meeting__plan", "chosen"
    )
    poll = get_object_or_404(polls, uuid=uuid)
    return poll, _seat(request, poll.meeting.alliance)
