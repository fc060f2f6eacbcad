"""Planning, moving and cancelling evenings."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliances.actions import record
from alliances.models import Alliance, Membership
from alliances.policy import Refused, may_act_in, require
from meetings.models import Attendance, Meeting, Theme, YearPlan
from meetings.timing import NUMBERS, Evening, NoSuchTime, evening_of
from messaging.actions import cancel

from .coming import ensure_attendances
from .telling import note_told, tell
from .voting import end_polls


@transaction.atomic
def plan_year(
    *, alliance: Alliance, year: int, evenings: Sequence[Evening], by: Membership, numbers: Sequence[int] = NUMBERS
) -> YearPlan:
    """Put the dinners of a year in the plan: the evenings get the numbers, in order; all five by default.

    Raises Refused when a number is planned already (somebody else was faster), and for evenings that cannot be.
    """
    require(may_act_in(by, alliance))
    works(alliance)
    begins_ends = [moments(evening) for evening in evenings]
    if len({evening.day for evening in evenings}) < len(evenings):
        raise Refused(_("Two evenings are on the same day. Choose another day for one of them."))
    try:
        with transaction.atomic():
            plan, _made = YearPlan.objects.get_or_create(alliance=alliance, year=year)
            meetings = Meeting.objects.bulk_create(
                Meeting(alliance=alliance, plan=plan, number=number, starts_at=starts_at, ends_at=ends_at)
                for number, (starts_at, ends_at) in zip(numbers, begins_ends, strict=True)
            )
    except IntegrityError as error:
        raise Refused(refusal(error)) from error
    _free(alliance, evenings, but=meetings)
    for meeting in meetings:
        ensure_attendances(meeting)
        record("planned", alliance_id=alliance.pk, by=by, thing=meeting)
    return plan


@transaction.atomic
def add_extra(*, alliance: Alliance, evening: Evening, place: str = "", food: str = "", by: Membership) -> Meeting:
    """An evening beside the five: it does not count. Raises Refused for an evening that cannot be."""
    require(may_act_in(by, alliance))
    works(alliance)
    starts_at, ends_at = moments(evening)
    _free(alliance, [evening])
    meeting = Meeting.objects.create(
        alliance=alliance, kind=Meeting.Kind.EXTRA, starts_at=starts_at, ends_at=ends_at, place=place, food=food
    )
    ensure_attendances(meeting)
    record("planned", alliance_id=alliance.pk, by=by, thing=meeting)
    return meeting


@transaction.atomic
def edit_meeting(
    *,
    meeting: Meeting,
    place: str,
    food: str,
    by: Membership,
    route: str | None = None,
    access: str | None = None,
    costs: str | None = None,
) -> Meeting:
    """Where it is, how to get there, and what there is to eat; None stays as it is.

    Calendars see a new place as a change (SEQUENCE). Who was told of another one hears it a little later, once.
    """
    meeting = _locked(meeting, by)
    said = {"place": place, "food": food, "route": route, "access": access, "costs": costs}
    changed = {name: text for name, text in said.items() if text is not None and text != getattr(meeting, name)}
    if not changed:
        return meeting
    for name, text in changed.items():
        setattr(meeting, name, text)
    if "place" in changed:
        meeting.sequence += 1
        meeting.changed_at = timezone.now()
        note_told(meeting, by)
    meeting.save(update_fields=[*changed, "sequence", "changed_at"])
    record("edited", alliance_id=meeting.alliance_id, by=by, thing=meeting)
    return meeting


@transaction.atomic
def move_meeting(*, meeting: Meeting, evening: Evening, by: Membership) -> Meeting:
    """Another evening or another hour. A cancelled meeting takes place again by it.

    Another beginning asks everybody anew: answers to the old evening say nothing about the new one, reminders of the
    old one are stopped, and everybody hears it once. Another end is told as another place is. Raises Refused for an
    evening that cannot be, or that has begun.
    """
    meeting = _locked(meeting, by)
    _free(meeting.alliance, [evening], but=[meeting])
    if shift(meeting, evening, by=by):
        end_polls(meeting)
        tell("meeting_moved", meeting, but=by)
    return meeting


def shift(meeting: Meeting, evening: Evening, *, by: Membership | None) -> bool:
    """Put a meeting, held by the caller, on another evening and tell nobody yet; whether everybody must be asked anew.

    `by` is None when a date poll decided it. Raises Refused like `move_meeting`.
    """
    works(meeting.alliance)
    not_begun(meeting)
    starts_at, ends_at = moments(evening)
    again = meeting.state == Meeting.State.CANCELLED
    if (starts_at, ends_at) == (meeting.starts_at, meeting.ends_at) and not again:
        return False
    anew = starts_at != meeting.starts_at or again
    meeting.starts_at, meeting.ends_at, meeting.state = starts_at, ends_at, Meeting.State.PLANNED
    meeting.sequence += 1
    meeting.changed_at = None if anew else timezone.now()
    meeting.save(update_fields=["starts_at", "ends_at", "state", "sequence", "changed_at"])
    record("moved", alliance_id=meeting.alliance_id, by=by, thing=meeting)
    if anew:
        Attendance.objects.filter(meeting=meeting).update(answer="", answered_at=None)
        cancel(about=meeting.uuid)
    elif by:
        note_told(meeting, by)
    return anew


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: Membership) -> Meeting:
    """It does not take place. Everybody hears it once; its themes are proposals again; its number stays its own."""
    meeting = _locked(meeting, by)
    not_begun(meeting)
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This evening is off already."))
    meeting.state = Meeting.State.CANCELLED
    meeting.sequence += 1
    meeting.save(update_fields=["state", "sequence"])
    Theme.objects.filter(meeting=meeting, state=Theme.State.ON_AGENDA).update(state=Theme.State.PROPOSED, meeting=None)
    record("cancelled", alliance_id=meeting.alliance_id, by=by, thing=meeting)
    cancel(about=meeting.uuid)
    end_polls(meeting)
    tell("meeting_cancelled", meeting, but=by)
    return meeting


@transaction.atomic
def restore_meeting(*, meeting: Meeting, by: Membership) -> Meeting:
    """It takes place after all, on its own evening; everybody is asked anew. Raises Refused when that is over."""
    if meeting.state != Meeting.State.CANCELLED:
        raise Refused(_("This evening takes place already."))
    return move_meeting(meeting=meeting, evening=evening_of(meeting.starts_at, meeting.ends_at), by=by)


def refusal(error: IntegrityError) -> str:
    """The sentence for an evening that the database refused; the error itself when it is about something else."""
    diagnosis = getattr(error.__cause__, "diag", None)
    sentences = {
        "each_number_once": _("These dinners have been planned already. Somebody was faster than you."),
        "five_in_the_plan": _("A year has five dinners. Plan an extra evening for one more."),
        "meeting_ends_after_start": _("The end must come after the beginning."),
    }
    sentence = sentences.get(getattr(diagnosis, "constraint_name", None) or "")
    if sentence is None:
        raise error
    return sentence


def _free(alliance: Alliance, evenings: Sequence[Evening], but: Sequence[Meeting] = ()) -> None:
    """Raise Refused when the table meets already on one of these days."""
    others = Meeting.objects.filter(alliance=alliance).planned().exclude(pk__in=[meeting.pk for meeting in but])
    if others.filter(starts_at__date__in=[evening.day for evening in evenings]).exists():
        raise Refused(_("There is another evening on this day. Choose another day."))


def _locked(meeting: Meeting, by: Membership) -> Meeting:
    """The meeting as it is now, held until the end: two changes at once follow each other, reminders wait."""
    locked = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related("alliance").get(pk=meeting.pk)
    require(may_act_in(by, locked.alliance))
    return locked


def works(alliance: Alliance) -> None:
    """Raises Refused while the alliance pauses or after its end."""
    if not alliance.works:
        raise Refused(_("This alliance pauses or has ended. Nothing is planned now."))


def not_begun(meeting: Meeting) -> None:
    """Raises Refused when the evening has begun."""
    if meeting.state == Meeting.State.PLANNED and meeting.starts_at <= timezone.now():
        raise Refused(_("This evening has begun or is over. It cannot be changed any more."))


def moments(evening: Evening) -> tuple[datetime, datetime]:
    """Its beginning and end. Raises Refused when the clock skips one of them, for a wrong order, and for the past."""
    try:
        starts_at, ends_at = evening.starts_at, evening.ends_at
    except NoSuchTime as error:
        raise Refused(
            _("This time does not exist that night: the clock is put forward. Choose another time.")
        ) from error
    if ends_at <= starts_at:
        raise Refused(_("The end must come after the beginning."))
    if starts_at <= timezone.now():
        raise Refused(_("This evening is in the past. Choose a later day."))
    return starts_at, ends_at
