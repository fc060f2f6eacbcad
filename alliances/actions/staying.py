"""Pausing, coming back and leaving: always allowed, at any time."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.models import Alliance, HouseRules, Membership, Proposal
from alliances.policy import Refused, may_act_in, require
from messaging.actions import post

from .journal import record


@transaction.atomic
def pause(*, member: Membership, until: date) -> None:
    """Nothing is sent to this member before `until` (a day in Europe/Amsterdam).

    Raises Refused for a day that has begun.
    """
    require(may_act_in(member, member.alliance))
    if until <= timezone.localdate():
        raise Refused(_("Choose a day after today."))
    member.paused_until = until
    member.save(update_fields=["paused_until"])
    record("paused", alliance_id=member.alliance_id, by=member, thing=member)
    post(
        kind="pause",
        user=member.user,
        about=member.uuid,
        context={"until": until},
        dedupe_key=f"pause:{member.uuid}:{until}",
    )


@transaction.atomic
def resume(*, member: Membership) -> None:
    """Back at the table."""
    require(may_act_in(member, member.alliance))
    member.paused_until = None
    member.save(update_fields=["paused_until"])
    record("resumed", alliance_id=member.alliance_id, by=member, thing=member)


@transaction.atomic
def pledge(*, member: Membership, rules: HouseRules) -> None:
    """Say yes to the house rules as they are now."""
    require(may_act_in(member, member.alliance))
    member.house_rules, member.pledged_at = rules, timezone.now()
    member.save(update_fields=["house_rules", "pledged_at"])
    record("pledged", alliance_id=member.alliance_id, by=member, thing=member)


@transaction.atomic
def leave(*, member: Membership, forget_name: bool = False) -> None:
    """The seat is free; what was done together stays, without the name if the person asks."""
    require(may_act_in(member, member.alliance))
    end_membership(member, forget_name=forget_name)
    record("left", alliance_id=member.alliance_id, by=member, thing=member)


@transaction.atomic
def resume_alliance(*, alliance: Alliance, by: Membership) -> None:
    """A paused alliance goes on, by the word of any member."""
    require(may_act_in(by, alliance))
    if alliance.state != Alliance.State.PAUSED:
        raise Refused(_("This alliance has no pause now."))
    alliance.state, alliance.paused_until = Alliance.State.ACTIVE, None
    alliance.save(update_fields=["state", "paused_until"])
    record("resumed", alliance_id=alliance.pk, by=by, thing=alliance)


def end_membership(member: Membership, *, forget_name: bool) -> None:
    """Free the seat. Proposals about this person, and those they made, are over."""
    now = timezone.now()
    Proposal.objects.running().filter(about=member).update(closed_at=now)
    Proposal.objects.running().filter(proposed_by=member).update(closed_at=now)
    member.left_at, member.paused_until = now, None
    if forget_name:
        member.user = None
    member.save(update_fields=["left_at", "paused_until", "user"])
