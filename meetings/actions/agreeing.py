"""Agreements: made together, binding only for who said yes themselves, closed with what came of them."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, may_act_in, not_ended, require
from meetings.models import OWNERS, ActionPlan, Agreement, Contribution, Meeting, Owner, Theme
from messaging.actions import cancel

from .themes import give_feedback


@transaction.atomic
def make_agreement(
    *,
    alliance: Alliance,
    text: str,
    by: Membership,
    owners: Sequence[Membership] = (),
    due_on: date | None = None,
    theme: Theme | None = None,
    plan: ActionPlan | None = None,
    meeting: Meeting | None = None,
) -> Agreement:
    """Keep what was agreed. Nobody is bound by it but who makes it for themselves; the others are asked.

    Without owners it is of all. `due_on` is a day in Europe/Amsterdam. Raises Refused after the end of the alliance,
    for a third owner, and for a theme, plan or evening of another table.
    """
    require(may_act_in(by, alliance) and all(may_act_in(owner, alliance) for owner in owners))
    require(all(thing is None or thing.alliance_id == alliance.pk for thing in (theme, plan, meeting)))
    not_ended(alliance)
    _few_enough(owners)
    agreement = Agreement.objects.create(
        alliance=alliance, text=text, due_on=due_on, theme=theme, plan=plan, meeting=meeting, made_by=by
    )
    _seat_owners(agreement, owners, by)
    record("agreed", alliance_id=alliance.pk, by=by, thing=agreement)
    return agreement


@transaction.atomic
def change_agreement(
    *, agreement: Agreement, text: str, due_on: date | None, owners: Sequence[Membership], by: Membership
) -> Agreement:
    """Other words, another day or somebody else. A yes to something else is no yes: everybody but `by` is asked anew.

    Raises Refused when it is closed, and for a third owner.
    """
    agreement = _locked(agreement, by)
    require(all(may_act_in(owner, agreement.alliance) for owner in owners))
    _open(agreement)
    _few_enough(owners)
    before = list(agreement.owners.values_list("membership_id", flat=True))
    same = (text, due_on) == (agreement.text, agreement.due_on)
    if same and before == [owner.pk for owner in owners]:
        return agreement
    kept = dict(agreement.owners.values_list("membership_id", "yes_at")) if same else {}
    agreement.text, agreement.due_on = text, due_on
    agreement.save(update_fields=["text", "due_on"])
    agreement.owners.exclude(membership__in=[owner.pk for owner in owners if kept.get(owner.pk)]).delete()
    _seat_owners(agreement, [owner for owner in owners if not kept.get(owner.pk)], by)
    cancel(about=agreement.uuid)
    record("changed", alliance_id=agreement.alliance_id, by=by, thing=agreement)
    return agreement


@transaction.atomic
def say_yes(*, agreement: Agreement, by: Membership) -> None:
    """The owner does it: from now on it binds. The database refuses a yes for somebody else."""
    _say(agreement, by, yes=True)
    record("said_yes", alliance_id=agreement.alliance_id, by=by, thing=agreement)


@transaction.atomic
def say_no(*, agreement: Agreement, by: Membership) -> None:
    """The owner cannot do it; the table sees that somebody else is needed."""
    _say(agreement, by, yes=False)
    cancel(about=agreement.uuid, user=by.user)
    record("said_no", alliance_id=agreement.alliance_id, by=by, thing=agreement)


@transaction.atomic
def close_agreement(*, agreement: Agreement, state: str, outcome: str, by: Membership, told: str = "") -> Agreement:
    """Done, failed (says because) or not needed any more. `told` goes to its theme, so that who raised it hears of it.

    Raises Refused when it is closed already, and for a failure without a reason.
    """
    agreement = _locked(agreement, by)
    _open(agreement)
    if state == Agreement.State.FAILED and not outcome:
        raise Refused(_("Write why it did not work. That helps the others."))
    agreement.state, agreement.outcome, agreement.closed_at = state, outcome, timezone.now()
    agreement.save(update_fields=["state", "outcome", "closed_at"])
    cancel(about=agreement.uuid)
    record(f"closed_{state}", alliance_id=agreement.alliance_id, by=by, thing=agreement)
    if told and agreement.theme:
        give_feedback(theme=agreement.theme, text=told, by=by)
    return agreement


@transaction.atomic
def reopen_agreement(*, agreement: Agreement, by: Membership) -> None:
    """It was closed by mistake, or it comes back: open again, with the owners it had."""
    agreement = _locked(agreement, by)
    not_ended(agreement.alliance)
    if agreement.state == Agreement.State.OPEN:
        raise Refused(_("This agreement is open already."))
    agreement.state, agreement.outcome, agreement.closed_at = Agreement.State.OPEN, "", None
    agreement.save(update_fields=["state", "outcome", "closed_at"])
    record("reopened", alliance_id=agreement.alliance_id, by=by, thing=agreement)


@transaction.atomic
def say_seat(*, offers: str, needs: str, by: Membership) -> None:
    """What one's own seat brings, and what it needs. Empty takes it away."""
    require(by.left_at is None)
    not_ended(by.alliance)
    for kind, text in ((Contribution.Kind.OFFERS, offers), (Contribution.Kind.NEEDS, needs)):
        if text:
            Contribution.objects.update_or_create(
                membership=by, kind=kind, defaults={"text": text, "alliance_id": by.alliance_id}
            )
        else:
            Contribution.objects.filter(membership=by, kind=kind).delete()
    record("said_seat", alliance_id=by.alliance_id, by=by, thing=by)


def _say(agreement: Agreement, by: Membership, *, yes: bool) -> None:
    agreement = _locked(agreement, by)
    _open(agreement)
    owner = agreement.owners.filter(membership=by).first()
    if owner is None:
        require(False)
        return
    now = timezone.now()
    owner.yes_at, owner.no_at = (now, None) if yes else (None, now)
    owner.save(update_fields=["yes_at", "no_at"])


def _seat_owners(agreement: Agreement, owners: Sequence[Membership], by: Membership) -> None:
    """Naming oneself is the own yes; everybody else is asked."""
    now = timezone.now()
    taken = set(agreement.owners.values_list("number", flat=True))
    free = [number for number in range(1, OWNERS + 1) if number not in taken]
    for number, owner in zip(free, owners, strict=False):
        Owner.objects.create(
            agreement=agreement, membership=owner, number=number, yes_at=now if owner.pk == by.pk else None
        )


def _locked(agreement: Agreement, by: Membership) -> Agreement:
    """The agreement as it is now, held until the end, so that two changes follow each other."""
    found = Agreement.objects.select_for_update(of=("self",)).select_related("alliance", "theme__alliance")
    agreement = found.get(pk=agreement.pk)
    require(may_act_in(by, agreement.alliance))
    return agreement


def _open(agreement: Agreement) -> None:
    if agreement.state != Agreement.State.OPEN:
        raise Refused(_("This agreement is closed already. Somebody was faster than you."))


def _few_enough(owners: Sequence[Membership]) -> None:
    if len({owner.pk for owner in owners}) != len(owners) or len(owners) > OWNERS:
        raise Refused(_("Choose one or two people. More than two, and nobody feels it is theirs."))
