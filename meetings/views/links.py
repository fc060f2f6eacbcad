"""What a link in a message opens, without signing in: the facts and three buttons. No names, area or theme."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from alliances import tokens
from alliances.actor import open_link
from alliances.policy import Refused
from meetings import actions
from meetings.models import Attendance, Meeting

from .meeting import begins_shown, calendar_links, ics_response
from .shared import see


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing (mail scanners look too); a button posts, and is saved at once."""
    attendance = _attendance_or_404(token)
    meeting = attendance.meeting
    refused = None
    if request.method == "POST":
        try:
            actions.answer(attendance=attendance, answer=request.POST.get("answer", ""), begins=begins_shown(request))
        except Refused as error:
            refused = error
        else:
            return see("meetings:answer-saved", token)
    asked = request.GET.get("a", "")
    context = {
        "meeting": meeting,
        "attendance": attendance,
        "choices": Attendance.Answer.choices,
        "pointed": asked if asked in Attendance.Answer.values else "",
        "off": meeting.state == Meeting.State.CANCELLED,
        "over": meeting.ends_at <= timezone.now(),
        "refused": refused,
    }
    return _private(render(request, "meetings/answer.html", context, status=409 if refused else 200))


@login_not_required
@require_safe
def saved(request: HttpRequest, token: str) -> HttpResponse:
    """What was answered, and that it was kept."""
    attendance = _attendance_or_404(token)
    if not attendance.answer:
        return redirect("meetings:answer", token)
    context = {
        "attendance": attendance,
        "meeting": attendance.meeting,
        "calendars": calendar_links(attendance.meeting),
    }
    return _private(render(request, "meetings/answer_saved.html", context))


@login_not_required
@require_safe
def ics(_request: HttpRequest, token: str) -> HttpResponse:
    """The evening for a calendar, for who holds the link."""
    return ics_response(_attendance_or_404(token).meeting)


def _attendance_or_404(token: str) -> Attendance:
    fingerprint = tokens.fingerprint(token)
    open_link(fingerprint)
    rows = Attendance.objects.of_members().select_related("meeting", "membership")
    found = rows.filter(token_hash=fingerprint).first()
    if found is None:
        raise Http404
    return found


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
