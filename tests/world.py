"""Something of every kind for both alliances of the cast, so that a test can look for what should not be seen."""

from datetime import timedelta

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.utils import timezone

from alliances.models import Alliance, JournalEntry, Membership, Proposal, User
from meetings.models import (
    AgendaPoint,
    Consent,
    Contribution,
    Correction,
    Discussion,
    Dish,
    Feedback,
    FoodWish,
    Habit,
    Meeting,
    PollVote,
    ReportYes,
    TensionDate,
    Theme,
    ThemePoint,
)
from messaging.models import Delivery, Incoming, Message, Payload, QuietHours, WorkerSeen
from signals.models import Answer, Call, CallEvent, CallReach, CallStep, Ladder, Remark

from .acting import as_worker
from .cast import Cast
from .make import (
    make_agreement,
    make_attendance,
    make_call,
    make_feed,
    make_guest,
    make_invitation,
    make_meeting,
    make_plan_of_action,
    make_poll,
    make_question,
    make_report,
    make_scenario,
    make_signal,
    make_stand_in,
    make_summary_choice,
    make_theme,
    members,
)


@as_worker()
def furnish(cast: Cast) -> None:
    """Fill both alliances, and what belongs to no alliance."""
    for alliance in (cast.table, cast.other):
        _furnish(alliance)
    for user in User.objects.all():
        make_feed(user)
        make_summary_choice(user)
        QuietHours.objects.create(user=user, starts="22:00", ends="07:00")
    LogEntry.objects.create(user=cast.administrator, action_flag=CHANGE, object_repr="x", change_message="")
    WorkerSeen.objects.create(name="worker@test", seen_at=timezone.now(), swept_at=timezone.now())
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=timezone.now() + timedelta(1))


def _furnish(alliance: Alliance) -> None:
    seats = members(alliance)
    first = seats[0]
    meeting = make_meeting(alliance, host=first)
    for seat in seats:
        make_attendance(meeting, seat)
    poll = make_poll(meeting)
    theme = make_theme(alliance, raised_by=first)
    call = make_call(make_signal(alliance, raised_by=first, level="urgent"))
    # the year: when they like to meet, and what may raise tension
    Habit.objects.create(alliance=alliance, weekday=1, begin="18:00", end="20:30")
    TensionDate.objects.create(alliance=alliance, day=meeting.starts_at.date(), title="Opening", made_by=first)
    invitation = make_invitation(alliance, invited_by=first.user, role="police", state="revoked")
    make_invitation(alliance, invited_by=first.user, role="resident", state="revoked")
    make_stand_in(alliance, named_by=first)
    Feedback.objects.create(theme=theme, by=first, text="De lamp is gemaakt.")
    make_scenario(theme, made_by=first)
    _furnish_talk(theme, meeting, first)
    _furnish_agreed(theme, meeting, first)
    _furnish_dinner(meeting, seats)
    _furnish_call(call)
    PollVote.objects.create(seat=poll.seats.get(membership=first), moment=poll.moments.all()[0], value="yes")
    Proposal.objects.create(alliance=alliance, kind="pause", proposed_by=first)
    JournalEntry.objects.create(alliance=alliance, actor_kind="member", actor=first.uuid, verb="invited")
    for seat in seats:
        make_message(seat, about=call.uuid)
    make_message(None, about=invitation.uuid)
    for seat in seats:
        make_message(seat)


def _furnish_talk(theme: Theme, meeting: Meeting, seat: Membership) -> None:
    """What one member wants to talk about, brings along and can contribute."""
    Discussion.objects.create(theme=theme, meeting=meeting)
    ThemePoint.objects.create(theme=theme, meeting=meeting, membership=seat, number=1)
    Contribution.objects.create(
        alliance=theme.alliance, membership=seat, kind="talent", theme=theme, text="Ik heb een ladder."
    )


def _furnish_dinner(meeting: Meeting, seats: list[Membership]) -> None:
    """What everybody eats, what one brings, who is asked, and what was written down."""
    for seat in seats:
        FoodWish.objects.create(meeting=meeting, membership=seat, wishes=["halal"])
    Dish.objects.create(meeting=meeting, membership=seats[0], what="Brood")
    AgendaPoint.objects.create(meeting=meeting, key="round", notes="Rustig.", version=1, edited_by=seats[0])
    make_guest(meeting, invited_by=seats[0])


def _furnish_agreed(theme: Theme, meeting: Meeting, seat: Membership) -> None:
    """What was agreed, planned, asked and reported."""
    alliance = theme.alliance
    plan = make_plan_of_action(alliance, theme=theme, made_by=seat)
    make_agreement(alliance, seat, said=None, theme=theme, plan=plan, meeting=meeting, made_by=seat)
    make_question(alliance, theme=theme, made_by=seat)
    report = make_report(meeting, written_by=seat)
    Correction.objects.create(report=report, line="agreed", before="Niets.", after=report.agreed, by=seat)
    ReportYes.objects.create(report=report, membership=seat)
    Consent.objects.create(plan=plan, membership=seat, value="agree")


def _furnish_call(call: Call) -> None:
    now = timezone.now()
    Ladder.objects.create(alliance=call.alliance, pace="now", steps=[{"after": 0, "ways": ["sms"]}])
    step = CallStep.objects.create(call=call, position=1, ways=["sms"], due_at=now)
    CallEvent.objects.create(call=call, kind="skipped", step=step, way="sms", why="nobody")
    for recipient in call.recipients.all():
        Answer.objects.create(recipient=recipient, value="seen", via="link")
        CallReach.objects.create(recipient=recipient, channel="sms", address="+31612345678")
    incoming = Incoming.objects.create(
        provider="notify", kind="reply", news_key=str(call.uuid), text="Wie?", handled_at=now, outcome="remark"
    )
    Remark.objects.create(recipient=recipient, incoming=incoming, text="Wie?")


def make_message(seat: Membership | User | None, **fields: object) -> Message:
    """A message to somebody, written and waiting; to nobody we know (an invitation) when `seat` is None."""
    user = seat.user if isinstance(seat, Membership) else seat
    now = timezone.now()
    with as_worker():
        message = Message.objects.create(user=user, kind="call_urgent", created_at=now, **fields)
        payload = Payload.objects.create(message=message, channel="mail", address="x@voorbeeld.example", content=b"x")
        Delivery.objects.create(message=message, payload=payload, channel="mail", due_at=now)
    return message
