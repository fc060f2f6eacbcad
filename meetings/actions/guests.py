"""An expert for one evening. The application sends them nothing: the member who knows them does."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances import tokens
from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import Guest, Meeting


@transaction.atomic
def invite_guest(*, meeting: Meeting, name: str, about: str, by: Membership) -> Guest:
    """Make a link to the practical page of one evening. Raises Refused when that is off or over."""
    require(may_act_in(by, meeting.alliance))
    if meeting.state == Meeting.State.CANCELLED or meeting.ends_at <= timezone.now():
        raise Refused(_("This evening is off or over."))
    guest = Guest(uuid=uuid4(), meeting=meeting, name=name, about=about, invited_by=by)
    guest.token_hash = tokens.fingerprint(guest.token)
    guest.save()
    record("invited_guest", alliance_id=meeting.alliance_id, by=by, thing=guest)
    return guest


@transaction.atomic
def revoke_guest(*, guest: Guest, by: Membership) -> None:
    """The link dies at once. Any member may; a second time changes nothing."""
    require(may_act_in(by, guest.meeting.alliance))
    if Guest.objects.filter(pk=guest.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        record("revoked_guest", alliance_id=guest.meeting.alliance_id, by=by, thing=guest)
