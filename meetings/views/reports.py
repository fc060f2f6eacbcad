"""The report of an evening: five lines, written together, bettered by who was there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Membership
from alliances.policy import Refused
from alliances.views.shared import show_form
from meetings import actions, agreed, drafting, words
from meetings.forms import CorrectionForm, ReportForm
from meetings.models import Meeting, Report

from .shared import do, meeting_or_404, see

LINES = Report.Line


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Before it is shared: the form, begun with what is known. After that: the five lines, each to better in place."""
    meeting, member = meeting_or_404(request, uuid)
    found = Report.objects.filter(meeting=meeting).select_related("written_by__user").first()
    if request.method == "POST":
        return _write(request, meeting, member, found)
    if found and found.shared_at:
        return _read(request, meeting, member, found)
    if meeting.state == Meeting.State.CANCELLED or meeting.starts_at > timezone.now():
        return render(request, "meetings/report_later.html", {"meeting": meeting})
    texts = {line: getattr(found, line) for line in LINES.values} if found else dict.fromkeys(LINES.values, "")
    known = drafting.draft_of(meeting)
    initial = {line: texts[line] or (known[line] if found is None else "") for line in texts}
    initial |= {f"began_{line}": text for line, text in texts.items()}
    context = _writing(meeting, found)
    return show_form(request, "meetings/report_write.html", context, ReportForm(initial=initial))


def _write(request: HttpRequest, meeting: Meeting, member: Membership, found: Report | None) -> HttpResponse:
    form = ReportForm(request.POST)
    if not form.is_valid():
        return show_form(request, "meetings/report_write.html", _writing(meeting, found), form)
    try:
        actions.write_report(meeting=meeting, texts=form.texts, began=form.began, by=member)
        if request.POST.get("share"):
            actions.share_report(meeting=meeting, by=member)
    except actions.Overtaken as overtaken:
        return _both(request, meeting, overtaken)
    except Refused as refused:
        return show_form(request, "meetings/report_write.html", _writing(meeting, found), form, refused)
    if request.POST.get("share"):
        messages.success(request, _("Shared. Everybody at the table hears of it once."))
    else:
        messages.success(request, _("Saved. Nobody hears of it before you share it."))
    return see("meetings:report", meeting.uuid)


def _both(request: HttpRequest, meeting: Meeting, overtaken: actions.Overtaken) -> HttpResponse:
    """Two wrote the same line: the page shows both texts, and the next save starts from the words of the other."""
    data = request.POST.copy()
    for line, text in overtaken.lines.items():
        data[f"began_{line}"] = text
    theirs = [{"title": LINES(line).label, "text": text} for line, text in overtaken.lines.items()]
    again = ReportForm(initial={name: data.get(name, "") for name in ReportForm.base_fields})
    context = {**_writing(meeting, None), "theirs": theirs, "form": again}
    return render(request, "meetings/report_write.html", context, status=409)


@require_POST
def share(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show it to everybody."""
    meeting, member = meeting_or_404(request, uuid)
    said = _("Shared. Everybody at the table hears of it once.")
    return do(request, lambda: actions.share_report(meeting=meeting, by=member), said, "meetings:report", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def better(request: HttpRequest, uuid: UUID, line: str) -> HttpResponse:
    """One line, as it was according to the reader. Works in place on the report, and as a page of its own."""
    meeting, member = meeting_or_404(request, uuid)
    found = Report.objects.filter(meeting=meeting, shared_at__isnull=False).first()
    if found is None or line not in LINES.values:
        raise Http404
    now = getattr(found, line)
    context = {"meeting": meeting, "line": line, "title": LINES(line).label, "now": now}
    if request.method != "POST":
        form = CorrectionForm(initial={"text": now, "began": now})
        return render(request, "meetings/report_better.html", {**context, "form": form})
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return show_form(request, "meetings/report_better.html", context, form)
    text, began = form.cleaned_data["text"], form.cleaned_data["began"]
    try:
        actions.better_line(meeting=meeting, line=line, text=text, began=began, by=member)
    except actions.Overtaken as overtaken:
        again = CorrectionForm(initial={"text": text, "began": overtaken.lines[line]})
        context |= {"form": again, "theirs": overtaken.lines[line]}
        return render(request, "meetings/report_better.html", context, status=409)
    except Refused as refused:
        return show_form(request, "meetings/report_better.html", context, form, refused)
    messages.success(request, _("Thank you. The old words stay readable beside yours."))
    return see("meetings:report", meeting.uuid)


@require_POST
def right(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It is right."""
    meeting, member = meeting_or_404(request, uuid)
    said = _("Thank you. Your yes stands with the report.")
    return do(request, lambda: actions.say_right(meeting=meeting, by=member), said, "meetings:report", uuid)


@require_safe
def _read(request: HttpRequest, meeting: Meeting, member: Membership, found: Report) -> HttpResponse:
    at = timezone.now()
    there = actions.witnesses(meeting)
    yeses = set(found.yeses.values_list("membership_id", flat=True))
    left = agreed.days_left(found.final_at, at) if found.final_at else 0
    may_better = left > 0 and member.pk in there
    changes: dict[str, list[Any]] = {}
    for change in found.corrections.select_related("by__user"):
        changes.setdefault(change.line, []).append(change)
    context = {
        "meeting": meeting,
        "kicker": words.kicker(meeting),
        "report": found,
        "lines": [_line(found, line, changes.get(line, []), may_better) for line in LINES.values],
        "left": left,
        "may_better": may_better,
        "there": member.pk in there,
        "said": member.pk in yeses,
        "yes_sentence": _yes_sentence(len(yeses & there), len(there)),
    }
    return render(request, "meetings/report.html", context)


def _line(found: Report, line: str, changes: list[Any], may_better: bool) -> dict[str, Any]:
    text = getattr(found, line)
    form = CorrectionForm(initial={"text": text, "began": text}, auto_id=f"id_{line}_%s") if may_better else None
    return {"key": line, "title": LINES(line).label, "text": text, "changes": changes, "form": form}


def _yes_sentence(yes: int, there: int) -> str:
    if not yes:
        return _("Nobody has said yes yet.")
    return ngettext(
        "%(yes)s of the %(there)s people who were there said yes.",
        "%(yes)s of the %(there)s people who were there said yes.",
        yes,
    ) % {"yes": yes, "there": there}


def _writing(meeting: Meeting, found: Report | None) -> dict[str, Any]:
    return {
        "meeting": meeting,
        "kicker": words.kicker(meeting),
        "notes": drafting.notes_of(meeting),
        "draft": found is not None,
        "works": meeting.alliance.works,
    }
