"""What members bring in: talents at a theme, and what police and municipality bring to an evening and ask."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliances.models import Membership
from alliances.policy import Refused, may_bring, require
from alliances.views.shared import show_form
from meetings import actions
from meetings.agenda import brought_to
from meetings.forms import BringForm, TalentForm
from meetings.models import Contribution, Meeting

from .shared import do, meeting_or_404, theme_or_404

Kind = Contribution.Kind


def brings_of(meeting: Meeting, member: Membership, brought: Iterable[Contribution] | None = None) -> dict[str, Any]:
    """What `meetings/brings.html` shows of an evening: `brings` (person by person, each with `brings` and `question`)
    and `may_bring`. One query, or none when what was brought is given (`agenda_of(...).brings`).
    """
    people: dict[int, dict[str, Any]] = {}
    for found in brought_to(meeting) if brought is None else brought:
        person = people.setdefault(found.membership_id, {"member": found.membership})
        person["brings" if found.kind == Kind.BRINGS else "question"] = found
    return {"brings": list(people.values()), "may_bring": may_bring(member)}


@require_http_methods(["GET", "HEAD", "POST"])
def brings(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What a professional brings to this evening, and the question that they dare to ask."""
    meeting, member = meeting_or_404(request, uuid)
    require(may_bring(member))
    mine = {found.kind: found for found in Contribution.objects.filter(meeting=meeting, membership=member)}
    initial = {
        "brings": mine[Kind.BRINGS].text if Kind.BRINGS in mine else "",
        "question": mine[Kind.QUESTION].text if Kind.QUESTION in mine else "",
        "then": mine[Kind.QUESTION].then if Kind.QUESTION in mine else "",
    }
    form = BringForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST":
        return render(request, "meetings/brings_form.html", {"form": form, "meeting": meeting})
    refused = None
    if form.is_valid():
        try:
            actions.bring(meeting=meeting, by=member, **form.cleaned_data)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Saved. Everybody at the table can read it."))
            return redirect("meetings:meeting", uuid)
    return show_form(request, "meetings/brings_form.html", {"meeting": meeting}, form, refused)


@require_http_methods(["GET", "HEAD", "POST"])
def talent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What I can contribute to a theme."""
    theme, member = theme_or_404(request, uuid)
    form = TalentForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "meetings/talent_form.html", {"form": form, "theme": theme})
    refused = None
    if form.is_valid():
        try:
            actions.offer_talent(theme=theme, text=form.cleaned_data["text"], by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Thank you. It stands with the theme."))
            return redirect("meetings:theme", uuid)
    return show_form(request, "meetings/talent_form.html", {"theme": theme}, form, refused)


@require_POST
def talent_back(request: HttpRequest, uuid: UUID, talent: UUID) -> HttpResponse:
    """Not after all."""
    theme, member = theme_or_404(request, uuid)
    mine = Contribution.objects.filter(theme=theme, membership=member).select_related("alliance")
    found = get_object_or_404(mine, uuid=talent)
    said = _("It is gone.")
    return do(request, lambda: actions.take_back(contribution=found, by=member), said, "meetings:theme", uuid)
