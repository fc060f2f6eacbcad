"""Plans of action: what we want, what everybody says to it, and what came of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliances.models import Alliance, Membership
from alliances.policy import Refused
from alliances.views.shared import member_or_404, posted, show_form
from meetings import actions, agreed
from meetings.forms import ConsentForm, OutcomeForm, PlanOfActionForm
from meetings.models import ActionPlan, Consent

from .agreed import plan_or_404, themes_of
from .shared import see

SHOWN = 30  # plans on one page
FIRST = {"object": 0, "live": 1, "agree": 2}  # what is in the way stands first


@require_safe
def plans(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What runs first, each with how it stands, then what ended."""
    member = member_or_404(request, uuid)
    today = timezone.localdate()
    here = Q(consents__membership__left_at=None)
    found = member.alliance.action_plans.annotate(
        objections=Count("consents", filter=here & Q(consents__value=Consent.Value.OBJECT), distinct=True),
        open_agreements=Count("agreements", filter=Q(agreements__state="open"), distinct=True),
    )
    every = list(found.order_by("-made_at")[:SHOWN])
    running = [{"plan": one, "look": agreed.review_due(one, today)} for one in every if one.ended_at is None]
    context = {
        "running": sorted(running, key=lambda one: not one["look"]),
        "ended": [one for one in every if one.ended_at],
        "works": member.alliance.state != Alliance.State.ENDED,
    }
    return render(request, "meetings/plans_of_action.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Lay a plan on the table."""
    member = member_or_404(request, uuid)
    initial = {"theme": request.GET.get("thema", "")}
    form = PlanOfActionForm(posted(request), themes=themes_of(member.alliance), initial=initial)
    context = {"alliance": member.alliance}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "meetings/plan_of_action_new.html", context, form)
    try:
        plan = actions.make_plan_of_action(alliance=member.alliance, by=member, **form.cleaned_data)
    except Refused as refused:
        return show_form(request, "meetings/plan_of_action_new.html", context, form, refused)
    messages.success(request, _("The plan lies on the table. Everybody can say what they think."))
    return see("meetings:plan-of-action", plan.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How it stands, in words, with what is in the way first; the reader says what they think."""
    found, member = plan_or_404(request, uuid)
    consents = _consents(found)
    mine = next((one for one in consents if one.membership_id == member.pk), None)
    initial = {"value": mine.value, "why": mine.why} if mine else {}
    form = ConsentForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.say_to_plan(plan=found, by=member, **form.cleaned_data)
        except Refused as refused:
            return show_form(request, "meetings/plan_of_action.html", _context(found, member, consents), form, refused)
        messages.success(request, _("Saved. You may change it as long as the plan runs."))
        return see("meetings:plan-of-action", uuid)
    return show_form(request, "meetings/plan_of_action.html", _context(found, member, consents), form)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Other words, or another day to look again."""
    found, member = plan_or_404(request, uuid)
    initial = {"title": found.title, "text": found.text}
    if found.review_on > timezone.localdate():
        initial["review_on"] = found.review_on.isoformat()
    form = PlanOfActionForm(posted(request), before=found, initial=initial)
    context = {"plan": found}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "meetings/plan_of_action_change.html", context, form)
    try:
        actions.change_plan_of_action(plan=found, by=member, **form.cleaned_data)
    except Refused as refused:
        return show_form(request, "meetings/plan_of_action_change.html", context, form, refused)
    messages.success(request, _("Changed."))
    return see("meetings:plan-of-action", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """It is done with: what came of it?"""
    found, member = plan_or_404(request, uuid)
    form = OutcomeForm(posted(request))
    context = {"plan": found}
    if request.method != "POST" or not form.is_valid():
        return show_form(request, "meetings/plan_of_action_end.html", context, form)
    try:
        actions.end_plan_of_action(plan=found, outcome=form.cleaned_data["outcome"], by=member)
    except Refused as refused:
        return show_form(request, "meetings/plan_of_action_end.html", context, form, refused)
    messages.success(request, _("Saved. Everybody at the table can read it."))
    return see("meetings:plan-of-action", uuid)


def _context(found: ActionPlan, member: Membership, consents: Sequence[Consent]) -> dict[str, Any]:
    today = timezone.localdate()
    seats = found.alliance.memberships.active().count()
    return {
        "plan": found,
        "sentence": agreed.plan_sentence(consents, seats),
        "consents": consents,
        "look": agreed.review_due(found, today),
        "mine": any(one.membership_id == member.pk for one in consents),
        "lines": [agreed.line_of(one, today, member) for one in found.agreements.with_owners().by_turn()],
    }


def _consents(found: ActionPlan) -> list[Consent]:
    said = found.consents.filter(membership__left_at=None).select_related("membership__user").order_by("at")
    return sorted(said, key=lambda one: FIRST[one.value])
