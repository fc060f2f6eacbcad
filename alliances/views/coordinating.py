"""A coordinator founds alliances and sees whether they go well: numbers and dates, no content, no residents."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances import actions
from alliances.actions.joining import RESIDENTS_TO_START
from alliances.forms import FoundForm
from alliances.models import Alliance, Area, Coordination, Invitation, Role, User
from alliances.models.alliance import SEATS
from alliances.panels import dots
from alliances.policy import Refused

from .inviting import delivery_states, desk_row, invite_for, reader
from .shared import posted, show_form

NEEDED = {Role.POLICE: 1, Role.MUNICIPALITY: 1, Role.RESIDENT: RESIDENTS_TO_START}


@dataclass
class Seats:
    """How many sit and how many are asked, by role."""

    seated: dict[str, int] = field(default_factory=dict)
    invited: dict[str, int] = field(default_factory=dict)

    @property
    def drawn(self) -> list[str]:
        """Ten states for the tiny picture."""
        taken, asked = self.taken, self.asked
        return ["taken"] * taken + ["invited"] * asked + ["free"] * (SEATS - taken - asked)

    @property
    def taken(self) -> int:
        """How many sit at the table."""
        return sum(self.seated.values())

    @property
    def asked(self) -> int:
        """How many were asked and did not answer."""
        return min(sum(self.invited.values()), SEATS - self.taken)

    def lacks(self, role: Role) -> bool:
        """Whether somebody of this role is still to be found: not seated, not asked."""
        return self.seated.get(role, 0) + self.invited.get(role, 0) < NEEDED[role]


def seats_by_alliance() -> dict[int, Seats]:
    """The counts of every alliance in the reader's areas; the database gives out only numbers."""
    counted: dict[int, Seats] = {}
    with connection.cursor() as cursor:
        cursor.execute("select alliance_id, role, seated, invited from app_coordinated_seats()")
        for alliance_id, role, seated, invited in cursor.fetchall():
            seats = counted.setdefault(alliance_id, Seats())
            seats.seated[role], seats.invited[role] = seated, invited
    return counted


@require_safe
def coordination(request: HttpRequest) -> HttpResponse:
    """The alliances in one's own areas; those that need somebody stand on top."""
    user = reader(request)
    areas = Area.objects.coordinated_by(user)
    if not areas.exists():
        raise PermissionDenied
    found = list(Alliance.objects.coordinated_by(user).select_related("area"))
    counted, years = seats_by_alliance(), dots(found)
    rows = [_row(one, counted.get(one.pk, Seats()), list(years.get(one.pk, []))) for one in found]
    attention = [row for row in rows if row["needs"] or row["quiet"]]
    return render(
        request,
        "alliances/coordination.html",
        {"rows": rows, "attention": attention, "heading": _heading(rows, attention), "duties": _duties(user)},
    )


def _duties(user: User) -> list[Coordination]:
    """The reader's own areas, each with whether they are on duty there."""
    return list(Coordination.objects.filter(user=user).select_related("area").order_by("area__name"))


@require_POST
def duty(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """I am on duty for this area, or not any more."""
    user = reader(request)
    own = get_object_or_404(Coordination.objects.filter(user=user).select_related("area"), area__uuid=uuid)
    actions.set_duty(coordination=own, on_duty=request.POST.get("on_duty") == "yes", by=user)
    said = _("You are on duty for %(area)s.") if own.on_duty else _("You are not on duty for %(area)s any more.")
    messages.success(request, said % {"area": own.area.name})
    return redirect("alliances:coordination")


def _row(alliance: Alliance, seats: Seats, year: list[str]) -> dict[str, Any]:
    running = alliance.state in (Alliance.State.FORMING, Alliance.State.ACTIVE)
    empty = [role for role in (Role.POLICE, Role.MUNICIPALITY) if seats.lacks(role)] if running else []
    return {
        "alliance": alliance,
        "seats": seats,
        "dots": year,
        "held": year.count("held"),
        "empty": empty,
        "needs": [_("has nobody from the %(role)s yet.") % {"role": role.label} for role in empty],
        "quiet": alliance.state == Alliance.State.ACTIVE and set(year) <= {"missing"},
    }


def _heading(rows: list[dict[str, Any]], attention: list[dict[str, Any]]) -> str:
    if not rows:
        return _("There is no alliance here yet")
    if not attention:
        return _("Nobody needs you now")
    said = ngettext("%(n)s of the %(all)s needs you", "%(n)s of the %(all)s need you", len(attention))
    return said % {"n": len(attention), "all": len(rows)}


@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """A new alliance."""
    user = reader(request)
    areas = Area.objects.coordinated_by(user)
    if not areas.exists():
        raise PermissionDenied
    form = FoundForm(posted(request), areas=areas)
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/found.html", {}, form)
    try:
        made = actions.found(area=form.cleaned_data["area"], name=form.cleaned_data["name"], by=user)
    except Refused as refused:
        return show_form(request, "alliances/found.html", {}, form, refused)
    return redirect("alliances:coordinated", made.uuid)


def coordinated_or_404(request: HttpRequest, uuid: UUID) -> Alliance:
    """An alliance in one's own areas."""
    return get_object_or_404(Alliance.objects.coordinated_by(reader(request)).select_related("area"), uuid=uuid)


@require_safe
def coordinated(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What one alliance still needs, and the two professionals whom a coordinator invites."""
    alliance = coordinated_or_404(request, uuid)
    seats = seats_by_alliance().get(alliance.pk, Seats())
    professional = list(alliance.invitations.filter(role__in=[Role.POLICE, Role.MUNICIPALITY]))
    states = delivery_states(professional)
    rows = [
        desk_row(one, may=True, delivery=states.get(one.uuid, ""))
        for one in professional
        if one.state not in (Invitation.State.JOINED, Invitation.State.REVOKED)
    ]
    year = list(dots([alliance]).get(alliance.pk, []))
    context = {
        "alliance": alliance,
        "seats": seats,
        "lines": _needed(seats, professional),
        "invitations": rows,
        "dots": year,
        "held": year.count("held"),
        "open_roles": [role for role in (Role.POLICE, Role.MUNICIPALITY) if seats.lacks(role) and alliance.works],
    }
    return render(request, "alliances/coordinated.html", context)


def _needed(seats: Seats, professional: list[Invitation]) -> list[dict[str, Any]]:
    lines = []
    for role in (Role.POLICE, Role.MUNICIPALITY):
        asked = [one for one in professional if one.role == role and one.is_open and one.expires_at > timezone.now()]
        state = "done" if seats.seated.get(role) else "waiting" if asked else "open"
        days = (asked[0].expires_at - timezone.now()).days if asked else 0
        lines.append({"name": str(role.label).capitalize(), "state": state, "days": days})
    residents = seats.seated.get(Role.RESIDENT, 0)
    state = "done" if residents >= RESIDENTS_TO_START else "waiting" if seats.invited.get(Role.RESIDENT) else "open"
    said = _("%(n)s at the table, at least %(needed)s are needed") % {"n": residents, "needed": RESIDENTS_TO_START}
    lines.append({"name": _("Residents"), "state": state, "text": said})
    return lines


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, uuid: UUID, role: str) -> HttpResponse:
    """A coordinator invites one of the two professionals."""
    return invite_for(request, coordinated_or_404(request, uuid), Role(role))
