"""Three points: what do you want to talk about on this evening?"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliances.policy import Refused
from meetings import actions
from meetings.models import POINTS, Meeting, Theme
from meetings.order import ordered
from meetings.turns import spent, with_turns

from .shared import meeting_or_404, see

SHOWN = 50


@require_safe
def points(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The themes in the order in which the evening would take them, with the points of everybody and one's own."""
    evening, member = meeting_or_404(request, uuid)
    at = timezone.now()
    of_table = Theme.objects.filter(alliance=evening.alliance_id).open().select_related("category", "meeting")
    found = list(
        with_turns(of_table.order_by("-created_at"), evening, min(at, evening.starts_at), reader=member)[:SHOWN]
    )
    context = {
        "meeting": evening,
        "themes": ordered(found),
        "left": POINTS - spent(evening, member),
        "closed": evening.state == Meeting.State.CANCELLED or evening.ends_at <= at,
        "off": evening.state == Meeting.State.CANCELLED,
    }
    return render(request, "meetings/points.html", context)


@require_POST
def give(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One point to a theme."""
    return _point(request, uuid, give=True)


@require_POST
def take(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One point back."""
    return _point(request, uuid, give=False)


def _point(request: HttpRequest, uuid: UUID, *, give: bool) -> HttpResponse:
    evening, member = meeting_or_404(request, uuid)
    theme = _theme(request, evening)
    if theme is None:
        messages.error(request, _("Choose a theme of this table."))
        return _back(request, evening, None)
    try:
        if give:
            actions.give_point(theme=theme, meeting=evening, by=member)
        else:
            actions.take_point(theme=theme, meeting=evening, by=member)
    except Refused as refused:
        messages.error(request, refused.sentence)
    return _back(request, evening, theme)


def _theme(request: HttpRequest, evening: Meeting) -> Theme | None:
    try:
        asked = UUID(request.POST.get("theme", ""))
    except ValueError:
        return None
    return Theme.objects.visible_to(request.user).filter(alliance=evening.alliance_id, uuid=asked).first()


def _back(request: HttpRequest, evening: Meeting, theme: Theme | None) -> HttpResponseRedirect:
    """To where the button stood, at the same theme."""
    to_list = request.POST.get("back") == "themes"
    page = see("meetings:themes", evening.alliance.uuid) if to_list else see("meetings:points", evening.uuid)
    if theme:
        page["Location"] += f"#thema-{theme.uuid}"
    return page
