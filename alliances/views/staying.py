"""Pausing, coming back, leaving; and what the table decides together."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances import actions
from alliances.forms import AnswerForm, LeaveForm, PauseForm, ProposeForm
from alliances.models import HouseRules, Membership, Proposal
from alliances.policy import Refused, may_second

from .inviting import reader
from .shared import member_or_404, posted, show_form, told
from .texts import split_rules


@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A break of one's own: nothing is sent until the day."""
    member = member_or_404(request, uuid)
    form = PauseForm(posted(request))
    context = {"alliance": member.alliance}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/pause.html", context, form)
    try:
        actions.pause(member=member, until=form.cleaned_data["until"])
    except Refused as refused:
        return show_form(request, "alliances/pause.html", context, form, refused)
    until = date_format(form.cleaned_data["until"], "j F")
    messages.success(request, _("Your break has begun. Until %(until)s we send you nothing.") % {"until": until})
    return redirect("alliances:alliance", uuid)


@require_POST
def resume(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Back at the table."""
    actions.resume(member=member_or_404(request, uuid))
    messages.success(request, _("Good to have you back."))
    return redirect("alliances:alliance", uuid)


@require_POST
def resume_table(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The whole table goes on, by the word of any member."""
    member = member_or_404(request, uuid)
    try:
        actions.resume_alliance(alliance=member.alliance, by=member)
    except Refused as refused:
        return told(request, refused, "alliances:alliance", uuid)
    messages.success(request, _("The table goes on."))
    return redirect("alliances:alliance", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def pledge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The house rules changed: read them, and say yes again."""
    member = member_or_404(request, uuid)
    newest = HouseRules.objects.latest("version")
    if request.method == "POST":
        actions.pledge(member=member, rules=newest)
        messages.success(request, _("Saved."))
        return redirect("alliances:alliance", uuid)
    context = {"alliance": member.alliance, "newest": newest, "rules": split_rules(newest)}
    return render(request, "alliances/pledge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stopping is always allowed; the page says what stays."""
    member = member_or_404(request, uuid)
    form = LeaveForm(posted(request))
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/leave.html", {"alliance": member.alliance}, form)
    actions.leave(member=member, forget_name=form.cleaned_data["forget_name"])
    messages.success(request, _("You left the table. Thank you for all that you brought."))
    return redirect("home")


@require_safe
def proposals(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What lies on the table to decide, and what was decided."""
    member = member_or_404(request, uuid)
    found = Proposal.objects.filter(alliance=member.alliance)
    found = found.select_related("alliance", "about__user", "proposed_by__user", "seconded_by__user")
    now = timezone.now()
    running = [
        {
            "proposal": one,
            "mine": one.proposed_by_id == member.pk,
            "about_me": one.about_id == member.pk,
            "may_agree": may_second(member, one),
            "hearing": bool(one.heard_from and not one.answered_at and now < one.heard_from),
            "form": AnswerForm(auto_id=f"id_{one.uuid}_%s")
            if one.about_id == member.pk and not one.answered_at
            else None,
        }
        for one in found
        if not one.closed_at
    ]
    closed = [one for one in found if one.closed_at][:20]
    return render(
        request, "alliances/proposals.html", {"alliance": member.alliance, "running": running, "closed": closed}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The first of two voices."""
    member = member_or_404(request, uuid)
    seated = member.alliance.memberships.active().exclude(pk=member.pk).select_related("user")
    others = {str(one.uuid): one for one in seated}
    names = {key: one.name for key, one in others.items()}
    form = ProposeForm(posted(request), others=names)
    context = {"alliance": member.alliance}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "alliances/propose.html", context, form)
    try:
        _propose(member, form, others)
    except Refused as refused:
        return show_form(request, "alliances/propose.html", context, form, refused)
    messages.success(request, _("Your proposal lies on the table. A member with another role can agree."))
    return redirect("alliances:proposals", uuid)


def _propose(member: Membership, form: ProposeForm, others: dict[str, Membership]) -> None:
    typed = form.cleaned_data
    kind = typed["kind"]
    actions.propose(
        kind=kind,
        by=member,
        about=others[typed["about"]] if kind == Proposal.Kind.REMOVE else None,
        until=None if kind == Proposal.Kind.REMOVE else typed["until"],
        reason=typed["reason"],
    )


def proposal_or_404(request: HttpRequest, uuid: UUID) -> tuple[Proposal, Membership]:
    """A proposal of one's own table, and one's seat there."""
    found = Proposal.objects.visible_to(reader(request)).select_related("alliance", "proposed_by", "about")
    proposal = get_object_or_404(found, uuid=uuid)
    return proposal, member_or_404(request, proposal.alliance.uuid)


@require_POST
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The person it is about says what they think."""
    proposal, member = proposal_or_404(request, uuid)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return show_form(request, "alliances/answer.html", {"alliance": member.alliance, "proposal": proposal}, form)
    try:
        actions.answer_proposal(proposal=proposal, by=member, text=form.cleaned_data["text"])
    except Refused as refused:
        return show_form(
            request, "alliances/answer.html", {"alliance": member.alliance, "proposal": proposal}, form, refused
        )
    messages.success(request, _("Your answer stands beside the proposal."))
    return redirect("alliances:proposals", member.alliance.uuid)


@require_POST
def agree(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The second voice: the decision is taken."""
    proposal, member = proposal_or_404(request, uuid)
    try:
        actions.second(proposal=proposal, by=member)
    except Refused as refused:
        return told(request, refused, "alliances:proposals", member.alliance.uuid)
    messages.success(request, _("Decided. The journal of the table says so."))
    return redirect("alliances:alliance", member.alliance.uuid)


@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who proposed it takes it back."""
    proposal, member = proposal_or_404(request, uuid)
    try:
        actions.withdraw_proposal(proposal=proposal, by=member)
    except Refused as refused:
        return told(request, refused, "alliances:proposals", member.alliance.uuid)
    messages.success(request, _("You took your proposal back."))
    return redirect("alliances:proposals", member.alliance.uuid)
