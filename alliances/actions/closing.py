"""A table that pauses or stops: everybody is thanked once, and then it is still."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alliances.models import Alliance, Membership, Proposal
from alliances.stillness import be_still
from messaging.actions import post

from .journal import record


def pause_alliance(alliance: Alliance, until: date | None) -> None:
    """Nothing is sent before `until` (a day in Europe/Amsterdam); each member hears that, once."""
    alliance.state, alliance.paused_until = Alliance.State.PAUSED, until
    alliance.save(update_fields=["state", "paused_until"])
    be_still(alliance)
    if until:
        _tell_everybody(alliance, "pause", f"pause:{alliance.uuid}:{until}", {"until": until})


def end_alliance(alliance: Alliance) -> None:
    """It is over: a word of thanks to each member, once, and nothing after it."""
    alliance.state, alliance.ended_at, alliance.paused_until = Alliance.State.ENDED, timezone.now(), None
    alliance.save(update_fields=["state", "ended_at", "paused_until"])
    Proposal.objects.running().filter(alliance=alliance).update(closed_at=timezone.now())
    be_still(alliance)
    _tell_everybody(alliance, "alliance_ended", f"ended:{alliance.uuid}", {})


def end_overdue(*, on: date) -> None:
    """End the alliances whose last day has come: decided earlier, with time for a last dinner. Twice is once."""
    decided = Proposal.objects.ending().filter(until__lte=on).values("alliance")
    over = Alliance.objects.filter(pk__in=decided).exclude(state=Alliance.State.ENDED)
    for key in list(over.values_list("pk", flat=True)):
        with transaction.atomic():
            alliance = over.select_for_update(of=("self",)).filter(pk=key).first()
            if alliance:
                end_alliance(alliance)
                record("ended_by_itself", alliance_id=alliance.pk, by=None, thing=alliance)


def _tell_everybody(alliance: Alliance, kind: str, key: str, context: dict[str, object]) -> None:
    """One message to each member who takes no break: they were promised silence."""
    members = Membership.objects.at_hand(timezone.now()).filter(alliance=alliance).select_related("user")
    link = f"{settings.SITE_URL}/"
    for member in members:
        post(
            kind=kind,
            user=member.user,
            about=alliance.uuid,
            context={"link": link, **context},
            dedupe_key=f"{key}:{member.uuid}",
            quiet=True,
        )
