"""What an alliance decides by itself: two members of different roles, and whoever it is about is heard."""

from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.models import Membership, Proposal
from alliances.policy import Refused, may_act_in, may_second, not_ended, require
from alliances.timing import HEARING
from messaging.actions import post

from .closing import end_alliance, pause_alliance
from .journal import record
from .staying import end_membership


@transaction.atomic
def propose(
    *, kind: str, by: Membership, about: Membership | None = None, until: date | None = None, reason: str = ""
) -> Proposal:
    """The first of two voices. `about` is who is asked to leave, `until` the day on which a pause ends, or the table
    stops (None: at once).

    Raises Refused when the same is proposed already, or that day is past. Who is asked to leave is told at
    once.
    """
    alliance = by.alliance
    require(may_act_in(by, alliance) and (about is None or (about != by and may_act_in(about, alliance))))
    if (kind == Proposal.Kind.PAUSE and until is None) or (until is not None and until <= timezone.localdate()):
        raise Refused(_("Choose a day after today."))
    not_ended(alliance)
    if kind == Proposal.Kind.END and Proposal.objects.ending().filter(alliance=alliance).exists():
        raise Refused(_("You have decided this already. Look at the day on the page of the table."))
    heard_from = timezone.now() + HEARING if kind == Proposal.Kind.REMOVE else None
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                alliance=alliance,
                kind=kind,
                about=about,
                until=until,
                reason=reason,
                proposed_by=by,
                heard_from=heard_from,
            )
    except IntegrityError as error:
        raise Refused(_("This has been proposed already.")) from error
    record(f"proposed_{kind}", alliance_id=alliance.pk, by=by, thing=proposal)
    if about:
        post(
            kind="proposal_made", user=about.user, about=proposal.uuid,
            context={"link": f"{settings.SITE_URL}/", "until": heard_from}, dedupe_key=f"proposal:{proposal.uuid}",
        )  # fmt: skip
    return proposal


@transaction.atomic
def answer_proposal(*, proposal: Proposal, by: Membership, text: str) -> None:
    """The person it is about says what they think. Kept beside the proposal for all members to read."""
    require(proposal.about_id == by.pk)
    _still_open(proposal)
    proposal.answer, proposal.answered_at = text, timezone.now()
    proposal.save(update_fields=["answer", "answered_at"])
    record("answered", alliance_id=proposal.alliance_id, by=by, thing=proposal)


@transaction.atomic
def second(*, proposal: Proposal, by: Membership) -> None:
    """The second voice, of another role: the decision is taken.

    Raises Refused while the person it is about may still answer.
    """
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("proposed_by", "alliance", "about")
        .get(pk=proposal.pk)
    )
    require(may_second(by, proposal))
    _still_open(proposal)
    now = timezone.now()
    if proposal.heard_from and not proposal.answered_at and now < proposal.heard_from:
        raise Refused(_("First the person may answer. You can agree once there is an answer, or after three days."))
    proposal.seconded_by, proposal.closed_at = by, now
    proposal.save(update_fields=["seconded_by", "closed_at"])
    _carry_out(proposal)
    record(f"decided_{proposal.kind}", alliance_id=proposal.alliance_id, by=by, thing=proposal)


@transaction.atomic
def withdraw_proposal(*, proposal: Proposal, by: Membership) -> None:
    """Who proposed it takes it back."""
    require(proposal.proposed_by_id == by.pk)
    _still_open(proposal)
    proposal.closed_at = timezone.now()
    proposal.save(update_fields=["closed_at"])
    record("withdrew", alliance_id=proposal.alliance_id, by=by, thing=proposal)


def _still_open(proposal: Proposal) -> None:
    if proposal.closed_at:
        raise Refused(_("This has been decided already."))


def _carry_out(proposal: Proposal) -> None:
    alliance = proposal.alliance
    if proposal.kind == Proposal.Kind.REMOVE and proposal.about:
        if proposal.about.left_at is None:
            end_membership(proposal.about, forget_name=False)
    elif proposal.kind == Proposal.Kind.PAUSE:
        pause_alliance(alliance, proposal.until)
    elif proposal.until is None or proposal.until <= timezone.localdate():
        end_alliance(alliance)  # else on its last day (tidying.py): there is time for a last dinner
