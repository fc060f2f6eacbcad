"""Plans of action: what we want, what everybody says to it, and what came of it. An objection blocks nothing."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, may_act_in, not_ended, require
from meetings.models import ActionPlan, Consent, Theme


@transaction.atomic
def make_plan_of_action(
    *, alliance: Alliance, title: str, text: str, review_on: date, by: Membership, theme: Theme | None = None
) -> ActionPlan:
    """Lay a plan on the table; everybody says what they think of it. `review_on` is a day in Europe/Amsterdam.

    Who makes it agrees with it. Raises Refused after the end of the alliance.
    """
    require(may_act_in(by, alliance) and (theme is None or theme.alliance_id == alliance.pk))
    not_ended(alliance)
    plan = ActionPlan.objects.create(
        alliance=alliance, title=title, text=text, review_on=review_on, theme=theme, made_by=by
    )
    Consent.objects.create(plan=plan, membership=by, value=Consent.Value.AGREE)
    record("made_plan", alliance_id=alliance.pk, by=by, thing=plan)
    return plan


@transaction.atomic
def change_plan_of_action(*, plan: ActionPlan, title: str, text: str, review_on: date, by: Membership) -> ActionPlan:
    """Other words, or another day to look again. Other words ask everybody but `by` anew: they said it of the old ones.

    Raises Refused when the plan has ended.
    """
    plan = _locked(plan, by)
    _runs(plan)
    anew = (title, text) != (plan.title, plan.text)
    plan.title, plan.text, plan.review_on = title, text, review_on
    plan.save(update_fields=["title", "text", "review_on"])
    if anew:
        plan.consents.exclude(membership=by).delete()
    record("changed_plan", alliance_id=plan.alliance_id, by=by, thing=plan)
    return plan


@transaction.atomic
def say_to_plan(*, plan: ActionPlan, value: str, why: str, by: Membership) -> Consent:
    """What a member says to a plan; a later word replaces it. Raises Refused when it has ended, or for an objection
    without a reason.
    """
    plan = _locked(plan, by)
    _runs(plan)
    if value not in Consent.Value.values:
        raise Refused(_("Choose what you think of it."))
    if value == Consent.Value.OBJECT and not why:
        raise Refused(_("Write why you object. Then the others can do something with it."))
    consent, _made = Consent.objects.update_or_create(plan=plan, membership=by, defaults={"value": value, "why": why})
    record("said_to_plan", alliance_id=plan.alliance_id, by=by, thing=plan)
    return consent


@transaction.atomic
def end_plan_of_action(*, plan: ActionPlan, outcome: str, by: Membership) -> ActionPlan:
    """It is done with, and this came of it; also when it failed. Raises Refused when somebody was faster."""
    plan = _locked(plan, by)
    _runs(plan)
    plan.ended_at, plan.outcome = timezone.now(), outcome
    plan.save(update_fields=["ended_at", "outcome"])
    record("ended_plan", alliance_id=plan.alliance_id, by=by, thing=plan)
    return plan


def _locked(plan: ActionPlan, by: Membership) -> ActionPlan:
    found = ActionPlan.objects.select_for_update(of=("self",)).select_related("alliance").get(pk=plan.pk)
    require(may_act_in(by, found.alliance))
    return found


def _runs(plan: ActionPlan) -> None:
    if plan.ended_at:
        raise Refused(_("This plan has ended. Somebody was faster than you."))
