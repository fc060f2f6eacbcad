"""Themes: what we talk about, and what was done with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateformat import format as write
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.policy import Refused
from alliances.views.shared import member_or_404, show_form
from meetings import actions
from meetings.forms import AgendaForm, FeedbackForm, ThemeForm
from meetings.models import Meeting, Theme

from .shared import do, theme_or_404

SHOWN = 50  # themes on one page: years of talking


@require_safe
def themes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is open first, what rests below it, each with what was done."""
    alliance = member_or_404(request, uuid).alliance
    found = list(alliance.themes.with_feedback().by_turn()[:SHOWN])
    return render(
        request,
        "meetings/themes.html",
        {
            "open": [theme for theme in found if theme.state != Theme.State.RESTING],
            "resting": [theme for theme in found if theme.state == Theme.State.RESTING],
            "waiting": sum(theme.state == Theme.State.PROPOSED for theme in found),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Bring something in; onto the agenda of an evening when the address says which."""
    member = member_or_404(request, uuid)
    alliance = member.alliance
    asked = request.POST.get("meeting") or request.GET.get("meeting", "")
    meeting = next((m for m in alliance.meetings.coming_up(timezone.now()) if str(m.uuid) == asked), None)
    form = ThemeForm(request.POST or None)
    if request.method != "POST":
        return render(request, "meetings/theme_new.html", {"form": form, "meeting": meeting})
    refused = None
    if form.is_valid():
        try:
            theme = actions.propose_theme(alliance=alliance, by=member, meeting=meeting, **form.cleaned_data)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Thank you. Your theme is there for everybody at the table."))
            return redirect("meetings:theme", theme.uuid)
    return show_form(request, "meetings/theme_new.html", {"meeting": meeting}, form, refused)


@require_safe
def theme(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The first words beside what was done, and what can be done next."""
    found, member = theme_or_404(request, uuid)
    return render(request, "meetings/theme.html", _theme_context(found) | {"mine": found.raised_by_id == member.pk})


@require_POST
def put(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """On the agenda of an evening."""
    found, member = theme_or_404(request, uuid)
    form = _agenda_form(found, request)
    if not form.is_valid():
        context = _theme_context(found) | {"agenda_form": form, "mine": found.raised_by_id == member.pk}
        return show_form(request, "meetings/theme.html", context, form)
    said = _("It is on the agenda.")
    return do(
        request,
        lambda: actions.put_on_agenda(theme=found, meeting=form.chosen, by=member),
        said,
        "meetings:theme",
        uuid,
    )


@require_POST
def take(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Off the agenda."""
    found, member = theme_or_404(request, uuid)
    said = _("It is off the agenda.")
    return do(request, lambda: actions.take_off(theme=found, by=member), said, "meetings:theme", uuid)


@require_POST
def talked(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The evening talked about it."""
    found, member = theme_or_404(request, uuid)
    said = _("It has been discussed. What was done with it?")
    return do(request, lambda: actions.discussed(theme=found, by=member), said, "meetings:theme", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what was done with it."""
    return _feedback_page(request, uuid, resting=False)


@require_http_methods(["GET", "HEAD", "POST"])
def rest(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let it rest: asks for the sentence that says what was done with it."""
    return _feedback_page(request, uuid, resting=True)


def _feedback_page(request: HttpRequest, uuid: UUID, *, resting: bool) -> HttpResponse:
    found, member = theme_or_404(request, uuid)
    form = FeedbackForm(request.POST or None)
    context = {"theme": found, "resting": resting, "mine": found.raised_by_id == member.pk}
    if request.method != "POST":
        return render(request, "meetings/theme_feedback.html", {**context, "form": form})
    refused = None
    if form.is_valid():
        try:
            act = actions.rest_theme if resting else actions.give_feedback
            act(theme=found, text=form.cleaned_data["text"], by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Saved. Everybody at the table can read it."))
            return redirect("meetings:theme", uuid)
    return show_form(request, "meetings/theme_feedback.html", context, form, refused)


def _theme_context(found: Theme) -> dict[str, object]:
    return {
        "theme": found,
        "feedback": list(found.feedback.select_related("by__user")),
        "agenda_form": _agenda_form(found),
        "evening_began": bool(found.meeting and found.meeting.starts_at <= timezone.now()),
    }


def _agenda_form(found: Theme, request: HttpRequest | None = None) -> AgendaForm:
    coming = list(Meeting.objects.filter(alliance=found.alliance_id).coming_up(timezone.now())[:10])
    labels = [write(timezone.localtime(meeting.starts_at), "l j F") for meeting in coming]
    return AgendaForm(request.POST if request else None, meetings=coming, labels=labels)
