"""The tension calendar (spanningskalender): public days that may be hidden, and the alliance's own."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliances.models import Membership
from alliances.policy import Refused
from alliances.views.shared import member_or_404, posted, show_form
from meetings.actions import add_tension, hide_public, remove_tension, show_public
from meetings.forms import TensionForm
from meetings.models import TensionDate
from meetings.tension import PUBLIC, calendar
from meetings.timing import AT_MOST_AHEAD
from meetings.views.shared import do

YEAR = timedelta(days=366)  # how far ahead the public days are listed; own days as far as they were written down


@require_http_methods(["GET", "HEAD", "POST"])
def tension(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is to come, and a form for one day more."""
    member = member_or_404(request, uuid)
    form = TensionForm(posted(request))
    refused = None
    if form.is_valid():
        try:
            add_tension(
                alliance=member.alliance,
                day=form.cleaned_data["day"],
                title=form.cleaned_data["title"],
                by=member,
            )
        except Refused as error:
            refused = error
        else:
            return do(request, lambda: None, _("The day is on the calendar."), "meetings:tension", uuid)
    context = {"form": form, **_listed(member)}
    if request.method != "POST":
        return render(request, "meetings/tension.html", context)
    return show_form(request, "meetings/tension.html", context, form, refused)


def _listed(member: Membership) -> dict[str, object]:
    today = timezone.localdate()
    rows = list(member.alliance.tension_dates.all())
    found = calendar(rows, today, today + AT_MOST_AHEAD)
    return {
        "days": [day for day in found if day.uuid or day.day <= today + YEAR],
        "hidden": [(row.public, PUBLIC[row.public][2]) for row in rows if row.public in PUBLIC],
    }


@require_POST
def hide(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Leave a public day out."""
    member = member_or_404(request, uuid)
    key = request.POST.get("key", "")
    return do(
        request,
        lambda: hide_public(alliance=member.alliance, key=key, by=member),
        _("Hidden. You can put it back below."),
        "meetings:tension",
        uuid,
    )


@require_POST
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a hidden public day back."""
    member = member_or_404(request, uuid)
    key = request.POST.get("key", "")
    return do(
        request,
        lambda: show_public(alliance=member.alliance, key=key, by=member),
        _("It is on the calendar again."),
        "meetings:tension",
        uuid,
    )


@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take one of the alliance's own days off."""
    own = TensionDate.objects.visible_to(request.user).own().select_related("alliance")
    found = get_object_or_404(own, uuid=uuid)
    member = member_or_404(request, found.alliance.uuid)
    found.alliance = member.alliance
    return do(
        request,
        lambda: remove_tension(tension=found, by=member),
        _("The day is off the calendar."),
        "meetings:tension",
        member.alliance.uuid,
    )
