"""The year: its five plates, planning them, and an extra evening."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Alliance
from alliances.policy import Refused
from alliances.views.shared import member_or_404, show_form
from meetings import words
from meetings.actions import add_extra, plan_year
from meetings.forms import EveningForm, PlanForm
from meetings.models import Meeting
from meetings.timing import (
    NOTICE,
    NUMBERS,
    Evening,
    evening_of,
    habits_of,
    in_summer,
    propose_dinners,
    public_holidays,
    week_of_strip,
    year_to_plan,
)


@dataclass(frozen=True)
class Row:
    """One evening on the plan page."""

    number: int
    evening: Evening
    week: int
    fields: list[BoundField]
    hint: str
    open: bool


@require_safe
def year(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Five plates, what is to come, and what was."""
    alliance = member_or_404(request, uuid).alliance
    at = timezone.now()
    this_year = timezone.localdate().year
    years = set(alliance.year_plans.values_list("year", flat=True))
    shown = _asked_year(request, max(years, default=this_year) if this_year not in years else this_year)
    meetings = list(alliance.meetings.of_year(shown, at).select_related("plan", "host__user"))
    meetings = [m for m in meetings if shown in (timezone.localtime(m.starts_at).year, m.plan and m.plan.year)]
    in_plan = [meeting for meeting in meetings if meeting.plan and meeting.plan.year == shown]
    plates = words.plates(in_plan, alliance, shown, at)
    return render(
        request,
        "meetings/year.html",
        {
            "year": shown,
            "years": sorted((years | {this_year, year_to_plan(timezone.localdate())}) - {shown}),
            "plates": plates,
            "heading": words.year_heading(plates, shown),
            "sentence": words.year_sentence(plates),
            "missing": any(plate["state"] in ("missing", "empty") for plate in plates) and shown >= this_year,
            "coming": [meeting for meeting in meetings if meeting.state == "planned" and meeting.ends_at > at],
            "past": [meeting for meeting in meetings if meeting.state == "planned" and meeting.ends_at <= at][::-1],
            "cancelled": [meeting for meeting in meetings if meeting.state == "cancelled" and meeting.ends_at > at],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Evenings for what is missing in a year: one button accepts them all."""
    member = member_or_404(request, uuid)
    alliance = member.alliance
    shown = _asked_year(request, year_to_plan(timezone.localdate()))
    proposed = _proposal(alliance, shown)
    # After moving an evening the fields stand in the address, so that a reload or a bookmark keeps them.
    moved = request.GET if any(f"day_{number}" in request.GET for number in proposed) else None
    form = PlanForm(request.POST if request.method == "POST" else moved, year=shown, evenings=proposed)
    refused = None
    if request.method == "POST" and form.is_valid() and proposed:
        evenings = sorted((form.evenings[number] for number in proposed), key=lambda evening: evening.day)
        try:
            plan_year(alliance=alliance, year=shown, evenings=evenings, numbers=sorted(proposed), by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("The dinners are in the plan. Two weeks before each, everybody is asked."))
            return _see(f"{reverse('meetings:year', args=[uuid])}?year={shown}")
    context = {
        "year": shown,
        "other_year": _other_year(shown),
        "rows": [_row(form, number) for number in proposed],
        "months": [(week_of_strip_month(shown, month), str(MONTHS_3[month])) for month in range(1, 13)],
        "habit": next(iter(proposed.values()), None),
        "full": not proposed,
        "all_five": len(proposed) == len(NUMBERS),
    }
    if request.method != "POST":
        return render(request, "meetings/plan.html", {**context, "form": form})
    return show_form(request, "meetings/plan.html", context, form, refused)


@require_POST
def shift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Move one evening of the proposal by a week; nothing is kept but the address of the page that shows it."""
    alliance = member_or_404(request, uuid).alliance
    shown = _asked_year(request, year_to_plan(timezone.localdate()))
    proposed = _proposal(alliance, shown)
    form = PlanForm(request.POST, year=shown, evenings=proposed)
    form.is_valid()
    number, weeks = _asked_shift(request)
    values = {name: request.POST.get(name, "") for n in proposed for name in form.field_names(n)}
    if number in form.evenings:
        day = form.evenings[number].moved(weeks).day
        if day.year == shown and day > timezone.localdate():
            values[f"day_{number}"] = day.isoformat()
        else:
            messages.info(request, _("It cannot be moved further that way."))
    query = urlencode({"year": shown, **values})
    return _see(f"{reverse('meetings:plan', args=[uuid])}?{query}#evening-{number}")


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
            return _see(reverse("meetings:meeting", args=[made.uuid]))
    if request.method != "POST":
        return render(request, "meetings/extra.html", {"form": form})
    return show_form(request, "meetings/extra.html", {}, form, refused)


def week_of_strip_month(year: int, month: int) -> int:
    """The column in which a month begins."""
    return week_of_strip(date(year, month, 1))


def _see(url: str) -> HttpResponseRedirect:
    response = redirect(url)
    response.status_code = 303
    return response


def _asked_year(request: HttpRequest, otherwise: int) -> int:
    """The year in the address or the form, when it is one of the years around now."""
    asked = request.POST.get("year") or request.GET.get("year", "")
    this_year = timezone.localdate().year
    return int(asked) if asked.isdecimal() and this_year - 20 <= int(asked) <= this_year + 2 else otherwise


def _asked_shift(request: HttpRequest) -> tuple[int, int]:
    """Which evening, and how many weeks: "3:-1" is the third, a week earlier. (0, 0) for anything else."""
    number, _colon, weeks = request.POST.get("shift", "").partition(":")
    return (int(number), 1 if weeks == "1" else -1) if number.isdecimal() and weeks in ("1", "-1") else (0, 0)


def _other_year(shown: int) -> int | None:
    """This year or the next: the one that is not shown."""
    this_year = timezone.localdate().year
    return this_year if shown != this_year else this_year + 1


def _proposal(alliance: Alliance, year: int) -> dict[int, Evening]:
    """Evenings for the numbers that have no meeting yet, after those that are there."""
    today = timezone.localdate()
    known = list(alliance.meetings.filter(kind=Meeting.Kind.REGULAR).select_related("plan").order_by("-starts_at")[:10])
    taken = {meeting.number: meeting for meeting in known if meeting.plan and meeting.plan.year == year}
    missing = [number for number in NUMBERS if number not in taken]
    if year < today.year or not missing:
        return {}
    evenings = [evening_of(meeting.starts_at, meeting.ends_at) for meeting in known]
    last = [evening_of(meeting.starts_at, meeting.ends_at).day + timedelta(weeks=2) for meeting in taken.values()]
    after = max([today + NOTICE, *last])
    found = propose_dinners(year, after, habits_of(evenings), len(missing))
    if len(found) < len(missing):  # late in the year: closer by is better than not at all
        found = propose_dinners(year, today, habits_of(evenings), len(missing))
    return dict(zip(missing, found, strict=False))


def _row(form: PlanForm, number: int) -> Row:
    evening = form.shown(number)
    names = form.field_names(number)
    return Row(
        number=number,
        evening=evening,
        week=week_of_strip(evening.day),
        fields=[form[name] for name in names],
        hint=_hint(evening),
        open=any(form[name].errors for name in names) if form.is_bound else False,
    )


def _hint(evening: Evening) -> str:
    """What else there is on that day, as a sentence with what you could do; empty when nothing is in the way."""
    holiday = public_holidays(evening.day.year).get(evening.day)
    if holiday:
        return _("It is %(holiday)s that day. Some people are away or with family.") % {"holiday": holiday}
    tomorrow = evening.day + timedelta(days=1)
    holiday = public_holidays(tomorrow.year).get(tomorrow)
    if holiday:
        return _("The next day is %(holiday)s. Some people leave early.") % {"holiday": holiday}
    if in_summer(evening.day):
        return _("It is in the summer holidays. Ask who is there.")
    return ""
