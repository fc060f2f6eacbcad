"""What runs in the background."""

import logging

from celery import shared_task
from django.utils import timezone

from messaging.replies import register_reader

from .actions import (
    changed_meetings,
    close_due_poll,
    forget_food,
    mind,
    owners_to_mind,
    remind,
    summarise,
    take_reply,
    tell_change,
)
from .models import DatePoll, Meeting
from .timing import LONGEST

logger = logging.getLogger(__name__)


@shared_task
def send_reminders() -> int:
    """Write the reminders that are due and not yet told; returns how many. One meeting that fails stops no other."""
    at = timezone.now()
    told = 0
    for meeting_id in (
        Meeting.objects.to_remind(at, until=at + LONGEST).order_by("starts_at").values_list("pk", flat=True)
    ):
        try:
            told += remind(meeting_id=meeting_id, at=at)
        except Exception:  # the row stays due: the next round tries again
            logger.exception("No reminders for meeting %s", meeting_id)
    return told


@shared_task
def send_changes() -> int:
    """Tell who was told of another place or end; returns how many. One meeting that fails stops no other.

    What is due as a reminder goes first: it says the new place itself.
    """
    at = timezone.now()
    told = 0
    for meeting_id in changed_meetings(at).order_by("starts_at").values_list("pk", flat=True):
        try:
            told += remind(meeting_id=meeting_id, at=at) + tell_change(meeting_id=meeting_id, at=at)
        except Exception:  # the row stays due: the next round tries again
            logger.exception("No word of the change of meeting %s", meeting_id)
    return told


@shared_task
def close_polls() -> int:
    """Close the date polls of which the time has come; returns how many. One that fails stops no other."""
    at = timezone.now()
    closed = 0
    for poll_id in DatePoll.objects.due(at).order_by("closes_at").values_list("pk", flat=True):
        try:
            closed += close_due_poll(poll_id=poll_id, at=at)
        except Exception:  # the row stays due: the next round tries again
            logger.exception("Date poll %s stays open", poll_id)
    return closed


@shared_task
def send_summaries() -> int:
    """Write the monthly summaries when they are due; returns how many."""
    return summarise(at=timezone.now())


@shared_task
def mind_owners() -> int:
    """Tell the owners of agreements whose day has come and who were not told yet; returns how many."""
    at = timezone.now()
    minded = 0
    for owner_id in owners_to_mind(at).order_by("pk").values_list("pk", flat=True):
        try:
            minded += mind(owner_id=owner_id, at=at)
        except Exception:  # the row stays due: the next round tries again
            logger.exception("Owner %s was not told", owner_id)
    return minded


@shared_task
def forget_food_wishes() -> int:
    """Delete what people eat and bring of the dinners before today; returns how many rows."""
    return forget_food(at=timezone.now())


register_reader(take_reply)
