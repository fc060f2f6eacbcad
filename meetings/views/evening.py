"""The evening itself, on one phone that goes round, and its agenda: minutes, notes, paper."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Membership
from alliances.policy import Refused
from alliances.views.shared import posted, show_form, told
from meetings import actions
from meetings.actions.evening import KEY
from meetings.agenda import Agenda, AgendaItem, Point, agenda_of, roles_in_words
from meetings.forms import MinutesForm, NotesForm
from meetings.models import AgendaPoint, Meeting

from .contributions import brings_of
from .shared import meeting_or_404, see

SPOKE = "spoke"  # who had their say in the round, by place in the list: on this phone only, nothing is stored


@require_http_methods(["GET", "HEAD", "POST"])
def evening(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All items below each other, each with its notes. A post saves the notes of one item."""
    found, member = meeting_or_404(request, uuid)
    agenda = agenda_of(request, found)
    if request.method != "POST":
        return render(request, "meetings/evening.html", _context(request, found, member, agenda))
    key = request.POST.get("key", "")
    if not KEY.fullmatch(key):
        raise Http404
    form = NotesForm(request.POST, auto_id=f"{_anchor(key)}-%s")
    refused: Refused | None = None
    status = 422
    if form.is_valid():
        notes, version = form.cleaned_data["notes"], form.cleaned_data["version"]
        try:
            actions.save_notes(meeting=found, key=key, notes=notes, version=version, by=member)
        except actions.WroteToo as error:
            refused, status = error, 409
            form.data = _both(request.POST, notes, error)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Saved."))
            return _back(request, found, _anchor(key))
    if refused:
        form.add_error("notes", refused.sentence)
    context = _context(request, found, member, agenda) | {"form": form}
    context["blocks"] = _blocks(agenda, key, form)
    return render(request, "meetings/evening.html", context, status=status)


@require_POST
def present(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who is there, by a tap: "<seat>:1", and ":0" takes it back."""
    found, member = meeting_or_404(request, uuid)
    seat, _colon, ticked = request.POST.get("there", "").partition(":")
    seated = Membership.objects.active().filter(alliance=found.alliance_id).select_related("alliance")
    who = next((one for one in seated if str(one.uuid) == seat), None)
    if who is None:
        return _back(request, found, "who")
    try:
        actions.note_present(meeting=found, membership=who, present=ticked == "1", by=member)
    except Refused as refused:
        return told(request, refused, "meetings:evening", uuid)
    return _back(request, found, "who")


@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How long each item takes."""
    found, member = meeting_or_404(request, uuid)
    agenda = agenda_of(request, found)
    form = MinutesForm(posted(request), points=agenda.points)
    context = {"meeting": found, "agenda": agenda}
    if request.method != "POST":
        return render(request, "meetings/minutes.html", {**context, "form": form})
    refused = None
    if form.is_valid():
        try:
            actions.plan_minutes(meeting=found, minutes=form.planned, by=member)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Saved."))
            return see("meetings:meeting", uuid)
    return show_form(request, "meetings/minutes.html", context, form, refused)


@require_safe
def agenda(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The evening on paper: room to write, no names."""
    found, member = meeting_or_404(request, uuid)
    made = agenda_of(request, found)
    agreements = [(line.agreement, roles_in_words(line.roles), line.waits) for line in made.agreements]
    context = {"meeting": found, "agenda": made, "agreements": agreements, "report": _report_lines()}
    context |= brings_of(found, member)
    return render(request, "meetings/agenda.html", context)


def _context(request: HttpRequest, found: Meeting, member: Membership, agenda: Agenda) -> dict[str, Any]:
    members = list(found.alliance.memberships.active().select_related("user"))
    here = set(found.attendances.filter(present=True).values_list("membership_id", flat=True))
    spoke = request.POST if request.method == "POST" else request.GET
    return {
        "meeting": found,
        "agenda": agenda,
        "blocks": _blocks(agenda),
        "members": [(member, member.pk in here) for member in members],
        "speakers": [(place, member.name, str(place) in spoke.getlist(SPOKE)) for place, member in enumerate(members)],
        "here": len(here),
        "today": timezone.localdate(found.starts_at) <= timezone.localdate(),
        "off": found.state == Meeting.State.CANCELLED,
        **brings_of(found, member),
    }


def _blocks(agenda: Agenda, key: str = "", form: NotesForm | None = None) -> list[dict[str, Any]]:
    """Each item with the form for its notes; the one with `key` has the form as it was posted."""
    points = [*agenda.points, *(_left(point, n) for n, point in enumerate(agenda.rest, len(agenda.points) + 1))]
    if key and key not in {point.item.key for point in points}:  # it left the agenda while somebody wrote
        points.append(_left(AgendaPoint(key=key), len(points) + 1))
    blocks = []
    for point in points:
        own = form if point.item.key == key else None
        anchor = _anchor(point.item.key)
        initial = {"notes": point.notes, "version": point.version}
        blocks.append(
            {"point": point, "anchor": anchor, "form": own or NotesForm(initial=initial, auto_id=f"{anchor}-%s")}
        )
    return blocks


def _left(kept: AgendaPoint, number: int) -> Point:
    """An item that is not on the agenda any more, and has notes."""
    item = AgendaItem(_("No longer on the agenda"), _("What was written down stays."), key=kept.key)
    return Point(item, number, kept.minutes or 0, kept.minutes, kept.notes, kept.version)


def _both(sent: QueryDict, mine: str, error: actions.WroteToo) -> QueryDict:
    """What was posted, with both texts in the field, so that saving without reading loses nothing either."""
    data = sent.copy()
    data["notes"] = f"{error.theirs}\n\n{mine}" if mine and error.theirs else mine or error.theirs
    data["version"] = str(error.version)
    return data


def _anchor(key: str) -> str:
    return "item-" + key.replace(":", "-")


def _back(request: HttpRequest, found: Meeting, anchor: str) -> HttpResponse:
    spoken = "&".join(f"{SPOKE}={place}" for place in request.POST.getlist(SPOKE) if place.isdecimal())
    query = f"?{spoken}" if spoken else ""
    return see(f"{reverse('meetings:evening', args=[found.uuid])}{query}#{anchor}")


def _report_lines() -> list[str]:
    return [
        _("What did we talk about?"),
        _("What did we agree?"),
        _("Who does what?"),
        _("What do we tell outside the table?"),
        _("Next time?"),
    ]
