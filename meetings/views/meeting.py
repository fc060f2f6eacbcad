"""The page of one evening, and what the pages behind links share with it: calendars and answers."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliances.models import Membership
from alliances.unreached import unreached
from meetings import ical, words
from meetings.agenda import agenda_of
from meetings.models import Attendance, DatePoll, Dish, FoodWish, Guest, Meeting, Report
from meetings.place import gives_away
from meetings.rotation import Candidate, Hosted, whose_turn

from .contributions import brings_of
from .shared import meeting_or_404


@require_safe
def meeting(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """When, where, do you come; who else does, what we talk about."""
    of_it = {"meeting": OuterRef("pk")}
    evening, member = meeting_or_404(
        request,
        uuid,
        guest_names=ArraySubquery(Guest.objects.filter(**of_it, revoked_at=None).order_by("made_at").values("name")),
        poll=Subquery(DatePoll.objects.open().filter(**of_it).values("uuid")),
        reported=Exists(Report.objects.filter(**of_it, shared_at__isnull=False)),
    )
    return render(request, "meetings/meeting.html", page_of(request, evening, member))


def page_of(request: HttpRequest, evening: Meeting, member: Membership) -> dict[str, Any]:
    """What the page of an evening shows one member. At most twelve queries; `tests/meetings/test_dinner.py` counts."""
    at = timezone.now()
    dish = Dish.objects.filter(meeting=evening, membership=OuterRef("pk"))
    seated = evening.alliance.memberships.active().select_related("user")
    members = list(seated.annotate(dish=Subquery(dish.values("what")[:1])))
    attendances = {row.membership_id: row for row in evening.attendances.of_members()}
    answers = {key: row.answer for key, row in attendances.items()}
    is_host = evening.host_id == member.pk
    over, off = evening.ends_at <= at, evening.state == Meeting.State.CANCELLED
    return {
        "meeting": evening,
        "heading": words.heading(evening, member, at),
        "kicker": words.kicker(evening),
        "mine": attendances.get(member.pk),
        "choices": Attendance.Answer.choices,
        "is_host": is_host,
        "unreached": unreached(member, members).others if is_host else [],
        "over": over,
        "begun": evening.starts_at <= at,
        "today": timezone.localdate(evening.starts_at) <= timezone.localdate(at),
        "off": off,
        "turn": None if off or over or evening.host_id else turn_of(evening, members, answers),
        "food": _food(evening) if is_host and not off and not over else None,
        "dishes": [one for one in members if getattr(one, "dish", None)],
        "seen": not over and gives_away(evening.place),
        "way": _way(evening.place),
        "calendars": calendar_links(evening),
        **_who(members, attendances, member, over=over),
        "agenda": agenda_of(request, evening),
        **brings_of(evening, member),
    }


def turn_of(evening: Meeting, members: Sequence[Membership], answers: Mapping[int, str]) -> Membership | None:
    """The member to ask first to receive the group. One query. Who takes a break or does not come is passed over."""
    day = timezone.localdate(evening.starts_at)
    candidates = [
        Candidate(
            key=member.pk,
            since=member.joined_at,
            able=(member.paused_until is None or member.paused_until <= day)
            and answers.get(member.pk) != Attendance.Answer.NOT,
        )
        for member in members
    ]
    hosted = Meeting.objects.planned().filter(alliance=evening.alliance_id, host__isnull=False).exclude(pk=evening.pk)
    evenings = [Hosted(key, at) for key, at in hosted.values_list("host_id", "starts_at")]
    turn = whose_turn(candidates, evenings)
    return next((member for member in members if turn and member.pk == turn.key), None)


def begins_shown(request: HttpRequest) -> int | None:
    """The beginning that the page with the buttons showed, in seconds since 1970; None when the form does not say."""
    shown = request.POST.get("begins", "")
    return int(shown) if shown.isascii() and shown.isdecimal() else None


def ics_response(evening: Meeting) -> HttpResponse:
    """The .ics file as a download; calendars on phones open it by its type."""
    return HttpResponse(
        ical.calendar(evening, at=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{ical.FILE_NAME}"', "Cache-Control": "no-store"},
    )


def calendar_links(evening: Meeting) -> dict[str, str]:
    """Addresses that open a filled-in appointment in a calendar on the web: when and where, a neutral title."""
    begin, end = (at.astimezone(timezone.get_fixed_timezone(0)) for at in (evening.starts_at, evening.ends_at))
    title, stamp = _("Appointment"), "%Y%m%dT%H%M%SZ"
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{begin.strftime(stamp)}/{end.strftime(stamp)}",
        "ctz": settings.TIME_ZONE,
        "location": evening.place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": begin.isoformat(),
        "enddt": end.isoformat(),
        "location": evening.place,
    }
    return {
        "google": f"https://calendar.google.com/calendar/render?{urlencode(google)}",
        "outlook": f"https://outlook.office.com/calendar/0/deeplink/compose?{urlencode(outlook)}",
    }


def _way(place: str) -> str:
    """A map of the place; only who taps it tells the map where they go."""
    return f"https://www.openstreetmap.org/search?{urlencode({'query': place})}" if place else ""


def _food(evening: Meeting) -> list[tuple[int, str]]:
    """How many people do not eat what, the most first: for the host, and never who. The database asks who looks."""
    with connection.cursor() as cursor:
        cursor.execute("select people, wish from meetings_food(%s) order by people desc, wish", [evening.pk])
        return [(people, str(FoodWish.Wish(wish).label)) for people, wish in cursor.fetchall()]


def _who(
    members: Sequence[Membership], attendances: Mapping[int, Attendance], me: Membership, *, over: bool
) -> dict[str, Any]:
    """Who comes, drawn and in words; after an evening at which it was noted, who was there."""
    answers = {key: row.answer for key, row in attendances.items()}
    present = {key for key, row in attendances.items() if row.present} if over else set()
    if present:
        answers = {member.pk: "coming" if member.pk in present else "" for member in members}
    seats = words.dinner_seats(members, answers, me)
    here = [member.name for member in members if member.pk in present]
    return {
        "lead": words.coming_sentence(answers.values()),
        "seats": seats,
        "seats_sentence": words.seats_sentence(seats),
        "coming": sum(answer == Attendance.Answer.COMING for answer in answers.values()),
        "noted": bool(present),
        "groups": [(_("Present"), here)] if present else _groups(members, answers),
    }


def _groups(members: Sequence[Membership], answers: Mapping[int, str]) -> list[tuple[str, list[str]]]:
    """Who said what: a word and the names, without empty groups."""
    labels = [
        (Attendance.Answer.COMING, _("yes")),
        (Attendance.Answer.PERHAPS, _("perhaps")),
        (Attendance.Answer.NOT, _("no")),
        ("", _("nothing yet")),
    ]
    return [
        (f"{len(names)} {label}", names)
        for answer, label in labels
        if (names := [member.name for member in members if answers.get(member.pk, "") == answer])
    ]
