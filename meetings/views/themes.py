"""Themes: what we talk about, and what was done with it."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateformat import format as write
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Membership
from alliances.policy import Refused
from alliances.views.shared import member_or_404, show_form
from meetings import actions, chart
from meetings.agenda import theme_key
from meetings.forms import AgendaForm, FeedbackForm, ThemeForm
from meetings.models import POINTS, AgendaPoint, Contribution, Feedback, Meeting, Theme
from meetings.order import ordered
from meetings.story import done_with_it, story
from meetings.turns import spent, with_turns

from .shared import do, theme_or_404

SHOWN = 50  # themes on one page: years of talking
ANSWERS = {"yes": True, "no": False}


@require_safe
def themes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What comes up, then what waits in the order of its turn, then what was discussed; what rests below it."""
    member = member_or_404(request, uuid)
    alliance, at = member.alliance, timezone.now()
    evening = alliance.meetings.coming_up(at).exclude(kind=Meeting.Kind.URGENT).first()
    asks = Exists(Feedback.objects.filter(theme=OuterRef("pk"), theme__raised_by=member, recognised=None))
    found = list(
        with_turns(alliance.themes.annotate(asks=asks).with_feedback().by_turn(), evening, at, reader=member)[:SHOWN]
    )
    waiting = [theme for theme in found if theme.state == Theme.State.PROPOSED]
    others = (Theme.State.PROPOSED, Theme.State.RESTING)
    talked = [theme for theme in found if theme.state not in others]
    on_agenda = [theme for theme in talked if theme.state == Theme.State.ON_AGENDA]
    since = datetime(timezone.localtime(at).year - chart.YEARS + 1, 1, 1, tzinfo=timezone.get_current_timezone())
    return render(
        request,
        "meetings/themes.html",
        {
            "open": on_agenda + ordered(waiting) + talked[len(on_agenda) :],
            "resting": [theme for theme in found if theme.state == Theme.State.RESTING],
            "waiting": len(waiting),
            "evening": evening,
            "left": POINTS - spent(evening, member) if evening else 0,
            "chart": chart.chart(chart.counted(alliance, since)),
            "since": since.year,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Bring something in; onto the agenda of an evening when the address says which."""
    member = member_or_404(request, uuid)
    alliance = member.alliance
    asked = request.POST.get("meeting") or request.GET.get("meeting", "")
    meeting = next((m for m in alliance.meetings.coming_up(timezone.now()) if str(m.uuid) == asked), None)
    form = ThemeForm(request.POST if request.method == "POST" else None)
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
    """The first words beside what was done, the question whether who raised it recognises that, and the whole story."""
    found, member = theme_or_404(request, uuid)
    return render(request, "meetings/theme.html", _theme_context(found, member))


@require_POST
def recognise(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Yes, I recognise what was done; or no, not yet."""
    found, member = theme_or_404(request, uuid)
    said, read = ANSWERS.get(request.POST.get("answer", "")), request.POST.get("read", "")
    if said is None:
        messages.error(request, _("Choose yes or no."))
        return redirect("meetings:theme", uuid)
    thanks = _("Thank you. Good to know.") if said else _("Thank you for telling. It is on the table again.")
    number = int(read) if read.isascii() and read.isdecimal() and len(read) < len("10000") else 0
    return do(
        request,
        lambda: actions.recognise(theme=found, yes=said, read=number, by=member),
        thanks,
        "meetings:theme",
        uuid,
    )


@require_POST
def put(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """On the agenda of an evening."""
    found, member = theme_or_404(request, uuid)
    form = _agenda_form(found, request)
    if not form.is_valid():
        return show_form(request, "meetings/theme.html", _theme_context(found, member) | {"agenda_form": form}, form)
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
    form = FeedbackForm(request.POST if request.method == "POST" else None)
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


def _theme_context(found: Theme, member: Membership) -> dict[str, object]:
    """Everything of one theme: the same number of queries, however long its story is."""
    at, mine = timezone.now(), found.raised_by_id == member.pk
    told = list(found.feedback.select_related("by__user").order_by("at"))
    agreements = list(found.agreements.order_by("made_at"))
    discussions = list(found.discussions.select_related("meeting"))
    talents = found.contributions.filter(kind=Contribution.Kind.TALENT, membership__left_at__isnull=True)
    return {
        "theme": found,
        "mine": mine,
        "done": done_with_it(agreements, told),
        "unanswered": sum(feedback.recognised is None for feedback in told) if mine else 0,
        "story": story(
            found,
            discussions=discussions,
            agreements=agreements,
            plans=found.action_plans.with_everybody(),
            questions=found.questions.all(),
            feedback=told,
            dinners=_dinners(found, at),
            notes=_notes(found),
            mine=mine,
            at=at,
        ),
        "talents": talents.select_related("membership__user"),
        "scenarios": list(found.scenarios.all()),
        "agenda_form": _agenda_form(found),
        "evening_began": bool(found.meeting and found.meeting.starts_at <= at),
    }


def _dinners(found: Theme, at: datetime) -> list[Meeting]:
    """The evenings since the theme is there, and the one on whose agenda it is; the oldest first."""
    evenings = Meeting.objects.planned().filter(alliance=found.alliance_id, ends_at__gt=found.created_at)
    evenings = evenings.exclude(kind=Meeting.Kind.URGENT).order_by("starts_at")
    on_agenda = found.meeting_id if found.state == Theme.State.ON_AGENDA else None
    return [evening for evening in evenings if evening.starts_at <= at or evening.pk == on_agenda]


def _notes(found: Theme) -> dict[int, str]:
    """What was written down about it, by evening."""
    notes = AgendaPoint.objects.filter(meeting__alliance=found.alliance_id, key=theme_key(found)).exclude(notes="")
    return dict(notes.values_list("meeting_id", "notes"))


def _agenda_form(found: Theme, request: HttpRequest | None = None) -> AgendaForm:
    coming = list(Meeting.objects.filter(alliance=found.alliance_id).coming_up(timezone.now())[:10])
    labels = [write(timezone.localtime(meeting.starts_at), "l j F") for meeting in coming]
    return AgendaForm(request.POST if request else None, meetings=coming, labels=labels)
