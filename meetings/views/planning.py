"""Planning the evenings of a year: a proposal, moving it, last year's weeks, and one button that accepts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliances.models import Alliance
from alliances.policy import Refused
from alliances.views.shared import member_or_404, show_form
from meetings.actions import plan_year
from meetings.forms import PlanForm
from meetings.hints import Hint, by_the_moon, hints_for, too_few
from meetings.proposal import Proposal, propose
from meetings.strip import strip
from meetings.timing import NUMBERS, Evening, week_of_strip, year_to_plan

from .shared import see
from .year import asked_year, other_year


@dataclass(frozen=True)
class Row:
    """One evening on the plan page."""

    number: int
    evening: Evening
    week: int
    fields: list[BoundField]
    hints: list[Hint]
    open: bool


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Evenings for what is missing in a year: one button accepts them all."""
    member = member_or_404(request, uuid)
    today = timezone.localdate()
    proposal = propose(member.alliance, asked_year(request, year_to_plan(today)), today)
    proposed = proposal.evenings
    # After moving an evening the fields stand in the address, so that a reload or a bookmark keeps them.
    moved = request.GET if any(f"day_{number}" in request.GET for number in proposed) else None
    form = PlanForm(request.POST if request.method == "POST" else moved, year=proposal.year, evenings=proposed)
    refused = None
    if request.method == "POST" and form.is_valid() and proposed:
        evenings = sorted((form.evenings[number] for number in proposed), key=lambda evening: evening.day)
        try:
            plan_year(
                alliance=member.alliance, year=proposal.year, evenings=evenings, numbers=sorted(proposed), by=member
            )
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("The dinners are in the plan. Two weeks before each, everybody is asked."))
            return see(f"{reverse('meetings:year', args=[uuid])}?year={proposal.year}")
    context = _context(member.alliance, proposal, form)
    if request.method != "POST":
        return render(request, "meetings/plan.html", {**context, "form": form})
    return show_form(request, "meetings/plan.html", context, form, refused)


@require_POST
def shift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Move one evening of the proposal by a week; nothing is kept but the address of the page that shows it."""
    alliance = member_or_404(request, uuid).alliance
    today = timezone.localdate()
    proposal = propose(alliance, asked_year(request, year_to_plan(today)), today)
    form = PlanForm(request.POST, year=proposal.year, evenings=proposal.evenings)
    form.is_valid()
    number, weeks = _asked_shift(request)
    values = {name: request.POST.get(name, "") for n in proposal.evenings for name in form.field_names(n)}
    if number in form.evenings:
        day = form.evenings[number].moved(weeks).day
        if day.year == proposal.year and day > today:
            values[f"day_{number}"] = day.isoformat()
        else:
            messages.info(request, _("It cannot be moved further that way."))
    return see(f"{_page(uuid, proposal.year, values)}#evening-{number}")


@require_POST
def last_year(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose the weeks and weekdays of last year; like moving, nothing is kept but the address."""
    alliance = member_or_404(request, uuid).alliance
    today = timezone.localdate()
    proposal = propose(alliance, asked_year(request, year_to_plan(today)), today)
    if not proposal.last_year:
        messages.info(request, _("There is no plan of %(year)s to copy.") % {"year": proposal.year - 1})
        return see(_page(uuid, proposal.year, {}))
    return see(_page(uuid, proposal.year, _values(proposal.copied(today))))


def _context(alliance: Alliance, proposal: Proposal, form: PlanForm) -> dict[str, object]:
    form.is_valid()  # what was typed or moved is what the rows show
    rows = [_row(proposal, form, number) for number in proposal.evenings]
    return {
        "year": proposal.year,
        "other_year": other_year(alliance, proposal.year),
        "rows": rows,
        "planned": [(number, week_of_strip(evening.day)) for number, evening in sorted(proposal.planned.items())],
        "strip": strip(proposal.year, proposal.around),
        "moon": any(by_the_moon(row.hints) for row in rows),
        "few": too_few(len(proposal.planned) + len(rows)),
        "habit": next(iter(proposal.evenings.values()), None),
        "last_year": proposal.year - 1 if proposal.last_year else None,
        "full": not proposal.evenings,
        "all_five": len(proposal.evenings) == len(NUMBERS),
    }


def _row(proposal: Proposal, form: PlanForm, number: int) -> Row:
    evening = form.shown(number)
    days = {*proposal.days, *(form.shown(other).day for other in proposal.evenings)}
    before = max((day for day in days if day < evening.day), default=None)
    names = form.field_names(number)
    return Row(
        number=number,
        evening=evening,
        week=week_of_strip(evening.day),
        fields=[form[name] for name in names],
        hints=hints_for(evening, proposal.around, before),
        open=any(form[name].errors for name in names) if form.is_bound else False,
    )


def _values(evenings: Mapping[int, Evening]) -> dict[str, str]:
    """The fields of the form for these evenings."""
    values: dict[str, str] = {}
    for number, evening in evenings.items():
        values[f"day_{number}"] = evening.day.isoformat()
        values[f"begin_{number}"], values[f"end_{number}"] = f"{evening.begin:%H:%M}", f"{evening.end:%H:%M}"
    return values


def _page(uuid: UUID, year: int, values: Mapping[str, str]) -> str:
    """The address of the page that shows these values."""
    return f"{reverse('meetings:plan', args=[uuid])}?{urlencode({'year': year, **values})}"


def _asked_shift(request: HttpRequest) -> tuple[int, int]:
    """Which evening, and how many weeks: "3:-1" is the third, a week earlier. (0, 0) for anything else."""
    number, _colon, weeks = request.POST.get("shift", "").partition(":")
    return (int(number), 1 if weeks == "1" else -1) if number.isdecimal() and weeks in ("1", "-1") else (0, 0)
