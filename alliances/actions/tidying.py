"""What time does: links expire, breaks end, addresses of people who never joined go. Done by the application itself."""

from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alliances.models import Alliance, Invitation, Membership, Proposal
from alliances.timing import FORGET_ADDRESS_AFTER, PROPOSAL_LIFE

from .closing import end_overdue
from .inviting import expire_overdue
from .journal import record


@transaction.atomic
def tidy_up() -> None:
    """Do what is due and was not done. May run at any time, twice at once too."""
    expire_overdue()
    end_overdue(on=timezone.localdate())
    _end_breaks()
    _forget_addresses()
    _drop_stale_proposals()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def _end_breaks() -> None:
    today = timezone.localdate()
    Membership.objects.active().filter(paused_until__lte=today).update(paused_until=None)
    over = Alliance.objects.filter(state=Alliance.State.PAUSED, paused_until__lte=today)
    for alliance in over.select_for_update(skip_locked=True):
        alliance.state, alliance.paused_until = Alliance.State.ACTIVE, None
        alliance.save(update_fields=["state", "paused_until"])
        record("resumed_by_itself", alliance_id=alliance.pk, by=None, thing=alliance)


def _forget_addresses() -> None:
    """Where a link went matters until it is over, and a month more, in case it is renewed."""
    over = Invitation.objects.filter(ended_at__lte=timezone.now() - FORGET_ADDRESS_AFTER)
    over.exclude(address="").update(address="")


def _drop_stale_proposals() -> None:
    now = timezone.now()
    Proposal.objects.running().filter(proposed_at__lte=now - PROPOSAL_LIFE).update(closed_at=now)
