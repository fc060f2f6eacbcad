"""When an alliance likes to eat together: proposals follow it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliances.policy import Refused
from alliances.views.shared import member_or_404, posted, show_form
from meetings.actions import set_habit
from meetings.forms import HabitForm
from meetings.models import Habit
from meetings.proposal import propose
from meetings.timing import year_to_plan

from .shared import see
from .year import asked_year


@require_http_methods(["GET", "HEAD", "POST"])
def habits(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The day, the hours, the months and the school holidays. Saving leads back to the proposal."""
    member = member_or_404(request, uuid)
    today = timezone.localdate()
    year = asked_year(request, year_to_plan(today))
    kept = Habit.objects.filter(alliance=member.alliance).first()
    initial = HabitForm.of(kept, propose(member.alliance, year, today).habits)
    form = HabitForm(posted(request), initial=initial)
    refused = None
    if form.is_valid():
        try:
            set_habit(alliance=member.alliance, **form.cleaned_data, by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Kept. The proposal follows it."))
            return see(f"{reverse('meetings:plan', args=[uuid])}?year={year}")
    context = {"form": form, "year": year}
    if request.method != "POST":
        return render(request, "meetings/habits.html", context)
    return show_form(request, "meetings/habits.html", context, form, refused)
