"""A date poll from its asking to its result."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import DatePoll, Meeting, PollMoment, PollSeat, PollVote
from meetings.polling import AT_LEAST, AT_MOST, Choice, Said, best, closing
from meetings.timing import Evening, evening_of
from messaging.actions import cancel, post

from .planning import moments, not_begun, shift, works
from .telling import attendances, calendar_file, post_about
from .voting import ensure_seats


@transaction.atomic
def make_poll(
    *, meeting: Meeting, evenings: Sequence[Evening], by: Membership, closes_at: datetime | None = None
) -> DatePoll:
    """Ask every member which of these evenings suit for this meeting; each hears it once.

    `closes_at` (aware) is when it closes by itself; None: after a week, or two days before the first evening. Raises
    Refused for evenings that cannot be, too few or too many, the same twice, a closing that leaves no time, for a
    meeting that is off or has begun, and when a poll is open for it already.
    """
    meeting = _held(meeting.pk)
    require(may_act_in(by, meeting.alliance))
    works(meeting.alliance)
    not_begun(meeting)
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This evening is off. Choose a new evening first."))
    asked = [moments(evening) for evening in evenings]
    _enough(asked)
    now = timezone.now()
    first = min(meeting.starts_at, *(starts_at for starts_at, _ends_at in asked))
    closes_at = closes_at or closing(first, now)
    if not now < closes_at < first:
        raise Refused(_("The question must close after now, and before the first evening and the planned one."))
    try:
        with transaction.atomic():
            poll = DatePoll.objects.create(meeting=meeting, made_by=by, closes_at=closes_at)
    except IntegrityError as error:
        raise Refused(_refusal(error)) from error
    PollMoment.objects.bulk_create(
        PollMoment(poll=poll, starts_at=starts_at, ends_at=ends_at) for starts_at, ends_at in asked
    )
    ensure_seats(poll)
    record("asked_when", alliance_id=meeting.alliance_id, by=by, thing=poll)
    _ask(poll, now)
    return poll


@transaction.atomic
def close_poll(*, poll: DatePoll, moment: PollMoment, by: Membership) -> Meeting:
    """Any member chooses the best evening or another one: the meeting moves there, and everybody hears it once.

    Raises Refused when somebody was faster, when the evening is not in the poll, and when it cannot be any more.
    """
    poll, meeting = _open(poll.pk, poll.meeting_id)
    require(may_act_in(by, meeting.alliance))
    if moment.poll_id != poll.pk:
        raise Refused(_("This evening is not in the poll. Look again."))
    return _decide(poll, meeting, moment, by)


@transaction.atomic
def stop_poll(*, poll: DatePoll, by: Membership) -> None:
    """Any member takes the question back: the meeting keeps its evening, and nobody is written."""
    poll, meeting = _open(poll.pk, poll.meeting_id)
    require(may_act_in(by, meeting.alliance))
    _close(poll, None)
    record("stopped_asking", alliance_id=meeting.alliance_id, by=by, thing=poll)


def close_due_poll(*, poll_id: int, at: datetime) -> bool:
    """Close a poll of which the time has come, at an aware moment; whether it was still to be closed.

    The best evening that is still to come is chosen. Without any yes, and when the evening of the meeting came first,
    the meeting keeps its evening and nobody is written: the page says so. Two at once: the second finds it closed.
    Runs as a worker.
    """
    with transaction.atomic():
        due = DatePoll.objects.due(at).filter(pk=poll_id)
        meeting_id = due.values_list("meeting", flat=True).first()
        if meeting_id is None:
            return False
        meeting = _held(meeting_id)
        poll = due.select_for_update(of=("self",), no_key=True).first()
        if poll is None:
            return False
        poll.meeting = meeting
        found = best([choice for choice in choices_of(poll) if choice.starts_at > at])
        if found is None or meeting.starts_at <= at:
            _close(poll, None)
            record("closed_unanswered", alliance_id=meeting.alliance_id, by=None, thing=poll)
        else:
            _decide(poll, meeting, poll.moments.get(starts_at=found.starts_at), None)
        return True


def choices_of(poll: DatePoll) -> list[Choice]:
    """Its evenings, in order, with what those say who have a seat now: who left does not count. Two queries."""
    said: dict[int, list[Said]] = {}
    votes = PollVote.objects.filter(seat__poll=poll, seat__membership__left_at=None)
    for moment, role, value in votes.values_list("moment", "seat__membership__role", "value"):
        said.setdefault(moment, []).append(Said(role, value))
    return [Choice(moment.starts_at, said.get(moment.pk, [])) for moment in poll.moments.all()]


def _decide(poll: DatePoll, meeting: Meeting, moment: PollMoment, by: Membership | None) -> Meeting:
    _close(poll, moment)
    shift(meeting, evening_of(moment.starts_at, moment.ends_at), by=by)
    record("chose_evening", alliance_id=meeting.alliance_id, by=by, thing=poll)
    _tell_result(poll, meeting)
    return meeting


def _close(poll: DatePoll, moment: PollMoment | None) -> None:
    poll.chosen, poll.closed_at = moment, timezone.now()
    poll.save(update_fields=["chosen", "closed_at"])
    cancel(about=poll.uuid)  # who sleeps now need not be asked tomorrow


def _ask(poll: DatePoll, at: datetime) -> None:
    at_hand = Membership.objects.at_hand(at)
    for seat in PollSeat.objects.filter(poll=poll, membership__in=at_hand).select_related("membership__user"):
        post(
            kind="poll_asked",
            user=seat.membership.user,
            context={
                "link": settings.SITE_URL + reverse("meetings:poll-answer", args=[seat.token]),
                "end": timezone.localtime(poll.closes_at),
            },
            about=poll.uuid,
            dedupe_key=f"poll_asked:{poll.uuid}:{seat.membership.uuid}",
            quiet=True,
            due_at=at,
            expires_at=poll.closes_at,
        )


def _tell_result(poll: DatePoll, meeting: Meeting) -> None:
    """To every member once, who chose it too: the message brings the evening into the calendar."""
    now = timezone.now()
    for attendance in attendances(meeting, now):
        key = f"poll_result:{poll.uuid}:{attendance.membership.uuid}"
        post_about("poll_result", meeting, attendance, now, key, [calendar_file(meeting, attendance, now)])


def _enough(asked: Sequence[tuple[datetime, datetime]]) -> None:
    if len(asked) < AT_LEAST:
        raise Refused(_("Ask about at least two evenings: with one there is nothing to choose."))
    if len(asked) > AT_MOST:
        raise Refused(_("Ask about eight evenings at most. Take one out."))
    if len({starts_at for starts_at, _ends_at in asked}) < len(asked):
        raise Refused(_("The same evening is in it twice. Choose another one."))


def _held(meeting_id: int) -> Meeting:
    """The meeting, held until the end. Always before its poll, so that two who change both never wait in a circle."""
    meetings = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related("alliance")
    return meetings.get(pk=meeting_id)


def _open(poll_id: int, meeting_id: int) -> tuple[DatePoll, Meeting]:
    meeting = _held(meeting_id)
    poll = DatePoll.objects.select_for_update(no_key=True).filter(pk=poll_id, closed_at=None).first()
    if poll is None:
        raise Refused(_("This question is closed already. Somebody was faster than you."))
    poll.meeting = meeting
    return poll, meeting


def _refusal(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    if getattr(diagnosis, "constraint_name", None) != "one_open_poll":
        raise error
    return _("Everybody is being asked already which evening suits. Answer there.")
