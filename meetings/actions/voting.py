"""Which evening suits whom: what members say in a date poll, and polls that end without a choice."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import RestrictViolation

from alliances import tokens
from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import DatePoll, Meeting, PollMoment, PollSeat, PollVote
from messaging.actions import cancel


def ensure_seats(poll: DatePoll) -> None:
    """A part, with its link, for every member: also for those who joined after the asking. May run twice at once."""
    members = Membership.objects.active().filter(alliance=poll.meeting.alliance_id)
    rows = [PollSeat(poll=poll, membership=member) for member in members.exclude(poll_seats__poll=poll)]
    for row in rows:
        row.token_hash = tokens.fingerprint(row.token)
    PollSeat.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def vote(*, seat: PollSeat, moments: Collection[PollMoment], value: str) -> None:
    """Keep yes, if need be or no for these moments; may be changed while the poll is open.

    Works for a member and for who holds the link: whoever sees the row may answer. Raises Refused for another value,
    for nothing chosen, for a member who left, and when the poll is closed: the database says that, so that a tap at
    the instant of closing either counts or hears it.
    """
    if value not in PollVote.Value.values:
        raise Refused(_("Choose yes, if need be or no."))
    if not moments:
        raise Refused(_("This evening is not in the poll. Look again."))
    if seat.membership.left_at is not None:
        raise Refused(_("You do not take part in this any more."))
    now = timezone.now()
    if seat.poll.closed_at is not None or seat.poll.closes_at <= now:
        raise Refused(closed_sentence())
    try:
        with transaction.atomic():
            PollVote.objects.bulk_create(
                [PollVote(seat=seat, moment=moment, value=value, at=now) for moment in moments],
                update_conflicts=True,
                unique_fields=["seat", "moment"],
                update_fields=["value", "at"],
            )
    except IntegrityError as error:
        if isinstance(error.__cause__, RestrictViolation):
            raise Refused(closed_sentence()) from error
        raise
    if seat.answered_at is None:  # one line for each member, not for each tap
        record("said_when", alliance_id=seat.poll.meeting.alliance_id, by=seat.membership, thing=seat.poll)
    seat.answered_at = now
    seat.save(update_fields=["answered_at"])


@transaction.atomic
def vote_as_member(*, poll: DatePoll, moments: Collection[PollMoment], value: str, by: Membership) -> None:
    """The same for somebody who is signed in. Raises Refused like `vote`."""
    require(may_act_in(by, poll.meeting.alliance))
    ensure_seats(poll)
    seat = PollSeat.objects.select_related("membership").get(poll=poll, membership=by)
    seat.poll = poll
    vote(seat=seat, moments=moments, value=value)


def end_polls(meeting: Meeting) -> None:
    """Nobody needs to say any more when they can: the meeting was moved or is off. Part of the caller's action."""
    for poll in DatePoll.objects.select_for_update(no_key=True).filter(meeting=meeting, closed_at=None):
        poll.closed_at = timezone.now()
        poll.save(update_fields=["closed_at"])
        cancel(about=poll.uuid)


def closed_sentence() -> str:
    """What somebody reads who says when they can after the closing."""
    return _("This question is closed. Your tap did not count any more.")
