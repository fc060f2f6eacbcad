"""One evening: its page, and what can be done with it."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Membership
from alliances.policy import Refused
from alliances.unreached import unreached
from alliances.views.shared import show_form
from meetings import actions, ical, words
from meetings.agenda import AgendaItem, registered_items
from meetings.forms import EveningForm
from meetings.models import Attendance, Meeting

from .shared import do, meeting_or_404


@require_safe
def meeting(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """When, where, do you come; who else does, what we talk about."""
    evening, member = meeting_or_404(request, uuid)
    at = timezone.now()
    members = list(evening.alliance.memberships.active().select_related("user"))
    attendances = {row.membership_id: row for row in evening.attendances.of_members()}
    answers = {key: row.answer for key, row in attendances.items()}
    seats = words.dinner_seats(members, answers, member)
    return render(
        request,
        "meetings/meeting.html",
        {
            "meeting": evening,
            "heading": words.heading(evening, member, at),
            "kicker": words.kicker(evening),
            "lead": words.coming_sentence(answers.values()),
            "mine": attendances.get(member.pk),
            "choices": Attendance.Answer.choices,
            "seats": seats,
            "seats_sentence": words.seats_sentence(seats),
            "coming": sum(answer == Attendance.Answer.COMING for answer in answers.values()),
            "groups": _groups(members, answers),
            "is_host": evening.host_id == member.pk,
            "unreached": unreached(member, members).others if evening.host_id == member.pk else [],
            "over": evening.ends_at <= at,
            "begun": evening.starts_at <= at,
            "off": evening.state == Meeting.State.CANCELLED,
            "themes": evening.themes.select_related("category"),
            "items": registered_items(request, evening),
            "calendars": calendar_links(evening),
        },
    )


@require_POST
def attend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Yes, perhaps or no."""
    evening, member = meeting_or_404(request, uuid)
    to = ("alliances:alliance", evening.alliance.uuid) if "table" in request.POST else ("meetings:meeting", uuid)
    answer = request.POST.get("answer", "")
    said = _("Your answer is saved: %(answer)s. You may still change it.") % {
        "answer": dict(Attendance.Answer.choices).get(answer, "")
    }
    begins = begins_shown(request)
    return do(
        request,
        lambda: actions.answer_as_member(meeting=evening, answer_given=answer, by=member, begins=begins),
        said,
        *to,
    )


@require_POST
def host(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """I receive the group."""
    evening, member = meeting_or_404(request, uuid)
    said = _("You are the host. Fill in the place when you know it.")
    return do(request, lambda: actions.offer_host(meeting=evening, by=member), said, "meetings:meeting", uuid)


@require_POST
def unhost(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """I cannot receive the group after all."""
    evening, member = meeting_or_404(request, uuid)
    said = _("Somebody else can be the host now.")
    return do(request, lambda: actions.withdraw_host(meeting=evening, by=member), said, "meetings:meeting", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Place, food, day and time on one form. A cancelled evening gets a new day here."""
    evening, member = meeting_or_404(request, uuid)
    off = evening.state == Meeting.State.CANCELLED
    form = EveningForm(request.POST or None, initial=EveningForm.of(evening))
    refused = None
    if request.method == "POST" and form.is_valid() and form.evening:
        try:
            with transaction.atomic():  # a refused move takes the edit back
                actions.edit_meeting(
                    meeting=evening, place=form.cleaned_data["place"], food=form.cleaned_data["food"], by=member
                )
                moved = actions.move_meeting(meeting=evening, evening=form.evening, by=member)
        except Refused as error:
            refused = error
        else:
            told = off or moved.starts_at != evening.starts_at
            messages.success(
                request, _("Saved. Everybody hears the new time and is asked again.") if told else _("Saved.")
            )
            return redirect("meetings:meeting", uuid)
    context = {"meeting": evening, "off": off}
    if request.method != "POST":
        return render(request, "meetings/edit.html", {**context, "form": form})
    return show_form(request, "meetings/edit.html", context, form, refused)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Asks once more, then it is off."""
    evening, member = meeting_or_404(request, uuid)
    if request.method != "POST":
        return render(request, "meetings/cancel.html", {"meeting": evening})
    said = _("The evening is off. Everybody hears it.")
    return do(request, lambda: actions.cancel_meeting(meeting=evening, by=member), said, "meetings:meeting", uuid)


@require_POST
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It takes place after all."""
    evening, member = meeting_or_404(request, uuid)
    said = _("The evening takes place after all. Everybody is asked again.")
    return do(request, lambda: actions.restore_meeting(meeting=evening, by=member), said, "meetings:meeting", uuid)


@require_safe
def agenda(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The evening on paper: room to write, no names."""
    evening, _member = meeting_or_404(request, uuid)
    round_ = AgendaItem(_("A round: how is it in your street?"), _("Everybody speaks once."))
    brought = AgendaItem(_("What police and municipality bring"), _("And one question that they ask us."))
    plans = AgendaItem(_("What are we going to do?"), _("Who, what and when. Only if you say yes yourself."))
    themes = [AgendaItem(theme.title, theme.text) for theme in evening.themes.all()]
    topics = [round_, *registered_items(request, evening), *themes, brought, plans]
    return render(request, "meetings/agenda.html", {"meeting": evening, "topics": topics})


@require_safe
def ics(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The evening for a calendar."""
    evening, _member = meeting_or_404(request, uuid)
    return ics_response(evening)


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
