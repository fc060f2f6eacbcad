"""Agreements: what we agreed, whose it is, and what came of it; and what each seat brings and needs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from alliances.views.shared import member_or_404, posted, show_form
from meetings import actions, agreed, progress
from meetings.forms import AgreementForm, ClosingForm, SeatForm
from meetings.models import Agreement, Contribution, Meeting

from .agreed import CHOICES, agreement_or_404, themes_of
from .shared import do, see

CLOSED = 30  # on one page


@require_safe
def agreements(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is open first, then what came of the others, the drawing, and what each seat brings and needs."""
    member = member_or_404(request, uuid)
    alliance, today = member.alliance, timezone.localdate()
    running = [agreed.line_of(one, today, member) for one in agreed.open_agreements(alliance)]
    closed = alliance.agreements.exclude(state=Agreement.State.OPEN).with_owners().by_turn()[:CLOSED]
    shown = progress.quarters(_facts(alliance), today)
    width, height = progress.size(shown)
    context = {
        "running": running,
        "closed": [agreed.line_of(one, today, member) for one in closed],
        "late": sum(line.late for line in running),
        "asked": [line for line in running if line.asked],
        "quarters": shown,
        "bars": progress.bars(shown),
        "kinds": [(kind, label, sum(one.counts[kind] for one in shown)) for kind, label in kinds()],
        "width": width,
        "bar_width": progress.WIDTH,
        "height": height,
        "seats": _seats(alliance, member),
        "works": alliance.state != Alliance.State.ENDED,
    }
    return render(request, "meetings/agreements.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what was agreed; the address may say of which evening, theme or plan."""
    member = member_or_404(request, uuid)
    meeting = _evening(request, member.alliance)
    form = _form(request, member, initial={key: request.GET.get(name, "") for key, name in ASKED.items()})
    context = {"meeting": meeting, "alliance": member.alliance}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "meetings/agreement_new.html", context, form)
    try:
        actions.make_agreement(alliance=member.alliance, by=member, meeting=meeting, **form.cleaned_data)
    except Refused as refused:
        return show_form(request, "meetings/agreement_new.html", context, form, refused)
    messages.success(request, _("Agreed. Who is asked for it can say yes now."))
    return see("meetings:report", meeting.uuid) if meeting else see("meetings:agreements", uuid)


ASKED = {"theme": "thema", "plan": "plan"}  # what the address may say


