"""The year: its five plates, and an extra evening. Planning it is views/planning.py."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliances.models import Alliance
from alliances.policy import Refused
from alliances.views.shared import member_or_404, show_form
from meetings import words
from meetings.actions import add_extra
from meetings.forms import EveningForm
from meetings.hints import Around, Hint, hints_for, too_few
from meetings.models import DINNERS_A_YEAR, Meeting
from meetings.proposal import pauses_of, said_no
from meetings.timing import THREE_WEEKS, evening_of, year_to_plan

from .shared import see

WARNINGS = ("seat", "gap")  # what of the hints is told again once an evening is planned


@require_safe
def year(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Five plates, what is to come, and what was."""
    alliance = member_or_404(request, uuid).alliance
    at = timezone.now()
    this_year, to_plan = timezone.localdate().year, year_to_plan(timezone.localdate())
    years = set(alliance.year_plans.values_list("year", flat=True))
    shown = asked_year(request, max(years, default=this_year) if this_year not in years else this_year)
    meetings = list(alliance.meetings.of_year(shown, at).select_related("plan", "host__user"))
    meetings = [m for m in meetings if shown in (timezone.localtime(m.starts_at).year, m.plan and m.plan.year)]
    in_plan = [meeting for meeting in meetings if meeting.plan and meeting.plan.year == shown]
    plates = words.plates(in_plan, alliance, shown, at)
    planned = [meeting for meeting in meetings if meeting.state == Meeting.State.PLANNED]
    count = sum(meeting.kind == Meeting.Kind.REGULAR for meeting in planned)
    return render(
        request,
        "meetings/year.html",
        {
            "year": shown,
            "years": sorted((years | {this_year, to_plan}) - {shown}),
            "plates": plates,
            "heading": words.year_heading(plates, shown),
            "sentence": words.year_sentence(plates),
            "missing": any(plate["state"] in ("missing", "empty") for plate in plates) and shown >= this_year,
            "unplanned": to_plan if to_plan not in years | {shown} else None,
            "few": too_few(count) if count and shown >= this_year else None,
            "coming": _with_warnings(alliance, planned, at),
            "past": [meeting for meeting in planned if meeting.ends_at <= at][::-1],
            "cancelled": [meeting for meeting in meetings if meeting.state == "cancelled" and meeting.ends_at > at],
        },
    )


def _with_warnings(alliance: Alliance, planned: Sequence[Meeting], at: datetime) -> list[tuple[Meeting, list[Hint]]]:
    """What is to come, each with its warnings: who cannot come, too close together, too long in between."""
    coming = [meeting for meeting in planned if meeting.ends_at > at]
    around, no = Around(pauses=pauses_of(alliance)), said_no(coming)
    evenings = {meeting.pk: evening_of(meeting.starts_at, meeting.ends_at) for meeting in planned}
    found = []
    for meeting in coming:
        evening = evenings[meeting.pk]
        earlier = [other for other in planned if evenings[other.pk].day < evening.day]
        last = max(earlier, key=lambda other: other.starts_at, default=None)
        before = evenings[last.pk].day if last else None
        if last and before and Meeting.Kind.EXTRA in (meeting.kind, last.kind) and evening.day - before <= THREE_WEEKS:
            before = None  # close on purpose
        hints = hints_for(evening, around, before, no.get(meeting.pk, ()))
        found.append((meeting, [hint for hint in hints if hint.kind in WARNINGS]))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def extra(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """An evening beside the five."""
    member = member_or_404(request, uuid)
    form = EveningForm(request.POST or None)
    refused = None
    if request.method == "POST" and form.is_valid() and form.evening:
        try:
            made = add_extra(
                alliance=member.alliance,
                evening=form.evening,
                place=form.cleaned_data["place"],
                food=form.cleaned_data["food"],
                by=member,
            )
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("The extra evening is in the plan."))
            return see(reverse("meetings:meeting", args=[made.uuid]))
    if request.method != "POST":
        return render(request, "meetings/extra.html", {"form": form})
    return show_form(request, "meetings/extra.html", {}, form, refused)


def asked_year(request: HttpRequest, otherwise: int) -> int:
    """The year in the address or the form, when it is one of the years around now."""
    asked = request.POST.get("year") or request.GET.get("year", "")
    this_year = timezone.localdate().year
    return int(asked) if asked.isdecimal() and this_year - 20 <= int(asked) <= this_year + 2 else otherwise


def other_year(alliance: Alliance, shown: int) -> int | None:
    """This year or the next: the one that is not shown. None when its five dinners are all in the plan."""
    this_year = timezone.localdate().year
    other = this_year if shown != this_year else this_year + 1
    planned = alliance.meetings.planned().filter(plan__year=other).count()
    return other if planned < DINNERS_A_YEAR else None
