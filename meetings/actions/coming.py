"""Who comes, and who is the host."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances import tokens
from alliances.actions import record
from alliances.models import Membership, User
from alliances.policy import Refused, may_act_in, require
from meetings.models import Attendance, Meeting
from messaging.actions import cancel


def ensure_attendances(meeting: Meeting) -> None:
    """One row, with its link, for every member: also for those who joined after the planning. May run twice at once."""
    missing = Membership.objects.active().filter(alliance=meeting.alliance_id).exclude(attendances__meeting=meeting)
    rows = [Attendance(meeting=meeting, membership=member) for member in missing]
    for row in rows:
        row.token_hash = tokens.fingerprint(row.token)
    Attendance.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def answer(*, attendance: Attendance, answer: str, begins: int | None = None) -> Attendance:
    """Keep "coming", "perhaps" or "not"; may be changed until the evening is over.

    Reminders that wait for an answer are stopped. Works for a member and for who holds the link: whoever sees the row
    may answer. `begins` is the beginning (seconds since 1970) on the page: a yes to Thursday is none to Friday.
    Raises Refused when the evening is cancelled, over, or was moved meanwhile.
    """
    meeting = attendance.meeting
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This evening is off. You need not answer."))
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This evening is over."))
    if begins is not None and begins != int(meeting.starts_at.timestamp()):
        raise Refused(_("This evening was moved in the meantime. Look at the new time, and answer again."))
    if answer not in Attendance.Answer.values:
        raise Refused(_("Choose yes, perhaps or no."))
    attendance.answer, attendance.answered_at = answer, timezone.now()
    attendance.save(update_fields=["answer", "answered_at"])
    record("answered", alliance_id=meeting.alliance_id, by=attendance.membership, thing=meeting)
    # Only the key: who answers by a link may not read the person.
    cancel(about=meeting.uuid, kinds=["meeting_reminder"], user=User(pk=attendance.membership.user_id))
    return attendance


@transaction.atomic
def answer_as_member(*, meeting: Meeting, answer_given: str, by: Membership, begins: int | None = None) -> Attendance:
    """The same for somebody who is signed in. Raises Refused like `answer`."""
    require(may_act_in(by, meeting.alliance))
    ensure_attendances(meeting)
    attendance = Attendance.objects.select_related("meeting", "membership").get(meeting=meeting, membership=by)
    return answer(attendance=attendance, answer=answer_given, begins=begins)


@transaction.atomic
def offer_host(*, meeting: Meeting, by: Membership) -> None:
    """Receive the group. Hosting rotates: the first who offers does it. Raises Refused when somebody did."""
    require(may_act_in(by, meeting.alliance))
    _still_to_come(meeting)
    if not Meeting.objects.filter(pk=meeting.pk, host__isnull=True).update(host=by):
        raise Refused(_("Somebody offered already. Thank you for wanting to."))
    record("offered_host", alliance_id=meeting.alliance_id, by=by, thing=meeting)


@transaction.atomic
def withdraw_host(*, meeting: Meeting, by: Membership) -> None:
    """The host cannot do it after all."""
    _still_to_come(meeting)
    require(bool(Meeting.objects.filter(pk=meeting.pk, host=by).update(host=None)))
    record("withdrew_host", alliance_id=meeting.alliance_id, by=by, thing=meeting)


def _still_to_come(meeting: Meeting) -> None:
    if meeting.state == Meeting.State.CANCELLED or meeting.ends_at <= timezone.now():
        raise Refused(_("This evening is off or over."))