@require_safe
def agreement(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One agreement: how it stands, the owner's own yes, and what can be done with it."""
    found, member = agreement_or_404(request, uuid)
    line = agreed.line_of(found, timezone.localdate(), member)
    return render(request, "meetings/agreement.html", {"line": line, "agreement": found})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Other words, another day, somebody else."""
    found, member = agreement_or_404(request, uuid)
    owners = [one["member"] for one in vars(found)["who"]]
    seated = _seated(member.alliance)
    initial = {
        "text": found.text,
        "due_on": found.due_on,
        "owners": [str(seat.uuid) for seat in seated if seat.pk in owners],
    }
    form = AgreementForm(posted(request), seats=seated, before=found, initial=initial)
    context = {"agreement": found}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "meetings/agreement_change.html", context, form)
    try:
        actions.change_agreement(agreement=found, by=member, **form.cleaned_data)
    except Refused as refused:
        return show_form(request, "meetings/agreement_change.html", context, form, refused)
    messages.success(request, _("Changed."))
    return see("meetings:agreement", uuid)


@require_POST
def yes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The owner does it."""
    found, member = agreement_or_404(request, uuid)
    said = _("You said yes. Thank you.")
    return do(request, lambda: actions.say_yes(agreement=found, by=member), said, "meetings:agreement", uuid)


@require_POST
def no(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The owner cannot do it."""
    found, member = agreement_or_404(request, uuid)
    said = _("You said no. The table sees that somebody else is needed.")
    return do(request, lambda: actions.say_no(agreement=found, by=member), said, "meetings:agreement", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def done(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It is done."""
    return _closing(request, uuid, Agreement.State.DONE)


@require_http_methods(["GET", "HEAD", "POST"])
def failed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It did not work, because."""
    return _closing(request, uuid, Agreement.State.FAILED)


@require_http_methods(["GET", "HEAD", "POST"])
def dropped(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It is not needed any more."""
    return _closing(request, uuid, Agreement.State.DROPPED)


@require_POST
def reopen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open again."""
    found, member = agreement_or_404(request, uuid)
    said = _("It is open again.")
    return do(request, lambda: actions.reopen_agreement(agreement=found, by=member), said, "meetings:agreement", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What one's own seat brings and needs."""
    member = member_or_404(request, uuid)
    mine = dict(member.contributions.filter(kind__in=("offers", "needs")).values_list("kind", "text"))
    form = SeatForm(posted(request), initial=mine)
    context = {"alliance": member.alliance}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "meetings/seat.html", context, form)
    try:
        actions.say_seat(by=member, **form.cleaned_data)
    except Refused as refused:
        return show_form(request, "meetings/seat.html", context, form, refused)
    messages.success(request, _("Saved. Everybody at the table can read it."))
    return see("meetings:agreements", uuid)


def kinds() -> list[tuple[str, str]]:
    """What the drawing tells apart, with its words."""
    return [
        ("done", _("done")),
        ("running", _("runs")),
        ("late", _("open after its day")),
        ("failed", _("did not work")),
        ("dropped", _("not needed any more")),
    ]


def _closing(request: HttpRequest, uuid: UUID, state: str) -> HttpResponse:
    found, member = agreement_or_404(request, uuid)
    begin = {
        "done": _("Done: %(what)s"),
        "failed": _("Did not work: %(what)s"),
        "dropped": _("Not needed any more: %(what)s"),
    }[state]
    form = ClosingForm(
        posted(request), state=state, with_theme=bool(found.theme), initial={"told": begin % {"what": found.text}}
    )
    context = {"agreement": found, "state": state}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "meetings/agreement_close.html", context, form)
    try:
        actions.close_agreement(agreement=found, state=state, by=member, **form.cleaned_data)
    except Refused as refused:
        return show_form(request, "meetings/agreement_close.html", context, form, refused)
    messages.success(request, _("Saved. Everybody at the table can read it."))
    return see("meetings:agreements", found.alliance.uuid)


def _form(request: HttpRequest, member: Membership, initial: dict[str, Any]) -> AgreementForm:
    alliance = member.alliance
    plans = list(alliance.action_plans.filter(ended_at=None)[:CHOICES])
    return AgreementForm(
        posted(request), seats=_seated(alliance), themes=themes_of(alliance), plans=plans, initial=initial
    )


def _seated(alliance: Alliance) -> list[Membership]:
    return list(alliance.memberships.active().select_related("user"))


def _evening(request: HttpRequest, alliance: Alliance) -> Meeting | None:
    asked = request.POST.get("meeting") or request.GET.get("etentje", "")
    try:
        return alliance.meetings.filter(uuid=UUID(asked)).first()
    except ValueError:
        return None


def _facts(alliance: Alliance) -> Sequence[progress.Fact]:
    rows = alliance.agreements.values_list("made_at", "state", "due_on")
    return [progress.Fact(timezone.localtime(made).date(), state, due) for made, state, due in rows]


def _seats(alliance: Alliance, reader: Membership) -> list[dict[str, Any]]:
    """What each seat brings and needs, the reader's own first; only seats that said something, and one's own."""
    said: dict[int, dict[str, str]] = {}
    kinds = (Contribution.Kind.OFFERS, Contribution.Kind.NEEDS)
    for row in alliance.contributions.filter(kind__in=kinds):
        said.setdefault(row.membership_id, {})[row.kind] = row.text
    shown = [
        {"member": one, "mine": one.pk == reader.pk, **said.get(one.pk, {})}
        for one in _seated(alliance)
        if one.pk in said or one.pk == reader.pk
    ]
    return sorted(shown, key=lambda one: not one["mine"])
