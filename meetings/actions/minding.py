"""Telling an owner that the day has come: due and not yet told. And silence, when the alliance pauses or ends."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance
from alliances.stillness import register_hush
from meetings.budget import AT_MOST, YEAR
from meetings.duties import TELL_WITHIN, Duty, to_tell
from meetings.models import Agreement, DatePoll, Meeting, Owner, Report, Theme
from meetings.unasked import told
from messaging.actions import cancel, post
from messaging.models import Message

KIND = "agreement_due"


def owners_to_mind(at: datetime) -> QuerySet[Owner]:
    """Whose day may have come at a moment: few rows, from which `mind` chooses."""
    today = timezone.localtime(at).date()
    return Owner.objects.filter(
        yes_at__isnull=False,
        agreement__state=Agreement.State.OPEN,
        agreement__due_on__range=(today - TELL_WITHIN, today),
        agreement__alliance__state__in=(Alliance.State.FORMING, Alliance.State.ACTIVE),
        membership__left_at__isnull=True,
    )


@transaction.atomic
def mind(*, owner_id: int, at: datetime) -> bool:
    """Tell one owner, and nobody else, that the day of their agreement has come; False when it need not be told (now).

    One message for each agreement, whatever happens to its day. Not within quiet hours. The row is held meanwhile, so
    that who closes the agreement at the same time stops what was written here. Runs as a worker.
    """
    held = Agreement.objects.select_for_update(of=("self",)).select_related("alliance")
    agreement = held.filter(owners=owner_id).first()
    if agreement is None:
        return False
    owner = agreement.owners.select_related("membership__user").filter(pk=owner_id).first()
    if owner is None:  # somebody else does it now
        return False
    member = owner.membership
    key = f"{KIND}:{agreement.uuid}:{member.uuid}"
    duty = Duty(
        due_on=agreement.due_on,
        open=agreement.state == Agreement.State.OPEN,
        bound=owner.yes_at is not None,
        told=Message.objects.filter(dedupe_key=key).exists(),
        at_hand=member.left_at is None
        and (member.paused_until is None or member.paused_until <= timezone.localtime(at).date()),
        works=agreement.alliance.works,
        room=member.user_id is not None and len(list(told([member.user_id], since=at - YEAR))) < AT_MOST,
    )
    if not to_tell(duty, at):
        return False
    link = settings.SITE_URL + reverse("meetings:agreement", args=[agreement.uuid])
    message = post(
        kind=KIND,
        user=member.user,
        about=agreement.uuid,
        context={"link": link},
        dedupe_key=key,
        quiet=True,
        due_at=at,
    )
    return message is not None


@register_hush
@transaction.atomic
def hush(alliance: Alliance) -> None:
    """Nothing that waits to be sent about this table's evenings, reports and agreements goes out any more.

    When it has ended, what was planned is off: calendars that follow the feed see it, and nobody gets a mail about it.
    """
    at = timezone.now()
    coming = Meeting.objects.filter(alliance=alliance).coming_up(at)
    if alliance.state == Alliance.State.ENDED:
        _call_off(list(coming))
    for uuid in _spoken_of(alliance, at):
        cancel(about=uuid)


def _call_off(meetings: list[Meeting]) -> None:
    for meeting in meetings:
        meeting.state = Meeting.State.CANCELLED
        meeting.sequence += 1
        meeting.save(update_fields=["state", "sequence"])
    on_agenda = Theme.objects.filter(meeting__in=meetings, state=Theme.State.ON_AGENDA)
    on_agenda.update(state=Theme.State.PROPOSED, meeting=None)


def _spoken_of(alliance: Alliance, at: datetime) -> list[UUID]:
    reports = Report.objects.filter(meeting__alliance=alliance, final_at__gt=at)
    agreements = Agreement.objects.filter(alliance=alliance).open()
    meetings = Meeting.objects.filter(alliance=alliance, ends_at__gt=at)
    polls = DatePoll.objects.filter(meeting__alliance=alliance, closed_at=None)
    every = (meetings, polls, reports, agreements)
    return [uuid for rows in every for uuid in rows.values_list("uuid", flat=True)]
